# The userland: ports behind the chain that are no part of it (docs/userland.md). unxz: its hash by a cc that was built under Linux, what
# it does beside xz, damage.

userland=$(scratch)
unxz=$root/ports/unxz
tools=$root/stage0/09-tools

# The script's line for cc, under qemu-user.
unxz_hash() {
    "$root/tests/stage0/by-hand" "$userland/hand" >/dev/null
    sed -n "/^cc /{ :join; /\\\\\$/{ N; s/\\\\\n//; b join; }; s#^cc -o /#qemu-aarch64 $userland/hand/bin/cc -o $userland/hand/#; p; }" \
        "$unxz/build.kaem" >"$userland/line"
    (export PORT=$unxz STAGE0=$root/stage0 && bash -e "$userland/line")
    expect "the hash in ports/unxz/SHA256SUMS" diff -U 0 "$unxz/SHA256SUMS" <(cd "$userland/hand" && sha256sum bin/unxz | sed 's#  #  /#')
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
