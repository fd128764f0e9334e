# Raspberry Pis: cards that others can read, the chain from such a card on raspi3b and raspi4b, Linux's device trees.
# docs/boards.md says what this shows and what only a real board could show.

. "$root/qemu/lib/chain.sh"
. "$root/qemu/lib/boards.sh"
work=$(scratch)
PATH=$PATH:/usr/sbin
rust_env

# What the distribution may lack is fetched once, when a test wants it; where it cannot be had, its tests are skipped by name.
for name in raspi4b raspi4b-dtb chain/raspi4b chain/raspi4b-dtb device-tree/pi-3 device-tree/pi-4 device-tree/pi-5 real-firmware; do
    if wanted "$name"; then
        timeout "$hang" "$root/qemu/setup" --boards || true
        break
    fi
done

# ---- cards. The firmware of most tests is a stand-in: no test may need files that are not free.
mkdir -p "$work/firmware/overlays"
for name in bootcode.bin start.elf fixup.dat start4.elf fixup4.dat bcm2712-rpi-5-b.dtb overlays/disable-bt.dtbo LICENCE.broadcom; do
    printf 'a stand-in for %s\n' "$name" >"$work/firmware/$name"
done

# short_image: the chain from the seeds to cc, and sha256sum, which compares all that was built before it.
short_image() {
    chain_tree "$work/tree"
    sed -i '/^# kaem; it runs/,$d' "$work/tree/stage0/chain.kaem"
    expect_line '^/bin/sha256sum -c' "$work/tree/stage0/chain.kaem"
    cp "$stage0_sums" "$work/tree/SHA256SUMS"
    chain_image "$work/tree" "$work/short.img"
}
stage0_sums=$root/stage0/SHA256SUMS

# volume CARD FILE: its first partition, by the numbers that sfdisk reads.
volume() {
    local start size
    read -r start size < <(sfdisk -d "$1" | sed -n 's/.*1 : start= *\([0-9]*\), size= *\([0-9]*\), type=c.*/\1 \2/p')
    expect "a first partition of type c" [ -n "$size" ]
    dd if="$1" of="$2" bs=512 skip="$start" count="$size" status=none
}

# whole_card CARD FIRMWARE: what sfdisk, fsck.fat and mtools say of it; each file byte for byte.
whole_card() {
    local folder file
    folder=$(scratch)
    expect "a power of two for QEMU" [ "$(stat -c %s "$1" | factor | tr -d ' ' | sed 's/.*://; s/2//g')" = "" ]
    expect "partition 2 of type da" [ "$(sfdisk -d "$1" | grep -c '2 : .*type=da$')" -eq 1 ]
    volume "$1" "$folder/volume"
    fsck.fat -n "$folder/volume" || { echo "expected: a volume that fsck.fat finds no fault with"; exit 1; }
    minfo -i "$folder/volume" :: | tee "$folder/info"
    expect_line 'disk type="FAT32' "$folder/info"
    mkdir "$folder/files"
    mcopy -s -n -i "$folder/volume" ::/ "$folder/files"
    expect "the image" cmp "$work/short.img" "$folder/files/kernel8.img"
    (cd "$2" && find . -type f | sort) >"$folder/wish"
    expect "the firmware's files" [ -s "$folder/wish" ]
    while read -r file; do expect "$file as it was" cmp "$2/$file" "$folder/files/$file"; done <"$folder/wish"
    (cd "$folder/files" && find . -type f ! -name kernel8.img ! -name config.txt ! -name cmdline.txt | sort) >"$folder/got"
    expect "no other file" diff "$folder/wish" "$folder/got"
    expect_line '^arm_64bit=1$' "$folder/files/config.txt"
    expect_line '^console=serial0,115200$' "$folder/files/cmdline.txt"
    # The partition for results is blank.
    expect "a blank second partition" cmp -n $((1 << 20)) -i \
        $(($(sfdisk -d "$1" | sed -n 's/.*2 : start= *\([0-9]*\),.*/\1/p') * 512)):0 "$1" /dev/zero
}

