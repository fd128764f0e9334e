# The chain, and what its TinyCC is then asked to do, as a tree for our kernel and for Linux. Sourced by tests/80-tinycc.sh.

. "$root/qemu/lib/chain.sh"
tinycc_port=$root/ports/tinycc

# tinycc_tree DIR: the image's files, the programs of these tests, and the chain's script with one more line.
tinycc_tree() {
    local tree=$1
    chain_tree "$tree" tinycc
    mkdir -p "$tree/tests/patches"
    cp "$root"/tests/tinycc/*.{c,kaem} "$tree/tests/"
    cp "$tinycc_port"/tests/*.c "$tree/tests/patches/"
    make_lists "$tree/tests"
    { cat "$root/stage0/chain.kaem" && echo '../bin/kaem /tests/after.kaem'; } >"$tree/tests/chain.kaem"
}
