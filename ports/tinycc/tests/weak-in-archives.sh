#!/bin/sh
# Patch 18: weak-in-archives.sh TCC...: a weak symbol is found in an archive.
# In a folder where it may write; ends with 0 when right.
set -u
printf 'int weak_zero(void) __attribute__((weak));\nint weak_zero(void) { return 0; }\n' >weak.c
printf 'int weak_zero(void);\nint main(void) { return weak_zero(); }\n' >main.c
rm -f libweak.a
"$@" -c weak.c -o weak.o && "$@" -ar libweak.a weak.o && "$@" main.c libweak.a -o main && ${RUN:-} ./main