# The same files, made in another order and at another time, give the same card.
card_is_reproducible() {
    local other
    other=$(scratch)
    whole_card "$work/card.img" "$work/firmware"
    mkdir -p "$other/firmware/overlays"
    (cd "$work/firmware" && find . -type f | sort -r) | while read -r name; do cat "$work/firmware/$name" >"$other/firmware/$name"; done
    touch -d 1999-01-01 "$other/firmware/start.elf"
    (umask 077 && TZ=Asia/Tokyo "$image_builder" sd "$other/card.img" --image "$work/short.img" --firmware "$other/firmware")
    expect "one image, one card" cmp "$work/card.img" "$other/card.img"
}

# fsck.fat sees what is broken: else its silence above would say nothing.
fsck_is_awake() {
    volume "$work/card.img" "$work/broken"
    printf '\377\377\377\377' | dd of="$work/broken" bs=1 seek=$((4096 + 400)) conv=notrunc status=none
    expect_status "a damaged table is seen" 1 fsck.fat -n "$work/broken"
}

# ---- the chain from a card. QEMU runs no Pi firmware: kernel8.img is what the firmware would load from the card.
# chain_from_card NAME IMAGE SUMS OPTION...: the console goes to $work/NAME.log.
chain_from_card() {
    local log=$work/$1.log image=$2 sums=$3 folder start
    shift 3
    folder=$(scratch)
    "$image_builder" sd "$folder/card" --image "$image" --firmware "$work/firmware" --size 512
    start=$(sfdisk -d "$folder/card" | sed -n 's/.*1 : start= *\([0-9]*\),.*/\1/p')
    mcopy -i "$folder/card@@$((start * 512))" ::kernel8.img "$folder/kernel8.img"
    machine 0 "$log" --image "$folder/kernel8.img" --qemu -drive --qemu "if=sd,format=raw,file=$folder/card" "$@"
    expect_status "no stage with another hash" 1 grep -q 'NOT AS EXPECTED' "$log"
    expect_line "^firmseed: \\[ *$(wc -l <"$sums")/$(wc -l <"$sums")\\]" "$log"
    # The machine's word is not enough: the files on the card are hashed here.
    "$image_builder" results "$folder/card" -C "$folder/out" >"$folder/list"
    (cd "$folder/out" && sed 's#  /#  #' "$sums" | sha256sum -c --quiet) || { echo "expected: the files of $sums on the card"; exit 1; }
    (cd "$folder/out" && sha256sum -c --quiet "$folder/list") || { echo "expected: results lists what it unpacks"; exit 1; }
    # The same without our tool: the partition as it is, tar finds the end.
    mkdir "$folder/by-hand"
    start=$(sfdisk -d "$folder/card" | sed -n 's/.*2 : start= *\([0-9]*\),.*/\1/p')
    tar -x -C "$folder/by-hand" -f <(dd if="$folder/card" bs=512 skip="$start" status=none)
    expect "the same files by dd and tar" diff -r --no-dereference "$folder/out" "$folder/by-hand"
    head_of "$log" >"$work/$(basename "$log" .log).head"
}

# same_head NAME OTHER: the ledger of a board's run is that of virt.
same_head() {
    expect "a head" [ "$(wc -c <"$work/$1.head")" -eq 65 ]
    expect "the head of virt's run" cmp "$work/$1.head" "$work/$2.head"
}
on_virt() {
    machine 0 "$work/$1.log" --image "$2" --memory 512
    head_of "$work/$1.log" >"$work/$1.head"
}
on_board() {
    local name=$1 virt=$2
    shift
    chain_from_card "$name" "$work/$virt.img" "$work/$virt.sums" "${@:2}"
    same_head "$name" "$virt"
}

# boards PREFIX VIRT: the runs of an image on each board, with and without a device tree.
boards() {
    local prefix=$1 virt=$2 dtb3 dtb4
    dtb3=$cache/linux/dtb/bcm2837-rpi-3-b.dtb dtb4=$cache/linux/dtb/bcm2711-rpi-4-b.dtb
    start "${prefix}raspi3b" on_board "$virt-3" "$virt" --machine raspi3b
    start "${prefix}raspi3b-dtb" on_board "$virt-3-dtb" "$virt" --machine raspi3b --dtb "$dtb3"
    if boards_qemu >/dev/null; then
        start "${prefix}raspi4b" on_board "$virt-4" "$virt" --machine raspi4b
        start "${prefix}raspi4b-dtb" on_board "$virt-4-dtb" "$virt" --machine raspi4b --dtb "$dtb4"
    else
        skip "${prefix}raspi4b" "no QEMU with raspi4b here (9.0 or newer): qemu/setup --boards says why"
        skip "${prefix}raspi4b-dtb" "no QEMU with raspi4b here"
    fi
}

