/* Timers: of real time, of the processor's, of timer_create; sleeps until a time; their errors. */
#include "check.h"
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t ticks, code, value, overrun;

static void tick(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    ticks++;
    code = info->si_code;
    value = info->si_value.sival_int;
    overrun = info->si_overrun;
}

static void handle(int signal)
{
    struct sigaction action = {.sa_sigaction = tick, .sa_flags = SA_SIGINFO};
    MUST(sigaction(signal, &action, NULL));
}

/* Uses the processor until a signal has come. */
static void work_until(int wanted)
{
    while (ticks < wanted)
        ;
}

static void intervals(void)
{
    struct itimerval value = {{0, 20000}, {0, 10000}}, left, off = {{0, 0}, {0, 0}};
    int kinds[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}, signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
    for (int i = 0; i < 3; i++) {
        handle(signals[i]);
        ticks = 0;
        MUST(setitimer(kinds[i], &value, NULL));
        work_until(3);
        TRUE(code == SI_KERNEL);
        MUST(getitimer(kinds[i], &left));
        TRUE(left.it_interval.tv_usec == 20000 && left.it_value.tv_sec == 0 && left.it_value.tv_usec <= 30000);
        MUST(setitimer(kinds[i], &off, &left));
        TRUE(left.it_interval.tv_usec == 20000);
        MUST(getitimer(kinds[i], &left));
        TRUE(left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0);
    }
    SHOW(getitimer(3, &left));
    SHOW(setitimer(-1, &value, NULL));
    SHOW(setitimer(ITIMER_PROF, (void *)8, NULL));
    SHOW(getitimer(ITIMER_PROF, (void *)8));
    value.it_value.tv_usec = 1000000;
    SHOW(setitimer(ITIMER_PROF, &value, NULL));
    value.it_value.tv_usec = -1;
    SHOW(setitimer(ITIMER_VIRTUAL, &value, NULL));
    /* A sleeping program uses no processor. */
    value = (struct itimerval){{0, 0}, {0, 10000}};
    ticks = 0;
    MUST(setitimer(ITIMER_VIRTUAL, &value, NULL));
    usleep(50000);
    SHOW(ticks);
    MUST(setitimer(ITIMER_VIRTUAL, &off, NULL));
}

/* The raw calls: numbers of timers are the kernel's. */
#define CREATE(clock, event, timer) syscall(SYS_timer_create, clock, event, timer)
#define SET(timer, flags, new, old) syscall(SYS_timer_settime, timer, flags, new, old)

