/* Expressions that need more registers than there are, calls within calls, large frames, many arguments. */
#include <stdio.h>
#include <string.h>

int g[100];
int h(int a) { return a + 1; }
int ten(int a, int b, int c, int d, int e, int f, int i, int j, char k, long l) { return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * i + 8 * j + 9 * k + 10 * (int)l; }
double reals(double a, double b, double c, double d, double e, double f, double g, double h, float i, double j) { return a - b + c - d + e - f + g - h + i * j; }
long frame(int n) { char big[100000]; long sum = 0; int i; memset(big, n, sizeof big); big[99999] = 5; for (i = 0; i < 100000; i += 999) sum += big[i]; return sum + big[99999]; }
int lots(void) {
    int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, i = 7, j = 8, k = 9, l = 10, m = 11, n = 12, o = 13, p = 14, q = 15;
    double x = 1, y = 2, z = 3, u = 4, v = 5, w = 6, r = 7, s = 8, t = 9, xx = 10;
    for (a = 0; a < 5; a++) { b += a; c ^= b; d -= c; e += d; f ^= e; i += f; j -= i; k += j; l ^= k; m += l; n -= m; o += n; p ^= o; q += p; x += y; y -= z; z += u; u += v; v -= w; w += r; r += s; s -= t; t += xx; xx += x; h(a); }
    return a + b + c + d + e + f + i + j + k + l + m + n + o + p + q + (int)(x + y + z + u + v + w + r + s + t + xx);
}

int main(void) {
    int i, x = 3, y = 5;
    long p;
    for (i = 0; i < 100; i++) g[i] = i * 7 % 31;
    printf("%d\n", ((((((((g[1] + g[2]) * (g[3] + g[4])) - ((g[5] + g[6]) * (g[7] + g[8]))) + (((g[9] - g[10]) * (g[11] - g[12])) - ((g[13] ^ g[14]) * (g[15] | g[16])))))) * 2)) + (g[17] + (g[18] - (g[19] * (g[20] + (g[21] ^ (g[22] - (g[23] + (g[24] * (g[25] + (g[26] - g[27])))))))))));
    printf("%d\n", x + (y - (x * (y + (x ^ (y - (x + (y * (h(x) + (y - h(h(y)))))))))))); 
    printf("%d\n", g[g[g[g[g[x] + h(y)] + g[h(x)]]]]);
    printf("%d %d\n", h(x) + h(y) * h(h(x)) - h(h(h(y))), h(h(x) + h(y)) * (h(x) - h(y + h(1))));
    printf("%d\n", ten(1, h(2), 3, h(4) + h(5), 6, 7, h(h(8)), 9, h(10), h(11) * 1000L));
    printf("%f\n", reals(1, h(2), 3.5, 4, h(5) * 1.5, 6, 7, 8, h(9), 10) + reals(1, 2, 3, 4, 5, 6, 7, 8, 9, h(10)));
    printf("%ld %d\n", frame(3), lots());
    p = (long)&g[10]; printf("%d %d\n", *(int *)(p + 4), ((int *)p)[-1]);
    g[x] = g[h(x)] = h(g[y]); g[h(x)] += g[y]++ * h(2); printf("%d %d\n", g[3], g[4]);
    { int *q = g; *q++ = 5; *q++ += h(g[7]); q[h(0)]--; printf("%d %d %d %d\n", g[0], g[1], g[3] + g[5], (int)(q - g)); }
    return 0;
}
