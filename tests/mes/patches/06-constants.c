enum { A = sizeof(int), B = A * 2, C = 'a' };
int b = 0X10, c[B + 1];
long d = 0xffffffff, e = 1ul << 40, f = ~0, g = (unsigned char)300;
long h = 1 ? 7 : 8;
int main(void) {
  if (A != 4 || B != 8 || C != 97 || b != 16 || sizeof c != 36) return 1;
  if (d != 4294967295 || e != 1099511627776 || f != -1 || g != 44) return 2;
  if (h != 7) return 3;
  return 0;
}
