/* hello.c: compiled by TinyCC, linked by ld with musl. */
#include <stdio.h>
int main(void) { return printf("binutils: linked by ld: %.3Lf\n", 1.0L / 3) != 30; }
