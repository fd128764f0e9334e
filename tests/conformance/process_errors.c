/* Calls that name processes and threads, with every kind of name and option: what comes of each. */
#include "check.h"
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define PEOPLE 7

/* Who may be meant. */
static const char *names[PEOPLE] = {"self", "0", "-1", "a thread", "a child", "an ended one", "nobody"};
static pid_t people[PEOPLE];

/* A call for each of them, in a line. */
#define EACH(...) SHOW_EACH(#__VA_ARGS__, PEOPLE, names, pid_t who = people[i], __VA_ARGS__)

static volatile pid_t thread_id;
static int word;

static void *thread(void *argument)
{
    thread_id = gettid();
    pause();
    return argument;
}

static void scheduling(void)
{
    struct sched_param none = {0}, some = {5};
    struct timespec interval;
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t times[3];
    } attributes = {.size = 48};
    unsigned long mask = 1, masks[4] = {1};
    EACH(sched_getscheduler(who));
    EACH(sched_setscheduler(who, SCHED_OTHER, &none));
    EACH(sched_setscheduler(who, SCHED_OTHER, &some));
    EACH(sched_setscheduler(who, SCHED_RR, &some));
    EACH(sched_getscheduler(who));
    EACH(sched_getparam(who, &some) ? -1 : some.sched_priority);
    EACH(sched_setparam(who, &none));
    EACH(sched_setscheduler(who, SCHED_OTHER, &none));
    EACH(sched_rr_get_interval(who, &interval));
    EACH(syscall(SYS_sched_getattr, who, &attributes, 48, 0));
    EACH(syscall(SYS_sched_setattr, who, &attributes, 0));
    EACH(syscall(SYS_sched_getaffinity, who, sizeof mask, &mask));
    EACH(syscall(SYS_sched_setaffinity, who, sizeof masks, masks));
    EACH(getpriority(PRIO_PROCESS, who));
    EACH(setpriority(PRIO_PROCESS, who, 3));
    EACH(getpriority(PRIO_PROCESS, who));
    EACH(getpriority(PRIO_PGRP, who));
    EACH(syscall(SYS_ioprio_get, 1, who) < 0 ? -1 : 0);
    EACH(syscall(SYS_ioprio_set, 1, who, 2 << 13 | 4));
    SHOW(syscall(SYS_ioprio_get, 4, 0));
    SHOW(syscall(SYS_ioprio_set, 4, 0, 0));
    SHOW(syscall(SYS_ioprio_set, 1, 0, 4 << 13));
    SHOW(syscall(SYS_ioprio_set, 1, 0, 1));
    SHOW(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 8));
}

/* What one thread sets is not another's. */
static void own_of_a_thread(void)
{
    struct sched_param five = {5}, none = {0};
    SHOW(sched_setscheduler(thread_id, SCHED_FIFO, &five));
    SHOW(setpriority(PRIO_PROCESS, thread_id, 7));
    SHOW(sched_getscheduler(0));
    SHOW(sched_getscheduler(people[3]));
    SHOW(getpriority(PRIO_PROCESS, 0));
    SHOW(getpriority(PRIO_PROCESS, people[3]));
    SHOW(sched_setscheduler(thread_id, SCHED_OTHER, &none));
}

static void groups_and_limits(void)
{
    struct rlimit64 limit;
    void *head;
    size_t size;
    EACH(getpgid(who) >= 0 ? 0 : -1);
    EACH(getsid(who) >= 0 ? 0 : -1);
    EACH(setpgid(who, -1));
    EACH(setpgid(who, 999999));
    EACH(kill(who == -1 ? 999999 : who, 0));
    EACH(kill(who == -1 ? 999999 : who, 65));
    EACH(kill(who == -1 ? 999999 : who, -1));
    EACH(syscall(SYS_tkill, who, 0));
    EACH(syscall(SYS_tkill, who, 65));
    EACH(syscall(SYS_tgkill, getpid(), who, 0));
    EACH(syscall(SYS_tgkill, who, who, 0));
    EACH(syscall(SYS_prlimit64, who, RLIMIT_NOFILE, NULL, &limit));
    EACH(syscall(SYS_prlimit64, who, 99, NULL, &limit));
    EACH(syscall(SYS_prlimit64, who, RLIMIT_NOFILE, NULL, 8));
    EACH(syscall(SYS_prlimit64, who, RLIMIT_NOFILE, 8, NULL));
    EACH(syscall(SYS_get_robust_list, who, &head, &size));
    EACH((errno = 0, who = syscall(SYS_pidfd_open, who, 0)) < 0 ? -1 : close(who));
    EACH(syscall(SYS_pidfd_open, who, 1));
    SHOW(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, 999, 0, NULL, 0));
    SHOW(getrusage(2, (void *)8));
    SHOW(getrusage(RUSAGE_SELF, (void *)8));
    SHOW(syscall(SYS_getrusage, RUSAGE_THREAD, 8));
    SHOW(syscall(SYS_getcpu, 8, NULL, NULL));
    SHOW(syscall(SYS_getcpu, NULL, NULL, NULL));
    SHOW(syscall(SYS_set_robust_list, &word, 23));
    SHOW(syscall(SYS_membarrier, 0, 0, 0) > 0);
    SHOW(syscall(SYS_membarrier, 0, 1, 0));
    SHOW(syscall(SYS_membarrier, 1 << 20, 0, 0));
}

