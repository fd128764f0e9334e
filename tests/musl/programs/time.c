/* time: calendar, zones, formats, and that clocks go on. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

int main(void)
{
	static const time_t moments[] = { 0, 951782400, 1709210096, 4102444800, -86401 };
	struct tm broken;
	struct timespec before, after;
	char text[128];
	int i;

	for (i = 0; i < 5; i++) {
		gmtime_r(&moments[i], &broken);
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S %a %A %b %j %U %V %G %p %%", &broken);
		printf("%s %ld\n", text, (long)timegm(&broken));
	}
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	printf("%s %s %ld %d\n", tzname[0], tzname[1], timezone, daylight);
	for (i = 0; i < 5; i++) {
		localtime_r(&moments[i], &broken);
		printf("%d %s %ld %s", broken.tm_isdst, broken.tm_zone, (long)mktime(&broken), asctime(&broken));
	}
	memset(&broken, 0, sizeof broken);
	printf("%s", strptime("2024-02-29 23:59:60", "%Y-%m-%d %H:%M:%S", &broken));
	printf("%d %d %d\n", broken.tm_year, broken.tm_yday, broken.tm_sec);
	clock_gettime(CLOCK_MONOTONIC, &before);
	nanosleep(&(struct timespec){ 0, 2000000 }, 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	printf("%d\n", (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 2000000);
	printf("%.1f\n", difftime(1709210096, 951782400));
	return 0;
}
