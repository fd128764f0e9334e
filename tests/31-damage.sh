# What the kernel and `image-builder check` say of images that are damaged, or whose index lies: both refuse, with a
# reason, and no program runs. tests/20-image.sh and image-builder's own tests have more of it, without a machine.

. "$root/qemu/lib/probe.sh"
image=$test_scratch/damage.img
make_damage_image() {
    local tree
    tree=$(scratch)
    probe_tree "$tree"
    printf 'uno' >"$tree/one1"
    printf 'due' >"$tree/one2"
    chmod 755 "$tree"/one?
    make_image "$tree" "$image" /hello
}
make_damage_image

# part NAME FIELD: a number of a line `NAME offset N size N` of inspect.
part() { "$image_builder" inspect "$image" | awk -v name="$1" -v field="$2" '$1 == name && $2 == "offset" { print $(field == "offset" ? 3 : 5) }'; }
symbol() { echo $((0x$(aarch64-linux-gnu-nm "$kernel_elf" | awk -v name="$1" '$3 == name { print substr($1, 9) }') - 0x80000000)); }

# refused FILE PATTERN: `check` finds something, the kernel stops with such a line.
refused() {
    local log=$1.console
    expect_status "check finds it" 1 "$image_builder" check "$1"
    machine 125 "$log" --image "$1"
    expect_line "^firmseed: failed: image damaged: $2" "$log"
    ! grep -q 'hello from EL0' "$log" || { echo "expected: no program runs from a damaged image"; exit 1; }
}

# flipped PATTERN OFFSET...: one bit of each of these bytes, one after the other.
flipped() {
    local pattern=$1 folder offset
    folder=$(scratch)
    shift
    [ $# -gt 0 ] || { echo "the test damages nothing"; exit 1; }
    for offset in "$@"; do
        cp "$image" "$folder/image"
        flip_byte "$folder/image" "$offset"
        echo "byte $offset"
        refused "$folder/image" "$pattern"
    done
}
text_end=$(symbol __text_end) rodata_end=$(symbol __rodata_end) kernel_end=$(symbol __image_end)
# A function that runs only for programs: what runs before the check cannot say that it is damaged.
program_only=$(tail -c +$(($(part symbols offset) + 1)) "$image" | awk '/syscall/ && !found++ { print $1 }')
wrong_hash='the kernel: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}$'
# code1, text_offset, flags, reserved, reserved.
start flip-header flipped "$wrong_hash" 4 10 24 32 40 55 63
# Without its magic a loader takes it for something else: qemu/run does not start it.
magic_is_missed() {
    local folder
    folder=$(scratch)
    cp "$image" "$folder/image"
    flip_byte "$folder/image" 56
    expect_status "check finds it" 1 "$image_builder" check "$folder/image"
    machine 1 "$folder/console" --image "$folder/image" 2>"$folder/said"
    expect_line 'is no image: it has no arm64 Image header$' "$folder/said"
}
start flip-magic magic_is_missed
start flip-image-size flipped 'index line .*: expected OFFSET \+ SIZE to be the size of the image' 16 18
start flip-code flipped "$wrong_hash" $((0x$program_only + 2)) $((text_end - 1))
start flip-constants flipped "$wrong_hash" "$(LC_ALL=C grep -abo -m 1 'deadlock' "$image" | awk -F : 'NR == 1 { print $1 }')" $((rodata_end - 1))
# The first page, page tables, the page that is not mapped, the stack.
start flip-data flipped 'the kernel: its data are not zeros in the file$' \
    "$rodata_end" "$(symbol kernel_l3)" "$(symbol stack_guard)" $((kernel_end - 65536)) $((kernel_end - 1))
start flip-index flipped 'the index does not have the hash' $((kernel_end + $(part index size) - 100))
start flip-padding flipped 'byte [0-9]+, between two parts, is not zero$' \
    $((kernel_end + $(part index size))) $(($(part symbols offset) - 1)) $(($(part tar offset) - 1))
start flip-symbols flipped 'the symbols: expected sha256' "$(part symbols offset)" $(($(part symbols offset) + 999))
start flip-tar-header flipped 'a header of the tar' "$(part tar offset)" $(($(stat -c %s "$image") - 1))
start flip-file flipped 'probe does not have the hash' $(($(stat -c %s "$image") - $(part tar size) / 2))

# forge SED FILE: the image with its index changed, and sealed again as if nothing had happened.
forge() {
    local at size text
    at=$(part index offset) size=$(part index size) text=$(scratch)/index
    dd if="$image" iflag=skip_bytes,count_bytes skip="$at" count="$size" bs=1M status=none | sed -e '$d' -e "$1" >"$text"
    printf 'end %s\n' "$(sha256sum <"$text" | cut -d ' ' -f 1)" >>"$text"
    expect "the lie fits" [ $((($(stat -c %s "$text") + 4095) / 4096)) -eq $(((size + 4095) / 4096)) ]
    truncate -s %4096 "$text"
    cp "$image" "$2"
    dd if="$text" of="$2" bs=4096 seek=$((at / 4096)) conv=notrunc status=none
    ! cmp -s "$image" "$2" || { echo "the test changed nothing"; exit 1; }
}

# lie PATTERN SED
lie() {
    local folder
    folder=$(scratch)
    forge "$2" "$folder/image"
    refused "$folder/image" "$1"
}
disagree='index and tar disagree:'
start lie-hash lie 'one1 does not have the hash' "/ one1$/s/ [0-9a-f]* / $(printf '%064d' 7) /"
start lie-names lie "$disagree" '/^file /{s/ one1$/ @/;s/ one2$/ one1/;s/ @$/ one2/}'
start lie-files lie "$disagree" '/^file .* one1$/{h;d};/^file .* one2$/G'
start lie-extra lie "$disagree" '/^file .* one1$/{p;s/$/er/}'
start lie-missing lie "$disagree" '/^file .* one1$/d'
start lie-missing-last lie "$disagree no line of the index" '/^symlink writer /d'
start lie-mode lie "$disagree" '/^file .* one1$/s/ 0755 / 4755 /'
start lie-overlap lie "$disagree" '/^file .* one1$/h;/^file .* one2$/{g;s/1$/2/}'
start lie-size lie 'index line [0-9]+: expected an OFFSET and SIZE' '/^file .* one1$/s/^\(file [^ ]* [^ ]*\) [0-9]*/\1 18446744073709551615/'
start lie-kind lie "$disagree" '/^file .* one1$/s/.*/dir 0755 one1/'
start lie-target lie "$disagree" '/^symlink hello /s/probe$/probf/'

# The kernel's name in the index is the builder's opinion: it decides what is said, not what runs.
kernel_s_name() {
    local folder word other=other
    folder=$(scratch)
    word=$("$image_builder" inspect "$image" | awk '$1 == "version" { print $3 }')
    [ "$word" = published ] || other=published
    forge "s/^\(kernel .*\) .*/\1 $other/" "$folder/image"
    "$image_builder" check "$folder/image" >"$folder/checked" 2>&1
    expect_line "$(if [ "$word" = published ]; then echo ': the published kernel 0'; else echo 'note: .* the index calls the kernel a published one'; fi)" "$folder/checked"
    for name in "$image" "$folder/image"; do
        machine 0 "$folder/console" --image "$name"
        expect_line '^hello from EL0' "$folder/console"
        grep -aq 'firmseed: the kernel is not a published one: sha256 ' "$folder/console" && echo said >>"$folder/said" || true
    done
    expect "only of the image that says other" [ "$(cat "$folder/said")" = said ]
}
start kernel-name kernel_s_name
finish
