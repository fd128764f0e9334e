# Images and the kernel are the same bytes wherever and whenever they are built.

. "$root/qemu/lib/probe.sh"

# The kernel built from a copy of the sources in another folder, to which a link leads, is the same file.
kernel_is_reproducible() {
    local folder copy
    folder=$(scratch)
    copy=$folder/a/folder/with/a/longer/name
    mkdir -p "$copy"
    (cd "$root" && tar -c --exclude=./target --exclude=./.git .) | tar -x -C "$copy"
    ln -s "$copy" "$folder/link"
    CARGO_TARGET_DIR=$copy/target "$folder/link/qemu/build" --kernel-only
    expect "two folders, one kernel" cmp "$kernel_elf" "$copy/target/aarch64-unknown-none-softfloat/kernel/kernel"
}
start reproducible-kernel kernel_is_reproducible

# A machine with less memory than the image wants: what is missing stands on the console.
memory_is_short() {
    local folder tree mib
    folder=$(scratch) tree=$(scratch)
    probe_tree "$tree"
    truncate -s 64M "$tree/large"
    make_image "$tree" "$folder/image" /hello
    for mib in 70 72 74 76; do
        machine 125 "$folder/console" --image "$folder/image" --memory "$mib"
        expect_line '^firmseed: failed: too little memory: [0-9]+ MiB needed in one piece, [0-9]+ MiB free beside the image: give the machine more$' \
            "$folder/console"
    done
    machine 0 "$folder/console" --image "$folder/image" --memory 96
}
start memory-is-short memory_is_short

# The hash is taken here with objcopy and sha256sum; image-builder takes its own, and `inspect` must come to the same.
kernel_is_published() {
    local hash folder
    folder=$(scratch)
    hash=$("$root/qemu/build" --hash)
    echo "$hash"
    grep -qx "[0-9.]* $hash" "$root/kernel/PUBLISHED" ||
        { echo "expected: the kernel's hash in kernel/PUBLISHED; after a change of the kernel: qemu/build --publish"; exit 1; }
    probe_image "$folder/image"
    "$image_builder" inspect "$folder/image" >"$folder/text"
    expect_line "the published kernel" "$folder/text"
    expect_line "$hash" "$folder/text"
}
if rust_has_reference; then
    start published-kernel kernel_is_published
else
    skip published-kernel "another compiler than the reference, Rust $rust_reference"
fi

# Cortex-A53, erratum 835769: no 64-bit multiply-accumulate right after an access to memory. A multiplication alone is one with XZR.
errata_are_heeded() {
    aarch64-linux-gnu-objdump -d --no-show-raw-insn "$kernel_elf" | awk '
        $1 ~ /:$/ && $2 ~ /^(madd|msub|smaddl|smsubl|umaddl|umsubl)$/ {
            seen++
            if (before ~ /^(ld|st|prfm)/ && $3 ~ /^x/) { print "right after " before ": " $0; bad++ }
        }
        $1 ~ /:$/ { before = $2 }
        END { print seen + 0 " multiply-accumulates, " bad + 0 " right after an access to memory"; exit bad > 0 || seen == 0 }' ||
        { echo "expected: fix-cortex-a53-835769 (qemu/build) for all of the kernel"; exit 1; }
}
start errata errata_are_heeded

# The other compiler, where it is here: its kernel boots, and is called what it is.
other_kernel_is_named() {
    local folder
    folder=$(scratch)
    FIRMSEED_RUST=debian CARGO_TARGET_DIR=$folder/target "$root/qemu/build" --kernel-only 2>"$folder/said"
    expect_line "NOT the reference kernel" "$folder/said"
    kernel_elf=$folder/target/aarch64-unknown-none-softfloat/kernel/kernel probe_image "$folder/image"
    "$image_builder" inspect "$folder/image" >"$folder/text"
    expect_line "another kernel" "$folder/text"
    machine 0 "$folder/console" --image "$folder/image"
    expect_line "^firmseed: the kernel is not a published one" "$folder/console"
}
if rust_has_debian; then
    start other-kernel other_kernel_is_named
else
    skip other-kernel "Debian's $rust_debian_packages are not installed (qemu/setup --full installs them)"
fi

image_is_reproducible() {
    local folder
    folder=$(scratch)
    busybox_tree "$folder/one"
    make_image "$folder/one" "$folder/one.img" /job.sh
    sleep 1
    # The same files, made in another order, by another hand.
    mkdir "$folder/two"
    (cd "$folder/one" && find . -depth | sort -r | cpio -pdm --quiet ../two)
    (umask 077 && find "$folder/two" -exec touch {} + && make_image "$folder/two" "$folder/two.img" /job.sh)
    expect "one tree, one image" cmp "$folder/one.img" "$folder/two.img"
}
start reproducible-image image_is_reproducible

# Every byte is under the index: one flipped anywhere is found.
damage_is_found() {
    local folder size offset step
    folder=$(scratch)
    probe_image "$folder/image"
    expect "a whole image passes" "$image_builder" check "$folder/image"
    size=$(stat -c %s "$folder/image")
    step=$((size / 23))
    for ((offset = 5; offset < size; offset += step)); do
        cp "$folder/image" "$folder/damaged"
        flip_byte "$folder/damaged" "$offset"
        expect_status "a flipped byte at $offset is found" 1 "$image_builder" check "$folder/damaged"
    done
}

start damage damage_is_found

kernel_is_small() {
    local bytes
    bytes=$(kernel_bytes)
    echo "$bytes bytes of code and constants"
    expect "a kernel, not nothing" [ "$bytes" -gt 10000 ]
    # What was reached (docs/architecture.md, "Where the bytes are"), and 2 % more: this keeps it from growing unseen. It grew by
    # 51,000 for locks, shared files and limits, and for epoll, sockets, FIFOs, timers, splice and /proc; by 11,500 for threads;
    # by 7,200 for 48 bits of addresses, 65,530 mappings in chunks, and the stack's limit; by 6,300 for users other than root; by
    # 3,000 for errors as on Linux and what threads have of their own; by 3,000 for seals, pidfds of clone, /proc/self as a link,
    # and arguments that nobody means; by 15,000 for memory locks, pipes that are FIFOs, prctl, limits of processes, holes in
    # files, and details of calls.
    expect "code and constants of at most 361,000 bytes, not $bytes" [ "$bytes" -le 361000 ]
}
start kernel-size kernel_is_small
finish
