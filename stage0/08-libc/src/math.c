/* math.c: the parts of a double. */
#include <math.h>

typedef union { double value; unsigned long bits; } parts;

#define FIELD(p) ((p).bits >> 52 & 2047)

double fabs(double x)
{
	parts p;

	p.value = x;
	p.bits &= ~0UL >> 1;
	return p.value;
}

/* x * 2^exponent, in steps whose powers of two exist. A result below the normal numbers is rounded once only,
   for the first steps stay above them. */
double ldexp(double x, int exponent)
{
	parts power;
	int step;

	if (exponent > 3000)
		exponent = 3000;
	if (exponent < -3000)
		exponent = -3000;
	for (; exponent; exponent -= step) {
		step = exponent > 1000 ? 1000 : exponent < -900 ? -900 : exponent;
		power.bits = (unsigned long)(step + 1023) << 52;
		x *= power.value;
	}
	return x;
}

/* x = result * 2^*exponent, the result from 1/2 up to below 1. */
double frexp(double x, int *exponent)
{
	parts p;

	*exponent = 0;
	p.value = x;
	if (x == 0 || FIELD(p) == 2047)
		return x;
	if (FIELD(p) == 0) {
		p.value = x * 18014398509481984.0; /* 2^54 */
		*exponent = -54;
	}
	*exponent += (int)FIELD(p) - 1022;
	p.bits = (p.bits & ~(2047UL << 52)) | 1022UL << 52;
	return p.value;
}
