/* decimal.c: floating point from text and to text, exact and correctly rounded, by the arithmetic of cc's constants. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "../../07-cc/real.c"
#include "decimal.h"

#define BLOCK 1000000000 /* nine digits at once */

/* The whole number b in decimal, 0.d0 d1 d2 ... times 10 to the point. */
static void whole_to_decimal(struct decimal *d, struct Big *b)
{
	unsigned char *at = d->digit + DECIMAL_DIGITS;
	long block;
	int i;

	while (b->count)
		for (block = divide(b, BLOCK), i = 0; i < 9; i++, block /= 10)
			*--at = block % 10;
	while (at < d->digit + DECIMAL_DIGITS && *at == 0)
		at++;
	d->count = d->point = d->digit + DECIMAL_DIGITS - at;
	memmove(d->digit, at, d->count);
}

static void trim_zeros(struct decimal *d)
{
	while (d->count && d->digit[d->count - 1] == 0)
		d->count--;
	if (d->count == 0)
		d->point = 0;
}

/* n / 2^k is n * 5^k / 10^k. */
void decimal_from_binary(struct decimal *d, unsigned long low, unsigned long high, int size)
{
	struct Big *b = &big_a;
	struct Real value;

	value.low = low;
	value.high = high;
	unpack(b, &value, size);
	d->negative = b->negative;
	d->infinite = b->kind == INFINITE;
	d->no_number = b->kind == NOT_A_NUMBER;
	if (b->kind != FINITE)
		return;
	if (b->exponent < 0)
		scale_by_5(b, -b->exponent);
	else
		shift_left(b, b->exponent);
	whole_to_decimal(d, b);
	if (b->exponent < 0)
		d->point += b->exponent;
	trim_zeros(d);
}

/* Keeps the first `count` digits, rounded; ties go to the even digit. */
void decimal_round(struct decimal *d, int count)
{
	int next, up;

	if (count >= d->count)
		return;
	next = count < 0 ? 0 : d->digit[count];
	up = next == 5 && count + 1 == d->count ? count > 0 && d->digit[count - 1] & 1 : next >= 5;
	d->count = count < 0 ? 0 : count;
	if (up) {
		while (d->count && d->digit[d->count - 1] == 9)
			d->count--;
		if (d->count == 0) {
			d->digit[d->count++] = 1;
			d->point++;
			return;
		}
		d->digit[d->count - 1]++;
	}
	trim_zeros(d);
}

/* The number at the beginning of s, in so many bytes; *end is behind it, or s where there is none. */
static void from_text(const char *s, char **end, int size, struct Real *out)
{
	const char *start = s;
	char *behind;
	int negative;

	while (isspace(*s))
		s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	out->low = out->high = 0;
	behind = parse_real((char *)s, size, out);
	if (end)
		*end = behind ? behind : (char *)start;
	if (behind && negative)
		real_negate(out, size);
}

double strtod(const char *s, char **end)
{
	union { struct Real bits; double value; } u;

	from_text(s, end, sizeof(double), &u.bits);
	return u.value;
}

float strtof(const char *s, char **end)
{
	union { struct Real bits; float value; } u;

	from_text(s, end, sizeof(float), &u.bits);
	return u.value;
}

/* IEEE 754 binary128. */
long double strtold(const char *s, char **end)
{
	union { struct Real bits; long double value; } u;

	from_text(s, end, sizeof(long double), &u.bits);
	return u.value;
}
