# From hex0 to TinyCC's fixpoint on the bare machine, the same by other roads, and what the result is worth. docs/tinycc.md.

tests=$root/tests/tinycc
. "$tests/chain.sh"
. "$tests/lists.sh"
. "$tests/faults.sh"
. "$root/qemu/lib/costs.sh"
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
    build_plugin "$work"
    machine 0 "$work/machine.raw" --image "$work/image" --memory 128 --out "$work/out" \
        --qemu -plugin --qemu "file=$work/count.so,out=$work/marks"
    tr -d '\r' <"$work/machine.raw" | sed '/^firmseed: init ended/,$d' | grep -av '^firmseed: ' >"$work/machine"
    expect_line '^TinyCC has rebuilt itself and its C library: 2 and 3 are equal byte for byte\.$' "$work/machine"
    # What the host says of the files that came out.
    (cd "$work/out/build/tinycc" && sha256sum -c "$tinycc_port/SHA256SUMS") || { echo "expected: the hashes of ports/tinycc/SHA256SUMS"; exit 1; }
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
    "$root/tests/linux/run" "$work/linux-tree" /enter >"$work/linux" || { tail -n 5 "$work/linux"; echo "expected: the chain's good end on Linux"; exit 1; }
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

# before_patch NAME PATCH: gcc's TinyCC with the patches before this one; prints how to run it.
before_patch() {
    "$tests/diverse" --before "$2" --seed-only "$work/before-$1" >/dev/null
    printf '%s\n' "$by_gcc $work/before-$1/root/build/tinycc/tcc-gcc"
}

# Each patch has a test that ends with 0 on the machine, and fails with a TinyCC before the patch.
patch_test() {
    local name=$1 patch=$2 faulty
    expect_line "^--- $name: status 0$" "$work/machine"
    [ -n "$patch" ] || return 0
    faulty=$(before_patch "$name" "$patch")
    ulimit -c 0
    ! { $faulty -o "$work/$name.test" "$tinycc_port/tests/$name.c" && (ulimit -t 20 && exec qemu-aarch64 "$work/$name.test"); } ||
        { echo "expected: tests/$name.c fails before patches/$patch"; exit 1; }
}

# A patch whose test wants more than one command, or an error: the machine's TinyCC passes it on the host, the one before does not.
patch_script() {
    local name=$1 patch=$2 faulty
    export RUN=qemu-aarch64
    ulimit -c 0
    cd "$(scratch)"
    "$tinycc_port/tests/$name.sh" $by_gcc "$work/out/bin/tcc"
    faulty=$(before_patch "$name" "$patch")
    cd "$(scratch)"
    expect_status "$name.sh before patches/$patch" 1 "$tinycc_port/tests/$name.sh" $faulty
}

# patch_of FILE: the patch that a test names in its first comment.
patch_of() {
    local number
    number=$(sed -n '1,2s/^[/#][*]* Patch \([0-9]*\):.*/\1/p' "$1")
    echo "${number:+$(basename "$tinycc_port/patches/$number"-*.patch)}"
}

# What a user does first: its output, its status.
first() { expect "first/$1: $2" [ "$(section "$1" "$work/machine" | sed 1d | paste -s -d '|')" = "$2|--- $1: status $3" ]; }

# Random programs: the same checksum as gcc's. With gcc's code about a tenth do not end in time: 350 give over 300.
random_programs() { "$tests/random" "$work/diverse" 1 "$1"; }

# GCC's torture suite: what TinyCC compiles runs right. Its bytes are the machine's: diverse has compared them. Each sixth program
# of 1,653; --full has all.
torture_suite() { "$tests/torture" --every "$(full && echo 1 || echo 6)" "$work/diverse"; }

# No patch of the generator or the linker is without a test: 03 and 26 are tested by the build, 24 by mes/meeting-tcc.
patches_tested() {
    local file number
    for file in "$tinycc_port"/patches/*.patch; do
        number=$(basename "$file")
        number=${number%%-*}
        [[ $number = @(03|24|26) ]] || expect "a test in ports/tinycc/tests that names patch $number" grep -q " Patch $number:" -r "$tinycc_port/tests"
    done
}

# No entry of the chain is ten times as slow for each instruction as the others: translated code that QEMU drops again and again
# would be, and counts of instructions do not show it. CPU time of one thread; what is slow in one run only was the host's.
even_costs() {
    costs_are_even "$work/marks" "$work/out/firmseed.ledger" && return
    machine 0 "$work/again.raw" --image "$work/image" --memory 128 --qemu -plugin --qemu "file=$work/count.so,out=$work/marks-again"
    costs_are_even "$work/marks" "$work/marks-again" "$work/out/firmseed.ledger"
}

after_runs() {
    local file name patch
    check even-costs even_costs
    if wanted tests2; then tests2; fi
    for file in "$tinycc_port"/tests/*.c; do
        name=$(basename "$file" .c)
        start "patch/$name" patch_test "$name" "$(patch_of "$file")"
    done
    for file in "$tinycc_port"/tests/*.sh; do
        name=$(basename "$file" .sh)
        start "patch/$name" patch_script "$name" "$(patch_of "$file")"
    done
    check patches-tested patches_tested
    finish
    check first/hello first hello 'hello, world' 0
    check first/run first run 'hello, world' 0
    check first/run-status first run-status 'a b|42 words' 42
    check first/error first error "error.c:3: error: ';' expected (got \"}\")" 1
    check first/two-files first two-files 'one calls two' 0
    check torture torture_suite
    if ! have csmith; then
        skip random "csmith is not here: apt-get install csmith"
    else
        check random random_programs "$(full && echo 350 || echo 12)"
    fi
}


# A test that reads the runs needs them all: the filter chooses among the tests, not among the runs.
if wanted_any machine diverse linux tests2-by-gcc tests2 random even-costs torture patches-tested \
    $(cd "$tinycc_port/tests" && printf 'patch/%s\n' * | sed 's#\.[a-z]*$##') first/{hello,run,run-status,error,two-files}; then
    by_gcc="qemu-aarch64 -L $work/diverse/root"
    filter_of_user=$filter filter=''
    runs
    filter=$filter_of_user
    if [ -s "$work/machine" ] && [ -s "$work/tests2.gcc" ]; then
        after_runs
    else
        fail results "the runs on the machine or by gcc did not end well: nothing to compare"
    fi
fi
faults
