typedef int (*function)(int, char *);
typedef int numbers[3], *pointer;
int add(int n, char *text) { return n + text[0]; }
int (*table[2])(int, char *);
int apply(int f(int, char *), int n) { return (*f)(n, "a"); }
static int twice(void (*g)(int *), int n) { g(&n); g(&n); return n; }
void up(int *n) { *n = *n + 1; }
int (*choose(int n, int (*f)(int, char *)))(int, char *) { return f; }
char *names[] = { "x", "yz" };
unsigned static long order = 3;
int main(void) {
  function f = add; numbers n; pointer p = n; int m[2][3]; int (*row)[3] = m; char *(*text)[2] = &names;
  table[1] = add; n[2] = 4; m[1][2] = 9;
  if (f(1, "a") != 98 || apply(add, 2) != 99 || twice(up, 5) != 7) return 1;
  if (table[1](3, "a") != 100 || choose(1, add)(4, "a") != 101) return 2;
  if (p[2] != 4 || sizeof n != 12 || sizeof(numbers) != 12 || row[1][2] != 9 || (*text)[1][1] != 'z') return 3;
  return sizeof(int (*)[3]) != 8 || sizeof(char *[4]) != 32 || order != 3;
}
