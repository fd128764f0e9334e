# The image that is text up to its tar, and makes its own image: mkimage on the host and on both kernels. docs/seed-image.md.

. "$root/qemu/lib/chain.sh"
work=$(scratch)

# The files, and the image of the seed kernel that image-builder makes of them.
prepare() {
    chain_tree "$work/tree" tinycc
    self_list "$work/tree"
    (chain_kernel=("${seed_kernel[@]}") && chain_image "$work/tree" "$work/seed.img" "$self_script")
    gcc -std=c99 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -fsanitize=address,undefined -o "$work/mkimage" -I "$root/stage0/09-tools" \
        "$root/seed-kernel/mkimage/mkimage.c" "$root/stage0/09-tools/sha256.c" "$root/stage0/09-tools/tool.c"
}
mkimage() { ASAN_OPTIONS=detect_leaks=0 "$work/mkimage" "$@"; }
part() { "$image_builder" inspect "$work/seed.img" | awk -v name="$1" '$1 == name { print $3, $5 }'; }

# ---- the image as a text

# all_text FILE: no byte but printable ASCII, tabs and newlines.
all_text() { [ "$(LC_ALL=C tr -d '\t\n\40-\176' <"$1" | wc -c)" -eq 0 ]; }

is_text() {
    local loader size tar folder
    folder=$(scratch)
    read -r _ loader < <(part loader)
    read -r tar size < <(part tar)
    expect "a loader of at most 400 bytes, not $loader" [ "$loader" -ge 64 -a "$loader" -le 400 ]
    expect "the tar to be the image's end" [ $((tar + size)) -eq "$(stat -c %s "$work/seed.img")" ]
    head -c "$tar" "$work/seed.img" | tail -c +$((loader + 1)) >"$folder/text"
    expect "text from the loader's end to the tar" all_text "$folder/text"
    head -c $((loader + 1)) "$work/seed.img" | tail -c 2 >"$folder/edge"
    expect "a loader that ends with no text" eval '! all_text "$folder/edge"'
    expect "the kernel's text first" cmp -n "$(stat -c %s "$root/seed-kernel/kernel.hex0")" "$folder/text" "$root/seed-kernel/kernel.hex0"
    expect "its index in lines" grep -qx 'firmseed-index 2' "$folder/text"
    expect "a tar behind it" tar -tf <(tail -c +$((tar + 1)) "$work/seed.img") stage0/00-hex0/hex0.hex0
    # A control character would be seen.
    printf 'a\1b' >"$folder/odd"
    expect "a control character to be no text" eval '! all_text "$folder/odd"'
}

# The same files, the same tar, whichever kernel boots them.
same_tar() {
    local at
    chain_image "$work/tree" "$work/rust.img" "$self_script"
    read -r at _ < <(part tar)
    tail -c +$((at + 1)) "$work/seed.img" >"$work/seed.tar"
    at=$("$image_builder" inspect "$work/rust.img" | awk '$1 == "tar" { print $3 }')
    tail -c +$((at + 1)) "$work/rust.img" | cmp - "$work/seed.tar"
}

# One bit changed anywhere before the tar is found, and has the name of its part.
damage() {
    local folder at name
    folder=$(scratch)
    expect "a whole image" "$image_builder" check "$work/seed.img"
    while read -r at name; do
        cp "$work/seed.img" "$folder/damaged"
        flip_byte "$folder/damaged" "$at"
        "$image_builder" check "$folder/damaged" >"$folder/found" && { echo "expected: byte $at to be found"; exit 1; }
        cat "$folder/found"
        expect_line "damaged: $name \\(byte" "$folder/found"
    done < <(
        read -r _ loader < <(part loader)
        read -r at size < <(part text)
        echo "64 loader"
        echo "$((loader - 1)) loader"
        echo "$at kernel text"
        echo "$((at + size / 2)) kernel text"
        echo "$((at + size - 1)) kernel text"
        read -r at size < <(part index)
        [ "$at" -eq $((loader + $(stat -c %s "$root/seed-kernel/kernel.hex0"))) ] || echo "$((at - 1)) newlines after the kernel text"
        echo "$((at + size + 1)) padding after the index"
    )
}

# ---- mkimage

