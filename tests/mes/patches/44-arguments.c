/* Arguments are converted to the types of parameters. */

double half(double x);
int whole(long n) { return n; }
typedef double number;
number third(int before, number x, int after) { return before + x / 4.0 + after; }

int main(void)
{
  int i = 7;
  unsigned long big = 9;
  float f = 5.0 / 2;
  if (half(i) != 14 / 4.0 || half(big) != 18 / 4.0 || half(f) != 5 / 4.0 || half(3) != 6 / 4.0 || half('a') != 194 / 4.0)
    return 1;
  if (whole(15 / 4.0) != 3 || whole(f) != 2)
    return 2;
  if (third(f, i, 6 / 4.0) != 19 / 4.0 || third(-1, big, i) != 33 / 4.0)
    return 3;
  return (0, half)(i) != 14 / 4.0;
}

double half(double x) { return x / 2.0; }
