#!/bin/bash
# tests/place/guix.sh: within the folder of Debian's sid that tests/99-guix.sh makes, with /release: Guix builds Firmseed's packages.
# Prints what the test compares, a line NAME: VALUE each.
set -euo pipefail
mkdir -p /gnu/store /var/guix /var/log/guix
export HOME=/root LC_ALL=C.UTF-8 GUILE_AUTO_COMPILE=0 FIRMSEED_RELEASE=/release GUIX_DAEMON_SOCKET=/var/guix/daemon-socket/socket
guix-daemon --disable-chroot --no-substitutes --build-users-group= &
daemon=$!
trap 'kill $daemon' EXIT
until [ -S "$GUIX_DAEMON_SOCKET" ]; do kill -0 $daemon; sleep 0.2; done
load=(-L /release/packaging/guix)
packages=(firmseed-seeds firmseed-cc firmseed-tinycc firmseed-hello)
for package in "${packages[@]}"; do
    guix show "${load[@]}" $package | sed -n 's/^\(name\|version\|systems\|license\): /show: \1 /p'
done
# Checkers that ask no network.
guix lint "${load[@]}" --no-network "${packages[@]}" 2>&1 | sed 's/^/lint: /'
tinycc=$(guix build "${load[@]}" --system=aarch64-linux --no-grafts firmseed-tinycc)
hello=$(guix build "${load[@]}" --system=aarch64-linux --no-grafts firmseed-hello)
cc=$(guix build "${load[@]}" --system=aarch64-linux --no-grafts firmseed-cc)
seeds=$(guix build "${load[@]}" --system=aarch64-linux --no-grafts firmseed-seeds)
for file in "$seeds"/bin/{hex0,kaem-seed} "$cc"/bin/{hex0,cc,tools} "$tinycc"/{bin/tcc,lib/libc.a,lib/crt1.o}; do
    echo "hash: $(sha256sum <"$file" | cut -c1-64) ${file#/gnu/store/*-}"
done
echo "hello: $("$hello/bin/hello")"
echo "references: $(guix gc --references "$hello" | wc -l)"
guix size "$hello" | sed 's/^/size: /'
guix gc --requisites "$(guix gc --derivers "$hello" | head -n 1)" | sed 's#^/gnu/store/[a-z0-9]*-##' | sort -u | sed 's/^/closure: /'
# --check wants the daemon's chroot. Built anew, once it is deleted, it is the same.
before=$(guix hash --serializer=nar "$tinycc")
guix gc --delete "$hello" "$tinycc" >/dev/null
guix build "${load[@]}" --system=aarch64-linux --no-grafts firmseed-tinycc >/dev/null
[ "$before" = "$(guix hash --serializer=nar "$tinycc")" ] && echo "again: the same"
guix graph "${load[@]}" --type=derivation --system=aarch64-linux firmseed-hello | sed -n 's/.*label = "\([^"]*\)".*/graph: \1/p'
# The file that makes the folder a channel, as `guix pull' reads it.
guix repl -- /dev/stdin <<'SCHEME'
(use-modules (guix channels))
(format #t "channel: ~s~%" (call-with-input-file "/release/packaging/guix/.guix-channel" (@@ (guix channels) read-channel-metadata)))
SCHEME
