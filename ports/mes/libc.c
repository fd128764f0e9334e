/* libc.c: stage 0's C library as one text, for MesCC; compiled with stage0/08-libc/src among the folders of -I. */
#include "system.c"
#include "stdlib.c"
#include "string.c"
#include "stdio.c"
#include "printf.c"
#define strtold rounded
#include "decimal.c"
#undef strtold
#include "math.c"

/* A long double is a double here. What a double does not hold is an error, not another number. */
long double strtold(const char *s, char **end)
{
	struct Real exact;

	from_text(s, end, 16, &exact);
	if (exact.low << 4) {
		fprintf(stderr, "long double with more bits than a double has: %s\n", s);
		exit(1);
	}
	return rounded(s, end);
}
