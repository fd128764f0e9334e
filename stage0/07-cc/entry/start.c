/* start.c: the entry of a program and its system calls, for programs without the C library. Machine code as words. */
int main(int argc, char **argv, char **envp);

const unsigned __syscall[] __attribute__((section(".text"))) = {
    0xaa0003e8,                 /* mov x8, x0 */
    0xaa0103e0,                 /* mov x0, x1 */
    0xaa0203e1,                 /* mov x1, x2 */
    0xaa0303e2,                 /* mov x2, x3 */
    0xaa0403e3,                 /* mov x3, x4 */
    0xaa0503e4,                 /* mov x4, x5 */
    0xaa0603e5,                 /* mov x5, x6 */
    0xd4000001,                 /* svc #0 */
    0xd65f03c0                  /* ret */
};

void __start(long *stack) {
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    long (*syscall)(long number, long a, long b, long c, long d, long e, long f) = (long (*)(long, long, long, long, long, long, long))__syscall;
    syscall(93, main(argc, argv, argv + argc + 1), 0, 0, 0, 0, 0);
}

const struct {
    unsigned code[4];
    void (*start)(long *stack);
} _start __attribute__((section(".text"))) = {
    {
        0x910003e0,             /* mov x0, sp */
        0x58000070,             /* ldr x16, start */
        0xd61f0200,             /* br  x16 */
        0xd503201f              /* nop: the address behind is aligned */
    },
    __start
};

