# The seed kernel, which is hex0 text: its annotations, its boots, the chain on it, and that it answers programs as the Rust kernel
# does. docs/seed-kernel.md.

. "$root/qemu/lib/chain.sh"

seed=$root/seed-kernel
made=$(scratch)
rust_env
cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p stage0-check || fail checker "stage0-check does not build"
checker=$target/release/stage0-check

# ---- the texts

check annotations "$checker" "$seed/loader.hex0" "$seed/kernel.hex0"

# A wrong byte, mnemonic, target, address, entry of the table, text, field, place, number, size, or place of a function: each is found.
checker_finds() {
    local text change bad=$made/bad.hex0
    while IFS=$'\t' read -r text change; do
        sed -E "$change" "$seed/$text" >"$bad"
        expect "the change $change to do something" eval '! cmp -s "$seed/$text" "$bad"'
        expect_status "a proof that fails after $change" 1 "$checker" "$bad"
    done <<'CHANGES'
loader.hex0	s/^23 08 40 F9/23 0C 40 F9/
loader.hex0	s/flags: 10,/flags: 2,/
loader.hex0	s/Size: [0-9]+/Size: 300/
kernel.hex0	s/^F3 03 00 AA/F4 03 00 AA/
kernel.hex0	s/mov x24, x1$/mov x24, x2/
kernel.hex0	s/b\.eq from_el2/b.eq at_el1/
kernel.hex0	s/# 0010  movz/# 0014  movz/
kernel.hex0	s/\.hword 63, read$/.hword 63, write/
kernel.hex0	s/"firmseed: \\0"/"firmseed; \\0"/
kernel.hex0	s/HEAP = 0x2008/HEAP = 0x2010/
kernel.hex0	s/heap = 0xf0000/heap = 0xe0000/
kernel.hex0	s/Size: [0-9]+/Size: 6928/
kernel.hex0	s/0400 program_trap/0404 program_trap/
kernel.hex0	s/clobbers x3 to x7$/clobbers x3 to x5/
CHANGES
}
check annotations-broken checker_finds

# What a person is asked to read (docs/seed-kernel.md).
sizes() {
    local loader kernel lines
    by_hand "$seed/loader.hex0" "$made/loader"
    by_hand "$seed/kernel.hex0" "$made/kernel"
    loader=$(stat -c %s "$made/loader") kernel=$(stat -c %s "$made/kernel") lines=$(wc -l <"$seed/kernel.hex0")
    echo "loader $loader bytes, kernel $kernel bytes, $lines lines"
    expect "a loader of at most 400 bytes" [ "$loader" -le 400 ]
    expect "a kernel of at most 6,900 bytes" [ "$kernel" -le 6900 ]
    expect "at most 2,200 lines" [ "$lines" -le 2200 ]
}
by_hand() { sed 's/[#;].*//' "$1" | xxd -r -p >"$2"; }
check sizes sizes

# docs/seed-kernel.md shows the figures of these texts: the commands in its table print what stands beside them.
documented() {
    local figure command said count=0
    while IFS=$'\t' read -r figure command; do
        case $command in *qemu/test*) continue ;; esac
        said=$(cd "$root" && eval "$command" | awk '{ n += $NF == "proven" ? $(NF - 2) : $1 } END { print n }')
        expect "docs/seed-kernel.md to show $said, not $figure ($command)" [ "$said" = "${figure//,/}" ]
        count=$((count + 1))
    done < <(sed -n 's/^| [^|]* | \([0-9,]*\) | `\(.*\)` |$/\1\t\2/p' "$root/docs/seed-kernel.md" | sed 's/\\|/|/g')
    expect "five figures, not $count" [ "$count" -eq 5 ]
    by_hand "$seed/loader.hex0" "$made/loader"
    by_hand "$seed/kernel.hex0" "$made/kernel"
    said="| $(of_both kernel); loader $(of_both loader) |"
    grep -qF "$said" "$root/docs/seed-kernel.md" || { echo "expected: docs/seed-kernel.md to show $said"; exit 1; }
}
# Bytes and lines, as the page writes them.
of_both() { echo "$(stat -c %s "$made/$1"), $(wc -l <"$seed/$1.hex0")" | sed -E 's/([0-9])([0-9]{3})\b/\1,\2/g'; }
check documented documented

