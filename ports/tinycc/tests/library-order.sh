#!/bin/sh
# Patch 23: library-order.sh TCC...: libtcc1.a finds in libc.a what it wants of it, when nothing else did before.
# In a folder where it may write; ends with 0 when right.
set -u
mkdir -p lib
printf 'extern void helper_of_libc(void);\nvoid helper(void) { helper_of_libc(); }\n' >helper.c
printf 'void helper_of_libc(void) {}\n' >of_libc.c
# __start_c: what crt1.o calls, of libc otherwise.
printf 'extern void helper(void);\nvoid __start_c(void) {}\nint main(void) { helper(); return 0; }\n' >main.c
for name in helper of_libc; do "$@" -c $name.c -o $name.o || exit 1; done
rm -f lib/*
"$@" -ar lib/libc.a of_libc.o && "$@" -ar lib/libtcc1.a helper.o || exit 1
"$@" -B "$PWD/lib" -L"$PWD/lib" main.c -o main
