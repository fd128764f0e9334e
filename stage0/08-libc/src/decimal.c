/* decimal.c: floating point from text and to text, in integers only, exact and correctly rounded.
   A wrong constant here would live on in every compiler built from this one. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "decimal.h"

enum { STEP = 59 }; /* bits a shift may move at once: 9 << 59 and a carry fit 64 bits */

static void trim(struct decimal *d)
{
	while (d->count && d->digit[d->count - 1] == 0)
		d->count--;
	if (d->count == 0)
		d->point = 0;
}

static void push(struct decimal *d, int digit)
{
	if (d->count < DECIMAL_DIGITS)
		d->digit[d->count++] = digit;
	else if (digit)
		d->more = 1;
}

/* d *= 2 to the bits. */
static void shift_left(struct decimal *d, int bits)
{
	unsigned char out[DECIMAL_DIGITS + 20];
	int i, at = sizeof(out);
	unsigned long carry = 0;

	for (i = d->count - 1; i >= 0; i--) {
		carry += (unsigned long)d->digit[i] << bits;
		out[--at] = carry % 10;
		carry /= 10;
	}
	for (; carry; carry /= 10)
		out[--at] = carry % 10;
	d->point += (int)sizeof(out) - at - d->count;
	d->count = 0;
	for (i = at; i < (int)sizeof(out); i++)
		push(d, out[i]);
	trim(d);
}

/* d /= 2 to the bits. */
static void shift_right(struct decimal *d, int bits)
{
	unsigned long rest = 0, mask = (1UL << bits) - 1;
	int from = 0, count = d->count;

	if (count == 0)
		return;
	while (rest >> bits == 0)
		rest = rest * 10 + (from < count ? d->digit[from] : 0), from++;
	d->point -= from - 1;
	d->count = 0;
	for (; from < count; from++) {
		push(d, rest >> bits);
		rest = (rest & mask) * 10 + d->digit[from];
	}
	for (; rest; rest = (rest & mask) * 10)
		push(d, rest >> bits);
	trim(d);
}

static void scale(struct decimal *d, int exponent)
{
	for (; exponent > STEP; exponent -= STEP)
		shift_left(d, STEP);
	for (; exponent < -STEP; exponent += STEP)
		shift_right(d, STEP);
	if (exponent > 0)
		shift_left(d, exponent);
	else
		shift_right(d, -exponent);
}

/* (high * 2^64 + low) * 2^exponent, high below 2^60. */
void decimal_from_binary(struct decimal *d, unsigned long high, unsigned long low, int exponent)
{
	unsigned char digits[40];
	unsigned long part[3], value;
	int i, at = sizeof(digits);

	part[0] = high;
	part[1] = low >> 32;
	part[2] = low & 0xffffffff;
	while (part[0] | part[1] | part[2]) {
		value = part[0];
		part[0] = value / 10;
		for (i = 1; i < 3; i++) {
			value = (value % 10) << 32 | part[i];
			part[i] = value / 10;
		}
		digits[--at] = value % 10;
	}
	d->more = 0;
	d->count = d->point = (int)sizeof(digits) - at;
	memcpy(d->digit, digits + at, d->count);
	trim(d);
	scale(d, exponent);
}

/* Must the first `count` digits be raised by one? Ties go to the even digit. */
static int rounds_up(struct decimal *d, int count)
{
	if (count < 0 || count >= d->count)
		return 0;
	if (d->digit[count] == 5 && count + 1 == d->count && !d->more)
		return count > 0 && d->digit[count - 1] & 1;
	return d->digit[count] >= 5;
}

/* Keeps the first `count` digits, rounded. */
void decimal_round(struct decimal *d, int count)
{
	int up = rounds_up(d, count);

	if (count >= d->count)
		return;
	d->count = count < 0 ? 0 : count;
	d->more = 0;
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
	trim(d);
}

/* Takes the whole part, below 2^60, out of d. */
static unsigned long take_whole(struct decimal *d)
{
	unsigned long whole = 0;
	int i, zeros;

	if (d->point <= 0)
		return 0;
	for (i = 0; i < d->point; i++)
		whole = whole * 10 + (i < d->count ? d->digit[i] : 0);
	if (d->point >= d->count) {
		d->count = d->point = 0;
		return whole;
	}
	for (zeros = 0; d->digit[d->point + zeros] == 0; zeros++)
		;
	d->count -= d->point + zeros;
	memmove(d->digit, d->digit + d->point + zeros, d->count);
	d->point = -zeros;
	return whole;
}

