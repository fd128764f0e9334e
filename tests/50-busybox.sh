# Real work by programs that nobody here wrote: Debian's busybox runs a script on the texts in the image,
# and what it prints equals what it prints on Linux.

busybox_job() {
    local folder
    folder=$(scratch)
    busybox_tree "$folder/tree"
    make_image "$folder/tree" "$folder/image" /job.sh
    expect_status "Linux does the job" 0 "$root/tests/linux/run" "$folder/tree" /job.sh >"$folder/linux"
    machine 0 "$folder/ours" --image "$folder/image"
    tr -d '\r' <"$folder/ours" | grep -av '^firmseed: ' >"$folder/got"
    expect "a job of some size" [ "$(wc -l <"$folder/linux")" -gt 40 ]
    expect "the same output" diff -U 2 --label Linux --label Firmseed "$folder/linux" "$folder/got"
}
check job busybox_job

# A shell on the serial console obeys what is typed, and its exit status is the machine's.
busybox_shell() {
    local folder console typed process status=0
    folder=$(scratch) console=$folder/console
    busybox_tree "$folder/tree"
    make_image "$folder/tree" "$folder/image" /job.sh
    mkfifo "$folder/keyboard"
    "$root/qemu/run" --shell --timeout "$hang" --image "$folder/image" <"$folder/keyboard" >"$console" &
    process=$!
    exec {typed}>"$folder/keyboard"
    # The shell asks the terminal for the cursor's place after its prompt: no end of line to wait for.
    await "$process" "a prompt" grep -aq '# ' "$console"
    # shellcheck disable=SC2016 # the machine's shell is to expand it
    printf 'echo the answer is $((6 * 7))\n' >&"$typed"
    await "$process" "an answer" grep -aq '^the answer is 42' "$console"
    printf 'ls / | wc -l\nexit 33\n' >&"$typed"
    wait "$process" || status=$?
    exec {typed}>&-
    expect_line '^the answer is 42$' "$console"
    expect "the shell's status, not $status" [ "$status" -eq 33 ]
}
check shell busybox_shell
