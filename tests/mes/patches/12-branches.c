int number(int a, int b, int c) { return a * 100 + b * 10 + c; }
int wrap(int v, int t) { return v & t; }
int main(void) {
  int k = 1, v = 3; char *text = "\0x"; long wide[1]; int i = 1;
  wide[0] = 256;
  if (number(k, v ? 2 : 5, k ? v : 0) != 123) return 1;
  if (i + (k + (v == 3 ? -v : ~v) * (k ? 2 : 3)) != -4) return 2;
  if (number(wrap(k == 1 ? -v : ~v, 7), 0, k == 1 ? 1 : 2) != 501) return 3;
  if (1 + (2 + (3 + (k < v))) != 7 || 1 + (2 + (3 + !(k > v && v))) != 7) return 4;
  if (wide[0]) v = 0;
  return v != 0 || *text;
}
