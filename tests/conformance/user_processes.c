/* What users may do to each other's processes; programs that run as their owner; privileges that go and come; and what
 * random users do to random files. */
#include "check.h"
#include <elf.h>
#include <grp.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void become(uid_t real, uid_t effective, uid_t saved)
{
    MUST(setgroups(0, NULL));
    MUST(setresgid(real, effective, saved));
    MUST(setresuid(real, effective, saved));
}

struct sets {
    uint32_t effective, permitted, inheritable;
};

static void show_privileges(const char *what)
{
    uint32_t header[2] = {0x20080522, 0};
    struct sets sets[2];
    MUST(syscall(SYS_capget, header, sets));
    uid_t u[3];
    gid_t g[3];
    MUST(getresuid(&u[0], &u[1], &u[2]));
    MUST(getresgid(&g[0], &g[1], &g[2]));
    say("%s: users %d %d %d groups %d %d %d effective %x %x permitted %x %x dumpable %d\n", what, u[0], u[1], u[2], g[0], g[1], g[2],
        sets[0].effective, sets[1].effective, sets[0].permitted, sets[1].permitted, prctl(PR_GET_DUMPABLE));
}

static long set_privileges(uint32_t effective, uint32_t permitted)
{
    uint32_t header[2] = {0x20080522, 0};
    struct sets sets[2] = {{effective, permitted, 0}, {0, 0, 0}};
    return syscall(SYS_capset, header, sets);
}

/* Each of some users sends signals to, and schedules, each of some others. */
static void to_others(void)
{
    static const uid_t ids[][3] = {{0, 0, 0}, {1000, 1000, 1000}, {1000, 1001, 1002}, {1002, 1002, 1000}, {1003, 1000, 1003}, {0, 1000, 0}};
    for (int target = 0; target < 6; target++) {
        int ready[2];
        MUST(pipe(ready));
        pid_t other = MUST(fork());
        if (other == 0) {
            setpgid(0, 0);
            become(ids[target][0], ids[target][1], ids[target][2]);
            MUST(write(ready[1], "x", 1));
            for (;;)
                pause();
        }
        char byte;
        MUST(read(ready[0], &byte, 1));
        for (int own = 0; own < 6; own++) {
            say("%d to %d\n", own, target);
            pid_t child = MUST(fork());
            if (child == 0) {
                become(ids[own][0], ids[own][1], ids[own][2]);
                struct sched_param none = {0}, one = {1};
                cpu_set_t set;
                CPU_ZERO(&set);
                CPU_SET(0, &set);
                SHOW(kill(other, 0));
                SHOW(kill(other, 99));
                SHOW(kill(other, SIGCHLD));
                SHOW(kill(other, SIGCONT));
                SHOW(kill(-other, 0));
                SHOW(syscall(SYS_tgkill, other, other, 0));
                SHOW(setpriority(PRIO_PROCESS, other, 0));
                SHOW(setpriority(PRIO_PROCESS, other, -1));
                SHOW(sched_setscheduler(other, SCHED_OTHER, &none));
                SHOW(sched_setscheduler(other, SCHED_FIFO, &none));
                SHOW(sched_setscheduler(other, SCHED_FIFO, &one));
                SHOW(sched_setscheduler(other, SCHED_OTHER, &none));
                SHOW(sched_setaffinity(other, sizeof set, &set));
                SHOW(prlimit(other, RLIMIT_CORE, NULL, &(struct rlimit){0, 0}));
                char name[64], target_name[64];
                for (int i = 0; i < 5; i++) {
                    static const char *const files[] = {"environ", "maps", "stat", "status", "fd"};
                    snprintf(name, sizeof name, "/proc/%d/%s", other, files[i]);
                    say("%s: %s\n", files[i], open(name, O_RDONLY) < 0 ? strerrorname_np(errno) : "open");
                }
                snprintf(name, sizeof name, "/proc/%d/cwd", other);
                OK(readlink(name, target_name, sizeof target_name));
                _exit(0);
            }
            MUST(waitpid(child, NULL, 0));
            MUST(setpriority(PRIO_PROCESS, other, 0));
        }
        MUST(kill(other, SIGKILL));
        MUST(waitpid(other, NULL, 0));
        close(ready[0]);
        close(ready[1]);
    }
    CHILD("own", become(5, 5, 5); SHOW(setpriority(PRIO_PROCESS, 0, 5)); SHOW(setpriority(PRIO_PROCESS, 0, 4)); SHOW(nice(1)); SHOW(kill(1, 0));
          SHOW(setrlimit(RLIMIT_NOFILE, &(struct rlimit){10, 20})); SHOW(setrlimit(RLIMIT_NOFILE, &(struct rlimit){10, 21})));
}

