#ifndef _TIME_H
#define _TIME_H
#include <sys/types.h>

struct tm {
	int tm_sec;
	int tm_min;
	int tm_hour;
	int tm_mday;
	int tm_mon;
	int tm_year;
	int tm_wday;
	int tm_yday;
	int tm_isdst;
};

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

#define CLOCKS_PER_SEC 1000000
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2

clock_t clock(void);
int clock_gettime(int clock, struct timespec *time);
struct tm *gmtime(const time_t *time);
struct tm *localtime(const time_t *time);
int nanosleep(const struct timespec *time, struct timespec *left);
time_t time(time_t *time);
#endif
