/* FIFOs and device nodes; splice, tee and vmsplice; the sizes of pipes. */
#include "check.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

static char bytes[70000];

static int ready(int fd)
{
    struct pollfd file = {fd, POLLIN | POLLOUT, 0};
    return poll(&file, 1, 0) < 0 ? -1 : file.revents;
}

static void handle(int signal) { (void)signal; }

static void fifos(void)
{
    struct stat status;
    SHOW(mkfifo("fifo", 0644));
    SHOW(mkfifo("fifo", 0644));
    SHOW(mkfifo("missing/fifo", 0644));
    SHOW(mkfifo("fifo/x", 0644));
    MUST(stat("fifo", &status));
    SHOW(status.st_mode);
    SHOW(status.st_size);
    SHOW(open("fifo", O_WRONLY | O_NONBLOCK));
    SHOW(open("fifo", O_RDONLY | O_DIRECTORY));
    SHOW(open("fifo", O_CREAT | O_EXCL | O_RDWR, 0600));
    int reader = MUST(open("fifo", O_RDONLY | O_NONBLOCK));
    SHOW(ready(reader));
    SHOW(read(reader, bytes, 1));
    int writer = MUST(open("fifo", O_WRONLY | O_NONBLOCK));
    SHOW(ready(writer));
    SHOW(read(reader, bytes, 1));
    SHOW(write(writer, "abc", 3));
    SHOW(ready(reader));
    MUST(fstat(reader, &status));
    SHOW(status.st_mode);
    SHOW(lseek(reader, 0, SEEK_SET));
    SHOW(ftruncate(writer, 0));
    SHOW(fsync(writer));
    SHOW(read(reader, bytes, 9));
    close(writer);
    SHOW(ready(reader));
    SHOW(read(reader, bytes, 9));
    close(reader);
    int both = MUST(open("fifo", O_RDWR));
    SHOW(ready(both));
    SHOW(write(both, "self", 4));
    SHOW(ready(both));
    SHOW(read(both, bytes, 9));
    SHOW(fcntl(both, F_GETFL) & O_ACCMODE);
    SHOW(write(both, "kept?", 5));
    close(both);
    both = MUST(open("fifo", O_RDWR | O_NONBLOCK));
    SHOW(read(both, bytes, 9));
    close(both);

    /* Both sides wait for each other. */
    pid_t child = MUST(fork());
    if (child == 0) {
        usleep(10000);
        int fd = MUST(open("fifo", O_WRONLY));
        write(fd, "from the child", 14);
        _exit(0);
    }
    reader = MUST(open("fifo", O_RDONLY));
    SHOW(read(reader, bytes, 99));
    SHOW(read(reader, bytes, 99));
    close(reader);
    MUST(waitpid(child, NULL, 0));
    child = MUST(fork());
    if (child == 0) {
        usleep(10000);
        int fd = MUST(open("fifo", O_RDONLY));
        say("child reads %zd\n", read(fd, bytes, 99));
        _exit(0);
    }
    writer = MUST(open("fifo", O_WRONLY));
    SHOW(write(writer, "to the child", 12));
    close(writer);
    MUST(waitpid(child, NULL, 0));
    CHILD("nobody reads", int fd = open("fifo", O_RDWR); int w = open("fifo", O_WRONLY); close(fd); write(w, "x", 1));

    /* A writer that comes and goes while the reader waits is enough. */
    child = MUST(fork());
    if (child == 0) {
        usleep(10000);
        close(MUST(open("fifo", O_WRONLY)));
        _exit(0);
    }
    reader = MUST(open("fifo", O_RDONLY));
    SHOW(read(reader, bytes, 9));
    close(reader);
    MUST(waitpid(child, NULL, 0));

    /* A signal ends the wait, and nothing is left open. */
    struct sigaction action = {.sa_handler = handle};
    MUST(sigaction(SIGALRM, &action, NULL));
    ualarm(10000, 0);
    SHOW(open("fifo", O_RDONLY));
    SHOW(open("fifo", O_WRONLY | O_NONBLOCK));
    SHOW(unlink("fifo"));
    /* execve, truncate. */
    MUST(mkfifo("fifo", 0755));
    SHOW(truncate("fifo", 0));
    SHOW(execl("./fifo", "fifo", NULL));
    SHOW(rename("fifo", "other"));
    SHOW(link("other", "third"));
    SHOW(open("other", O_PATH) >= 0);
    SHOW(unlink("third"));
}

