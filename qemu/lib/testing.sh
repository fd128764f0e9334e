# What a test layer (tests/NN-name.sh) may use. qemu/test sources this, then each layer in order, each in
# a subshell. Sourced after common.sh.
#
#   wanted NAME             does the filter ask for this test? (true without a filter)
#   wanted_any NAME...      is one of these asked for?
#   check NAME COMMAND...   runs it, output to a log; ok when its status is 0
#   start NAME COMMAND...   the same in the background; `finish` waits for all
#   ok NAME | fail NAME REASON | skip NAME REASON      a verdict reached otherwise
#   count NAME PASSED FAILED                           the counts of another test runner
#   scratch                 prints a fresh folder that is gone when the run ends
#   full                    is this a --full run?
#   expect, expect_status, expect_line, await, flip_byte, machine, emulator, same_as_linux     steps within a test: see below
#   head_of CONSOLE         prints the ledger's head that the kernel has shown
#   commands_of PAGE        prints the commands of a page of docs: its blocks marked `sh`
#   bare_program OUT FILE.c builds an AArch64 program without a C library, small enough to be a seed
#
# A command that ends with $status_skipped was skipped; its last line says why.
#
# A test is named LAYER/NAME; its log is target/test-logs/LAYER/NAME.log. A test fails with a message
# that says what was expected; skipped tests are named at the end and count as nothing.
#
# No test may depend on how busy the machine is: it waits for events (`await`), never for a time, and what may take long is
# bounded by $hang, which only meets what would never end. Where a program may be endless, its own CPU time is limited (ulimit -t).

# Seconds after which something counts as hung: minutes on an idle machine, with a load of a hundred. It is the time limit of all
# machines that tests start, ours and Linux's.
hang=1800
export FIRMSEED_TIMEOUT=$hang

# As Automake's tests say it.
status_skipped=77

# In turns: a pipe with a byte for each test that may run at once, whichever layers they are of. A test within a test has its turn.
has_turn=''
open_turns() {
    mkfifo "$test_scratch/turns"
    exec {turns}<>"$test_scratch/turns"
    printf "%0.s." $(seq "$test_jobs") >&"$turns"
}

# verdict KIND NAME TEXT: one line on the screen, one in the results. Short lines: appends do not mix.
verdict() {
    printf '%s\t%s\t%s\n' "$1" "$layer/$2" "$3" >>"$results"
    case $1 in
    ok) printf 'ok    %s\n' "$layer/$2${3:+ ($3)}" ;;
    fail) printf 'FAIL  %s: %s\n' "$layer/$2" "$3" ;;
    skip) printf 'skip  %s: %s\n' "$layer/$2" "$3" ;;
    esac
}
ok() { verdict ok "$1" "${2:-}"; }
fail() { verdict fail "$1" "${2:-}"; }
skip() { if wanted "$1"; then verdict skip "$1" "${2:?a skipped test needs a reason}"; fi; }
count() { printf 'count\t%s\t%s %s\n' "$layer/$1" "$2" "$3" >>"$results"; }

wanted() { [ -z "$filter" ] || [[ "$layer/$1" == *"$filter"* ]]; }
wanted_any() {
    local name
    for name; do
        if wanted "$name"; then return 0; fi
    done
    return 1
}
full() { [ "$is_full" = yes ]; }
machine_layers() { sed -n 's/^mod \(.*\);/\1/p' "$root/tests/machine/tests/suite/main.rs" | tr _ -; }
scratch() { mktemp -d "$test_scratch/XXXXXX"; }

check() {
    local name=$1 log=$logs/$layer/$1.log started status=0
    shift
    wanted "$name" || return 0
    mkdir -p "$(dirname "$log")"
    printf '$ %s\n' "$*" >"$log"
    [ -n "$has_turn" ] || read -r -n 1 -u "$turns"
    started=$SECONDS
    # Not as part of a list: there a failed step would not end the test.
    set +e
    (set -e; has_turn=yes; "$@") >>"$log" 2>&1 </dev/null
    status=$?
    set -e
    [ -n "$has_turn" ] || printf . >&"$turns"
    if [ $status -eq 0 ]; then
        ok "$name" "$((SECONDS - started)) s"
    elif [ $status -eq $status_skipped ]; then
        skip "$name" "$(tail -n 1 "$log")"
    else
        fail "$name" "status $status; $(tail -n 1 "$log" | cut -c1-160) [log: ${log#"$root"/}]"
    fi
}