# ---- the same answers as the Rust kernel's

# seed_image TREE IMAGE INIT: foreign programs around the seed kernel.
seed_image() { "$image_builder" build --seed-kernel "$seed" --tree "$1" --policy open --init "$3" -o "$2" >/dev/null; }
program() { aarch64-linux-gnu-gcc -static -O1 -Wall -Wno-unused-result -Wno-nonnull -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow -I "$root/tests/common" -o "$1" "$2"; }
# What programs printed. A C library's start asks for calls that the seed kernel has not, and says so in lines of the kernel's.
of_programs() { tr -d '\r' <"$1" | sed '/^firmseed: /d' >"$1.programs"; }

cases_tree() {
    local tree=$1 folder
    folder=$tree/folder/$(printf '0%.0s' {1..97})
    mkdir -p "$tree/tmp" "$folder"
    program "$tree/init" "$root/tests/seed-kernel/cases.c"
    : >"$tree/empty"
    echo 'a text in the image' >"$tree/text"
    ln -s text "$tree/link"
    echo 'a path of over 200 bytes' >"$folder/$(printf '1%.0s' {1..94})"
}
cases_tree "$made/cases"
seed_image "$made/cases" "$made/cases.img" /init
make_image "$made/cases" "$made/cases-rust.img" /init

# The Rust kernel's answers, for whichever of these tests runs.
on_rust() {
    machine 42 "$made/rust.log" --image "$made/cases-rust.img"
    of_programs "$made/rust.log"
    expect "a hundred answers" [ "$(wc -l <"$made/rust.log.programs")" -ge 100 ]
}
for name in cases-a53 cases-a72-el2 cases-used-memory cases-max cases-max-secure cases-raspi3b cases-two-nodes; do
    wanted $name || continue
    (set -e; on_rust) >"$made/on-rust.log" 2>&1 || { cat "$made/on-rust.log"; fail cases-on-rust "the Rust kernel gave no answers"; }
    break
done

# same_answers LINE OPTION...: the cases on the seed kernel, on this machine, print what they print on the Rust kernel on virt.
same_answers() {
    local log pattern=$1
    shift
    log=$(scratch)/console
    machine 42 "$log" --image "$made/cases.img" "$@"
    expect_line "^firmseed: seed kernel, $pattern\$" "$log"
    of_programs "$log"
    diff "$made/rust.log.programs" "$log.programs"
}
start cases-a53 same_answers '512 MiB, entered at EL1'
start cases-a72-el2 same_answers '512 MiB, entered at EL2' --cpu cortex-a72 --machine-options virtualization=on
# Memory that is not zero at power-on, where kernel, tables and records come to lie.
head -c 1048576 /dev/zero | tr '\0' '\377' >"$made/ones"
start cases-used-memory same_answers '512 MiB, entered at EL1' --qemu -device \
    --qemu "loader,file=$made/ones,addr=$((0x40200000 + ($(stat -c %s "$made/cases.img") + 4095) / 4096 * 4096)),force-raw=on"
start cases-max same_answers '1024 MiB, entered at EL1' --cpu max --memory 1500
start cases-max-secure same_answers '300 MiB, entered at EL2' --cpu max --machine-options secure=on,virtualization=on --memory 300
start cases-raspi3b same_answers '256 MiB, entered at EL2' --machine raspi3b
# Two nodes of memory: the one with the kernel counts.
start cases-two-nodes same_answers '256 MiB, entered at EL1' --qemu -object --qemu memory-backend-ram,id=low,size=256M \
    --qemu -numa --qemu node,memdev=low --qemu -object --qemu memory-backend-ram,id=high,size=256M --qemu -numa --qemu node,memdev=high

