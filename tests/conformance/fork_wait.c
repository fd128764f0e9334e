/* fork, exit, wait4: statuses, orders, errors, five nested forks. */
#include "check.h"
#include <sys/resource.h>

static int nest(int depth)
{
    char mine[4096];
    memset(mine, depth, sizeof mine);
    if (depth == 0)
        return 7;
    pid_t child = fork();
    if (child == 0)
        _exit(nest(depth - 1) + 1);
    int status;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 100;
    for (unsigned i = 0; i < sizeof mine; i++)
        if (mine[i] != depth)
            return 101;
    return WEXITSTATUS(status);
}

int main(void)
{
    int status = 0;
    SHOW(wait4(-1, &status, 0, NULL));
    SHOW(waitpid(getpid(), &status, 0));
    SHOW(wait4(-1, &status, 0x1000, NULL));
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        TRUE(getppid() == parent);
        TRUE(getpid() != parent);
        _exit(258 + 41);
    }
    TRUE(waitpid(child, &status, 0) == child);
    say_status("first", status);
    SHOW(waitpid(child, &status, 0));
    CHILD("exit(0)", exit(0));
    CHILD("exit_group", syscall(SYS_exit_group, 3));
    CHILD("exit", syscall(SYS_exit, 4));
    CHILD("abort", abort());
    CHILD("null", *(volatile int *)0 = 1);
    CHILD("undefined", __asm__ volatile(".inst 0"));
    CHILD("breakpoint", __asm__ volatile("brk #1"));

    /* WNOHANG, and waiting for a particular one of several. */
    int ends[2];
    MUST(pipe(ends));
    child = fork();
    if (child == 0) {
        char byte;
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 11 : 12);
    }
    SHOW(waitpid(child, &status, WNOHANG));
    SHOW(waitpid(-1, &status, WNOHANG));
    close(ends[1]);
    TRUE(waitpid(child, &status, 0) == child);
    say_status("blocked child", status);
    pid_t children[5];
    for (int i = 0; i < 5; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(20 + i);
    }
    for (int i = 4; i >= 0; i--) {
        TRUE(waitpid(children[i], &status, 0) == children[i]);
        say_status("one of five", status);
    }
    int sum = 0;
    for (int i = 0; i < 5; i++)
        if (fork() == 0)
            _exit(i);
    for (int i = 0; i < 5; i++) {
        MUST(wait(&status));
        sum += WEXITSTATUS(status);
    }
    SHOW(sum);
    SHOW(nest(5));
    SHOW(wait4(-1, (int *)8, 0, NULL));
    child = fork();
    if (child == 0)
        _exit(1);
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    TRUE(wait4(child, &status, 0, &usage) == child);
    TRUE(usage.ru_utime.tv_usec >= 0 && usage.ru_utime.tv_usec < 1000000);
    /* An orphan's new parent is process 1. */
    MUST(pipe(ends));
    CHILD("middle", {
        if (fork() == 0) {
            char byte;
            close(ends[0]);
            while (getppid() == parent + 0 || getppid() != 1)
                usleep(1000);
            byte = '1';
            write(ends[1], &byte, 1);
            _exit(0);
        }
    });
    close(ends[1]);
    char byte = 0;
    SHOW(read(ends[0], &byte, 1));
    SHOW(byte);
    for (int i = 0; i < 300; i++) {
        child = MUST(fork());
        if (child == 0)
            _exit(i & 1);
        MUST(waitpid(child, &status, 0));
        if (WEXITSTATUS(status) != (i & 1))
            return 1;
    }
    say("300 forks\n");
    return 0;
}
