# The image of the boot tests: one static program under the name of each thing it does. Sourced by layers.

probe_names='hello memory preempt trouble writer deadlock full exit7 exit256 segv spin forge input'

# probe_tree DIR: its files.
probe_tree() {
    local name
    aarch64-linux-gnu-gcc -static -O1 -Wall -Wextra -Wno-unused-result -Wno-array-bounds -Wno-unused-value \
        -I "$root/tests/common" -o "$1/probe" "$root/tests/boot/probe.c"
    aarch64-linux-gnu-strip "$1/probe"
    for name in $probe_names; do ln -s probe "$1/$name"; done
}

# probe_image FILE [INIT]: builds it, /hello or INIT as process 1.
probe_image() {
    local tree
    tree=$(scratch)
    probe_tree "$tree"
    make_image "$tree" "$1" "${2:-/hello}"
}
