/* sys/resource.h: what Mes takes from it */
struct rlimit {
    unsigned long rlim_cur, rlim_max;
};
#define RLIMIT_NOFILE 7
int getrlimit(int which, struct rlimit *limit);