/* Every set of options for an ended child, a running one and none. */
static void waits(void)
{
    static const int kinds[] = {P_ALL, P_PID, P_PGID, P_PIDFD, 4, -1};
    siginfo_t info;
    int status;
    for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        say("waitid %d\n", kinds[kind]);
        for (int options = 0; options < 16; options++) {
            int none = WNOHANG | WNOWAIT;
            EACH(waitid(kinds[kind], who, &info, options | none));
        }
    }
    for (int bit = 0; bit < 32; bit++) {
        int got = syscall(SYS_wait4, people[4], &status, WNOHANG | 1u << bit, NULL), wait_errno = errno;
        say("wait4 option %#x: %s\n", 1u << bit, got < 0 ? strerrorname_np(wait_errno) : "0");
        got = syscall(SYS_waitid, P_PID, people[4], &info, WEXITED | WNOHANG | WNOWAIT | 1u << bit, NULL), wait_errno = errno;
        say("waitid option %#x: %s\n", 1u << bit, got < 0 ? strerrorname_np(wait_errno) : "0");
    }
    EACH(wait4(who == -1 || who == 0 ? 999999 : who, &status, WNOHANG | WSTOPPED, NULL) > 0);
    SHOW(wait4(999999, (void *)8, 0, NULL));
    SHOW(wait4(INT32_MIN, NULL, 0, NULL));
    SHOW(wait4(-999999, NULL, 0, NULL));
}

/* WNOWAIT leaves a child as it is: stopped, continued, ended. */
static void left_as_it_is(void)
{
    siginfo_t info;
    int status;
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    kill(child, SIGSTOP);
    for (int i = 0; i < 3; i++) {
        SHOW(waitid(P_PID, child, &info, WSTOPPED | (i < 2 ? WNOWAIT : 0)));
        say("code %d status %d\n", info.si_code, info.si_status);
    }
    SHOW(waitid(P_PID, child, &info, WSTOPPED | WNOHANG));
    say("signal %d\n", info.si_signo);
    kill(child, SIGCONT);
    for (int i = 0; i < 2; i++) {
        SHOW(waitid(P_PID, child, &info, WCONTINUED | (i < 1 ? WNOWAIT : 0)));
        say("code %d status %d\n", info.si_code, info.si_status);
    }
    kill(child, SIGKILL);
    SHOW(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    SHOW(waitid(P_PID, child, &info, WSTOPPED | WNOHANG));
    SHOW(waitid(P_PID, child, NULL, WEXITED | WSTOPPED | WCONTINUED | WNOWAIT));
    SHOW(waitpid(child, &status, 0) == child);
    SHOW(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
}

/* A child that sends nothing, or another signal, when it ends. */
static void other_signals(void)
{
    static const int options[] = {0, __WCLONE, __WALL};
    for (int signal = 0; signal <= SIGUSR1; signal += SIGUSR1)
        for (int i = 0; i < 3; i++) {
            pid_t child = syscall(SYS_clone, signal, NULL, NULL, NULL, NULL);
            if (child == 0)
                _exit(signal);
            waitid(P_PID, child, NULL, WEXITED | WNOWAIT | __WALL);
            SHOW(waitpid(child, NULL, WNOHANG | options[i]) == child);
            waitpid(child, NULL, __WALL | WNOHANG);
        }
}

/* CLONE_PARENT: the brother's end signals the parent, as that of its maker does; of process 1 nobody is a brother. */
static void brothers(void)
{
    siginfo_t info;
    pid_t child = MUST(fork());
    if (child == 0) {
        pid_t brother = syscall(SYS_clone, CLONE_PARENT | SIGUSR1, NULL, NULL, NULL, NULL);
        if (brother == 0)
            _exit(getppid() == people[0] ? 21 : 20);
        SHOW(waitpid(brother, NULL, 0));
        _exit(22);
    }
    SHOW(waitid(P_PID, child, &info, WEXITED));
    SHOW(waitid(P_PGID, getpgrp(), &info, WEXITED | __WALL));
    say("status %d\n", info.si_status);
}

static void prctls(void)
{
    char name[16];
    SHOW(prctl(PR_SET_NAME, 8));
    SHOW(prctl(PR_GET_NAME, 8));
    SHOW(prctl(PR_SET_NAME, "a name longer than fits"));
    SHOW(prctl(PR_GET_NAME, name));
    say("%s\n", name);
    SHOW(prctl(PR_SET_PDEATHSIG, 65));
    SHOW(prctl(PR_SET_PDEATHSIG, 0));
    SHOW(prctl(PR_GET_PDEATHSIG, 8));
    SHOW(prctl(PR_GET_DUMPABLE));
    SHOW(prctl(PR_SET_DUMPABLE, 2));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_CAPBSET_READ, 0));
    SHOW(prctl(PR_CAPBSET_READ, 99));
    SHOW(prctl(PR_GET_KEEPCAPS));
    SHOW(prctl(PR_GET_TIMERSLACK));
    SHOW(prctl(9999));
    SHOW(prctl(-1));
}

