/* What a program chooses for its process: prctl's settings and personality, over fork and execve; who hears of a parent's end,
 * and who takes its children. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/personality.h>
#include <sys/prctl.h>

#define P(...) syscall(SYS_prctl, __VA_ARGS__)

static int kept(int option)
{
    int value = -7;
    P(option, &value, 0, 0, 0);
    return value;
}

static void show_all(const char *when)
{
    say("%s: death %d, subreaper %d, slack %d, huge pages %d, personality %x\n", when, kept(PR_GET_PDEATHSIG),
        kept(PR_GET_CHILD_SUBREAPER), (int)P(PR_GET_TIMERSLACK, 0, 0, 0, 0), (int)P(PR_GET_THP_DISABLE, 0, 0, 0, 0),
        (unsigned)personality(0xffffffff));
}

static void settings(void)
{
    show_all("first");
    SHOW(P(PR_SET_PDEATHSIG, 65, 0, 0, 0));
    SHOW(P(PR_SET_PDEATHSIG, -1, 0, 0, 0));
    SHOW(P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0));
    SHOW(P(PR_GET_PDEATHSIG, 8, 0, 0, 0));
    SHOW(P(PR_SET_CHILD_SUBREAPER, 7, 0, 0, 0));
    SHOW(P(PR_GET_CHILD_SUBREAPER, 8, 0, 0, 0));
    SHOW(P(PR_SET_TIMERSLACK, 1234, 0, 0, 0));
    show_all("chosen");
    SHOW(P(PR_SET_TIMERSLACK, 0, 0, 0, 0));
    SHOW(P(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    SHOW(P(PR_SET_TIMERSLACK, -5, 0, 0, 0));
    SHOW(P(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    SHOW(P(PR_SET_TIMERSLACK, 777, 0, 0, 0));
    SHOW(P(PR_SET_THP_DISABLE, 1, 0, 0, 0));
    SHOW(P(PR_SET_THP_DISABLE, 1, 1, 0, 0));
    SHOW(P(PR_SET_THP_DISABLE, 1, 0, 0, 1));
    SHOW(P(PR_GET_THP_DISABLE, 1, 0, 0, 0));
    SHOW(P(PR_GET_TIMING, 0, 0, 0, 0));
    SHOW(P(PR_SET_TIMING, 0, 0, 0, 0));
    SHOW(P(PR_SET_TIMING, 1, 0, 0, 0));
    SHOW(P(PR_GET_SECCOMP, 0, 0, 0, 0));
    SHOW(P(PR_GET_SECUREBITS, 0, 0, 0, 0));
    SHOW(P(PR_SET_NO_NEW_PRIVS, 1, 0, 1, 0));
    SHOW(P(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 1));
    SHOW(P(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(P(9999, 0, 0, 0, 0));
    SHOW(personality(PER_BSD | ADDR_NO_RANDOMIZE));
    SHOW(personality(0xffffffff) == (PER_BSD | ADDR_NO_RANDOMIZE));
}

static volatile sig_atomic_t heard;

static void hear(int signal) { heard = signal; }

/* A child whose parent ends: what it hears, and who is its parent then. */
static void orphan(const char *what, int signal, pid_t expected)
{
    int ends[2];
    char byte;
    MUST(pipe(ends));
    pid_t parent = fork();
    if (parent == 0) {
        if (fork() == 0) {
            struct sigaction action = {.sa_handler = hear};
            sigaction(SIGUSR2, &action, NULL);
            sigset_t set, old;
            sigemptyset(&set);
            sigaddset(&set, SIGUSR2);
            sigprocmask(SIG_BLOCK, &set, &old);
            P(PR_SET_PDEATHSIG, signal, 0, 0, 0);
            MUST(write(ends[1], "r", 1));
            if (signal)
                sigsuspend(&old);
            else
                while (getppid() == parent || getppid() != expected)
                    sched_yield();
            say("%s: %s, parent %s\n", what, heard ? sigabbrev_np(heard) : "nothing",
                getppid() == expected ? "as expected" : "another");
            MUST(write(ends[1], "d", 1));
            _exit(5);
        }
        MUST(read(ends[0], &byte, 1));
        _exit(0);
    }
    int status;
    MUST(waitpid(parent, &status, 0));
    MUST(read(ends[0], &byte, 1));
    close(ends[0]);
    close(ends[1]);
}

static void *make_and_end(void *result)
{
    int ends[2];
    char byte;
    MUST(pipe(ends));
    if (fork() == 0) {
        P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
        MUST(write(ends[1], "r", 1));
        for (;;)
            pause();
    }
    MUST(read(ends[0], &byte, 1));
    return result;
}

/* A thread that ends before its process, and who may look at what changes. */
static void more_deaths(void)
{
    pthread_t thread;
    int status;
    MUST(pthread_create(&thread, NULL, make_and_end, NULL));
    pthread_join(thread, NULL);
    MUST(wait(&status));
    say_status("child of a thread", status);
    CHILD("as another", {
        P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
        SHOW(setuid(0));
        SHOW(kept(PR_GET_PDEATHSIG));
        SHOW(setgid(5));
        SHOW(kept(PR_GET_PDEATHSIG));
        P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
        SHOW(seteuid(7));
        SHOW(kept(PR_GET_PDEATHSIG));
        P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
        SHOW(seteuid(0));
        SHOW(kept(PR_GET_PDEATHSIG));
        P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
        SHOW(setfsuid(9));
        SHOW(kept(PR_GET_PDEATHSIG));
    });
}

int main(int count, char **arguments)
{
    if (count > 1) {
        show_all("after execve");
        return 0;
    }
    more_deaths();
    settings();
    CHILD("child", show_all("child"));
    CHILD("child's program", {
        P(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
        P(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        char *list[] = {arguments[0], "again", NULL};
        execv("/proc/self/exe", list);
    });
    pid_t own = getpid();
    orphan("under a subreaper", SIGUSR2, own);
    orphan("without a wish", 0, own);
    int status;
    for (pid_t child; (child = wait(&status)) > 0;)
        say_status("adopted", status);
    CHILD("its child adopts none", {
        /* Its orphans are its grandparent's. */
        orphan("above that", SIGUSR2, own);
        SHOW(wait(NULL));
    });
    while (wait(&status) > 0)
        say_status("adopted", status);
    return 0;
}
