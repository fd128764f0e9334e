/* printf: integers, floating point in all forms, long double to the last bit, positions and widths. */
#include <float.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	static const double values[] = { 0.0, -0.0, 1.1, -2.5, 1e-5, 123456789.0, DBL_MAX, DBL_MIN, 4.9406564584124654e-324, 1.0 / 3 };
	long double quad = 1;
	char *end;
	int i, counted;

	printf("%d %i %u %o %x %X %#x %#o\n", INT_MIN, -1, UINT_MAX, 8, 255, 255, 255, 8);
	printf("%ld %llu %hhd %hd %jd %zu %td\n", LONG_MIN, ULLONG_MAX, (signed char)200, (short)70000, INTMAX_MIN, SIZE_MAX, (ptrdiff_t)-5);
	printf("[%5d][%-5d][%05d][%+d][% d][%.3d][%8.3d][%*d][%-*d]\n", 42, 42, 42, 42, 42, 7, 7, 6, 1, 6, 1);
	printf("[%s][%10s][%-10s][%.2s][%c][%%][%p]\n", "text", "text", "text", "text", 'c', (void *)0x1234);
	printf("%2$s %1$s%3$n\n", "world", "hello", &counted);
	printf("%d\n", counted);
	for (i = 0; i < (int)(sizeof values / sizeof *values); i++) {
		printf("%f %e %g %a\n", values[i], values[i], values[i], values[i]);
		printf("%.0f %.17g %.3a %A %+.10E %#g %015.3f\n", values[i], values[i], values[i], values[i], values[i], values[i], values[i]);
	}
	printf("%f %F %e %a\n", 1e308 * 10, -1e308 * 10, 0.0 * (1e308 * 10) > 0 ? 1.0 : 2.0, 1e308 * 10);
	for (i = 1; i < 40; i++)
		quad = quad / 3 + i;
	printf("%La %.34Lg %Lf %Le\n", quad, quad, quad, quad);
	printf("%La %La %La %.40Lg\n", LDBL_MAX, LDBL_MIN, LDBL_EPSILON, LDBL_MIN);
	quad = strtold("1.1897314953572317650857593266280070162E+4932", &end);
	printf("%La [%s]\n", quad, end);
	quad = strtold("6.4751751194380251109244389582276465525e-4966x", &end);
	printf("%La [%s]\n", quad, end);
	printf("%La %La\n", strtold("0x1.23456789abcdef0123456789abcdp-16382", 0), strtold("-infinity", 0));
	printf("%.30f %a %a\n", strtod("0.1", 0), strtod("2.2250738585072011e-308", 0), strtof("1e-45", 0));
	return 0;
}
