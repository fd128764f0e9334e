/* Whether one of two numbers is none. The other functions for long double stand in musl's libc.a, from stage0/08-libc/src/quad.c. */
int __unordtf2(long double a, long double b) { return a != a || b != b; }
