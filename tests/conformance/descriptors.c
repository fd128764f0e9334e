/* dup, dup3, fcntl, shared offsets, limits. */
#include "check.h"
#include <sys/resource.h>

int main(void)
{
    enter_folder("descriptors");
    make_file("file", "0123456789");
    int fd = MUST(open("file", O_RDWR)), copy = MUST(dup(fd));
    char byte;
    SHOW(lseek(fd, 4, SEEK_SET));
    SHOW(read(copy, &byte, 1));
    SHOW(byte);
    SHOW(lseek(fd, 0, SEEK_CUR));
    int other = MUST(open("file", O_RDONLY));
    SHOW(lseek(other, 0, SEEK_CUR));
    SHOW(dup(99));
    SHOW(dup2(fd, 30));
    SHOW(dup2(fd, fd) == fd);
    SHOW(dup2(99, 31));
    SHOW(dup2(fd, -1));
    SHOW(dup3(fd, fd, 0));
    SHOW(dup3(fd, 32, O_CLOEXEC));
    SHOW(dup3(fd, 33, 1));
    SHOW(fcntl(30, F_GETFD));
    SHOW(fcntl(32, F_GETFD));
    SHOW(fcntl(32, F_SETFD, 0));
    SHOW(fcntl(32, F_GETFD));
    SHOW(fcntl(fd, F_DUPFD, 40));
    SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 40));
    SHOW(fcntl(41, F_GETFD));
    SHOW(fcntl(fd, F_DUPFD, -1));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_SETFL, O_APPEND));
    SHOW(fcntl(copy, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(other, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(99, F_GETFL));
    SHOW(fcntl(fd, 12345, 0));
    SHOW(close(30));
    SHOW(close(30));
    SHOW(lseek(fd, 2, SEEK_SET));
    CHILD("child moves the offset", {
        SHOW(read(fd, &byte, 1));
        close(fd);
    });
    SHOW(lseek(fd, 0, SEEK_CUR));
    /* dup2 over an open descriptor closes it: a pipe's reader sees the end. */
    int ends[2];
    MUST(pipe(ends));
    SHOW(dup2(other, ends[1]) == ends[1]);
    SHOW(read(ends[0], &byte, 1));
    struct rlimit limit;
    SHOW(getrlimit(RLIMIT_NOFILE, &limit));
    TRUE(limit.rlim_cur >= 256);
    CHILD("too many", {
        struct rlimit few = {64, limit.rlim_max};
        SHOW(setrlimit(RLIMIT_NOFILE, &few));
        int last = -1, next;
        while ((next = dup(fd)) >= 0)
            last = next;
        say("last %d then %s\n", last, strerrorname_np(errno));
        SHOW(open("file", O_RDONLY));
        SHOW(pipe(ends));
        SHOW(dup2(fd, 64));
    });
    return 0;
}