# Calls at the edge of what they take: as on Linux, by QEMU's user mode. 128 MiB hold what the program touches.
edges() {
    local folder status=0
    folder=$(scratch)
    mkdir "$folder/tree" "$folder/linux"
    program "$folder/tree/init" "$root/tests/seed-kernel/edges.c"
    (cd "$folder/linux" && qemu-aarch64 "$folder/tree/init") >"$folder/linux.out" || status=$?
    expect "status 42 on Linux, not $status" [ $status -eq 42 ]
    seed_image "$folder/tree" "$folder/image" /init
    machine 42 "$folder/console" --image "$folder/image" --memory 128
    of_programs "$folder/console"
    diff "$folder/linux.out" "$folder/console.programs"
}
start edges edges

# Programs of tests/conformance that keep to its calls.
conformance() {
    local name=$1 folder
    folder=$(scratch)
    "$root/tests/conformance/build" "$folder/tree" "$name"
    seed_image "$folder/tree" "$folder/seed.img" "/tests/$name"
    make_image "$folder/tree" "$folder/rust.img" "/tests/$name"
    machine 0 "$folder/rust" --image "$folder/rust.img"
    machine 0 "$folder/seed" --image "$folder/seed.img"
    of_programs "$folder/rust"
    of_programs "$folder/seed"
    expect "something to compare" [ -s "$folder/rust.programs" ]
    diff "$folder/rust.programs" "$folder/seed.programs"
}
for name in tiny_entry tiny_rwx tiny_short tiny_tail fp_preemption out_of_memory; do start "conformance-$name" conformance $name; done
finish

# ---- the end of a machine, and what it says when it cannot go on

# Without semihosting: PSCI from EL1 and from EL2.
powers_off() {
    local log
    log=$(scratch)/console
    (emulator -machine "$1" -cpu cortex-a53 -m 256 -kernel "$made/cases.img" -serial stdio) >"$log"
    expect_line '^firmseed: init ended with status 42$' "$log"
}
start off-el1 powers_off virt
start off-el2 powers_off virt,virtualization=on

# An image that lies where U-Boot put it.
u_boot() {
    local log status=0
    log=$(scratch)/console
    printf '\n\nsetenv bootargs exit=semihosting\nbooti 0x47000000 - ${fdtcontroladdr}\n' |
        (emulator -machine virt -cpu cortex-a57 -m 1024 -serial stdio -semihosting-config enable=on,target=native \
            -bios /usr/lib/u-boot/qemu_arm64/u-boot.bin -device "loader,file=$made/cases.img,addr=0x47000000,force-raw=on") >"$log" || status=$?
    cat "$log"
    expect_line '^firmseed: init ended with status 42$' "$log"
    expect "the status through U-Boot, not $status" [ $status -eq 42 ]
}
start u-boot u_boot

# trouble PATTERN PROGRAM [STATUS [MIB]]: a program that ends the machine, and its reason on the console.
trouble() {
    local pattern=$1 folder
    folder=$(scratch)
    mkdir "$folder/tree"
    printf '%s\n' '#include "check.h"' '#include <sys/mman.h>' 'int main(void)' '{' "$2" 'return 0;' '}' >"$folder/init.c"
    program "$folder/tree/init" "$folder/init.c"
    seed_image "$folder/tree" "$folder/image" /init
    machine "${3:-125}" "$folder/console" --image "$folder/image" --memory "${4:-128}"
    expect_line "$pattern" "$folder/console"
}
start fault-null trouble '^firmseed: /init: failed: fault, ESR 9200004[0-9a-f], pc 4[0-9a-f]+, address 8$' '*(volatile long *)8 = 1;'
start fault-undefined trouble '^firmseed: /init: failed: fault, ESR 2000000, pc 4[0-9a-f]+, address ' 'asm("udf #0");'
start fault-stack trouble '^firmseed: /init: failed: fault, ESR 92000006, pc 4[0-9a-f]+, address 3f7' \
    'volatile char *p = __builtin_frame_address(0); for (;;) p -= 4096, (void)*p;'
