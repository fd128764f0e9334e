# musl, a TinyCC with it, dash and make: words proven, lists complete, hashes by way of gcc's TinyCC, families of functions compared with the
# musl that gcc builds, and the whole on the bare machine. docs/musl.md.

. "$root/qemu/lib/chain.sh"
port=$root/ports/musl
tests=$root/tests/musl
road=$(scratch)
programs=$(basename -s .c -a "$tests"/programs/*.c)

rust_env
build_checker() { cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p stage0-check; }
words() {
    local checker=$target/release/stage0-check
    build_checker
    "$checker" "$port/code.c" "$port/cancel.c" "$port/arch/crt_arch.h"
    sed 's/0x885f/0x885e/' "$port/code.c" >"$road/wrong.c"
    expect "a change" eval '! cmp -s "$port/code.c" "$road/wrong.c"'
    expect_status "a word that is not its instruction" 1 "$checker" "$road/wrong.c"
}
check words words

# sources: every file of src/ that holds something, but those that code.c replaces, and complex.h's, which TinyCC has no type for.
# headers.kaem: every header.
lists() {
    local musl=$road/tarball/musl-1.2.5
    mkdir -p "$road/tarball"
    tar -xf "$(fetch_port musl)" -C "$road/tarball"
    (cd "$musl" && find src -maxdepth 2 -name '*.c' -size +0 && find src/malloc/mallocng -name '*.c') | grep -v '^src/complex/' |
        grep -vxE 'src/(thread/(clone|__set_thread_area|__unmapself)|fenv/fenv|signal/restore)\.c' | LC_ALL=C sort >"$road/wanted"
    expect "ports/musl/sources to name every file" diff -U 0 "$road/wanted" <(LC_ALL=C sort "$port/sources")
    (cd "$musl" && find include arch/generic/bits arch/aarch64/bits -name '*.h' | sed 's#.*/bits/#bits/#;s#^include/##' | LC_ALL=C sort -u) >"$road/headers"
    # generate's two, which are the machine's.
    expect "headers.kaem to bring every header" diff -U 0 <({ cat "$road/headers"; printf 'bits/%s\n' alltypes.h syscall.h; } | LC_ALL=C sort) \
        <(cd "$machine/musl/include" && find . -name '*.h' | sed 's#^\./##' | LC_ALL=C sort)
    expect "generate types to do what musl's sed script does" cmp "$machine/musl/include/bits/alltypes.h" \
        <(cd "$musl" && sed -f tools/mkalltypes.sed arch/aarch64/bits/alltypes.h.in include/alltypes.h.in)
    expect "generate calls to do what musl's Makefile does" diff <(LC_ALL=C sort "$machine/musl/include/bits/syscall.h") \
        <(cd "$musl/arch/aarch64/bits" && { cat syscall.h.in; sed -n s/__NR_/SYS_/p syscall.h.in; } | LC_ALL=C sort)
}

# From a TinyCC that gcc compiled, by the host's tools: the bytes of SHA256SUMS.
diverse() {
    "$tests/diverse" "$road/diverse"
    local name
    for name in musl dash make busybox lua sqlite; do
        expect "the hashes of ports/$name/SHA256SUMS" diff -U 0 "$root/ports/$name/SHA256SUMS" "$road/diverse/$name.SHA256SUMS"
    done
}

# The words as they lie in the library, beside musl's own .s files by the host's as: what ports/binutils expects of its own.
assembly() {
    local musl=$road/assembly/musl-1.2.5
    mkdir -p "$road/assembly"
    tar -xf "$(fetch_port musl)" -C "$road/assembly"
    cd "$road/assembly"
    sh "$root/ports/binutils/words.sh" "$musl" "$machine/musl/lib/libc.a" aarch64-linux-gnu- words
    expect "the words that differ" diff -U 0 "$root/ports/binutils/words" words
}

# The same musl by the cross gcc.
by_gcc() {
    mkdir -p "$road/gcc"
    tar -xf "$(fetch_port musl)" -C "$road/gcc" --strip-components=1
    cd "$road/gcc"
    ./configure --target=aarch64 CROSS_COMPILE=aarch64-linux-gnu- --disable-shared --prefix="$road/gcc-musl" >configure.log
    make -j2 install >make.log 2>&1 || { tail -n 5 make.log; exit 1; }
}

