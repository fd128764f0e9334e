/* math: functions of each kind, in three sizes, rounding modes and exceptions. Bits are shown: a wrong constant shows. */
#include <fenv.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
	static const double points[] = { 0.5, 1.0, 2.75, 0.001, 40.0 };
	static const long double hexadecimal[] = { 0x1p-16382L, 0x1p16383L, 0x1.23456789abcdef0123456789abcdp0L, 0x.8p1L, 0x1p-16494L };
	int i, e;
	double x, whole;

	for (i = 0; i < 5; i++) {
		x = points[i];
		printf("%g\n", x);
#define SHOW(name) printf(" " #name " %a %a %La\n", name(x), (double)name##f((float)x), name##l((long double)x))
		SHOW(sin); SHOW(cos); SHOW(tan); SHOW(atan); SHOW(sinh); SHOW(tanh); SHOW(exp); SHOW(exp2); SHOW(expm1);
		SHOW(log); SHOW(log2); SHOW(log10); SHOW(log1p); SHOW(sqrt); SHOW(cbrt); SHOW(erf); SHOW(tgamma); SHOW(lgamma);
		SHOW(floor); SHOW(ceil); SHOW(round); SHOW(trunc); SHOW(rint); SHOW(fabs); SHOW(logb);
		printf(" %a %a %La\n", pow(x, 1.7), (double)powf(x, 1.7f), powl(x, 1.7L));
		printf(" %a %a %La\n", atan2(x, -3), (double)hypotf(x, 4), hypotl(x, 4));
		printf(" %a %a %La\n", fmod(x, 0.3), remainder(x, 0.3), fmodl(x, 0.3L));
		printf(" %a %a %La\n", fma(x, x, -1), (double)fmaf(x, x, -1), fmal(x, x, -1));
		printf(" %ld %lld %d\n", lrint(x), llround(-x), ilogb(x));
		printf(" %a", frexp(x, &e));
		printf(" %d %a", e, modf(-x, &whole));
		printf(" %a %a\n", whole, nextafter(x, 100));
	}
	for (i = 0; i < 5; i++)
		printf("%La\n", hexadecimal[i]);
	printf("%La %La %La\n", scalbnl(1, -16445), scalbnl(1.5L, 16383), ldexpl(0x1.8p-16382L, -100));
	for (i = 0; i < 4; i++) {
		fesetround(i << 22);
		printf("%d %a %a %ld\n", fegetround() >> 22, rint(2.5), rint(-2.5), lrint(0.7));
	}
	fesetround(FE_TONEAREST);
	feclearexcept(FE_ALL_EXCEPT);
	x = 0;
	x = 1 / x;
	printf("%d %d\n", !!fetestexcept(FE_DIVBYZERO), !!fetestexcept(FE_INVALID));
	printf("%d %d %d %d\n", isnan(sqrt(-1)), isinf(x), fpclassify(1e-310) == FP_SUBNORMAL, signbit(-0.0) != 0);
	printf("%d\n", !!fetestexcept(FE_INVALID));
	return 0;
}