start fault-child trouble '^firmseed: /init: failed: fault, ' 'if (!fork()) *(volatile long *)8 = 1;'
start unknown-call trouble '^firmseed: /init: system call 1111 is unknown$' 'SHOW(syscall(1111)); return errno != ENOSYS;' 0
start no-memory trouble '^firmseed: /init: failed: no memory$' \
    'char *heap = sbrk(100 << 20), *mapped = mmap(0, 100 << 20, 3, 0x22, -1, 0);
     if (heap == (void *)-1 || mapped == (void *)-1) return 0;
     memset(heap, 1, 100 << 20); memset(mapped, 1, 100 << 20);'
start kernel-address trouble '^firmseed: failed: fault in the kernel, ESR 960000[0-9a-f]+, pc ffffff80[0-9a-f]+, address f+000$' \
    'write(1, (void *)-4096, 1);'
nested='for (int i = 0; i < 60; i++) { int status; pid_t child = fork();
     if (child < 0) { say("%s%s\n", i == 48 ? "48 processes wait: " : "", strerrorname_np(errno)); return 0; }
     if (child) { wait(&status); return WEXITSTATUS(status); } }'
start nested-forks trouble '^48 processes wait: EAGAIN$' "$nested" 0 512
start nested-forks-memory trouble '^ENOMEM$' "$nested" 0 64

# A name that wants a pax header, which the kernel does not read: refused when the image is built.
long_name() {
    local folder
    folder=$(scratch)
    cp -R "$made/cases" "$folder/tree"
    echo >"$folder/tree/$(printf 'x%.0s' {1..200})"
    expect_status "a name of 200 bytes" 2 \
        "$image_builder" build --seed-kernel "$seed" --tree "$folder/tree" --policy open --init /init -o "$folder/image" 2>"$folder/said"
    expect_line 'member x+ .*too long for a ustar header' "$folder/said"
}
start long-name-in-tar long_name

# A tar with more than two blocks of zeros at its end, as tar fills its last record: refused, and the way that is told helps.
padded_tar() {
    local folder
    folder=$(scratch)
    tar -C "$made/cases" --format=ustar -cf "$folder/padded.tar" init
    tar -C "$made/cases" --format=ustar --blocking-factor=1 -cf "$folder/plain.tar" init
    foreign() { "$image_builder" build --seed-kernel "$seed" --tar "$folder/$1.tar" --policy open --init /init -o "$folder/image"; }
    expect_status "zeros behind the end" 2 foreign padded 2>"$folder/said"
    expect_line 'more than the two blocks of zeros .*make it with tar --blocking-factor=1$' "$folder/said"
    expect "a tar without them" foreign plain
}
start padded-tar padded_tar

# The tar's header, the index's first line: one byte changed, to zero if so asked, and the reason.
damaged() {
    local pattern=$1 at=$2 folder
    folder=$(scratch)
    cp "$made/cases.img" "$folder/image"
    case ${3:-} in
    zero) printf '\0' | dd of="$folder/image" bs=1 seek="$at" conv=notrunc status=none ;;
    *) flip_byte "$folder/image" "$at" ;;
    esac
    machine 125 "$folder/console" --image "$folder/image"
    expect_line "$pattern" "$folder/console"
    of_programs "$folder/console"
    expect "no program's output" [ ! -s "$folder/console.programs" ]
}
place() { "$image_builder" inspect "$made/cases.img" | awk -v part="$1" '$1 == part { print $3 }'; }
tar=$(place tar)
start damaged-tar-name damaged "^firmseed: failed: no tar header that it can read at $tar\$" "$tar"
# A name that begins with a zero: no end of the tar.
start damaged-tar-zero damaged "^firmseed: failed: no tar header that it can read at $tar\$" "$tar" zero
start damaged-tar-sum damaged "^firmseed: failed: no tar header that it can read at $tar\$" $((tar + 148))
start damaged-index damaged '^firmseed: failed: no index that it can read$' $(($(place index) + 15))

# An image that was cut off between two members: memory has zeros there, as a tar's end does.
cut_off() {
    local folder at
    folder=$(scratch)
    at=$(LC_ALL=C sed -n 's/^file [0-9a-f]* [0-7]* [0-9]* \([0-9]*\) text$/\1/p' "$made/cases.img")
    expect "the offset of /text, not '$at'" [ "$at" -gt "$tar" ]
    head -c $((at - 512)) "$made/cases.img" >"$folder/image"
    machine 125 "$folder/console" --image "$folder/image"
    expect_line "^firmseed: failed: no tar header that it can read at $((at - 512))\$" "$folder/console"
}
start cut-off cut_off

