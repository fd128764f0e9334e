# The Scheme road: the machine words of MesCC's AArch64 back end (ports/mes), under Guile, against GNU as.

mes=$(scratch)
# Guile keeps no compiled files: nothing stale is read, and nothing is left in the user's home.
in_scheme() { GUILE_AUTO_COMPILE=0 guile --no-auto-compile -L "$root/ports/mes/module" "$@"; }

# The words that GNU as makes of the instructions, as digits in memory order, one a line.
assembled() {
    aarch64-linux-gnu-as -o "$mes/words.o" "$1"
    aarch64-linux-gnu-objcopy -O binary -j .text "$mes/words.o" "$mes/words.bin"
    xxd -p -c 4 "$mes/words.bin"
}

words() {
    in_scheme "$root/tests/mes/words.scm" >"$mes/words"
    cut -f 1 "$mes/words" >"$mes/words.s"
    assembled "$mes/words.s" >"$mes/expected"
    paste "$mes/words.s" "$mes/expected" >"$mes/words.expected"
    expect "the words of GNU as" diff "$mes/words.expected" "$mes/words"
    # Every word that the module offers is among them, or in values.scm.
    for name in $(sed -n '/#:export/,/))$/p' "$root/ports/mes/module/mescc/aarch64/encode.scm" | grep -o 'a64:[a-z*-]*'); do
        case $name in a64:word | a64:condition) continue ;; esac
        expect "a test of $name" grep -qF -e "($name " -e " $name " -e " $name)" -e "($name)" "$root"/tests/mes/{words,values}.scm
    done
}
check words words

values() {
    in_scheme "$root/tests/mes/values.scm" >"$mes/values.s"
    aarch64-linux-gnu-gcc -nostdlib -static -o "$mes/values" "$mes/values.s"
    expect_status "every value is what GNU as makes of it" 0 qemu-aarch64 "$mes/values"
}
check values values

# What does not fit is an error, never another word.
refused() {
    local form
    for form in '(a64:add 0 32 0)' '(a64:add -1 0 0)' '(a64:load 8 0 0 256)' '(a64:store 8 0 0 -257)' '(a64:load 3 0 0 0)' \
        "(a64:cset 0 'al)" '(a64:value* 0 #x10000000000000000)' '(a64:value* 0 (- -1 #x8000000000000000))' \
        '(a64:add-value* 0 17 4096 17)' '(a64:store* 8 16 0 256 16)'; do
        expect_status "$form" 1 in_scheme -c "(use-modules (mescc aarch64 encode)) (display $form)" 2>"$mes/refusal"
        expect_line 'a64: ' "$mes/refusal"
    done
}
check refused refused

# The command of docs/mes.md prints what the page says.
page() {
    local command
    command=$(grep '^guile ' "$root/docs/mes.md")
    (cd "$root" && GUILE_AUTO_COMPILE=0 bash -c "$command") >"$mes/printed"
    expect "what the page says" grep -qF "prints \`$(cat "$mes/printed")\`" "$root/docs/mes.md"
}
check page page
