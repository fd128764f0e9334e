#!/bin/sh
# 25-clone.sh MESCC DIR: a statement takes less than 800,000 bytes, with Guile interpreting MesCC.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
allocated() {
    { echo 'int main(void) { int i; i = 0;'; yes 'if (i) i = i + 1;' | head -n "$1"; echo 'return 0; }'; } >"$dir/a.c"
    "$mescc" --allocated "$tree" -S -o "$dir/a.s" "$dir/a.c"
}
mescc=$1 tree=$2
none=$(allocated 0) many=$(allocated 200)
echo "200 statements: $((many - none)) bytes"
[ $((many - none)) -lt 160000000 ]
