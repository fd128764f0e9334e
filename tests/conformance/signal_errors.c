/* The calls for signals with every number, size, way and bad address: what comes of each. */
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

struct kernel_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

static void handler(int number) { (void)number; }

static void actions(void)
{
    struct kernel_action action = {.handler = handler}, old;
    for (int number = -1; number <= 66; number++) {
        if (number > 2 && number < 8)
            continue;
        errno = 0;
        int set = syscall(SYS_rt_sigaction, number, &action, &old, 8), set_errno = errno;
        int got = syscall(SYS_rt_sigaction, number, NULL, &old, 8);
        say("action %d: %s, %s\n", number, set ? strerrorname_np(set_errno) : "set", got ? strerrorname_np(errno) : "got");
        if (set == 0) {
            action.handler = SIG_DFL;
            syscall(SYS_rt_sigaction, number, &action, NULL, 8);
            action.handler = handler;
        }
    }
    for (int size = 0; size <= 16; size += 4)
        SHOW(syscall(SYS_rt_sigaction, SIGUSR1, &action, &old, size));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, 8, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, 8, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGKILL, NULL, &old, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGKILL, NULL, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, 0, 8, NULL, 8));
    action.flags = 0xffffffffffffffff & ~0x4ul, action.mask = -1ul;
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 8));
    say("flags %#lx, mask %#lx\n", old.flags, old.mask);
    signal(SIGUSR1, SIG_DFL);
}

static void masks(void)
{
    unsigned long set = -1ul, old;
    for (int how = -1; how <= 3; how++) {
        SHOW(syscall(SYS_rt_sigprocmask, how, &set, &old, 8));
        SHOW(syscall(SYS_rt_sigprocmask, how, NULL, &old, 8));
        say("how %d: %#lx\n", how, old);
    }
    for (int size = 0; size <= 16; size += 4) {
        SHOW(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, &old, size));
        SHOW(syscall(SYS_rt_sigpending, &old, size));
        SHOW(syscall(SYS_rt_sigsuspend, 8, size));
        SHOW(syscall(SYS_rt_sigtimedwait, 8, NULL, NULL, size));
        SHOW(syscall(SYS_signalfd4, 999, &set, size, 0));
    }
    SHOW(syscall(SYS_rt_sigprocmask, SIG_SETMASK, 8, NULL, 8));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, 8, 8));
    SHOW(syscall(SYS_rt_sigpending, 8, 8));
    set = 0;
    SHOW(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
}

static void waits(void)
{
    unsigned long set = 1ul << (SIGUSR1 - 1);
    struct timespec none = {0, 0}, bad = {0, 1000000000}, negative = {-1, 0};
    siginfo_t info;
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, &none, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, &bad, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, &negative, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, 8, 8));
    raise(SIGUSR1);
    SHOW(syscall(SYS_rt_sigtimedwait, &set, 8, &none, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, &none, 8));
    raise(SIGUSR1);
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, &none, 8));
    say("code %d\n", info.si_code);
    raise(SIGUSR1);
    SHOW(syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, 8));
}

static void sends(void)
{
    static const int codes[] = {SI_USER, SI_KERNEL, SI_QUEUE, SI_TIMER, SI_TKILL, SI_ASYNCIO, 1, -100, INT32_MIN, INT32_MAX};
    unsigned long set = -1ul;
    siginfo_t info = {0}, got;
    struct timespec none = {0, 0};
    MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) {
        info.si_code = codes[i];
        info.si_signo = 3;
        info.si_value.sival_int = 1000 + i;
        say("code %d\n", codes[i]);
        SHOW(syscall(SYS_rt_sigqueueinfo, child, SIGUSR2, &info));
        SHOW(syscall(SYS_rt_tgsigqueueinfo, child, child, SIGUSR2, &info));
        SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR2, &info));
        memset(&got, 0, sizeof got);
        SHOW(syscall(SYS_rt_sigtimedwait, &set, &got, &none, 8));
        say("signal %d code %d value %d\n", got.si_signo, got.si_code, got.si_value.sival_int);
        SHOW(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR2, &info));
        syscall(SYS_rt_sigtimedwait, &set, &got, &none, 8);
    }
    info.si_code = SI_QUEUE;
    SHOW(syscall(SYS_rt_sigqueueinfo, child, 65, &info));
    SHOW(syscall(SYS_rt_sigqueueinfo, child, -1, &info));
    SHOW(syscall(SYS_rt_sigqueueinfo, child, 0, &info));
    SHOW(syscall(SYS_rt_sigqueueinfo, child, SIGUSR2, 8));
    SHOW(syscall(SYS_rt_sigqueueinfo, 999999, SIGUSR2, &info));
    SHOW(syscall(SYS_rt_sigqueueinfo, -1, SIGUSR2, &info));
    SHOW(syscall(SYS_rt_sigqueueinfo, 0, SIGUSR2, &info));
    SHOW(kill(-999999, SIGUSR2));
    SHOW(kill(INT32_MIN, SIGUSR2));
    SHOW(kill(999999, SIGUSR2));
    SHOW(kill(child, 64));
    SHOW(kill(child, 65));
    SHOW(kill(child, SIGKILL));
    waitpid(child, NULL, 0);
    SHOW(kill(child, 0));
}

