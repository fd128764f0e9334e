# Sourced by the tests of memory in tests/mes/patches, which are called as NAME.sh MESCC DIR.
#   allocated       prints the bytes that Guile allocates while MesCC, which it interprets, compiles the C on standard input
#   statements N    prints a program of N statements
mescc=$1 tree=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
allocated() {
    cat >"$dir/a.c"
    "$mescc" --allocated "$tree" -S -o "$dir/a.s" "$dir/a.c"
}
statements() { echo 'int main(void) { int i; i = 0;'; yes 'if (i) i = i + 1;' | head -n "$1"; echo 'return 0; }'; }
