# The same image file boots on every machine that is promised, and says clearly why where it cannot go on.

. "$root/qemu/lib/probe.sh"
. "$root/qemu/lib/costs.sh"
image=$test_scratch/probe.img
probe_image "$image"
pi_dtb=$cache/linux/dtb/bcm2837-rpi-3-b.dtb

# boots PATTERN OPTION...: runs the image to a good end, with a line like PATTERN on the console.
boots() {
    local pattern=$1 log
    log=$(scratch)/console
    shift
    machine 0 "$log" --image "$image" "$@"
    expect_line "$pattern" "$log"
}
hello='^hello from EL0! child 5 third 0\.333$'

# ---- machines: short list here, every combination in --full
start virt-a53 boots "$hello" --cpu cortex-a53
start virt-a72-el2 boots "$hello" --cpu cortex-a72 --machine-options virtualization=on
start virt-max-secure-gic3 boots "$hello" --cpu max --machine-options secure=on,virtualization=on,gic-version=3
start virt-a57-gic3-128m boots "$hello" --cpu cortex-a57 --memory 128 --machine-options gic-version=3
start virt-8g boots "$hello" --memory 8192
start raspi3b boots "$hello" --machine raspi3b
start raspi3b-dtb boots "$hello" --machine raspi3b --dtb "$pi_dtb"
if full; then
    for cpu in cortex-a53 cortex-a57 cortex-a72 max; do
        for mode in '' virtualization=on secure=on secure=on,virtualization=on; do
            for gic in 2 3; do
                start "all/$cpu-${mode:-plain}-gic$gic" boots "$hello" --cpu $cpu --machine-options "gic-version=$gic${mode:+,$mode}"
            done
        done
    done
    for memory in 128 256 1024 2048 4096 8192; do
        start "all/memory-$memory" boots '^memory: every page kept its word$' --memory $memory --append init=/memory
    done
fi
start memory-128 boots '^memory: every page kept its word$' --memory 128 --append init=/memory
start preemption boots "^a third gets its turn: exit 0$" --append init=/preempt

# ---- page frames that held code take stores as fast as others: tests/bench/recycle.c. The least of two runs counts.
recycled_frames() {
    local folder run
    folder=$(scratch)
    mkdir "$folder/tree"
    build_plugin "$folder"
    aarch64-linux-gnu-gcc -static -O1 -Wall -I "$root/tests/common" -o "$folder/tree/init" "$root/tests/bench/recycle.c"
    make_image "$folder/tree" "$folder/image" /init
    for run in 1 2; do
        machine 0 "$folder/console" --image "$folder/image" --memory 64 --qemu -plugin --qemu "file=$folder/count.so,out=$folder/marks"
        awk '$1 == "mark" { ns[$2] = $8 }
            END {
                before = ns[2] - ns[1]; after = ns[4] - ns[3]
                printf "CPU time of the stores: %d us before the frames held code, %d us after\n", before / 1000, after / 1000
                exit !(before > 0 && after > 0 && after <= 10 * before)
            }' "$folder/marks" && return
    done
    echo "expected: at most ten times as long on frames that held code"
    exit 1
}
start recycled-frames recycled_frames

# ---- U-Boot loads it where U-Boot likes, and starts it with booti
u_boot() {
    local console status=0
    console=$(scratch)/console
    printf '\n\nsetenv bootargs exit=semihosting init=/exit7\nbooti 0x47000000 - ${fdtcontroladdr}\n' |
        (emulator -machine virt -cpu cortex-a57 -m 1024 -serial stdio -semihosting-config enable=on,target=native \
            -bios /usr/lib/u-boot/qemu_arm64/u-boot.bin \
            -device "loader,file=$image,addr=0x47000000,force-raw=on") >"$console" || status=$?
    cat "$console"
    expect_line '^firmseed: init ended with status 7$' "$console"
    expect "the status through U-Boot, not $status" [ $status -eq 7 ]
}
start u-boot u_boot

# ---- how a machine ends
ends() {
    local status=$1 pattern=$2 log
    log=$(scratch)/console
    shift 2
    machine "$status" "$log" --image "$image" "$@"
    expect_line "$pattern" "$log"
}
start status-7 ends 7 '^firmseed: init ended with status 7$' --append init=/exit7
start status-8-bits ends 5 '^firmseed: init ended with status 5$' --append init=/exit256
start status-signal ends 139 '^firmseed: init ended with status 139$' --append init=/segv

