int calls; int a[4];
int index(void) { calls++; return 1; }
char *next(void) { static char text[] = "ab"; static char *p = text; return p++; }
int main(void) {
  long l; int i = 0, *p = a; unsigned char c; short s = 1; int *q;
  l = c = 300;
  if (l != 44) return 1;
  a[index()] += 5; a[index()]++; --a[index()];
  if (calls != 3 || a[1] != 5) return 2;
  a[i++] = 7; a[i++] += 1; *p++ -= 2; *++p = 9;
  if (i != 2 || a[0] != 5 || a[1] != 6 || a[2] != 9 || p != a + 2) return 3;
  if (next()[0] != 'a' || next()[0] != 'b') return 4;
  c = 255; c++; s -= 3; q = a; q += 2; s <<= 2; i = 5; i /= 2u;
  return c != 0 || s != -8 || *q != 9 || i != 2 || c-- != 0 || c != 255;
}
