/* __syscall for what gcc compiles of random.py's programs, with gcc's C library. */
#include <unistd.h>
long __syscall(long number, long a, long b, long c, long d, long e, long f) { return syscall(number, a, b, c, d, e, f); }
