int table[3]; int *pointers[2];
struct s { int a[2]; int (*f)(void); };
int one(void) { return 1; }
int first(char const *text) { return ((char *)text)[0]; }
int main(void) {
  struct s s; int const v = 1;
  s.f = one; table[2] = 5; pointers[1] = table;
  s.a[1] = 2;
  return first("a") != 97 || table[2] != 5 || s.a[1] != 2 || v != 1;
}
