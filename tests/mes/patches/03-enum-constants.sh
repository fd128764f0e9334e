#!/bin/sh
# 03-enum-constants.sh MESCC DIR: sixty enums; 2^60 constants would fit nowhere.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
i=0
while [ $i -lt 60 ]; do echo "enum { A$i = $i };"; i=$((i + 1)); done >"$dir/a.c"
echo 'int main(void) { return A59 - A0; }' >>"$dir/a.c"
ulimit -v 4000000
"$1" "$2" -S -o "$dir/a.s" "$dir/a.c"
