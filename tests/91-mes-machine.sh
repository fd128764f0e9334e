# The Scheme road's interpreter: GNU Mes built by the chain's cc (ports/mes), under qemu-user: Mes's own tests, and MesCC.

. "$root/qemu/lib/chain.sh"
mes_port=$root/ports/mes
road=$(scratch)

# patched DIR: Mes's sources in DIR, patched as the machine does it; nyacc beside it.
patched() {
    mkdir -p "$1"
    tar -x -f "$(fetch_port mes)" -C "$1" --strip-components=1
    mkdir -p "$road/nyacc"
    tar -x -f "$(fetch_port nyacc)" -C "$road/nyacc" --strip-components=1
    (
        patch() { command patch --batch --fuzz=0 -p1 -i "$1"; }
        PORT=$mes_port
        cd "$1"
        . "$mes_port/patches.kaem"
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
    # The same sources by gcc with our library: what the interpreter does does not depend on cc.
    interpreter "$road/mes" "$road/mes-gcc" aarch64-linux-gnu-gcc -O1 -w -fno-strict-aliasing -ffreestanding -fno-builtin -nostdinc -nostdlib -static \
        -isystem "$(aarch64-linux-gnu-gcc -print-file-name=include)" -Wl,--no-warn-execstack
}

# run_mes NAME ARGUMENT...: the interpreter NAME; CPU time bounded, so that an endless program ends and a busy machine does not matter.
run_mes() { (ulimit -t 300 && MES_PREFIX=$road/mes MES_ARENA=2000000 MES_MAX_ARENA=2000000 exec qemu-aarch64 "$road/mes-$1" "${@:2}"); }

# Mes's tests/*.test print what they do when gcc builds it, and no failure but the exceptions.
own_tests() {
    local file name
    export GUILE_LOAD_PATH=$road/mes/module
    for name in chain gcc; do
        printf '#!/bin/bash\nulimit -t 300\nMES_PREFIX=%s MES_ARENA=3000000 MES_MAX_ARENA=3000000 exec qemu-aarch64 %s "$@"\n' "$road/mes" "$road/mes-$name" >"$road/run-$name"
        chmod +x "$road/run-$name"
    done
    cd "$road/mes"
    mkdir -p "$road/tests"
    for file in tests/*.test; do
        for name in chain gcc; do
            MES=$road/run-$name sh "$file" >"$road/tests/$(basename "$file").$name" 2>&1 && echo "status 0" >>"$road/tests/$(basename "$file").$name" ||
                echo "status not 0" >>"$road/tests/$(basename "$file").$name"
        done
    done
}
