/* What the files of a process are to its owner, to another user, and when it is gone; /proc/PID/comm, which is written, and the
 * threads in task. */
#include "check.h"
#include <dirent.h>
#include <pthread.h>
#include <sys/prctl.h>

static char text[8192];

static const char *of(int pid, const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return path;
}

static const char *const names[] = {"",    "exe",    "cwd",    "root",    "maps",  "stat",  "statm",       "status", "cmdline", "environ",
                                    "comm", "mounts", "fd",     "fd/0",    "fd/60", "fd/61", "fd/77",       "task",   "none",    "fd/none"};

static void modes(int pid)
{
    struct stat status;
    for (int i = 0; i < 20; i++)
        if (lstat(of(pid, names[i]), &status) == 0)
            say("%s %o\n", names[i], status.st_mode);
        else
            say("%s %s\n", names[i], strerrorname_np(errno));
}

static const char *word(long result)
{
    return result < 0 ? strerrorname_np(errno) : "-";
}

static void seen_by(const char *who, int pid)
{
    struct stat status;
    say("by %s\n", who);
    modes(pid);
    for (int i = 0; i < 20; i++) {
        const char *path = of(pid, names[i]);
        say("%s: stat %s", names[i], word(stat(path, &status)));
        say(" access %s", word(access(path, F_OK)));
        say(" r %s", word(access(path, R_OK)));
        say(" w %s", word(access(path, W_OK)));
        say(" x %s", word(access(path, X_OK)));
        say(" link %s", word(readlink(path, text, 99)));
        say(" list %s", word(open(path, O_RDONLY | O_DIRECTORY)));
        say(" path %s", word(open(path, O_PATH | O_NOFOLLOW)));
        say(" open %s", word(open(path, O_RDONLY)));
        say(" write %s", word(open(path, O_WRONLY)));
        say(" chdir %s\n", word(i && i != 17 ? chdir(path) : 0));
    }
    MUST(chdir("/tmp"));
    for (int fd = 3; fd < 1000; fd++)
        if (fd < 60 || fd > 62)
            close(fd);
    say("fd/0/: %s", word(stat(of(pid, "fd/0/"), &status)));
    say(" root/tmp: %s", word(stat(of(pid, "root/tmp"), &status)));
    say(" cwd/..: %s", word(stat(of(pid, "cwd/.."), &status)));
    say(" cwd/.: %s", word(stat(of(pid, "cwd/."), &status)));
    say(" cwd/: %s", word(readlink(of(pid, "cwd/"), text, 9)));
    say(" cwd//none: %s", word(stat(of(pid, "cwd//none"), &status)));
    say(" exe/x: %s", word(stat(of(pid, "exe/x"), &status)));
    say(" fd/77/x: %s", word(stat(of(pid, "fd/77/x"), &status)));
    say(" stat/x: %s\n", word(stat(of(pid, "stat/x"), &status)));
}

static void name(const char *when)
{
    char now[17] = "";
    prctl(PR_GET_NAME, now);
    int fd = open("/proc/self/comm", O_RDONLY);
    ssize_t n = read(fd, text, 99);
    close(fd);
    say("%s: [%s] [%.*s]\n", when, now, (int)n, text);
}

static int ends[2], begin[2];

static void *other(void *none)
{
    prctl(PR_SET_NAME, "other");
    int tid = gettid();
    MUST(write(ends[1], &tid, sizeof tid));
    char byte;
    MUST(read(begin[0], &byte, 1));
    return none;
}

static int threads_of(int pid)
{
    DIR *directory = opendir(of(pid, "task"));
    int found = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        found += entry->d_name[0] != '.';
    if (directory)
        closedir(directory);
    return found;
}