/* Text to a decimal: out: *end behind it, or s where there is no number. */
static int parse(struct decimal *d, const char *s, char **end)
{
	int negative, any = 0, exponent, sign, dot = 0;
	const char *e;

	*end = (char *)s;
	memset(d, 0, sizeof(*d));
	while (isspace(*s))
		s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	for (; isdigit(*s) || (*s == '.' && !dot); s++) {
		if (*s == '.') {
			dot = 1;
			continue;
		}
		any = 1;
		if (d->count || *s != '0')
			push(d, *s - '0');
		if (!dot && d->count)
			d->point++;
		if (dot && !d->count)
			d->point--;
	}
	if (!any)
		return 0;
	e = s;
	if ((*e | 32) == 'e') {
		e++;
		sign = *e == '-' ? -1 : 1;
		if (*e == '-' || *e == '+')
			e++;
		if (isdigit(*e)) {
			for (exponent = 0; isdigit(*e); e++)
				if (exponent < 100000)
					exponent = exponent * 10 + *e - '0';
			d->point += sign * exponent;
			s = e;
		}
	}
	*end = (char *)s;
	trim(d);
	return negative;
}

/* A decimal to binary: a number of `bits` significant bits (at most 116), as high * 2^56 + low, and its exponent,
   so that the value is the number times 2^exponent. Below the smallest exponent bits are lost, as IEEE 754 has it. */
static int to_binary(struct decimal *d, int bits, int smallest, unsigned long *high, unsigned long *low)
{
	int exponent = 0, step, lost;

	*high = *low = 0;
	if (d->count == 0 || d->point < -6000)
		return smallest;
	if (d->point > 6000)
		return 1 << 20;
	while (d->point > 0) {
		step = d->point * 3 < STEP ? d->point * 3 : STEP;
		shift_right(d, step);
		exponent += step;
	}
	while (d->point < 0 || d->digit[0] < 5) {
		step = d->point == 0 ? 1 : -d->point * 3 < STEP ? -d->point * 3 : STEP;
		shift_left(d, step);
		exponent -= step;
	}
	exponent -= bits; /* now 1/2 <= d < 1 */
	lost = exponent < smallest ? smallest - exponent : 0;
	if (lost > bits)
		return smallest;
	exponent += lost;
	bits -= lost;
	if (bits > 56) {
		shift_left(d, bits - 56);
		*high = take_whole(d);
		bits = 56;
	}
	shift_left(d, bits);
	step = rounds_up(d, d->point);
	*low = take_whole(d) + step;
	*high += *low >> 56;
	*low &= (1UL << 56) - 1;
	return exponent;
}

/* Assembles a format of 64 bits or less: `bits` of significand with the hidden one, exponents of `width` bits. */
static unsigned long small_format(const char *s, char **end, int bits, int width)
{
	struct decimal d;
	unsigned long high, low, field;
	int bias = (1 << (width - 1)) - 1, smallest = 2 - bias - bits, exponent;
	int negative = parse(&d, s, end ? end : (char **)&high);

	exponent = to_binary(&d, bits, smallest, &high, &low);
	if (low >> bits) {
		low >>= 1;
		exponent++;
	}
	field = low >> (bits - 1) ? exponent - smallest + 1 : 0;
	if (exponent > 1 << 16 || field >= (1UL << width) - 1) {
		field = (1UL << width) - 1;
		low = 0;
	}
	low &= (1UL << (bits - 1)) - 1;
	return (unsigned long)negative << (bits + width - 1) | field << (bits - 1) | low;
}

double strtod(const char *s, char **end)
{
	union { unsigned long bits; double value; } u;

	u.bits = small_format(s, end, 53, 11);
	return u.value;
}

float strtof(const char *s, char **end)
{
	union { unsigned bits; float value; } u;

	u.bits = small_format(s, end, 24, 8);
	return u.value;
}

/* IEEE 754 binary128: 113 bits with the hidden one, 15 bits of exponent. */
long double strtold(const char *s, char **end)
{
	union { unsigned long word[2]; long double value; } u;
	struct decimal d;
	unsigned long high, low, field;
	char *ignored;
	int negative = parse(&d, s, end ? end : &ignored);
	int smallest = 2 - 16383 - 113, exponent = to_binary(&d, 113, smallest, &high, &low);

	if (high >> 57) { /* rounded up to 2^113: then low is 0 */
		high >>= 1;
		exponent++;
	}
	field = high >> 56 ? exponent - smallest + 1 : 0;
	if (exponent > 1 << 16 || field >= 32767) {
		field = 32767;
		high = low = 0;
	}
	high &= (1UL << 56) - 1;
	u.word[0] = low | high << 56;
	u.word[1] = high >> 8 | field << 48 | (unsigned long)negative << 63;
	return u.value;
}
