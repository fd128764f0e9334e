# The seed kernel, which is hex0 text: its annotations, its figures, the chain on it. That it answers programs as the Rust kernel
# does, and what it says where it cannot go on, are tests of tests/machine. docs/seed-kernel.md.

. "$root/qemu/lib/chain.sh"

seed=$root/seed-kernel
made=$(scratch)
rust_env
cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p stage0-check || fail checker "stage0-check does not build"
checker=$target/release/stage0-check

# ---- the texts

check annotations "$checker" "$seed/loader.hex0" "$seed/kernel.hex0"

# A wrong byte, mnemonic, target, address, entry of the table, text, field, place, number, size, or place of a function: each is found.
checker_finds() {
    local text change bad=$made/bad.hex0
    while IFS=$'\t' read -r text change; do
        sed -E "$change" "$seed/$text" >"$bad"
        expect "the change $change to do something" eval '! cmp -s "$seed/$text" "$bad"'
        expect_status "a proof that fails after $change" 1 "$checker" "$bad"
    done <<'CHANGES'
loader.hex0	s/^23 08 40 F9/23 0C 40 F9/
loader.hex0	s/flags: 10,/flags: 2,/
loader.hex0	s/Size: [0-9]+/Size: 300/
kernel.hex0	s/^F3 03 00 AA/F4 03 00 AA/
kernel.hex0	s/mov x24, x1$/mov x24, x2/
kernel.hex0	s/b\.eq from_el2/b.eq at_el1/
kernel.hex0	s/# 0010  movz/# 0014  movz/
kernel.hex0	s/\.hword 63, read$/.hword 63, write/
kernel.hex0	s/"firmseed: \\0"/"firmseed; \\0"/
kernel.hex0	s/HEAP = 0x2008/HEAP = 0x2010/
kernel.hex0	s/heap = 0xf0000/heap = 0xe0000/
kernel.hex0	s/Size: [0-9]+/Size: 6928/
kernel.hex0	s/0400 program_trap/0404 program_trap/
kernel.hex0	s/clobbers x3 to x7$/clobbers x3 to x5/
CHANGES
}
check annotations-broken checker_finds

# What a person is asked to read (docs/seed-kernel.md).
sizes() {
    local loader kernel lines
    by_hand "$seed/loader.hex0" "$made/loader"
    by_hand "$seed/kernel.hex0" "$made/kernel"
    loader=$(stat -c %s "$made/loader") kernel=$(stat -c %s "$made/kernel") lines=$(wc -l <"$seed/kernel.hex0")
    echo "loader $loader bytes, kernel $kernel bytes, $lines lines"
    expect "a loader of at most 400 bytes" [ "$loader" -le 400 ]
    expect "a kernel of at most 6,900 bytes" [ "$kernel" -le 6900 ]
    expect "at most 2,200 lines" [ "$lines" -le 2200 ]
}
by_hand() { sed 's/[#;].*//' "$1" | xxd -r -p >"$2"; }
check sizes sizes

# docs/seed-kernel.md shows the figures of these texts: the commands in its table print what stands beside them.
documented() {
    local figure command said count=0
    while IFS=$'\t' read -r figure command; do
        case $command in *qemu/test*) continue ;; esac
        said=$(cd "$root" && eval "$command" | awk '{ n += $NF == "proven" ? $(NF - 2) : $1 } END { print n }')
        expect "docs/seed-kernel.md to show $said, not $figure ($command)" [ "$said" = "${figure//,/}" ]
        count=$((count + 1))
    done < <(sed -n 's/^| [^|]* | \([0-9,]*\) | `\(.*\)` |$/\1\t\2/p' "$root/docs/seed-kernel.md" | sed 's/\\|/|/g')
    expect "five figures, not $count" [ "$count" -eq 5 ]
    by_hand "$seed/loader.hex0" "$made/loader"
    by_hand "$seed/kernel.hex0" "$made/kernel"
    said="| $(of_both kernel); loader $(of_both loader) |"
    grep -qF "$said" "$root/docs/seed-kernel.md" || { echo "expected: docs/seed-kernel.md to show $said"; exit 1; }
}
# Bytes and lines, as the page writes them.
of_both() { echo "$(stat -c %s "$made/$1"), $(wc -l <"$seed/$1.hex0")" | sed -E 's/([0-9])([0-9]{3})\b/\1,\2/g'; }
check documented documented

