struct s { unsigned a : 3; int b : 5; unsigned c : 24; unsigned long d : 40; } s, *p = &s;
int main(void) {
  long v; int i = 2;
  s.a = 5; s.b = -3; s.c = 0x123456; p->d = 1; v = (s.a = 13);
  if (s.a != 5 || s.b != -3 || s.c != 0x123456 || p->d != 1 || v != 5) return 1;
  s.a += 4; ++s.b; p->c |= 1; s.d = -1;
  if (s.a != 1 || s.b != -2 || s.c != 0x123457 || s.d != 0xffffffffff) return 2;
  v = i + (i + (i + (p->b = 7)));
  return v != 13 || s.b != 7 || s.a != 1 || -1 < s.a == 0 || sizeof s != 16;
}
