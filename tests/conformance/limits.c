/* Arguments at the edges: offsets near the largest, counts below zero, what a folder is not, pipes in small pieces. */
#include "check.h"
#include <limits.h>
#include <sys/uio.h>

static char bytes[8192];

static void offsets(void)
{
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644));
    struct iovec parts[2] = {{bytes, 1}, {bytes, 1}};
    SHOW(pread(fd, bytes, 1, LONG_MAX));
    SHOW(pread(fd, bytes, 1, LONG_MAX - 1));
    SHOW(pread(fd, bytes, 2, LONG_MAX - 1));
    SHOW(pread(fd, bytes, 0, LONG_MAX));
    SHOW(pread(fd, bytes, 1, LONG_MIN));
    SHOW(pwrite(fd, bytes, 1, LONG_MAX));
    SHOW(pwrite(fd, bytes, 0, LONG_MAX));
    SHOW(pwrite(fd, bytes, 2, LONG_MAX - 1));
    SHOW(pwrite(fd, bytes, 1, -1));
    SHOW(preadv(fd, parts, 2, LONG_MAX));
    SHOW(preadv(fd, parts, 2, -2));
    SHOW(pwritev(fd, parts, 2, LONG_MAX));
    SHOW(pwritev(fd, parts, 2, LONG_MAX - 1));
    SHOW(lseek(fd, LONG_MAX, SEEK_SET));
    SHOW(lseek(fd, 1, SEEK_CUR));
    SHOW(lseek(fd, LONG_MAX, SEEK_CUR));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(read(fd, bytes, 1));
    SHOW(write(fd, bytes, 1));
    SHOW(write(fd, bytes, 0));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, LONG_MIN, SEEK_CUR));
    SHOW(lseek(fd, LONG_MIN, SEEK_END));
    SHOW(lseek(fd, LONG_MAX, SEEK_DATA));
    SHOW(lseek(fd, -1, SEEK_DATA));
    SHOW(lseek(fd, -1, SEEK_HOLE));
    SHOW(ftruncate(fd, LONG_MIN));
    SHOW(ftruncate(fd, 5));
    SHOW(lseek(fd, LONG_MAX, SEEK_END));
    SHOW(lseek(fd, LONG_MAX - 5, SEEK_END));
    SHOW(fallocate(fd, 0, -1, 1));
    SHOW(fallocate(fd, 0, 0, 0));
    SHOW(fallocate(fd, 0, 0, -1));
    SHOW(fallocate(fd, 0, LONG_MAX, 1));
    SHOW(fallocate(fd, 0, LONG_MAX, LONG_MAX));
    SHOW(fallocate(fd, 0, 1, LONG_MAX));
    struct stat status;
    SHOW(fstat(fd, &status));
    SHOW(status.st_size);
    close(fd);
}

static void counts(void)
{
    int fd = MUST(open("file", O_RDWR | O_TRUNC));
    SHOW(write(fd, bytes, -1));
    SHOW(write(fd, bytes, LONG_MIN));
    SHOW(read(fd, bytes, -1));
    SHOW(pread(fd, bytes, -1, 0));
    SHOW(pwrite(fd, bytes, -1, 0));
    SHOW(syscall(SYS_readv, fd, NULL, -1));
    SHOW(syscall(SYS_readv, fd, NULL, 0));
    SHOW(syscall(SYS_readv, fd, NULL, 1));
    struct iovec wrong[2] = {{bytes, 1}, {bytes, -1}};
    SHOW(readv(fd, wrong, 2));
    SHOW(writev(fd, wrong, 2));
    int ends[2];
    MUST(pipe(ends));
    SHOW(write(ends[1], bytes, -1));
    SHOW(read(ends[0], bytes, -1));
    int null = MUST(open("/dev/null", O_RDWR));
    SHOW(write(null, bytes, -1));
    SHOW(read(null, bytes, -1));
    SHOW(write(99, bytes, -1));
}

static void folders(void)
{
    MUST(mkdir("folder", 0755));
    int fd = MUST(open("folder", O_RDONLY));
    struct iovec part = {bytes, 0};
    SHOW(read(fd, bytes, 1));
    SHOW(read(fd, bytes, 0));
    SHOW(readv(fd, &part, 1));
    SHOW(readv(fd, &part, 0));
    SHOW(pread(fd, bytes, 1, 0));
    SHOW(pread(fd, bytes, 1, -1));
    SHOW(pread(fd, bytes, 0, LONG_MAX));
    SHOW(preadv(fd, &part, 1, 0));
    SHOW(write(fd, bytes, 1));
    SHOW(write(fd, bytes, 0));
    SHOW(ftruncate(fd, 0));
    SHOW(truncate("folder", 0));
    SHOW(truncate("folder", -1));
    SHOW(fallocate(fd, 0, 0, 1));
    SHOW(open("folder", O_RDONLY | O_TRUNC));
    SHOW(open("folder", O_WRONLY | O_TRUNC));
    SHOW(open("folder/", O_RDONLY | O_TRUNC | O_DIRECTORY));
    SHOW(open("folder", O_RDONLY | O_CREAT, 0644));
}

/* How many writes of so many bytes a pipe takes, and how much that is. */
static void fill(int size)
{
    int ends[2];
    MUST(pipe2(ends, O_NONBLOCK));
    long total = 0, count = 0, done;
    while ((done = write(ends[1], bytes, size)) > 0) {
        total += done;
        count++;
    }
    say("writes of %d: %ld bytes in %ld, then %s\n", size, total, count, strerrorname_np(errno));
    long back = 0;
    while ((done = read(ends[0], bytes, 4096)) > 0)
        back += done;
    SHOW(back);
    SHOW(fcntl(ends[1], F_GETPIPE_SZ));
    close(ends[0]);
    close(ends[1]);
}

static void wait_flags(void)
{
    siginfo_t info;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(3);
    SHOW(waitid(P_PID, child, &info, WNOHANG));
    SHOW(waitid(P_PID, child, &info, WEXITED | 0x40));
    SHOW(waitid(P_PID, child, &info, WEXITED | 0x80000000));
    SHOW(waitid(P_PID, 0, &info, WEXITED));
    SHOW(waitid(P_PID, -1, &info, WEXITED));
    SHOW(waitid(P_PGID, -1, &info, WEXITED));
    SHOW(waitid(P_ALL, -7, &info, WEXITED | WNOWAIT));
    SHOW(waitid(P_PID, child, &info, WSTOPPED | WNOHANG));
    SHOW(waitid(P_PID, child, &info, WCONTINUED | WNOHANG));
    SHOW(waitid(P_PID, child, (siginfo_t *)8, WEXITED | WNOWAIT));
    SHOW(waitid(P_PID, child, &info, WEXITED | __WALL | __WNOTHREAD));
    SHOW(syscall(SYS_wait4, -1, &status, WEXITED, 0));
    SHOW(syscall(SYS_wait4, -1, &status, 0x01000000, 0));
    SHOW(syscall(SYS_wait4, INT_MIN, &status, 0, 0));
}

int main(void)
{
    enter_folder("limits");
    offsets();
    counts();
    folders();
    fill(1000);
    fill(4096);
    fill(4000);
    fill(5000);
    fill(1);
    fill(3);
    wait_flags();
    return 0;
}