# gcc computes nothing in advance, and calls musl for what it knows itself.
compile_by_gcc() {
    local lib=$road/gcc-musl/lib gcc
    gcc=$(aarch64-linux-gnu-gcc -print-libgcc-file-name)
    aarch64-linux-gnu-gcc -O0 -w -fno-builtin -frounding-math -ffp-contract=off -nostdinc -isystem "$road/gcc-musl/include" -nostdlib -static \
        -o "$2" "$lib/crt1.o" "$1" "$lib/libc.a" "$gcc" "$lib/libc.a"
}
compile_by_tcc() { qemu-aarch64 -L "$machine" "$machine/musl/bin/tcc" -w -o "$2" "$1"; }

# output PROGRAM KIND: compiles and runs it; what it printed, and its status. Bounded by its own CPU time.
output() {
    local dir=$road/$2/$1 status=0
    mkdir -p "$dir"
    cd "$dir"
    "compile_by_$2" "$tests/programs/$1.c" "$1"
    (ulimit -t 120 && exec qemu-aarch64 "./$1") >"$dir.out" || status=$?
    echo "status $status" >>"$dir.out"
}
family() {
    output "$1" gcc
    output "$1" tcc
    expect "more than nothing" [ "$(wc -l <"$road/gcc/$1.out")" -gt 3 ]
    expect "status 0" grep -qx 'status 0' "$road/gcc/$1.out"
    expect "what gcc's musl says" diff -U 1 --label gcc --label tcc "$road/gcc/$1.out" "$road/tcc/$1.out"
}

# What ports/dash's generate makes is what dash's own scripts make, but for their comments and the order of the numbers' names.
dash_sources() {
    local sources=$machine/build/dash/dash-0.5.12/src
    mkdir -p "$road/dash"
    cd "$road/dash"
    sh "$sources/mktokens"
    sh "$sources/mkbuiltins" "$sources/builtins.def"
    expect "token.h" diff -B token.h "$sources/token.h"
    expect "token_vars.h" diff -B token_vars.h "$sources/token_vars.h"
    expect "builtins.c" diff -B <(grep -v '^ \?[/*]\|^ \*' builtins.c) "$sources/builtins.c"
    expect "builtins.h" diff -B <(grep -v '^ \?[/*]\|^ \*' builtins.h | LC_ALL=C sort) <(LC_ALL=C sort "$sources/builtins.h")
}

# The bare machine makes the same, and the programs that it builds say there what gcc's say on Linux.
on_the_machine() {
    local program
    "$tests/port" "$road/programs"
    machine 0 "$road/console" --port "$port" --port "$root/ports/dash" --port "$root/ports/make" --port "$road/programs" --out "$road/out"
    expect_line '^musl and a TinyCC with it have rebuilt each other: 2 is 1, byte for byte\.$' "$road/console"
    expect_line '^dash: the shell answers as expected$' "$road/console"
    expect_line '^make: a program of two files is made, and answers$' "$road/console"
    (cd "$road/out" && sed 's#  /#  #' "$root"/ports/{musl,dash,make}/SHA256SUMS | sha256sum -c)
    # What make made too: in a folder of its own, it has seen nothing of the unpackers.
    "$image_builder" verify "$target/firmseed.img" "$road/out/firmseed.ledger" --head "$(head_of "$road/console")" >"$road/verdict"
    expect_line '^verified: .* programs derive from text' "$road/verdict"
    for program in $programs; do
        tr -d '\r' <"$road/console" | sed -n "/^=== $program\$/,/^--- $program\$/p" | sed '1d;$d' | grep -av '^firmseed: ' >"$road/$program.machine"
        expect "$program: what gcc's musl says" diff -U 1 --label gcc --label machine <(sed '$d' "$road/gcc/$program.out") "$road/$program.machine"
    done
}

if wanted_any diverse by-gcc lists assembly dash-sources on-the-machine ${programs//[[:space:]]/ }; then
    filter_of_user=$filter filter=''
    machine=$road/diverse/root
    start diverse diverse
    start by-gcc by_gcc
    finish
    filter=$filter_of_user
    if [ -x "$machine/musl/bin/tcc" ] && [ -s "$road/gcc-musl/lib/libc.a" ]; then
        check lists lists
        check assembly assembly
        check dash-sources dash_sources
        for program in $programs; do start "$program" family "$program"; done
        finish
        if full; then
            for program in $programs; do [ -s "$road/gcc/$program.out" ] || output "$program" gcc; done
            check on-the-machine on_the_machine
        else
            skip on-the-machine "the chain and musl twice take minutes: --full"
        fi
    else
        fail results "musl was not built by gcc's TinyCC or by gcc: nothing to compare"
    fi
fi
