# The Scheme road (ports/mes), under Guile: the words of MesCC's AArch64 back end against GNU as, our patches, MesCC's programs
# against gcc's, and where the road meets the other one: cc and TinyCC.

. "$root/qemu/lib/apt.sh"
. "$root/qemu/lib/chain.sh"

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
        '(a64:add-value* 0 17 4096 17)' '(a64:store* 8 16 0 256 16)' '(a64:fadd 2 0 0 0)'; do
        expect_status "$form" 1 in_scheme -c "(use-modules (mescc aarch64 encode)) (display $form)" 2>"$mes/refusal"
        expect_line 'a64: ' "$mes/refusal"
    done
}
check refused refused

# The words of the start files are what their comments say.
start_files() {
    sed -n "s/^'\([0-9a-f]*\)' *# \(.*\)/\1\t\2/p" "$lib"/*.M1 >"$mes/start.words"
    cut -f 2 "$mes/start.words" >"$mes/words.s"
    assembled "$mes/words.s" >"$mes/start.expected"
    expect "the words of GNU as" diff "$mes/start.expected" <(cut -f 1 "$mes/start.words")
    expect "59 words" [ "$(wc -l <"$mes/start.words")" -eq 59 ]
}

# Every instruction that MesCC's other back ends have, ours has too.
table() {
    local name
    for name in $(sed -n '/^(define x86_64:instructions/,$p' "$mes/all/mes/module/mescc/x86_64/as.scm" | sed -n 's/^    (\([^ ]*\) \. .*/\1/p'); do
        expect "$name in as.scm" grep -qF "($name . ," "$root/ports/mes/module/mescc/aarch64/as.scm"
    done
}

# The patches fit the pristine sources, by GNU patch (above) and by the chain's own, with the same result.
patches_fit() {
    local patch
    mkdir -p "$mes/ours" "$mes/ours-nyacc"
    tar -xf "$(fetch_port mes)" -C "$mes/ours" --strip-components=1
    tar -xf "$(fetch_port nyacc)" -C "$mes/ours-nyacc" --strip-components=1
    gcc -w -o "$mes/tools" "$root"/stage0/09-tools/{files,patch,replace,compressed,unbz2,ungz,untar,tool}.c "$root/tests/mes/syscall.c"
    ln -sf tools "$mes/patch"
    for patch in "$root"/ports/mes/patches/[0-4]*.patch; do
        (cd "$mes/ours" && "$mes/patch" "$patch")
    done
    expect "the same by both" diff -r -x aarch64 "$mes/ours/module" "$mes/all/mes/module"
    (
        patch() { "$mes/patch" "$1"; }
        PORT=$root/ports/nyacc
        cd "$mes/ours-nyacc"
        . "$PORT/patches.kaem"
    )
    expect "the same of nyacc" diff -r "$mes/ours-nyacc/module" "$mes/all/nyacc/module"
}

# by_mescc TREE START OUT ARGUMENT...: a program by MesCC, M1 and hex2
by_mescc() {
    local tree=$1 start=$2 out=$3
    shift 3
    "$mescc" "$tree" -S -o "$out.s" "$@" && "$mescc" --link "$out" "$start" "$out.s"
}

# Without a patch, with all before it, its test fails; with it, it passes.
patch_test() {
    local name=$1 before=$2 test=$root/tests/mes/patches/$1 tree
    for tree in "$before" "$name"; do
        "$mescc" --sources "$mes/$name.$tree" "$tree"
        if [ -e "$test.sh" ]; then
            if "$test.sh" "$mescc" "$mes/$name.$tree"; then echo passed; else echo failed; fi
        elif by_mescc "$mes/$name.$tree" crt0 "$mes/$name.$tree/test" "$test.c" && (ulimit -t 20 && qemu-aarch64 "$mes/$name.$tree/test"); then
            echo passed
        else
            echo failed
        fi >"$mes/$name.$tree/verdict"
    done
    expect "the test fails without the patch" grep -q failed "$mes/$name.$before/verdict"
    expect "it passes with it" grep -q passed "$mes/$name.$name/verdict"
    # And with all of them.
    [ ! -e "$test.c" ] || { by_mescc "$mes/all" crt0 "$mes/$name.all" "$test.c" && qemu-aarch64 "$mes/$name.all"; }
}

