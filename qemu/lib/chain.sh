# The project's own image: source texts and pinned tarballs, nothing that a machine could run. Sourced after image.sh.

# port_field PORT NAME: a string field of ports/PORT/port.toml.
port_field() { sed -n "s/^$2 *= *\"\(.*\)\" *$/\1/p" "$root/ports/$1/port.toml"; }

# fetch_port PORT: prints the path of its tarball in the cache, fetched from Debian's source package where it is missing.
fetch_port() {
    local port=$1 file hash package found
    file=$(port_field "$port" file) hash=$(port_field "$port" sha256) package=$(port_field "$port" debian)
    [ -n "$file" ] && [ -n "$hash" ] || die "ports/$port/port.toml names no file or no sha256"
    found=$cache/ports/$hash/$file
    if [ ! -f "$found" ]; then
        local folder
        folder=$(apt_fetch_source "$package")
        [ -f "$folder/$file" ] || die "Debian's source package $package holds no $file" "it holds: $(ls "$folder" | paste -s -d ' ')"
        mkdir -p "${found%/*}"
        cp "$folder/$file" "$found.$$"
        mv "$found.$$" "$found"
    fi
    local got
    got=$(sha256sum <"$found" | cut -c1-64)
    [ "$got" = "$hash" ] || die "$found is not what ports/$port/port.toml pins" "expected sha256 $hash" "found sha256    $got" "remove it to fetch it again"
    printf '%s\n' "$found"
}

# chain_sums PORT...: what the chain makes, in order, with absolute paths: the kernel shows a line for each.
chain_sums() {
    local port
    cat "$root"/stage0/SHA256SUMS "$root"/stage0/*-tools/SHA256SUMS
    for port; do sed -E "s#  ([^/])#  /build/$port/\1#" "$root/ports/$port/SHA256SUMS"; done
}

# chain_tree DIR [PORT...]: the files of the image. Tests stay out: they are for the host.
chain_tree() {
    local tree=$1 port
    shift
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,build,include,lib,ports,tmp}
    (cd "$root" && find stage0 -name tests -prune -o -type f -print0 | LC_ALL=C sort -z | tar -c --null -T - | tar -x -C "$tree")
    for port; do
        mkdir -p "$tree/ports/$port"
        (cd "$root/ports/$port" && tar -c --exclude=./tests . | tar -x -C "$tree/ports/$port")
        cp "$(fetch_port "$port")" "$tree/ports/$port/"
    done
    chain_sums "$@" >"$tree/SHA256SUMS"
}

# chain_image TREE IMAGE [SCRIPT]: the image around it. PID 1 is kaem-seed, decoded by the kernel from its text.
chain_image() {
    local tree=$1 image=$2
    "$image_builder" build --kernel "$kernel_elf" --tree "$tree" --policy chain --cwd /stage0 --env PATH=/bin \
        --seed /stage0/00-hex0/hex0.hex0=/seed/hex0 --seed /stage0/01-kaem-seed/kaem-seed.hex0=/seed/kaem-seed \
        --init /seed/kaem-seed --arg "${3:-chain.kaem}" -o "$image" >/dev/null
}

# end_with_prompt TREE: the chain in TREE ends with kaem reading commands from the console.
end_with_prompt() { printf '\n# A prompt: kaem without a script.\n/bin/kaem\n' >>"$1/stage0/chain.kaem"; }
