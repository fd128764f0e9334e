#!/bin/sh
# 24-zeros.sh MESCC DIR: a zero of an array costs less memory than the digits that are written for it.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
allocated() {
    echo "char a[$1]; int main(void) { return 0; }" >"$dir/a.c"
    "$mescc" --allocated "$tree" -S -o "$dir/a.s" "$dir/a.c"
}
mescc=$1 tree=$2
few=$(allocated 1000) many=$(allocated 1001000)
echo "a million zeros: $((many - few)) bytes"
[ $((many - few)) -lt 2000000 ]
