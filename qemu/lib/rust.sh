# Which Rust builds what. Sourced after common.sh.
#
# Kernel: rustup's toolchain where it has the target aarch64-unknown-none-softfloat, else Debian's
# rustc-web with its own library sources (-Zbuild-std). Host tools, tests, fmt, clippy: the first cargo
# in PATH, else Debian's.

rust_target=aarch64-unknown-none-softfloat
rust_debian_packages='rustc-web cargo-web rust-web-src'
rust_minimum=1.90 # bookworm's first rustc-web, 1.85, is too old; its security suite has newer ones

# Is the target in rustup's toolchain? Looks at the files: starting rustup takes a while.
rust_has_rustup_target() {
    local sysroot
    have rustup && sysroot=$(rustc --print sysroot 2>/dev/null) && [ -d "$sysroot/lib/rustlib/$rust_target" ]
}

# Debian's compiler, new enough, with the sources of core and alloc.
rust_has_debian() {
    local sysroot version
    [ -x /usr/bin/cargo ] && [ -x /usr/bin/rustc ] &&
        version=$(/usr/bin/rustc --version | cut -d ' ' -f 2) &&
        [ "$(printf '%s\n' "$rust_minimum" "$version" | sort -V | head -n 1)" = "$rust_minimum" ] &&
        sysroot=$(/usr/bin/rustc --print sysroot 2>/dev/null) &&
        [ -e "$sysroot/lib/rustlib/src/rust/library/core/src/lib.rs" ]
}

rust_ready() { rust_has_rustup_target || rust_has_debian; }

# Tries rustup once (a network that swallows packets makes it hang: bounded), then names Debian's packages.
rust_missing_packages() {
    if have rustup && [ ! -f "$cache/rustup-failed" ]; then
        say "asking rustup for $rust_target (at most 60 s)"
        if timeout 60 rustup target add "$rust_target" >"$cache/rustup.log" 2>&1; then return; fi
        say "rustup could not add it (log: $cache/rustup.log): taking Debian's rustc-web; remembered in $cache/rustup-failed"
        touch "$cache/rustup-failed"
    fi
    printf '%s' "$rust_debian_packages"
    have cargo || printf ' rustfmt-web rust-web-clippy'
}

rust_describe() {
    if rust_has_rustup_target; then
        printf 'kernel with rustup (%s)' "$(rustc --version)"
    else
        printf 'kernel with Debian (%s, core built from rust-web-src)' "$(/usr/bin/rustc --version)"
    fi
}

rust_explain() {
    printf 'wanted: rustup with that target, or the Debian packages %s, version %s or newer (bookworm-security has them); found: %s' \
        "$rust_debian_packages" "$rust_minimum" "$(/usr/bin/rustc --version 2>/dev/null || echo none)"
}

# A tool that is absent is said aloud here and skipped by name in the tests: it never counts as passed.
rust_lint_note() {
    cargo fmt --version >/dev/null 2>&1 || say "NOTE: cargo fmt is not here: the format check will be SKIPPED (rustup component add rustfmt)"
    cargo clippy --version >/dev/null 2>&1 || say "NOTE: cargo clippy is not here: the lints will be SKIPPED (rustup component add clippy)"
}

# Puts a cargo into PATH for host builds.
rust_env() {
    have cargo || PATH=/usr/bin:$PATH
    have cargo || die "cargo is not here" "run qemu/setup first"
}
