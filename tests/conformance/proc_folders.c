/* /proc: folders of processes, and what ps, pidof and runtimes read in them. */
#include "check.h"
#include <dirent.h>
#include <sys/prctl.h>

static char text[8192];

/* A file's bytes; NULs become blanks. */
static const char *get(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    close(fd);
    if (n < 0)
        return strerrorname_np(errno);
    for (ssize_t i = 0; i < n; i++)
        if (!text[i])
            text[i] = ' ';
    text[n] = 0;
    return text;
}

static const char *of(int pid, const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return path;
}

/* A line of /proc/PID/status. */
static void line(int pid, const char *label)
{
    const char *at = strstr(get(of(pid, "status")), label);
    say("%.*s\n", at ? (int)strcspn(at, "\n") : 4, at ? at : "none");
}

/* Is there an entry of this name? */
static int lists(const char *folder, const char *name)
{
    DIR *directory = opendir(folder);
    int found = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        found |= strcmp(entry->d_name, name) == 0;
    if (directory)
        closedir(directory);
    return found;
}

static void stat_fields(int pid)
{
    char name[32], state;
    int parent, group, session, tty, foreground, priority, nice, threads;
    const char *at = get(of(pid, "stat"));
    int own = atoi(at), fields = 1;
    for (const char *c = strrchr(at, ')'); *c; c++)
        fields += *c == ' ';
    int count = sscanf(at, "%*d (%31[^)]) %c %d %d %d %d %d %*u %*u %*u %*u %*u %*u %*u %*u %*u %d %d %d", name, &state, &parent,
                       &group, &session, &tty, &foreground, &priority, &nice, &threads);
    say("stat: %d fields, %d read: own %d name %s state %c parent %d group %d priority %d nice %d threads %d\n", fields, count,
        own == pid, name, state, parent == getpid() || parent == getppid(), group == getpgrp(), priority, nice, threads);
}

int main(int count, char **arguments)
{
    char number[16], path[64];
    struct stat status;
    if (count > 1) {
        prctl(PR_SET_NAME, "a (child)");
        int fd = MUST(open("/dev/zero", O_RDONLY));
        dup2(fd, 100);
        MUST(chdir("/tmp"));
        signal(SIGHUP, SIG_IGN);
        write(50, "x", 1);
        for (;;)
            pause();
    }
    int ends[2];
    MUST(pipe(ends));
    MUST(dup2(ends[1], 50));
    snprintf(number, sizeof number, "%d", getpid());
    say("own: %d %d\n", lists("/proc", number), lists("/proc", "1"));
    TRUE(lists("/proc", "999999") == 0);
    pid_t child = MUST(fork());
    if (child == 0) {
        char *list[] = {arguments[0], "two words", "", NULL}, *environment[] = {"NAME=value", "OTHER=", NULL};
        execve(arguments[0], list, environment);
        _exit(99);
    }
    char byte;
    MUST(read(ends[0], &byte, 1));
    usleep(20000);
    say("cmdline [%s]\n", get(of(child, "cmdline")));
    say("environ [%s]\n", get(of(child, "environ")));
    say("comm [%s]\n", get(of(child, "comm")));
    stat_fields(child);
    stat_fields(getpid());
    for (int i = 0; i < 6; i++)
        line(child, (const char *[]){"Name:", "State:", "Uid:", "Threads:", "SigIgn:", "SigBlk:"}[i]);
    line(child, "VmSwap:\t 77");
    TRUE(strstr(get(of(child, "status")), "VmRSS:") != NULL);
    TRUE(strstr(get(of(child, "maps")), "[stack]") != NULL);
    ssize_t n = readlink(of(child, "exe"), text, 99);
    TRUE(n == (ssize_t)strlen(arguments[0]) && !memcmp(text, arguments[0], n));
    n = readlink(of(child, "cwd"), text, 99);
    say("cwd %.*s\n", (int)n, text);
    n = readlink(of(child, "root"), text, 99);
    say("root %.*s\n", (int)n, text);
    n = readlink(of(child, "fd/100"), text, 99);
    say("fd 100 %.*s\n", (int)n, text);
    SHOW(readlink(of(child, "fd/99"), text, 99));
    SHOW(lists(of(child, "fd"), "100"));
    SHOW(lists(of(child, "fd"), "99"));
    SHOW(lists(of(child, ""), "task"));
    snprintf(number, sizeof number, "%d", child);
    SHOW(lists(of(child, "task"), number));
    snprintf(path, sizeof path, "task/%d/comm", child);
    say("task's comm [%s]\n", get(of(child, path)));
    SHOW(stat(of(child, ""), &status));
    SHOW(status.st_mode);
    SHOW(lstat(of(child, "exe"), &status));
    SHOW(status.st_mode & S_IFMT);
    SHOW(access(of(child, "none"), F_OK));
    SHOW(mkdir(of(child, "x"), 0755));
    SHOW(open(of(child, "new"), O_CREAT | O_WRONLY, 0644));
    int held = MUST(open(of(child, "status"), O_RDONLY)), folder = MUST(open(of(child, ""), O_RDONLY | O_DIRECTORY));
    kill(child, SIGSTOP);
    waitid(P_PID, child, NULL, WSTOPPED);
    line(child, "State:");
    kill(child, SIGKILL);
    waitid(P_PID, child, NULL, WEXITED | WNOWAIT);
    line(child, "State:");
    say("cmdline of a zombie [%s]\n", get(of(child, "cmdline")));
    SHOW(readlink(of(child, "cwd"), text, 99));
    MUST(waitpid(child, NULL, 0));
    SHOW(stat(of(child, ""), &status));
    SHOW(access(of(child, "stat"), F_OK));
    SHOW(openat(folder, "stat", O_RDONLY));
    close(folder);
    close(held);
    for (int fd = 0; fd < 6; fd++) {
        snprintf(number, sizeof number, "%d", fd);
        say("fd %d: %d %d\n", fd, lists("/proc/self/fd", number), lists("/dev/fd", number));
    }
    MUST(dup2(ends[0], 200));
    SHOW(lists("/proc/self/fd", "200"));
    SHOW(stat("/proc/self/fd/200", &status));
    SHOW(status.st_mode);
    n = readlink("/proc/self/fd/200", text, 99);
    say("%.5s\n", text);
    say("pid_max [%s]\n", get("/proc/sys/kernel/pid_max"));
    say("ostype [%s]\n", get("/proc/sys/kernel/ostype"));
    TRUE(get("/proc/sys/kernel/osrelease")[0] == '6');
    SHOW(lists("/proc/sys/kernel", "hostname"));
    TRUE(strncmp(get("/proc/stat"), "cpu  ", 5) == 0);
    TRUE(strstr(text, "\ncpu0 ") && strstr(text, "\nbtime ") && strstr(text, "\nprocs_running "));
    TRUE(strchr(get("/proc/loadavg"), '/') != NULL);
    TRUE(strstr(get("/proc/meminfo"), "MemAvailable:") != NULL);
    return 0;
}