by_host() {
    local folder
    folder=$(scratch)
    mkimage "$work/tree" "$folder/copy.img"
    expect "image-builder's image" cmp "$folder/copy.img" "$work/seed.img"
    mkimage --show "$folder/copy.img" | sed -n 's/^image: //p' | xxd -r -p >"$folder/shown.img"
    expect "the same from its text" cmp "$folder/shown.img" "$work/seed.img"
    # A changed file is another image, and a whole one.
    cp -r "$work/tree" "$folder/tree"
    echo '# changed' >>"$folder/tree/stage0/chain.kaem"
    mkimage "$folder/tree" "$folder/changed.img"
    expect "another image" eval '! cmp -s "$folder/changed.img" "$work/seed.img"'
    expect "a whole one" "$image_builder" check "$folder/changed.img"
}

# mkimage refuses what it cannot write as image-builder does: a message with what and where, status 1, no image.
errors() {
    local folder
    folder=$(scratch)
    mkdir -p "$folder/seed-kernel" "$folder/d"
    cp "$root"/seed-kernel/*.hex0 "$folder/seed-kernel/"
    printf 'x' >"$folder/f"
    list() { printf '%s\n' 'init /i' "$@" >"$folder/image.list"; }
    refused() {
        local status=0
        mkimage "$folder" "$folder/out.img" 2>"$folder/said" || status=$?
        cat "$folder/said"
        expect "status 1, not $status" [ $status -eq 1 ]
        expect "one line" [ "$(wc -l <"$folder/said")" -eq 1 ]
        expect_line "$1" "$folder/said"
        expect "no image" [ ! -e "$folder/out.img" ]
    }
    list 'dir 0755 d' 'file 0644 f'
    mkimage "$folder" "$folder/out.img" && rm "$folder/out.img"
    list 'file 0644 none' && refused 'none: No such file'
    list 'dir 0755 f' && refused 'f: the list says that it is a folder'
    list 'file 0644 f' 'dir 0755 d' && refused 'd: not in the order of names'
    list 'file 0644 f' 'file 0644 f' && refused 'f: not in the order of names'
    list 'dir 0755 d' 'symlink s f' && refused 'symlink s f: expected a line'
    list 'file 644 f' && refused 'file 644 f: expected a line'
    list 'file 0648 f' && refused 'file 0648 f: expected a line'
    list 'file 0644 ' && refused 'expected a line'
    list 'file 0644 a b' && refused 'a b: mkimage knows names of printable ASCII'
    list 'file 0644 a%b' && refused 'a%b: mkimage knows names of printable ASCII'
    list "file 0644 $(printf 'n%.0s' {1..101})" && refused 'nnn: too long a name'
    list "dir 0755 $(printf 'n%.0s' {1..100})" && refused 'nnn: too long a name'
    list && refused 'image.list: no line that begins'
    list 'file 0644 f'
    echo '00 0' >"$folder/seed-kernel/loader.hex0" && refused 'loader.hex0: not hex0'
    echo '00 0g' >"$folder/seed-kernel/loader.hex0" && refused 'loader.hex0: not hex0'
    echo 'x' >"$folder/seed-kernel/loader.hex0" && refused 'loader.hex0: not hex0'
    printf '00 %.0s' {1..401} >"$folder/seed-kernel/loader.hex0" && refused 'loader.hex0: expected a loader of 64 to 400 bytes'
    rm "$folder/seed-kernel/kernel.hex0" && refused 'kernel.hex0: No such file'
}

# The hash of the machine's mkimage, by a TinyCC that gcc seeded: neither our chain nor our kernels take part.
diverse() {
    local machine=$work/diverse/root
    "$root/tests/tinycc/diverse" "$work/diverse" >/dev/null
    mkdir -p "$machine/seed-kernel"
    cp -r "$root/stage0/09-tools" "$machine/stage0/"
    cp -r "$root/seed-kernel/mkimage" "$machine/seed-kernel/"
    cd "$machine/stage0"
    # The words of self.kaem, without its first one and its output.
    # shellcheck disable=SC2046 # a list of words
    qemu-aarch64 -L "$machine" "$machine/bin/tcc" -o "$work/by-diverse" $(sed -n 's#^/bin/tcc -o /bin/mkimage ##p' "$root/seed-kernel/mkimage/self.kaem")
    expect "the hash of seed-kernel/mkimage/SHA256SUMS" \
        diff -U 0 "$root/seed-kernel/mkimage/SHA256SUMS" <(sha256sum <"$work/by-diverse" | sed 's#-$#/bin/mkimage#')
}

# ---- qemu/run

# self FIRST OPTION...: what the machine makes on the kernel FIRST is the seed kernel's image, which boots, and makes itself again.
self() {
    local first=$1 path
    shift
    "$root/qemu/run" --self "$@" >"$work/self.log" || { tail -n 20 "$work/self.log"; echo "expected: the good end of qemu/run --self"; exit 1; }
    grep -a '^self: ' "$work/self.log"
    expect_line "^self: what the machine has made on the $first kernel is image-builder's image, byte for byte: " "$work/self.log"
    expect_line '^self: what the copy has made is the copy, byte for byte: ' "$work/self.log"
    expect_line '^self: what the programs printed on the copy is what they printed before, ' "$work/self.log"
    expect "no file of another hash" eval '! grep -aq FAILED "$work/self.log"'
    expect "each boot to reach the fixpoint" [ "$(grep -ac '^TinyCC has rebuilt itself and its C library: 2 and 3 are equal' "$work/self.log")" -eq 2 ]
    for path in $(cut -c67- "$root"/stage0/SHA256SUMS "$root"/stage0/09-tools/SHA256SUMS "$root"/seed-kernel/mkimage/SHA256SUMS "$root"/ports/tinycc/SHA256SUMS); do
        expect "$path to have its hash in both boots" [ "$(tr -d '\r' <"$work/self.log" | grep -acFx "$path: OK")" -eq 2 ]
    done
    # The copy is the image that was made here, too.
    expect "the image of these files" cmp "$target/self/copy-1.img" "$work/seed.img"
}

# What the machine makes of other files is not taken for the image.
another_image() {
    local folder
    folder=$(scratch)
    cp -r "$work/tree" "$folder/tree"
    # A mode that the tree has not, so that only the machine's image has it. The chain need not run for that.
    sed -i 's/^file 0644 SHA256SUMS$/file 0600 SHA256SUMS/' "$folder/tree/image.list"
    chain_image "$folder/tree" "$folder/image" "$self_script"
    machine 0 "$folder/console" --image "$folder/image" >/dev/null
    sed -n 's/^image: //p' "$folder/console" | xxd -r -p >"$folder/copy.img"
    expect "a whole image" "$image_builder" check "$folder/copy.img"
    (chain_kernel=("${seed_kernel[@]}") && chain_image "$folder/tree" "$folder/seed.img" "$self_script")
    expect "another one than of these files" eval '! cmp "$folder/copy.img" "$folder/seed.img"'
}

requests() {
    local folder run=$root/qemu/run
    folder=$(scratch)
    # refused WHAT PATTERN OPTION...: before anything is built or run.
    refused() {
        expect_status "$1" 1 "$run" "${@:3}" 2>"$folder/said"
        cat "$folder/said"
        expect_line "$2" "$folder/said"
    }
    refused "no such kernel" "wants rust or seed, not 'toaster'" --kernel toaster
    refused "a kernel for an image that has one" '--image brings its kernel' --image "$work/seed.img" --kernel seed
    refused "an image for --self" '--image brings its kernel' --image "$work/seed.img" --self
    refused "files from the seed kernel" 'has no disk' --kernel seed --out "$folder/out"
    refused "files from an image of it" 'has no disk' --image "$work/seed.img" --out "$folder/out"
    refused "a trace of it" 'no trace' --image "$work/seed.img" --trace "$folder/trace"
    refused "a prompt of it" 'no prompt' --kernel seed --shell
    refused "files from --self" 'takes the image from the console' --self --out "$folder/out"
    refused "a port for --self" 'takes the image from the console' --self --port "$folder"
}

run_all() {
    # Not as part of a list: there a failed step would not end it.
    set +e
    (set -e; prepare) >"$work/prepare.log" 2>&1
    local status=$?
    set -e
    if [ $status -ne 0 ]; then
        fail prepare "status $status; $(tail -n 1 "$work/prepare.log")"
        return
    fi
    check text is_text
    check same-tar same_tar
    check damage damage
    check mkimage-host by_host
    check mkimage-errors errors
    check mkimage-hash diverse
    check requests requests
    check another-image another_image
    check self self rust
    if full; then
        check self-seed self seed --kernel seed --memory 128
        check self-raspi3b self rust --machine raspi3b
    fi
}

for name in text same-tar damage mkimage-host mkimage-errors mkimage-hash requests another-image self self-seed self-raspi3b; do
    if wanted $name; then
        run_all
        break
    fi
done
