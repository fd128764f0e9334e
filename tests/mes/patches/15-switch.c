enum { K = 4 };
int f(unsigned x) {
  int r = 0;
  switch (x) {
  case 1: r = 10;
  case 2: r = r + 1; break;
  case 3: case K: r = 34; break;
  case K + 1: { r = 5; }
  default: r = r + 100; break;
  case -1: r = 7;
  }
  return r;
}
int g(int x) { switch (x) { case 'a': return 1; case sizeof(long): return 2; } return 3; }
int main(void) {
  if (f(1) != 11 || f(2) != 1 || f(3) != 34 || f(4) != 34 || f(5) != 105 || f(6) != 100 || f(-1) != 7) return 1;
  return g('a') != 1 || g(8) != 2 || g(0) != 3;
}
