# The processor that is a program: against QEMU, instruction by instruction, and with the whole chain.

# Instructions that are compared.
processor_instructions=10000000
if full; then processor_instructions=100000000; fi

# The program that compares.
compared() {
    rust_env
    (cd "$root" && cargo build --release --locked --quiet -p firmseed-processor --example differential)
    differential=$target/release/examples/differential
}

# Random blocks from the decode tables, run here and by QEMU's user emulation. Another seed finds other blocks: the tables'
# rows are all drawn, but those that it leaves out by name, or it fails.
same_as_qemu() {
    local folder
    folder=$(scratch)
    aarch64-linux-gnu-gcc -O2 -Wall -static -no-pie -o "$folder/oracle" "$root/processor/tests/oracle/oracle.c" \
        "$root/processor/tests/oracle/enter.S" -Wl,--defsym=code=0x10000000 -Wl,-Ttext-segment=0x0e000000 -Wl,--no-warn-rwx-segments
    compared
    "$differential" "qemu-aarch64 -cpu cortex-a53 $folder/oracle" "$folder" 17 "$processor_instructions" "$hang"
}
start same-as-qemu same_as_qemu

# An oracle that is silent, that fails, that ends too early: the comparison ends, and says why.
bad_oracles() {
    local folder command said
    folder=$(scratch)
    compared
    while IFS=: read -r command said; do
        expect_status "$command to be no oracle" 1 "$differential" "$command" "$folder" 17 1000 1 >"$folder/said" 2>&1
        expect_line "$said" "$folder/said"
    done <<ORACLES
sleep $hang:^the oracle: no answer within 1 s, after 0 blocks of 512; the block:\$
false:^the oracle: it ended with exit status: 1, after 0 blocks
true:^the oracle: it ended early, after 0 blocks
$folder/none:^differential: $folder/none: No such file
ORACLES
}
start bad-oracles bad_oracles

# Semantics of another family: Ghidra's SLEIGH by icicle-emu, for the rows of general registers. What SLEIGH is known to have
# wrong is named in differential.rs. A planted fault is found.
icicle='icicle-emu==0.0.11'
same_as_sleigh() {
    local folder oracle venv=$target/icicle-venv
    folder=$(scratch)
    if [ "$(cat "$venv/complete" 2>/dev/null)" != "$icicle" ]; then
        rm -rf "$venv"
        if ! { python3 -m venv "$venv" && timeout "$hang" "$venv/bin/pip" install --quiet --disable-pip-version-check "$icicle"; }; then
            echo "$icicle cannot be installed here: no comparison with SLEIGH"
            return "$status_skipped"
        fi
        echo "$icicle" >"$venv/complete"
    fi
    compared
    oracle="$venv/bin/python $root/processor/tests/oracle/icicle_oracle.py"
    "$differential" "$oracle" "$folder" 17 1000000 "$hang" integer
    expect_status "a planted fault to be found" 1 "$differential" "$oracle FAULT" "$folder" 17 10000 "$hang" integer >"$folder/faulty"
    expect_line '^  x3: here' "$folder/faulty"
}
if full; then start same-as-sleigh same_as_sleigh; else skip same-as-sleigh "a package that pip fetches: with --full"; fi

# One image, QEMU's processor and this one: the same ledger, byte for byte, and the same files.
same_head() {
    local folder
    folder=$(scratch)
    . "$root/qemu/lib/chain.sh"
    chain_tree "$folder/tree" tinycc
    chain_image "$folder/tree" "$folder/image"
    machine 0 "$folder/qemu" --image "$folder/image" --out "$folder/there"
    "$image_builder" simulate "$folder/image" --timeout "$hang" --out "$folder/here" >"$folder/console"
    tail -n 3 "$folder/console"
    expect_line "^firmseed: init ended with status 0" "$folder/console"
    expect "one head" [ "$(head_of "$folder/console")" = "$(head_of "$folder/qemu")" ]
    expect "one ledger" cmp "$folder/here/firmseed.ledger" "$folder/there/firmseed.ledger"
    rm "$folder/here/firmseed.counters" "$folder/there/firmseed.counters" # times, and memory that was free
    expect "the same files" diff -r "$folder/here" "$folder/there"
    "$image_builder" verify "$folder/image" "$folder/here/firmseed.ledger" "$folder/here" --head "$(head_of "$folder/console")"
}
start same-head same_head

# docs/audit.md's table of roads is what they give.
roads() {
    local folder
    folder=$(scratch)
    FIRMSEED_TIMEOUT=$hang "$root/tests/roads" >"$folder/table"
    sed -n '/^<!-- roads -->$/,/^<!-- end -->$/p' "$root/docs/audit.md" | grep '^|' >"$folder/page"
    expect "docs/audit.md to show what tests/roads prints" diff -U 0 "$folder/page" "$folder/table"
}
start roads roads

