# packaging/nix, built by Debian's Nix in a store of its own, without a network: the hashes of SHA256SUMS, nothing twice, the same again.

. "$root/qemu/lib/chain.sh"
. "$root/tests/place/release.sh"
nix=$(scratch)
on_aarch64=$root/tests/place/on-aarch64
# Nix has a home of its own; packaging/release has not: it would fetch all tarballs again.
export FIRMSEED_CACHE=$cache HOME=$nix/home NIX_STORE_DIR=$nix/store NIX_STATE_DIR=$nix/var NIX_LOG_DIR=$nix/log NIX_CONF_DIR=$nix/etc

# built ATTRIBUTE OPTION...: prints the output's path. The builders' children need binfmt_misc where the processor is another.
built() {
    "$on_aarch64" env -u NIX_REMOTE nix-build "$release/packaging/nix" --no-out-link --option sandbox false --option substitute false \
        --option build-users-group '' --option extra-platforms aarch64-linux -A "$@"
}
# hash_of FILE LIST NAME: the file has the hash that the list has for the name.
hash_of() {
    expect "$1 with the hash of $3 in $2" [ "$(sha256sum <"$1" | cut -c1-64)" = "$(listed_hash "$2" "$3")" ]
}

compiler() {
    local out name
    out=$(built cc)
    for name in hex0 kaem-seed hex1 hex2 M1 cc0 cc sha256sum; do hash_of "$out/bin/$name" stage0/SHA256SUMS "../bin/$name"; done
    hash_of "$out/bin/tools" stage0/09-tools/SHA256SUMS ../bin/tools
    expect "the tools by their names" [ "$(readlink "$out/bin/untar")" = tools ]
}
tinycc() {
    local out lib
    out=$(built tinycc)
    hash_of "$out/bin/tcc" ports/tinycc/SHA256SUMS ../../bin/tcc
    hash_of "$out/lib/libc.a" ports/tinycc/SHA256SUMS libc-3.a
    hash_of "$out/lib/tcc/libtcc1.a" ports/tinycc/SHA256SUMS libtcc1-3.a
    hash_of "$out/lib/crt1.o" ports/tinycc/SHA256SUMS crt1-3.o
    says_hello "$out/bin/tcc" "$nix"
    # Nothing else: what it was built with is not in its closure.
    lib=$(nix-store -q --references "$out")
    expect "no references, found '$lib'" [ -z "$lib" ]
    # Everything that it was built from: our derivations, texts, tarball, two seeds.
    nix-store -q --requisites "$(nix-store -q --deriver "$out")" | sed "s#^$NIX_STORE_DIR/[a-z0-9]*-##" | LC_ALL=C sort -u >"$nix/closure"
    expect "the closure" diff -U 0 "$nix/closure" <(printf '%s\n' SHA256SUMS chain.kaem firmseed-cc.drv firmseed-port-tinycc firmseed-stage0 \
        firmseed-tinycc.drv firmseed-tinycc.kaem hex0 install.kaem kaem-seed tools.kaem | LC_ALL=C sort)
}
nothing_twice() {
    built tinycc >"$nix/second" 2>"$nix/second.said"
    expect "no build" eval '! grep -q building "$nix/second.said"'
    # A text that is changed is built again.
    echo '# changed' >>"$release/stage0/tools.kaem"
    built cc >"$nix/third" 2>"$nix/third.said"
    sed -i '$d' "$release/stage0/tools.kaem"
    expect_line "^building .*firmseed-cc" "$nix/third.said"
}
deterministic() { built "$1" --check; }
musl() {
    local out
    out=$(built musl)
    hash_of "$out/bin/tcc" ports/musl/SHA256SUMS ../../musl/bin/tcc
    hash_of "$out/lib/libc.a" ports/musl/SHA256SUMS musl-2/libc.a
    built musl --check
}
# What is behind musl, as the list of each port says.
behind_musl=()
for name in "${system_ports[@]}"; do [ "$name" = musl ] || behind_musl+=("$name"); done
userland() {
    local out hash file name
    for name in "${behind_musl[@]}"; do
        out=$(built "$name")
        while read -r hash file; do
            expect "$out/bin/${file##*/} with the hash of ports/$name" [ "$(sha256sum <"$out/bin/${file##*/}")" = "$hash  -" ]
        done <"$root/ports/$name/SHA256SUMS"
    done
    built bash >"$nix/again" 2>"$nix/again.said"
    expect "no build" eval '! grep -q building "$nix/again.said"'
}
# A port's derivation has of ours what packaging/build wants before it, and cc.
needs() {
    local name
    for name in "${behind_musl[@]}"; do
        nix-store -q --references "$(nix-instantiate --option build-users-group '' --arg seeds "$release/seed" "$root/packaging/nix" -A "$name")" |
            sed -n "s#^$NIX_STORE_DIR/[a-z0-9]*-firmseed-\(.*\)\.drv\$#\1#p" | sort >"$nix/needs"
        expect "what $name needs" diff "$nix/needs" <(printf '%s\n' cc musl $("$root/packaging/build" --before "$name") | sort -u)
    done
}
# Another seed is refused before anything runs; so is a folder without seeds.
seeds() {
    mkdir "$nix/seeds"
    cp "$release"/seed/* "$nix/seeds/"
    printf x | dd of="$nix/seeds/hex0" bs=1 seek=200 conv=notrunc status=none
    expect_status "a changed hex0" 1 built cc --arg seeds "$nix/seeds" 2>"$nix/said"
    expect_line 'hash mismatch|store path mismatch' "$nix/said"
    rm "$nix/seeds/hex0"
    expect_status "no hex0" 1 built cc --arg seeds "$nix/seeds" 2>"$nix/said"
    expect_line 'decode the seeds' "$nix/said"
}
# What nixpkgs' users import gives the same derivations.
overlay() {
    local text="((import $release/packaging/nix/overlay.nix { seeds = $release/seed; }) { } { }).firmseed"
    local name
    for name in cc tinycc musl make; do
        expect "the same derivation of $name" [ "$(nix-instantiate --option build-users-group '' -E "$text.$name")" = \
            "$(nix-instantiate --option build-users-group '' "$release/packaging/nix" -A "$name")" ]
    done
}
# The statement names the digests of the outputs that Nix has.
statement() {
    local out
    out=$(built tinycc)
    # The release's own, which has nothing else of the repository beside it.
    local provenance=$release/packaging/provenance
    "$provenance" "$release" tinycc "$out" >"$nix/statement.json"
    python3 - "$nix/statement.json" "$root/ports/tinycc/SHA256SUMS" <<'PYTHON'
import json
import sys

statement = json.load(open(sys.argv[1]))
sums = dict(reversed(line.split()) for line in open(sys.argv[2]))
subjects = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
for name, listed in {"bin/tcc": "../../bin/tcc", "lib/libc.a": "libc-3.a", "lib/crt1.o": "crt1-3.o"}.items():
    assert subjects[name] == sums[listed], name
PYTHON
    # For a port: what went in is the chain, those before it, and itself.
    "$provenance" "$release" make "$out" >"$nix/make.json"
    jq -r '.predicate.buildDefinition.resolvedDependencies[].name' "$nix/make.json" | sed -E 's#^(stage0|ports/[^/]*)/.*#\1#' | sort -u >"$nix/folders"
    expect "the folders" [ "$(paste -s -d ' ' "$nix/folders")" = 'ports/dash ports/make ports/musl ports/tinycc stage0' ]
    expect_status "no package" 1 "$provenance" "$release" mes "$out"
    # Names with signs that sha256sum writes in another way; no file; a name that JSON cannot have.
    mkdir "$nix/odd" "$nix/none"
    printf x >"$nix/odd/a\\b"$'\n'"c"
    "$provenance" "$release" cc "$nix/odd" >"$nix/odd.json"
    expect "its name and hash" jq -e '.subject == [{ name: "a\\b\nc", digest: { sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" } }]' \
        "$nix/odd.json"
    expect_status "no file" 1 "$provenance" "$release" cc "$nix/none"
    touch "$nix/odd/"$'\xff'
    expect_status "a name that is no text" 1 "$provenance" "$release" cc "$nix/odd"
}

for name in compiler tinycc nothing-twice deterministic-cc deterministic-tinycc seeds overlay needs statement musl userland; do names+=("$name"); done
if wanted_any "${names[@]}"; then
    if ! have nix-build; then
        for name in "${names[@]}"; do skip "$name" "nix-build is not here: apt-get install nix-bin"; done
    elif ! reason=$("$on_aarch64" true 2>&1); then
        for name in "${names[@]}"; do skip "$name" "${reason:-no AArch64 here}"; done
    else
        if full; then ports=(musl "${behind_musl[@]}"); else ports=(); fi
        make_release "$nix" "${ports[@]}" >"$nix/release.said"
        seeds_for_linux "$release"
        check seeds seeds
        check compiler compiler
        check tinycc tinycc
        check nothing-twice nothing_twice
        check deterministic-cc deterministic cc
        check deterministic-tinycc deterministic tinycc
        check statement statement
        check overlay overlay
        check needs needs
        if full; then
            check musl musl
            check userland userland
        else
            for name in musl userland; do skip "$name" "minutes: with --full"; done
        fi
    fi
fi
