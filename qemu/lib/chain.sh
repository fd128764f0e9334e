# The project's own image: source texts and pinned tarballs, nothing that a machine could run. Sourced after common.sh.

. "$root/qemu/lib/image.sh"

# The kernel of chain_image, as options of image-builder: the Rust kernel, or the one in hex0.
rust_kernel=(--kernel "$kernel_elf")
seed_kernel=(--seed-kernel "$root/seed-kernel")
chain_kernel=("${rust_kernel[@]}")
# The script of process 1 in an image that makes its own image.
self_script=/seed-kernel/mkimage/self.kaem

# The userland, in the order in which it is built: docs/userland.md.
system_ports=(unxz musl dash make busybox lua sed bash grep gzip sqlite diffutils patch findutils tar binutils)

# fetch_port PORT: prints the path of its tarball in the cache; it is fetched where it is missing.
fetch_port() {
    local line
    [ -x "$image_builder" ] || build_all >&2
    line=$("$image_builder" sources --ports "$root/ports" --cache "$cache" "$1") || die "no tarball for ports/$1: see above"
    printf '%s\n' "${line:66}"
}

# chain_sums PORT...: what the chain makes, in order, with absolute paths: the kernel shows a line for each. The lists name places
# from where they are compared: stage0, and a port's folder in /build. Not every port keeps one.
chain_sums() {
    local port
    sed 's#  \.\./#  /#' "$root"/stage0/SHA256SUMS "$root"/stage0/*-tools/SHA256SUMS
    for port; do
        case $port in
        # It makes again what ports/tinycc makes, behind another tcc0.
        mes-tinycc) sed -n '/tcc0$/d; /  \.\./d; s#  #  /build/mes-tinycc/#p' "$root/ports/tinycc/SHA256SUMS" ;;
        *) [ ! -f "$root/ports/$port/SHA256SUMS" ] || sed -E "s#  \.\./\.\./#  /#; s#  ([^/])#  /build/$port/\1#" "$root/ports/$port/SHA256SUMS" ;;
        esac
    done
}

# chain_tree DIR [PORT...]: the files of the image. Tests stay out: they are for the host.
chain_tree() {
    local tree=$1 port tarball
    shift
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,build,include,lib,ports,tmp}
    (cd "$root" && find stage0 seed-kernel -name tests -prune -o -type f -print0 | LC_ALL=C sort -z | tar -c --null -T - | tar -x -C "$tree")
    for port; do
        mkdir -p "$tree/ports/$port"
        (cd "$root/ports/$port" && tar -c --exclude=./tests . | tar -x -C "$tree/ports/$port")
        if grep -q '^\[source\]' "$root/ports/$port/port.toml"; then
            tarball=$(fetch_port "$port")
            cp "$tarball" "$tree/ports/$port/"
        fi
    done
    echo '# The chain runs this at its end: "image-builder build --port DIR" adds the calls of further ports.' >"$tree/ports/run.kaem"
    chain_sums "$@" >"$tree/SHA256SUMS"
}

# seeds_for_linux TREE: what our kernel does before process 1 starts, done by sed and xxd: the two programs of /seed.
seeds_for_linux() {
    local name
    mkdir -p "$1/seed"
    for name in 00-hex0/hex0 01-kaem-seed/kaem-seed; do
        sed 's/[#;].*//' "$1/stage0/$name.hex0" | xxd -r -p >"$1/seed/${name#*/}"
        chmod 755 "$1/seed/${name#*/}"
    done
}

# chain_settings SCRIPT: how the image starts, in the index's lines. PID 1 is kaem-seed, decoded by the kernel from its text.
chain_settings() {
    printf '%s\n' 'init /seed/kaem-seed' "arg $1" 'env PATH=/bin' 'cwd /stage0' 'policy chain' \
        'seed /stage0/00-hex0/hex0.hex0 /seed/hex0' 'seed /stage0/01-kaem-seed/kaem-seed.hex0 /seed/kaem-seed'
}

# chain_image TREE IMAGE [SCRIPT [OPTION...]]: the image around it.
chain_image() {
    local tree=$1 image=$2 script=${3:-chain.kaem} word value program settings=()
    while read -r word value program; do settings+=("--$word" "$value${program:+=$program}"); done < <(chain_settings "$script")
    "$image_builder" build "${chain_kernel[@]}" --tree "$tree" "${settings[@]}" -o "$image" \
        --ports "$root/ports" --cache "$cache" "${@:4}" >/dev/null
}

# self_list TREE: writes TREE/image.list, from which the machine makes the image itself: the index's lines without what can be
# computed. Modes as image-builder takes them from a tree: the owner's, others do not write.
self_list() {
    : >"$1/image.list"
    {
        chain_settings "$self_script"
        (cd "$1" && find . -mindepth 1 -printf '%P %y %m\n') | LC_ALL=C sort | while read -r path kind mode; do
            mode=$(printf %04o $((0$mode & 0700 | (0$mode & 0500) >> 3 | (0$mode & 0500) >> 6)))
            case $kind in
            f) echo "file $mode $path" ;;
            d) echo "dir $mode $path" ;;
            *) die "$1/$path is neither file nor folder: the machine could not make its image" ;;
            esac
        done
    } >"$1/../image.list"
    mv "$1/../image.list" "$1/image.list"
}

# What reads commands from the console where the machine has bash, and where it has not.
bash_prompt=(/usr/bin/bash --rcfile /ports/bash/prompt)
kaem_prompt=(/bin/kaem)

# end_with_prompt TREE COMMAND...: the chain in TREE ends with the command, which reads others from the console.
end_with_prompt() { printf '\n# A prompt.\n%s\n' "${*:2}" >>"$1/stage0/chain.kaem"; }

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
