/* A program for AArch64 at all: a loop, calls, arguments, a string. */
int square(int x) { return x * x; }
int main(int argc, char **argv) {
  int i; int sum; char *text;
  sum = 0; text = "abc";
  for (i = 0; i < 4; i++) sum = sum + square(i);
  if (sum != 14) return 1;
  if (text[1] != 98) return 2;
  if (argc != 1) return 3;
  return argv[1] != 0;
}
