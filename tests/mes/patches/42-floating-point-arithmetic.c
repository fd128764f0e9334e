double global = 4294967296.0; float fl = -2.0, fz;
double half(double x) { return x / 2; }
double third(int n) { return n / 3.0; }
int less(double a, double b) { return (a < b) | (a <= b) << 1 | (a > b) << 2 | (a >= b) << 3 | (a == b) << 4 | (a != b) << 5; }
int branch(double a, double b) { int r = 0; if (a < b) r |= 1; if (a <= b) r |= 2; if (a > b) r |= 4; if (a >= b) r |= 8; if (a == b) r |= 16; if (a != b) r |= 32; return r; }
int main(void) {
  double d = 3, zero = 0, nan, minus; float f; long l; unsigned long ul; unsigned u; int i; unsigned char c; union { double d; long bits; } v; union { float f; unsigned bits; } w;
  d = d * 2 + 1; if (d != 7) return 1;
  i = d; if (i != 7) return 2;
  d = -d; if (d != -7.0 || d > 0) return 3;
  l = half(d) * 1000; if (l != -3500) return 4;
  ul = 0x8000000000000400; d = ul; if (d != 4503599627370496.0 * 2048) return 5;
  ul = d; if (ul != 0x8000000000000000) return 6;
  v.d = third(1); if (v.bits != 0x3fd5555555555555) return 7;
  f = third(1); w.f = f; if (w.bits != 0x3eaaaaab) return 8;
  d = f; if (d == third(1)) return 9;
  d = 1; v.d = 2; if (less(d, v.d) != 35 || branch(d, v.d) != 35) return 10;
  if (less(v.d, d) != 44 || branch(v.d, d) != 44) return 11;
  if (less(d, d) != 26 || branch(d, d) != 26) return 12;
  nan = zero / zero; if (less(nan, d) != 32 || branch(nan, d) != 32 || less(d, nan) != 32) return 13;
  minus = -zero; v.d = minus; if (v.bits != (-9223372036854775807 - 1)) return 14;
  if (minus) return 15;
  if (!minus) d = 2; else return 16;
  u = 4294967295u; d = u; if (d != 4294967295.0) return 17;
  i = -5; d = i; if (d + 5 != 0) return 18;
  d += 2.0; d *= 2; d -= 1; d /= 7; if (d != -1) return 19;
  f = fl; f = f * f + fl - fz; if (f != 2) return 20;
  c = 259.0 - d + 5; if (c != (unsigned char)265) return 21;
  d = i > 0 ? 1 : 2.0; if (d != 2 || sizeof(i + 1.0) != 8 || sizeof(f + f) != 4) return 22;
  while (d) d -= 1;
  if (-f != -2.0f || d && f || !(d || f)) return 23;
  global = global * global; v.d = global; if (v.bits != 0x43f0000000000000) return 24;
  w.f = fl; if (w.bits != 0xc0000000) return 25;
  l = -9223372036854775807 - 1; d = l; f = -9223372036854775807 - 1; if (d != -4503599627370496.0 * 2048 || f != d) return 26;
  return 0; }
