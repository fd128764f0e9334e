/* Pairs of sockets: streams, datagrams, packets; half and whole ends; errors. */
#include "check.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

static char bytes[4096];

static int ready(int fd)
{
    struct pollfd file = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
    return poll(&file, 1, 0) < 0 ? -1 : file.revents;
}

static void stream(void)
{
    int s[2], waiting;
    struct stat status;
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    MUST(fstat(s[0], &status));
    SHOW(status.st_mode);
    SHOW(fcntl(s[0], F_GETFL));
    SHOW(fcntl(s[0], F_GETFD));
    SHOW(ready(s[0]));
    SHOW(write(s[0], "hello", 5));
    SHOW(write(s[0], " world", 6));
    SHOW(ready(s[1]));
    SHOW(ioctl(s[1], FIONREAD, &waiting));
    SHOW(waiting);
    SHOW(recv(s[1], bytes, 3, MSG_PEEK));
    SHOW(recv(s[1], bytes, 3, 0));
    SHOW(read(s[1], bytes, sizeof bytes));
    say("%.8s\n", bytes);
    SHOW(recv(s[1], bytes, 3, MSG_DONTWAIT));
    SHOW(send(s[1], "back", 4, 0));
    struct iovec parts[2] = {{bytes, 2}, {bytes + 8, 9}};
    SHOW(readv(s[0], parts, 2));
    SHOW(lseek(s[0], 0, SEEK_SET));
    SHOW(pread(s[0], bytes, 1, 0));
    SHOW(ftruncate(s[0], 0));
    SHOW(fsync(s[0]));
    SHOW(write(s[0], bytes, 0));
    SHOW(read(s[0], bytes, 0));
    SHOW(send(s[0], (void *)8, 4, 0));
    SHOW(write(s[0], "x", 1));
    SHOW(recv(s[1], (void *)8, 1, 0));
    SHOW(shutdown(s[0], SHUT_WR));
    SHOW(ready(s[0]));
    SHOW(ready(s[1]));
    SHOW(read(s[1], bytes, 9));
    SHOW(send(s[0], "x", 1, MSG_NOSIGNAL));
    SHOW(send(s[1], "y", 1, 0));
    SHOW(read(s[0], bytes, 9));
    SHOW(shutdown(s[0], 3));
    SHOW(shutdown(s[0], SHUT_RD));
    SHOW(read(s[0], bytes, 9));
    SHOW(send(s[1], "y", 1, MSG_NOSIGNAL));
    SHOW(ready(s[0]));
    SHOW(ready(s[1]));
    CHILD("SIGPIPE", write(s[1], "x", 1));
    signal(SIGPIPE, SIG_IGN);
    SHOW(write(s[1], "x", 1));
    close(s[0]);
    SHOW(ready(s[1]));
    close(s[1]);

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, AF_UNIX, s));
    SHOW(fcntl(s[0], F_GETFD));
    SHOW(fcntl(s[1], F_GETFL));
    SHOW(read(s[0], bytes, 1));
    MUST(write(s[0], "last", 4));
    close(s[0]);
    SHOW(ready(s[1]));
    SHOW(read(s[1], bytes, 2));
    SHOW(read(s[1], bytes, 4));
    SHOW(read(s[1], bytes, 4));
    SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
    close(s[1]);

    /* More than fits, between two processes. */
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    pid_t child = MUST(fork());
    if (child == 0) {
        close(s[0]);
        static char large[1000000];
        memset(large, 'z', sizeof large);
        say("child wrote %zd\n", write(s[1], large, sizeof large));
        _exit(0);
    }
    close(s[1]);
    long total = 0, wrong = 0;
    for (ssize_t n; (n = read(s[0], bytes, sizeof bytes)) > 0; total += n)
        for (ssize_t i = 0; i < n; i++)
            wrong += bytes[i] != 'z';
    waitpid(child, NULL, 0);
    SHOW(total);
    SHOW(wrong);
    close(s[0]);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    child = MUST(fork());
    if (child == 0) {
        write(s[1], "12", 2);
        usleep(10000);
        write(s[1], "3456", 4);
        _exit(0);
    }
    SHOW(recv(s[0], bytes, 5, MSG_WAITALL));
    SHOW(recv(s[0], bytes, 5, 0));
    waitpid(child, NULL, 0);
    close(s[0]);
    close(s[1]);
}

