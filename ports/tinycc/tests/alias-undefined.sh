#!/bin/sh
# Patch 17: alias-undefined.sh TCC...: an alias for what is not defined is an error; a weak one gives way to another object.
# In a folder where it may write; ends with 0 when right.
set -u
printf 'int f(void);\nint g(void) __attribute__((alias("f")));\nint h(void) { return g(); }\n' >undefined.c
if "$@" -c undefined.c -o out.o 2>messages; then
    echo "no error from undefined.c"
    exit 1
fi
grep -q "'f' must be defined" messages || { cat messages; exit 1; }
printf 'static int one(void) { return 1; }\nint g(void) __attribute__((weak, alias("one")));\n' >weak.c
printf 'int g(void) { return 0; }\nint main(void) { return g(); }\n' >strong.c
"$@" -c weak.c -o weak.o && "$@" -c strong.c -o strong.o && "$@" weak.o strong.o -o both && ${RUN:-} ./both
