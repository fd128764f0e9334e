# The chain in any folder, and the release that it is taken from: docs/use.md, stage0/README.md. Under Linux with qemu-user; on the
# bare machine the same scripts run in every other layer.

. "$root/qemu/lib/chain.sh"
. "$root/tests/place/release.sh"
place=$(scratch)
chmod 755 "$test_scratch" "$place"
on_aarch64=$root/tests/place/on-aarch64

# ordinary COMMAND...: as somebody who is not root and owns nothing but $place/own.
ordinary() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}
# same_outputs DIR: all that the chain makes, by a sha256sum that is not ours, and the whole list of the release.
same_outputs() {
    (cd "$1/stage0" && cat SHA256SUMS 09-tools/SHA256SUMS | sha256sum --quiet -c) || { echo "expected: the hashes of stage0/SHA256SUMS"; exit 1; }
    (cd "$1/build/tinycc" && sha256sum --quiet -c "$root/ports/tinycc/SHA256SUMS") || { echo "expected: the hashes of ports/tinycc/SHA256SUMS"; exit 1; }
}

# The release: the same bytes from another clone by another user's umask, nothing but texts and what ports pin, names that agree.
release() {
    local file
    mkdir "$place/clone"
    (cd "$root" && git ls-files -z | tar --null -T - -c) | tar -x -C "$place/clone"
    (umask 077 && export CARGO_TARGET_DIR=$target && "$place/clone/packaging/release" -o "$place/again" musl dash make) >"$place/again.said"
    expect "the same tar and names" diff "$place/release.said" "$place/again.said"
    expect "the SHA-256 that it says" [ "$(sha256sum <"$release.tar" | cut -c1-64)" = "$(sed -n '1s/  .*//p' "$place/release.said")" ]
    mkdir "$place/unpacked"
    tar -x -f "$release.tar" -C "$place/unpacked"
    expect "the SWHID of the folder, by other means" [ "$(sed -n 2p "$place/release.said")" = "swh:1:dir:$(python3 "$root/tests/place/swhid.py" "$place/unpacked/${release##*/}")" ]
    # The specification's own example, an empty folder, and a file that is changed.
    mkdir "$place/empty"
    expect "git's empty tree" [ "$(python3 "$root/tests/place/swhid.py" "$place/empty")" = 4b825dc642cb6eb9a060e54bf8d69288fbee4904 ]
    echo >>"$place/unpacked/${release##*/}/README.md"
    expect "another name for another folder" [ "$(sed -n 2p "$place/release.said")" != "swh:1:dir:$(python3 "$root/tests/place/swhid.py" "$place/unpacked/${release##*/}")" ]
    (cd "$release" && find . -type f -print0 | xargs -0 grep -lP '[\x00-\x08\x0e-\x1f\x7f]') >"$place/binaries"
    while read -r file; do
        expect "$file to be pinned" grep -q "^sha256 = \"$(sha256sum <"$release/$file" | cut -c1-64)\"$" "$(dirname "$release/$file")/port.toml"
    done <"$place/binaries"
    expect "four tarballs" [ "$(wc -l <"$place/binaries")" -eq 4 ]
    expect_status "a second release over the first" 1 "$root/packaging/release" -o "$place/again" musl dash make
}

# The three commands of stage0/README.md, as they stand there, in an empty folder, by an ordinary user.
three_commands() {
    mkdir "$place/own"
    cp -r "$release/stage0" "$release/ports" "$place/own/"
    : >"$place/own/ports/run.kaem"
    [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$place/own"
    commands_of "$root/stage0/README.md" >"$place/commands"
    expect "three lines" [ "$(wc -l <"$place/commands")" -eq 3 ]
    (cd "$place/own" && ordinary "$on_aarch64" bash -eu "$place/commands") >"$place/own.log"
    same_outputs "$place/own"
    # The machine's script does the same, and its list has the same hashes.
    (cd "$place/own" && sed -n 's#  /#  #p' "$release/SHA256SUMS" | grep -v '  \(build/[^t]*/\|musl/\)' | sha256sum --quiet -c)
}

# A read-only root without /proc and /tmp, and a folder with a long name and a blank in it.
sandbox() {
    local name
    name=$(printf 'a%.0s' $(seq 199))
    mkdir -p "$place/room"
    "$on_aarch64" bash -euc '
        room=$1 release=$2 part=$3
        mount -t tmpfs room "$room"
        mount -o remount,bind,ro / 2>/dev/null || mount -o remount,ro /
        mkdir "$room/empty"
        mount --bind "$room/empty" /proc
        ! : >/trial 2>/dev/null || { echo "/ is not read-only"; exit 1; }
        cd "$room"
        for i in $(seq 15); do mkdir "b $part" && cd "b $part"; done
        sh "$release/packaging/build" work
        cd work
        pwd | wc -c
        (cd stage0 && cat SHA256SUMS 09-tools/SHA256SUMS | sha256sum --quiet -c)
        (cd build/tinycc && sha256sum --quiet -c "$release/ports/tinycc/SHA256SUMS")
    ' sh "$place/room" "$release" "$name" >"$place/sandbox.log" || { tail -n 5 "$place/sandbox.log"; exit 1; }
    tail -n 1 "$place/sandbox.log"
    expect "a name of more than 3,000 bytes" [ "$(tail -n 1 "$place/sandbox.log")" -gt 3000 ]
}

# bin, lib and include, and nothing else, at a prefix of their own: the finished compiler is taken there as it is.
prefix() {
    mkdir "$place/prefix"
    cp -r "$place/own/bin" "$place/own/lib" "$place/own/include" "$place/prefix/"
    says_hello "$place/prefix/bin/tcc" "$place/prefix"
    ln -s prefix/bin/tcc "$place/by-link"
    says_hello "$place/by-link" "$place/prefix"
    rm "$place/prefix/lib/crt1.o"
    expect_status "a prefix without its library" 1 "$on_aarch64" "$place/prefix/bin/tcc" -o "$place/hello" "$place/prefix/hello.c"
}

# refused MESSAGE DIR [PORT...]: packaging/build says so, with status 1, and has run nothing: there is no bin.
refused() {
    local message=$1
    shift
    expect_status "$*" 1 ordinary "$release/packaging/build" "$@" 2>"$place/said"
    expect_line "^packaging/build: .*$message" "$place/said"
    expect_line '^  ' "$place/said"
    expect "nothing in $1" [ ! -e "$1/bin" ]
}
bad_input() {
    mkdir -p "$place/full" "$place/closed" "$place/open" "$place/bare/packaging"
    chmod 777 "$place/open"
    chmod 555 "$place/closed"
    touch "$place/full/file"
    refused 'takes no files' "$place/closed"
    refused 'cannot be made' "$place/closed/in"
    refused 'is not empty' "$place/full"
    refused 'is not built by this script' "$place/open/one" bash
    refused 'cannot be built in' "$place/open/with blank" musl
    refused 'has [0-9]+ bytes' "$place/open/$(printf '/%0200d' 1 2 3 4 5)" musl
    [ "$(uname -m)" = aarch64 ] || [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || refused 'does not run the first program' "$place/open/two"
    cp -r "$release/stage0" "$release/packaging" "$place/bare/"
    expect_status "no tarball" 1 "$place/bare/packaging/build" "$place/open/three" 2>"$place/said"
    expect_line 'the tarball of ports/tinycc is not in' "$place/said"
}

# A wrong hash stops it, whoever runs it.
wrong_hash() {
    cp -r "$release" "$place/wrong"
    sed -i '3s/^[0-9a-f]\{8\}/00000000/' "$place/wrong/stage0/SHA256SUMS"
    expect_status "the chain with a wrong hash" 1 "$on_aarch64" "$place/wrong/packaging/build" "$place/wrong-out" >"$place/wrong.log" 2>&1
    expect_line '^\.\./bin/hex1: FAILED' "$place/wrong.log"
}

# musl, dash and make behind it, at a folder of one's own.
ports_too() {
    "$on_aarch64" "$release/packaging/build" "$place/ports" musl dash make >"$place/ports.log" 2>&1 || { tail -n 5 "$place/ports.log"; exit 1; }
    local port
    for port in musl dash make; do (cd "$place/ports/build/$port" && sha256sum --quiet -c "$root/ports/$port/SHA256SUMS"); done
    says_hello "$place/ports/musl/bin/tcc" "$place/ports"
}

# The workflow of docs/use.md is one, by the published schema; with a wrong key it is not.
workflow() {
    "$root/tests/place/workflow" "$root/packaging/ci/firmseed.yml"
    sed 's/runs-on/runs_on/' "$root/packaging/ci/firmseed.yml" >"$place/wrong.yml"
    expect_status "a wrong key" 1 "$root/tests/place/workflow" "$place/wrong.yml"
}
check workflow workflow

if wanted_any release three-commands sandbox prefix bad-input wrong-hash ports; then
    make_release "$place" >"$place/release.said"
    check release release
    check bad-input bad_input
    # binfmt_misc in a namespace is what the others need where the processor is another.
    if ! reason=$("$on_aarch64" true 2>&1); then
        for name in three-commands sandbox prefix wrong-hash ports; do skip $name "${reason:-no AArch64 here}"; done
    else
        if wanted_any three-commands prefix; then
            chosen=$filter filter=''
            check three-commands three_commands
            filter=$chosen
        fi
        check prefix prefix
        check sandbox sandbox
        check wrong-hash wrong_hash
        if full; then check ports ports_too; else skip ports "minutes: with --full"; fi
    fi
fi
