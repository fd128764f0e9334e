/* What the tests print with: first input of each of them. */
long __syscall(long number, long a, long b, long c, long d, long e, long f);

char output[65536];
long output_size;

void flush(void) {
    __syscall(64, 1, (long)output, output_size, 0, 0, 0);
    output_size = 0;
}

void put_char(int c) {
    if (output_size == sizeof output)
        flush();
    output[output_size++] = c;
}

void put_text(char *text) {
    while (*text)
        put_char(*text++);
}

void put_long(long value) {
    char digits[24];
    int i = 24;
    long v = value;
    if (v > 0)
        v = -v;                         /* negative numbers reach further */
    do {
        digits[--i] = '0' - v % 10;
        v /= 10;
    } while (v);
    if (value < 0)
        digits[--i] = '-';
    while (i < 24)
        put_char(digits[i++]);
}

void show(char *what, long value) {
    put_text(what);
    put_text(" = ");
    put_long(value);
    put_char('\n');
    flush();
}
