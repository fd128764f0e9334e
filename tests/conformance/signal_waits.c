/* Signals and calls that wait: EINTR, SA_RESTART, sigsuspend, sigtimedwait, nanosleep's rest. */
#include "check.h"
#include <poll.h>
#include <time.h>

static volatile int came;
static void handler(int signal)
{
    (void)signal;
    came++;
}

/* A child that sends `signal` after a moment, then writes to `fd`. */
static pid_t disturb(int signal, int fd)
{
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        usleep(50000);
        kill(parent, signal);
        usleep(50000);
        if (fd >= 0)
            write(fd, "d", 1);
        _exit(0);
    }
    return child;
}

int main(void)
{
    int ends[2], status;
    char byte;
    MUST(pipe(ends));
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = disturb(SIGUSR1, ends[1]);
    SHOW(read(ends[0], &byte, 1));
    say("came %d\n", came);
    waitpid(child, &status, 0);
    SHOW(read(ends[0], &byte, 1));
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    child = disturb(SIGUSR1, ends[1]);
    SHOW(read(ends[0], &byte, 1));
    say("came %d\n", came);
    waitpid(child, &status, 0);

    struct timespec wish = {10, 0}, rest = {0, 0};
    child = disturb(SIGUSR1, -1);
    SHOW(nanosleep(&wish, &rest));
    TRUE(rest.tv_sec == 9 && rest.tv_nsec > 0);
    waitpid(child, &status, 0);
    child = disturb(SIGUSR1, -1);
    struct pollfd wait_for = {ends[0], POLLIN, 0};
    SHOW(poll(&wait_for, 1, 10000));
    waitpid(child, &status, 0);
    /* wait is interrupted, or restarted. */
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
    child = disturb(SIGUSR1, -1);
    SHOW(waitpid(child, &status, 0));
    waitpid(child, &status, 0);

    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    came = 0;
    raise(SIGUSR1);
    SHOW(sigsuspend(&old));
    say("came %d\n", came);
    child = disturb(SIGUSR1, -1);
    SHOW(sigsuspend(&old));
    say("came %d\n", came);
    waitpid(child, &status, 0);
    siginfo_t info;
    raise(SIGUSR1);
    struct timespec soon = {0, 10000000}, later = {10, 0};
    SHOW(sigtimedwait(&set, &info, &soon));
    SHOW(info.si_signo);
    SHOW(sigtimedwait(&set, &info, &soon));
    child = disturb(SIGUSR1, -1);
    SHOW(sigtimedwait(&set, &info, &later));
    TRUE(info.si_pid == child);
    waitpid(child, &status, 0);
    /* ppoll lets a blocked signal in for its duration only. */
    raise(SIGUSR1);
    SHOW(ppoll(&wait_for, 0, &later, &old));
    say("came %d\n", came);
    sigprocmask(SIG_BLOCK, NULL, &set);
    SHOW(sigismember(&set, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, NULL);
    /* A signal that is ignored does not interrupt. */
    signal(SIGUSR2, SIG_IGN);
    child = disturb(SIGUSR2, ends[1]);
    SHOW(read(ends[0], &byte, 1));
    waitpid(child, &status, 0);
    alarm(1);
    signal(SIGALRM, handler);
    came = 0;
    SHOW(pause());
    say("alarm %d\n", came);
    return 0;
}
