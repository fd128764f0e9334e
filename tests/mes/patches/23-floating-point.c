double global = 4294967296.0, list[2] = { 1, -2.0 };
int main(void) {
  double one = 1.0, zero = 0, copy; union { double d; long bits; } u;
  copy = global; u.d = copy;
  if (u.bits != 0x41f0000000000000) return 1;
  u.d = list[1];
  if (u.bits != 0xc000000000000000) return 2;
  u.d = one;
  return u.bits != 0x3ff0000000000000 || *(long *)&zero != 0 || sizeof 1.0 != 8;
}