# MesCC's cc compiles cc to the bytes of /bin/cc, which the chain made by way of cc0.
meeting_cc() {
    by_mescc "$mes/all" crt0 "$mes/cc" "$root/stage0/07-cc/all.c"
    (cd "$root/stage0/07-cc" && qemu-aarch64 "$mes/cc" -o "$mes/cc-by-cc" all.c entry/start.c)
    expect "the hash of stage0/SHA256SUMS" grep -qx "$(sha256sum <"$mes/cc-by-cc" | cut -d ' ' -f 1)  ../bin/cc" "$root/stage0/SHA256SUMS"
}

# tinycc_sources DIR: as the chain unpacks and patches them.
tinycc_sources() {
    local patch
    mkdir -p "$1"
    tar -xjf "$(fetch_port tinycc)" -C "$1"
    cp "$root/ports/tinycc/config.h" "$1/"
    for patch in "$root"/ports/tinycc/patches/*.patch; do patch -s -p1 --fuzz=0 -d "$1" <"$patch"; done
}

# The patch for MesCC changes nothing for other compilers: gcc and cc make the same bytes without it.
same_without() {
    local round
    "$root/stage0/07-cc/tests/build-host" "$mes/cc-host"
    tinycc_sources "$mes/same"
    cd "$mes/same"
    for round in with without; do
        [ $round = with ] || patch -s -R -p1 <"$root/ports/tinycc/patches/24-mescc.patch"
        aarch64-linux-gnu-gcc -O1 -w -c -o "../$round.gcc" tcc.c
        "$mes/cc-host" -o "../$round.cc" -I . -I "$root/stage0/07-cc/include" -I "$root/stage0/08-libc/include" tcc.c \
            "$root"/stage0/08-libc/src/{all,code}.c
    done
    expect "the same by gcc" cmp "$mes/with.gcc" "$mes/without.gcc"
    expect "the same by cc" cmp "$mes/with.cc" "$mes/without.cc"
}

# tcc0_by_mescc TCC0: TinyCC in TCC0.sources and stage 0's C library, by MesCC.
tcc0_by_mescc() {
    local folder=$1.sources include=("-I" "$lib/include" "-I" "$root/stage0/07-cc/include" "-I" "$root/stage0/08-libc/include")
    tinycc_sources "$folder"
    (cd "$folder" && "$mescc" "$mes/all" -S -o "$1.s" -I . "${include[@]}" tcc.c)
    "$mescc" "$mes/all" -S -o "$1-libc.s" -I "$root/stage0/08-libc/src" "${include[@]}" "$root/ports/mes/libc.c"
    "$mescc" --link "$1" crt1 "$1.s" "$1-libc.s"
}

# MesCC's TinyCC, in tcc0's place, makes what the chain's makes: the same tcc1, tcc2, tcc3, and C library.
meeting_tcc() {
    tcc0_by_mescc "$mes/tcc0"
    "$root/tests/tinycc/diverse" --seed "$mes/tcc0" "$mes/diverse" >/dev/null
    expect "the hashes of ports/tinycc/SHA256SUMS" diff "$root/ports/tinycc/SHA256SUMS" "$mes/diverse/SHA256SUMS"
    # A long double that a double does not hold is an error, not another number.
    printf 'long double x = 0.5L, y = -3.0L, z;\n' >"$mes/exact.c"
    printf 'long double x = 0.1L;\n' >"$mes/inexact.c"
    qemu-aarch64 "$mes/tcc0" -c "$mes/exact.c" -o "$mes/exact.mescc"
    qemu-aarch64 -L "$mes/diverse/root" "$mes/diverse/root/bin/tcc" -c "$mes/exact.c" -o "$mes/exact.tcc"
    expect "the same long doubles" cmp "$mes/exact.mescc" "$mes/exact.tcc"
    expect_status "0.1L" 1 qemu-aarch64 "$mes/tcc0" -c "$mes/inexact.c" -o "$mes/inexact.o" 2>"$mes/inexact"
    expect_line 'long double with more bits than a double has: 0.1' "$mes/inexact"
}

# Functions of random expressions and statements give the sums that they give by gcc.
random_programs() {
    python3 "$root/tests/mes/random.py" "$1" "$2" >"$mes/random-$1.c"
    aarch64-linux-gnu-gcc -w -O0 -fwrapv -fno-strict-aliasing -static -o "$mes/random-$1.gcc" "$mes/random-$1.c" "$root/tests/mes/syscall.c"
    qemu-aarch64 "$mes/random-$1.gcc" >"$mes/random-$1.expected"
    by_mescc "$mes/all" crt0 "$mes/random-$1" "$mes/random-$1.c"
    qemu-aarch64 "$mes/random-$1" >"$mes/random-$1.got"
    expect "the sums of gcc's code" diff "$mes/random-$1.expected" "$mes/random-$1.got"
    expect "a line for each seed" [ "$(wc -l <"$mes/random-$1.got")" -eq $(($2 - $1 + 1)) ]
}

# libc_by_mescc DIR: stage 0's C library in assembly, with what Mes's tests want of Mes's.
libc_by_mescc() {
    local name headers=("-I" "$lib/include" "-I" "$root/stage0/07-cc/include" "-I" "$root/stage0/08-libc/include")
    mkdir -p "$1/include"
    cp -r "$mes/all/mes/include/mes" "$1/include/"
    printf '#define SYSTEM_LIBC 1\n' >"$1/include/mes/config.h"
    for name in system stdlib string stdio printf decimal math; do
        "$mescc" "$mes/all" -S "${headers[@]}" -o "$1/$name.s" "$root/stage0/08-libc/src/$name.c"
    done
    for name in mes/{eputs,oputs,cast,eputc,fdgetc,fdputc,fdputs,fdungetc,itoa,ltoa,ltoab,mes_open,ntoab,oputc,ultoa,utoa,abtol,assert_msg} ctype/isnumber; do
        "$mescc" "$mes/all" -S -D HAVE_CONFIG_H=1 -I "$1/include" "${headers[@]}" -I "$root/ports/mes/include" \
            -o "$1/mes-$(basename $name).s" "$mes/all/mes/lib/$name.c"
    done
}

# A program of Mes's scaffold: its status and, where that is given, its output. __x86_64__ stands for pointers of 8 bytes there.
scaffold_result() {
    local name=$1 test=$mes/all/mes/lib/tests/scaffold/$1 status=0 want=0
    [ ! -e "$test.exit" ] || want=$(cat "$test.exit")
    "$mescc" "$mes/all" -S -D HAVE_CONFIG_H=1 -D __x86_64__=1 -I "$mes/libc/include" -I "$lib/include" -I "$root/stage0/07-cc/include" \
        -I "$root/stage0/08-libc/include" -I "$root/ports/mes/include" -I "$mes/all/mes/lib" -I "$(dirname "$test")" \
        -o "$mes/scaffold/$name.s" "$test.c" || return 1
    "$mescc" --link "$mes/scaffold/$name" crt1 "$mes/scaffold/$name.s" "$mes"/libc/*.s || return 1
    # The arguments are those of Mes's own test driver.
    (ulimit -t 20 && qemu-aarch64 -0 "lib/tests/scaffold/$name" "$mes/scaffold/$name" -s --long file1 file2) >"$mes/scaffold/$name.out" </dev/null || status=$?
    [ "$status" -eq "$want" ] || { echo "status $status, expected $want"; return 1; }
    [ ! -e "$test.stdout" ] || cmp "$test.stdout" "$mes/scaffold/$name.out"
}

scaffold() {
    local file name exceptions=$root/tests/mes/scaffold-exceptions passed=0
    libc_by_mescc "$mes/libc"
    mkdir -p "$mes/scaffold"
    for file in "$mes"/all/mes/lib/tests/scaffold/[0-9a]*.c; do
        name=$(basename "$file" .c)
        echo "== $name"
        if grep -q "^$name: " "$exceptions"; then
            expect "$name in $exceptions fails" eval "! scaffold_result $name"
        else
            expect "$name passes" scaffold_result "$name"
            passed=$((passed + 1))
        fi
    done
    expect "154 pass" [ $passed -eq 154 ]
}

without_addresses() { sed -E 's/^(f\.bar:|ps->stack=)-?[0-9]+$/\1ADDRESS/'; }

# The same programs on the bare machine say what they say under qemu-user, on standard error too; two of them show addresses of the stack.
scaffold_on_the_machine() {
    local tree=$mes/machine name runner=$root/tests/tinycc/runner.c
    mkdir -p "$tree/lib/tests/scaffold"
    for name in "$mes"/scaffold/*.out; do
        name=$(basename "$name" .out)
        if grep -q "^$name: " "$root/tests/mes/scaffold-exceptions"; then continue; fi
        cp "$mes/scaffold/$name" "$tree/lib/tests/scaffold/"
        printf '%s\tlib/tests/scaffold/%s\t-s\t--long\tfile1\tfile2\n' "$name" "$name"
    done >"$mes/scaffold.list"
    expect "154 programs" [ "$(wc -l <"$mes/scaffold.list")" -eq 154 ]
    gcc -O1 -w -o "$mes/runner" "$runner"
    (cd "$tree" && "$mes/runner" ../scaffold.list qemu-aarch64) | without_addresses >"$mes/scaffold.want"
    cp "$mes/scaffold.list" "$tree/list"
    aarch64-linux-gnu-gcc -static -O1 -w -o "$tree/init" "$runner"
    make_image "$tree" "$mes/machine.img" /init --arg /list
    machine 0 "$mes/machine.raw" --image "$mes/machine.img"
    tr -d '\r' <"$mes/machine.raw" | sed -n '/^=== /,$p' | grep -av '^firmseed: ' | without_addresses >"$mes/scaffold.got"
    expect "the same as under qemu-user" diff --text "$mes/scaffold.want" "$mes/scaffold.got"
}

# What MesCC cannot compile is an error that says so.
not_supported() {
    local text
    for text in 'struct s { long a, b; }; int f(struct s x) { return 0; }' 'struct s { char a; }; struct s f(void) { struct s x; return x; }' \
        'struct s { char a; } x; int g(int); int f(void) { return g(x); }' 'int x[] = { [2] = 1 };' 'double d = 0.1;' 'int x = f();' \
        'struct t *p; int f(void) { return p->a; }' 'unknown x;' 'double d; int f(void) { d++; return 0; }' 'float f(float x) { return x; }' \
        'float f = 16777217;' 'double d; int f(void) { return d % 2; }' 'struct s { char a; int b; } __attribute__((packed)) x;'; do
        printf '%s\n' "$text" >"$mes/not.c"
        expect_status "$text" 1 "$mescc" "$mes/all" -S -o "$mes/not.s" "$mes/not.c"
    done
}

by_guile() {
    local before patch name seed
    export MES_TOOLS=$mes/hand/bin
    "$root/tests/stage0/by-hand" "$mes/hand" >/dev/null
    "$mescc" --sources "$mes/all"
    "$mescc" --compile "$mes/all"
    check start-files start_files
    check table table
    check patches-fit patches_fit
    check meeting-cc meeting_cc
    check not-supported not_supported
    start meeting-tcc meeting_tcc
    start same-without same_without
    start scaffold scaffold
    before=nyacc-00
    for patch in "$root"/ports/nyacc/patches/*.patch; do
        name=nyacc-$(basename "$patch" .patch)
        start "patch/$name" patch_test "$name" "$before"
        before=$name
    done
    before=00
    for patch in "$root"/ports/mes/patches/[0-4]*.patch; do
        name=$(basename "$patch" .patch)
        start "patch/$name" patch_test "$name" "$before"
        before=$name
    done
    for seed in 1 101 201; do start "random/$seed" random_programs $seed $((seed + 99)); done
    finish
    [ ! -d "$mes/scaffold" ] || check scaffold-on-the-machine scaffold_on_the_machine
}

mescc=$root/tests/mes/mescc
lib=$root/ports/mes/lib/aarch64
# All but the two above need the patched sources. A filter may name one patch, or one part of the seeds.
case $filter in
*mes/words | *mes/values | *mes/refused | *mes/page) ;;
mes | mes/* | '' | random/* | patch/*) by_guile ;;
esac

# The command of docs/mes.md prints what the page says.
page() {
    local command
    command=$(grep '^guile ' "$root/docs/mes.md")
    (cd "$root" && GUILE_AUTO_COMPILE=0 bash -c "$command") >"$mes/printed"
    expect "what the page says" grep -qF "prints \`$(cat "$mes/printed")\`" "$root/docs/mes.md"
}
check page page
