/* /proc/self and /proc/thread-self, links to what is the caller's own; and whose the files of a process are. */
#include "check.h"
#include <dirent.h>
#include <sys/prctl.h>

static char own[64];

/* What a link says, with the caller's number as PID. */
static void link_text(const char *path)
{
    char text[200] = {0};
    ssize_t n = readlink(path, text, sizeof text - 1);
    char *at = n > 0 ? strstr(text, own) : NULL;
    if (n < 0)
        say("%s: %s\n", path, strerrorname_np(errno));
    else if (at)
        say("%s: %.*sPID, then %s\n", path, (int)(at - text), text,
            strcmp(at + strlen(own), "/task/") && strncmp(at + strlen(own), "/task/", 6) ? at + strlen(own) : "/task/N");
    else
        say("%s: %s\n", path, text);
}

static void where(const char *path)
{
    char text[200], expected[200];
    if (chdir(path)) {
        say("%s: %s\n", path, strerrorname_np(errno));
        return;
    }
    MUST(getcwd(text, sizeof text) ? 0 : -1);
    snprintf(expected, sizeof expected, "/proc/%s", own);
    say("%s: /proc/PID%s\n", path, strncmp(text, expected, strlen(expected)) ? " NOT" : strstr(text + strlen(expected), "task") ? "/task/N" : text + strlen(expected));
    MUST(chdir("/tmp"));
}

static int type_of(const char *folder, const char *name)
{
    DIR *directory = opendir(folder);
    int type = -1;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (!strcmp(entry->d_name, name))
            type = entry->d_type;
    if (directory)
        closedir(directory);
    return type;
}

static void owners(const char *when)
{
    static const char *const names[] = {"", "stat", "status", "cmdline", "comm", "maps", "fd", "exe", "root", "task", "mounts"};
    char path[100], line[900];
    int at = snprintf(line, sizeof line, "%s:", when);
    for (int i = 0; i < 11; i++) {
        struct stat status;
        snprintf(path, sizeof path, "/proc/%d/%s", getpid(), names[i]);
        int got = lstat(path, &status);
        at += snprintf(line + at, sizeof line - at, " %s %d.%d", names[i], got ? -1 : (int)status.st_uid, got ? -1 : (int)status.st_gid);
    }
    say("%s\n", line);
}

int main(int count, char **arguments)
{
    struct stat status, other;
    if (count > 1) {
        owners("its own program, as 5");
        return 0;
    }
    snprintf(own, sizeof own, "%d", getpid());
    SHOW(lstat("/proc/self", &status));
    say("mode %o, %ld bytes\n", status.st_mode, (long)status.st_size);
    SHOW(lstat("/proc/thread-self", &status));
    say("mode %o, %ld bytes\n", status.st_mode, (long)status.st_size);
    link_text("/proc/self");
    link_text("/proc/thread-self");
    link_text("/proc/self/");
    link_text("/proc/mounts");
    SHOW(readlink("/proc/self", (char[9]){0}, 1));
    SHOW(open("/proc/self", O_RDONLY | O_NOFOLLOW));
    OK(open("/proc/self", O_RDONLY));
    OK(open("/proc/self/", O_RDONLY | O_NOFOLLOW));
    SHOW(open("/proc/self", O_RDWR));
    SHOW(open("/proc/self", O_RDONLY | O_CREAT, 0644));
    SHOW(open("/proc/self", O_RDONLY | O_CREAT | O_EXCL, 0644));
    OK(open("/proc/self", O_PATH | O_NOFOLLOW));
    SHOW(type_of("/proc", "self") == DT_LNK);
    SHOW(type_of("/proc", "thread-self") == DT_LNK);
    SHOW(type_of("/proc/self/task", own) == DT_DIR);
    SHOW(type_of("/proc/self", "self"));
    SHOW(type_of("/proc/thread-self", "comm") == DT_REG);
    where("/proc/self");
    where("/proc/self/");
    where("/proc/self/fd");
    where("/proc/self/fd/..");
    where("/proc/self/../self");
    where("/proc/thread-self");
    where("/proc/self/task");
    SHOW(chdir("/proc/self/.."));
    say("%s\n", getcwd((char[99]){0}, 99));
    SHOW(stat("self", &status) || stat(own, &other) || status.st_ino != other.st_ino);
    SHOW(stat("/proc/self", &status) || status.st_ino != other.st_ino);
    say("mode %o\n", status.st_mode);
    MUST(chdir("/tmp"));
    SHOW(rmdir("/proc/self"));
    SHOW(unlink("/proc/self"));
    SHOW(mkdir("/proc/self/x", 0755));
    SHOW(symlink("x", "/proc/self/x"));
    SHOW(access("/proc/self/nothing", F_OK));
    SHOW(access("/proc/self/stat/x", F_OK));
    /* A child's is the child's, also by what its parent has opened. */
    int held = MUST(open("/proc/self", O_RDONLY | O_DIRECTORY)), self = MUST(open("/proc", O_RDONLY | O_DIRECTORY));
    CHILD("child", {
        char text[64] = {0}, parent[64];
        strcpy(parent, own);
        snprintf(own, sizeof own, "%d", getpid());
        link_text("/proc/self");
        SHOW(atoi(strcpy(text, parent)) == getppid());
        int fd = openat(held, "stat", O_RDONLY);
        MUST(read(fd, text, 20));
        SHOW(atoi(text) == getppid());
        fd = openat(self, "self/stat", O_RDONLY);
        MUST(read(fd, text, 20));
        SHOW(atoi(text) == getpid());
        where("/proc/self");
    });
    owners("root");
    SHOW(prctl(PR_SET_DUMPABLE, 0));
    owners("root, not to be looked into");
    CHILD("another user", {
        MUST(setresgid(6, 6, 6));
        MUST(setresuid(5, 5, 5));
        owners("5, after root");
        SHOW(prctl(PR_SET_DUMPABLE, 1));
        owners("5, to be looked into");
        MUST(setresuid(5, 5, 5));
        char *list[] = {arguments[0], "again", NULL};
        execv(arguments[0], list);
        _exit(9);
    });
    return 0;
}
