# The chain on the machine, broken on purpose: it stops at once with the step, the command, its status and what to do, and
# the machine's status is that of the command. Sourced by tests/80-tinycc.sh.

# fault STATUS STEP LINE...: boots $folder/tree; the machine ends with STATUS, STEP is the last step of TinyCC's that began,
# the LINEs are on the console.
fault() {
    local status=$1 step=$2 pattern
    shift 2
    chain_image "$folder/tree" "$folder/image" "${script:-chain.kaem}"
    machine "$status" "$folder/raw" --image "$folder/image" --memory 128
    tr -d '\r' <"$folder/raw" >"$folder/console"
    for pattern; do expect_line "$pattern" "$folder/console"; done
    expect_line '^([./]*/ports/tinycc/)?[a-z]+\.kaem:[0-9]+: (failed with status [0-9]+|ended by signal [0-9]+): ' "$folder/console"
    expect_line '^  what to do: ' "$folder/console"
    expect "no step after '$step'" [ "$(grep -a '^TinyCC: ' "$folder/console" | tail -n 1)" = "$step" ]
}

# A fresh tree of the image's files in $folder/tree.
faulty_tree() {
    folder=$(scratch)
    chain_tree "$folder/tree" tinycc
    mkdir "$folder/tree/tests"
    tarball=$(ls "$folder"/tree/ports/tinycc/*.tar.bz2)
}

# flip FILE OFFSET: another byte there.
flip() {
    local old
    old=$(xxd -p -s "$2" -l 1 "$1")
    printf '%02x' $((16#$old ^ 1)) | xxd -r -p | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
    expect "a damaged $1" [ "$(xxd -p -s "$2" -l 1 "$1")" != "$old" ]
}

tarball_flipped() {
    faulty_tree
    flip "$tarball" 300000
    fault 1 '' '^\.\./\.\./ports/tinycc/tcc_.*: FAILED: sha256 [0-9a-f]{64}, expected d63c113bcdd657f5' \
        '^\.\./ports/tinycc/build\.kaem:[0-9]+: failed with status 1: sha256sum -c \.\./\.\./ports/tinycc/SOURCE\.sha256$' 'what to do: the tarball is not upstream'
}

# The same damage, with a hash that agrees: unbz2 sees it by itself.
archive_damaged() {
    faulty_tree
    flip "$tarball" 300000
    echo "$(sha256sum <"$tarball" | cut -c1-64)  ../../ports/tinycc/${tarball##*/}" >"$folder/tree/ports/tinycc/SOURCE.sha256"
    fault 1 '' '^unbz2: \.\./\.\./ports/tinycc/tcc_.*: ' '^\.\./ports/tinycc/build\.kaem:[0-9]+: failed with status 1: unbz2 '
}

patch_refused() {
    faulty_tree
    sed -i 's/vpushi(0);/vpushi(1);/' "$folder"/tree/ports/tinycc/patches/02-*.patch
    fault 1 '' '^patch: \.\./\.\./ports/tinycc/patches/02-.*does not apply' \
        '^\.\./ports/tinycc/build\.kaem:[0-9]+: failed with status 1: patch \.\./\.\./ports/tinycc/patches/02-' 'what to do: a patch and the sources'
}

# What TinyCC compiles of itself crashes; what cc compiles does not.
compiler_crashes() {
    faulty_tree
    cat >>"$folder/tree/ports/tinycc/config.h" <<'END'
#ifdef __TINYC__
__attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1; }
#endif
END
    fault 139 'TinyCC: libc 2 and tcc2 by tcc1' '^firmseed: .*tcc1.*0x0' \
        '^\.\./\.\./ports/tinycc/libc\.kaem:[0-9]+: ended by signal 11: \./tcc1 -B ' 'what to do: the compiler before this step'
}

# Memory is the files' space too: NUMBER files of 4 MiB lie there when TinyCC is built.
no_space() {
    local i
    faulty_tree
    head -c 4194304 /dev/zero >"$folder/tree/tests/filler"
    {
        echo 'PATH=/bin'
        echo 'ADVICE="fewer files: this is not what the test is for"'
        for i in $(seq "$1"); do echo "cp /tests/filler /tmp/filler-$i"; done
        echo 'kaem /ports/tinycc/build.kaem'
    } >"$folder/tree/tests/full.kaem"
    sed 's#^../bin/kaem ../ports/.*#../bin/kaem /tests/full.kaem#' "$root/stage0/chain.kaem" >"$folder/tree/tests/chain.kaem"
    script=/tests/chain.kaem
    fault 1 '' '^[a-z0-9]+: .*: No space left on device$' 'what to do: too little memory'
}

# A machine too small for the chain: the first program that does not fit says so.
small_machine() {
    faulty_tree
    chain_image "$folder/tree" "$folder/image"
    machine 1 "$folder/raw" --image "$folder/image" --memory 32
    expect_line '^chain\.kaem:[0-9]+: (cannot run|failed): \.\./bin/' "$folder/raw"
}

wrong_hash() {
    faulty_tree
    sed -i '/tcc2$/{s/^0/f/;t;s/^./0/}' "$folder/tree/ports/tinycc/SHA256SUMS"
    fault 1 'TinyCC: libc 3 and tcc3 by tcc2' '^tcc2: FAILED: sha256 [0-9a-f]{64}, expected ' '^sha256sum: 1 of 14 files differ' \
        '^\.\./ports/tinycc/build\.kaem:[0-9]+: failed with status 1: sha256sum -c \.\./\.\./ports/tinycc/SHA256SUMS' 'what to do: sources were changed'
}

faults() {
    start fault/tarball tarball_flipped
    start fault/archive archive_damaged
    start fault/patch patch_refused
    start fault/crash compiler_crashes
    start fault/no-space no_space 22
    start fault/small-machine small_machine
    start fault/wrong-hash wrong_hash
    finish
}
