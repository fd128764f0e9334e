/* What a C compiler needs its library, its start files and its calling convention for. ports/gcc/check.sh runs it; the answers are
   those of any compiler that is right. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct point { double x, y; };
struct person { char name[20]; int born; unsigned tall : 9, left : 1; };

static int started;
static jmp_buf out;

__attribute__((constructor)) static void start(void) { started++; }
__attribute__((destructor)) static void end(void) { puts("the end"); }

static struct point turned(struct point at, double angle)
{
	struct point to;

	to.x = at.x * cos(angle) - at.y * sin(angle);
	to.y = at.x * sin(angle) + at.y * cos(angle);
	return to;
}

static int younger(const void *a, const void *b)
{
	return ((const struct person *)b)->born - ((const struct person *)a)->born;
}

static long double sum(int n, ...)
{
	long double total = 0;
	va_list list;

	va_start(list, n);
	while (n--)
		total += n & 1 ? va_arg(list, long double) : va_arg(list, int);
	va_end(list);
	return total;
}

static const char *kind(int c)
{
	switch (c) {
	case 'a': case 'e': case 'i': case 'o': case 'u': return "vowel";
	case '0': case '1': case '2': case '3': case '4': return "digit";
	case ' ': return "blank";
	default: return c > 127 ? "far" : "other";
	}
}

static void leap(int depth)
{
	volatile char pad[100];

	pad[depth] = depth;
	if (depth == 40)
		longjmp(out, pad[40]);
	leap(depth + 1);
}

int main(int argc, char **argv)
{
	struct person people[] = { { "Ada", 1815, 165, 1 }, { "Grace", 1906, 170, 0 }, { "Alan", 1912, 179, 1 }, { "Kurt", 1905, 168, 0 } };
	struct point at = { 3, 4 };
	long long big = 0x123456789abcdefLL;
	unsigned i;

	printf("started %d, %d argument\n", started, argc);
	at = turned(at, acos(-1) / 2);
	printf("turned %.3f %.3f, %.6g\n", at.x, at.y, hypot(at.x, at.y));
	qsort(people, 4, sizeof people[0], younger);
	for (i = 0; i < 4; i++)
		printf("%s %d %u%s\n", people[i].name, people[i].born, people[i].tall, people[i].left ? " left" : "");
	printf("sum %.20Lg\n", sum(4, 1.5L, 2, 0.1L, 40));
	printf("%lld %lld %llu %d\n", big / -7, big % 1000, (unsigned long long)big * big, (int)(big >> 33));
	printf("%d %u %ld\n", (int)-3.99, (unsigned)3e9, (long)1e18L);
	for (i = 0; i < 5; i++)
		printf("%s ", kind("e3 x\377"[i] & 255));
	puts("");
	if ((i = setjmp(out)) == 0)
		leap(0);
	printf("back from %u\n", i);
	printf("%s %d\n", strrchr("a/b/c", '/'), memcmp("abc", "abd", 3) < 0);
	return argv[1] != NULL;
}
