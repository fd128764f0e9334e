# The processor that is a program: against QEMU, instruction by instruction, and with the whole chain.

# Instructions that are compared.
processor_instructions=10000000
if full; then processor_instructions=100000000; fi

# Random blocks from the decode tables, run here and by QEMU's user emulation. Another seed finds other blocks: the tables'
# rows are all drawn, but those that it leaves out by name, or it fails.
same_as_qemu() {
    local folder program
    folder=$(scratch)
    aarch64-linux-gnu-gcc -O2 -Wall -static -no-pie -o "$folder/oracle" "$root/processor/tests/oracle/oracle.c" \
        "$root/processor/tests/oracle/enter.S" -Wl,--defsym=code=0x10000000 -Wl,-Ttext-segment=0x0e000000 -Wl,--no-warn-rwx-segments
    rust_env
    (cd "$root" && cargo build --release --locked --quiet -p firmseed-processor --example differential)
    program=$target/release/examples/differential
    "$program" "qemu-aarch64 -cpu cortex-a53 $folder/oracle" "$folder" 17 "$processor_instructions"
}
start same-as-qemu same_as_qemu

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
    refused 125 "cannot find the first program /none" "$folder/image" --append init=/none
    refused 2 "expected 16 to 65536 MiB" "$folder/image" --memory 1
    refused 2 "is not empty" "$folder/image" --out "$folder/tree"
    . "$root/qemu/lib/chain.sh"
    chain_tree "$folder/chain" tinycc
    chain_kernel=("${seed_kernel[@]}")
    chain_image "$folder/chain" "$folder/seed"
    refused 2 "the seed kernel" "$folder/seed"
}
start refusals refusals
finish