# A program that prints the kernel's lines, and ends without a line feed: whoever reads the lines that begin with the mark
# reads the kernel's only, each whole, whether he drops carriage returns and zero bytes or takes them for the ends of lines.
forged() {
    local log way
    log=$(scratch)/console
    machine 9 "$log" --image "$image" --append init=/forge
    for way in "tr -d '\r\000'" "tr '\r\000' '\n\n'"; do
        eval "$way" <"$log" >"$log.read"
        expect "one end ($way)" [ "$(grep -a '^firmseed: init' "$log.read")" = 'firmseed: init ended with status 9' ]
        expect "one head ($way)" [ "$(grep -ac '^firmseed: ledger' "$log.read")" -eq 1 ]
        expect "no head of a program's ($way)" [ "$(grep -ac '^firmseed: .*0123456789abcdef' "$log.read")" -eq 0 ]
    done
    expect_line '^firmseed\? init ended with status 0$' "$log"
    expect_line '^end of a line that firmseed: goes on$' "$log"
}
start status-forged forged
start status-raspi3b ends 7 '^firmseed: init ended with status 7$' --machine raspi3b --dtb "$pi_dtb" --append init=/exit7
start init-missing ends 125 '^firmseed: failed: .*/none: ENOENT$' --append init=/none
start init-not-executable ends 125 '^firmseed: failed: .*/tmp: EACCES$' --append init=/tmp
start deadlock ends 255 '^firmseed: .*deadlock' --append init=/deadlock

# ---- damaged images: flipped in the index, in a file; cut short. Never a program's output, always a reason.
damaged() {
    local what=$1 pattern=$2 folder size
    folder=$(scratch)
    cp "$image" "$folder/image"
    size=$(stat -c %s "$image")
    case $what in
    file) printf 'X' | dd of="$folder/image" bs=1 seek=$((size - size / 4)) conv=notrunc status=none ;;
    index) flip_index "$folder/image" ;;
    cut) truncate -s $((size / 2 / 4096 * 4096)) "$folder/image" ;;
    esac
    ! cmp -s "$image" "$folder/image" || { echo "the test damaged nothing"; exit 1; }
    machine 125 "$folder/console" --image "$folder/image"
    expect_line "$pattern" "$folder/console"
    ! grep -q 'hello from EL0' "$folder/console" || { echo "expected: no program runs from a damaged image"; exit 1; }
}
# Changes a hexadecimal digit of the index's first hash of a file.
flip_index() {
    local at
    at=$(grep -aob -m 1 '/probe' "$1" | head -n 1 | cut -d : -f 1)
    [ -n "$at" ] || { echo "no member's line found in the index"; exit 1; }
    printf '?' | dd of="$1" bs=1 seek=$((at + 1)) conv=notrunc status=none
}
start damaged-file damaged file '^firmseed: .*(probe|SHA-256|hash|damaged)'
start damaged-index damaged index '^firmseed: .*(index|image|damaged)'
start damaged-cut damaged cut '^firmseed: .*(index|image|tar|damaged|ends)'

# ---- what the kernel says about programs that go wrong
trouble() {
    local log unknown
    log=$(scratch)/console
    machine 0 "$log" --image "$image" --append init=/trouble
    unknown=$(grep -ac '^firmseed: .*1111' "$log")
    expect "one line for a call made a hundred times, not $unknown" [ "$unknown" -eq 1 ]
    expect_line '^firmseed: .*(/trouble|/probe).*1111|^firmseed: .*1111.*(/trouble|/probe)' "$log"
    expect_line '^firmseed: .*(/trouble|/probe).*0x0+\b|^firmseed: .*pc.*0x0+\b' "$log"
    expect_line '^write to null: killed by SEGV' "$log"
    expect_line '^run the stack: killed by SEGV' "$log"
    expect_line '^undefined: killed by ILL' "$log"
    expect_line '^kernel memory: killed by SEGV' "$log"
    expect_line '^privileged: killed by ILL' "$log"
    expect_line '^wait for interrupts: (exit 0|killed by ILL)' "$log"
}
start trouble trouble
finish