static void messages(int kind)
{
    int s[2], waiting;
    say("kind %d\n", kind);
    MUST(socketpair(AF_UNIX, kind, 0, s));
    SHOW(ready(s[0]));
    SHOW(write(s[0], "first", 5));
    SHOW(write(s[0], "second", 6));
    SHOW(ioctl(s[1], FIONREAD, &waiting));
    SHOW(waiting);
    SHOW(recv(s[1], bytes, 3, MSG_PEEK));
    SHOW(recv(s[1], bytes, 3, MSG_PEEK | MSG_TRUNC));
    SHOW(read(s[1], bytes, 3));
    SHOW(read(s[1], bytes, 99));
    say("%.6s\n", bytes);
    SHOW(recv(s[1], bytes, 9, MSG_DONTWAIT));
    struct iovec parts[2] = {{"ab", 2}, {"cde", 3}}, places[2] = {{bytes, 1}, {bytes + 10, 2}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2}, into = {.msg_iov = places, .msg_iovlen = 2};
    SHOW(sendmsg(s[0], &message, 0));
    SHOW(writev(s[0], parts, 2));
    SHOW(recvmsg(s[1], &into, 0));
    SHOW(into.msg_flags);
    SHOW(readv(s[1], places, 2));
    SHOW(send(s[0], "", 0, 0));
    SHOW(ready(s[1]) & POLLIN);
    SHOW(recv(s[1], bytes, 9, 0));
    SHOW(ready(s[1]) & POLLIN);
    if (kind == SOCK_DGRAM) {
        int sent = 0;
        while (send(s[0], "m", 1, MSG_DONTWAIT) == 1)
            sent++;
        TRUE(sent > 200 && errno == EAGAIN);
        SHOW(ready(s[0]));
        while (recv(s[1], bytes, 9, MSG_DONTWAIT) == 1)
            ;
    }
    MUST(write(s[0], "end", 3));
    close(s[0]);
    SHOW(recv(s[1], bytes, 9, MSG_DONTWAIT));
    SHOW(recv(s[1], bytes, 9, MSG_DONTWAIT));
    SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
    SHOW(ready(s[1]));
    close(s[1]);
    MUST(socketpair(AF_UNIX, kind, 0, s));
    SHOW(shutdown(s[0], SHUT_WR));
    SHOW(send(s[0], "x", 1, MSG_NOSIGNAL));
    SHOW(recv(s[1], bytes, 9, MSG_DONTWAIT));
    close(s[0]);
    close(s[1]);
}

static void errors(void)
{
    int s[2], ends[2], value = -1;
    socklen_t size = sizeof value;
    struct sockaddr_un name;
    static const int domains[] = {AF_INET, AF_INET6}, protocols[] = {0, 1, 6, 17, 999, -1};
    static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM};
    static const char *const names[] = {"any", "ICMP", "TCP", "UDP", "999", "-1"};
    for (int domain = 0; domain < 2; domain++)
        for (int kind = 0; kind < 5; kind++) {
            char text[40];
            snprintf(text, sizeof text, "domain %d, kind %d", domains[domain], kinds[kind]);
            SHOW_EACH(text, 6, names, int protocol = protocols[i], socketpair(domains[domain], kinds[kind], protocol, s));
        }
    SHOW(socketpair(AF_UNIX, 99, 0, s));
    SHOW(socketpair(AF_UNIX, 4, 0, s));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x10000, 0, s));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 77, s));
    SHOW(socketpair(99, SOCK_STREAM, 0, s));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, (void *)8));
    MUST(pipe(ends));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    SHOW(send(ends[1], "x", 1, 0));
    SHOW(recv(99, bytes, 1, 0));
    SHOW(shutdown(ends[0], SHUT_RD));
    SHOW(shutdown(99, SHUT_RD));
    SHOW(send(s[0], "x", 1, MSG_OOB | MSG_DONTWAIT) == 1 || errno == EOPNOTSUPP);
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    SHOW(sendto(s[0], "x", 1, 0, (void *)&name, sizeof name));
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &size));
    SHOW(value);
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_ERROR, &value, &size));
    SHOW(value);
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_DOMAIN, &value, &size));
    SHOW(value);
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_ACCEPTCONN, &value, &size));
    SHOW(getsockopt(s[0], SOL_SOCKET, 9999, &value, &size));
    SHOW(getsockopt(ends[0], SOL_SOCKET, SO_TYPE, &value, &size));
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, (void *)8));
    size = sizeof name;
    SHOW(getsockname(s[0], (void *)&name, &size));
    SHOW(size);
    SHOW(name.sun_family);
    size = sizeof name;
    SHOW(getpeername(s[0], (void *)&name, &size));
    SHOW(size);
    SHOW(getsockname(ends[0], (void *)&name, &size));
    value = 4096;
    SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof value));
    SHOW(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof value));
}

int main(void)
{
    stream();
    messages(SOCK_DGRAM);
    messages(SOCK_SEQPACKET);
    errors();
    return 0;
}
