# qemu/run keeps its promises: statuses, time limits, nothing left running, files brought back.

. "$root/qemu/lib/probe.sh"
image=$test_scratch/run.img
probe_image "$image"
run=$root/qemu/run

# Is a QEMU still running on this image?
still_running() {
    local file
    for file in $(grep -laF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null); do
        [[ $(cat "${file%cmdline}comm" 2>/dev/null) != qemu-system* ]] || return 0
    done
    return 1
}

# refused WHAT PATTERN COMMAND...: a failing status, and one message, which says so in a line like PATTERN.
refused() {
    local log status=0
    log=$(scratch)/log
    "${@:3}" >"$log" 2>&1 || status=$?
    cat "$log"
    expect "$1: status 1, or 2 of image-builder, not $status" [ "$status" -ge 1 -a "$status" -le 2 ]
    expect_line "$2" "$log"
    expect "at most two lines about it" [ "$(wc -l <"$log")" -le 2 ]
}

stopped() { ! still_running "$1"; }

bad_requests() {
    expect_status "no such image" 1 "$run" --image /none
    expect_status "no such machine" 1 "$run" --machine toaster
    expect_status "memory in words" 1 "$run" --image "$image" --memory much
    expect_status "unknown option" 1 "$run" --frobnicate
    expect_status "an option without its value" 1 "$run" --image
    expect_status "a command line where none can pass" 1 "$run" --image "$image" --machine raspi3b --append init=/x
    expect_status "more ports for an image that is built already" 1 "$run" --image "$image" --system
    expect_status "the userland on the other kernel" 1 "$run" --kernel seed --system
    expect_status "the help" 0 "$run" --help
}
start requests bad_requests

# Files and folders that cannot be what they are given for: told before anything is built or run.
bad_files() {
    local folder
    folder=$(scratch)
    : >"$folder/empty"
    head -c 100000 /dev/zero >"$folder/zeros"
    refused "no image" 'there is no image .*/none' "$run" --image "$folder/none"
    refused "a folder for an image" 'is not a regular file' "$run" --image "$folder"
    refused "an empty image" 'is empty' "$run" --image "$folder/empty"
    refused "what is no image" 'is no image: it has no arm64 Image header' "$run" --image "$folder/zeros"
    refused "a folder for a device tree" 'is not a regular file' "$run" --image "$image" --dtb "$folder"
    refused "a folder that is not empty" 'is not empty' "$run" --image "$image" --out "$folder"
    refused "a file for a folder" 'exists and is not a folder' "$run" --image "$image" --out "$folder/empty"
    refused "a folder in a file" 'is not a folder' "$run" --image "$image" --out "$folder/empty/out"
    refused "a folder in what takes none" 'takes no new files' "$run" --image "$image" --out /proc/self/out
    refused "a trace in no folder" 'there is no folder' "$run" --image "$image" --trace "$folder/none/trace"
    refused "a time that is none" 'wants whole seconds' "$run" --image "$image" --timeout soon
    refused "no time in the environment" 'wants whole seconds' env FIRMSEED_TIMEOUT=0 "$run" --image "$image"
    refused "no time at all" 'wants whole seconds, 1 or more' "$run" --image "$image" --timeout 00
    refused "a machine that is a path" "there is no machine '../machines/virt'" "$run" --image "$image" --machine ../machines/virt
}
start bad-files bad_files

# Where nothing is built yet, that is said before the minutes that it takes. (Here it fails at once: below a file no folder can be.)
first_build() {
    local folder
    folder=$(scratch)
    : >"$folder/file"
    expect_status "no place to build in" 1 env "CARGO_TARGET_DIR=$folder/file/target" "$run" >"$folder/log" 2>&1
    cat "$folder/log"
    expect_line '^qemu/run: building the kernel and image-builder, some minutes the first time$' "$folder/log"
}
start first-build first_build