short_image >"$work/short.log" 2>&1 || fail short-image "$(tail -n 1 "$work/short.log")"
cp "$stage0_sums" "$work/short.sums"
"$image_builder" sd "$work/card.img" --image "$work/short.img" --firmware "$work/firmware" >"$work/card.log" 2>&1 ||
    fail make-card "$(tail -n 1 "$work/card.log")"
start card card_is_reproducible
start card-damaged fsck_is_awake
if boards_firmware >/dev/null; then
    real_firmware() {
        local folder
        folder=$(scratch)
        "$image_builder" sd "$folder/card.img" --image "$work/short.img" --firmware "$(boards_firmware)" --board pi3 --board pi4
        whole_card "$folder/card.img" "$(boards_firmware)"
    }
    start real-firmware real_firmware
else
    skip real-firmware "Debian's raspi-firmware is not here: qemu/setup --boards says why"
fi
on_virt short "$work/short.img" >"$work/virt.log" 2>&1 || fail virt "$(tail -n 1 "$work/virt.log")"
boards '' short

if full; then
    whole_chain() {
        chain_tree "$work/whole.tree" tinycc
        chain_image "$work/whole.tree" "$work/whole.img"
        chain_sums tinycc >"$work/whole.sums"
        on_virt whole "$work/whole.img"
    }
    finish
    check chain/virt whole_chain
    boards chain/ whole
fi

