/* Control flow, calls, scopes. */
#define UNUSED
int depth;
long calls;

int eight(int a, long b, char c, int d, int e, int f, int g, long h) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8;
}

long factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }

int odd(int n);
int even(int n) { if (n == 0) return 1; return odd(n - 1); }
int odd(int n) { if (n == 0) return 0; else return even(n - 1); }

int classify(long n) {
    switch (n) {
    case 0:
        return 100;
    case -1:
    case 'a':
        depth++;
    case 5000:
        depth += 10;
        break;
    case 0x123456789:
        return 3;
    default:
        depth += 1000;
    case 8: {
        int depth = 5;
        calls += depth;
    }
    }
    return depth;
}

int no_default(int n) {
    int r = 1;
    switch (n & 3) {
    case 1: r = 2; break;
    case 2: while (1) { if (r > 50) break; r *= 3; } break;
    }
    return r;
}

int nested(int n) {
    int i;
    int j;
    int found = 0;
    for (i = 0; i < n; i++) {
        if (i == 2)
            continue;
        for (j = 0; ; j++) {
            if (j > i)
                break;
            if (j % 2)
                continue;
            switch (j) {
            case 4: continue;
            case 6: found += 1000;
            }
            found += j;
        }
        do {
            j--;
            if (j == 3)
                continue;
            found++;
        } while (j > 0);
        while (j < 3)
            if (j++ == 1)
                break;
    }
    return found;
}

char narrow(int n) { return n; }
int from_long(long n) { return n; }
void nothing(void) { ; }
void early(int n) { if (n) { calls++; return; } calls += 100; }
int collatz(long n) { int steps; for (steps = 0; n != 1; steps++) n = n % 2 ? 3 * n + 1 : n / 2; return steps; }
int ack(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }
int array_parameter(int a[], char *s[]) { return a[1] + *s[1]; }
char *strings[] = { "a", "b" };
int pair[2] = { 3, 4 };
extern int pair_count;
int pair_count = 2;
int tentative;
int tentative;

int sum_to(int n) {
    int s = 0, i = 0;
    for (; i <= n; s += i++) ;
    return s;
}

int scopes(int a) {
    int b = a;
    {
        int a = 5;
        { int b = a * 2; a += b; }
        b += a;
    }
    return a * 100 + b;
}

int main(int argc, char **argv, char **envp) {
    int i;
    show("eight", eight(1, 2, 3, 4, 5, 6, 7, 8));
    show("nested calls", eight(even(4), factorial(5), 3, i = 4, odd(3) + 1, (i, 6), -7, eight(1, 1, 1, 1, 1, 1, 1, 1)));
    show("factorial", factorial(20));
    show("even", even(11) * 10 + odd(11));
    show("classify", classify(0));
    show("classify", classify('a'));
    show("classify", classify(-1));
    show("classify", classify(5000));
    show("classify", classify(0x123456789));
    show("classify", classify(8));
    show("classify", classify(7));
    show("no default", no_default(0) + no_default(1) * 10 + no_default(2) * 100);
    show("nested", nested(10));
    show("narrow", narrow(1000) + from_long(0x123456789a));
    nothing();
    early(0);
    early(1);
    show("calls", calls);
    show("collatz", collatz(27));
    show("ack", ack(2, 3));
    show("array parameter", array_parameter(pair, strings));
    show("sum", sum_to(100));
    show("scopes", scopes(3));
    show("globals", pair_count + tentative);
    for (i = 0; i < 3; i++) if (i == 1) show("i", i); else if (i == 2) show("two", i); else show("zero", i);
    i = 10;
    do i -= 3; while (i > 0);
    show("do", i);
    if (i < 0 && (i += 5) > 0 || nothing == 0) show("and or", i);
    long n = 5; while (n --> 0) if (n == 2) break;
    show("arrow", n);
    // a comment /* in a comment
    return /* 3 */ 4;
}
