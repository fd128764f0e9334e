struct small { char a, b, c; } x = { 1, 2, 3 }; struct seven { char t[7]; } t = { "abcdef" }; struct word { int a, b; } w = { 4, 5 };
int main(void) {
  struct small y, guard[2]; struct seven u[2]; struct word v, *p = &v;
  u[1].t[0] = 'x'; guard[1].a = 9;
  y = x; u[0] = t; *p = w; guard[0] = y;
  if (y.b != 2 || y.c != 3 || guard[0].c != 3 || guard[1].a != 9) return 1;
  return u[0].t[5] != 'f' || u[1].t[0] != 'x' || v.a != 4 || v.b != 5;
}
