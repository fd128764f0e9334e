void message(const char *format, ...) __attribute__ ((format (printf, 1, 2)));
__attribute__((noreturn)) void end(const char *format, ...);
int __attribute__((unused)) first = 3;
int second __attribute__((unused)) = 4, *third __attribute__((unused)) = &first;
int same(int a __attribute__((unused))) { return a; }
int main(void) { return same(second) - *third - 1; }
