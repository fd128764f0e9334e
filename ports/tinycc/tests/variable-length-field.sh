#!/bin/sh
# Patch 15: variable-length-field.sh TCC...: an array of variable length in a struct is an error.
# In a folder where it may write; ends with 0 when right.
set -u
printf 'int f(int n) { struct { int a, b[n]; } s; return sizeof s; }\n' >local.c
printf 'int f(int n) { typedef int row[n]; struct { row b[3]; } *p; return sizeof *p; }\n' >rows.c
for name in local rows; do
    if "$@" -c $name.c -o out.o 2>messages; then
        echo "no error from $name.c"
        exit 1
    fi
    grep -q 'variable length' messages || { cat messages; exit 1; }
done
