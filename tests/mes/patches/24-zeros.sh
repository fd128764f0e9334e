#!/bin/sh
# 24-zeros.sh MESCC DIR: a zero of an array costs less memory than the digits that are written for it.
set -e
. "$(dirname "$0")/../allocated.sh"
zeros() { echo "char a[$1]; int main(void) { return 0; }"; }
few=$(zeros 1000 | allocated) many=$(zeros 1001000 | allocated)
echo "a million zeros: $((many - few)) bytes"
[ $((many - few)) -lt 2000000 ]