static void nodes(void)
{
    struct stat status;
    SHOW(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
    SHOW(mknod("zero", S_IFCHR | 0600, makedev(1, 5)));
    MUST(stat("null", &status));
    SHOW(status.st_mode);
    SHOW(status.st_rdev == makedev(1, 3));
    int fd = MUST(open("null", O_RDWR));
    SHOW(write(fd, "x", 1));
    SHOW(read(fd, bytes, 1));
    close(fd);
    fd = MUST(open("zero", O_RDONLY));
    bytes[1] = 1;
    SHOW(read(fd, bytes, 2));
    SHOW(bytes[1]);
    close(fd);
    SHOW(mknod("file", S_IFREG | 0644, 0));
    SHOW(mknod("plain", 0644, 0));
    SHOW(mknod("fifo2", S_IFIFO | 0644, 0));
    SHOW(mknod("folder", S_IFDIR | 0755, 0));
    SHOW(mknod("link", S_IFLNK | 0755, 0));
    SHOW(mknod("null", S_IFIFO | 0644, 0));
    SHOW(mknod("fifo3/", S_IFIFO | 0644, 0));
    SHOW(unlink("null"));
}

static void moves(void)
{
    int a[2], b[2], file = MUST(open("source", O_CREAT | O_RDWR, 0644)), target = MUST(open("target", O_CREAT | O_RDWR, 0644));
    MUST(write(file, "0123456789", 10));
    MUST(pipe2(a, O_NONBLOCK));
    MUST(pipe2(b, O_NONBLOCK));
    loff_t at = 2;
    SHOW(splice(file, &at, a[1], NULL, 5, 0));
    SHOW(at);
    SHOW(lseek(file, 0, SEEK_CUR));
    MUST(lseek(file, 8, SEEK_SET));
    SHOW(splice(file, NULL, a[1], NULL, 100, 0));
    SHOW(lseek(file, 0, SEEK_CUR));
    SHOW(splice(file, NULL, a[1], NULL, 100, 0));
    SHOW(tee(a[0], b[1], 4, 0));
    SHOW(tee(a[0], b[1], 100, 0));
    SHOW(ioctl(a[0], FIONREAD, bytes));
    SHOW(*(int *)bytes);
    memset(bytes, 0, 32);
    SHOW(read(b[0], bytes, 100));
    say("%.16s\n", bytes);
    at = 3;
    SHOW(splice(a[0], NULL, target, &at, 4, 0));
    SHOW(at);
    SHOW(splice(a[0], NULL, b[1], NULL, 100, 0));
    SHOW(splice(a[0], NULL, b[1], NULL, 100, 0));
    SHOW(splice(b[0], NULL, target, NULL, 100, SPLICE_F_MOVE | SPLICE_F_MORE));
    show_file("target");
    struct iovec parts[3] = {{"vm", 2}, {"", 0}, {"splice", 6}}, places[2] = {{bytes, 4}, {bytes + 4, 99}};
    SHOW(vmsplice(a[1], parts, 3, 0));
    memset(bytes, 0, 32);
    SHOW(vmsplice(a[0], places, 2, 0));
    say("%.16s\n", bytes);
    SHOW(vmsplice(a[0], places, 2, SPLICE_F_NONBLOCK));
    SHOW(vmsplice(file, parts, 1, 0));
    SHOW(vmsplice(99, parts, 1, 0));
    SHOW(vmsplice(a[1], parts, 1, 16));
    SHOW(vmsplice(a[1], parts, -1, 0));
    SHOW(splice(a[0], NULL, a[1], NULL, 1, 0));
    SHOW(splice(file, NULL, target, NULL, 1, 0));
    SHOW(splice(a[1], NULL, b[1], NULL, 1, 0));
    SHOW(splice(a[0], NULL, b[0], NULL, 1, 0));
    SHOW(splice(a[0], &at, b[1], NULL, 1, 0));
    SHOW(splice(file, NULL, a[1], &at, 1, 0));
    SHOW(splice(99, NULL, a[1], NULL, 1, 0));
    SHOW(splice(a[0], NULL, 99, NULL, 1, 0));
    SHOW(splice(99, NULL, 99, NULL, 0, 0));
    SHOW(splice(a[0], NULL, b[1], NULL, 1, 16));
    at = -1;
    SHOW(splice(file, &at, a[1], NULL, 1, 0));
    SHOW(splice(file, (void *)8, a[1], NULL, 1, 0));
    int append = MUST(open("target", O_WRONLY | O_APPEND));
    MUST(write(a[1], "x", 1));
    SHOW(splice(a[0], NULL, append, NULL, 1, 0));
    int zero = MUST(open("/dev/zero", O_RDONLY));
    SHOW(splice(zero, NULL, a[1], NULL, 10, 0));
    int null = MUST(open("/dev/null", O_WRONLY));
    SHOW(splice(a[0], NULL, null, NULL, 100, 0));
    SHOW(tee(a[0], a[1], 1, 0));
    SHOW(tee(file, a[1], 1, 0));
    SHOW(tee(a[0], b[1], 1, 0));
    SHOW(tee(99, b[1], 1, 0));
    SHOW(tee(a[0], b[1], 0, 0));
    close(b[0]);
    signal(SIGPIPE, SIG_IGN);
    MUST(write(a[1], "x", 1));
    SHOW(splice(a[0], NULL, b[1], NULL, 1, 0));
    SHOW(tee(a[0], b[1], 1, 0));
    close(a[1]);
    MUST(read(a[0], bytes, 9));
    SHOW(splice(a[0], NULL, target, NULL, 1, 0));
}

static void sizes(void)
{
    int ends[2];
    MUST(pipe2(ends, O_NONBLOCK));
    SHOW(fcntl(ends[0], F_GETPIPE_SZ));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 8192));
    SHOW(write(ends[1], bytes, sizeof bytes));
    SHOW(ready(ends[1]));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 4096));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 10000));
    SHOW(write(ends[1], bytes, sizeof bytes));
    SHOW(read(ends[0], bytes, sizeof bytes));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 1));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 0));
    SHOW(write(ends[1], bytes, sizeof bytes));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 65536));
    SHOW(write(ends[1], bytes, sizeof bytes));
    int file = MUST(open("source", O_RDONLY));
    SHOW(fcntl(file, F_GETPIPE_SZ));
}

int main(void)
{
    enter_folder("fifos");
    fifos();
    nodes();
    moves();
    sizes();
    return 0;
}