static void comm(void)
{
    int fd = MUST(open("/proc/self/comm", O_RDWR));
    prctl(PR_SET_NAME, "first");
    name("first");
    SHOW(write(fd, "second", 6));
    name("second");
    SHOW(write(fd, "third\n", 6));
    name("third");
    SHOW(write(fd, "x", 1));
    name("x");
    SHOW(write(fd, "0123456789abcdefghijklm", 23));
    name("long");
    SHOW(write(fd, "a\0b", 3));
    name("NUL");
    SHOW(write(fd, (void *)8, 3));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(read(fd, text, 99));
    close(fd);
    SHOW(open("/proc/self/comm", O_WRONLY | O_TRUNC));
    name("cut");
    SHOW(open("/proc/self/status", O_WRONLY));
    SHOW(open("/proc/self/status", O_RDWR));
    SHOW(open("/proc/self/comm", O_RDWR | O_APPEND));
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", getpid());
    SHOW(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666));
}

static void threads(void)
{
    struct stat status;
    pthread_t thread;
    int tid, number = getpid();
    char path[64];
    MUST(pipe(ends));
    MUST(pipe(begin));
    say("tasks %d\n", threads_of(number));
    MUST(-pthread_create(&thread, NULL, other, NULL));
    MUST(read(ends[0], &tid, sizeof tid));
    say("tasks %d\n", threads_of(number));
    MUST(stat(of(number, "task"), &status));
    say("links %d\n", (int)status.st_nlink);
    snprintf(path, sizeof path, "task/%d/comm", tid);
    int fd = OK(open(of(number, path), O_RDWR));
    SHOW(read(fd, text, 99));
    say("%.6s", text);
    SHOW(write(fd, "renamed", 7));
    name("own");
    fd = OK(open(of(number, path), O_RDONLY));
    SHOW(read(fd, text, 99));
    say("%.8s", text);
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", number, tid);
    fd = OK(open(path, O_RDONLY));
    TRUE(read(fd, text, 99) > 9 && atoi(text) == tid);
    snprintf(path, sizeof path, "/proc/%d/task/%d/status", number, tid);
    int held = OK(open(path, O_RDONLY));
    TRUE(read(held, text, 8000) > 9 && atoi(strstr(text, "\nTgid:") + 6) == number && atoi(strstr(text, "\nPid:") + 5) == tid);
    snprintf(path, sizeof path, "/proc/%d/task/%d", number, number);
    SHOW(stat(path, &status));
    say("%o\n", status.st_mode);
    snprintf(path, sizeof path, "/proc/%d/task/1", number);
    SHOW(stat(path, &status));
    snprintf(path, sizeof path, "/proc/%d/task/%d", number, tid);
    SHOW(stat(path, &status));
    SHOW(stat("/proc/thread-self/comm", &status));
    MUST(write(begin[1], "x", 1));
    pthread_join(thread, NULL);
    while (stat(path, &status) == 0)
        usleep(1000);
    SHOW(stat(path, &status));
    SHOW(lseek(held, 0, SEEK_SET));
    SHOW(read(held, text, 99));
    say("tasks %d\n", threads_of(number));
}

/* Open files of a process that is gone. */
static void gone(void)
{
    /* Of cmdline no half: Linux looks for the process at each read. */
    static const char *const files[] = {"stat", "statm", "status", "comm", "mounts", "cmdline"};
    int held[6], half[6];
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    for (int i = 0; i < 6; i++) {
        held[i] = MUST(open(of(child, files[i]), O_RDONLY));
        half[i] = MUST(open(of(child, files[i]), O_RDONLY));
        MUST(read(half[i], text, 2));
    }
    int folder = MUST(open(of(child, ""), O_RDONLY | O_DIRECTORY)), fds = MUST(open(of(child, "fd"), O_RDONLY | O_DIRECTORY));
    int written = MUST(open(of(child, "comm"), O_WRONLY));
    SHOW(write(written, "x", 1));
    struct stat status;
    kill(child, SIGKILL);
    waitid(P_PID, child, NULL, WEXITED | WNOWAIT);
    SHOW(syscall(SYS_getdents64, fds, text, 4096) > 0);
    MUST(waitpid(child, NULL, 0));
    for (int i = 0; i < 6; i++) {
        ssize_t n = read(held[i], text, 999);
        say("%s: %s", files[i], n < 0 ? strerrorname_np(errno) : n ? "text" : "end");
        n = pread(held[i], text, 999, 5);
        say(" at 5 %s", n < 0 ? strerrorname_np(errno) : n ? "text" : "end");
        n = i < 5 ? read(half[i], text, 999) : 0;
        say(", then %s\n", n < 0 ? strerrorname_np(errno) : n ? "text" : "end");
        SHOW(fstat(held[i], &status));
    }
    SHOW(write(written, "x", 1));
    SHOW(syscall(SYS_getdents64, folder, text, 4096));
    SHOW(syscall(SYS_getdents64, fds, text, 4096));
    SHOW(fstat(folder, &status));
}

