/* RLIMIT_NICE and RLIMIT_RTPRIO: what a user other than root may ask for by them. */
#include "check.h"
#include <sched.h>
#include <sys/resource.h>

#define COUNT(list) (int)(sizeof(list) / sizeof *(list))

static const char *const nice_names[] = {"-20", "-5", "0", "4", "5", "19"};
static const int nices[] = {-20, -5, 0, 4, 5, 19};
static const char *const priority_names[] = {"1", "9", "10", "11", "99"};
static const int priorities[] = {1, 9, 10, 11, 99};

static void limit(int resource, int value) { MUST(setrlimit(resource, &(struct rlimit){value, value})); }

/* In a child, as user 1000, from a nice value of 5. */
#define AS_USER(what, resource, value, ...)                \
    CHILD(what, limit(resource, value);                    \
          MUST(setpriority(PRIO_PROCESS, 0, 5));           \
          MUST(setresuid(1000, 1000, 1000)); __VA_ARGS__)

static int set(int policy, int priority)
{
    return sched_setscheduler(0, policy, &(struct sched_param){.sched_priority = priority});
}

static int set_priority(int priority) { return sched_setparam(0, &(struct sched_param){.sched_priority = priority}); }

int main(void)
{
    static const int nice_limits[] = {0, 1, 14, 15, 16, 20, 25, 40}, priority_limits[] = {0, 1, 10, 99};
    char text[64];
    for (int n = 0; n < COUNT(nice_limits); n++) {
        snprintf(text, sizeof text, "RLIMIT_NICE %d", nice_limits[n]);
        AS_USER(text, RLIMIT_NICE, nice_limits[n], {
            for (int round = 0; round < 2; round++)
                SHOW_EACH("nice", COUNT(nices), nice_names, int to = nices[i], setpriority(PRIO_PROCESS, 0, to));
            SHOW(set(SCHED_BATCH, 0));
            SHOW(set(SCHED_IDLE, 0));
            SHOW(set(SCHED_OTHER, 0));
            SHOW(set(SCHED_FIFO, 1));
        });
    }
    for (int n = 0; n < COUNT(priority_limits); n++) {
        snprintf(text, sizeof text, "RLIMIT_RTPRIO %d", priority_limits[n]);
        AS_USER(text, RLIMIT_RTPRIO, priority_limits[n], {
            SHOW_EACH("FIFO", COUNT(priorities), priority_names, int to = priorities[i], set(SCHED_FIFO, to));
            SHOW_EACH("param", COUNT(priorities), priority_names, int to = priorities[i], set_priority(to));
            SHOW_EACH("RR", COUNT(priorities), priority_names, int to = priorities[i], set(SCHED_RR, to));
            SHOW(set(SCHED_OTHER, 0));
            SHOW(setpriority(PRIO_PROCESS, 0, 4));
        });
        snprintf(text, sizeof text, "given before, RLIMIT_RTPRIO %d", priority_limits[n]);
        CHILD(text, {
            MUST(set(SCHED_FIFO, 20));
            limit(RLIMIT_RTPRIO, priority_limits[n]);
            MUST(setresuid(1000, 1000, 1000));
            SHOW_EACH("param", COUNT(priorities), priority_names, int to = priorities[i], set_priority(to));
            SHOW(set(SCHED_RR, 1));
            SHOW(set(SCHED_FIFO, 1));
        });
    }
    return 0;
}
