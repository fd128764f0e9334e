/* Clocks that go forward and sleeps that last. */
#include "check.h"
#include <sched.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

static long long now(clockid_t clock)
{
    struct timespec t = {0};
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
    struct timespec t;
    SHOW(clock_gettime(CLOCK_MONOTONIC, &t));
    SHOW(clock_gettime(CLOCK_REALTIME, &t));
    TRUE(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
    SHOW(clock_gettime(77, &t));
    SHOW(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (void *)8));
    SHOW(clock_getres(CLOCK_MONOTONIC, &t));
    TRUE(t.tv_sec == 0 && t.tv_nsec >= 1);
    long long before = now(CLOCK_MONOTONIC);
    for (int i = 0; i < 1000; i++) {
        long long next = now(CLOCK_MONOTONIC);
        if (next < before) {
            say("time ran backwards\n");
            return 1;
        }
        before = next;
    }
    struct timespec wish = {0, 30000000};
    before = now(CLOCK_MONOTONIC);
    SHOW(nanosleep(&wish, NULL));
    long long slept = now(CLOCK_MONOTONIC) - before;
    TRUE(slept >= 30000000 && slept < 5000000000);
    wish.tv_nsec = 0;
    SHOW(nanosleep(&wish, NULL));
    wish.tv_nsec = 1000000000;
    SHOW(nanosleep(&wish, NULL));
    wish.tv_nsec = -1;
    SHOW(nanosleep(&wish, NULL));
    wish = (struct timespec){-1, 0};
    SHOW(nanosleep(&wish, NULL));
    SHOW(syscall(SYS_nanosleep, (void *)8, NULL));
    clock_gettime(CLOCK_MONOTONIC, &wish);
    wish.tv_nsec += 20000000;
    if (wish.tv_nsec >= 1000000000) {
        wish.tv_sec++;
        wish.tv_nsec -= 1000000000;
    }
    SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wish, NULL));
    TRUE(now(CLOCK_MONOTONIC) >= wish.tv_sec * 1000000000LL + wish.tv_nsec);
    SHOW(clock_nanosleep(77, 0, &wish, NULL));
    struct timeval day;
    SHOW(gettimeofday(&day, NULL));
    TRUE(day.tv_usec >= 0 && day.tv_usec < 1000000);
    TRUE(time(NULL) >= 0);
    struct tms used;
    TRUE(times(&used) != -1);
    before = now(CLOCK_PROCESS_CPUTIME_ID);
    for (volatile int i = 0; i < 2000000; i++)
        ;
    TRUE(now(CLOCK_PROCESS_CPUTIME_ID) > before);
    TRUE(clock() > 0);
    SHOW(sched_yield());
    /* Sleepers wake in the order of their times, not of their start. */
    int ends[2];
    MUST(pipe(ends));
    for (int i = 3; i >= 1; i--)
        if (fork() == 0) {
            char name = '0' + i;
            usleep(i * 500000); /* far apart: a busy host may stop the whole machine for a while */
            write(ends[1], &name, 1);
            _exit(0);
        }
    char names[4] = {0};
    for (int i = 0; i < 3; i++)
        MUST(read(ends[0], names + i, 1));
    say("woken in order %s\n", names);
    while (wait(NULL) > 0)
        ;
    return 0;
}
