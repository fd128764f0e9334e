# Runtimes of others: what their programs print on our kernel is what they print on Debian's Linux. glibc's threads and qemu-user
# itself, from Debian; with --full Go (Debian's compiler), Rust's standard library on musl (rustup's target), and tests/musl's
# programs with the musl that the cross gcc builds.

. "$root/qemu/lib/chain.sh"
runtimes=$root/tests/runtimes
tree=$(scratch)/tree
of_musl=$(basename -s .c -a "$root"/tests/musl/programs/*.c | sed 's/^/musl-/')

threads() { aarch64-linux-gnu-gcc -static -O1 -pthread -o "$tree/tests/threads" "$root/tests/musl/programs/threads.c"; }

qemu_user() {
    threads
    cp -L "$cache/linux/busybox" "$tree/bin/busybox"
    cp "$("$root/qemu/setup" --arm64 qemu-user-static)/usr/bin/qemu-aarch64-static" "$tree/bin/"
    cp "$runtimes/qemu-user.sh" "$tree/tests/qemu-user"
}

go_program() {
    GOARCH=arm64 GOOS=linux CGO_ENABLED=0 GO111MODULE=off GOFLAGS=-trimpath GOCACHE=$cache/go \
        go build -ldflags=-s -o "$tree/tests/go" "$runtimes/go.go"
}

rust_program() {
    rustc "+$rust_reference" --edition 2024 -O --target aarch64-unknown-linux-musl -C linker=aarch64-linux-gnu-gcc \
        -C link-self-contained=yes -C strip=symbols -o "$tree/tests/rust" "$runtimes/rust.rs"
}

musl() {
    local musl=$tree.musl
    mkdir -p "$musl/source"
    tar -xf "$(fetch_port musl)" -C "$musl/source" --strip-components=1
    (
        cd "$musl/source"
        ./configure --target=aarch64 CROSS_COMPILE=aarch64-linux-gnu- --disable-shared --prefix="$musl" && make -j2 install
    ) >"$logs/$layer/musl.log" 2>&1 || { tail -n 5 "$logs/$layer/musl.log"; exit 1; }
}
musl_program() {
    [ -x "$tree.musl/bin/musl-gcc" ] || musl
    "$tree.musl/bin/musl-gcc" -w -O1 -fno-builtin -static -o "$tree/tests/$1" "$root/tests/musl/programs/${1#musl-}.c"
}

runtimes() {
    local names=() name
    for name in threads qemu-user; do if wanted "$name"; then names+=("$name"); fi; done
    if full; then
        for name in go rust $of_musl; do if wanted "$name"; then names+=("$name"); fi; done
        if ! have go; then skip go "Debian's golang-go is not here"; names=("${names[@]/go}"); fi
        if ! rust_has_musl; then skip rust "rustup has no target aarch64-unknown-linux-musl here"; names=("${names[@]/rust}"); fi
    else
        skip go "the compiler is large: --full"
        skip rust "the target is large: --full"
        skip musl "the library takes a minute to be built: --full"
    fi
    # shellcheck disable=SC2206 # words that were taken away left empty ones
    names=(${names[@]})
    [ ${#names[@]} -gt 0 ] || return 0
    mkdir -p "$tree/tests" "$tree/bin" "$tree/tmp" "$logs/$layer"
    for name in "${names[@]}"; do
        case $name in
        threads) threads ;;
        qemu-user) qemu_user ;;
        go | rust) "${name}_program" ;;
        musl-*) musl_program "$name" ;;
        esac
    done
    aarch64-linux-gnu-gcc -static -O1 -I "$root/tests/common" -o "$tree/init" "$root/tests/conformance/runner.c"
    chmod 755 "$tree"/tests/* "$tree"/bin/* 2>/dev/null || :
    printf '%s\n' "${names[@]}" >"$tree/tests.list"
    make_image "$tree" "$tree.img" /init
    "$root/tests/linux/run" "$tree" /init >"$logs/$layer/linux.log" 2>&1 || true
    "$root/qemu/run" --image "$tree.img" >"$logs/$layer/ours.log" 2>&1 || true
    for name in "${names[@]}"; do check "$name" same_as_linux "$name" "$logs/$layer/linux.log" "$logs/$layer/ours.log"; done
}
runtimes
