#!/bin/sh
# 25-clone.sh MESCC DIR: a statement takes less than 800,000 bytes, with Guile interpreting MesCC.
set -e
. "$(dirname "$0")/../allocated.sh"
none=$(statements 0 | allocated) many=$(statements 200 | allocated)
echo "200 statements: $((many - none)) bytes"
[ $((many - none)) -lt 160000000 ]
