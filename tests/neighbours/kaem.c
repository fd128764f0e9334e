// A stand-in for stage0-posix's kaem-optional-seed: no arguments, no C library; runs the lines of ./kaem.aarch64, a path and
// two arguments each, and stops at the first that fails.

static long call(long number, long a, long b, long c, long d) {
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}

enum { OPENAT = 56, READ = 63, EXIT = 93, CLONE = 220, EXECVE = 221, WAIT4 = 260, AT_FDCWD = -100, SIGCHLD = 17 };

static char text[4096];

void _start(void) {
    long script = call(OPENAT, AT_FDCWD, (long)"kaem.aarch64", 0, 0);
    long size = call(READ, script, (long)text, sizeof text - 1, 0), at = 0;
    if (size <= 0)
        call(EXIT, 2, 0, 0, 0);
    while (at < size) {
        char *words[4] = {0};
        for (int word = 0; word < 3; word++) {
            words[word] = text + at;
            while (text[at] != ' ' && text[at] != '\n')
                at++;
            text[at++] = 0;
        }
        if (call(CLONE, SIGCHLD, 0, 0, 0) == 0) {
            char *environment[1] = {0};
            call(EXIT, call(EXECVE, (long)words[0], (long)words, (long)environment, 0) ? 127 : 0, 0, 0, 0);
        }
        int status = 0;
        call(WAIT4, -1, (long)&status, 0, 0);
        if (status != 0)
            call(EXIT, 1, 0, 0, 0);
    }
    call(EXIT, 0, 0, 0, 0);
}
