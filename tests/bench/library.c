/* What qemu/bench --library measures: as process 1, one script between two marks that the plugin reads. */
#include "check.h"

#define MARK(n) __asm__ volatile("hint #%0" ::"i"(96 + (n)) : "memory")

int main(void)
{
    char *arguments[] = {"/bin/kaem", "/library.kaem", NULL}, *environment[] = {"PATH=/bin", NULL};
    int status = 0;

    MARK(1);
    pid_t child = MUST(fork());
    if (child == 0) {
        execve(arguments[0], arguments, environment);
        _exit(127);
    }
    MUST(waitpid(child, &status, 0));
    MARK(2);
    return !WIFEXITED(status) || WEXITSTATUS(status);
}