/* Read from its beginning again, a text is made again. */
static void again(void)
{
    int fd = MUST(open("/proc/self/comm", O_RDONLY)), status = MUST(open("/proc/self/status", O_RDONLY));
    prctl(PR_SET_NAME, "before");
    SHOW(read(fd, text, 99));
    say("%.7s", text);
    prctl(PR_SET_NAME, "after");
    SHOW(read(fd, text, 99));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(read(fd, text, 99));
    say("%.6s", text);
    SHOW(pread(fd, text, 99, 0));
    SHOW(pread(fd, text, 3, 2));
    say("%.3s\n", text);
    SHOW(lseek(fd, 3, SEEK_SET));
    SHOW(read(fd, text, 99));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(lseek(fd, 1, SEEK_CUR));
    MUST(read(status, text, 20));
    say("%.11s\n", text);
    prctl(PR_SET_NAME, "later");
    MUST(lseek(status, 0, SEEK_SET));
    MUST(read(status, text, 20));
    say("%.11s\n", text);
    int load = MUST(open("/proc/uptime", O_RDONLY));
    MUST(read(load, text, 99));
    double first = atof(text);
    usleep(50000);
    MUST(lseek(load, 0, SEEK_SET));
    MUST(read(load, text, 99));
    TRUE(atof(text) > first);
}

/* Paths that go on behind links of /proc: as many as a path may have, by symbolic links, to make what is not there. */
static void beyond(void)
{
    static char path[4096], target[4096];
    struct stat status;
    MUST(chdir("/"));
    for (int links = 39; links < 43; links++) {
        static const char *const one[] = {"/proc/self/cwd", "/proc/self/root"};
        for (int i = 0; i < 2; i++) {
            strcpy(path, "");
            for (int k = 0; k < links / 2; k++)
                strcat(path, one[i]);
            say("%d of %s: %s\n", links / 2, one[i], word(stat(path, &status)));
            strcpy(path, one[i]);
            for (int k = 0; k < links; k++)
                strcat(path, one[i] + 5);
            say("after a file: %s\n", word(stat(path, &status)));
        }
    }
    strcpy(path, "/proc/self/cwd");
    while (strlen(path) + 20 < sizeof path)
        strcat(path, "/proc/self/cwd");
    SHOW(open(path, O_RDONLY));
    strcpy(path, "/proc/self/root");
    while (strlen(path) + 20 < sizeof path)
        strcat(path, "/proc/self/root");
    SHOW(open(path, O_RDONLY));
    MUST(mkdir("/tmp/beyond", 0755));
    MUST(chdir("/tmp/beyond"));
    int fd = MUST(dup2(MUST(open("/tmp", O_RDONLY | O_DIRECTORY)), 40));
    SHOW(symlink("/proc/self/fd/40/beyond", "to"));
    SHOW(stat("to", &status));
    SHOW(stat("to/.", &status));
    SHOW(mkdir("to/made", 0700));
    SHOW(stat("/tmp/beyond/made", &status));
    SHOW(open("to/file", O_CREAT | O_EXCL | O_RDWR, 0600));
    SHOW(open("/proc/self/cwd/file", O_CREAT | O_WRONLY, 0600));
    SHOW(open("/proc/self/cwd/other", O_CREAT | O_WRONLY, 0600));
    SHOW(rename("/proc/self/cwd/other", "/proc/self/root/tmp/beyond/renamed"));
    SHOW(link("renamed", "/proc/self/fd/40/beyond/linked"));
    SHOW(unlink("/proc/self/cwd/renamed"));
    SHOW(rmdir("/proc/self/cwd/made"));
    SHOW(stat("/proc/self/fd/99/x", &status));
    SHOW(stat("/proc/self/exe/x", &status));
    SHOW(mkdir("/proc/self/exe/x", 0700));
    SHOW(mkdir("/proc/1/cwd/tmp/beyond/of-1", 0700));
    /* Many links that are none of /proc's, to a file in place of a folder. */
    for (int i = 0; i < 38; i++) {
        char name[16], next[16];
        snprintf(name, sizeof name, "s%d", i);
        snprintf(next, sizeof next, "s%d", i + 1);
        memset(target, 0, sizeof target);
        while (strlen(target) < 4000)
            strcat(target, "./");
        strcat(target, i < 37 ? next : ".");
        MUST(symlink(target, name));
    }
    strcpy(path, "s0/");
    while (strlen(path) < 4000)
        strcat(path, "./");
    strcat(path, "file/x");
    SHOW(open(path, O_RDONLY));
    close(fd);
    MUST(chdir("/tmp"));
    CHILD("no more root", {
        MUST(setresuid(5, 5, 5));
        SHOW(stat("/proc/self/root/tmp", &status));
        SHOW(stat("/proc/self/cwd/beyond", &status));
        SHOW(stat("/proc/1/root/tmp", &status));
        SHOW(mkdir("/proc/1/cwd/x", 0700));
    });
}

