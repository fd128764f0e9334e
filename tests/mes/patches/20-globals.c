extern int a; int a; int a = 5; int a;
extern int b; int b;
static int f(void) { static int count = 1; return count++; }
static int g(void) { static int count = 10; return count++; }
int count = 100;
int main(void) { f(); g(); return a != 5 || b != 0 || f() != 2 || g() != 11 || count != 100; }
