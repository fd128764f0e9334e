#ifndef _MATH_H
#define _MATH_H
/* What integers can do: the rest of the mathematical library is not here. */
double fabs(double x);
double ldexp(double x, int exponent);
#define HUGE_VAL (1e300 * 1e300)
#endif
