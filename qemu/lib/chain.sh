# The project's own image: source texts and pinned tarballs, nothing that a machine could run. Sourced after common.sh.

. "$root/qemu/lib/image.sh"

# fetch_port PORT: prints the path of its tarball in the cache; it is fetched where it is missing.
fetch_port() {
    local line
    [ -x "$image_builder" ] || build_all >&2
    line=$("$image_builder" sources --ports "$root/ports" --cache "$cache" "$1") || die "no tarball for ports/$1: see above"
    printf '%s\n' "${line:66}"
}

# chain_sums PORT...: what the chain makes, in order, with absolute paths: the kernel shows a line for each.
chain_sums() {
    local port
    cat "$root"/stage0/SHA256SUMS "$root"/stage0/*-tools/SHA256SUMS
    for port; do sed -E "s#  ([^/])#  /build/$port/\1#" "$root/ports/$port/SHA256SUMS"; done
}

# chain_tree DIR [PORT...]: the files of the image. Tests stay out: they are for the host.
chain_tree() {
    local tree=$1 port tarball
    shift
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,build,include,lib,ports,tmp}
    (cd "$root" && find stage0 -name tests -prune -o -type f -print0 | LC_ALL=C sort -z | tar -c --null -T - | tar -x -C "$tree")
    for port; do
        mkdir -p "$tree/ports/$port"
        (cd "$root/ports/$port" && tar -c --exclude=./tests . | tar -x -C "$tree/ports/$port")
        tarball=$(fetch_port "$port")
        cp "$tarball" "$tree/ports/$port/"
    done
    echo '# The chain runs this at its end: "image-builder build --port DIR" adds the calls of further ports.' >"$tree/ports/run.kaem"
    chain_sums "$@" >"$tree/SHA256SUMS"
}

# chain_image TREE IMAGE [SCRIPT [OPTION...]]: the image around it. PID 1 is kaem-seed, decoded by the kernel from its text.
chain_image() {
    local tree=$1 image=$2 script=${3:-chain.kaem}
    "$image_builder" build --kernel "$kernel_elf" --tree "$tree" --policy chain --cwd /stage0 --env PATH=/bin \
        --seed /stage0/00-hex0/hex0.hex0=/seed/hex0 --seed /stage0/01-kaem-seed/kaem-seed.hex0=/seed/kaem-seed \
        --init /seed/kaem-seed --arg "$script" -o "$image" --ports "$root/ports" --cache "$cache" "${@:4}" >/dev/null
}

# end_with_prompt TREE: the chain in TREE ends with kaem reading commands from the console.
end_with_prompt() { printf '\n# A prompt: kaem without a script.\n/bin/kaem\n' >>"$1/stage0/chain.kaem"; }

# program_port DIR FILE [ARG...]: a port that compiles the C file with tcc and runs it; the chain ends with its status.
program_port() {
    local port=$1 file=$2 name argument words=''
    shift 2
    name=$(basename "$file")
    mkdir -p "$port"
    cp "$file" "$port/$name"
    for argument; do words+=" $(kaem_word "$argument")"; done
    printf 'name = "program"\nversion = "1"\n' >"$port/port.toml"
    cat >"$port/build.kaem" <<SCRIPT
# Compiles a user's file and runs it in /build/program. Written by qemu/run.
cd \${PORT}
tcc -o /build/program/program $(kaem_word "$name")
cd /build/program
./program$words
SCRIPT
}

# kaem_word TEXT: the text as one word of a script, as it is.
kaem_word() { printf "'%s'" "${1//\'/\'\\\'\'}"; }
