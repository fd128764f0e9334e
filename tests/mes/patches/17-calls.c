int three(int a, int b, int c) { return a * 100 + b * 10 + c; }
int (*global)(int, int, int) = three;
int main(void) {
  static int (*local)(int, int, int) = three; int k = 1;
  if (global(1, 2, 3) != 123 || local(1, 2, 3) != 123 || (*global)(3, 2, 1) != 321) return 1;
  if (1 + (k + three(1, k + three(0, 0, k), 1 + (k + 1))) != 125) return 2;
  return k + three(k, three(0, 0, 2), three(0, 0, k + 2)) != 124;
}