# What is no regular file is never replaced by one: neither what is named nor what a link leads to.
spared() {
    local folder name before tree
    folder=$(scratch) tree=$(scratch)
    probe_tree "$tree"
    mkdir "$folder/folder"
    mkfifo "$folder/fifo"
    ln -s fifo "$folder/link-to-fifo"
    ln -s nothing "$folder/link-to-nothing"
    ln -s /dev/null "$folder/link-to-device"
    # As root only; of the kind of /dev/null, and not that one.
    ! mknod "$folder/device" c 1 3 2>/dev/null || ln -s device "$folder/link-to-own-device"
    before=$(ls -l "$folder")
    for name in "$folder"/*; do
        refused "a trace in ${name##*/}" 'is not a regular file' "$run" --image "$image" --trace "$name"
        refused "an image in ${name##*/}" 'is not a regular file' "$image_builder" build --kernel "$kernel_elf" --tree "$tree" --policy open --init /hello -o "$name"
        # Also when it has come there in the meantime.
        refused "a file in ${name##*/}" 'is not a regular file' bash -c '. "$1"; put_file "$2" "$3"' put "$root/qemu/lib/common.sh" "$image" "$name"
    done
    expect "all is as it was" [ "$(ls -l "$folder")" = "$before" ]
    # A regular file is replaced, through a link too, which stays.
    echo old >"$folder/file"
    ln -s file "$folder/link"
    machine 7 "$folder/console" --image "$image" --append init=/exit7 --trace "$folder/link"
    expect "the link to stay" [ -L "$folder/link" ]
    expect "a trace behind it" "$image_builder" trace --kernel "$kernel_elf" "$folder/file" >/dev/null
    expect "nothing beside it" [ "$(ls -A "$folder" | grep -c '^\.')" -eq 0 ]
}
start spared spared

time_limit() {
    local own
    own=$(scratch)/spin.img
    cp "$image" "$own"
    # Short on purpose: the machine never ends, however slow or fast it is.
    expect_status "the time limit" 124 "$run" --image "$own" --timeout 5 --append init=/spin
    expect "nothing is left" stopped "$own"
}
start time-limit time_limit

# left_behind SIGNAL: qemu/run is killed; its QEMU goes too.
left_behind() {
    local own pid status=0
    own=$(scratch)/spin.img
    cp "$image" "$own"
    "$run" --image "$own" --append init=/spin &
    pid=$!
    await $pid "QEMU runs at first" still_running "$own"
    kill "-$1" "$pid"
    wait "$pid" || status=$?
    expect "an end with a failing status" [ $status -ne 0 ]
    # The kernel of the host ends it, when it comes to it.
    await $$ "nothing is left after SIG$1" stopped "$own"
}
start killed-term left_behind TERM
start killed-kill left_behind KILL

# Ctrl-C reaches the whole foreground group of a terminal: so does the signal that timeout is given and passes on to a group of its own.
interrupted() {
    local own pid
    own=$(scratch)/spin.img
    cp "$image" "$own"
    timeout -s INT --preserve-status "$hang" "$run" --image "$own" --append init=/spin &
    pid=$!
    await $pid "QEMU runs at first" still_running "$own"
    kill -INT $pid
    expect_status "interrupted" 130 wait $pid
    await $$ "nothing is left" stopped "$own"
}
start killed-int interrupted

brings_back() {
    local folder sums
    folder=$(scratch)
    machine 3 "$folder/console" --image "$image" --append init=/writer --out "$folder/back"
    expect "the text is back" [ "$(cat "$folder/back/out/deep/text")" = "brought back" ]
    expect "the link is back" [ "$(readlink "$folder/back/out/link")" = deep/text ]
    expect "the empty file is back" [ -f "$folder/back/out/empty" ]
    sums=$(for i in $(seq 0 29); do head -c 100000 /dev/zero | tr '\0' "$(printf "\\$(printf %o $((97 + i % 26)))")"; done | sha256sum)
    expect "the large file is whole" [ "$(sha256sum <"$folder/back/out/large")" = "$sums" ]
    expect_line "^${sums%% *}  out/large$" "$folder/console"
    # sha256sum's own spelling of a name that is more than one line.
    expect_line '^\\[0-9a-f]{64}  out/two\\nlines$' "$folder/console"
    expect "only what the machine wrote comes back" [ ! -e "$folder/back/probe" ]
    expect_status "a folder that is not empty is refused" 1 "$run" --image "$image" --out "$folder/back"
}
start out brings_back

