/* Patch 12: structs aligned to 16 as variable arguments. Ends with 0 when right. */
#include <stdarg.h>

struct pair { _Alignas(16) long a; long b; };
struct whole { long a, b; } __attribute__((aligned(16)));
struct four { double a, b, c, d; } __attribute__((aligned(32)));

/* What stands before the structs moves their place. */
static int take(int before, ...)
{
	va_list list;
	struct pair p;
	struct whole w;
	struct four f;
	int i, last;

	va_start(list, before);
	for (i = 0; i < before; i++)
		if (va_arg(list, int) != i)
			return 1;
	p = va_arg(list, struct pair);
	w = va_arg(list, struct whole);
	f = va_arg(list, struct four);
	last = va_arg(list, int);
	va_end(list);
	if (p.a != 1 || p.b != 2 || w.a != 3 || w.b != 4)
		return 2;
	if (f.a != 5 || f.b != 6 || f.c != 7 || f.d != 8)
		return 3;
	return last != 9;
}

int main(void)
{
	struct pair p = { 1, 2 };
	struct whole w = { 3, 4 };
	struct four f = { 5, 6, 7, 8 };

	return take(0, p, w, f, 9) || take(1, 0, p, w, f, 9) || take(2, 0, 1, p, w, f, 9) || take(3, 0, 1, 2, p, w, f, 9) ||
		take(4, 0, 1, 2, 3, p, w, f, 9) || take(5, 0, 1, 2, 3, 4, p, w, f, 9) || take(6, 0, 1, 2, 3, 4, 5, p, w, f, 9) ||
		take(7, 0, 1, 2, 3, 4, 5, 6, p, w, f, 9) || take(8, 0, 1, 2, 3, 4, 5, 6, 7, p, w, f, 9);
}
