/* Sieve, matrix product, a sort and a checksum: integers, doubles, memory, calls. */
int printf(const char *, ...);
static unsigned char sieve[200000];
static double a[60][60], b[60][60], c[60][60];
static int numbers[20000];
static int compare(int x, int y) { return x < y ? -1 : x > y; }
static void sort(int *p, int n) { int i = 0, j = n - 1, pivot = p[n / 2], t; if (n < 2) return;
  while (i <= j) { while (compare(p[i], pivot) < 0) i++; while (compare(p[j], pivot) > 0) j--; if (i <= j) { t = p[i]; p[i] = p[j]; p[j] = t; i++; j--; } }
  sort(p, j + 1); sort(p + i, n - i); }
int main(void) { int i, j, k, primes = 0; unsigned x = 1, sum = 0; double trace = 0;
  for (i = 2; i < 200000; i++) if (!sieve[i]) { primes++; for (j = i * 2; j < 200000; j += i) sieve[j] = 1; }
  for (i = 0; i < 60; i++) for (j = 0; j < 60; j++) { a[i][j] = i + j; b[i][j] = i - j; }
  for (i = 0; i < 60; i++) for (j = 0; j < 60; j++) for (k = 0; k < 60; k++) c[i][j] += a[i][k] * b[k][j];
  for (i = 0; i < 60; i++) trace += c[i][i];
  for (i = 0; i < 20000; i++) { x = x * 1103515245 + 12345; numbers[i] = x >> 8; }
  sort(numbers, 20000);
  for (i = 0; i < 20000; i++) sum = sum * 31 + numbers[i];
  printf("%d %g %u\n", primes, trace, sum); return 0; }
