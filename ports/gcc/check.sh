# What gcc is tried with when it has just been built: check.sh FOLDER GCC FILE writes the answers of the programs in FOLDER, compiled by
# the command GCC, to FILE. RUN is set where programs for AArch64 want another one to run them.
set -e
from=$1 gcc=$2
exec >"$3"
export LC_ALL=C
for options in -O0 -O1 -O2 '-O2 -g' -Os; do
    for name in check work; do
        $gcc $options -o $name "$from/$name.c" -lm
        echo "$name $options"
        $RUN ./$name
    done
done
# In parts: preprocessed, assembly, an object.
$gcc -E "$from/work.c" >part.i
$gcc -O2 -S part.i
$gcc -c part.s
$gcc -o part part.o
$RUN ./part
# An error is named, with its place, and leaves nothing.
echo 'int main(void) { return missing; }' >wrong.c
$gcc -o wrong wrong.c 2>messages || echo "status $?"
grep -c "^wrong.c:1:.*missing" messages
[ ! -e wrong ]
