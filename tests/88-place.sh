# The chain in any folder, and the release that it is taken from: docs/use.md, stage0/README.md. Under Linux with qemu-user; on the
# bare machine the same scripts run in every other layer.

. "$root/qemu/lib/chain.sh"
. "$root/tests/place/release.sh"
place=$(scratch)
chmod 755 "$test_scratch" "$place"
on_aarch64=$root/tests/place/on-aarch64

# ordinary COMMAND...: as somebody who is not root and owns nothing but $place/own.
ordinary() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}
# same_outputs DIR: all that the chain makes, by a sha256sum that is not ours, and the whole list of the release.
same_outputs() {
    (cd "$1/stage0" && cat SHA256SUMS 09-tools/SHA256SUMS | sha256sum --quiet -c) || { echo "expected: the hashes of stage0/SHA256SUMS"; exit 1; }
    (cd "$1/build/tinycc" && sha256sum --quiet -c "$root/ports/tinycc/SHA256SUMS") || { echo "expected: the hashes of ports/tinycc/SHA256SUMS"; exit 1; }
}

# The release: the same bytes from another clone by another user's umask, nothing but texts and what ports pin, names that agree.
release() {
    local file
    mkdir "$place/clone"
    (cd "$root" && git ls-files -z | tar --null -T - -c) | tar -x -C "$place/clone"
    # What a caller has in his environment does not show.
    (umask 077 && export CARGO_TARGET_DIR=$target TZ=Asia/Tokyo LC_ALL=C.UTF-8 TAR_OPTIONS=--exclude=README.md GIT_INDEX_FILE=/nowhere/index \
        GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.fileMode GIT_CONFIG_VALUE_0=false &&
        cd "$place" && clone/packaging/release -o again musl dash make) >"$place/again.said" 2>"$place/again.errors"
    expect "the same tar and names" diff "$place/release.said" "$place/again.said"
    expect "the SHA-256 that it says" [ "$(sha256sum <"$release.tar" | cut -c1-64)" = "$(sed -n '1s/  .*//p' "$place/release.said")" ]
    mkdir "$place/unpacked"
    tar -x -f "$release.tar" -C "$place/unpacked"
    (cd "$place/unpacked/${release##*/}" && sha256sum --quiet -c CONTENTS.sha256)
    expect "a line in CONTENTS.sha256 for each other file" [ "$(find "$release" -type f | wc -l)" -eq $(($(wc -l <"$release/CONTENTS.sha256") + 1)) ]
    expect "the SWHID of the folder, by other means" [ "$(sed -n 2p "$place/release.said")" = "swh:1:dir:$(python3 "$root/tests/place/swhid.py" "$place/unpacked/${release##*/}")" ]
    # The specification's own example, an empty folder, and a file that is changed.
    mkdir "$place/empty"
    expect "git's empty tree" [ "$(python3 "$root/tests/place/swhid.py" "$place/empty")" = 4b825dc642cb6eb9a060e54bf8d69288fbee4904 ]
    echo >>"$place/unpacked/${release##*/}/README.md"
    expect "another name for another folder" [ "$(sed -n 2p "$place/release.said")" != "swh:1:dir:$(python3 "$root/tests/place/swhid.py" "$place/unpacked/${release##*/}")" ]
    (cd "$release" && find . -type f -print0 | xargs -0 grep -lP '[\x00-\x08\x0e-\x1f\x7f]') >"$place/binaries"
    while read -r file; do
        expect "$file to be pinned" grep -q "^sha256 = \"$(sha256sum <"$release/$file" | cut -c1-64)\"$" "$(dirname "$release/$file")/port.toml"
    done <"$place/binaries"
    expect "four tarballs" [ "$(wc -l <"$place/binaries")" -eq 4 ]
    expect_status "a second release over the first" 1 "$root/packaging/release" -o "$place/again" musl dash make
    expect_status "a port that is none" 1 "$root/packaging/release" -o "$place/none" musk
    expect_status "a port twice" 1 "$root/packaging/release" -o "$place/none" musl musl
    expect_status "a port by another name" 1 "$root/packaging/release" -o "$place/none" musl/
    expect "nothing" [ ! -e "$place/none" ]
    expect "Guix's packages with the release's version" grep -qF "(version \"${release##*-}\")" "$release/packaging/guix/firmseed/packages/bootstrap.scm"
    # Killed in its midst it leaves nothing.
    mkdir "$place/killed"
    "$root/packaging/release" -o "$place/killed" musl dash make >"$place/killed.said" 2>&1 &
    await $! "a folder in which the release is made" eval 'compgen -G "$place/killed/.firmseed-*/*/stage0" >/dev/null'
    kill $!
    expect_status "a release that is killed" 143 wait $!
    expect "nothing in its folder" [ -z "$(ls -A "$place/killed")" ]
    # A commit, and a tree that has more than it.
    git -C "$place/clone" -c init.defaultBranch=main init -q
    git -C "$place/clone" -c core.excludesFile=/dev/null add -A -f
    git -C "$place/clone" -c user.name=x -c user.email=x@invalid -c commit.gpgSign=false commit -q -m x
    CARGO_TARGET_DIR=$target "$place/clone/packaging/release" -o "$place/commit" musl dash make >"$place/commit.said" 2>"$place/commit.errors"
    expect "the same release of a commit" diff "$place/release.said" "$place/commit.said"
    expect "nothing to say" eval '! grep -q "not those of the commit" "$place/commit.errors"'
    echo >>"$place/clone/docs/use.md"
    touch "$place/clone/stage0/more"
    CARGO_TARGET_DIR=$target "$place/clone/packaging/release" -o "$place/dirty" musl dash make >"$place/dirty.said" 2>"$place/dirty.errors"
    expect_line '^packaging/release: these files are not those of the commit' "$place/dirty.errors"
    expect_line '^\?\? stage0/more$' "$place/dirty.errors"
    expect "another release" eval '! diff -q "$place/release.said" "$place/dirty.said" >"$place/differ"'
}

# The three commands of stage0/README.md, as they stand there, in an empty folder, by an ordinary user.
three_commands() {
    mkdir "$place/own"
    cp -r "$release/stage0" "$release/ports" "$place/own/"
    : >"$place/own/ports/run.kaem"
    [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$place/own"
    commands_of "$root/stage0/README.md" >"$place/commands"
    expect "three lines" [ "$(wc -l <"$place/commands")" -eq 3 ]
    (cd "$place/own" && ordinary "$on_aarch64" bash -eu "$place/commands") >"$place/own.log"
    same_outputs "$place/own"
    # The machine's script does the same, and its list has the same hashes.
    (cd "$place/own" && sed -n 's#  /#  #p' "$release/SHA256SUMS" | grep -v '  \(build/[^t]*/\|musl/\)' | sha256sum --quiet -c)
}

# A read-only root without /proc and /tmp, and a folder with a long name and a blank in it.
sandbox() {
    local name
    name=$(printf 'a%.0s' $(seq 199))
    mkdir -p "$place/room"
    "$on_aarch64" bash -euc '
        room=$1 release=$2 part=$3
        mount -t tmpfs room "$room"
        mount -o remount,bind,ro / 2>/dev/null || mount -o remount,ro /
        mkdir "$room/empty"
        mount --bind "$room/empty" /proc
        ! : >/trial 2>/dev/null || { echo "/ is not read-only"; exit 1; }
        cd "$room"
        # Whatever a name may have: a blank, quotes, signs of shells, a newline at its end.
        odd="b $part \"\$HOME\" * \\ ; \`
"
        while [ ${#PWD} -lt 3850 ]; do mkdir "$odd" && cd "$odd"; done
        # And whatever a caller may have in the environment.
        (umask 077 && export CDPATH=/:. IFS=/ POSIXLY_CORRECT=1 LC_ALL=xx_YY TMPDIR=/nowhere ENV=/nowhere BASH_ENV=/nowhere QUOTING_STYLE=c &&
            exec sh "$release/packaging/build" work)
        cd work
        pwd | wc -c
        (cd stage0 && cat SHA256SUMS 09-tools/SHA256SUMS | sha256sum --quiet -c)
        (cd build/tinycc && sha256sum --quiet -c "$release/ports/tinycc/SHA256SUMS")
    ' sh "$place/room" "$release" "$name" >"$place/sandbox.log" || { tail -n 5 "$place/sandbox.log"; exit 1; }
    tail -n 1 "$place/sandbox.log"
    expect "a name of more than 3,850 bytes" [ "$(tail -n 1 "$place/sandbox.log")" -gt 3850 ]
}

# long_folder DIR BYTES: a folder bin below DIR, whose name has BYTES bytes.
long_folder() {
    local name=$1
    while [ $((${#name} + 205)) -lt "$2" ]; do name+=/$(printf 'd%.0s' $(seq 199)); done
    printf '%s/%s/bin\n' "$name" "$(printf 'e%.0s' $(seq $(($2 - ${#name} - 5))))"
}
# bin, lib and include, and nothing else, at a prefix of their own: the finished compiler is taken there as it is.
prefix() {
    mkdir "$place/prefix"
    cp -r "$place/own/bin" "$place/own/lib" "$place/own/include" "$place/prefix/"
    says_hello "$place/prefix/bin/tcc" "$place/prefix"
    ln -s prefix/bin/tcc "$place/by-link"
    says_hello "$place/by-link" "$place/prefix"
    ln -s prefix/bin "$place/linked-folder"
    says_hello "$place/linked-folder/tcc" "$place/prefix"
    # From its own folder, by PATH, and under a name that is none.
    (cd "$place/prefix/bin" && says_hello ./tcc "$place/prefix")
    (cd "$place/prefix/bin" && PATH=.:$PATH && says_hello tcc "$place/prefix")
    (PATH=$place/prefix/bin:$PATH && says_hello tcc "$place/prefix")
    "$on_aarch64" bash -c 'exec -a /nowhere/cc "$1" -o "$2" "$2.c"' sh "$place/prefix/bin/tcc" "$place/prefix/hello"
    # The longest name of a folder that will do, 960 bytes with its slash, and one byte more, which -B helps.
    local long
    long=$(long_folder "$place/long" 959)
    mkdir -p "${long%/bin}"
    cp -r "$place/own/bin" "$place/own/lib" "$place/own/include" "${long%/bin}"
    says_hello "$long/tcc" "$place/prefix"
    long=$(long_folder "$place/longer" 960)
    mkdir -p "${long%/bin}"
    cp -r "$place/own/bin" "${long%/bin}"
    expect_status "a folder whose name has, with its slash, 961 bytes" 1 "$on_aarch64" "$long/tcc" -c -o "$place/hello.o" "$place/prefix/hello.c" 2>"$place/said"
    expect_line "^tcc: error: this program's folder has a name of more than 960 bytes: say -B DIR" "$place/said"
    "$on_aarch64" "$long/tcc" -B "$place/prefix/lib/tcc" -o "$place/hello" "$place/prefix/hello.c"
    expect "hello" [ "$("$on_aarch64" "$place/hello")" = hello ]
    rm "$place/prefix/lib/crt1.o"
    expect_status "a prefix without its library" 1 "$on_aarch64" "$place/prefix/bin/tcc" -o "$place/hello" "$place/prefix/hello.c"
}

# The lines of docs/use.md that make a compiler for another machine; what it compiles is linked and run on that.
cross() {
    commands_of "$root/docs/use.md" >"$place/cross-commands"
    expect "five lines" [ "$(wc -l <"$place/cross-commands")" -eq 5 ]
    (cd "$place/own" && ordinary "$on_aarch64" bash -eu "$place/cross-commands")
    # e_machine.
    expect "an object for x86-64" [ "$(od -A n -t u2 -j 18 -N 2 "$place/own/cross/hello.o" | tr -d ' ')" = 62 ]
    [ "$(uname -m)" != x86_64 ] || { gcc -w -o "$place/afar" "$place/own/cross/hello.o" && expect "hello" [ "$("$place/afar")" = 'hello from afar' ]; }
}
# refused MESSAGE DIR [PORT...]: packaging/build says so, with status 1, and has run nothing: there is no bin.
refused() {
    local message=$1
    shift
    expect_status "$*" 1 ordinary "$release/packaging/build" "$@" 2>"$place/said"
    expect_line "^packaging/build: .*$message" "$place/said"
    expect_line '^  ' "$place/said"
    expect "nothing in $1" [ ! -e "$1/bin" ]
}
bad_input() {
    mkdir -p "$place/full" "$place/closed" "$place/open" "$place/bare"
    chmod 777 "$place/open"
    chmod 555 "$place/closed"
    touch "$place/full/file"
    refused 'takes no files' "$place/closed"
    refused 'cannot be made' "$place/closed/in"
    refused 'is not empty' "$place/full"
    refused 'a name of [0-9]+ bytes' "$place/open/$(printf '/%0200d' $(seq 25))"
    refused 'is not built by this script' "$place/open/one" mes
    refused 'wants ports/musl before it' "$place/open/one" make
    refused 'there is no ports/busybox' "$place/open/one" musl dash make busybox lua
    refused 'cannot be built in' "$place/open/with blank" musl
    refused 'has [0-9]+ bytes' "$place/open/$(printf '%0201d' 1)" musl
    [ "$(uname -m)" = aarch64 ] || [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || refused 'does not run the first program' "$place/open/two"
    cp -r "$release/stage0" "$release/packaging" "$place/bare/"
    expect_status "no tarball" 1 "$place/bare/packaging/build" "$place/open/three" 2>"$place/said"
    expect_line 'there is no ports/tinycc in' "$place/said"
    refused 'is named twice' "$place/open/one" musl musl
    cp -r "$release/ports" "$place/bare/"
    expect_status "no list of contents" 1 "$place/bare/packaging/build" "$place/open/three" 2>"$place/said"
    expect_line 'there is no CONTENTS.sha256 in' "$place/said"
    cp "$release/CONTENTS.sha256" "$place/bare/"
    expect_status "a folder within what is copied" 1 "$place/bare/packaging/build" "$place/bare/stage0/work" 2>"$place/said"
    expect_line 'stage0/work lies in what is copied into it$' "$place/said"
    rmdir "$place/bare/stage0/work"
    (
        cd "$place/bare"
        while [ ${#PWD} -lt 4300 ]; do mkdir "$(printf '%0250d' 1)" && cd 0*1; done
        cp -r "$release/packaging" .
        expect_status "a release with too long a name" 1 packaging/build work 2>"$place/said"
    )
    expect_line '^packaging/build: packaging/build has too long a name, in full$' "$place/said"
    # xxd that fails in silence: an empty file is a script that ends well.
    mkdir "$place/no-xxd"
    printf '#!/bin/sh\n' >"$place/no-xxd/xxd"
    chmod 755 "$place/no-xxd/xxd"
    PATH=$place/no-xxd:$PATH refused 'have not made of stage0/00-hex0/hex0.hex0' "$place/open/four"
    # A tool that is not here, each of them.
    local tool
    mkdir "$place/tools"
    ln -s /usr/bin/* "$place/tools/"
    for tool in cmp sed setsid sha256sum xxd; do
        rm "$place/tools/$tool"
        PATH=$place/tools refused "$tool is not here" "$place/open/four"
        ln -s "/usr/bin/$tool" "$place/tools/"
    done
    rm "$place/bare/ports/dash/"*.tar.gz
    expect_status "no tarball" 1 "$place/bare/packaging/build" "$place/open/three" musl dash 2>"$place/said"
    expect_line 'the tarball of ports/dash is not in' "$place/said"
}

# not_packed CHANGE FILE [PORT...]: the shell command CHANGE in a copy of the release, which is refused for this file before anything
# runs.
not_packed() {
    local change=$1 file=$2
    shift 2
    rm -rf "$place/cut"
    cp -r "$release" "$place/cut"
    (cd "$place/cut" && eval "$change")
    expect_status "$change" 1 "$place/cut/packaging/build" "$place/cut-out" "$@" >"$place/said" 2>&1
    expect_line '^packaging/build: not as it was packed in' "$place/said"
    expect "$file to be named, no other, and what to do" [ "$(sed -n '2,$p' "$place/said" | wc -l)" -eq 2 ]
    expect_line "^  $file\$" "$place/said"
    expect "no folder" [ ! -e "$place/cut-out" ]
}
# A text that is cut, of which a shell would say that it ended well; a tarball of another hash; files that are more, less or changed.
changed_release() {
    not_packed ': >stage0/01-kaem-seed/kaem-seed.hex0' stage0/01-kaem-seed/kaem-seed.hex0
    not_packed "sed -i '12,\$d' stage0/chain.kaem" stage0/chain.kaem
    not_packed "sed -i '12,\$d' ports/tinycc/build.kaem" ports/tinycc/build.kaem
    not_packed 'rm stage0/tools.kaem' stage0/tools.kaem
    not_packed 'touch stage0/more' stage0/more
    not_packed "sed -i '/  stage0\/chain.kaem/d' CONTENTS.sha256" stage0/chain.kaem
    not_packed 'cp ports/musl/*.tar.* ports/dash/dash_*.tar.gz' 'ports/dash/dash_.*.tar.gz' musl dash
}

# A wrong hash stops it, whoever runs it.
wrong_hash() {
    cp -r "$release" "$place/wrong"
    sed -i '3s/^[0-9a-f]\{8\}/00000000/' "$place/wrong/stage0/SHA256SUMS"
    (cd "$place/wrong" && find stage0 ports -type f -exec sha256sum {} + >CONTENTS.sha256)
    expect_status "the chain with a wrong hash" 1 "$on_aarch64" "$place/wrong/packaging/build" "$place/wrong-out" >"$place/wrong.log" 2>&1
    expect_line '^\.\./bin/hex1: FAILED' "$place/wrong.log"
    # What a build that was broken off has left is not gone on with.
    expect_status "a second build in its folder" 1 "$release/packaging/build" "$place/wrong-out" 2>"$place/said"
    expect_line "wrong-out is not empty$" "$place/said"
}

# Two builds that begin at once in one folder, by a link to it: one is done, the other says why not.
two_at_once() {
    local first second=0 done=0
    mkdir "$place/both"
    ln -s both "$place/linked"
    "$on_aarch64" "$release/packaging/build" "$place/both" >"$place/both.1" 2>&1 &
    first=$!
    "$on_aarch64" "$release/packaging/build" "$place/linked" >"$place/both.2" 2>&1 || second=$?
    wait $first || done=$?
    expect "one of two to end well, found $done and $second" [ $((done + second)) -eq 1 ]
    expect_line '^packaging/build: (.*/both is not empty|another build has begun in .*/both)$' <(cat "$place"/both.[12])
    same_outputs "$place/both"
}

# within DIR: is there a process that works below the folder?
within() {
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/cwd") != "$1"* ]] || return 0
    done
    return 1
}
# A build that a signal ends, in its midst: nothing of it goes on, and its folder is empty as it was.
killed() {
    local signal build
    for signal in HUP INT TERM; do
        # What is started in the background ignores INT, and what nohup starts HUP.
        env --default-signal=HUP,INT "$on_aarch64" "$release/packaging/build" "$place/killed-build" >"$place/killed.log" 2>&1 &
        build=$!
        # A child of a child, which is long at work there.
        await $build "a build that compiles TinyCC" within "$place/killed-build/build/tinycc"
        kill -"$signal" $build
        expect_status "a build that gets $signal" $((128 + $(kill -l "$signal"))) wait $build
        expect_status "no process" 1 within "$place/killed-build"
        expect "nothing in its folder" [ -z "$(ls -A "$place/killed-build")" ]
    done
}

# A disk from which no program may be run.
no_exec() {
    mkdir "$place/noexec"
    "$on_aarch64" bash -euc 'mount -t tmpfs -o noexec room "$1" && ! "$2/packaging/build" "$1/work" && [ -z "$(ls -A "$1/work")" ]' sh \
        "$place/noexec" "$release" >"$place/noexec.said" 2>&1
    expect_line '^packaging/build: no program may be run in .*/noexec/work$' "$place/noexec.said"
}

# A disk that is full, where the release is copied and where the chain writes: it says so, and ends.
no_space() {
    local size
    mkdir "$place/space"
    for size in 4k 8k 1m 2m 6m; do
        "$on_aarch64" bash -euc 'mount -t tmpfs -o "size=$3" room "$1" && { cd / && "$2/packaging/build" "$1/work"; }' sh "$place/space" "$release" $size \
            >"$place/space.log" 2>&1 && { echo "expected: no good end on a disk of $size"; exit 1; }
        expect_line "No space left on device|takes no files|cannot write the file '../bin/cc'" "$place/space.log"
        expect "nothing said of the processor" eval '! grep -q "does not run the first program" "$place/space.log"'
    done
    # A release that has no room says so too, and leaves nothing.
    mkdir "$place/disk"
    "$on_aarch64" bash -euc 'mount -t tmpfs -o size=1m room "$1" && { ! "$2/packaging/release" -o "$1" musl; } && [ -z "$(ls -A "$1")" ]' sh \
        "$place/disk" "$root" >"$place/disk.said" 2>&1
    expect_line 'No space left on device' "$place/disk.said"
}

# musl and ports of each kind behind it, in a folder of one's own with the longest name. The others: tests/98-nix.sh.
ports=(unxz musl dash make busybox lua)
ports_too() {
    local port folder=$place/ports
    folder+=/$(printf 'p%.0s' $(seq $((199 - ${#folder}))))
    mkdir "$place/all"
    make_release "$place/all" "${ports[@]}" >"$place/all.said"
    "$on_aarch64" "$release/packaging/build" "$folder" "${ports[@]}" >"$place/ports.log" 2>&1 || { tail -n 5 "$place/ports.log"; exit 1; }
    for port in "${ports[@]}"; do (cd "$folder/build/$port" && sha256sum --quiet -c "$root/ports/$port/SHA256SUMS"); done
    says_hello "$folder/musl/bin/tcc" "$place/ports"
}

# The workflow of docs/use.md is one, by the published schema; with a wrong key it is not.
workflow() {
    "$root/tests/place/workflow" "$root/packaging/ci/firmseed.yml"
    sed 's/runs-on/runs_on/' "$root/packaging/ci/firmseed.yml" >"$place/wrong.yml"
    expect_status "a wrong key" 1 "$root/tests/place/workflow" "$place/wrong.yml"
}
check workflow workflow

if wanted_any release three-commands sandbox prefix cross bad-input changed-release wrong-hash two-at-once killed no-exec no-space ports; then
    make_release "$place" >"$place/release.said"
    check release release
    check bad-input bad_input
    check changed-release changed_release
    # binfmt_misc in a namespace is what the others need where the processor is another.
    if ! reason=$("$on_aarch64" true 2>&1); then
        for name in three-commands sandbox prefix cross wrong-hash two-at-once killed no-exec no-space ports; do skip $name "${reason:-no AArch64 here}"; done
    else
        if wanted_any three-commands prefix cross; then
            chosen=$filter filter=''
            check three-commands three_commands
            filter=$chosen
        fi
        check prefix prefix
        check cross cross
        check sandbox sandbox
        check wrong-hash wrong_hash
        check two-at-once two_at_once
        check killed killed
        check no-exec no_exec
        check no-space no_space
        if full; then check ports ports_too; else skip ports "minutes: with --full"; fi
    fi
fi
