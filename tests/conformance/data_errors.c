/* Every call that moves a file's data or its position, on every kind of descriptor: what comes of it. */
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/mman.h>

#define KINDS 19

static const char *names[KINDS];
static int descriptors[KINDS], count;
static char buffer[16] = "0123456789abcdef";
static struct iovec pieces[2] = {{buffer, 8}, {buffer + 8, 8}}, huge[1] = {{buffer, -1ul}};
static off_t offset;

static void add(const char *name, int fd)
{
    names[count] = name;
    descriptors[count++] = MUST(fd);
}

static void open_all(void)
{
    int ends[2];
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    make_file("file", "0123456789abcdef");
    mkdir("folder", 0755);
    names[count] = "closed", descriptors[count++] = 999;
    names[count] = "negative", descriptors[count++] = -1;
    add("file", open("file", O_RDWR));
    add("read only", open("file", O_RDONLY));
    add("write only", open("file", O_WRONLY));
    add("append", open("file", O_RDWR | O_APPEND));
    add("path", open("file", O_PATH));
    add("folder", open("folder", O_RDONLY));
    add("null", open("/dev/null", O_RDWR));
    add("zero", open("/dev/zero", O_RDWR));
    add("full", open("/dev/full", O_RDWR));
    MUST(pipe2(ends, O_NONBLOCK));
    add("pipe out", ends[0]);
    add("pipe in", ends[1]);
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
    add("socket", ends[0]);
    add("eventfd", eventfd(0, EFD_NONBLOCK));
    add("epoll", epoll_create1(0));
    add("timerfd", timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    add("signalfd", signalfd(-1, &set, SFD_NONBLOCK));
    add("memfd", memfd_create("memfd", 0));
}

/* A call on each of them, in a line. */
#define EACH(...) SHOW_EACH(#__VA_ARGS__, count, names, int fd = descriptors[i], __VA_ARGS__)

static void transfers(void)
{
    EACH(write(fd, buffer, 8));
    EACH(write(fd, (void *)8, 8));
    EACH(read(fd, buffer, 8));
    EACH(read(fd, buffer, 0));
    EACH(read(fd, (void *)8, 8));
    EACH(read(fd, NULL, 0));
    EACH(readv(fd, pieces, 2));
    EACH(readv(fd, pieces, -1));
    EACH(readv(fd, pieces, 1025));
    EACH(readv(fd, huge, 1));
    EACH(readv(fd, (void *)8, 1));
    EACH(writev(fd, pieces, 2));
    EACH(writev(fd, pieces, -1));
    EACH(writev(fd, huge, 1));
    EACH(writev(fd, (void *)8, 1));
}

static void placed(void)
{
    EACH(pread(fd, buffer, 8, 0));
    EACH(pread(fd, buffer, 8, -1));
    EACH(pread(fd, buffer, 8, 1l << 40));
    EACH(pread(fd, (void *)8, 8, 0));
    EACH(pread(fd, buffer, 0, 0));
    EACH(pwrite(fd, buffer, 8, 0));
    EACH(pwrite(fd, buffer, 8, -1));
    EACH(pwrite(fd, (void *)8, 8, 0));
    EACH(preadv(fd, pieces, 2, 0));
    EACH(preadv(fd, pieces, 2, -1));
    EACH(preadv(fd, pieces, -1, 0));
    EACH(pwritev(fd, pieces, 2, 0));
    EACH(pwritev(fd, pieces, 2, -5));
    EACH(preadv2(fd, pieces, 2, 0, 0));
    EACH(preadv2(fd, pieces, 2, -1, 0));
    EACH(preadv2(fd, pieces, 2, 0, 0x8000));
    EACH(pwritev2(fd, pieces, 2, 0, 0));
    EACH(pwritev2(fd, pieces, 2, -1, 0));
    EACH(pwritev2(fd, pieces, 2, 0, 0x8000));
}

static void positions(void)
{
    EACH(lseek(fd, 0, SEEK_CUR) >= 0 ? 0 : -1);
    EACH(lseek(fd, 3, SEEK_SET));
    EACH(lseek(fd, -1, SEEK_SET));
    EACH(lseek(fd, 0, 99));
    EACH(lseek(fd, 0, -1));
    EACH(lseek(fd, INT64_MAX, SEEK_CUR));
    EACH(lseek(fd, 0, SEEK_SET));
    EACH(ftruncate(fd, 16));
    EACH(ftruncate(fd, -1));
    EACH(fallocate(fd, 0, 0, 16));
    EACH(fallocate(fd, 0, 0, 0));
    EACH(fallocate(fd, 0, -1, 16));
    EACH(fallocate(fd, 0, INT64_MAX, 16));
    EACH(fallocate(fd, 0x4000, 0, 16));
    EACH(fsync(fd));
    EACH(fdatasync(fd));
    EACH(syncfs(fd));
    EACH(posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL));
    EACH(posix_fadvise(fd, 0, 0, 77));
    EACH(posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL));
    EACH(readahead(fd, 0, 16));
    EACH(sync_file_range(fd, 0, 16, 0));
    EACH(sync_file_range(fd, -1, 16, 0));
    EACH(sync_file_range(fd, 0, 16, 8));
}

