struct s { int a; int m; } list[3], *p, *q;
int main(void) {
  list[0].m = 1; list[1].m = 2; list[2].m = 3; p = list + 1;
  if ((p - 1)->m != 1 || (p + 1)->m != 3 || (p ? p : q)->m != 2) return 1;
  if ((q = p)->m != 2 || q->m != 2) return 2;
  (p ? p : q)->m = 7; (p + 1)->m = 8;
  return list[1].m != 7 || list[2].m != 8;
}
