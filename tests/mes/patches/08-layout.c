struct inner { char a; long b; };
struct s { char c; short d; struct { char e; union { int f; char g; }; }; struct inner in[2]; unsigned h : 3; unsigned i : 5; unsigned j : 28; char *text; };
struct s global = { 1, 2, { 3, { 4 } }, { { 5, 6 }, 7, 8 }, 1, 2, 3, "ab" };
char pair[2][3] = { "ab", { 'c' } };
int rest[5] = { 1, 2 };
struct inner list[] = { 1, 2, { 3 }, 4, 5 };
int main(void) {
  struct s local = { 1, 2, { 3, { 4 } }, { { 5, 6 }, 7, 8 }, 0, 0, 0, "ab" };
  struct inner part = { 9 }; int nine[9] = { 1 };
  if (sizeof(struct inner) != 16 || sizeof(struct s) != 64 || sizeof list != 48) return 1;
  if (global.d != 2 || global.f != 4 || global.in[1].a != 7 || global.in[1].b != 8 || global.text[1] != 'b') return 2;
  if (local.d != 2 || local.g != 4 || local.in[0].b != 6 || local.in[1].b != 8 || local.text[1] != 'b') return 3;
  if (part.b != 0 || nine[8] != 0 || rest[1] != 2 || rest[4] != 0) return 4;
  if (pair[1][0] != 'c' || pair[1][1] != 0 || list[2].b != 5 || list[1].b != 0) return 5;
  return (char *)&global.in[0] - (char *)&global != 16;
}
