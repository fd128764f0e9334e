#!/bin/sh
# 02-text-reversed.sh MESCC DIR: a function of four times the length takes less than five times the memory.
set -e
. "$(dirname "$0")/../allocated.sh"
none=$(statements 0 | allocated) one=$(statements 200 | allocated) four=$(statements 800 | allocated)
echo "200 statements: $((one - none)) bytes, 800: $((four - none))"
[ $((four - none)) -lt $((5 * (one - none))) ]