static void posix(void)
{
    int timer = -1, second = -1;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 1234};
    struct itimerspec once = {{0, 0}, {0, 10000000}}, often = {{0, 10000000}, {0, 10000000}}, off = {{0, 0}, {0, 0}}, left;
    handle(SIGUSR1);
    handle(SIGALRM);
    SHOW(CREATE(CLOCK_MONOTONIC, &event, &timer));
    SHOW(timer);
    ticks = 0;
    SHOW(SET(timer, 0, &once, NULL));
    SHOW(syscall(SYS_timer_gettime, timer, &left));
    TRUE(left.it_interval.tv_nsec == 0 && left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 10000000);
    while (!ticks)
        usleep(1000);
    TRUE(code == SI_TIMER);
    SHOW(value);
    SHOW(overrun);
    SHOW(syscall(SYS_timer_gettime, timer, &left));
    SHOW(left.it_value.tv_nsec);
    SHOW(syscall(SYS_timer_getoverrun, timer));

    /* Without an event: SIGALRM with the timer's number. */
    SHOW(CREATE(CLOCK_REALTIME, NULL, &second));
    SHOW(second);
    ticks = 0;
    SHOW(SET(second, 0, &once, NULL));
    while (!ticks)
        usleep(1000);
    SHOW(value);

    /* Until a time: one that has passed comes at once. */
    struct timespec now;
    MUST(clock_gettime(CLOCK_REALTIME, &now));
    struct itimerspec until = {{0, 0}, now};
    ticks = 0;
    SHOW(SET(second, TIMER_ABSTIME, &until, &left));
    while (!ticks)
        usleep(1000);
    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    until.it_value = now;
    until.it_value.tv_nsec += 5000000;
    if (until.it_value.tv_nsec >= 1000000000)
        until.it_value.tv_sec++, until.it_value.tv_nsec -= 1000000000;
    ticks = 0;
    SHOW(SET(timer, TIMER_ABSTIME, &until, NULL));
    while (!ticks)
        usleep(1000);

    /* Periods that nobody looked at. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    SHOW(SET(timer, 0, &often, NULL));
    usleep(100000);
    SHOW(SET(timer, 0, &off, &left));
    TRUE(left.it_interval.tv_nsec == 10000000);
    ticks = 0;
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    SHOW(ticks);

    /* The processor's time. */
    int third = -1;
    event.sigev_value.sival_int = 7;
    SHOW(CREATE(CLOCK_PROCESS_CPUTIME_ID, &event, &third));
    ticks = 0;
    SHOW(SET(third, 0, &often, NULL));
    work_until(3);
    SHOW(value);
    SHOW(syscall(SYS_timer_delete, third));

    event.sigev_notify = SIGEV_NONE;
    SHOW(CREATE(CLOCK_BOOTTIME, &event, &third));
    SHOW(SET(third, 0, &often, NULL));
    usleep(30000);
    SHOW(syscall(SYS_timer_gettime, third, &left));
    TRUE(left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 10000000);
    SHOW(syscall(SYS_timer_delete, third));

    event.sigev_notify = SIGEV_THREAD_ID;
    event._sigev_un._tid = getpid();
    SHOW(CREATE(CLOCK_MONOTONIC, &event, &third));
    SHOW(syscall(SYS_timer_delete, third));
    event._sigev_un._tid = 999999;
    SHOW(CREATE(CLOCK_MONOTONIC, &event, &third));
    event.sigev_notify = 77;
    SHOW(CREATE(CLOCK_MONOTONIC, &event, &third));
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = 0;
    SHOW(CREATE(CLOCK_MONOTONIC, &event, &third));
    event.sigev_signo = 65;
    SHOW(CREATE(CLOCK_MONOTONIC, &event, &third));
    event.sigev_signo = SIGUSR1;
    for (int clock = 2; clock < 8; clock++) {
        long made = CREATE(clock, &event, &third);
        say("timer of clock %d: %s\n", clock, made ? strerrorname_np(errno) : "made");
        if (!made)
            MUST(syscall(SYS_timer_delete, third));
    }
    SHOW(CREATE(99, &event, &third));
    SHOW(CREATE(-1, &event, &third));
    SHOW(CREATE(CLOCK_MONOTONIC, (void *)8, &third));
    SHOW(CREATE(CLOCK_MONOTONIC, &event, (void *)8));
    SHOW(SET(timer, 0, NULL, NULL));
    SHOW(SET(timer, 0, (void *)8, NULL));
    SHOW(SET(55, 0, &once, NULL));
    once.it_value.tv_nsec = 1000000000;
    SHOW(SET(timer, 0, &once, NULL));
    once.it_value.tv_nsec = -1;
    SHOW(SET(timer, 0, &once, NULL));
    SHOW(syscall(SYS_timer_gettime, 55, &left));
    SHOW(syscall(SYS_timer_gettime, timer, (void *)8));
    SHOW(syscall(SYS_timer_getoverrun, 55));
    SHOW(syscall(SYS_timer_delete, 55));
    CHILD("a child has none", SHOW(syscall(SYS_timer_delete, timer)));
    SHOW(syscall(SYS_timer_delete, timer));
    SHOW(syscall(SYS_timer_delete, timer));
    SHOW(syscall(SYS_timer_delete, second));
}

static void sleeps(void)
{
    struct timespec short_time = {0, 1000000}, bad = {0, 1000000000}, negative = {-1, 0}, past = {0, 0}, now, later, rest;
    for (int clock = 0; clock < 8; clock++) {
        if (clock == CLOCK_PROCESS_CPUTIME_ID)
            continue;
        say("sleep by clock %d: %s\n", clock, syscall(SYS_clock_nanosleep, clock, 0, &short_time, NULL) ? strerrorname_np(errno) : "slept");
    }
    SHOW(syscall(SYS_clock_nanosleep, 99, 0, &short_time, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 99, 0, &bad, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 4, 0, (void *)8, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 1, 0, (void *)8, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 1, 0, &bad, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 1, 0, &negative, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 1, TIMER_ABSTIME, &negative, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 0, TIMER_ABSTIME, &past, NULL));
    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    later = now;
    later.tv_sec++;
    ticks = 0;
    struct itimerval alarm = {{0, 0}, {0, 20000}};
    MUST(setitimer(ITIMER_REAL, &alarm, NULL));
    rest = (struct timespec){77, 77};
    SHOW(syscall(SYS_clock_nanosleep, 1, TIMER_ABSTIME, &later, &rest));
    SHOW(rest.tv_sec);
    MUST(setitimer(ITIMER_REAL, &alarm, NULL));
    SHOW(syscall(SYS_clock_nanosleep, 1, 0, &(struct timespec){1, 0}, &rest));
    TRUE(rest.tv_sec == 0 && rest.tv_nsec > 500000000);
    clockid_t own;
    SHOW(clock_getcpuclockid(0, &own));
    SHOW(clock_gettime(own, &now));
    SHOW(clock_getcpuclockid(getppid(), &own));
    SHOW(clock_gettime(own, &now));
    SHOW(clock_gettime((~999999u << 3) | 2, &now));
    SHOW(clock_gettime(12, &now));
    SHOW(clock_gettime(1000, &now));
}

int main(void)
{
    intervals();
    posix();
    sleeps();
    return 0;
}