/* From and to a file that can be read and written. */
static void copies(void)
{
    int file = MUST(open("other", O_CREAT | O_RDWR, 0644)), null = MUST(open("/dev/null", O_WRONLY));
    MUST(write(file, buffer, 16));
    EACH(sendfile(null, fd, (offset = 0, &offset), 4));
    EACH(sendfile(fd, file, (offset = 0, &offset), 4));
    EACH(sendfile(fd, file, (void *)8, 4));
    EACH(sendfile(fd, file, (offset = -1, &offset), 4));
    count--; /* on Linux the last, memfd, is of another file system */
    EACH(syscall(SYS_copy_file_range, fd, (offset = 0, &offset), file, NULL, 4, 0));
    EACH(syscall(SYS_copy_file_range, file, (offset = 0, &offset), fd, NULL, 4, 0));
    EACH(syscall(SYS_copy_file_range, file, (offset = 0, &offset), fd, NULL, 4, 1));
    EACH(syscall(SYS_copy_file_range, file, (offset = -1, &offset), fd, NULL, 4, 0));
    count++;
    EACH(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
    EACH(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
    EACH(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 1) == MAP_FAILED ? -1 : 0);
}

static void numbers(void)
{
    EACH((fd = dup(fd)) < 0 ? -1 : close(fd));
    EACH(dup2(fd, fd) == fd ? 0 : -1);
    EACH(dup3(fd, fd, 0));
    EACH(dup3(fd, 500, O_APPEND));
    EACH(dup3(fd, -1, 0));
    EACH(dup3(fd, 1 << 20, 0));
    EACH(fcntl(fd, F_GETFD));
    EACH(fcntl(fd, F_GETFL) < 0 ? -1 : 0);
    EACH(fcntl(fd, F_SETFD, FD_CLOEXEC));
    EACH(fcntl(fd, F_DUPFD, -1));
    EACH(fcntl(fd, F_DUPFD, 1 << 20));
    EACH(fcntl(fd, 9999));
    EACH(fcntl(fd, F_GETPIPE_SZ));
    EACH(fchown(fd, -1, -1));
    EACH(fchdir(fd) ? -1 : chdir(".."));
    EACH(syscall(SYS_getdents64, fd, buffer, 1));
    EACH(syscall(SYS_getdents64, fd, 8, 4096));
    EACH(ioctl(fd, 0x5401, buffer));
    EACH(ioctl(fd, 0x12345678, buffer));
    SHOW(syscall(SYS_close_range, 10, 9, 0));
    SHOW(syscall(SYS_close_range, 3, 9, 1));
    SHOW(syscall(SYS_close_range, 3, -1u, 4));
    SHOW(syscall(SYS_close_range, 3, 5, 2));
    SHOW(write(3, buffer, 1));
    SHOW(write(6, buffer, 1));
    SHOW(syscall(SYS_close_range, 900, -1u, 0));
    EACH(close(fd));
    EACH(close(fd));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    enter_folder("data_errors");
    open_all();
    transfers();
    placed();
    positions();
    copies();
    numbers();
    return 0;
}
