/* float, double and long double: arithmetic, conversions, comparisons, arguments. */
#include <stdarg.h>
#include <stdio.h>

volatile float f[] = {0, 1, -1.5f, 3.25e10f, 1e-20f};
volatile double d[] = {0, 1, -1.5, 3.25e10, 1e-200};
volatile long double q[] = {0, 1, -1.5L, 3.25e10L, 0.1L};
volatile int si[] = {0, 1, -7, 1000000, 2147483647};
volatile unsigned long ul[] = {0, 1, 7, 1ul << 63, 18446744073709551615ul};

void bytes(void *p, int n) { unsigned char *b = p; while (n--) printf("%02x", b[n]); printf("\n"); }
double mix(int a, float b, double c, long double e, long g, float h) { return a + b * c - e + g / (h + 2); }
long double many(double a, double b, double c, double d, double e, double f, double g, double h, long double i, double j, float k) {
    return a + b + c + d + e + f + g + h + i * 2 + j + k;
}
double sum(int n, ...) {
    va_list list, copy;
    double total = 0;
    va_start(list, n);
    va_copy(copy, list);
    while (n-- > 0) {
        total += va_arg(list, double);
        total += va_arg(list, int);
        total += va_arg(list, long double);
        total += va_arg(list, long);
    }
    total += va_arg(copy, double) * 1000;
    va_end(list);
    va_end(copy);
    return total;
}
float id(float x) { return x; }

int main(void) {
    int i, j;
    for (i = 0; i < 5; i++)
        for (j = 0; j < 5; j++) {
            float a = f[i] * f[j] + 1;
            double b = d[i] - d[j] / 3 * (d[j] + 1);
            long double c = q[i] * 3 + q[j];
            printf("%g %g %g ", a, b, (double)c);
            printf("%d%d%d%d%d%d ", f[i] < f[j], f[i] <= f[j], d[i] > d[j], d[i] >= d[j], q[i] == q[j], q[i] != q[j]);
            printf("%d%d%d%d ", q[i] < q[j], !(q[i] <= q[j]), !(f[i] > d[j]), q[i] >= q[j]);
            printf("%d %d %d\n", f[i] && d[j], !f[i] || q[j], d[i] ? 1 : 2);
        }
    for (i = 0; i < 5; i++) {
        long double x = si[i], y = ul[i];
        float z = ul[i];
        double w = -si[i];
        bytes(&x, 16); bytes(&y, 16); bytes(&z, 4); bytes(&w, 8);
        printf("%d %ld %d %ld %u\n", (int)f[i & 1], (long)(d[i] * 2), (signed char)q[i & 1], (long)(q[i] * 2), (unsigned)(d[3] / 10));
        x = -x; x += 1; x /= 3; y *= x; bytes(&x, 16); bytes(&y, 16);
        z++; w--; z -= w; printf("%f %f %d\n", z, w, (_Bool)f[i]);
    }
    printf("%f %f %Lf\n", mix(1, 2.5f, 3.5, 1.25L, 7, 0.5f), sum(2, 1.5, 3, 2.5L, 4L, 10.0, 20, 30.0L, 40L), many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    printf("%f %f %.20Lf\n", id(0.1), 0.1f + 0.2, 0.1L + 0.2L);
    printf("%d %d %f %f\n", (int)3.99, (int)-3.99, 1 / 3.0f, (double)(float)0.1);
    printf("%f %f\n", 0x1.8p3, 1.e2 + .5);
    double edge[] = { 1e400, -1e308 * 10, 1e-400, 1e5000 * 1e-5000, 2.4703282292062328e-324, 1.7976931348623159e308, 1e300 / 1e-300 };
    long double wide[] = { 1e4932L, 1e4933L, 1e4000L * 1e4000L, 1e-4000L * 1e-4000L, 6e-4966L };
    float narrow[] = { 1e39f, 3.4028236e38f, 1e-45f, 7e-46f, (float)1e300 };
    bytes(edge, sizeof(edge)); bytes(wide, sizeof(wide)); bytes(narrow, sizeof(narrow));
    { double nan = d[0] / d[0], inf = 1 / d[0]; printf("%d%d%d%d%d%d %d\n", nan < 1, nan > 1, nan == nan, nan != nan, !(nan >= 1), nan <= 1, inf > 1e308); }
    return 0;
}
