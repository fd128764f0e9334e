enum { A = sizeof(int), B = A * 2, C = 'a', D = (unsigned char)300 };
int b = 0X10, c[B + 1];
long d = 0xffffffff, e = 1ul << 40, f = ~0;
long h = 1 ? 7 : 8;
int main(void) {
  if (A != 4) return 1;
  if (B != 8) return 2;
  if (C != 97) return 3;
  if (b != 16) return 4;
  if (sizeof c != 36) return 5;
  if (d != 4294967295) return 6;
  if (e != 1099511627776) return 7;
  if (f != -1) return 8;
  if (D != 44) return 9;
  if (h != 7) return 10;
  return 0;
}
