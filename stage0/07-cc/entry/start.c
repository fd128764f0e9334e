/* start.c: the entry of a program, for programs without the C library: its machine code, and what it calls. */
#include "../../08-libc/src/start.c"
#include "../../08-libc/src/code.c"

int main(int argc, char **argv, char **envp);

void __start_c(long *stack) {
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    ((long (*)(long number, long status))__syscall)(93, main(argc, argv, argv + argc + 1));     /* exit */
}
