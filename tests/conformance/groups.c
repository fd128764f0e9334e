/* kill, process groups, sessions. */
#include "check.h"

int main(void)
{
    int status;
    SHOW(kill(getpid(), 0));
    SHOW(kill(999999, 0));
    SHOW(kill(getpid(), 65));
    SHOW(kill(getpid(), -1));
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    SHOW(kill(child, 0));
    SHOW(kill(child, SIGKILL));
    MUST(waitpid(child, &status, 0));
    say_status("killed", status);
    SHOW(kill(child, SIGKILL));
    /* A zombie can still be signalled, to no effect. */
    child = fork();
    if (child == 0)
        _exit(3);
    usleep(50000);
    SHOW(kill(child, SIGKILL));
    MUST(waitpid(child, &status, 0));
    say_status("zombie", status);

    child = fork();
    if (child == 0) {
        SHOW(setpgid(0, 0));
        TRUE(getpgrp() == getpid());
        for (int i = 0; i < 3; i++)
            if (fork() == 0)
                for (;;)
                    pause();
        signal(SIGTERM, SIG_IGN);
        usleep(50000);
        SHOW(kill(0, SIGTERM));
        int killed = 0;
        while (wait(&status) > 0)
            killed += WIFSIGNALED(status);
        SHOW(killed);
        _exit(0);
    }
    MUST(waitpid(child, &status, 0));
    say_status("group", status);
    child = fork();
    if (child == 0) {
        for (;;)
            pause();
    }
    SHOW(setpgid(child, child));
    TRUE(getpgid(child) == child);
    SHOW(kill(-child, SIGTERM));
    MUST(waitpid(child, &status, 0));
    say_status("by group", status);
    SHOW(kill(-child, SIGTERM));
    SHOW(getpgid(999999));
    SHOW(setpgid(999999, 0));
    SHOW(setpgid(0, -5));
    CHILD("session", {
        TRUE(setsid() == getpid());
        TRUE(getsid(0) == getpid() && getpgrp() == getpid());
        SHOW(setsid());
    });
    SHOW(getsid(999999));
    /* Stopped and continued. */
    child = fork();
    if (child == 0)
        for (;;)
            usleep(1000);
    SHOW(kill(child, SIGSTOP));
    TRUE(waitpid(child, &status, WUNTRACED) == child);
    say_status("stop", status);
    SHOW(waitpid(child, &status, WNOHANG | WUNTRACED));
    SHOW(kill(child, SIGCONT));
    TRUE(waitpid(child, &status, WCONTINUED) == child);
    say("continued %d\n", WIFCONTINUED(status) != 0);
    kill(child, SIGKILL);
    MUST(waitpid(child, &status, 0));
    say_status("end", status);
    SHOW(syscall(SYS_tgkill, getpid(), getpid(), 0));
    SHOW(syscall(SYS_tgkill, 999999, 999999, 0));
    SHOW(syscall(SYS_tkill, getpid(), 0));
    return 0;
}
