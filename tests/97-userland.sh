# The userland: ports behind the chain that are no part of it (docs/userland.md). unxz: its hash by a cc that was built under Linux, what
# it does beside xz, damage.

userland=$(scratch)
unxz=$root/ports/unxz
tools=$root/stage0/09-tools

# The script's line for cc, under qemu-user.
unxz_hash() {
    "$root/tests/stage0/by-hand" "$userland/hand" >/dev/null
    sed -n "/^cc /{ :join; /\\\\\$/{ N; s/\\\\\n//; b join; }; s#^cc #qemu-aarch64 $userland/hand/bin/cc #; p; }" \
        "$unxz/build.kaem" >"$userland/line"
    (export PORT=$unxz STAGE0=$root/stage0 ROOT=$userland/hand && bash -e "$userland/line")
    expect "the hash in ports/unxz/SHA256SUMS" diff -U 0 "$unxz/SHA256SUMS" <(cd "$userland/hand" && sha256sum bin/unxz | sed 's#  #  ../../#')
    # It works, and its sample is what xz makes of the text.
    sed 's/#.*//' "$unxz/sample.hex0" | xxd -r -p >"$userland/sample.xz"
    expect "the sample's text by xz" cmp "$unxz/sample" <(xz -dc "$userland/sample.xz")
    qemu-aarch64 "$userland/hand/bin/unxz" "$userland/sample.xz" "$userland/sample"
    expect "the sample's text by unxz" cmp "$unxz/sample" "$userland/sample"
}
check unxz-hash unxz_hash

# The same source by gcc, which stops it where it reads or writes what is not its own.
unxz_damage() {
    mkdir "$userland/damage"
    gcc -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all -I "$tools" -o "$userland/unxz" \
        "$unxz/unxz.c" "$unxz/lzma2.c" "$tools/tool.c" "$tools/sha256.c"
    timeout "$hang" "$root/tests/userland/damage.py" "$userland/unxz" "$userland/damage"
}
check unxz-damage unxz_damage

