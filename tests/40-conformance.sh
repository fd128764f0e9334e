# The conformance programs print the same on our kernel and on Debian's Linux, both in QEMU.
# One boot of each runs them all; each program is a test. Both clocks run by instructions: what a program sees of time does not
# depend on how busy the host is.

conformance() {
    local names=() name
    for name in $(basename -s .c -a "$root"/tests/conformance/*.c) $(basename -s .S -a "$root"/tests/conformance/*.S); do
        if [ "$name" != runner ] && wanted "$name"; then names+=("$name"); fi
    done
    [ ${#names[@]} -gt 0 ] || return 0
    tree=$(scratch)/tree
    mkdir -p "$logs/$layer"
    "$root/tests/conformance/build" "$tree" $([ -n "$filter" ] && printf '%s\n' "${names[@]}")
    make_image "$tree" "$tree.img" /init

    # Linux's answers change only with the programs and with Linux: they are kept.
    local key known
    key=$(content_hash "$tree"/tests/* "$tree/init" "$tree/tests.list" "$cache/linux/complete" "$root/tests/linux/run" "$root/tests/40-conformance.sh" | cut -c1-32)
    known=$cache/linux/conformance-$key
    if [ ! -s "$known" ]; then
        "$root/tests/linux/run" --qemu -icount --qemu shift=0,sleep=off "$tree" /init >"$logs/$layer/linux.log" 2>&1 && cp "$logs/$layer/linux.log" "$known"
    else
        cp "$known" "$logs/$layer/linux.log"
    fi &
    "$root/qemu/run" --count --image "$tree.img" >"$logs/$layer/ours.log" 2>&1 || true
    wait
    for name in $(cat "$tree/tests.list"); do check "$name" same_as_linux "$name" "$logs/$layer/linux.log" "$logs/$layer/ours.log"; done
}
conformance
