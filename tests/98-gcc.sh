# GCC 3.4.6 with the AArch64 back end of ports/gcc. As a cross compiler by the host's gcc: what it compiles runs right, and calls as gcc's
# code does. As a port: what its script makes without a configure script, and on the machine. docs/beyond.md.

gcc_work=$(scratch)
gcc_port=$root/ports/gcc
cross=$gcc_work/cross

# The answers that the port's gcc must give are those of the host's.
gcc_answers() {
    mkdir "$gcc_work/answers"
    (cd "$gcc_work/answers" && RUN=qemu-aarch64 sh "$gcc_port/check.sh" "$gcc_port" "aarch64-linux-gnu-gcc -static" answers)
    expect "what the host's gcc says" diff -U 1 "$gcc_work/answers/answers" "$gcc_port/answers"
}
check answers gcc_answers

build_cross() { "$root/tests/gcc/build" "$cross"; }

# GCC's torture suite, optimised.
gcc_torture() { "$root/tests/tinycc/torture" --gcc "$cross/gcc" --option -O2 "$gcc_work"; }

# One half of a program by our cc1, the other by gcc: 40 functions for each seed.
calls_both_ways() {
    local folder=$gcc_work/calls seed half option pair
    mkdir "$folder"
    for seed in 1 2 3; do
        "$root/tests/gcc/calls.py" "$seed" 40 "$folder"
        for option in -O0 -O2; do
            for half in caller callee; do
                "$cross/cc1" -quiet -w $option -isystem "$cross/include" -o "$folder/$half.s" "$folder/$half.c"
                aarch64-linux-gnu-as -o "$folder/$half-ours.o" "$folder/$half.s"
                aarch64-linux-gnu-gcc -w $option -c -o "$folder/$half-gcc.o" "$folder/$half.c"
            done
            for pair in ours-gcc gcc-ours ours-ours gcc-gcc; do
                aarch64-linux-gnu-gcc -static -o "$folder/program" "$folder/caller-${pair%-*}.o" "$folder/callee-${pair#*-}.o"
                expect "seed $seed, $option, $pair: all arguments arrive" timeout "$hang" qemu-aarch64 "$folder/program"
            done
        done
    done
}

# What generate.sh makes with the port's headers is what GCC's own Makefile made with those of its configure script.
gcc_generated() {
    local made=$gcc_work/port/made file count=0
    mkdir -p "$made" "$gcc_work/bin"
    cp -r "$cross/source" "$gcc_work/port/source"
    printf '#!/bin/sh\n[ "$1" != -ar ] || { shift; exec ar "$@"; }\nexec gcc -std=gnu89 -fcommon "$@"\n' >"$gcc_work/bin/tcc"
    chmod 755 "$gcc_work/bin/tcc"
    (cd "$made" && PATH=$gcc_work/bin:$PATH sh "$gcc_port/generate.sh" "$gcc_port" >"$gcc_work/generate.log" 2>&1)
    for file in "$made"/*.[ch]; do
        expect "the same ${file##*/}" diff -q <(sed 's#\(\.\./\)*source/##' "$file") <(sed 's#\(\.\./\)*source/##' "$cross/build/gcc/${file##*/}")
        count=$((count + 1))
    done
    expect "60 files, not $count" [ "$count" -eq 60 ]
}

# From power-on to a gcc on the machine, whose script ends with the same hashes and answers on another kernel.
gcc_on_the_machine() {
    local port ports=()
    for port in musl dash make busybox binutils gcc; do ports+=(--port "$root/ports/$port"); done
    machine 0 "$gcc_work/console" --memory 1024 --timeout 7200 "${ports[@]}" --out "$gcc_work/out"
    expect_line '^gcc: answers as expected$' "$gcc_work/console"
    "$image_builder" verify "$target/firmseed.img" "$gcc_work/out/firmseed.ledger" "$gcc_work/out" --head "$(head_of "$gcc_work/console")" >"$gcc_work/verdict"
    expect_line '^verified: .* programs derive from text' "$gcc_work/verdict"
    "$root/tests/userland/under-linux" "$gcc_work/out" gcc
}

if full; then
    check build build_cross
    check generated gcc_generated
    check torture gcc_torture
    check calls calls_both_ways
    check on-the-machine gcc_on_the_machine
else
    skip build "a GCC takes minutes: --full"
fi
