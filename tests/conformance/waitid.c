/* waitid and the siginfo that it fills. */
#include "check.h"

static void show(const char *what, int result, const siginfo_t *info, pid_t child)
{
    if (result < 0)
        say("%s: %s\n", what, strerrorname_np(errno));
    else
        say("%s: signo %d code %d status %d uid %d errno %d child %d\n", what, info->si_signo, info->si_code,
            info->si_status, info->si_uid, info->si_errno, info->si_pid == child);
}

int main(void)
{
    siginfo_t info;
    memset(&info, 0x55, sizeof info);
    pid_t child = fork();
    if (child == 0)
        _exit(42);
    show("peek", waitid(P_PID, child, &info, WEXITED | WNOWAIT), &info, child);
    memset(&info, 0x55, sizeof info);
    show("exit", waitid(P_PID, child, &info, WEXITED), &info, child);
    show("again", waitid(P_PID, child, &info, WEXITED), &info, child);
    child = fork();
    if (child == 0) {
        for (;;)
            pause();
    }
    memset(&info, 0x55, sizeof info);
    show("alive", waitid(P_PID, child, &info, WEXITED | WNOHANG), &info, 0);
    kill(child, SIGTERM);
    show("term", waitid(P_ALL, 0, &info, WEXITED), &info, child);
    child = fork();
    if (child == 0)
        *(volatile int *)0 = 0;
    show("segv", waitid(P_PID, child, &info, WEXITED), &info, child);
    child = fork();
    if (child == 0)
        _exit(1);
    SHOW(waitid(P_PID, child, NULL, WEXITED));
    show("none", waitid(P_ALL, 0, &info, WEXITED), &info, 0);
    show("no options", waitid(P_ALL, 0, &info, 0), &info, 0);
    show("bad type", waitid(55, 0, &info, WEXITED), &info, 0);
    child = fork();
    if (child == 0)
        _exit(5);
    show("own group", waitid(P_PGID, getpgrp(), &info, WEXITED), &info, child);
    /* The raw call fills every field that Linux fills, and nothing behind them. */
    child = fork();
    if (child == 0)
        _exit(6);
    unsigned char raw[128 + 16];
    memset(raw, 0xaa, sizeof raw);
    SHOW(syscall(SYS_waitid, P_PID, child, raw, WEXITED, NULL));
    memcpy(&info, raw, sizeof info);
    show("raw", 0, &info, child);
    TRUE(raw[128] == 0xaa);
    SHOW(syscall(SYS_waitid, P_PID, 999999, raw, WEXITED, NULL));
    return 0;
}
