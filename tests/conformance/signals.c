/* sigaction, masks, pending signals, flags, default actions. */
#include "check.h"

static volatile int count, last, nested_depth, deepest;

static void counting(int signal)
{
    count++;
    last = signal;
}

static void nesting(int signal)
{
    if (++nested_depth > deepest)
        deepest = nested_depth;
    if (nested_depth < 3)
        raise(signal);
    nested_depth--;
}

static volatile int order[8], ordered;
static void ordering(int signal) { order[ordered++ & 7] = signal; }

int main(void)
{
    struct sigaction action = {.sa_handler = counting}, old;
    SHOW(sigaction(SIGUSR1, &action, &old));
    TRUE(old.sa_handler == SIG_DFL);
    SHOW(raise(SIGUSR1));
    say("count %d last %s\n", count, sigabbrev_np(last));
    SHOW(sigaction(SIGUSR1, NULL, &old));
    TRUE(old.sa_handler == counting);
    SHOW(sigaction(SIGKILL, &action, NULL));
    SHOW(sigaction(SIGSTOP, &action, NULL));
    SHOW(sigaction(0, &action, NULL));
    SHOW(sigaction(65, &action, NULL));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, (void *)8, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));

    sigset_t set, pending, before;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    SHOW(sigprocmask(SIG_BLOCK, &set, &before));
    raise(SIGUSR1);
    raise(SIGUSR1);
    say("blocked: count %d\n", count);
    SHOW(sigpending(&pending));
    SHOW(sigismember(&pending, SIGUSR1));
    SHOW(sigismember(&pending, SIGUSR2));
    SHOW(sigprocmask(SIG_SETMASK, &before, NULL));
    say("let through once: count %d\n", count);
    SHOW(sigprocmask(99, &set, NULL));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, (void *)8, NULL, 8));
    sigfillset(&set);
    MUST(sigprocmask(SIG_SETMASK, &set, NULL));
    MUST(sigprocmask(SIG_SETMASK, NULL, &pending));
    say("kill can be blocked: %d, stop: %d\n", sigismember(&pending, SIGKILL), sigismember(&pending, SIGSTOP));
    MUST(sigprocmask(SIG_SETMASK, &before, NULL));

    /* While a handler runs its signal is blocked, unless SA_NODEFER. */
    action = (struct sigaction){.sa_handler = nesting};
    sigaction(SIGUSR2, &action, NULL);
    nested_depth = deepest = 0;
    ordered = 0;
    action.sa_flags = SA_NODEFER;
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    say("deepest with NODEFER %d\n", deepest);
    action = (struct sigaction){.sa_handler = counting, .sa_flags = SA_RESETHAND};
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    sigaction(SIGUSR2, NULL, &old);
    TRUE(old.sa_handler == SIG_DFL);

    /* Two pending signals: the lower number is taken first, so its handler is entered last... both run. */
    signal(SIGUSR1, ordering);
    signal(SIGUSR2, ordering);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    say("both came: %d\n", ordered);

    /* Ignored signals vanish, also those already pending. */
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    SHOW(sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &set, NULL);

    const int fatal[] = {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGFPE, SIGKILL, SIGSEGV, SIGPIPE, SIGALRM, SIGTERM,
                         SIGUSR1, SIGUSR2, SIGBUS};
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        pid_t child = fork();
        if (child == 0) {
            signal(fatal[i], SIG_DFL);
            kill(getpid(), fatal[i]);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        say_status(sigabbrev_np(fatal[i]), status);
    }
    const int harmless[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    for (unsigned i = 0; i < sizeof harmless / sizeof *harmless; i++)
        CHILD(sigabbrev_np(harmless[i]), kill(getpid(), harmless[i]));

    /* SIGCHLD comes when a child ends; ignored, the child leaves no zombie. */
    count = 0;
    signal(SIGCHLD, counting);
    CHILD("child", _exit(0));
    say("SIGCHLD count %d\n", count);
    signal(SIGCHLD, SIG_IGN);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    SHOW(waitpid(child, NULL, 0));
    signal(SIGCHLD, SIG_DFL);
    /* Handlers do not survive exec's cousin fork differently: the child has them. */
    signal(SIGUSR1, counting);
    count = 0;
    CHILD("handler in a child", {
        raise(SIGUSR1);
        say("child count %d\n", count);
    });
    say("parent count %d\n", count);
    SHOW(alarm(100));
    TRUE(alarm(0) >= 99);
    return 0;
}
