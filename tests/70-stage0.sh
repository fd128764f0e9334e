# stage0: from hex to cc. Annotations, independent tools, the chain's own hashes, errors, the compilers' tests.

. "$root/qemu/lib/chain.sh"

stage0=$root/stage0
cc0=$(echo "$stage0"/*-cc0) cc=$(echo "$stage0"/*-cc)
made=$(scratch)

rust_env
build_checker() { cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p stage0-check; }
build_checker || fail checker "stage0-check does not build"
checker=$target/release/stage0-check

# cc0's ELF header is data in front of M1's output, no program: its bytes are compared with the mescc-tools' below.
check annotations "$checker" "$stage0"/0[0-4]*/*.hex[012] "$stage0"/*-libc/src/start.c "$stage0"/*-libc/src/code.c
check defines "$checker" "$cc0"/*.M1

# A wrong byte, a wrong mnemonic, a wrong address: each is found.
checker_finds() {
    local good=$stage0/00-hex0/hex0.hex0 bad=$made/bad.hex0 change
    for change in 's/^60 0C 80 92/61 0C 80 92/' 's/mov x19, x0 /mov x18, x0 /' 's/# 0b4  adr/# 0b8  adr/'; do
        sed "$change" "$good" >"$bad"
        expect "the change $change to do something" eval '! cmp -s "$good" "$bad"'
        expect_status "a proof that fails after $change" 1 "$checker" "$bad"
    done
}
check annotations-broken checker_finds

# The chain under qemu-user, its seeds made by sed and xxd: every output as in SHA256SUMS.
by_hand() {
    "$root/tests/stage0/by-hand" "$made/hand"
    cmp "$made/hand/seed/hex0" "$made/hand/bin/hex0"
    cmp "$made/hand/seed/kaem-seed" "$made/hand/bin/kaem-seed"
    [ "$(stat -c %s "$made/hand/bin/hex0")" -le 360 ] || { echo "hex0 is over 360 bytes"; exit 1; }
    [ "$(stat -c %s "$made/hand/bin/kaem-seed")" -le 1200 ] || { echo "kaem-seed is over 1200 bytes"; exit 1; }
    "$root/tests/stage0/tools-by-hand" "$made/hand"
    (cd "$made/hand/stage0" && cat "$stage0/SHA256SUMS" "$stage0"/*-tools/SHA256SUMS | sha256sum -c)
}
check by-hand by_hand

check errors "$root/tests/stage0/errors" "$made/hand"

# An assembler that we did not write makes the same bytes.
mescc_tools() {
    local options=(--architecture aarch64 --little-endian)
    hex2 "${options[@]}" --base-address 0x600000 -f "$stage0/04-M1/M1.hex2" -o "$made/M1"
    cmp "$made/M1" "$made/hand/bin/M1"
    "$cc0/build" "$made/cc0"
    cmp "$made/cc0" "$made/hand/bin/cc0"
}
check mescc-tools mescc_tools
check as-mescc "$root/tests/stage0/as-mescc" "$made/hand"

check cc0 env SEEDS="$(full && echo 200 || echo 10)" "$cc0/tests/run"

# libc: numbers as libgcc and glibc have them; TinyCC's libc.a has the files that all.c has.
check libc-numbers "$stage0"/*-libc/tests/numbers "$(full && echo 200000 || echo 5000)"
libc_list() {
    local src
    src=$(echo "$stage0"/*-libc/src)
    { echo code; echo alloca; sed -n 's/^#include "\(.*\)\.c"$/\1/p' "$src/all.c"; } | sort >"$made/libc-all"
    sed -n 's#.* -c ${LIBC}/src/\(.*\)\.c .*#\1#p' "$root/ports/tinycc/libc.kaem" | sort | diff "$made/libc-all" -
    find "$src" -name '*.c' ! -name all.c -exec basename {} .c \; | sort | diff "$made/libc-all" -
}
check libc-list libc_list

# cc: its own tests, and upstream's programs, whose sources come from Debian's source packages.
cc_sources=$cache/cc-sources
fetch_cc_sources() {
    [ -f "$cc_sources/complete" ] && return
    "$cc/tests/fetch" "$cc_sources" && : >"$cc_sources/complete"
}
cc_part() { WORK=$made/cc SOURCES=$cc_sources "$cc/tests/run" "$@"; }
check cc-itself cc_part host self cc0
check cc-programs cc_part programs
check cc-errors cc_part errors
if wanted cc-upstream; then fetch_cc_sources >"$made/fetch.log" 2>&1 || { cat "$made/fetch.log"; fail cc-sources "cannot be fetched"; }; fi
check cc-upstream-tests2 cc_part tests2
check cc-upstream-tinycc cc_part tinycc
check cc-upstream-mes cc_part mes
random_programs() { CSMITH_TO=$(full && echo 2000 || echo 60) cc_part csmith; }
check cc-upstream-csmith random_programs
# GCC's torture suite by cc: what it compiles runs right. Each sixth program of 1,653; --full has all.
torture_suite() {
    "$cc/tests/build-host" "$made/cc-torture"
    "$root/tests/tinycc/torture" --cc "$made/cc-torture" --every "$(full && echo 1 || echo 6)" "$made"
}
check cc-upstream-torture torture_suite

# The whole on the bare machine: each stage has its line, as expected; a wrong hash stops it.
on_the_machine() {
    chain_tree "$made/tree"
    sed -i '/^..\/bin\/kaem ..\/ports/d' "$made/tree/stage0/chain.kaem"
    chain_image "$made/tree" "$made/chain.img"
    machine 0 "$made/chain.log" --memory 64 --image "$made/chain.img"
    expect "no stage with another hash" eval '! grep -q "NOT AS EXPECTED" "$made/chain.log"'
    local stages
    stages=$(cat "$stage0/SHA256SUMS" "$stage0"/*-tools/SHA256SUMS | wc -l)
    expect_line "^firmseed: \\[ *$stages/" "$made/chain.log"
    expect_line '^\.\./bin/tools: OK$' "$made/chain.log"
}
check on-the-machine on_the_machine

a_wrong_hash_stops() {
    chain_tree "$made/tree-wrong"
    sed -i '3s/^[0-9a-f]\{8\}/00000000/' "$made/tree-wrong/stage0/SHA256SUMS"
    chain_image "$made/tree-wrong" "$made/wrong.img"
    machine 1 "$made/wrong.log" --image "$made/wrong.img"
    expect_line '^\.\./bin/hex1: FAILED' "$made/wrong.log"
    expect_line 'chain.kaem:[0-9]+: failed: \.\./bin/sha256sum' "$made/wrong.log"
}
check wrong-hash a_wrong_hash_stops

check lines "$stage0/lines"
