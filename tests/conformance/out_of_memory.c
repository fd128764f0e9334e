/* A program that takes all memory ends, by ENOMEM or by the kernel's hand; its parent and the machine go on. */
#include "check.h"
#include <sys/mman.h>

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        for (;;) {
            char *p = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (p == MAP_FAILED)
                _exit(errno == ENOMEM ? 0 : 1);
            for (int i = 0; i < 8 << 20; i += 4096)
                p[i] = 1;
        }
    }
    int status;
    MUST(waitpid(child, &status, 0));
    TRUE((WIFEXITED(status) && WEXITSTATUS(status) == 0) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    /* All of it is there again. */
    char *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(p != MAP_FAILED);
    for (int i = 0; i < 64 << 20; i += 4096)
        p[i] = 1;
    say("64 MiB are there again\n");
    return 0;
}
