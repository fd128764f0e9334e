#!/bin/sh
# 02-text-reversed.sh MESCC DIR: a function of four times the length takes less than five times the memory.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
allocated() {
    { echo 'int main(void) { int i; i = 0;'; yes 'if (i) i = i + 1;' | head -n "$1"; echo 'return 0; }'; } >"$dir/a.c"
    "$mescc" --allocated "$tree" -S -o "$dir/a.s" "$dir/a.c"
}
mescc=$1 tree=$2
none=$(allocated 0) one=$(allocated 200) four=$(allocated 800)
echo "200 statements: $((one - none)) bytes, 800: $((four - none))"
[ $((four - none)) -lt $((5 * (one - none))) ]