start() {
    wanted "$1" || return 0
    while [ "$(jobs -rp | wc -l)" -ge "$test_jobs" ]; do wait -n 2>/dev/null || true; done
    check "$@" &
}
finish() { wait; }

# expect WHAT COMMAND...: a step within a test; says what was expected where it fails.
expect() {
    local what=$1
    shift
    "$@" || { printf 'expected: %s (command: %s)\n' "$what" "$*"; exit 1; }
}

# expect_status WHAT STATUS COMMAND...: a step that must end with just this status.
expect_status() {
    local what=$1 wish=$2 status=0
    shift 2
    "$@" || status=$?
    [ "$status" -eq "$wish" ] || { printf 'expected: %s: status %s, got %s (command: %s)\n' "$what" "$wish" "$status" "$*"; exit 1; }
}

# expect_line PATTERN FILE: a line that matches the extended expression.
expect_line() {
    # No pipe: grep stops reading at the first match, and its writer would end by SIGPIPE.
    grep -aqE -- "$1" <(tr -d '\r' <"$2") || { tail -n 20 "$2"; printf 'expected: a line like "%s" in %s\n' "$1" "$2"; exit 1; }
}

# await PROCESS WHAT COMMAND...: a step that waits until the command succeeds, as long as the process runs that is to bring it about.
await() {
    local process=$1 what=$2 end=$((SECONDS + hang)) gone=''
    shift 2
    until "$@"; do
        # Asked once more after its end: that may have been the event.
        if [ -n "$gone" ] || [ "$SECONDS" -ge "$end" ]; then
            printf 'expected: %s (command: %s)%s\n' "$what" "$*" "${gone:+; process $process has ended}"
            exit 1
        fi
        kill -0 "$process" 2>/dev/null || gone=yes
        sleep 0.2
    done
}

# same_as_linux NAME LINUX OURS: what a program of tests/conformance/runner.c printed and how it ended, on Linux and on our kernel.
same_as_linux() {
    local system part log
    for system in Linux Firmseed; do
        if [ $system = Linux ]; then log=$2; else log=$3; fi
        part=$(tr -d '\r' <"$log" | sed -n "/^=== $1\$/,/^--- $1: /p" | grep -av '^firmseed: ' || :)
        [[ $part == *"
--- $1: "* ]] || { tail -n 5 "$log"; printf 'expected: %s gets to the end of %s (%s)\n' "$system" "$1" "$log"; exit 1; }
        # MUST in check.h: what comes behind it was asked on neither system.
        [[ $part != *"
--- $1: exit 98" ]] || { tail -n 5 <<<"$part"; printf 'expected: what %s must do first goes well on %s\n' "$1" "$system"; exit 1; }
        if [ $system = Linux ]; then part_of_linux=$part; fi
    done
    diff -U 2 --label Linux --label Firmseed <(echo "$part_of_linux") <(echo "$part")
}

# flip_byte FILE OFFSET: changes the lowest bit of a byte.
flip_byte() {
    local value
    value=$(od -A n -t u1 -j "$2" -N 1 "$1")
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\x$(printf %02x $((value ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# machine STATUS LOG OPTION...: qemu/run with these options, the console in LOG; it ends with STATUS.
machine() {
    local wish=$1 log=$2 status=0
    shift 2
    "$root/qemu/run" "$@" >"$log" || status=$?
    cat "$log"
    [ "$status" -eq "$wish" ] || { printf 'expected: status %s of qemu/run, got %s (%s)\n' "$wish" "$status" "$*"; exit 1; }
}

head_of() { sed -n 's/^firmseed: ledger: [0-9]* entries, [0-9]* bytes, head \([0-9a-f]\{64\}\)\r*$/\1/p' "$1"; }

commands_of() { awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1"; }

bare_program() {
    aarch64-linux-gnu-gcc -std=gnu11 -Wall -Wextra -Werror -Os -static -nostdlib -fno-builtin -fno-tree-loop-distribute-patterns \
        -fno-stack-protector -Wl,-z,noseparate-code,-z,max-page-size=4096,--build-id=none -s -o "$1" "$2"
}

# emulator OPTION...: QEMU as the options say, without qemu/run. It takes the place of the shell: call it with & or in parentheses;
# it ends with who called it. No default devices: a network card wants a ROM that qemu/setup does not install.
emulator() {
    exec setpriv --pdeathsig KILL timeout "$hang" setpriv --pdeathsig KILL qemu-system-aarch64 -nodefaults -display none -no-reboot "$@"
}