# An init that is no program any more: its first byte.
init=$(LC_ALL=C sed -n 's/^file [0-9a-f]* [0-7]* [0-9]* \([0-9]*\) init$/\1/p' "$made/cases.img")
start init-no-program damaged '^firmseed: failed: before the first program, error 8$' "$init"

# A seed's text that is no hex0.
bad_seed() {
    local folder
    folder=$(scratch)
    mkdir "$folder/tree"
    xxd -p -u "$made/cases/init" >"$folder/tree/seed.hex0"
    "$image_builder" build --seed-kernel "$seed" --tree "$folder/tree" --seed /seed.hex0=/seed --init /seed -o "$folder/image"
    flip_byte "$folder/image" $(($(LC_ALL=C grep -abo '7F454C46' "$folder/image" | tail -n 1 | cut -d : -f 1) + 1)) # F becomes G
    machine 125 "$folder/console" --image "$folder/image"
    expect_line '^firmseed: failed: no hex0 text in /seed.hex0$' "$folder/console"
}
start bad-seed bad_seed

# A seed's name that a member of the tar has: image-builder refuses it, so the seed's line is changed in the image.
seed_exists() {
    local folder at
    folder=$(scratch)
    mkdir "$folder/tree"
    xxd -p -u "$made/cases/init" >"$folder/tree/seed.hex0"
    echo 'a file' >"$folder/tree/sued"
    "$image_builder" build --seed-kernel "$seed" --tree "$folder/tree" --seed /seed.hex0=/seed --init /seed -o "$folder/image"
    at=$(LC_ALL=C grep -abo '^seed /seed.hex0 /seed$' "$folder/image" | cut -d : -f 1)
    printf u | dd of="$folder/image" bs=1 seek=$((at + 18)) conv=notrunc status=none
    machine 125 "$folder/console" --image "$folder/image"
    expect_line '^firmseed: failed: before the first program, error 17$' "$folder/console"
}
start seed-exists seed_exists

# ---- device trees. A few instructions enter the image with what a device tree's address is to be.

# with_tree PATTERN MIB ADDRESS CHANGE: a tree of virt's, changed by sed, at the address.
with_tree() {
    local pattern=$1 mib=$2 address=$3 folder
    folder=$(scratch)
    emulator_once -machine "virt,dumpdtb=$folder/whole" -cpu cortex-a53 -m "$mib" >/dev/null 2>&1
    LC_ALL=C sed "$4" "$folder/whole" >"$folder/tree"
    [ -z "$4" ] || expect "the change $4 to do something" eval '! cmp -s "$folder/whole" "$folder/tree"'
    printf 'ldr x0, =%s\nldr x1, =0x41000000\nbr x1\n' "$address" | aarch64-linux-gnu-as -o "$folder/enter.o" -
    aarch64-linux-gnu-objcopy -O binary -j .text "$folder/enter.o" "$folder/enter"
    emulator_once -machine virt -cpu cortex-a53 -m "$mib" -serial stdio \
        -device "loader,file=$made/cases.img,addr=0x41000000,force-raw=on" -device "loader,file=$folder/tree,addr=$address,force-raw=on" \
        -device "loader,file=$folder/enter,addr=0x40f00000,force-raw=on,cpu-num=0" >"$folder/console"
    cat "$folder/console"
    expect_line "$pattern" "$folder/console"
}
emulator_once() { (emulator "$@"); }
ends='^firmseed: init ended with status 42$'
start tree-whole with_tree "$ends" 512 0x48000000 ''
# Behind the GiB that the kernel maps.
start tree-beyond-memory with_tree "$ends" 1500 0x90000000 ''
# No memory node, and a size that goes far behind the memory's end.
start tree-endless with_tree '^firmseed: failed: before the first program, error 14$' 256 0x48000000 's/memory@/mammal@/;s/^\(\xd0\x0d\xfe\xed\)../\1\x7f\xff/'
# 2 MiB of memory, where the kernel lies behind them; another node's memory, then none: the kernel's guess.
start tree-little-memory with_tree '^firmseed: failed: no memory$' 256 0x48000000 's/\(\x40\x00\x00\x00\x00\x00\x00\x00\)\x10\x00\x00\x00/\1\x00\x20\x00\x00/'
start tree-other-memory with_tree '^firmseed: seed kernel, 128 MiB, entered at EL1$' 256 0x48000000 's/\x40\(\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\)/\x80\1/'
# What begins at 8 beyond any memory.
start tree-nowhere with_tree '^firmseed: failed: before the first program, error 14$' 256 0x7f000000 ''
finish

