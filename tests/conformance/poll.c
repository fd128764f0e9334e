/* poll, ppoll, pselect6. */
#include "check.h"
#include <poll.h>
#include <sys/select.h>
#include <time.h>

static void show(const char *what, int result, const struct pollfd *fds, int count)
{
    say("%s: %d", what, result);
    if (result < 0)
        say(" %s", strerrorname_np(errno));
    for (int i = 0; i < count; i++)
        say(" %x", fds[i].revents);
    say("\n");
}

int main(void)
{
    int ends[2], back[2];
    char byte;
    MUST(pipe(ends));
    MUST(pipe(back));
    struct pollfd fds[4] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 77}, {99, POLLIN, 0}};
    show("four", poll(fds, 4, 0), fds, 4);
    show("reader alone", poll(fds, 1, 20), fds, 1);
    MUST(write(ends[1], "x", 1));
    show("byte", poll(fds, 2, 0), fds, 2);
    MUST(read(ends[0], &byte, 1));
    int file = MUST(open("/tmp/polled", O_CREAT | O_RDWR, 0644)), null = MUST(open("/dev/null", O_RDWR));
    struct pollfd always[2] = {{file, POLLIN | POLLOUT, 0}, {null, POLLIN | POLLOUT, 0}};
    show("always ready", poll(always, 2, -1), always, 2);
    show("nothing", poll(NULL, 0, 10), NULL, 0);
    show("bad pointer", poll((struct pollfd *)8, 1, 0), NULL, 0);
    /* It wakes when the other side writes, and when it goes. */
    pid_t child = fork();
    if (child == 0) {
        usleep(30000);
        write(ends[1], "y", 1);
        read(back[0], &byte, 1);
        _exit(0);
    }
    show("woken", poll(fds, 1, 10000), fds, 1);
    MUST(read(ends[0], &byte, 1));
    close(ends[1]);
    MUST(write(back[1], "z", 1));
    show("hangup", poll(fds, 1, 10000), fds, 1);
    int status;
    MUST(waitpid(child, &status, 0));
    MUST(pipe(ends));
    close(ends[0]);
    struct pollfd broken = {ends[1], POLLOUT, 0};
    show("broken", poll(&broken, 1, 0), &broken, 1);
    struct timespec bad = {0, 2000000000}, zero = {0, 0};
    SHOW(ppoll(&broken, 1, &bad, NULL));
    SHOW(ppoll(&broken, 1, &zero, NULL));

    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(back[0], &readable);
    FD_SET(back[1], &writable);
    struct timeval none = {0, 0};
    SHOW(select(back[1] + 1, &readable, &writable, NULL, &none));
    say("%d %d\n", FD_ISSET(back[0], &readable) != 0, FD_ISSET(back[1], &writable) != 0);
    FD_ZERO(&readable);
    FD_SET(40, &readable);
    SHOW(select(41, &readable, NULL, NULL, &none));
    struct timeval moment = {0, 20000};
    SHOW(select(0, NULL, NULL, NULL, &moment));
    return 0;
}
