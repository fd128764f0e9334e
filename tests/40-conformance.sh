# The conformance programs print the same on our kernel and on Debian's Linux, both in QEMU, and on the kernel's core over the
# processor that is a program: simulated/NAME. One boot of each runs them all; each program is a test. All clocks run by
# instructions: what a program sees of time does not depend on how busy the host is.

conformance() {
    local names=() name
    for name in $(basename -s .c -a "$root"/tests/conformance/*.c) $(basename -s .S -a "$root"/tests/conformance/*.S); do
        if [ "$name" != runner ] && wanted_any "$name" "simulated/$name"; then names+=("$name"); fi
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
    "$image_builder" simulate "$tree.img" --timeout "$hang" </dev/null >"$logs/$layer/simulated.log" 2>&1 || true
    if wanted_any "${names[@]}"; then "$root/qemu/run" --count --image "$tree.img" >"$logs/$layer/ours.log" 2>&1 || true; fi
    wait
    # SP as a base that is no multiple of 16 is a fault where SCTLR_EL1.SA0 is set, as Linux and our kernel set it. QEMU 7.2
    # does not look; the simulator does.
    sed 's/^stack unaligned: exit 0/stack unaligned: killed by BUS/' "$logs/$layer/linux.log" >"$logs/$layer/linux-simulated.log"
    for name in $(cat "$tree/tests.list"); do
        check "simulated/$name" same_as_linux "$name" "$logs/$layer/linux-simulated.log" "$logs/$layer/simulated.log"
    done
    for name in $(cat "$tree/tests.list"); do check "$name" same_as_linux "$name" "$logs/$layer/linux.log" "$logs/$layer/ours.log"; done
}
conformance