# ---- Linux's device trees: what our parser finds is what fdtget says
# cells BLOB NODE PROPERTY: as numbers, hexadecimal.
cells() { fdtget -t x "$1" "$2" "$3"; }
# at_bus ADDRESS CHILD PARENT SIZE...: the processor's address, by triples of the bus's ranges.
at_bus() {
    local address=$((16#$1))
    shift
    while [ $# -ge 3 ]; do
        if [ $address -ge $((16#$1)) ] && [ $address -lt $((16#$1 + 16#$3)) ]; then
            printf '%x' $((address - 16#$1 + 16#$2))
            return
        fi
        shift 3
    done
    return 1
}
# ranges BLOB NODE: triples; the parent's two cells become one number.
ranges() {
    local parent words
    parent=$(fdtget "$1" / '#address-cells')
    # shellcheck disable=SC2207 # numbers
    words=($(cells "$1" "$2" ranges))
    while [ ${#words[@]} -gt 0 ]; do
        if [ "$parent" -eq 2 ]; then
            printf '%s %x %s ' "${words[0]}" $(((16#${words[1]} << 32) + 16#${words[2]})) "${words[3]}"
            words=("${words[@]:4}")
        else
            printf '%s %s %s ' "${words[@]:0:3}"
            words=("${words[@]:3}")
        fi
    done
}
# node_of BLOB BUS COMPATIBLE: the bus's node of this kind; its name changes with the version of Linux.
node_of() {
    local name
    for name in $(fdtget -l "$1" "$2"); do
        if [[ " $(fdtget -d '' "$1" "$2/$name" compatible) " == *" $3 "* ]]; then printf '%s/%s' "$2" "$name"; return; fi
    done
    return 1
}
# place BLOB BUS REGION-NUMBER NODE: "START SIZE" of a region of a node on the bus, for the processor.
place() {
    # shellcheck disable=SC2046,SC2207 # numbers
    local reg=($(cells "$1" "$4" reg))
    # shellcheck disable=SC2046
    printf '%s %s' "$(at_bus "${reg[$3 * 2]}" $(ranges "$1" "$2"))" "${reg[$3 * 2 + 1]}"
}
# says BLOB: what our parser says.
says() { cargo run --quiet --release --locked --manifest-path "$root/Cargo.toml" -p kernel --example board -- "$1"; }
console_node() {
    local path
    path=$(fdtget "$1" /chosen stdout-path)
    fdtget "$1" /aliases "${path%%:*}"
}

device_tree() {
    local name=$1 blob folder
    folder=$(scratch)
    blob=$folder/blob
    cp "$(boards_dtb "$2")" "$blob"
    chmod u+w "$blob"
    "tree_of_$name" "$blob" >"$folder/wish"
    says "$blob" >"$folder/all"
    cat "$folder/all"
    # Facts of the kinds that are wished: nothing may lack, nothing may be beside them.
    grep -E '^(model|memory|unmapped|console|gicv[23]|bcm2836|timer|power) ' "$folder/all" >"$folder/got"
    expect "what fdtget says" diff --label fdtget --label ours -U 9 "$folder/wish" "$folder/got"
}

tree_of_pi5() {
    local soc=/soc@107c000000 gic
    gic=$(node_of "$1" $soc arm,gic-400)
    expect "serial10 on the debug connector" [ "$(place "$1" $soc 0 "$(console_node "$1")")" = '107d001000 200' ] >&2
    expect "a PL011" [ "$(fdtget "$1" "$(console_node "$1")" compatible)" = 'arm,pl011 arm,primecell' ] >&2
    expect "the GIC-400" [ "$(place "$1" $soc 0 "$gic")" = '107fff9000 1000' ] >&2
    printf 'model %s\n' "$(fdtget "$1" / model)"
    printf 'memory %x %s\n' $((16#$(cells "$1" /memory@0 reg | cut -d ' ' -f 2))) "$(cells "$1" /memory@0 reg | cut -d ' ' -f 4)"
    printf 'unmapped 0 %s\n' "$(cells "$1" /reserved-memory/atf@0 reg | cut -d ' ' -f 4)"
    printf 'console pl011 %s\n' "$(place "$1" $soc 0 "$(console_node "$1")")"
    printf 'gicv2 distributor %s\n' "$(place "$1" $soc 0 "$gic")"
    printf 'gicv2 processor %s\n' "$(place "$1" $soc 1 "$gic")"
    printf 'timer %s\n' $((16#$(cells "$1" /timer interrupts | cut -d ' ' -f 8) + 16))
    printf 'power %s\n' "$(fdtget "$1" /psci method)"
}

# Its memory has no size: the firmware writes it there.
tree_of_pi4() {
    expect "no size of its own" [ "$(cells "$1" /memory@0 reg)" = '0 0 0' ] >&2
    expect_status "no memory, no board" 1 says "$1" >&2
    fdtput -t x "$1" /memory@0 reg 0 0 3b400000
    local gic
    gic=$(node_of "$1" /soc arm,gic-400)
    printf 'model %s\nmemory 0 3b400000\n' "$(fdtget "$1" / model)"
    printf 'console mini %s\n' "$(place "$1" /soc 0 "$(console_node "$1")")"
    printf 'gicv2 distributor %s\n' "$(place "$1" /soc 0 "$gic")"
    printf 'gicv2 processor %s\n' "$(place "$1" /soc 1 "$gic")"
    printf 'timer %s\n' $((16#$(cells "$1" /timer interrupts | cut -d ' ' -f 8) + 16))
    printf 'power watchdog %s\n' "$(place "$1" /soc 0 "$(node_of "$1" /soc brcm,bcm2835-pm-wdt)")"
}

tree_of_pi3() {
    printf 'model %s\n' "$(fdtget "$1" / model)"
    printf 'memory %s\n' "$(cells "$1" /memory@0 reg)"
    printf 'console mini %s\n' "$(place "$1" /soc 0 "$(console_node "$1")")"
    printf 'bcm2836 %s\n' "$(place "$1" /soc 0 "$(node_of "$1" /soc brcm,bcm2836-l1-intc)")"
    printf 'timer %s\n' $((16#$(cells "$1" /timer interrupts | cut -d ' ' -f 5)))
    printf 'power watchdog %s\n' "$(place "$1" /soc 0 "$(node_of "$1" /soc brcm,bcm2835-pm-wdt)")"
}

for board in 3:bcm2837-rpi-3-b 4:bcm2711-rpi-4-b 5:bcm2712-rpi-5-b; do
    if boards_dtb "${board#*:}.dtb" >/dev/null; then
        start "device-tree/pi-${board%:*}" device_tree "pi${board%:*}" "${board#*:}.dtb"
    else
        skip "device-tree/pi-${board%:*}" "no ${board#*:}.dtb here: qemu/setup --boards says why"
    fi
done
finish
