# What image-builder writes for other tools, validated by libraries that others wrote: in-toto-attestation, cyclonedx-python-lib.

rust_env
validate=$root/tests/ledger/validate.py
venv=$target/ledger-venv
documents=$(scratch)

# The versions that were looked at; pip fetches them once.
packages='in-toto-attestation==0.9.3 cyclonedx-python-lib[json-validation]==11.12.0'
libraries() {
    [ -f "$venv/complete" ] && [ "$(cat "$venv/complete")" = "$packages" ] && return
    rm -rf "$venv"
    # shellcheck disable=SC2086 # a list of words
    python3 -m venv "$venv" && timeout "$hang" "$venv/bin/pip" install --quiet --disable-pip-version-check $packages && echo "$packages" >"$venv/complete"
}

# refused KIND SED-EXPRESSION: the document, falsified, is not valid.
refused() {
    sed "$2" "$documents/$1.json" >"$documents/false.json"
    expect_status "$2 to change the document" 1 cmp -s "$documents/$1.json" "$documents/false.json"
    expect_status "a false document ($2) to be refused" 1 "$venv/bin/python" "$validate" "$1" "$documents/false.json"
}

provenance() {
    # The tests' own small chain, true image and true ledger.
    export FIRMSEED_TEST_OUT=$documents
    cd "$root"
    expect "image and ledger" cargo test --quiet --locked --release -p image-builder --test suite -- --ignored --exact ledger_common::the_small_chain_as_files
    expect "a statement" "$image_builder" provenance "$documents/chain.img" "$documents/chain.ledger" >"$documents/provenance.json"
    expect "a valid statement" "$venv/bin/python" "$validate" provenance "$documents/provenance.json"
    refused provenance s/buildType/buildtype/
    refused provenance s/invocationId/invocationID/
    refused provenance 's/"subject": \[/"subject": [{"name": "nothing"},/'
    refused provenance s,Statement/v1,Statement/v0,
}

. "$root/qemu/lib/chain.sh"
bill_of_materials() {
    chain_tree "$documents/tree" tinycc
    chain_image "$documents/tree" "$documents/chain-of-ours.img"
    expect "a list" "$image_builder" sbom "$documents/chain-of-ours.img" --kernel-lock "$root/Cargo.lock" >"$documents/sbom.json"
    expect "a valid list" "$venv/bin/python" "$validate" sbom "$documents/sbom.json"
    expect_line '"bom-ref": "port:tinycc"' "$documents/sbom.json"
    expect_line '"expression": "LGPL-2.1-or-later"' "$documents/sbom.json"
    expect_line '"purl": "pkg:cargo/defmt@' "$documents/sbom.json"
    refused sbom s/SHA-256/SHA256/
    refused sbom 's/"type": "firmware"/"type": "hardware"/'
    refused sbom 's/"expression": "MIT"/"expression": "MITT"/'
    refused sbom '0,/"ref": "kernel"/s//"ref": "colonel"/'
}

if libraries >"$documents/pip.log" 2>&1; then
    check statement provenance
    check sbom bill_of_materials
else
    skip statement "its library is not here: $(tail -n 1 "$documents/pip.log")"
    skip sbom "its library is not here: $(tail -n 1 "$documents/pip.log")"
fi