static void executes(void)
{
    char *none[] = {NULL};
    int folder = MUST(open(".", O_PATH)), file = MUST(open("plain", O_CREAT | O_RDWR, 0755));
    mkdir("folder", 0755);
    make_file("empty", "");
    make_file("junk", "\1\2\3 no program");
    make_file("script", "#!/no/such/interpreter\n");
    make_file("nameless", "#!\n");
    chmod("empty", 0755), chmod("junk", 0755), chmod("script", 0755), chmod("nameless", 0755);
    make_file("locked", "#!/bin/true\n");
    static const char *const paths[] = {"empty", "junk", "script", "nameless", "locked", "folder", "none", "junk/x", "plain", ""};
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
        say("%s: ", paths[i]);
        SHOW(execve(paths[i], none, none));
        SHOW(syscall(SYS_execveat, folder, paths[i], none, none, 0));
    }
    SHOW(execve((void *)8, none, none));
    SHOW(syscall(SYS_execveat, file, "", none, none, AT_EMPTY_PATH));
    SHOW(syscall(SYS_execveat, 999, "", none, none, AT_EMPTY_PATH));
    SHOW(syscall(SYS_execveat, 999, "junk", none, none, 0));
    SHOW(syscall(SYS_execveat, file, "junk", none, none, 0));
    SHOW(syscall(SYS_execveat, folder, "junk", none, none, 1));
    SHOW(syscall(SYS_execveat, AT_FDCWD, "junk", none, none, AT_SYMLINK_NOFOLLOW));
    symlink("junk", "link");
    SHOW(syscall(SYS_execveat, AT_FDCWD, "link", none, none, AT_SYMLINK_NOFOLLOW));
}

int main(void)
{
    pthread_t other;
    signal(SIGUSR1, SIG_IGN);
    enter_folder("process_errors");
    pthread_create(&other, NULL, thread, NULL);
    while (!thread_id)
        sched_yield();
    people[0] = getpid();
    people[1] = 0;
    people[2] = -1;
    people[3] = thread_id;
    people[4] = MUST(fork());
    if (people[4] == 0)
        for (;;)
            pause();
    people[5] = MUST(fork());
    if (people[5] == 0)
        _exit(5);
    siginfo_t info;
    MUST(waitid(P_PID, people[5], &info, WEXITED | WNOWAIT));
    people[6] = 999999;
    scheduling();
    own_of_a_thread();
    groups_and_limits();
    waits();
    prctls();
    executes();
    kill(people[4], SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    left_as_it_is();
    other_signals();
    brothers();
    return 0;
}
