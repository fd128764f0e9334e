/* Corners of C that cc once got wrong or refused. */
#include <stdarg.h>
#include <stdio.h>

typedef struct { int a; } __attribute__((aligned(32))) aligned_type;
struct holder { char before; aligned_type x; int after; };

static double infinite = 1.0 / 0.0, minus = -1.0 / 0.0, nan = 0.0 / 0.0;
static float single = 1.0f / 0.0f;
static long double quad = -1.0L / 0;

#if 0 && (1 / 0)
#error "a division that is not evaluated"
#endif
#if 1 || (1 % 0)
static int skipped = 1;
#endif

int shared = 7;

/* The inner b is the one of the file, not the function's. */
static int hidden(void)
{
    static long shared = 5;
    {
        extern int shared;
        shared++;
    }
    return shared;
}

static int ended(int n, ...)
{
    va_list lists[2], *p = lists;
    va_start(lists[0], n);
    va_end(*p++);
    return p - lists;
}

int main(void)
{
    printf("%d %d\n", (int)sizeof(struct holder), (int)((char *)&((struct holder *)0)->after - (char *)0));
    printf("%d %d %d %d %d\n", infinite > 1e308, minus < -1e308, nan != nan, single > 1e38f, quad < -1e4000L);
    printf("%f %f %d\n", infinite, minus, skipped);
    printf("%f %d %d\n", 1e300 * -1e300, 1e300 * 1e300 == infinite, 1e4000L * 1e4000L == -quad);
    printf("%d %d\n", hidden(), shared);
    printf("%d\n", ended(1));
    return 0;
}
