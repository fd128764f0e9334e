/* math.c: the parts of a double. */
#include <math.h>

typedef union { double value; unsigned long bits; } parts;

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
