# The release that the layers place, nix and guix build from. Sourced by them.

# make_release DIR [PORT...]: $release is a release in DIR/release, with musl, dash and make or these; says what packaging/release says.
make_release() {
    local folder=$1/release
    shift
    [ $# -gt 0 ] || set -- musl dash make
    "$root/packaging/release" -o "$folder" "$@" || return
    release=$(echo "$folder"/firmseed-*[0-9])
    chmod -R go+rX "$folder"
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
