int main(void) { int i = -7; long l = -8; unsigned u = 0x80000000; return i >> 1 != -4 || l >> 2 != -2 || u >> 31 != 1; }
