# qemu/run keeps its promises: statuses, time limits, nothing left running, files brought back.

. "$root/qemu/lib/probe.sh"
image=$test_scratch/run.img
probe_image "$image"
run=$root/qemu/run

# Is a QEMU still running on this image?
still_running() {
    local file
    for file in $(grep -laF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null); do
        [[ $(cat "${file%cmdline}comm" 2>/dev/null) != qemu-system* ]] || return 0
    done
    return 1
}

bad_requests() {
    expect_status "no such image" 1 "$run" --image /none
    expect_status "no such machine" 1 "$run" --machine toaster
    expect_status "memory in words" 1 "$run" --image "$image" --memory much
    expect_status "unknown option" 1 "$run" --frobnicate
    expect_status "an option without its value" 1 "$run" --image
    expect_status "a command line where none can pass" 1 "$run" --image "$image" --machine raspi3b --append init=/x
    expect_status "the help" 0 "$run" --help
}
start requests bad_requests

time_limit() {
    local own
    own=$(scratch)/spin.img
    cp "$image" "$own"
    expect_status "the time limit" 124 "$run" --image "$own" --timeout 5 --append init=/spin
    expect_status "nothing is left" 1 still_running "$own"
}
start time-limit time_limit

# left_behind SIGNAL: qemu/run is killed; its QEMU goes too.
left_behind() {
    local own pid status=0
    own=$(scratch)/spin.img
    cp "$image" "$own"
    "$run" --image "$own" --append init=/spin &
    pid=$!
    for _ in $(seq 50); do
        if still_running "$own"; then break; fi
        sleep 0.2
    done
    expect "QEMU runs at first" still_running "$own"
    kill "-$1" "$pid"
    wait "$pid" || status=$?
    expect "an end with a failing status" [ $status -ne 0 ]
    sleep 0.5
    expect_status "nothing is left after SIG$1" 1 still_running "$own"
}
start killed-term left_behind TERM
start killed-kill left_behind KILL

# Ctrl-C reaches the whole foreground group of a terminal: so does timeout's signal, from a group of its own.
interrupted() {
    local own
    own=$(scratch)/spin.img
    cp "$image" "$own"
    expect_status "interrupted" 130 timeout -s INT --preserve-status 5 "$run" --image "$own" --append init=/spin
    expect_status "nothing is left" 1 still_running "$own"
}
start killed-int interrupted

brings_back() {
    local folder sums
    folder=$(scratch)
    machine 3 "$folder/console" --image "$image" --append init=/writer --out "$folder/back"
    expect "the text is back" [ "$(cat "$folder/back/out/deep/text")" = "brought back" ]
    expect "the link is back" [ "$(readlink "$folder/back/out/link")" = deep/text ]
    expect "the empty file is back" [ -f "$folder/back/out/empty" ]
    sums=$(for i in $(seq 0 29); do head -c 100000 /dev/zero | tr '\0' "$(printf "\\$(printf %o $((97 + i % 26)))")"; done | sha256sum)
    expect "the large file is whole" [ "$(sha256sum <"$folder/back/out/large")" = "$sums" ]
    expect_line "^${sums%% *}  out/large$" "$folder/console"
    expect "only what the machine wrote comes back" [ ! -e "$folder/back/probe" ]
    expect_status "a folder that is not empty is refused" 1 "$run" --image "$image" --out "$folder/back"
}
start out brings_back

traces() {
    local folder
    folder=$(scratch)
    machine 7 "$folder/console" --image "$image" --append init=/exit7 --trace "$folder/trace"
    expect "the trace can be read" "$image_builder" trace --kernel "$kernel_elf" "$folder/trace" >"$folder/text"
    tail -n 5 "$folder/text"
    # exit_group itself never returns, so it is not traced.
    expect_line '^ *1 brk\(0x0, .*\) = [0-9]+$' "$folder/text"
    expect_line '^ *1 rseq\(.*\) = -38 \(Function not implemented\)$' "$folder/text"
    expect_status "a trace of another kernel is refused" 1 "$image_builder" trace --kernel "$image_builder" "$folder/trace"
}
start trace traces
finish