# ---- the chain

# Its outputs as SHA256SUMS say, up to TinyCC's fixpoint, in as many lines as there are hashes.
chain() {
    local log
    log=$(scratch)/console
    machine 0 "$log" --image "$made/chain.img" "$@"
    expect_line '^TinyCC has rebuilt itself and its C library: 2 and 3 are equal byte for byte.$' "$log"
    expect "no hash but the expected ones" eval '! grep -aq "FAILED" "$log"'
    while read -r _ path; do expect_line "^$path: OK\$" "$log"; done <"$made/tree/SHA256SUMS"
}
chain_on_it() {
    chain_tree "$made/tree" tinycc
    (chain_kernel=("${seed_kernel[@]}") && chain_image "$made/tree" "$made/chain.img")
}
for name in chain-virt chain-least-memory chain-less-memory chain-raspi3b chain-instructions; do
    wanted $name || continue
    (set -e; chain_on_it) >"$made/chain-image.log" 2>&1 || { cat "$made/chain-image.log"; fail chain-image "cannot be built"; }
    break
done
start chain-virt chain
start chain-least-memory chain --memory 54 --cpu cortex-a72 --machine-options virtualization=on
start chain-raspi3b chain --machine raspi3b
# With one block less it ends, and says so: the kernel where a program has no memory, the program where a file has none.
less_memory() {
    local log status=0
    log=$(scratch)/console
    "$root/qemu/run" --image "$made/chain.img" --memory 52 >"$log" || status=$?
    case $status in
    125) expect_line '^firmseed: /bin/[a-z0-9]*: failed: no memory$' "$log" ;;
    1) expect_line 'error: cannot write the file' "$log" && expect_line 'chain.kaem:[0-9]+: failed: ' "$log" ;;
    *) echo "expected: status 125 or 1, got $status"; exit 1 ;;
    esac
}
start chain-less-memory less_memory
# A wrong hash stops it.
wrong_hash() {
    local log=$made/wrong.log
    chain_tree "$made/tree-wrong"
    sed -i '3s/^[0-9a-f]\{8\}/00000000/' "$made/tree-wrong/stage0/SHA256SUMS"
    (chain_kernel=("${seed_kernel[@]}") && chain_image "$made/tree-wrong" "$made/wrong.img")
    machine 1 "$log" --image "$made/wrong.img"
    expect_line '/bin/hex1: FAILED' "$log"
    expect_line 'chain.kaem:[0-9]+: failed: /bin/sha256sum' "$log"
}
start wrong-hash wrong_hash
finish

# The chain's instructions: at most 1.3 times those on the Rust kernel.
. "$root/qemu/lib/costs.sh"
instructions() {
    machine 0 "$made/$1.log" --image "$2" --qemu -plugin --qemu "file=$made/count.so,out=$made/$1.marks" >/dev/null
    awk '$1 == "end" { printf "%.0f\n", $3 + $5 }' "$made/$1.marks"
}
speed() {
    local ours other
    build_plugin "$made"
    chain_image "$made/tree" "$made/chain-rust.img"
    ours=$(instructions seed "$made/chain.img")
    other=$(instructions rust "$made/chain-rust.img")
    echo "instructions of the chain: $ours on the seed kernel, $other on the Rust kernel"
    expect "at most 1.3 times as many" [ $((ours * 10)) -le $((other * 13)) ]
}
check chain-instructions speed
