# packaging/guix, built by Guix 1.5 in a folder of Debian's sid, which has it: docs/guix.md. With --full: the folder takes 1.2 GB of
# the cache.

. "$root/qemu/lib/chain.sh"
. "$root/tests/place/release.sh"

# sid DIR: Debian's sid with Guix, made once. Its postinst fails for want of an init and of users, and is not needed.
sid() {
    local mirror
    [ ! -f "$1/complete" ] || return 0
    rm -rf "$1"
    mkdir -p "$1"
    apt_derive_sources "$(apt_suites)" "$1/sources" bare
    mirror=$(cat "$1"/sources/* | sed -n 's/^URIs: *//p; s/^deb [^ ]*\(http[^ ]*\) .*/\1/p' | grep -m 1 'debian/*$') || { echo "no mirror of Debian's in apt's sources"; return 1; }
    debootstrap --variant=minbase --include=qemu-user sid "$1/root" "$mirror"
    # The network's names, for apt.
    cp /etc/resolv.conf "$1/root/etc/" 2>/dev/null || :
    DEBIAN_FRONTEND=noninteractive chroot "$1/root" apt-get install -y --no-install-recommends guix || :
    chroot "$1/root" guix --version && dpkg --root="$1/root" -s libgcrypt20-dev >/dev/null && touch "$1/complete"
}

guix() {
    local folder=$cache/sid
    sid "$folder"
    make_release "$work" >/dev/null
    seeds_for_linux "$release"
    # What is in the folder stays as it is.
    EMULATOR=$folder/root/usr/bin/qemu-aarch64 "$root/tests/place/on-aarch64" bash -euc '
        sid=$1 release=$2 script=$3
        mkdir -p "$sid/release" "$sid/gnu" "$sid/var/guix" "$sid/var/log/guix"
        mount --bind "$release" "$sid/release"
        for place in gnu var/guix var/log/guix tmp root; do mount -t tmpfs guix "$sid/$place"; done
        mount --rbind /proc "$sid/proc"
        mount --rbind /dev "$sid/dev"
        exec chroot "$sid" /bin/bash -s <"$script"' sh "$folder/root" "$release" "$root/tests/place/guix.sh" >"$work/guix.out" 2>"$work/guix.err" ||
        { tail -n 20 "$work/guix.err"; exit 1; }
    cat "$work/guix.out"
    local name
    for name in firmseed-seeds firmseed-cc firmseed-tinycc firmseed-hello; do expect_line "^show: name $name$" "$work/guix.out"; done
    expect "nothing for guix lint to say" eval '! grep "^lint: " "$work/guix.out"'
    has_hash firmseed-seeds/bin/hex0 stage0/SHA256SUMS ../bin/hex0
    has_hash firmseed-seeds/bin/kaem-seed stage0/SHA256SUMS ../bin/kaem-seed
    has_hash firmseed-cc/bin/hex0 stage0/SHA256SUMS ../bin/hex0
    has_hash firmseed-cc/bin/cc stage0/SHA256SUMS ../bin/cc
    has_hash firmseed-cc/bin/tools stage0/09-tools/SHA256SUMS ../bin/tools
    has_hash firmseed-tinycc/bin/tcc ports/tinycc/SHA256SUMS ../../bin/tcc
    has_hash firmseed-tinycc/lib/libc.a ports/tinycc/SHA256SUMS libc-3.a
    expect_line '^hello: hello$' "$work/guix.out"
    expect_line '^references: 0$' "$work/guix.out"
    expect_line '^size: total: 0\.[0-9]+ MiB$' "$work/guix.out"
    expect_line '^again: the same$' "$work/guix.out"
    expect_line '^channel: .*channel-metadata' "$work/guix.out"
    for name in firmseed-cc firmseed-tinycc firmseed-hello; do expect_line "^graph: $name" "$work/guix.out"; done
    # All that it was built from: ours. A bootstrap binary would have a line.
    expect "the closure" diff -U 0 <(sed -n 's/^closure: //p' "$work/guix.out") <(printf '%s\n' SHA256SUMS chain.kaem firmseed-cc.drv firmseed-hello.drv \
        firmseed-hello.kaem firmseed-port-tinycc firmseed-stage0 firmseed-tinycc.drv firmseed-tinycc.kaem hello.c hex0 install.kaem kaem-seed tools.kaem | LC_ALL=C sort)
}
has_hash() { expect "$1 with the hash of $3" grep -q "^hash: $(listed_hash "$2" "$3") $1\$" "$work/guix.out"; }

if wanted packages; then
    work=$(scratch)
    if ! full; then
        skip packages "a folder of sid, 1.2 GB: with --full"
    elif ! have debootstrap || [ "$(id -u)" -ne 0 ]; then
        skip packages "it takes root and debootstrap: apt-get install debootstrap"
    elif ! reason=$("$root/tests/place/on-aarch64" true 2>&1); then
        skip packages "${reason:-no AArch64 here}"
    else
        check packages guix
    fi
fi
