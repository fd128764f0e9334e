# The Scheme road's interpreter: GNU Mes built by the chain's cc (ports/mes), under qemu-user: Mes's own tests, and MesCC.

. "$root/qemu/lib/chain.sh"
mes_port=$root/ports/mes
road=$(scratch)

# patched DIR [NUMBER]: Mes's sources in DIR, patched as the machine does it, or with the patches before NUMBER; nyacc's beside it.
patched() {
    local before=${2:-99}
    mkdir -p "$1"
    tar -x -f "$(fetch_port mes)" -C "$1" --strip-components=1
    mkdir -p "$road/nyacc"
    tar -x -f "$(fetch_port nyacc)" -C "$road/nyacc" --strip-components=1
    (
        patch() {
            if [[ $(basename "$1") < $before ]]; then command patch --batch --fuzz=0 -p1 -i "$1"; fi
        }
        for PORT in "$mes_port:$1" "$root/ports/nyacc:$road/nyacc"; do
            cd "${PORT#*:}"
            PORT=${PORT%%:*}
            . "$PORT/patches.kaem"
        done
    )
}

# interpreter DIR OUT CC...: builds it from the patched sources in DIR.
interpreter() {
    (
        PORT=$mes_port COMPILER=$root/stage0/07-cc LIBC=$root/stage0/08-libc
        cd "$1"
        set -- "${*:3}" "$2"
        . "$mes_port/interpreter.kaem"
    )
}

# The hash of SHA256SUMS, by the chain's cc; and by the cc that gcc built.
interpreters() {
    "$root/tests/stage0/by-hand" "$road/hand"
    patched "$road/mes"
    interpreter "$road/mes" "$road/mes-chain" qemu-aarch64 "$road/hand/bin/cc"
    "$root/stage0/07-cc/tests/build-host" "$road/cc"
    interpreter "$road/mes" "$road/mes-host" "$road/cc"
    expect "the same interpreter by the cc that gcc built" cmp "$road/mes-chain" "$road/mes-host"
    expect "the hash of ports/mes/SHA256SUMS" grep -qx "$(sha256sum <"$road/mes-chain" | cut -d ' ' -f 1)  mes" "$mes_port/SHA256SUMS"
    # The same sources by gcc with our library: what the interpreter does, does not depend on cc.
    by_gcc "$road/mes" "$road/mes-gcc"
}

# by_gcc DIR OUT: the interpreter from the sources in DIR by gcc, with our library.
by_gcc() {
    interpreter "$1" "$2" aarch64-linux-gnu-gcc -O1 -w -fno-strict-aliasing -ffreestanding -fno-builtin -nostdinc -nostdlib -static \
        -isystem "$(aarch64-linux-gnu-gcc -print-file-name=include)" -Wl,--no-warn-execstack
}

# mes_by NAME ARGUMENT...: the interpreter that NAME compiled. CPU time is bounded: an endless program ends, a busy machine does not matter.
mes_by() {
    (
        ulimit -t 600 -c 0
        local sources=${MES_SOURCES:-$road/mes}
        export MES_PREFIX=$sources GUILE_LOAD_PATH=$sources/module:$road/nyacc/module MES_ARENA=12000000 MES_MAX_ARENA=12000000 MES_STACK=2000000
        exec qemu-aarch64 "$road/mes-$1" "${@:2}"
    )
}

