/* sys/resource.h: what Mes's library takes from it, to size its table of open files. */
struct rlimit {
	unsigned long rlim_cur, rlim_max;
};
#define RLIMIT_NOFILE 7
int getrlimit(int which, struct rlimit *limit);
