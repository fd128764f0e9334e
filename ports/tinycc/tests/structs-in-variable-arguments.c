/* Patch 13: a struct that does not fit into the registers left, and what follows it. Ends with 0 when right. */
#include <stdarg.h>

struct empty { char c[0]; };
struct pair { long a, b; };
struct floats { double a, b, c; };

/* Seven registers, then a pair, then one more. */
static int integers(int count, ...)
{
	va_list list;
	struct empty e;
	struct pair p;
	int i;

	va_start(list, count);
	e = va_arg(list, struct empty);
	for (i = 1; i < count; i++)
		if (va_arg(list, int) != i)
			return 1;
	p = va_arg(list, struct pair);
	e = va_arg(list, struct empty);
	i = va_arg(list, int);
	va_end(list);
	return p.a != 10 || p.b != 11 || i != 12;
}

static int reals(int count, ...)
{
	va_list list;
	struct floats f;
	double d;
	int i;

	va_start(list, count);
	for (i = 0; i < count; i++)
		if (va_arg(list, double) != i)
			return 1;
	f = va_arg(list, struct floats);
	d = va_arg(list, double);
	va_end(list);
	return f.a != 1 || f.b != 2 || f.c != 3 || d != 4;
}

/* The named pair is on the stack already. */
static int named(long a, long b, long c, long d, long e, long f, long g, struct pair p, ...)
{
	va_list list;
	int i;

	va_start(list, p);
	i = va_arg(list, int);
	va_end(list);
	return a + b + c + d + e + f + g != 7 || p.a != 10 || p.b != 11 || i != 12;
}

static int named_empty(struct empty e, int a, ...)
{
	va_list list;
	int i;

	va_start(list, a);
	i = va_arg(list, int);
	va_end(list);
	return a != 1 || i != 2;
}

int main(void)
{
	struct empty e;
	struct pair p = { 10, 11 };
	struct floats f = { 1, 2, 3 };

	if (integers(6, e, 1, 2, 3, 4, 5, p, e, 12) || integers(7, e, 1, 2, 3, 4, 5, 6, p, e, 12) ||
		integers(8, e, 1, 2, 3, 4, 5, 6, 7, p, e, 12))
		return 1;
	if (reals(5, 0., 1., 2., 3., 4., f, 4.) || reals(6, 0., 1., 2., 3., 4., 5., f, 4.) ||
		reals(7, 0., 1., 2., 3., 4., 5., 6., f, 4.))
		return 2;
	return named(1, 1, 1, 1, 1, 1, 1, p, 12) || named_empty(e, 1, 2);
}
