# docs/audit.md: its commands, as they stand there, in one shell.

audit() {
    local folder
    folder=$(scratch)
    commands_of "$root/docs/audit.md" >"$folder/commands"
    expect "the guide to hold commands" [ "$(wc -l <"$folder/commands")" -gt 50 ]
    # Steps that must fail are the guide's own: it says "not noticed!" where they do not.
    (cd "$root" && PATH=$(dirname "$(command -v cargo || echo /usr/bin/cargo)"):$PATH TMPDIR=$folder bash -u "$folder/commands") >"$folder/output" 2>"$folder/errors" || true
    cat "$folder/output" "$folder/errors"
    local line
    while read -r line; do expect_line "$line" "$folder/output"; done <<'LINES'
^self: what the copy has made is the copy, byte for byte
^the loader of its text$
^the kernel's text$
^no name twice$
^1[0-9][0-9] files, all of this repository but these:$
^not of this repository: \./SHA256SUMS$
^not of this repository: \./image\.list$
^not of this repository: \./ports/run\.kaem$
^not of this repository: \./ports/tinycc/tcc_.*\.tar\.bz2$
^the image has made itself$
^firmseed: init ended with status 0$
^.*files\.tar: OK$
^ports/tinycc/tcc_.*\.tar\.bz2: OK$
^\./ports/tinycc/tcc_.*\.tar\.bz2$
^seed [0-9a-f]{64} 360 /seed/hex0$
^seed [0-9a-f]{64} 865 /seed/kaem-seed$
^the head of the console: [0-9a-f]{64}$
^the files of this image$
^[0-9]+ entries, 0 doubts$
^verified
^a lie without a head: status 3, consistent$
/stage0/00-hex0/hex0\.hex0
^all files as SHA256SUMS says$
^firmseed: ledger: [0-9]+ entries, [0-9]+ bytes, head [0-9a-f]{64}$
^the same head without QEMU$
^the same cc and kaem$
^the kernel of these sources$
^gcc's TinyCC comes to the same bytes$
^DOUBT
^firmseed: .*damaged
LINES
    expect "no other file but these" [ "$(grep -c '^not of this repository' "$folder/output")" -eq 4 ]
    expect "one file that is no text" [ "$(grep -c '^\./' "$folder/output")" -eq 1 ]
    expect "every attack to be noticed" [ "$(grep -c 'not noticed' "$folder/output")" -eq 0 ]
}
check guide audit

# The whole way where neither QEMU nor a cross compiler is installed: all other commands of PATH, by links.
without_qemu() {
    local folder command
    folder=$(scratch)
    mkdir "$folder/bin"
    rust_env
    tr : '\n' <<<"$PATH" | while read -r place; do
        for command in "$place"/*; do
            case ${command##*/} in qemu-* | aarch64-linux-gnu-* | apt* | dpkg* | '*') ;; *) [ -e "$folder/bin/${command##*/}" ] || ln -s "$command" "$folder/bin/" ;; esac
        done
    done
    expect "no QEMU" eval '! PATH=$folder/bin command -v qemu-system-aarch64 qemu-aarch64'
    PATH=$folder/bin "$root/qemu/run" --simulate >"$folder/console"
    cat "$folder/console"
    expect_line '^verified: ' "$folder/console"
}
check without-qemu without_qemu