# What cannot be run is refused, and says why; nothing runs for ever.
refusals() {
    local folder
    folder=$(scratch)
    refused() {
        local wanted=$1 text=$2 status=0
        shift 2
        "$image_builder" simulate "$@" >"$folder/said" 2>&1 </dev/null || status=$?
        expect "status $wanted of simulate $*, not $status" [ "$status" -eq "$wanted" ]
        expect_line "$text" "$folder/said"
    }
    mkdir "$folder/tree"
    echo '.global _start; _start: b _start' | aarch64-linux-gnu-gcc -x assembler - -static -nostdlib -o "$folder/tree/spin"
    "$image_builder" build --tree "$folder/tree" --kernel "$kernel_elf" --policy open --init /spin -o "$folder/image" >/dev/null
    cp "$folder/image" "$folder/damaged"
    flip_byte "$folder/damaged" $(($(stat -c %s "$folder/damaged") - 3000))
    echo text >"$folder/text"
    refused 1 "cannot read" "$folder/nothing"
    refused 1 "no Firmseed image" "$folder/text"
    refused 125 "image damaged" "$folder/damaged"
    refused 124 "no end after 1 s" "$folder/image" --timeout 1
    # A program that waits for a console on which nobody types, and which does not end.
    echo '.global _start; _start: mov x0, 0; mov x1, sp; mov x2, 1; mov x8, 63; svc 0; b _start' |
        aarch64-linux-gnu-gcc -x assembler - -static -nostdlib -o "$folder/tree/read"
    "$image_builder" build --tree "$folder/tree" --kernel "$kernel_elf" --policy open --init /read -o "$folder/read.img" >/dev/null
    mkfifo "$folder/quiet"
    exec {quiet}<>"$folder/quiet"
    expect_status "an end without input" 124 "$image_builder" simulate "$folder/read.img" --timeout 1 <&"$quiet" >"$folder/said" 2>&1
    expect_line "no end after 1 s" "$folder/said"
    refused 124 "whose input has ended" "$folder/read.img"
    # A timer that nobody hears, and calls that take the host long: the limit holds where few instructions are executed.
    image_of() {
        aarch64-linux-gnu-gcc -O1 -static -x c - -o "$folder/tree/$1"
        "$image_builder" build --tree "$folder/tree" --kernel "$kernel_elf" --policy open --init "/$1" -o "$folder/$1.img" >/dev/null
    }
    image_of timer <<'PROGRAM'
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
int main(void) {
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, 0);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, 0);
    return poll(0, 0, -1);
}
PROGRAM
    image_of calls <<'PROGRAM'
#include <fcntl.h>
#include <unistd.h>
int main(void) {
    static char bytes[1 << 24];
    int file = open("/large", O_RDWR | O_CREAT, 0600);
    for (;;) pwrite(file, bytes, sizeof bytes, 0);
}
PROGRAM
    for program in timer calls; do
        expect_status "$program.img ended at the limit" 124 timeout -s KILL "$hang" "$image_builder" simulate "$folder/$program.img" --timeout 1 \
            </dev/null >"$folder/said" 2>&1
        expect_line "no end after 1 s" "$folder/said"
    done
    # A program that polls the console hears what is typed, before its own time is over.
    image_of poll <<'PROGRAM'
#include <poll.h>
int main(void) { return poll(&(struct pollfd){0, POLLIN, 0}, 1, 600000) == 1 ? 7 : 8; }
PROGRAM
    echo line >&"$quiet"
    expect_status "a line heard" 7 "$image_builder" simulate "$folder/poll.img" <&"$quiet" >"$folder/said" 2>&1
    # Holes that no host has room for: what else was written comes out.
    image_of holes <<'PROGRAM'
#include <fcntl.h>
#include <unistd.h>
int main(void) {
    int file = open("/huge", O_RDWR | O_CREAT, 0600), small = open("/small", O_RDWR | O_CREAT, 0600);
    return pwrite(file, "text", 2, 0x7ffffffffffffffd) != 2 || write(small, "text", 4) != 4;
}
PROGRAM
    (ulimit -v 4000000 && refused 254 "^firmseed: failed: left out of the results: /huge of 9223372036854775807 bytes" \
        "$folder/holes.img" --out "$folder/left")
    expect "the other file" [ "$(cat "$folder/left/small")" = text ]
    expect "no part of the huge one" [ ! -e "$folder/left/huge" ]
    grep -aq ' sparse' "$folder/left/firmseed.ledger"
    expect_status "what nobody asks for" 0 "$image_builder" simulate "$folder/holes.img" </dev/null >"$folder/said" 2>&1
    machine 125 "$folder/qemu" --image "$folder/holes.img" --out "$folder/there"
    expect_line "^firmseed: failed: left out of the results: /huge of 9223372036854775807 bytes" "$folder/qemu"
    expect "the same files" diff -r -x firmseed.counters "$folder/left" "$folder/there"
    # A guest that crashes has the status that a shell would show.
    echo '.global _start; _start: mov x0, 0; str x0, [x0]' | aarch64-linux-gnu-gcc -x assembler - -static -nostdlib -o "$folder/tree/crash"
    "$image_builder" build --tree "$folder/tree" --kernel "$kernel_elf" --policy open --init /crash -o "$folder/crash.img" >/dev/null
    refused 139 "/crash: SIGSEGV at pc" "$folder/crash.img"
    expect_status "a console that takes nothing" 1 "$image_builder" simulate "$folder/crash.img" >/dev/full 2>"$folder/said" </dev/null
    expect_line "console could not be written: No space left on device.*status 139" "$folder/said"
    cp "$folder/image" "$folder/magic"
    printf 'MZMZ' | dd of="$folder/magic" bs=1 seek=56 conv=notrunc status=none
    refused 125 "image damaged" "$folder/magic"
    refused 1 "cannot" "$folder/image" --out "$folder/text/out"
    refused 125 "cannot find the first program /none" "$folder/image" --append init=/none
    refused 2 "expected 16 to 65536 MiB" "$folder/image" --memory 1
    (ulimit -v 1000000 && refused 125 "the host gives no 65536 MiB" "$folder/image" --memory 65536)
    refused 2 "is not empty" "$folder/image" --out "$folder/tree"
    . "$root/qemu/lib/chain.sh"
    chain_tree "$folder/chain" tinycc
    chain_kernel=("${seed_kernel[@]}")
    chain_image "$folder/chain" "$folder/seed"
    refused 2 "the seed kernel" "$folder/seed"
}
start refusals refusals
finish
