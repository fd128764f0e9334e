# Which Rust builds what. Sourced after common.sh.
#
# The reference is the toolchain of rust-toolchain.toml, by rustup: its kernel is the published one (kernel/PUBLISHED). Where
# rustup is not here, or cannot download it, Debian's rustc-web builds a kernel with the same flags, which is another one.
# Host tools, tests, fmt, clippy: the first cargo in PATH that works here, else Debian's.

rust_target=aarch64-unknown-none-softfloat
rust_reference=$(sed -n 's/^channel = "\(.*\)"$/\1/p' "$root/rust-toolchain.toml")
rust_debian_packages='rustc-web cargo-web rust-web-src'
rust_minimum=1.95 # bookworm's first rustc-web, 1.85, is too old; its security suite has newer ones

# rust_sources RUSTC...: does this compiler bring the sources of core and alloc? Prints its folder.
rust_sources() {
    local sysroot
    sysroot=$("$@" --print sysroot 2>/dev/null) && [ -e "$sysroot/lib/rustlib/src/rust/library/core/src/lib.rs" ] &&
        printf '%s' "$sysroot"
}

# The reference, whole. FIRMSEED_RUST=debian passes it over, to try the other one.
rust_has_reference() {
    [ "${FIRMSEED_RUST:-}" != debian ] && have rustup && rust_sources rustup run "$rust_reference" rustc >/dev/null
}

# Debian's compiler, new enough.
rust_has_debian() {
    local version
    [ -x /usr/bin/cargo ] && [ -x /usr/bin/rustc ] &&
        version=$(/usr/bin/rustc --version | cut -d ' ' -f 2) &&
        [ "$(printf '%s\n' "$rust_minimum" "$version" | sort -V | head -n 1)" = "$rust_minimum" ] &&
        rust_sources /usr/bin/rustc >/dev/null
}

# Rust's standard library for static programs on AArch64 Linux, by the reference: what --full tests run on the machine.
rust_has_musl() {
    rust_has_reference && [ -d "$(rustup run "$rust_reference" rustc --print sysroot)/lib/rustlib/aarch64-unknown-linux-musl" ]
}

rust_ready() { rust_has_reference || rust_has_debian; }

# Asks rustup for the reference once (a network that swallows packets makes it hang: bounded), then names Debian's packages.
rust_missing_packages() {
    if have rustup && [ ! -f "$cache/rustup-failed-$rust_reference" ]; then
        say "asking rustup for Rust $rust_reference (at most 300 s)"
        if timeout 300 rustup toolchain install "$rust_reference" --profile minimal --no-self-update \
            --component clippy,rust-src,rustfmt >"$cache/rustup.log" 2>&1 && rust_has_reference; then return; fi
        say "rustup could not bring it (log: $cache/rustup.log): taking Debian's rustc-web; remembered in $cache/rustup-failed-$rust_reference"
        touch "$cache/rustup-failed-$rust_reference"
    fi
    printf '%s' "$rust_debian_packages"
    cargo --version >/dev/null 2>&1 || printf ' rustfmt-web rust-web-clippy'
}

rust_describe() {
    if rust_has_reference; then
        printf 'kernel with the reference compiler, Rust %s' "$rust_reference"
    else
        printf 'kernel with Debian (%s): NOT the reference kernel, which Rust %s by rustup builds' "$(/usr/bin/rustc --version)" "$rust_reference"
    fi
}

rust_explain() {
    printf 'wanted: Rust %s with rust-src, by rustup, or the Debian packages %s, version %s or newer (bookworm-security has them); found: %s' \
        "$rust_reference" "$rust_debian_packages" "$rust_minimum" "$(/usr/bin/rustc --version 2>/dev/null || echo none)"
}

# A tool that is absent is said aloud here and skipped by name in the tests: it never counts as passed.
rust_lint_note() {
    cargo fmt --version >/dev/null 2>&1 || say "NOTE: cargo fmt is not here: the format check will be SKIPPED (rustup component add rustfmt)"
    cargo clippy --version >/dev/null 2>&1 || say "NOTE: cargo clippy is not here: the lints will be SKIPPED (rustup component add clippy)"
}

# Puts a cargo into PATH for host builds. rustup's own fails where it lacks the toolchain that rust-toolchain.toml names.
rust_env() {
    if ! (cd "$root" && cargo --version) >/dev/null 2>&1; then PATH=/usr/bin:$PATH; fi
    (cd "$root" && cargo --version) >/dev/null 2>&1 || die "cargo is not here, or does not run" "run qemu/setup first"
}
