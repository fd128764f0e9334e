# The release that the layers place, nix and guix build from. Sourced by them.

# make_release DIR: $release is a release in DIR/release, with musl, dash and make; prints what packaging/release says.
make_release() {
    "$root/packaging/release" -o "$1/release" musl dash make || return
    release=$(echo "$1"/release/firmseed-*[0-9])
    chmod -R go+rX "$1/release"
}

# decode_seeds: the two seeds of $release, by docs/use.md's lines.
decode_seeds() {
    local seed
    mkdir -p "$release/seed"
    for seed in 00-hex0/hex0 01-kaem-seed/kaem-seed; do
        sed 's/[#;].*//' "$release/stage0/$seed.hex0" | xxd -r -p >"$release/seed/${seed#*/}"
        chmod 755 "$release/seed/${seed#*/}"
    done
}