# What ports/busybox's generate makes is what busybox's own scripts and kconfig make of the same choices.
. "$root/qemu/lib/chain.sh"
busybox=$root/ports/busybox
macros() { gcc -E -dM "$1" | grep -E '^#define (CONFIG|ENABLE|IF)_' | LC_ALL=C sort; }
busybox_headers() {
    local theirs=$userland/busybox/busybox-1.35.0 on
    mkdir "$userland/busybox"
    tar -x -f "$(fetch_port busybox)" -C "$userland/busybox"
    gcc -Wall -Wextra -Werror -o "$userland/generate" "$busybox/generate.c"
    (cd "$theirs" && "$userland/generate" "$busybox/config" "$busybox/CONTENTS.sha256" "$userland/autoconf.h" "$userland/applets.h")
    # allnoconfig, with the lines of what was chosen in place of its own; oldconfig makes what depends on them.
    sed -nE 's/^([A-Z0-9a-z_]+)$/CONFIG_\1=y/p; s/^([A-Z0-9_]+) (.*)/CONFIG_\1=\2/p' "$busybox/config" >"$theirs/chosen"
    (cd "$theirs" && make allnoconfig && awk 'NR == FNR { name = $0; sub(/=.*/, "", name); chosen[name] = $0; next }
        match($0, /CONFIG_[A-Za-z0-9_]+/) && (name = substr($0, RSTART, RLENGTH)) in chosen { print chosen[name]; next }
        !/SH_IS_ASH|SHELL_ASH/' chosen .config >.config.chosen && mv .config.chosen .config && { yes '' || true; } | make oldconfig) \
        >"$userland/kconfig.log" 2>&1
    # Three that kconfig always sets matter to its Makefile only.
    expect "the settings" diff -U 0 <(macros "$userland/autoconf.h" | grep -v 'CONFIG_PREFIX') \
        <(macros "$theirs/include/autoconf.h" | grep -v 'CONFIG_PREFIX' | sed -E '/CONFIG_(HAVE_DOT_CONFIG|INSTALL_APPLET_SYMLINKS|NO_DEBUG_LIB)/d
            s/(ENABLE_(HAVE_DOT_CONFIG|INSTALL_APPLET_SYMLINKS|NO_DEBUG_LIB)) 1/\1 0/
            s/(IF_(HAVE_DOT_CONFIG|INSTALL_APPLET_SYMLINKS|NO_DEBUG_LIB)\(...\)) __VA_ARGS__/\1 /
            s/(IF_NOT_(HAVE_DOT_CONFIG|INSTALL_APPLET_SYMLINKS|NO_DEBUG_LIB)\(...\)) /\1 __VA_ARGS__/' | LC_ALL=C sort)
    (cd "$theirs" && sh scripts/gen_build_files.sh . .) >>"$userland/kconfig.log"
    expect "the programs" diff -U 0 <(LC_ALL=C sort "$userland/applets.h") <(sed 1d "$theirs/include/applets.h" | LC_ALL=C sort)
    # A choice that no source knows is an error.
    echo NO_SUCH_SETTING | cat "$busybox/config" - >"$userland/config"
    (cd "$theirs" && expect_status "an unknown setting" 1 "$userland/generate" "$userland/config" "$busybox/CONTENTS.sha256" "$userland/a.h" "$userland/b.h") \
        2>"$userland/unknown"
    expect_line '^generate: NO_SUCH_SETTING: chosen' "$userland/unknown"
}
check busybox-headers busybox_headers

# The answers that busybox must give are those of the host's programs.
busybox_answers() {
    mkdir "$userland/answers"
    (cd "$userland/answers" && sh "$busybox/check.sh" /usr/bin:/bin answers)
    expect "what the GNU tools say" diff -U 1 "$userland/answers/answers" "$busybox/answers"
}
check busybox-answers busybox_answers

# Those of the GNU programs are what the host's programs of the same names say; another release answers the same, but for its version.
gnu_ports=(sed grep gzip diffutils patch findutils tar)
gnu_answers() {
    local port=$root/ports/$1 version='^([a-z0-9]+ \(GNU [a-z]+\)|GNU patch|gzip) [0-9.]+$'
    mkdir "$userland/$1-answers"
    (cd "$userland/$1-answers" && sh "$port/check.sh" /usr/bin:/bin answers 2>errors)
    expect "what the host's programs say" diff -U 1 <(grep -avE "$version" "$userland/$1-answers/answers") <(grep -avE "$version" "$port/answers")
}
for port in "${gnu_ports[@]}"; do check "$port-answers" gnu_answers "$port"; done

bash_answers() {
    mkdir "$userland/bash-answers"
    (cd "$userland/bash-answers" && bash "$root/ports/bash/check.sh" answers 2>"$userland/bash-errors")
    expect "what the host's bash says" diff -U 1 "$userland/bash-answers/answers" "$root/ports/bash/answers"
}
check bash-answers bash_answers

# The trial of binutils by the host's, of the same release: the same bytes.
binutils_answers() {
    mkdir "$userland/binutils"
    (cd "$userland/binutils" && RUN=qemu-aarch64 sh "$root/ports/binutils/check.sh" "$root/ports/binutils" aarch64-linux-gnu- answers)
    expect "what the host's binutils say" diff -U 1 "$userland/binutils/answers" "$root/ports/binutils/answers"
}
if aarch64-linux-gnu-as --version | grep -q '^GNU assembler .* 2\.40$'; then
    check binutils-answers binutils_answers
else
    skip binutils-answers "the answers are those of binutils 2.40, and the host has another release"
fi

# What the awk scripts of ports/sqlite make is what SQLite's own in tcl make, but for comments and the order of macros.
sqlite=$root/ports/sqlite
tokens() { gcc -fpreprocessed -dD -E -P -x c "$1" 2>/dev/null; }
macros_of() { tokens "$1" | sed ':join; /\\$/ { N; s/\\\n//; b join; }' | tr -s ' ' | LC_ALL=C sort; }
operations() { gcc -E -P "$@" | tr -d ' \n'; }
sqlite_sources() {
    local top=$userland/sqlite/sqlite3-3.40.1 file
    mkdir "$userland/sqlite"
    tar -x -f "$(fetch_port sqlite)" -C "$userland/sqlite"
    cd "$userland/sqlite"
    gcc -w -o lemon "$top/tool/lemon.c"
    gcc -w -o mksourceid "$top/tool/mksourceid.c"
    gcc -w -o mkkeywordhash "$top/tool/mkkeywordhash.c"
    gcc -w -o keywords -include "$sqlite/keywords.h" "$top/tool/mkkeywordhash.c"
    cp "$top/src/parse.y" "$top/tool/lempar.c" .
    ./lemon parse.y
    ./keywords
    awk -v out=sqlite3.h -f "$sqlite/header.awk" "$top"/{VERSION,manifest,manifest.uuid,src/sqlite.h.in} \
        "$top"/ext/{rtree/sqlite3rtree,session/sqlite3session,fts5/fts5}.h
    awk -f "$sqlite/opcodes.awk" parse.h "$top/src/vdbe.c"
    awk -v out=shell.c -v top="$top/src/" -f "$sqlite/shell.awk" "$top/src/shell.c.in"
    mkdir theirs
    ./mkkeywordhash >theirs/keywordhash.h
    tclsh "$top/tool/mksqlite3h.tcl" "$top" >theirs/sqlite3.h
    cat parse.h "$top/src/vdbe.c" | tclsh "$top/tool/mkopcodeh.tcl" >theirs/opcodes.h
    tclsh "$top/tool/mkopcodec.tcl" theirs/opcodes.h >theirs/opcodes.c
    tclsh "$top/tool/mkshellc.tcl" >theirs/shell.c
    expect "keywordhash.h" cmp theirs/keywordhash.h keywordhash.h
    for file in sqlite3.h shell.c; do expect "$file" diff -U 0 <(tokens "theirs/$file") <(tokens "$file"); done
    expect "opcodes.h" diff -U 0 <(macros_of theirs/opcodes.h) <(macros_of opcodes.h)
    expect "opcodes.c" cmp <(operations theirs/opcodes.c) <(operations opcodes.c)
    local comments=-DSQLITE_ENABLE_EXPLAIN_COMMENTS
    expect "opcodes.c with comments" cmp <(operations $comments theirs/opcodes.c) <(operations $comments opcodes.c)
    expect "operations" [ "$(grep -c '^#define OP_' opcodes.h)" -gt 180 ]
}
check sqlite-sources sqlite_sources

sqlite_answers() {
    mkdir "$userland/sqlite-answers"
    (cd "$userland/sqlite-answers" && sqlite3 -bail check.db ".read $sqlite/check.sql")
    # Another release says the same, but for its number.
    expect "what the host's sqlite3 says" diff -U 1 <(sed 1d "$userland/sqlite-answers/answers") <(sed 1d "$sqlite/answers")
}
check sqlite-answers sqlite_answers

# Scripts of a tarball that hold control bytes: what plain makes of them has the hashes that the port lists, by the host's sed; nothing
# that a port lists is no text but they.
plain_scripts() {
    local list port name
    for list in "$root"/ports/*/PLAIN.sha256; do
        port=$(dirname "$list") name=$(basename "$(dirname "$list")")
        mkdir -p "$userland/plain/$name"
        tar -x -f "$(fetch_port "$name")" -C "$userland/plain/$name"
        (cd "$userland/plain/$name" && cut -c 67- "$port/CONTENTS.sha256" | tr '\n' '\0' |
            { LC_ALL=C xargs -0 grep -laP '[\x00-\x08\x0e-\x1f\x7f]' || true; } | LC_ALL=C sort) >"$userland/control"
        expect "$name: every script with control bytes, and no other" diff -U 0 "$userland/control" <(cut -c 67- "$list" | LC_ALL=C sort)
        if [ -f "$port/plain.sh" ]; then
            (cd "$userland/plain/$name" && sh "$port/plain.sh" "$busybox/plain" && sha256sum --quiet -c "$list")
        else
            (cd "$userland/plain/$name" && cut -c 67- "$list" | xargs sh "$busybox/plain" && sha256sum --quiet -c "$list")
        fi
        expect "$name: a script that proves it before it uses it" grep -q 'sha256sum -c ${PORT}/PLAIN.sha256' "$port/build.kaem"
    done
}
check plain-scripts plain_scripts

# All of it on the bare machine: the hashes, the trials, and everything that ran derives from text.
on_the_machine() {
    local port hashed=()
    # Half an hour of a processor's time, an hour and more where others share it.
    machine 0 "$userland/console" --system --timeout $((4 * hang)) --out "$userland/out"
    for port in unxz dash busybox lua bash sqlite binutils "${gnu_ports[@]}"; do expect_line "^$port: .* as expected$" "$userland/console"; done
    for port in "${system_ports[@]}"; do [ ! -f "$root/ports/$port/SHA256SUMS" ] || hashed+=("$port"); done
    (cd "$userland/out" && chain_sums "${hashed[@]}" | sed 's#  /#  #' | sha256sum -c)
    "$image_builder" verify "$target/firmseed.img" "$userland/out/firmseed.ledger" "$userland/out" --head "$(head_of "$userland/console")" >"$userland/verdict"
    expect_line '^verified: .* programs derive from text' "$userland/verdict"
    cat "$userland/verdict"
    "$root/tests/userland/figures" "$userland/out"
    root_elsewhere
    prompt
    # Another kernel answers a configure script as ours does, as far as the bytes tell.
    FIRMSEED_TIMEOUT=$((4 * hang)) "$root/tests/userland/under-linux" "$userland/out" bash "${gnu_ports[@]}"
    "$root/tests/userland/binutils-by-host" "$userland/out" "$userland/binutils-by-host" >"$userland/binutils.SHA256SUMS"
    expect "the hashes of binutils by the host's tools" diff -U 0 "$root/ports/binutils/SHA256SUMS" "$userland/binutils.SHA256SUMS"
}

# bash reads commands from the console of a run that continues this one, with the names of all that was built.
prompt() {
    cp "$target/firmseed.img" "$userland/system.img"
    machine 7 "$userland/prompt" --from "$userland/system.img" "$userland/out" --shell <<'TYPED'
printf 'int main(void) { return 3; }\n' | sed s/3/7/ >seven.c
cc -o seven seven.c && ./seven
TYPED
    expect_line '^firmseed /# cc -o seven seven\.c && \./seven$' "$userland/prompt"
}

# What came out is a root file system: as a tar in an image of the policy open, and below Debian's Linux, make builds a program in it.
root_elsewhere() {
    local folder
    mkdir -p "$userland/root/work" "$userland/root/tmp"
    for folder in bin include lib musl usr; do cp -a "$userland/out/$folder" "$userland/root/"; done
    cat >"$userland/root/work/hello.c" <<'C'
#include <stdio.h>
int main(void) { return printf("built by make: %.3Lf\n", 1.0L / 3) < 0; }
C
    printf 'all: hello\n\t./hello | sed s/make/make,\\ here/\n' >"$userland/root/work/Makefile"
    printf '#!/bin/sh\nPATH=/usr/bin:/musl/bin:/bin\nexport PATH\ncd /work && make\n' >"$userland/root/work/job.sh"
    chmod 755 "$userland/root/work/job.sh"
    "$root/tests/linux/run" --memory 1024 "$userland/root" /work/job.sh >"$userland/linux"
    tar -C "$userland/root" --format=ustar --mtime=@0 -cf "$userland/root.tar" .
    "$image_builder" build --kernel "$kernel_elf" --tar "$userland/root.tar" --policy open --init /work/job.sh -o "$userland/root.img"
    machine 0 "$userland/root.console" --image "$userland/root.img" --memory 1024
    for folder in linux root.console; do
        expect_line '^cc +hello\.c +-o hello$' "$userland/$folder"
        expect_line '^built by make, here: 0\.333$' "$userland/$folder"
    done
}
if full; then
    check on-the-machine on_the_machine
else
    skip on-the-machine "musl twice, busybox and the rest take minutes: --full"
fi
