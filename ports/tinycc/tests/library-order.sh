#!/bin/sh
# Patch 23: library-order.sh TCC...: libtcc1.a finds in libc.a what it wants of it, when nothing else did before.
# In a folder where it may write; ends with 0 when right.
set -u
mkdir -p lib/tcc
printf 'extern void helper_of_libc(void);\nvoid helper(void) { helper_of_libc(); }\n' >helper.c
printf 'void helper_of_libc(void) {}\n' >of_libc.c
printf 'extern void helper(void);\nint main(void) { helper(); return 0; }\n' >main.c
printf 'extern int main(void);\nvoid _start(void) { main(); }\n' >crt1.c
: >crti.c
for name in helper of_libc crt1 crti; do "$@" -c $name.c -o $name.o || exit 1; done
rm -f lib/*.a lib/tcc/*
cp crt1.o crti.o lib/ && cp crti.o lib/crtn.o
"$@" -ar lib/libc.a of_libc.o && "$@" -ar lib/tcc/libtcc1.a helper.o || exit 1
"$@" -B "$PWD/lib/tcc" main.c -o main
