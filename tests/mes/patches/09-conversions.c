unsigned large = 4000000000u;
unsigned minus(void) { return -1; }
int main(void) {
  unsigned u = 0; int i = 65536, a[4], *p = a, *q = a + 3; long l; unsigned char c = 255; enum e { X } x = 0;
  u = u - 1;
  if (u / 2 != 2147483647 || large / 2 != 2000000000 || minus() != 4294967295u) return 1;
  if (i * i != 0 || u * 3 != 4294967293u || (1 << 31) > 0) return 2;
  if (!(-1 > 1u) || !(-1 < 1l) || 0xffffffff != -1) return 3;
  l = 1 ? -1 : 2u;
  if (l != 4294967295 || (unsigned)-7 != 4294967289 || (signed char)200 != -56) return 4;
  if (p - q != -3 || 1 + p != a + 1 || c + 1 != 256 || (unsigned char)(c + 1) != 0) return 5;
  return -u != 1 || ~c != -256 || sizeof(c + c) != 4 || sizeof(1u + 1l) != 8 || x != 0;
}
