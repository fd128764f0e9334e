# Chains of others: docs/stage0-posix.md, its commands as they stand there, on a tree of ours with upstream's places and names.

work=$(scratch)
seeds=bootstrap-seeds/POSIX/AArch64

# Upstream's layout: two binaries, their texts, the script that process 1 looks for.
posix_tree() {
    local tree=$1 steps
    mkdir -p "$tree/$seeds" "$tree/AArch64/bin" "$tree/AArch64/artifact" "$tree/.git"
    echo 'no source' >"$tree/.git/config"
    bare_program "$tree/$seeds/kaem-optional-seed" "$root/tests/neighbours/kaem.c"
    xxd -p "$tree/$seeds/kaem-optional-seed" >"$tree/AArch64/kaem-minimal.hex0"
    cp "$root/stage0/00-hex0/hex0.hex0" "$tree/AArch64/hex0_AArch64.hex0"
    cp "$root/stage0/02-hex1/hex1.hex0" "$tree/AArch64/hex1_AArch64.hex0"
    cp "$root/stage0/03-hex2/hex2.hex1" "$tree/AArch64/hex2_AArch64.hex1"
    sed 's/[#;].*//' "$tree/AArch64/hex0_AArch64.hex0" | xxd -r -p >"$tree/$seeds/hex0-seed"
    chmod +x "$tree/$seeds/hex0-seed"
    steps="hex0-seed hex0_AArch64.hex0 hex0
hex0 kaem-minimal.hex0 kaem-0
hex0 hex1_AArch64.hex0 hex1
hex1 hex2_AArch64.hex1 hex2"
    local program text made
    while read -r program text made; do
        case $program in hex0-seed) program=./$seeds/hex0-seed ;; *) program=./AArch64/artifact/$program ;; esac
        echo "$program ./AArch64/$text ./AArch64/artifact/$made"
    done <<<"$steps" >"$tree/kaem.aarch64"
}
posix_tree "$work/stage0-posix"
# What the page calls firmseed is this folder.
ln -s "$root" "$work/firmseed"

stage0_posix() {
    commands_of "$root/docs/stage0-posix.md" | sed "s|^builder=.*|builder=$image_builder|" >"$work/commands"
    expect "commands on the page" [ "$(wc -l <"$work/commands")" -gt 10 ]
    (cd "$work" && bash -euo pipefail commands) >"$work/output"
    cat "$work/output"
    expect_line '^verified: [0-9]+ entries; all 3 programs derive from text; the head is the one that you gave$' "$work/output"
    expect "the tree without .git" [ ! -e "$work/tree/.git" ]
    local made=$work/result/AArch64/artifact
    expect "hex0-seed made again" cmp "$work/stage0-posix/$seeds/hex0-seed" "$made/hex0"
    expect "kaem-optional-seed made again" cmp "$work/stage0-posix/$seeds/kaem-optional-seed" "$made/kaem-0"
    expect "the hex2 of the chain" [ "$(sha256sum <"$made/hex2" | cut -c1-64)" = "$(sed -n 's|  ../bin/hex2$||p' "$root/stage0/SHA256SUMS")" ]
}
check stage0-posix stage0_posix

# The binaries left where the seeds go: refused when the image is built.
binaries_in_place() {
    local log=$work/in-place.log
    expect_status "a seed whose program the tree has" 2 "$image_builder" build --kernel "$kernel_elf" --tree "$work/stage0-posix" \
        --policy chain -o "$work/in-place.img" --init "/$seeds/kaem-optional-seed" \
        --seed "AArch64/hex0_AArch64.hex0=/$seeds/hex0-seed" 2>"$log"
    expect_line "/$seeds/hex0-seed: the image brings a file of this name.*leave it out of the tree" "$log"
}
check binaries-in-place binaries_in_place

# As upstream has it, under the policy open: process 1 is a binary of the image that the run makes again, and it is counted as that.
unmodified() {
    "$image_builder" build --kernel "$kernel_elf" --tree "$work/stage0-posix" --policy open -o "$work/open.img" \
        --init "/$seeds/kaem-optional-seed" >/dev/null
    machine 0 "$work/open.log" --image "$work/open.img" --out "$work/open"
    local status=0
    "$image_builder" verify "$work/open.img" "$work/open/firmseed.ledger" --head "$(head_of "$work/open.log")" >"$work/open.verdict" || status=$?
    cat "$work/open.verdict"
    expect "no 'verified' for all" [ "$status" -le 1 ]
    expect_line '^programs   3: 0 seeds, 1 built in the run, 2 of the image$' "$work/open.verdict"
    expect_line '2 of the image ran' "$work/open.verdict"
    expect "no fact told twice" [ -z "$(sort "$work/open.verdict" | uniq -d)" ]
}
check unmodified unmodified
