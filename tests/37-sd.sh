# What a board hands out by itself: the tar on an SD card's second partition, or as text on the serial line; its end; and
# the processors that are not the first.

. "$root/qemu/lib/probe.sh"
writer=$test_scratch/writer.img
spinner=$test_scratch/spinner.img
probe_image "$writer" /writer
probe_image "$spinner" /spin
pi_dtb=$cache/linux/dtb/bcm2837-rpi-3-b.dtb
partition_first=20480 partition_count=40960

# card FILE [LINE...]: a card of 32 MiB that is full of numbers, with the partitions that the lines of sfdisk say.
card() {
    local file=$1
    shift
    head -c 33554432 <(seq 10000000) >"$file"
    dd if=/dev/zero of="$file" bs=512 count=1 conv=notrunc status=none
    if [ $# -gt 0 ]; then { printf 'label: dos\n' && printf '%s\n' "$@"; } | PATH=$PATH:/usr/sbin sfdisk --quiet "$file"; fi
}

# results_card FILE: such a card with a partition for results, its first sector blank.
results_card() {
    card "$1" 'start=2048, size=16384, type=c' "start=$partition_first, size=$partition_count, type=da"
    dd if=/dev/zero of="$1" bs=512 seek=$partition_first count=1 conv=notrunc status=none
}

# partition CARD FIRST COUNT: its bytes. For a reader that stops where it likes: not for pipes.
partition() { dd if="$1" bs=512 skip="$2" count="$3" status=none; }

# pi STATUS LOG CARD OPTION...: raspi3b with this card.
pi() {
    local status=$1 log=$2 card=$3
    shift 3
    machine "$status" "$log" --machine raspi3b --qemu -drive --qemu "if=sd,format=raw,file=$card" "$@"
}

# what_writer_wrote DIR: the files of the probe "writer" are there, and the ledger.
what_writer_wrote() {
    expect "a small file" grep -qx 'brought back' "$1/out/deep/text"
    expect "a link" [ "$(readlink "$1/out/link")" = deep/text ]
    expect "a large file" [ "$(stat -c %s "$1/out/large")" -eq 3000000 ]
    expect "the ledger" [ -s "$1/firmseed.ledger" ]
}

# The tar is in the partition, whole, with the hash on the console; every other sector is as it was.
card_takes_results() {
    local folder said size hash
    folder=$(scratch)
    results_card "$folder/card"
    cp "$folder/card" "$folder/before"
    pi 3 "$folder/console" "$folder/card" --image "$writer" "$@"
    said=$(sed -n 's/^firmseed: results on the SD card: \([0-9]*\) bytes, sha256 \([0-9a-f]*\)\r*$/\1 \2/p' "$folder/console")
    read -r size hash <<<"$said"
    dd if="$folder/card" of="$folder/tar" bs=512 skip=$partition_first count=$((size / 512)) status=none
    expect "the hash that the console says" [ "$(sha256sum <"$folder/tar" | cut -d ' ' -f 1)" = "$hash" ]
    mkdir "$folder/out"
    # As a person would: the partition as it is, tar finds the end.
    tar -x -C "$folder/out" -f <(partition "$folder/card" $partition_first $partition_count)
    what_writer_wrote "$folder/out"
    expect "nothing written before the partition" cmp -n $((partition_first * 512)) "$folder/before" "$folder/card"
    expect "nothing written behind the tar" cmp -i $((partition_first * 512 + size)) "$folder/before" "$folder/card"
    # Once more, over the first run's tar: the same files. (The ledger's counters count instructions and time.)
    pi 3 "$folder/console" "$folder/card" --image "$writer" "$@"
    mkdir "$folder/again"
    tar -x -C "$folder/again" -f <(partition "$folder/card" $partition_first $partition_count)
    expect "the same files after a second run" diff -r -x firmseed.counters "$folder/out" "$folder/again"
}
start sd-card card_takes_results
start sd-card-dtb card_takes_results --dtb "$pi_dtb" --append results=sd

# A large card counts in blocks, not in bytes; the partition is at its end, beyond 32 bits of bytes.
large_card_takes_results() {
    local folder
    folder=$(scratch)
    truncate -s 8G "$folder/card"
    printf '%s\n' 'label: dos' 'start=2048, size=16384, type=c' 'start=16769024, size=8192, type=da' |
        PATH=$PATH:/usr/sbin sfdisk --quiet "$folder/card"
    pi 3 "$folder/console" "$folder/card" --image "$writer"
    mkdir "$folder/out"
    tar -x -C "$folder/out" -f <(partition "$folder/card" 16769024 8192)
    what_writer_wrote "$folder/out"
}
start sd-large-card large_card_takes_results

both_answered() { [ "$(grep -s -c '^OK' "$1")" -eq 2 ]; }

# The firmware of a board has read the card through the other controller: its pins are that one's (function 4).
card_comes_from_firmware() {
    local folder
    folder=$(scratch)
    results_card "$folder/card"
    mkfifo "$folder/orders" "$folder/monitor.in" "$folder/monitor.out"
    exec 7<>"$folder/monitor.in" 8<>"$folder/monitor.out" 9<>"$folder/orders"
    emulator -S -machine raspi3b -kernel "$writer" -drive "if=sd,format=raw,file=$folder/card" -serial "file:$folder/console" \
        -monitor "pipe:$folder/monitor" -accel tcg -qtest stdio <&9 >"$folder/answers" &
    printf 'writel 0x3f200010 0x24000000\nwritel 0x3f200014 0x924\n' >&9
    await $! "two answers" both_answered "$folder/answers"
    printf 'cont\n' >&7
    expect_status "QEMU's end" 0 wait $!
    cat "$folder/console"
    expect_line '^firmseed: results on the SD card: ' "$folder/console"
}
start sd-from-firmware card_comes_from_firmware

# Nobody asked for results: the card stays as it is.
card_is_left_alone() {
    local folder
    folder=$(scratch)
    results_card "$folder/card"
    tar -c -C "$root" LICENSE | dd of="$folder/card" bs=512 seek=$partition_first conv=notrunc status=none
    cp "$folder/card" "$folder/before"
    pi 3 "$folder/console" "$folder/card" --image "$writer" --dtb "$pi_dtb" --append results=none
    expect "an untouched card" cmp "$folder/before" "$folder/card"
}
start sd-none card_is_left_alone

# card_is_refused PATTERN FILE: the console says why, the card stays as it is, the machine ends well.
card_is_refused() {
    local pattern=$1 folder
    folder=$(dirname "$2")
    cp "$2" "$folder/before"
    pi 3 "$folder/console" "$2" --image "$writer"
    expect_line "^firmseed: nothing will be written to the SD card: .*$pattern" "$folder/console"
    expect "an untouched card" cmp "$folder/before" "$2"
}
other_card_is_refused() {
    local pattern=$1 file
    shift
    file=$(scratch)/card
    card "$file" "$@"
    card_is_refused "$pattern" "$file"
}
first='start=2048, size=16384, type=c'
start sd-no-record other_card_is_refused 'no master boot record'
start sd-no-partition other_card_is_refused 'no second partition' "$first"
start sd-linux-partition other_card_is_refused 'type 0x83, not 0xda' "$first" 'start=20480, size=40960, type=83'
start sd-not-blank other_card_is_refused 'holds something that is no tar' "$first" 'start=20480, size=40960, type=da'
# A partition that goes past the card's end: sfdisk refuses to make it, so the card is cut.
cut_card_is_refused() {
    local file
    file=$(scratch)/card
    results_card "$file"
    truncate -s 16M "$file"
    card_is_refused 'ends at sector 61440, the card at 32768' "$file"
}
start sd-cut cut_card_is_refused

no_card() {
    local log
    log=$(scratch)/console
    machine 3 "$log" --machine raspi3b --image "$writer"
    expect_line '^firmseed: nothing will be written to the SD card: there is none$' "$log"
}
start sd-missing no_card

# What is asked for must be there: else nothing starts.
sd_is_demanded() {
    local log
    log=$(scratch)/console
    machine 125 "$log" --machine raspi3b --image "$writer" --dtb "$pi_dtb" --append "results=$1"
    expect_line "^firmseed: failed: results=$1: $2" "$log"
}
start sd-demanded sd_is_demanded sd 'nothing can be written to the SD card: there is none'
start virtio-demanded sd_is_demanded virtio,sd 'nothing can be written to a disk: there is none'
start results-misspelt sd_is_demanded serail "'serail' is none of auto, none, virtio, sd, serial"

# Too small for the tar: said at the end, with both sizes; what is in the partition does not look like a tar.
small_partition() {
    local folder
    folder=$(scratch)
    card "$folder/card" "$first" 'start=20480, size=2048, type=da'
    dd if=/dev/zero of="$folder/card" bs=512 seek=20480 count=1 conv=notrunc status=none
    cp "$folder/card" "$folder/before"
    pi 125 "$folder/console" "$folder/card" --image "$writer"
    expect_line '^firmseed: failed: results could not be written to the SD card: [0-9]* bytes are needed, its second partition has 1048576' "$folder/console"
    expect "an untouched card" cmp "$folder/before" "$folder/card"
}
start sd-too-small small_partition

# A place that fails does not keep the tar from the next one; the machine's status says that something is missing.
serial_without_card() {
    local folder
    folder=$(scratch)
    card "$folder/card" "$first" 'start=20480, size=2, type=da'
    dd if=/dev/zero of="$folder/card" bs=512 seek=20480 count=1 conv=notrunc status=none
    pi 125 "$folder/console" "$folder/card" --image "$probe" --dtb "$pi_dtb" --append results=sd,serial
    expect_line '^firmseed: failed: results could not be written to the SD card: ' "$folder/console"
    expect_line '^firmseed: results end: sha256 ' "$folder/console"
    mkdir "$folder/out"
    serial_tar "$folder/console" | tar -x -C "$folder/out"
    expect "the ledger" [ -s "$folder/out/firmseed.ledger" ]
}

# A card that forgets what it is given, in the middle of the tar: found, and the old tar does not stay as if it were new.
card_forgets() {
    local folder
    folder=$(scratch)
    results_card "$folder/card"
    tar -c -C "$root" LICENSE | dd of="$folder/card" bs=512 seek=$partition_first conv=notrunc status=none
    printf '[inject-error]\nevent = "write_aio"\niotype = "write"\nerrno = "5"\nsector = "%d"\n' \
        $((partition_first + 1000)) >"$folder/rules"
    machine 125 "$folder/console" --machine raspi3b --image "$writer" \
        --qemu -drive --qemu "if=sd,format=raw,file=blkdebug:$folder/rules:$folder/card"
    expect_line '^firmseed: failed: results could not be written to the SD card: it reads back other bytes' "$folder/console"
    expect "a blank first sector" cmp -n 512 -i $((partition_first * 512)):0 "$folder/card" /dev/zero
}
start sd-forgets card_forgets

# ---- the serial line
# serial_tar LOG: the tar that is on the console, as docs/boards.md says.
serial_tar() { tac "$1" | tr -d '\r' | sed '/^firmseed: results begin/q' | tac | sed -n 's/^[0-9]\{7\} [0-9a-f]\{8\} //p' | base64 -d; }
# damaged_lines LOG: the numbers of lines that have not their check.
damaged_lines() {
    local number check data
    tr -d '\r' <"$1" | grep -aE '^[0-9]{7} [0-9a-f]{8} ' | while read -r number check data; do
        [ "$(printf '%s %s' "$number" "$data" | sha256sum | cut -c 1-8)" = "$check" ] || printf '%s\n' "$number"
    done
}
serial_results() {
    local folder log hash
    folder=$(scratch)
    log=$folder/console
    machine 0 "$log" --image "$probe" "$@"
    hash=$(tr -d '\r' <"$log" | sed -n 's/^firmseed: results end: sha256 //p')
    serial_tar "$log" >"$folder/tar"
    expect "the hash on the console" [ "$(sha256sum <"$folder/tar" | cut -d ' ' -f 1)" = "$hash" ]
    mkdir "$folder/out"
    tar -x -C "$folder/out" -f "$folder/tar"
    expect "the ledger" [ -s "$folder/out/firmseed.ledger" ]
    expect "no damaged line" [ -z "$(damaged_lines "$log")" ]
    sed 's/^\(0000007 .* .\{20\}\)./\1*/' "$log" >"$folder/damaged"
    expect "the number of the damaged line" [ "$(damaged_lines "$folder/damaged")" = 0000007 ]
}
probe=$test_scratch/hello.img
probe_image "$probe"
start serial serial_results --append results=serial
start serial-without-card serial_without_card
start serial-raspi3b serial_results --machine raspi3b --dtb "$pi_dtb" --append results=serial

# ---- how a board ends: a watchdog, QEMU's word for what it did
# The machine ends by itself (nobody passes a time limit), and QEMU says whether it would have booted again.
ends_with() {
    local reason=$1 words=$2 folder
    folder=$(scratch)
    mkfifo "$folder/orders"
    exec 9<>"$folder/orders" # both ends are open: nobody waits for the other
    emulator -machine raspi3b -kernel "$probe" -dtb "$pi_dtb" -append "$words" -serial null -serial "file:$folder/console" -qmp stdio <&9 >"$folder/events" &
    echo '{"execute": "qmp_capabilities"}' >&9
    expect_status "QEMU's end" 0 wait $!
    cat "$folder/console" "$folder/events"
    expect_line '^firmseed: init ended with status 0$' "$folder/console"
    expect_line "\"SHUTDOWN\".*\"reason\": \"$reason\"" "$folder/events"
}
start watchdog-halts ends_with guest-shutdown ''
start watchdog-resets ends_with guest-reset exit=reset

# ---- processors that are not the first
# others_wait ADDRESS MACHINE...: while the first processor runs a program, the others stand at this address.
others_wait() {
    local address folder
    address=$(printf %016x "$1")
    shift
    folder=$(scratch)
    mkfifo "$folder/orders"
    exec 9<>"$folder/orders" # both ends are open: nobody waits for the other
    emulator "$@" -serial "file:$folder/console" -monitor stdio <&9 >>"$folder/answers" &
    await $! "a program on the first processor" grep -aqs 'entered at' "$folder/console"
    await $! "four processors, the first elsewhere, the others at $address" they_stand $! "$folder/answers" "$address"
    printf 'quit\n' >&9
    expect_status "QEMU's end" 0 wait $!
    cat "$folder/console"
}
# they_stand QEMU ANSWERS ADDRESS: asks once where the processors are; they may not have come there yet.
they_stand() {
    local place
    : >"$2"
    printf 'info registers -a\n' >&9
    await "$1" "an answer of QEMU's about four processors" four_places "$2"
    mapfile -t place < <(places "$2")
    printf 'processor at %s\n' "${place[@]}"
    [ "${place[0]}" != "$3" ] && [ "$(printf '%s\n' "${place[@]:1}" | sort -u)" = "$3" ]
}
places() { sed -n 's/^ PC=\([0-9a-f]*\) .*/\1/p' "$1"; }
four_places() { [ "$(places "$1" | wc -l)" -eq 4 ]; }
# Without firmware all four start in the image: QEMU sets each one's program counter.
in_image() { printf '%s\n' -machine raspi3b -device "loader,file=$1,addr=0x80000,force-raw=on,cpu-num=0" \
    -device loader,addr=0x80000,cpu-num=1 -device loader,addr=0x80000,cpu-num=2 -device loader,addr=0x80000,cpu-num=3; }
parked=$(($(aarch64-linux-gnu-nm "$kernel_elf" | sed -n 's/^ffffffff80\([0-9a-f]*\) t park$/0x\1/p') + 0x80000))
mapfile -t start_in_image < <(in_image "$spinner")
start smp-spin-table others_wait 0x30c -machine raspi3b -kernel "$spinner"
start smp-in-image others_wait $parked "${start_in_image[@]}"
start smp-psci others_wait 0 -machine virt -cpu cortex-a53 -smp 4 -kernel "$spinner"

# The same ledger with one processor and with four, wherever they start.
same_ledger() {
    local folder heads
    folder=$(scratch)
    machine 3 "$folder/one" --image "$writer"
    machine 3 "$folder/four" --image "$writer" --qemu -smp --qemu 4
    machine 3 "$folder/pi" --image "$writer" --machine raspi3b
    mapfile -t start_in_image < <(in_image "$writer")
    (emulator "${start_in_image[@]}" -serial "file:$folder/all") || { echo "expected: an end by itself"; exit 1; }
    cat "$folder/all"
    heads=$(grep -aho 'head [0-9a-f]*' "$folder"/{one,four,pi,all})
    expect "four heads" [ "$(wc -l <<<"$heads")" -eq 4 ]
    expect "the same head, not $heads" [ "$(sort -u <<<"$heads" | wc -l)" -eq 1 ]
}
start smp-same-ledger same_ledger
finish
