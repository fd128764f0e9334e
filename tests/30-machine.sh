# Consoles, cards and disks: the tests of the crate tests/machine, each in a process of its own. A module of its suite is a layer.

suite=$root/tests/machine/tests/suite

# machine_wanted: may the filter ask for one of them? Else nothing is built.
machine_wanted() {
    local name
    [[ "$filter" == */* ]] || return 0
    for name in $(machine_layers); do
        if [[ "$name" == *"${filter%%/*}" ]]; then return 0; fi
    done
    return 1
}

# build_suite: prints the path of the program.
build_suite() {
    cargo test --release --locked --quiet --no-run --manifest-path "$root/Cargo.toml" -p machine --test suite --message-format json |
        sed -n 's/.*"name":"suite".*"executable":"\([^"]*\)".*/\1/p'
}

# rust_test NAME LOG: one test; its output goes to LOG, which is standard output. Its last line is what it fails or is skipped for.
rust_test() {
    local reason
    if ! setpriv --pdeathsig KILL "$program" --exact "$1" --include-ignored --nocapture 2>&1; then
        sed -n '/ panicked at /{n;p;q}' "$2"
        exit 1
    fi
    reason=$(sed -n 's/^skipped: //p' "$2")
    if [ -n "$reason" ]; then
        echo "$reason"
        exit $status_skipped
    fi
    expect "one test of this name" grep -q '^test result: ok\. 1 passed; 0 failed;' "$2"
}

run_suite() {
    local program name test slow simulated
    simulated=$(scratch)
    rust_env
    program=$(build_suite) || program=
    [ -x "$program" ] || { fail build "tests/machine does not build: see above"; return; }
    slow=$("$program" --list --ignored --format terse)
    for name in $("$program" --list --format terse | sed -n 's/: test$//p'); do
        if ! full && grep -qxF "$name: test" <<<"$slow"; then continue; fi
        layer=${name%%::*} test=${name#*::}
        layer=${layer//_/-} test=${test//:://}
        start "$test" rust_test "$name" "$logs/$layer/$test.log"
        # What the policy lets run, and the ledger tells: without QEMU too. A folder of their own, as names are the same.
        case $name in
        ledger::attacks::*)
            FIRMSEED_TEST_SIMULATE=yes FIRMSEED_TEST_SCRATCH=$simulated \
                start "simulated/$test" rust_test "$name" "$logs/$layer/simulated/$test.log"
            ;;
        esac
    done
    finish
}

if machine_wanted; then
    export FIRMSEED_TEST_SCRATCH=$test_scratch FIRMSEED_KERNEL=$kernel_elf FIRMSEED_IMAGE_BUILDER=$image_builder FIRMSEED_CACHE=$cache
    run_suite
fi
