# Building the kernel, the host tools and images. Sourced after common.sh and rust.sh.

kernel_elf=$target/aarch64-unknown-none-softfloat/kernel/kernel
image_builder=$target/release/image-builder

# Builds kernel and image-builder; quiet unless something is wrong.
build_all() {
    "$root/qemu/build" || die "the build failed: see above"
    [ -x "$image_builder" ] || die "qemu/build left no $image_builder"
}

# Bytes of the kernel's code and constants. What .data holds beside is page tables, stacks and zeroed memory.
kernel_bytes() {
    aarch64-linux-gnu-size -A "$kernel_elf" | awk '$1 == ".text" || $1 == ".rodata" { n += $2 } END { print n }'
}

# make_image TREE IMAGE INIT [OPTION...]: an image of foreign programs around the current kernel.
make_image() {
    local tree=$1 image=$2 init=$3
    shift 3
    "$image_builder" build --kernel "$kernel_elf" --tree "$tree" --policy open --init "$init" "$@" -o "$image" >/dev/null
}

# busybox_tree DIR: busybox, its scripts, and this project's texts to work on.
busybox_tree() {
    local tree=$1
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,tmp,src/kernel}
    cp "$cache/linux/busybox" "$tree/bin/busybox"
    chmod 755 "$tree/bin/busybox"
    cp "$root/tests/busybox/job.sh" "$tree/job.sh"
    cp "$root/tests/busybox/shell.sh" "$tree/shell.sh"
    cp "$root/LICENSE" "$tree/src/"
    cp -R "$root/kernel/core/src" "$tree/src/kernel/core"
}