# The disk of before virtio 1.0, which QEMU has where it is not told otherwise.
legacy_disk() {
    local folder
    folder=$(scratch)
    machine 3 "$folder/modern.log" --image "$image" --append init=/writer --out "$folder/modern"
    machine 3 "$folder/legacy.log" --image "$image" --append init=/writer --out "$folder/legacy" \
        --qemu -global --qemu virtio-mmio.force-legacy=true
    expect "the same files" diff -r -x firmseed.counters "$folder/modern" "$folder/legacy"
}
start out-legacy legacy_disk

# A disk that cannot be written, because there is no room on the host: not all is brought out, and both say so.
full_disk() {
    local folder
    folder=$(scratch)
    machine 125 "$folder/console" --image "$image" --append init=/writer --qemu -global --qemu virtio-mmio.force-legacy=false \
        --qemu -drive --qemu 'driver=blkdebug,image.driver=null-co,image.size=1G,image.read-zeroes=on,inject-error.0.event=pwritev,inject-error.0.iotype=write,inject-error.0.errno=28,if=none,id=out,werror=report' \
        --qemu -device --qemu virtio-blk-device,drive=out
    expect_line '^firmseed: failed: .*disk reports error 1' "$folder/console"
}
start out-full-disk full_disk

# ---- the console's input: a file, a pipe, a socket, nothing at all. Its end is the end of input, told by ^D.
inputs() {
    local folder way
    folder=$(scratch)
    # More than a terminal keeps.
    { for ((way = 0; way < 300; way++)); do echo "line $way of the input"; done; printf 'no line feed'; } >"$folder/input"
    sums "$folder/input" >"$folder/wish"
    sums /dev/null >"$folder/wish-nothing"
    fed() { "$run" --image "$image" --shell --timeout "$hang" --append init=/input; }
    for way in file pipe socket null closed; do
        echo "== $way"
        case $way in
        file) fed <"$folder/input" ;;
        pipe) cat "$folder/input" | fed ;;
        socket) python3 -c '
import socket, subprocess, sys
ours, theirs = socket.socketpair()
process = subprocess.Popen(sys.argv[2:], stdin=theirs)
theirs.close()
ours.sendall(open(sys.argv[1], "rb").read())
ours.shutdown(socket.SHUT_WR)
sys.exit(process.wait())' "$folder/input" "$run" --image "$image" --shell --timeout "$hang" --append init=/input ;;
        null) fed </dev/null ;;
        closed) fed <&- ;;
        esac >"$folder/$way"
        tail -n 3 "$folder/$way"
        case $way in
        null | closed) expect_line '^input: 0 bytes, sum 0$' "$folder/$way" ;;
        *) expect_line "$(cat "$folder/wish")" "$folder/$way" ;;
        esac
    done
    # Without --shell there is no input, and a closed one takes nobody's place.
    expect_status "without any standard stream" 7 "$run" --image "$image" --append init=/exit7 <&- >&- 2>&-
}
# sums FILE: what /input says of it.
sums() { od -A n -v -t u1 -w1 "$1" | awk '{ n++; sum += $1 * n % 1000 } END { printf "^input: %d bytes, sum %d$\n", n, sum }'; }
start console-input inputs

traces() {
    local folder
    folder=$(scratch)
    machine 7 "$folder/console" --image "$image" --append init=/exit7 --trace "$folder/trace"
    expect "the trace can be read" "$image_builder" trace --kernel "$kernel_elf" "$folder/trace" >"$folder/text"
    tail -n 5 "$folder/text"
    # exit_group itself never returns, so it is not traced.
    expect_line '^ *1 brk\(0x0, .*\) = [0-9]+$' "$folder/text"
    expect_line '^ *1 rseq\(.*\) = -38 \(Function not implemented\)$' "$folder/text"
    expect_status "a trace of another kernel is refused" 1 "$image_builder" trace --kernel "$image_builder" "$folder/trace"
}
start trace traces
finish
