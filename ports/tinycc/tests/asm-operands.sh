#!/bin/sh
# Patch 11: asm-operands.sh TCC...: inline assembly that would have to do something is an error, a barrier is none.
# In a folder where it may write; ends with 0 when right.
set -u
printf 'int copy(long x) { int i; asm("" : "=r"(i) : "0"(x)); return i; }\n' >matching.c
printf 'int copy(long x) { int i; asm("" : [a] "=r"(i) : "[a]"(x)); return i; }\n' >named.c
printf 'void f(void) { asm("" : : : "x3"); }\n' >register.c
printf 'void f(int *p) { asm volatile("" : : "r"(p) : "memory"); asm("" : "+r"(p) : : "cc"); asm(""); }\n' >barrier.c
for name in matching named register; do
    if "$@" -c $name.c -o out.o; then
        echo "no error from $name.c"
        exit 1
    fi
done
"$@" -c barrier.c -o out.o || exit 1
