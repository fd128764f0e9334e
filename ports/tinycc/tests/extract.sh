#!/bin/sh
# Patch 19: extract.sh TCC...: tcc -ar x gives back what is in an archive.
# In a folder where it may write; ends with 0 when right.
set -u
printf 'int one = 1;\n' >one.c
printf 'int two(void) { return 2; }\nchar odd[3] = "ab";\n' >two.c
"$@" -c one.c -o one.o && "$@" -c two.c -o two.o && "$@" -ar library.a one.o two.o || exit 1
mkdir members && cd members || exit 1
"$@" -ar x ../library.a && cmp one.o ../one.o && cmp two.o ../two.o || exit 1
head -c 500 ../library.a >half.a
if "$@" -ar x half.a || "$@" -ar x none.a || "$@" -ar x one.o; then
    echo "no error from what is no whole archive"
    exit 1
fi