# Mes's tests/*.test: each ends well, and says the same when gcc built the interpreter (match.test expects two failures; perform.test
# measures time, and is left out). base.test shows the arena, whose figures are left out.
own_tests() {
    local file name compiler
    for compiler in chain gcc; do
        printf '#!/bin/bash\nulimit -t 60\nexport MES_PREFIX=%q MES_ARENA=3000000 MES_MAX_ARENA=3000000\nexec qemu-aarch64 %q "$@"\n' \
            "$road/mes" "$road/mes-$compiler" >"$road/run-$compiler"
        chmod +x "$road/run-$compiler"
    done
    cd "$road/mes"
    expect "33 tests" [ "$(ls tests/*.test | wc -l)" -eq 33 ]
    for file in tests/*.test; do
        name=$(basename "$file" .test)
        [ "$name" != perform ] || continue
        for compiler in chain gcc; do
            expect_status "$file by $compiler" 0 env MES="$road/run-$compiler" GUILE_LOAD_PATH="$road/mes/module" sh "$file" >"$road/$name.$compiler" 2>&1
            sed -i 's/^\[[0-9]*\]$//; /gc-time/d' "$road/$name.$compiler"
        done
        expect "$file says the same" diff "$road/$name.chain" "$road/$name.gcc"
    done
}

# MesCC from its texts makes of a small file what it makes under gcc's Mes, and M1 and hex2 a program that works.
hello() {
    local compiler
    mkdir -p "$road/by-chain" "$road/by-gcc"
    for compiler in chain gcc; do
        cd "$road/by-$compiler"
        mes_by $compiler --no-auto-compile -e main "$mes_port/mescc.scm" -- -S -o hello.s "$mes_port/hello.c"
    done
    expect "the same code by both" cmp "$road/by-chain/hello.s" "$road/by-gcc/hello.s"
    cd "$road/by-chain"
    qemu-aarch64 "$road/hand/bin/M1" hello.hex2 "$mes_port"/lib/aarch64/{crt0,code}.M1 hello.s
    qemu-aarch64 "$road/hand/bin/hex2" hello "$mes_port/lib/aarch64/elf-header.hex2" hello.hex2 "$mes_port/lib/aarch64/elf-end.hex2"
    expect "hello, compiled by MesCC." [ "$(qemu-aarch64 ./hello)" = "hello, compiled by MesCC." ]
}

# MesCC makes the same assembly under Guile and under Mes: of hello.c, of programs that use most of the language, of random ones.
as_under_guile() {
    local files=("$mes_port/hello.c" "$root"/tests/mes/patches/{06-constants,07-declarators,08-layout,09-conversions,14-assignments,15-switch,18-bit-fields,40-attributes,41-offsetof,42-floating-point-arithmetic,43-comma-call,44-arguments,nyacc-01-macros,23-floating-point}.c "$road/random.c")
    python3 "$root/tests/mes/random.py" 301 310 >"$road/random.c"
    mkdir -p "$road/guile" "$road/under-mes"
    cd "$road/guile"
    "$root/tests/mes/mescc" "$road" -S -o all.s "${files[@]}"
    cd "$road/under-mes"
    mes_by gcc --no-auto-compile -e main "$mes_port/mescc.scm" -- -S -o all.s "${files[@]}"
    expect "the same assembly" cmp "$road/guile/all.s" "$road/under-mes/all.s"
    expect "code of the last file" grep -q '^:seed310$' all.s
}

# What 65-kept keeps about a call does not outlive the builtin that is called.
redefined() {
    mes_by chain "$root/tests/mes/redefined.scm" >"$road/redefined"
    expect "old and new values" grep -qxF '((2 defined) 1 (closure (closure 2)) 1 (2 2))' "$road/redefined"
}

# What Mes had wrong: each program prints 2, and did not before the patches.
mended() {
    local file
    patched "$road/before" 52
    by_gcc "$road/before" "$road/mes-before"
    echo '(core:display (+ 1 1))' >"$road/sum.scm"
    expect "that the interpreter before the patches works" [ "$(MES_SOURCES=$road/before mes_by before "$road/sum.scm")" = 2 ]
    expect "four programs" [ "$(ls "$root"/tests/mes/interpreter/*.scm | wc -l)" -eq 4 ]
    for file in "$root"/tests/mes/interpreter/*.scm; do
        expect "2 of $file" [ "$(mes_by chain "$file" | tr -d '\0')" = 2 ]
        MES_SOURCES=$road/before mes_by before "$file" 2>&1 | tr -d '\0' >"$road/unmended" || true
        echo "$(basename "$file") before: $(cat "$road/unmended")"
        expect "something else before the patches" [ "$(cat "$road/unmended")" != 2 ]
    done
}

# Too small an arena, jam or stack, or one that cannot be had: said, with what to set, and a status that is not 0.
small_arena() {
    local name value
    cd "$(scratch)"
    while read -r name value; do
        expect_status "$name=$value" 1 env MES_PREFIX="$road/mes" GUILE_LOAD_PATH="$road/mes/module:$road/nyacc/module" MES_ARENA=1000000 \
            MES_MAX_ARENA=1000000 MES_STACK=200000 "$name=$value" \
            qemu-aarch64 "$road/mes-chain" --no-auto-compile -e main "$mes_port/mescc.scm" -- -S -o hello.s "$mes_port/hello.c" 2>messages
        expect_line '^mes: out of memory: ' messages
        expect_line "$name" messages
    done <<-END
	MES_ARENA 200000
	MES_JAM 1000
	MES_STACK 100
	MES_STACK 100000000000
	END
    # With enough, what was enough is told.
    mes_by chain --no-auto-compile -e main "$mes_port/mescc.scm" -- -S -o hello.s "$mes_port/hello.c" 2>messages
    expect_line '^MesCC: 2 functions; [0-9]* of 12000000 cells used, 0 kept at most by 0 collections$' messages
}

# A port that has MesCC compile ten random programs on the machine, and runs them: on the console their sums, which are gcc's.
random_port() {
    local port=$road/random-port
    mkdir -p "$port"
    printf 'name = "mes-random"\nversion = "1"\nlicense = "GPL-3.0-or-later"\n' >"$port/port.toml"
    sed -n '/^MES_[A-Z]*=/p; /^GUILE_LOAD_PATH=/p' "$mes_port/build.kaem" >"$port/build.kaem"
    cat >>"$port/build.kaem" <<-'END'
	ADVICE="a fault of MesCC: see the message above"
	mes --no-auto-compile -e main /ports/mes/mescc.scm -- -S -o random.s ${PORT}/random.c
	PORT=/ports/mes
	kaem ${PORT}/link.kaem random crt0
	./random
	END
    python3 "$root/tests/mes/random.py" 301 310 >"$port/random.c"
    aarch64-linux-gnu-gcc -w -O0 -fwrapv -fno-strict-aliasing -static -o "$road/random" "$port/random.c" "$root/tests/mes/syscall.c"
    qemu-aarch64 "$road/random" >"$road/sums"
}

# The whole road on the bare machine; its ledger is verified by qemu/run, which ends with another status where it is not.
on_the_machine() {
    random_port
    machine 0 "$road/console" --mes --port "$road/random-port" --timeout 14400
    expect_line '^hello, compiled by MesCC.$' "$road/console"
    expect_line "^MesCC's cc has made the chain's cc: equal byte for byte.\$" "$road/console"
    expect_line '^firmseed: \[28/40\] .* /build/mes/cc-again .* as expected, by /build/mes/cc' "$road/console"
    expect_line "^MesCC's TinyCC has made the chain's TinyCC and C library: equal byte for byte.\$" "$road/console"
    expect_line '^firmseed: \[40/40\] .* /build/mes-tinycc/tcc3 .* as expected, by /build/mes-tinycc/tcc2' "$road/console"
    expect_line '<h2>Two roads</h2>' "$target/report.html"
    expect "ten sums" [ "$(wc -l <"$road/sums")" -eq 10 ]
    expect "the sums of gcc's code" diff "$road/sums" <(tr -d '\r' <"$road/console" | grep -E '^3[01][0-9] [0-9]+$')
}

requests() {
    expect_status "--mes for an image that is built already" 1 "$root/qemu/run" --image "$root/LICENSE" --mes 2>"$road/refusal"
    expect_line 'leave --mes out' "$road/refusal"
}
check requests requests

if wanted_any interpreter own-tests hello as-under-guile redefined mended small-arena; then
    # The others need it, also where the filter does not name it.
    if wanted interpreter; then check interpreter interpreters; else (interpreters) >/dev/null; fi
    if [ -x "$road/mes-gcc" ]; then
        check own-tests own_tests
        check hello hello
        check as-under-guile as_under_guile
        check redefined redefined
        check mended mended
        check small-arena small_arena
    fi
fi
if full; then
    check on-the-machine on_the_machine
else
    skip on-the-machine "50 G guest instructions take minutes: --full"
fi
