/* libc.c: stage 0's C library as one text, for MesCC; compiled with stage0/08-libc/src among the folders of -I. */
#include "system.c"
#include "stdlib.c"
#include "string.c"
#include "stdio.c"
#include "printf.c"
#include "scanf.c"
#define strtold binary128
#include "decimal.c"
#undef strtold
#include "math.c"

/* A long double is a double here. What a double does not hold is an error, not another number. */
long double strtold(const char *s, char **end)
{
	struct decimal d;
	unsigned long high, low;
	char *ignored;

	parse(&d, s, &ignored);
	to_binary(&d, 113, 2 - 16383 - 113, &high, &low);
	if (low || high & 15) {
		fprintf(stderr, "long double with more bits than a double has: %s\n", s);
		exit(1);
	}
	return strtod(s, end);
}
