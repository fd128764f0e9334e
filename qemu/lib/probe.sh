# The image of the boot tests: one static program under the name of each thing it does. Sourced by layers.

probe_names='hello memory preempt trouble writer deadlock exit7 exit256 segv spin forge input'

# probe_image FILE [INIT]: builds it, /hello or INIT as process 1.
probe_image() {
    local tree name
    tree=$(scratch)
    aarch64-linux-gnu-gcc -static -O1 -Wall -Wextra -Wno-unused-result -Wno-array-bounds -Wno-unused-value \
        -I "$root/tests/common" -o "$tree/probe" "$root/tests/boot/probe.c"
    aarch64-linux-gnu-strip "$tree/probe"
    for name in $probe_names; do ln -s probe "$tree/$name"; done
    make_image "$tree" "$1" "${2:-/hello}"
}
