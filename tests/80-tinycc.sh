# From hex0 to TinyCC's fixpoint on the bare machine, the same by other roads, and what the result is worth. docs/tinycc.md.

tests=$root/tests/tinycc
. "$tests/chain.sh"
. "$tests/lists.sh"
work=$(scratch)

# ---- the runs that the tests read: our kernel, Debian's Linux, and gcc's TinyCC under qemu-user
runs() {
    mkdir -p "$logs/$layer"
    tinycc_tree "$work/tree"
    chain_image "$work/tree" "$work/image" /tests/chain.kaem
    start diverse diverse
    start machine on_machine
    finish
    start linux on_linux
    start tests2-by-gcc tests2_by_gcc
    finish
}

# Ends at 128 MiB with the fixpoint; on the machine the hashes are compared with SHA256SUMS.
on_machine() {
    machine 0 "$work/machine.raw" --image "$work/image" --memory 128 --timeout 400 --out "$work/out"
    tr -d '\r' <"$work/machine.raw" | sed '/^firmseed: init ended/,$d' | grep -av '^firmseed: ' >"$work/machine"
    expect_line '^TinyCC has rebuilt itself and its C library: 2 and 3 are equal byte for byte\.$' "$work/machine"
    # What the host says of the files that came out.
    (cd "$work/out" && sed 's#  /#  #' "$tinycc_port/SHA256SUMS" | sha256sum -c) || { echo "expected: the hashes of ports/tinycc/SHA256SUMS"; exit 1; }
    expect "14 files in SHA256SUMS" [ "$(wc -l <"$tinycc_port/SHA256SUMS")" -eq 14 ]
    expect "tcc2 is tcc3" cmp "$work/out/build/tinycc/tcc2" "$work/out/build/tinycc/tcc3"
}

# gcc's TinyCC reaches the bytes of SHA256SUMS without our chain, kernel and tools.
diverse() {
    "$tests/diverse" "$work/diverse"
    expect "the hashes of ports/tinycc/SHA256SUMS" diff -U 0 "$tinycc_port/SHA256SUMS" "$work/diverse/SHA256SUMS"
}

# The chain, and all that the machine did after it, on Debian's Linux: the same text, with the hash of each output.
on_linux() {
    cp -r "$work/tree" "$work/linux-tree"
    seeds_for_linux "$work/linux-tree"
    aarch64-linux-gnu-gcc -static -O1 -o "$work/linux-tree/enter" "$tests/enter.c"
    machine_of_linux=$("$root/tests/linux/run" --timeout 400 "$work/linux-tree" /enter >"$work/linux" || echo "status $?")
    expect "the chain's good end on Linux, not $machine_of_linux" [ -z "$machine_of_linux" ]
    diff -U 2 --label Linux --label Firmseed "$work/linux" "$work/machine"
}

# TinyCC's tests2 by the TinyCC that gcc compiled, on the host's Linux.
tests2_by_gcc() {
    gcc -O1 -o "$work/runner" "$tests/runner.c"
    sed 's#/bin/tcc#../../tcc-gcc#g' "$work/tree/tests/tests2.list" >"$work/tests2.list"
    cd "$work/diverse/root/build/tinycc/tests/tests2"
    "$work/runner" "$work/tests2.list" qemu-aarch64 -L "$work/diverse/root" | sed 's#\.\./\.\./tcc-gcc#/bin/tcc#' >"$work/tests2.gcc"
}

# ---- what stands in their output
section() { sed -n "/^=== $1\$/,/^--- $1: /p" "$2"; }

# One of TinyCC's tests: passes, or is an exception that fails; the same with gcc's TinyCC.
tests2_result() {
    local name=$1 result=pass
    section "$name" "$work/machine" >"$work/$name.machine"
    section "$name" "$work/tests2.gcc" >"$work/$name.gcc"
    expect "$name was run on the machine" [ -s "$work/$name.machine" ]
    sed '1d;$d' "$work/$name.machine" >"$work/$name.output"
    # As TinyCC's Makefile compares; a newline that the output lacks at its end is added by the runner.
    diff -Nbu -B "$work/out/build/tinycc/tests/tests2/$name.expect" "$work/$name.output" || result=fail
    if grep -q "^$name: " "$tests/exceptions"; then
        expect "$name in tests/tinycc/exceptions fails; it passes: take it out" [ $result = fail ]
    else
        expect "$name passes" [ $result = pass ]
    fi
    expect "the same as gcc's TinyCC on Linux" diff -U 2 --label gcc --label machine "$work/$name.gcc" "$work/$name.machine"
}

tests2() {
    local name passed=0 failed=0
    [ -s "$work/machine" ] || { fail tests2 "the machine's run did not end well"; return; }
    for name in $(cut -f 1 "$work/tree/tests/tests2.list"); do
        mkdir -p "$logs/$layer/tests2"
        if (tests2_result "$name") >"$logs/$layer/tests2/$name.log" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            fail "tests2/$name" "$(tail -n 1 "$logs/$layer/tests2/$name.log")"
        fi
    done
    name=$(grep -c '^[0-9].*: ' "$tests/exceptions")
    if [ $failed -eq 0 ]; then ok tests2 "$((passed - name)) of $passed pass on the machine, $name exceptions, the same with gcc's TinyCC"; fi
}

# Each patch has a test that ends with 0 on the machine, and fails when TinyCC is built without the patch.
patch_test() {
    local name=$1 patch=$2
    expect_line "^--- $name: status 0$" "$work/machine"
    "$tests/diverse" --without "$patch" --seed-only "$work/without-$name" >/dev/null
    cd "$work/diverse/root/build/tinycc"
    ! { qemu-aarch64 -L "$work/diverse/root" "$work/without-$name/root/build/tinycc/tcc-gcc" -o "$work/$name.test" "$tinycc_port/tests/$name.c" &&
        timeout 20 qemu-aarch64 "$work/$name.test"; } || { echo "expected: tests/$name.c fails without patches/$patch"; exit 1; }
}

# Lines "--- NAME: status N" of what a user does first.
first() { expect "first/$1: $2" [ "$(section "$1" "$work/machine" | sed 1d | paste -s -d '|')" = "$2|--- $1: status $3" ]; }

if wanted machine || wanted diverse || wanted linux || wanted tests2 || wanted patch || wanted first; then
    filter_of_user=$filter filter=''
    runs
    filter=$filter_of_user
    if wanted tests2; then tests2; fi
    for file in "$tinycc_port"/tests/*.c; do
        name=$(basename "$file" .c)
        patch=$(sed -n '1s/^\/\* Patch \([0-9]*\):.*/\1/p' "$file")
        start "patch/$name" patch_test "$name" "$(basename "$tinycc_port/patches/$patch"-*.patch)"
    done
    finish
    check first/hello first hello 'hello, world' 0
    check first/run first run 'hello, world' 0
    check first/run-status first run-status 'a b|42 words' 42
    check first/error first error "error.c:3: error: ';' expected (got \"}\")" 1
    check first/two-files first two-files 'one calls two' 0
fi
. "$tests/faults.sh"
. "$tests/random.sh"