# ---- the chain

# Its outputs as SHA256SUMS say, up to TinyCC's fixpoint, in as many lines as there are hashes.
chain() {
    local log
    log=$(scratch)/console
    machine 0 "$log" --image "$made/chain.img" "$@"
    expect_line '^TinyCC has rebuilt itself and its C library: 2 and 3 are equal byte for byte.$' "$log"
    expect "no hash but the expected ones" eval '! grep -aq "FAILED" "$log"'
    # Named as in the lists that the chain checks, each from where it stands then.
    while read -r _ path; do expect_line "^$path: OK\$" "$log"; done < <(cat "$root"/stage0/{,*-tools/}SHA256SUMS "$root/ports/tinycc/SHA256SUMS")
}
chain_on_it() {
    chain_tree "$made/tree" tinycc
    (chain_kernel=("${seed_kernel[@]}") && chain_image "$made/tree" "$made/chain.img")
}
for name in chain-virt chain-least-memory chain-less-memory chain-raspi3b chain-instructions; do
    wanted $name || continue
    (set -e; chain_on_it) >"$made/chain-image.log" 2>&1 || { cat "$made/chain-image.log"; fail chain-image "cannot be built"; }
    break
done
start chain-virt chain
start chain-least-memory chain --memory 54 --cpu cortex-a72 --machine-options virtualization=on
start chain-raspi3b chain --machine raspi3b
# With one block less it ends, and says so: the kernel where a program has no memory, the program where a file has none.
less_memory() {
    local log status=0
    log=$(scratch)/console
    "$root/qemu/run" --image "$made/chain.img" --memory 52 >"$log" || status=$?
    case $status in
    125) expect_line '^firmseed: (\.\.)?/bin/[a-z0-9]*: failed: no memory$' "$log" ;;
    1) expect_line 'error: cannot write the file' "$log" && expect_line 'chain.kaem:[0-9]+: failed: ' "$log" ;;
    *) echo "expected: status 125 or 1, got $status"; exit 1 ;;
    esac
}
start chain-less-memory less_memory
# A wrong hash stops it.
wrong_hash() {
    local log=$made/wrong.log
    chain_tree "$made/tree-wrong"
    sed -i '3s/^[0-9a-f]\{8\}/00000000/' "$made/tree-wrong/stage0/SHA256SUMS"
    (chain_kernel=("${seed_kernel[@]}") && chain_image "$made/tree-wrong" "$made/wrong.img")
    machine 1 "$log" --image "$made/wrong.img"
    expect_line '^\.\./bin/hex1: FAILED' "$log"
    expect_line 'chain.kaem:[0-9]+: failed: \.\./bin/sha256sum' "$log"
}
start wrong-hash wrong_hash
finish

# The chain's instructions: at most 1.3 times those on the Rust kernel.
. "$root/qemu/lib/costs.sh"
# instructions NAME IMAGE: prints those of the run, and those of them in the kernel.
instructions() {
    machine 0 "$made/$1.log" --image "$2" --qemu -plugin --qemu "file=$made/count.so,out=$made/$1.marks" >/dev/null
    awk '$1 == "end" { printf "%.0f %.0f\n", $3 + $5, $3 }' "$made/$1.marks"
}
speed() {
    local ours other in_ours in_other
    build_plugin "$made"
    chain_image "$made/tree" "$made/chain-rust.img"
    read -r ours in_ours <<<"$(instructions seed "$made/chain.img")"
    read -r other in_other <<<"$(instructions rust "$made/chain-rust.img")"
    echo "instructions of the chain: $ours on the seed kernel ($in_ours in it), $other on the Rust kernel ($in_other)"
    expect "at most 1.3 times as many" [ $((ours * 10)) -le $((other * 13)) ]
}
check chain-instructions speed
