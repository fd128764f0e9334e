/* The part of /proc that static programs read. */
#include "check.h"

int main(int count, char **arguments)
{
    (void)count;
    char text[4096] = {0};
    ssize_t n = readlink("/proc/self/exe", text, sizeof text - 1);
    TRUE(n > 0);
    say("exe %s\n", text);
    TRUE(strcmp(text, arguments[0]) == 0);
    SHOW(readlink("/proc/self/exe", text, 4));
    int fd = OK(open("/proc/self/exe", O_RDONLY));
    memset(text, 0, 8);
    SHOW(read(fd, text, 4));
    say("magic %02x %.3s\n", text[0], text + 1);
    fd = OK(open("/proc/meminfo", O_RDONLY));
    n = read(fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    TRUE(strncmp(text, "MemTotal:", 9) == 0);
    TRUE(strstr(text, "\nMemFree:") != NULL);
    unsigned long total = 0;
    TRUE(sscanf(text, "MemTotal: %lu kB", &total) == 1);
    TRUE(total > 50000 && total < 10000000);
    SHOW(open("/proc/self/none", O_RDONLY));
    SHOW(open("/proc/none", O_RDONLY));
    struct stat status;
    SHOW(lstat("/proc/self/exe", &status));
    say("mode %o\n", status.st_mode & S_IFMT);
    SHOW(stat("/proc/self/exe", &status));
    say("mode %o\n", status.st_mode & S_IFMT);
    SHOW(stat("/proc", &status));
    say("mode %o\n", status.st_mode & S_IFMT);
    /* A shell gives a program a pipe by such a name. */
    int pipe_ends[2];
    SHOW(pipe(pipe_ends));
    SHOW(dup2(pipe_ends[0], 63));
    SHOW(write(pipe_ends[1], "by name", 7));
    fd = OK(open("/proc/self/fd/63", O_RDONLY));
    memset(text, 0, 8);
    SHOW(read(fd, text, 8));
    say("%s\n", text);
    return 0;
}
