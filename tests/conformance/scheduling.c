/* Nice values, policies and priorities: kept, told, inherited, refused. */
#include "check.h"
#include <sched.h>
#include <sys/resource.h>

struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

static void nice_values(void)
{
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, 5));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, getpid()));
    SHOW(nice(3));
    SHOW(setpriority(PRIO_PROCESS, 0, 100));
    SHOW(getpriority(PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, -100));
    SHOW(getpriority(PRIO_PROCESS, 0));
    CHILD("a child has its parent's", SHOW(getpriority(PRIO_PROCESS, 0)); SHOW(nice(7)));
    SHOW(setpriority(PRIO_PROCESS, 0, 4));
    SHOW(getpriority(PRIO_PGRP, 0));
    SHOW(setpriority(PRIO_PGRP, getpgrp(), 6));
    SHOW(getpriority(PRIO_PGRP, getpgrp()));
    SHOW(getpriority(PRIO_PROCESS, 0));
    SHOW(getpriority(PRIO_PROCESS, 999999));
    SHOW(setpriority(PRIO_PROCESS, 999999, 1));
    SHOW(getpriority(PRIO_PGRP, 999999));
    SHOW(getpriority(PRIO_USER, 999999));
    SHOW(getpriority(3, 0));
    SHOW(setpriority(-1, 0, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, 0));
}

static void policies(void)
{
    for (int policy = -1; policy < 8; policy++)
        say("policy %d: from %d to %d\n", policy, sched_get_priority_min(policy), sched_get_priority_max(policy));
    struct sched_param parameters = {50}, got = {-1};
    SHOW(sched_getscheduler(0));
    SHOW(sched_getparam(0, &got));
    SHOW(got.sched_priority);
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameters));
    SHOW(sched_setscheduler(0, SCHED_FIFO, &parameters));
    SHOW(sched_getscheduler(0));
    SHOW(sched_getparam(getpid(), &got));
    SHOW(got.sched_priority);
    struct timespec interval = {7, 7};
    SHOW(sched_rr_get_interval(0, &interval));
    SHOW(interval.tv_sec + interval.tv_nsec);
    SHOW(sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters));
    SHOW(sched_rr_get_interval(0, &interval));
    SHOW(interval.tv_nsec);
    SHOW(sched_getscheduler(0));
    CHILD("reset on fork", SHOW(sched_getscheduler(0)); MUST(sched_getparam(0, &got)); SHOW(got.sched_priority));
    SHOW(sched_setscheduler(0, SCHED_RR, &parameters));
    CHILD("inherited", SHOW(sched_getscheduler(0)); MUST(sched_getparam(0, &got)); SHOW(got.sched_priority));
    parameters.sched_priority = 60;
    SHOW(sched_setparam(0, &parameters));
    MUST(sched_getparam(0, &got));
    SHOW(got.sched_priority);
    parameters.sched_priority = 0;
    SHOW(sched_setparam(0, &parameters));
    parameters.sched_priority = 100;
    SHOW(sched_setparam(0, &parameters));
    SHOW(sched_setparam(0, NULL));
    SHOW(sched_getparam(0, NULL));
    SHOW(sched_getparam(0, (void *)8));
    SHOW(sched_setparam(0, (void *)8));
    SHOW(sched_setparam(-1, &parameters));
    SHOW(sched_getparam(-1, &got));
    SHOW(sched_setparam(999999, &parameters));
    SHOW(sched_getparam(999999, &got));
    SHOW(sched_getscheduler(-1));
    SHOW(sched_getscheduler(999999));
    SHOW(sched_rr_get_interval(-1, &interval));
    SHOW(sched_rr_get_interval(999999, &interval));
    SHOW(sched_rr_get_interval(0, (void *)8));
    parameters.sched_priority = 0;
    for (int policy = -1; policy < 9; policy++)
        say("set policy %d: %s\n", policy, sched_setscheduler(0, policy, &parameters) ? strerrorname_np(errno) : "set");
    SHOW(sched_setscheduler(0, SCHED_OTHER, NULL));
    SHOW(sched_setscheduler(-1, SCHED_OTHER, &parameters));
    SHOW(sched_setscheduler(999999, SCHED_OTHER, &parameters));
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameters));
}

static void attributes(void)
{
    struct attributes set = {.size = 48, .policy = SCHED_BATCH, .nice = 5}, got = {0};
    SHOW(syscall(SYS_sched_setattr, 0, &set, 0));
    SHOW(syscall(SYS_sched_getattr, 0, &got, 48, 0));
    SHOW(got.policy * 1000 + got.nice * 10 + got.priority);
    SHOW(got.size);
    set = (struct attributes){.size = 48, .policy = SCHED_FIFO, .priority = 9, .flags = 1};
    SHOW(syscall(SYS_sched_setattr, 0, &set, 0));
    SHOW(syscall(SYS_sched_getattr, 0, &got, 48, 0));
    SHOW(got.policy * 1000 + got.flags * 100 + got.priority);
    set.priority = 0;
    SHOW(syscall(SYS_sched_setattr, 0, &set, 0));
    SHOW(syscall(SYS_sched_setattr, 0, &set, 1));
    SHOW(syscall(SYS_sched_setattr, 0, NULL, 0));
    SHOW(syscall(SYS_sched_setattr, -1, &set, 0));
    SHOW(syscall(SYS_sched_getattr, 0, &got, 47, 0));
    SHOW(syscall(SYS_sched_getattr, 0, NULL, 48, 0));
    SHOW(syscall(SYS_sched_getattr, 0, &got, 48, 1));
    SHOW(syscall(SYS_sched_getattr, 999999, &got, 48, 0));
    set = (struct attributes){.size = 48};
    SHOW(syscall(SYS_sched_setattr, 0, &set, 0));
}

static void processors(void)
{
    unsigned long mask = 1;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, &mask));
    mask = 0;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, &mask));
    mask = 2;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, &mask));
    mask = 3;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, &mask));
    SHOW(syscall(SYS_sched_setaffinity, 0, 0, &mask));
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, 8));
    SHOW(syscall(SYS_sched_setaffinity, 999999, sizeof mask, &mask));
    SHOW(syscall(SYS_sched_getaffinity, 999999, sizeof mask, &mask));
    SHOW(syscall(SYS_sched_getaffinity, 0, sizeof mask, 8));
    SHOW(syscall(SYS_sched_getaffinity, 0, 4, &mask));
    SHOW(syscall(SYS_sched_getaffinity, 0, sizeof mask, &mask));
    SHOW(mask);
}

static volatile sig_atomic_t arguments;

static void once(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    arguments = info->si_pid == getpid();
}

/* The action of a handler that was to run once keeps its flags. */
static void reset_hand(void)
{
    struct sigaction action = {.sa_sigaction = once, .sa_flags = SA_SIGINFO | SA_RESETHAND}, after;
    MUST(sigaction(SIGUSR2, &action, NULL));
    raise(SIGUSR2);
    SHOW(arguments);
    MUST(sigaction(SIGUSR2, NULL, &after));
    TRUE(after.sa_handler == SIG_DFL);
    SHOW(after.sa_flags & (SA_SIGINFO | (int)SA_RESETHAND));
}

int main(void)
{
    nice_values();
    policies();
    attributes();
    processors();
    reset_hand();
    return 0;
}
