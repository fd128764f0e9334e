# The ledger: the same head wherever the chain runs, its rules seen to hold, damage found, and the tools that read it.

# The first run is needed by all: who filters for other layers does not want to wait for it.
if [[ -n $filter && $filter != ledger/* && ledger/ != *"$filter"* ]]; then return 0; fi

. "$root/qemu/lib/chain.sh"
work=$(scratch)
pi_dtb=$cache/linux/dtb/bcm2837-rpi-3-b.dtb

# short_image NAME [SED-EXPRESSION FILE]: the chain up to the tools, with one text changed if asked.
short_image() {
    chain_tree "$work/$1.tree"
    sed -i '/tinycc/,$d' "$work/$1.tree/stage0/chain.kaem"
    if [ $# -gt 1 ]; then
        sed -i "$2" "$work/$1.tree/$3"
        expect_status "$2 to change $3" 1 cmp -s "$root/$3" "$work/$1.tree/$3"
    fi
    chain_image "$work/$1.tree" "$work/$1.img"
}

# ---- one head: kept in a file by the first run, compared by the others
short_image short
first_run() {
    machine 0 "$work/first.log" --image "$work/short.img" --memory 128 --out "$work/out"
    head_of "$work/first.log" >"$work/head"
    expect "one head on the console" [ "$(wc -c <"$work/head")" -eq 65 ]
    expect "the ledger among the files" [ -s "$work/out/firmseed.ledger" ]
    expect "its head to be the console's" [ "$(recompute "$work/out/firmseed.ledger")" = "$(cat "$work/head")" ]
    expect "a line of counters for each entry" \
        [ "$(grep -c '^entry ' "$work/out/firmseed.ledger")" -eq "$(wc -l <"$work/out/firmseed.counters")" ]
}
# The chain of hashes, by awk and sha256sum: docs/ledger.md shows the same.
recompute() {
    local folder block previous=''
    folder=$(scratch)
    awk -v "folder=$folder" '
        BEGIN { file = sprintf("%s/%06d", folder, n) }
        /^kernel / { exit } # the trailer: no link of the chain
        /^chain [0-9a-f]+$/ { close(file); file = sprintf("%s/%06d", folder, ++n); next }
        { print > file }' "$1"
    for block in "$folder"/*; do
        previous=$({ [ -z "$previous" ] || echo "$previous"; cat "$block"; } | sha256sum | cut -d ' ' -f 1)
    done
    echo "$previous"
}
check first-run first_run
if ! wanted first-run; then (first_run) >/dev/null; fi

same_head() {
    local log
    log=$(scratch)/console
    machine 0 "$log" --image "$work/short.img" "$@"
    expect "the head $(cat "$work/head") on another machine, not $(head_of "$log")" [ "$(head_of "$log")" = "$(cat "$work/head")" ]
}
start head-max-el2-gic3-4g same_head --cpu max --memory 4096 --machine-options virtualization=on,gic-version=3
start head-a72-secure same_head --cpu cortex-a72 --machine-options secure=on
# A processor that is slower by a factor of 100, as its own clock sees it: a tick of the timer every ten thousand instructions.
start head-slow same_head --qemu -icount --qemu shift=6,sleep=off
start head-raspi3b same_head --machine raspi3b
start head-raspi3b-dtb same_head --machine raspi3b --dtb "$pi_dtb"

# ---- a changed source: another head, and diff names the file
short_image changed '1s/$/ changed/' stage0/02-hex1/hex1.hex0
changed_source() {
    machine 0 "$work/changed.log" --image "$work/changed.img" --out "$work/changed.out"
    expect "another head" [ "$(head_of "$work/changed.log")" != "$(cat "$work/head")" ]
    expect_status "a difference" 1 "$image_builder" diff "$work/out/firmseed.ledger" "$work/changed.out/firmseed.ledger" >"$work/diff"
    cat "$work/diff"
    expect_line '/stage0/02-hex1/hex1\.hex0' "$work/diff"
    expect_status "no difference" 0 "$image_builder" diff "$work/out/firmseed.ledger" "$work/out/firmseed.ledger"
}

# ---- the auditor's tools on a real run
verified() {
    "$image_builder" verify "$work/short.img" "$work/out/firmseed.ledger" "$work/out" --head "$(cat "$work/head")" >"$work/verdict"
    cat "$work/verdict"
    expect_line '^verified' "$work/verdict"
    expect_status "nothing to be verified without a head" 3 "$image_builder" verify "$work/short.img" "$work/out/firmseed.ledger" >"$work/verdict"
    expect_line '^consistent' "$work/verdict"
    expect_status "another image to be refused" 1 "$image_builder" verify "$work/changed.img" "$work/out/firmseed.ledger"
    expect_status "another head to be refused" 1 "$image_builder" verify "$work/short.img" "$work/out/firmseed.ledger" --head "$(tr 0-9a-f 1-9a-f0 <"$work/head")"
    cp -r "$work/out" "$work/bad.out"
    chmod u+w "$work/bad.out/bin/cc"
    printf x >>"$work/bad.out/bin/cc"
    expect_status "a changed artifact to be refused" 1 "$image_builder" verify "$work/short.img" "$work/out/firmseed.ledger" "$work/bad.out"
    "$image_builder" trace-back "$work/out/firmseed.ledger" /bin/kaem >"$work/story"
    cat "$work/story"
    for text in /stage0/00-hex0/hex0.hex0 /stage0/09-tools/kaem.c /bin/cc /build/cc1 /bin/M1; do
        expect_line "$text" "$work/story"
    done
}
start changed-source changed_source
finish
check verified verified

# ---- binaries that are smuggled in as data, by themselves and in a tar, and copied out: they run, and verify refuses the ledger
smuggled() {
    chain_tree "$work/smuggled.tree"
    sed -i '/tinycc/,$d' "$work/smuggled.tree/stage0/chain.kaem"
    aarch64-linux-gnu-gcc -static -nostdlib -x assembler -o "$work/smuggled.tree/stage0/binary" - <<<'
        .global _start
        _start: mov x0, 0; mov x8, 93; svc 0'
    (cd "$work/smuggled.tree/stage0" && cp binary inside && printf other >>inside && tar -c --format=ustar -f binary.tar inside && rm inside)
    printf '%s\n' '/bin/cp binary /bin/copied' '/bin/chmod 755 /bin/copied' '/bin/copied' \
        '/bin/untar binary.tar' '/stage0/inside' >>"$work/smuggled.tree/stage0/chain.kaem"
    chain_image "$work/smuggled.tree" "$work/smuggled.img"
    machine 0 "$work/smuggled.log" --image "$work/smuggled.img" --out "$work/smuggled.out"
    expect_status "a copied binary to be refused" 1 "$image_builder" verify "$work/smuggled.img" "$work/smuggled.out/firmseed.ledger" >"$work/smuggled.verdict"
    cat "$work/smuggled.verdict"
    expect_line '/bin/copied' "$work/smuggled.verdict"
    expect_line '/stage0/binary' "$work/smuggled.verdict"
    expect_line '/stage0/inside.*/stage0/binary\.tar' "$work/smuggled.verdict"
}
start smuggled smuggled

# Executed where it lies, it is refused at once.
refused() {
    cp -r "$work/smuggled.tree" "$work/refused.tree"
    sed -i '/tools.kaem/,$d' "$work/refused.tree/stage0/chain.kaem"
    printf '/stage0/binary\n' >>"$work/refused.tree/stage0/chain.kaem"
    chain_image "$work/refused.tree" "$work/refused.img"
    machine 1 "$work/refused.log" --image "$work/refused.img"
    expect_line '^firmseed: /stage0/binary: not executed: it is part of the image' "$work/refused.log"
}
finish
start refused refused

# ---- foreign machine code on ways that no rule of the kernel forbids: it runs, and verify refuses the ledger, each for its reason
attack_image() {
    local tree=$work/attack.tree
    mkdir -p "$tree/tmp"
    bare_program "$work/attack" "$root/tests/ledger/attacks.c"
    # The program is a seed: its hex0 text is all that the image says of it.
    xxd -p "$work/attack" >"$tree/attack.hex0"
    printf '\x40\x05\x80\xd2\xc0\x03\x5f\xd6' >"$tree/foreign" # mov x0, 42; ret
    echo 'a text' >"$tree/text"
    for way in honest anonymous mapped shared link vfork laundered path queue limit waiting range; do
        "$image_builder" build --kernel "$kernel_elf" --tree "$tree" --policy chain --seed /attack.hex0=/seed/attack --init /seed/attack \
            --arg "$way" -o "$work/attack.$way.img" >/dev/null
    done
    # Honest, by way of a script, and by a link and a folder that are not spelled as the ledger spells what they lead to.
    printf '#!//seed/attack honest\n' >"$tree/script"
    chmod 755 "$tree/script"
    ln -s seed/attack "$tree/program"
    for way in /script /tmp/../program; do
        "$image_builder" build --kernel "$kernel_elf" --tree "$tree" --policy chain --seed /attack.hex0=/seed/attack --init "$way" \
            --arg honest --cwd //tmp/. -o "$work/attack.${way##*/}.img" >/dev/null
    done
}
# attack WAY STATUS LINE...: it runs to its end; verify, given the head, ends with STATUS and says the LINEs.
attack() {
    local way=$1 status=$2 line
    shift 2
    machine 0 "$work/attack.$way.log" --image "$work/attack.$way.img" --memory 128 --out "$work/attack.$way"
    expect_status "the verdict on $way" "$status" "$image_builder" verify "$work/attack.$way.img" "$work/attack.$way/firmseed.ledger" \
        --head "$(head_of "$work/attack.$way.log")" >"$work/attack.$way.verdict"
    cat "$work/attack.$way.verdict"
    for line; do expect_line "$line" "$work/attack.$way.verdict"; done
}
attack_image
start attack-none attack honest 0 '^verified: '
start init-script attack script 0 '^verified: '
start init-link attack program 0 '^verified: '
start attack-anonymous attack anonymous 1 '^DOUBT .*/seed/attack .* makes memory executable .* which read /foreign '
start attack-mapped attack mapped 1 '^DOUBT .*/tmp/program .* does not derive from text: .*/foreign '
start attack-shared attack shared 1 '^DOUBT .*/tmp/program .* does not derive from text: .*/foreign '
start attack-link attack link 1 '^DOUBT .*/tmp/program .* does not derive from text: .*read /tmp/link .*/foreign '
start attack-vfork attack vfork 1 '^DOUBT .*/tmp/program .* does not derive from text: .*/foreign '
for way in path queue limit waiting range; do
    start attack-$way attack $way 1 '^DOUBT .*/tmp/program .* does not derive from text: .*/foreign '
done
start attack-laundered attack laundered 1 '^DOUBT .*/tmp/program .* does not derive from text: .*/tmp/text .*/foreign '
finish

# ---- one byte flipped anywhere: check finds it on the host; in the index and the tar the machine does too
damage_is_caught() {
    local size offset step start caught=0 kernel_size
    size=$(stat -c %s "$work/short.img")
    kernel_size=$(LC_ALL=C grep -ao '^kernel [0-9]*' "$work/short.img" | cut -d ' ' -f 2)
    expect "the kernel's size" [ "$kernel_size" -gt 10000 ]
    step=$((size / 67))
    for ((offset = 3; offset < size; offset += step)); do
        cp "$work/short.img" "$work/flipped"
        flip_byte "$work/flipped" "$offset"
        expect_status "check to find byte $offset" 1 "$image_builder" check "$work/flipped" >/dev/null
    done
    step=$(((size - kernel_size) / 11))
    for ((offset = kernel_size + 5; offset < size; offset += step)); do
        cp "$work/short.img" "$work/flipped"
        flip_byte "$work/flipped" "$offset"
        start=0
        "$root/qemu/run" --image "$work/flipped" >"$work/flipped.log" 2>&1 || start=$?
        if [ $start -eq 125 ] && grep -aq '^firmseed: .*damaged' "$work/flipped.log"; then
            caught=$((caught + 1))
        elif [ $start -ne 0 ] || [ "$(head_of "$work/flipped.log")" != "$(cat "$work/head")" ]; then
            tail -n 3 "$work/flipped.log"
            echo "expected: byte $offset found at boot, or in padding and without effect (status $start)"
            exit 1
        fi
    done
    echo "$caught of 11 flips refused at boot"
    expect "most flips lie in index or tar" [ $caught -ge 9 ]
}
start damage damage_is_caught
finish
