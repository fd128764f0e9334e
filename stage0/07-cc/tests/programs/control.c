/* Control flow: loops, switch in all shapes, goto, short circuits, static locals, function pointers, variadic functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int calls;
int count(int x) { calls = calls * 3 + x; return x; }

int dense(int x) {
    switch (x) { case 0: return 10; case 1: case 2: return 20; case 3: x = 5; case 4: return x; case 7: break; case 9: return 90; default: return -1; }
    return 77;
}
int sparse(long x) {
    switch (x) { case -1000: return 1; case 5: return 2; case 1000000: return 3; case 123456789012: return 4; case -5: return 5; case 77: return 6; }
    return 0;
}
int of_chars(unsigned char c) { switch (c) { case 'a': case 'b': case 'z': return 1; case '0': case '9': return 2; case 200: return 3; case '_': return 4; } return 0; }
int of_unsigned(unsigned u) { switch (u) { case 0: return 1; case 0x80000000: return 2; case 0xffffffff: return 3; case 7: return 4; default: return 5; } }
int device(int n) { int i = 0, r = 0; switch (n & 3) { case 0: do { r += ++i; case 3: r += 10; case 2: r += 100; case 1: r += 1000; } while (--n > 0); } return r; }

long total(int n, ...) {
    va_list list;
    long sum = 0;
    va_start(list, n);
    for (; n > 0; n--) {
        struct pair { long a, b; } pair;
        switch (n % 4) {
        case 0: sum += va_arg(list, int); break;
        case 1: sum += va_arg(list, unsigned long); break;
        case 2: pair = *va_arg(list, struct pair *); sum += pair.a - pair.b; break;
        case 3: sum += strlen(va_arg(list, char *)); break;
        }
    }
    va_end(list);
    return sum;
}
int forward(char *out, const char *format, ...) { va_list l; int n; va_start(l, format); n = vsprintf(out, format, l); va_end(l); return n; }

int add(int a, int b) { return a + b; }
int subtract(int a, int b) { return a - b; }
int (*choose(int which))(int, int) { return which ? add : &subtract; }
int (*table[])(int, int) = {add, subtract};
typedef int binary(int, int);
int apply(binary *f, int a, int b) { return f(a, b) + (*f)(a, b) + (***f)(b, a); }
int recursive(int n) { static int depth; depth++; return n <= 1 ? depth : recursive(n - 1) + recursive(n - 2); }
jmp_buf buffer;
int jumper(int n) { volatile int kept = n; int r = setjmp(buffer); if (r < 3) { kept++; longjmp(buffer, r + 1); } return kept * 10 + r; }

int main(void) {
    int i, j, n = 0;
    char line[100];
    struct { long a, b; } pair = {50, 8};
    for (i = -2; i < 12; i++) printf("%d ", dense(i));
    printf("%d%d%d%d%d%d%d\n", sparse(-1000), sparse(5), sparse(1000000), sparse(123456789012), sparse(-5), sparse(77), sparse(0));
    for (i = 0; i < 256; i += 3) printf("%d", of_chars(i));
    printf(" %d%d%d%d%d\n", of_unsigned(0), of_unsigned(1u << 31), of_unsigned(-1), of_unsigned(7), of_unsigned(8));
    for (i = 1; i < 12; i++) printf("%d ", device(i));
    for (i = 0; i < 10; i++) { if (i == 3) continue; if (i == 8) break; for (j = 0;; j++) { if (j > i) goto next; n += j; } next:; }
    do n--; while (n > 50);
    while (1) { if (n++ > 60) break; }
    printf("%d\n", n);
    calls = 0; count(1) && count(0) && count(2); printf("%d ", calls);
    calls = 0; n = count(0) || count(5) || count(2); printf("%d %d ", calls, n);
    calls = 0; n = count(1) ? count(2) : count(4); printf("%d %d ", calls, n);
    calls = 0; n = (count(1), count(2)) + count(7) * count(3); printf("%d %d ", calls, n);
    printf("%d ", (n = 3, n * 2) + (n ? n : 9) + (0 ? 1 : 4));
    printf("%ld %d %s\n", total(8, 1, "abc", &pair, 5ul, 100, "xy", &pair, 1ul << 40), forward(line, "<%d %s %c %ld %d %d %d %d %d %d>", 1, "two", '3', 4L, 5, 6, 7, 8, 9, 10), line);
    printf("%d %d %d %d %d\n", choose(0)(5, 3), (*choose(1))(5, 3), table[1](9, 4), apply(add, 2, 3), recursive(6));
    printf("%d\n", jumper(5));
    if (n) if (n > 1000) n = 1; else n = 2; else n = 3;
    printf("%d\n", n);
    { int n = 5; { int n = 6; printf("%d", n); } printf("%d\n", n); }
    goto end;
    printf("not reached\n");
end:
    return n - 2;
}
