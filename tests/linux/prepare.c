/* The first program on the comparison Linux: gives it /dev, /proc and /tmp, as our kernel has them, then
 * becomes the real process 1. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    if (count < 2) {
        puts("prepare: no program named");
        return 1;
    }
    mkdir("/dev", 0755);
    mkdir("/proc", 0755);
    mkdir("/tmp", 01777);
    if (mount("dev", "/dev", "devtmpfs", 0, "") || mount("proc", "/proc", "proc", 0, ""))
        perror("prepare: mount");
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    open("/dev/console", O_RDWR);
    dup(0);
    dup(0);
    chdir("/");
    unlink("/prepare");
    char *environment[] = {NULL};
    execve(arguments[1], arguments + 1, environment);
    perror(arguments[1]);
    return 127;
}
