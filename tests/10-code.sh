# The sources themselves: format, lints, host tests, the inventory of unsafe code, shell scripts, licences.

rust_env
cd "$root"

if cargo fmt --version >/dev/null 2>&1; then
    check format cargo fmt --all --check
else
    skip format "cargo fmt is not installed"
fi

lint_host() { cargo clippy --quiet --locked --all-targets -- -D warnings &&
    cargo clippy --quiet --locked -p kernel --lib --tests -- -D warnings &&
    cargo clippy --quiet --locked -p machine --all-targets -- -D warnings; }
if cargo clippy --version >/dev/null 2>&1; then
    check clippy lint_host
else
    skip clippy "cargo clippy is not installed"
fi

# The tool is a program for hosts that are no Linux too, as far as the compiler can say without running it there.
for host in x86_64-pc-windows-gnu x86_64-apple-darwin; do
    if [ -d "$(rustc --print sysroot)/lib/rustlib/$host/lib" ]; then
        check "host-$host" cargo check --locked --quiet -p image-builder --target "$host"
    else
        skip "host-$host" "its library is not here (rustup target add $host)"
    fi
done

# Rust's own test runner counts its tests: each one counts here.
host_tests() {
    local log=$logs/$layer/host-tests.log status=0 counts
    mkdir -p "$logs/$layer"
    # The board's library is a part of the kernel's crate, which as a whole builds for AArch64 only.
    { cargo test --locked --release && cargo test --locked --release -p kernel --lib; } >"$log" 2>&1 </dev/null || status=$?
    counts=$(awk '/^test result:/ { p += $4; f += $6 } END { print p + 0, f + 0 }' "$log")
    count host-tests ${counts}
    if [ $status -eq 0 ] && [ "${counts% *}" -gt 0 ]; then
        printf 'ok    %s/host-tests: %s passed\n' "$layer" "${counts% *}"
    else
        [ "${counts#* }" -gt 0 ] || count host-tests 0 1
        printf 'FAIL  %s/host-tests: %s [log: %s]\n' "$layer" \
            "$(grep -aE '^(error|test .* FAILED)' "$log" | head -n 3 | tr '\n' ' ')" "${log#"$root"/}"
    fi
}
if wanted host-tests; then host_tests; fi

if wanted unsafe-inventory; then check unsafe-inventory "$root/qemu/check-unsafe"; fi

# Every shell script parses; none lacks its strict mode.
scripts_parse() {
    local file
    for file in qemu/setup qemu/run qemu/test qemu/bench .ci/run qemu/lib/*.sh qemu/machines/*.sh tests/*.sh tests/renew tests/*/run tests/*/build packaging/release packaging/provenance; do
        bash -n "$file" || exit 1
        case $file in *.sh) continue ;; esac
        grep -q '^set -euo pipefail' "$file" || { echo "$file: no 'set -euo pipefail'"; exit 1; }
    done
}
check scripts scripts_parse

# Every script that a page names says what it is for, and does nothing else then.
help_is_given() {
    local file text
    while IFS= read -r file; do
        text=$(cd "$(scratch)" && timeout "$hang" "$root/$file" --help </dev/null) || { echo "expected: $file --help to succeed"; exit 1; }
        grep -q "^$file" <<<"$text" || { echo "expected: $file --help to begin with its name, not '$text'"; exit 1; }
    done < <(git ls-files '*.md' | xargs grep -ohE '\b(qemu|tests|packaging)/[a-z0-9/-]+' | sort -u |
        while IFS= read -r file; do if [ -f "$file" ] && [ -x "$file" ]; then echo "$file"; fi; done)
}
check help help_is_given

# The cache of one who starts a script without a home, as services do: that of the home which the list of users has.
cache_without_home() {
    local without
    for without in -uHOME HOME=; do
        expect "the cache with env $without" [ "$(env -u FIRMSEED_CACHE -u XDG_CACHE_HOME "$without" bash -euc '. "$0/qemu/lib/common.sh"; echo "$cache"' "$root")" = \
            "$(getent passwd "$(id -u)" | cut -d : -f 6)/.cache/firmseed" ]
    done
}
check no-home cache_without_home

# Each page of docs: a relative link leads to a file, and prose has at most 100 columns (tables, code and figures may be wider).
pages_are_sound() {
    local page link bad=0
    while IFS= read -r page; do
        while IFS= read -r link; do
            [ -e "$(dirname "$page")/$link" ] || { echo "$page: a link to $link, which is not there"; bad=1; }
        done < <(grep -oE '\]\([^)# ]+' "$page" | sed 's/^](//' | grep -v '^[a-z]*:')
        # Characters, not bytes.
        awk '/^```/ { code = !code } !code && !/^(    |\||#|<)/ { print FNR ":" $0 }' "$page" | LC_ALL=C.UTF-8 grep -E '^[0-9]+:.{101}' |
            sed "s|^|$page:|" && { echo "expected: prose of at most 100 columns"; bad=1; }
    done < <(git ls-files '*.md' ':!ports/gcc/aarch64') # a machine description of GCC's has that name too
    [ $bad = 0 ]
}
check pages pages_are_sound

setup_is_quick() {
    local output
    output=$(timeout "$hang" "$root/qemu/setup" 2>&1) || { echo "qemu/setup failed, or did not end, when all was there"; exit 1; }
    [ -z "$output" ] || { printf 'a second qemu/setup was not quiet:\n%s\n' "$output"; exit 1; }
}
check setup-again setup_is_quick

if full; then
    if [ -x "$cache/cargo/bin/cargo-deny" ]; then
        check licences "$cache/cargo/bin/cargo-deny" --offline check licenses sources
    else
        skip licences "cargo-deny could not be built here"
    fi
fi
