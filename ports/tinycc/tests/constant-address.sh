#!/bin/sh
# Patch 16: constant-address.sh TCC...: constant addresses are reached, from an object file too.
# In a folder where it may write; ends with 0 when right. RUN: what runs the program (qemu-aarch64).
set -u
cat >constant.c <<'C'
#include <sys/mman.h>
#define AT(type, offset) (*(volatile type *)(0x123456780000 + (offset)))
int main(void)
{
	char *p = mmap((void *)0x123456780000, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (p != (void *)0x123456780000)
		return 1;
	AT(int, 0) = -5;
	AT(double, 4096) = AT(int, 0);
	AT(signed char, 4099) = -1;
	return *(int *)p != -5 || p[4099] != 255 || AT(double, 4096) != *(double *)(p + 4096) || AT(short, 4098) >= 0;
}
C
"$@" -c constant.c -o constant.o || exit 1
"$@" constant.o -o constant || exit 1
${RUN:-} ./constant
