# The release that the layers place, nix and guix build from. Sourced by them.

# make_release DIR: $release is a release in DIR/release, with musl, dash and make; prints what packaging/release says.
make_release() {
    "$root/packaging/release" -o "$1/release" musl dash make || return
    release=$(echo "$1"/release/firmseed-*[0-9])
    chmod -R go+rX "$1/release"
}

# listed_hash LIST NAME: the hash that a list of the repository has for the name.
listed_hash() { sed -n "s#  $2\$##p" "$root/$1"; }

# says_hello TCC DIR: the compiler builds a program in DIR, which runs.
says_hello() {
    local on_aarch64=$root/tests/place/on-aarch64
    printf '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n' >"$2/hello.c"
    "$on_aarch64" "$1" -o "$2/hello" "$2/hello.c"
    expect "hello" [ "$("$on_aarch64" "$2/hello")" = hello ]
}
