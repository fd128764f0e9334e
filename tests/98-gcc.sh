# GCC 3.4.6 with the AArch64 back end of ports/gcc, built by the host's gcc: what it compiles runs right, and calls as gcc's code does.
# docs/beyond.md.

gcc_work=$(scratch)
cross=$gcc_work/cross

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

if full; then
    check build build_cross
    check torture gcc_torture
    check calls calls_both_ways
else
    skip build "a GCC takes minutes: --full"
fi
