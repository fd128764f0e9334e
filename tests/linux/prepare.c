/* The first program on the comparison Linux: gives it /dev, /proc and /tmp, as our kernel has them, then
 * becomes the real process 1. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* The entry point. The hint does nothing but tell qemu/bench's plugin that EL0 is reached. */
__asm__(".global prepare_start\nprepare_start: hint #96\n b _start\n");

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
