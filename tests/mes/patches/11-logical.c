int main(void) { int a = 5, b = 7; return (a && b) != 1 || (a || 0) != 1 || (0 || b) + (a && 2) != 2 || (a && 0) != 0; }
