struct s { int a; int b[3]; } list[3] = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 } };
struct s *second = &list[1]; int *inner = &list[1].b[2], *end = list[1].b + 1;
char zeros[10], *last = zeros + 9; long after = 3;
int main(void) { *last = 1; return second->a != 5 || *inner != 8 || *end != 7 || zeros[9] != 1 || after != 3; }
