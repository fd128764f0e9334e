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

int main(void)
{
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