/* setpriority of a group, and of a user, with processes of several users: which of the errors is told. */
static void of_groups(void)
{
    static const uid_t users[][3] = {{1000, 1001, 1000}, {1001, 1000, 1001}, {1000, 1000, 1001}, {1001, 1001, 1000}, {1001, 1001, 1001}, {1000, 1000, 1000}};
    for (int i = 0; i < 6; i++) {
        pid_t members[3];
        int ready[2];
        MUST(pipe(ready));
        for (int k = 0; k < 3; k++) {
            members[k] = MUST(fork());
            if (members[k] == 0) {
                MUST(setpgid(0, members[0]));
                MUST(setpriority(PRIO_PROCESS, 0, k == 1 ? 7 : 5));
                become(users[i][k], users[i][k], users[i][k]);
                MUST(write(ready[1], "x", 1));
                for (;;)
                    pause();
            }
            char byte;
            MUST(read(ready[0], &byte, 1));
        }
        say("users %d %d %d\n", users[i][0], users[i][1], users[i][2]);
        CHILD("as 1000", become(1000, 1000, 1000); for (int nice = 4; nice < 9; nice++) {
            SHOW(setpriority(PRIO_PGRP, members[0], nice));
            SHOW(setpriority(PRIO_USER, 1000, nice));
            SHOW(setpriority(PRIO_USER, 1001, nice));
            for (int k = 0; k < 3; k++)
                SHOW(getpriority(PRIO_PROCESS, members[k]));
        });
        for (int k = 0; k < 3; k++) {
            kill(members[k], SIGKILL);
            MUST(waitpid(members[k], NULL, 0));
        }
        close(ready[0]);
        close(ready[1]);
    }
}

/* Programs with set-id bits. */
static void programs(void)
{
    static const int modes[] = {0755, 04755, 02755, 06755, 02745, 04700, 01755, 0711, 0710};
    static const uid_t ids[][3] = {{0, 0, 0}, {1000, 1000, 1000}, {1001, 1002, 1003}, {0, 1000, 0}, {1000, 0, 0}};
    char *arguments[] = {"program", "child", NULL};
    for (int nnp = 0; nnp < 2; nnp++)
        for (int owner = 0; owner < 2; owner++)
            for (int i = 0; i < 9; i++)
                for (int k = 0; k < 5; k++) {
                    MUST(chown("program", owner * 1500, owner * 1600));
                    MUST(chmod("program", modes[i]));
                    say("%o of %d, from %d%s\n", modes[i], owner, k, nnp ? ", no new privileges" : "");
                    CHILD("end", become(ids[k][0], ids[k][1], ids[k][2]); if (nnp) MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
                          execv("program", arguments); say("%s\n", strerrorname_np(errno)));
                }
    MUST(chown("program", 1500, 0));
    MUST(chmod("program", 04755));
    make_file("script", "#!program child\n");
    MUST(chmod("script", 04755));
    arguments[0] = "script";
    CHILD("script", become(1000, 1000, 1000); execv("./script", arguments); say("%s\n", strerrorname_np(errno)));
    MUST(chmod("program", 0700));
    CHILD("script", become(1000, 1000, 1000); execv("./script", arguments); say("%s\n", strerrorname_np(errno)));
}

static void privileges(void)
{
    enum { CHOWN = 1, OVERRIDE = 2, SEARCH = 4, FOWNER = 8, FSETID = 16, KILL = 32, SETGID = 64, SETUID = 128 };
    make_file("secret", "x");
    MUST(chown("secret", 1000, 1000));
    MUST(chmod("secret", 0));
    show_privileges("root");
    CHILD("dropped", become(5, 5, 5); show_privileges("after"); SHOW(set_privileges(0, 0)); SHOW(set_privileges(1, 1)));
    CHILD("effective", MUST(seteuid(5)); show_privileges("away"); MUST(seteuid(0)); show_privileges("back"));
    CHILD("kept", SHOW(prctl(PR_SET_KEEPCAPS, 1)); SHOW(prctl(PR_GET_KEEPCAPS)); MUST(setresuid(5, 5, 5)); show_privileges("after");
          SHOW(set_privileges(OVERRIDE, OVERRIDE | SETUID)); OK(open("secret", O_RDWR)); SHOW(chmod("secret", 0)); SHOW(setuid(7));
          SHOW(set_privileges(SETUID, SETUID)); OK(open("secret", O_RDWR)); SHOW(setuid(7)); show_privileges("end"));
    static const uint32_t sets[] = {0, CHOWN, OVERRIDE, SEARCH, FOWNER, FSETID, KILL, SETGID, SETUID, 255 & ~OVERRIDE};
    for (int i = 0; i < 10; i++) {
        say("with %x\n", sets[i]);
        CHILD("end", SHOW(set_privileges(sets[i], sets[i])); show_privileges("now"); OK(open("secret", O_RDONLY)); OK(open("secret", O_WRONLY));
              SHOW(access("secret", R_OK)); SHOW(access("secret", W_OK)); SHOW(chmod("secret", 0)); SHOW(chown("secret", 1000, 1000)); SHOW(utimensat(AT_FDCWD, "secret", NULL, 0));
              SHOW(setresgid(1, 2, 3)); SHOW(setgroups(0, NULL)); SHOW(setresuid(1, 2, 3)));
    }
    uint32_t header[2] = {0x20080522, 1};
    struct sets data[2] = {{0, 0, 0}, {0, 0, 0}};
    SHOW(syscall(SYS_capset, header, data));
    header[1] = 99999;
    SHOW(syscall(SYS_capget, header, data));
    header[0] = 0;
    SHOW(syscall(SYS_capget, header, data));
    SHOW(syscall(SYS_capset, header, data));
}