/* A real-time signal counts as often as it was sent, in order, and the lower number comes first. */
static void queues(void)
{
    unsigned long set = -1ul;
    struct timespec none = {0, 0};
    siginfo_t got;
    union sigval value;
    MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
    for (int i = 0; i < 3; i++)
        for (int number = 36; number >= 34; number--) {
            value.sival_int = number * 10 + i;
            sigqueue(getpid(), number, value);
            sigqueue(getpid(), SIGUSR1, value);
        }
    for (int i = 0; i < 12; i++) {
        int number = syscall(SYS_rt_sigtimedwait, &set, &got, &none, 8);
        if (number < 0)
            say("%s\n", strerrorname_np(errno));
        else
            say("signal %d value %d\n", number, got.si_value.sival_int);
    }
}

static void stacks(void)
{
    static char memory[65536];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory}, old;
    static const int flags[] = {0, SS_DISABLE, SS_ONSTACK, SS_DISABLE | SS_ONSTACK, 4};
    SHOW(sigaltstack(NULL, NULL));
    SHOW(syscall(SYS_sigaltstack, 8, NULL));
    SHOW(syscall(SYS_sigaltstack, NULL, 8));
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
        stack.ss_flags = flags[i];
        SHOW(syscall(SYS_sigaltstack, &stack, NULL));
        SHOW(syscall(SYS_sigaltstack, NULL, &old));
        say("flags %x: %x, size %zu\n", flags[i], old.ss_flags, old.ss_size);
    }
    stack.ss_flags = 0;
    for (int size = 0; size <= 8192; size += 1024) {
        stack.ss_size = size;
        SHOW(syscall(SYS_sigaltstack, &stack, NULL));
    }
}

static void clocks(void)
{
    struct itimerval timer = {{0, 0}, {0, 1000000}};
    struct timespec bad = {0, 1000000000}, none = {0, 0};
    for (int which = -1; which <= 3; which++) {
        SHOW(setitimer(which, &timer, NULL));
        SHOW(getitimer(which, &timer));
        timer = (struct itimerval){{0, 0}, {0, 1000000}};
    }
    SHOW(getitimer(0, (void *)8));
    SHOW(setitimer(0, (void *)8, NULL));
    for (int clock = 0; clock <= 12; clock++) {
        struct timespec now;
        say("clock %d\n", clock);
        SHOW(clock_gettime(clock, &now));
        SHOW(syscall(SYS_clock_getres, clock, 8));
        SHOW(syscall(SYS_clock_getres, clock, NULL));
        SHOW(syscall(SYS_clock_nanosleep, clock, 0, &none, NULL));
        SHOW(syscall(SYS_clock_nanosleep, clock, 0, &bad, NULL));
        SHOW(syscall(SYS_clock_nanosleep, clock, 0, 8, NULL));
        SHOW(syscall(SYS_clock_gettime, clock, 8));
        SHOW(syscall(SYS_timer_create, clock, NULL, 8));
        SHOW(syscall(SYS_timerfd_create, clock, 0) < 0 ? -1 : 0);
    }
    SHOW(syscall(SYS_nanosleep, &bad, NULL));
    SHOW(syscall(SYS_nanosleep, 8, NULL));
    SHOW(syscall(SYS_nanosleep, &none, 8));
    SHOW(syscall(SYS_times, 8));
    SHOW(syscall(SYS_gettimeofday, 8, NULL));
    SHOW(syscall(SYS_timer_gettime, 77, &timer));
    SHOW(syscall(SYS_timer_delete, 77));
    SHOW(syscall(SYS_timer_getoverrun, 77));
    SHOW(syscall(SYS_timer_settime, 77, 0, &timer, NULL));
}

/* SIGEV_THREAD_ID: the signal is for one thread of the process; of another process it is none. */
static volatile pid_t thread_id;
static volatile sig_atomic_t arrived;

static void alarmed(int number) { (void)number, arrived = gettid() == thread_id ? 1 : 2; }

static void *thread(void *argument)
{
    thread_id = gettid();
    while (!arrived)
        usleep(1000);
    return argument;
}

static void for_a_thread(void)
{
    pthread_t other;
    int timer = -1;
    struct itimerspec soon = {{0, 0}, {0, 1000000}};
    struct sigevent event = {.sigev_signo = SIGRTMIN + 1, .sigev_notify = SIGEV_THREAD_ID};
    signal(SIGRTMIN + 1, alarmed);
    pthread_create(&other, NULL, thread, NULL);
    while (!thread_id)
        sched_yield();
    static const pid_t strangers[] = {1, 999999, 0, -1};
    for (int i = 0; i < 4; i++) {
        event._sigev_un._tid = strangers[i];
        SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
    }
    event._sigev_un._tid = thread_id;
    SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
    SHOW(syscall(SYS_timer_settime, timer, 0, &soon, NULL));
    pthread_join(other, NULL);
    SHOW(arrived);
    SHOW(syscall(SYS_timer_settime, timer, 0, &soon, NULL));
    usleep(5000);
    SHOW(syscall(SYS_timer_delete, timer));
}

int main(void)
{
    unsigned long none = 0;
    actions();
    masks();
    waits();
    sends();
    queues();
    stacks();
    clocks();
    MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8));
    for_a_thread();
    return 0;
}
