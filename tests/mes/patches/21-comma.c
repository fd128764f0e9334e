int main(void) { int x = 1, y = 2; return 5 + (x ^ (x, y)) != 8 || 1 + (2 + (3 + (x++, y + x))) != 10; }