static void *named(void *none)
{
    char byte;
    MUST(read(begin[0], &byte, 1));
    return none;
}

/* Threads that come one after the other, and many that go. */
static void more_threads(void)
{
    enum { COUNT = 300 };
    static pthread_t all[COUNT];
    pthread_attr_t attributes;
    MUST(pipe(begin));
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16384);
    for (int i = 0; i < 3; i++) {
        char got[20] = "";
        MUST(-pthread_create(&all[i], &attributes, named, NULL));
        SHOW(pthread_setname_np(all[i], "worker"));
        SHOW(pthread_getname_np(all[i], got, sizeof got));
        say("%s\n", got);
    }
    for (int i = 3; i < COUNT; i++)
        MUST(-pthread_create(&all[i], &attributes, named, NULL));
    say("tasks %d\n", threads_of(getpid()));
    for (int i = 0; i < COUNT; i++)
        MUST(write(begin[1], "x", 1));
    for (int i = 0; i < COUNT; i++)
        pthread_join(all[i], NULL);
    usleep(1000);
    say("tasks %d\n", threads_of(getpid()));
}

/* What a process becomes, nobody sees by what he has opened before. */
static void becomes(const char *program)
{
    int from = MUST(open(program, O_RDONLY)), to = MUST(open("/tmp/set-uid", O_CREAT | O_WRONLY, 0755)), go[2];
    for (ssize_t n; (n = MUST(read(from, text, sizeof text))) > 0;)
        MUST(write(to, text, n));
    close(to);
    MUST(chmod("/tmp/set-uid", 04755));
    CHILD("as 5", {
        MUST(setresgid(5, 5, 5));
        MUST(setresuid(5, 5, 5));
        prctl(PR_SET_DUMPABLE, 1);
        MUST(pipe(go));
        pid_t child = MUST(fork());
        if (child == 0) {
            char byte, *environment[] = {"SECRET=root's", NULL}, *list[] = {"set-uid", "wait", NULL};
            close(go[1]);
            read(go[0], &byte, 1);
            execve("/tmp/set-uid", list, environment);
            _exit(1);
        }
        int environ_fd = MUST(open(of(child, "environ"), O_RDONLY)), maps = MUST(open(of(child, "maps"), O_RDONLY));
        close(go[1]);
        do
            usleep(1000);
        while (stat(of(child, ""), &(struct stat){0}) == 0 && open(of(child, "environ"), O_RDONLY) >= 0);
        memset(text, 0, sizeof text);
        OK(read(environ_fd, text, 999));
        SHOW(strstr(text, "SECRET") != NULL);
        memset(text, 0, sizeof text);
        OK(read(maps, text, 8000));
        SHOW(strstr(text, "set-uid") != NULL);
        SHOW(open(of(child, "environ"), O_RDONLY));
        SHOW(open(of(child, "maps"), O_RDONLY));
        SHOW(readlink(of(child, "exe"), text, 99));
        kill(child, SIGKILL);
    });
    /* A zombie is nobody's to look into. */
    CHILD("zombie", {
        MUST(setresgid(5, 5, 5));
        MUST(setresuid(5, 5, 5));
        prctl(PR_SET_DUMPABLE, 1);
        pid_t child = MUST(fork());
        if (child == 0)
            _exit(0);
        waitid(P_PID, child, NULL, WEXITED | WNOWAIT);
        struct stat status;
        MUST(lstat(of(child, "stat"), &status));
        say("owner %d\n", status.st_uid);
        SHOW(open(of(child, "environ"), O_RDONLY));
        SHOW(access(of(child, "fd"), R_OK));
        SHOW(open(of(child, "comm"), O_WRONLY));
        SHOW(readlink(of(child, "root"), text, 99));
        SHOW(readlink(of(child, "cwd"), text, 99));
        SHOW(stat(of(child, "root/tmp"), &status));
    });
}