static uint32_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
}

/* One name in one of three folders. */
static char *place(char *into)
{
    sprintf(into, "%c/%c", 'a' + draw(3), 'p' + draw(4));
    return into;
}

static long random_call(void)
{
    static const int modes[] = {0777, 0755, 0700, 0640, 0606, 0444, 01777, 02775, 06755, 0};
    char one[8], other[8];
    int mode = modes[draw(10)], number = draw(17);
    place(one);
    place(other);
    switch (number) {
    case 0: return mkdir(one, mode);
    case 1: return rmdir(one);
    case 2: return unlink(one);
    case 3: return rename(one, other);
    case 4: return link(one, other);
    case 5: return symlink("../b/q", one);
    case 6: return chmod(one, mode);
    case 7: return chown(one, draw(2) ? 1000 + draw(3) : (uid_t)-1, draw(2) ? 100 + draw(3) : (gid_t)-1);
    case 8: return truncate(one, draw(9));
    case 9: return access(one, draw(8));
    case 10: return utimensat(AT_FDCWD, one, NULL, 0);
    case 11: return chmod(draw(2) ? "a" : "b", mode | 0101);
    case 12: return syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 1 + draw(2));
    case 13: return mknod(one, S_IFIFO | mode, 0);
    default: {
        static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR | O_CREAT, O_CREAT | O_EXCL, O_RDONLY | O_TRUNC, O_WRONLY | O_CREAT};
        int fd = open(one, flags[draw(6)] | O_NONBLOCK, mode);
        if (fd >= 0) {
            if (draw(2) && write(fd, "x", 1) < 0)
                errno = 0;
            return close(fd);
        }
        return -1;
    }
    }
}

static void random_users(void)
{
    for (int round = 0; round < 60; round++) {
        char line[1000] = "", folder[32];
        state = round;
        snprintf(folder, sizeof folder, "round%d", round);
        MUST(mkdir(folder, 0777));
        MUST(chdir(folder));
        for (int i = 0; i < 3; i++) {
            static const int modes[] = {0777, 01777, 0755, 02777, 03775, 0711};
            char name[2] = {'a' + i, 0};
            MUST(mkdir(name, 0));
            MUST(chown(name, 999 + draw(4), 100 + draw(3)));
            MUST(chmod(name, modes[draw(6)]));
        }
        for (int step = 0; step < 60; step++) {
            uid_t user = draw(8) ? 1000 + draw(3) : 0;
            gid_t group = 100 + draw(3), further = 100 + draw(3);
            uint32_t kept = state;
            int ends[2];
            MUST(pipe(ends));
            pid_t child = MUST(fork());
            if (child == 0) {
                MUST(setgroups(1, &further));
                MUST(setresgid(group, group, group));
                MUST(setresuid(user, user, user));
                umask(draw(2) ? 022 : 0);
                state = kept;
                int result[2];
                result[0] = random_call() == -1 ? errno : 0;
                result[1] = state;
                MUST(write(ends[1], result, sizeof result));
                _exit(0);
            }
            int result[2];
            MUST(read(ends[0], result, sizeof result));
            MUST(waitpid(child, NULL, 0));
            close(ends[0]);
            close(ends[1]);
            state = result[1];
            size_t length = strlen(line);
            snprintf(line + length, sizeof line - length, " %s", result[0] ? strerrorname_np(result[0]) : "-");
        }
        say("%d:%s\n", round, line);
        line[0] = 0;
        for (int i = 0; i < 12; i++) {
            char name[8];
            struct stat status;
            sprintf(name, "%c/%c", 'a' + i / 4, 'p' + i % 4);
            size_t length = strlen(line);
            if (lstat(name, &status) == 0)
                snprintf(line + length, sizeof line - length, " %s %o %d %d", name, status.st_mode, status.st_uid, status.st_gid);
        }
        say("%d:%s\n", round, line);
        MUST(chdir(".."));
    }
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "child") == 0) {
        show_privileges("program");
        say("uid %ld %ld gid %ld %ld secure %ld\n", getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID), getauxval(AT_EGID), getauxval(AT_SECURE));
        return 0;
    }
    umask(0);
    enter_folder("user_processes");
    MUST(chmod(".", 0777));
    int from = MUST(open("/tests/user_processes", O_RDONLY)), to = MUST(open("program", O_CREAT | O_WRONLY, 0755));
    char bytes[4096];
    for (ssize_t n; (n = MUST(read(from, bytes, sizeof bytes))) > 0;)
        MUST(write(to, bytes, n));
    close(from);
    close(to);
    to_others();
    of_groups();
    programs();
    privileges();
    random_users();
    return 0;
}
