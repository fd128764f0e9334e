/* Pipes: order, blocking, end of file, broken ends, non-blocking, large transfers. */
#include "check.h"
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static void nothing(int signal) { say("handler: %s\n", sigabbrev_np(signal)); }

/* O_DIRECT: packets. */
static void packets(void)
{
    int ends[2], waiting = 0;
    static char bytes[70000];
    memset(bytes, 'p', sizeof bytes);
    MUST(pipe2(ends, O_DIRECT | O_NONBLOCK));
    SHOW(fcntl(ends[0], F_GETFL) & O_DIRECT);
    SHOW(fcntl(ends[1], F_GETFL) & O_DIRECT);
    SHOW(write(ends[1], "first", 5));
    SHOW(write(ends[1], "second", 6));
    SHOW(write(ends[1], "", 0));
    SHOW(write(ends[1], bytes, 5000));
    SHOW(ioctl(ends[0], FIONREAD, &waiting));
    SHOW(waiting);
    SHOW(read(ends[0], bytes, 2));
    SHOW(read(ends[0], bytes, 100));
    SHOW(read(ends[0], bytes, 9000));
    SHOW(read(ends[0], bytes, 9000));
    SHOW(read(ends[0], bytes, 9000));
    for (waiting = 0; write(ends[1], "x", 1) == 1; waiting++);
    SHOW(waiting);
    for (waiting = 0; read(ends[0], bytes, 10) == 1; waiting++);
    SHOW(waiting);
    /* Bytes and packets by turns. */
    SHOW(fcntl(ends[1], F_SETFL, 0));
    SHOW(write(ends[1], "by", 2));
    SHOW(write(ends[1], "tes", 3));
    SHOW(fcntl(ends[1], F_SETFL, O_DIRECT));
    SHOW(write(ends[1], "+", 1));
    SHOW(write(ends[1], bytes, 4096));
    SHOW(fcntl(ends[1], F_SETFL, 0));
    SHOW(write(ends[1], "more", 4));
    SHOW(write(ends[1], "most", 4));
    SHOW(read(ends[0], bytes, 4));
    SHOW(read(ends[0], bytes, 1000));
    SHOW(read(ends[0], bytes, 9000));
    SHOW(read(ends[0], bytes, 9000));

    /* Vectors are one packet; what the kernel moves is none, but what was one stays one. */
    SHOW(fcntl(ends[1], F_SETFL, O_DIRECT | O_NONBLOCK));
    char first[4], second[4];
    struct iovec parts[2] = {{"abc", 3}, {"defgh", 5}}, into[2] = {{first, 3}, {second, 3}};
    SHOW(writev(ends[1], parts, 2));
    SHOW(writev(ends[1], parts, 1));
    SHOW(readv(ends[0], into, 2));
    SHOW(read(ends[0], bytes, 100));
    SHOW(read(ends[0], bytes, 100));
    SHOW(writev(ends[1], parts, 2));
    SHOW(readv(ends[0], into, 1));
    SHOW(read(ends[0], bytes, 100));
    SHOW(vmsplice(ends[1], parts, 1, 0));
    SHOW(write(ends[1], "xy", 2));
    SHOW(read(ends[0], bytes, 100));
    SHOW(read(ends[0], bytes, 100));
    make_file("/tmp/packets", "sixsix");
    int file = MUST(open("/tmp/packets", O_RDONLY)), others[2];
    SHOW(sendfile(ends[1], file, NULL, 6));
    SHOW(write(ends[1], "xy", 2));
    SHOW(read(ends[0], bytes, 3));
    SHOW(read(ends[0], bytes, 100));
    SHOW(read(ends[0], bytes, 100));
    MUST(pipe2(others, O_NONBLOCK));
    SHOW(write(ends[1], "AAAABBBB", 8));
    SHOW(write(ends[1], "CC", 2));
    SHOW(tee(ends[0], others[1], 100, 0));
    SHOW(read(others[0], bytes, 3));
    SHOW(read(others[0], bytes, 30));
    SHOW(read(others[0], bytes, 30));
    SHOW(splice(ends[0], NULL, others[1], NULL, 100, 0));
    SHOW(read(others[0], bytes, 3));
    SHOW(read(others[0], bytes, 30));
    SHOW(read(ends[0], bytes, 30));
    char name[40];
    snprintf(name, sizeof name, "/proc/self/fd/%d", ends[1]);
    SHOW(open(name, O_WRONLY | O_DIRECT));
    SHOW(open("/proc", O_RDONLY | O_DIRECT));
    SHOW(open("/dev/null", O_RDONLY | O_DIRECT));
    SHOW(open("/proc/version", O_RDONLY | O_DIRECT));
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    int ends[2];
    char bytes[100] = {0};
    SHOW(pipe(ends));
    SHOW(write(ends[1], "one", 3));
    SHOW(write(ends[1], "two", 3));
    int waiting = 0;
    SHOW(ioctl(ends[0], FIONREAD, &waiting));
    SHOW(waiting);
    SHOW(read(ends[0], bytes, 4));
    SHOW(read(ends[0], bytes + 4, 90));
    say("[%s]\n", bytes);
    SHOW(write(ends[0], "x", 1));
    SHOW(read(ends[1], bytes, 1));
    SHOW(write(ends[1], (void *)8, 1));
    SHOW(close(ends[1]));
    SHOW(read(ends[0], bytes, 1));
    SHOW(close(ends[0]));
    SHOW(pipe((int *)8));
    SHOW(pipe2(ends, 0x40000000));

    MUST(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    SHOW(fcntl(ends[0], F_GETFD));
    SHOW(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
    SHOW(read(ends[0], bytes, 1));
    static char block[4096];
    long filled = 0;
    for (ssize_t n; (n = write(ends[1], block, sizeof block)) > 0;)
        filled += n;
    say("full: %s, at least 4096: %d\n", strerrorname_np(errno), filled >= 4096);
    SHOW(read(ends[0], block, sizeof block));
    SHOW(write(ends[1], block, sizeof block));
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    SHOW(write(ends[1], "x", 1));
    signal(SIGPIPE, nothing);
    SHOW(write(ends[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    CHILD("broken pipe", write(ends[1], "x", 1));
    close(ends[1]);

    /* A megabyte through a chain of three processes. */
    int first[2], second[2];
    MUST(pipe(first));
    MUST(pipe(second));
    if (fork() == 0) {
        for (int i = 0; i < 1 << 20;) {
            char chunk[777];
            int n = sizeof chunk;
            if (n > (1 << 20) - i)
                n = (1 << 20) - i;
            for (int j = 0; j < n; j++)
                chunk[j] = (char)((i + j) * 7);
            if (write(first[1], chunk, n) != n)
                _exit(1);
            i += n;
        }
        _exit(0);
    }
    close(first[1]);
    if (fork() == 0) {
        char chunk[5000];
        for (ssize_t n; (n = read(first[0], chunk, sizeof chunk)) > 0;)
            for (ssize_t done = 0; done < n;) {
                ssize_t w = write(second[1], chunk + done, n - done);
                if (w <= 0)
                    _exit(1);
                done += w;
            }
        _exit(0);
    }
    close(first[0]);
    close(second[1]);
    long total = 0, wrong = 0;
    char chunk[3001];
    for (ssize_t n; (n = read(second[0], chunk, sizeof chunk)) > 0;)
        for (ssize_t j = 0; j < n; j++, total++)
            wrong += chunk[j] != (char)(total * 7);
    say("through the chain: %ld bytes, %ld wrong\n", total, wrong);
    int status;
    while (wait(&status) > 0)
        say_status("stage", status);

    /* A write larger than the pipe waits for its reader and is whole. */
    MUST(pipe(ends));
    pid_t child = fork();
    if (child == 0) {
        static char large[300000];
        close(ends[0]);
        _exit(write(ends[1], large, sizeof large) == sizeof large ? 0 : 1);
    }
    close(ends[1]);
    total = 0;
    for (ssize_t n; (n = read(ends[0], chunk, sizeof chunk)) > 0;)
        total += n;
    SHOW(total);
    MUST(waitpid(child, &status, 0));
    say_status("writer", status);
    packets();
    return 0;
}