int main(int count, char **arguments)
{
    if (count > 1)
        for (;;)
            pause();
    MUST(dup2(MUST(open("/dev/null", O_RDONLY)), 60));
    MUST(dup2(MUST(open("/dev/null", O_WRONLY)), 61));
    close(77);
    pid_t roots = MUST(fork());
    if (roots == 0)
        for (;;)
            pause();
    int ready[2];
    MUST(pipe(ready));
    pid_t users = MUST(fork());
    if (users == 0) {
        MUST(setresgid(6, 6, 6));
        MUST(setresuid(5, 5, 5));
        SHOW(prctl(PR_SET_DUMPABLE, 1));
        MUST(write(ready[1], "x", 1));
        for (;;)
            pause();
    }
    MUST(read(ready[0], text, 1));
    seen_by("root, root's", roots);
    seen_by("root, a user's", users);
    CHILD("user", MUST(setresgid(6, 6, 6)); MUST(setresuid(5, 5, 5)); seen_by("a user, root's", roots); seen_by("a user, its own", users));
    CHILD("other", MUST(setresgid(8, 8, 8)); MUST(setresuid(7, 7, 7)); seen_by("another user", users));
    void *list;
    size_t size;
    CHILD("robust lists", SHOW(syscall(SYS_get_robust_list, roots, &list, &size)); MUST(setresgid(6, 6, 6)); MUST(setresuid(5, 5, 5));
          SHOW(syscall(SYS_get_robust_list, 0, &list, &size)); SHOW(syscall(SYS_get_robust_list, roots, &list, &size));
          SHOW(syscall(SYS_get_robust_list, users, &list, &size)); SHOW(syscall(SYS_get_robust_list, getpid(), &list, &size));
          SHOW(syscall(SYS_get_robust_list, 99999, &list, &size)); SHOW(syscall(SYS_get_robust_list, 1, (void *)8, &size)));
    kill(roots, SIGKILL);
    kill(users, SIGKILL);
    MUST(waitpid(roots, NULL, 0));
    MUST(waitpid(users, NULL, 0));
    comm();
    threads();
    gone();
    again();
    beyond();
    more_threads();
    becomes(arguments[0]);
    SHOW(rename("/proc/self", "/proc/x"));
    SHOW(rename("/proc/self/stat", "/proc/self/x"));
    SHOW(rename("/proc/stat", "/tmp/x"));
    SHOW(rename("/tmp", "/proc/x"));
    SHOW(chmod("/proc/self/stat", 0444));
    SHOW(chmod("/proc/self/stat", 0600));
    SHOW(link("/proc/stat", "/proc/x"));
    SHOW(mknod("/proc/x", S_IFIFO | 0600, 0));
    SHOW(symlink("x", "/proc/x"));
    SHOW(rmdir("/proc/1"));
    SHOW(unlink("/proc/stat"));
    SHOW(unlink("/proc/none"));
    SHOW(open("/proc/x", O_CREAT | O_WRONLY, 0600));
    return 0;
}
