/* Who and where a program is. */
#include "check.h"
#include <sched.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

int main(void)
{
    TRUE(getpid() > 1);
    TRUE(syscall(SYS_gettid) == getpid());
    TRUE(getppid() >= 1);
    SHOW(getuid());
    SHOW(geteuid());
    SHOW(getgid());
    SHOW(getegid());
    struct utsname name;
    SHOW(uname(&name));
    TRUE(strcmp(name.machine, "aarch64") == 0);
    TRUE(name.sysname[0] != 0 && name.release[0] != 0 && name.version[0] != 0 && name.nodename[0] != 0);
    TRUE(atoi(name.release) >= 5);
    SHOW(uname((struct utsname *)8));
    char bytes[64] = {0};
    SHOW(getrandom(bytes, 64, 0));
    int nonzero = 0;
    for (int i = 0; i < 64; i++)
        nonzero += bytes[i] != 0;
    TRUE(nonzero > 40);
    SHOW(getrandom(bytes, 0, 0));
    SHOW(getrandom(bytes, 8, 0x8000));
    SHOW(getrandom((void *)8, 8, 0));
    TRUE((SHOW(getrandom(bytes, 8, GRND_NONBLOCK)), 1));
    struct rlimit limit;
    SHOW(getrlimit(RLIMIT_STACK, &limit));
    TRUE(limit.rlim_cur >= 1 << 20);
    SHOW(getrlimit(99, &limit));
    SHOW(prlimit(0, RLIMIT_NOFILE, NULL, &limit));
    SHOW(prlimit(999999, RLIMIT_NOFILE, NULL, &limit));
    struct sysinfo info;
    SHOW(sysinfo(&info));
    TRUE(info.totalram > 0 && info.freeram > 0 && info.mem_unit >= 1);
    struct rusage usage;
    SHOW(getrusage(RUSAGE_SELF, &usage));
    SHOW(getrusage(55, &usage));
    cpu_set_t cpus;
    TRUE(sched_getaffinity(0, sizeof cpus, &cpus) == 0);
    SHOW(CPU_COUNT(&cpus));
    SHOW(setuid(0));
    SHOW(setgid(0));
    SHOW(getgroups(0, NULL));
    char title[17] = {0};
    SHOW(prctl(PR_SET_NAME, "renamed"));
    SHOW(prctl(PR_GET_NAME, title));
    say("[%s]\n", title);
    SHOW(getpriority(PRIO_PROCESS, 0));
    /* A number that no system has. */
    SHOW(syscall(1234));
    SHOW(syscall(-1));
    SHOW(syscall(0x7fffffff));
    return 0;
}
