/* epoll: level, edge, one shot; lists in lists; errors. */
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static struct epoll_event got[8];

/* What is ready, sorted by its number. */
static void look(const char *when, int epoll, int most)
{
    memset(got, 0, sizeof got);
    int count = epoll_wait(epoll, got, most, 0);
    say("%s: %d", when, count);
    for (int number = 0; number < 64; number++)
        for (int i = 0; i < count; i++)
            if (got[i].data.u64 == (unsigned)number)
                say("  [%d: %x]", number, got[i].events);
    say("\n");
}

static int control(int epoll, int operation, int fd, unsigned events, int number)
{
    struct epoll_event event = {.events = events, .data.u64 = number};
    return epoll_ctl(epoll, operation, fd, &event);
}
#define ADD(fd, events, number) SHOW(control(epoll, EPOLL_CTL_ADD, fd, events, number))
#define MOD(fd, events, number) SHOW(control(epoll, EPOLL_CTL_MOD, fd, events, number))

static void pipes(void)
{
    int epoll = MUST(epoll_create1(0)), ends[2];
    char bytes[70000];
    MUST(pipe2(ends, O_NONBLOCK));
    ADD(ends[0], EPOLLIN, 1);
    ADD(ends[1], EPOLLOUT, 2);
    look("empty", epoll, 8);
    MUST(write(ends[1], "abc", 3));
    look("written", epoll, 8);
    look("again", epoll, 8);
    /* Who was told goes behind the others. */
    MUST(epoll_wait(epoll, got, 1, 0));
    int first = got[0].data.u64;
    MUST(epoll_wait(epoll, got, 1, 0));
    TRUE(first != (int)got[0].data.u64);
    MUST(read(ends[0], bytes, 1));
    look("partly read", epoll, 8);
    MUST(read(ends[0], bytes, 9));
    look("read", epoll, 8);
    MUST(write(ends[1], bytes, sizeof bytes));
    look("full", epoll, 8);
    MUST(read(ends[0], bytes, sizeof bytes));
    MOD(ends[1], 0, 2);
    look("nothing wanted", epoll, 8);

    MOD(ends[0], EPOLLIN | EPOLLET, 3);
    look("edge, empty", epoll, 8);
    MUST(write(ends[1], "abc", 3));
    look("edge", epoll, 8);
    look("no edge", epoll, 8);
    MUST(read(ends[0], bytes, 1));
    look("read is no edge", epoll, 8);
    MUST(write(ends[1], "d", 1));
    look("edge again", epoll, 8);
    MOD(ends[0], EPOLLIN | EPOLLET, 3);
    look("set again", epoll, 8);
    look("no edge", epoll, 8);

    MOD(ends[0], EPOLLIN | EPOLLONESHOT, 4);
    look("one shot", epoll, 8);
    look("silent", epoll, 8);
    MUST(write(ends[1], "e", 1));
    look("still silent", epoll, 8);
    MOD(ends[0], EPOLLIN | EPOLLONESHOT, 5);
    look("armed again", epoll, 8);

    MOD(ends[0], EPOLLIN | EPOLLRDHUP, 6);
    close(ends[1]);
    look("no writer", epoll, 8);
    MUST(read(ends[0], bytes, sizeof bytes));
    look("end", epoll, 8);
    close(ends[0]);
    look("closed", epoll, 8);
    MUST(pipe(ends));
    ADD(ends[1], EPOLLIN, 7);
    close(ends[0]);
    look("no reader", epoll, 8);
    int copy = MUST(dup(ends[1]));
    close(ends[1]);
    look("a copy is open", epoll, 8);
    close(copy);
    look("none is", epoll, 8);
    close(epoll);
}

static void lists(void)
{
    int epoll = MUST(epoll_create1(EPOLL_CLOEXEC)), inner = MUST(epoll_create1(0)), count = MUST(eventfd(0, EFD_NONBLOCK));
    uint64_t one = 1;
    SHOW(fcntl(epoll, F_GETFD));
    SHOW(fcntl(epoll, F_GETFL));
    SHOW(control(inner, EPOLL_CTL_ADD, count, EPOLLIN, 9));
    ADD(inner, EPOLLIN, 10);
    look("nothing", epoll, 8);
    MUST(write(count, &one, 8));
    look("outer", epoll, 8);
    look("inner", inner, 8);
    SHOW(control(inner, EPOLL_CTL_ADD, epoll, EPOLLIN, 11));
    ADD(epoll, EPOLLIN, 11);
    MUST(read(count, &one, 8));
    look("taken", epoll, 8);
    MOD(inner, EPOLLIN | EPOLLET, 12);
    MUST(write(count, &one, 8));
    look("edge of a list", epoll, 8);
    SHOW(read(epoll, &one, 8));
    SHOW(write(epoll, &one, 8));
    SHOW(lseek(epoll, 0, SEEK_CUR));
    close(inner);
    look("inner closed", epoll, 8);
    int chain[7];
    for (int i = 0; i < 7; i++) {
        chain[i] = MUST(epoll_create1(0));
        if (i > 0)
            say("chain %d: %s\n", i, control(chain[i], EPOLL_CTL_ADD, chain[i - 1], EPOLLIN, i) ? strerrorname_np(errno) : "added");
    }
    for (int i = 0; i < 7; i++)
        close(chain[i]);
    close(count);
    close(epoll);
}

static void waits(void)
{
    int epoll = MUST(epoll_create1(0)), ends[2];
    MUST(pipe(ends));
    ADD(ends[0], EPOLLIN, 1);
    SHOW(epoll_wait(epoll, got, 8, 5));
    pid_t child = MUST(fork());
    if (child == 0) {
        usleep(10000);
        write(ends[1], "x", 1);
        _exit(0);
    }
    SHOW(epoll_wait(epoll, got, 8, -1));
    SHOW(got[0].events);
    waitpid(child, NULL, 0);
    struct timespec time = {0, 1000000};
    SHOW(syscall(SYS_epoll_pwait2, epoll, got, 8, &time, NULL, 8));
    char byte;
    MUST(read(ends[0], &byte, 1));
    SHOW(syscall(SYS_epoll_pwait2, epoll, got, 8, &time, NULL, 8));
    time.tv_nsec = 1000000000;
    SHOW(syscall(SYS_epoll_pwait2, epoll, got, 8, &time, NULL, 8));
    SHOW(syscall(SYS_epoll_pwait2, epoll, got, 8, 8, NULL, 8));
    sigset_t none;
    sigemptyset(&none);
    SHOW(syscall(SYS_epoll_pwait, epoll, got, 8, 0, &none, 4));
    SHOW(syscall(SYS_epoll_pwait, epoll, got, 8, 0, 8, 8));
    SHOW(syscall(SYS_epoll_pwait, epoll, got, 8, 0, &none, 8));
    close(ends[0]);
    close(ends[1]);
    close(epoll);
}

static void errors(void)
{
    int epoll = MUST(epoll_create1(0)), ends[2], file = MUST(open("file", O_CREAT | O_RDWR, 0644));
    MUST(pipe(ends));
    SHOW(epoll_create1(1));
    SHOW(epoll_create(0));
    ADD(file, EPOLLIN, 1);
    ADD(MUST(open(".", O_RDONLY)), EPOLLIN, 1);
    ADD(MUST(open("/dev/null", O_RDONLY)), EPOLLIN, 1);
    ADD(epoll, EPOLLIN, 1);
    ADD(99, EPOLLIN, 1);
    SHOW(control(99, EPOLL_CTL_ADD, ends[0], EPOLLIN, 1));
    SHOW(control(ends[0], EPOLL_CTL_ADD, ends[1], EPOLLIN, 1));
    MOD(ends[0], EPOLLIN, 1);
    SHOW(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
    ADD(ends[0], EPOLLIN, 1);
    ADD(ends[0], EPOLLIN, 1);
    SHOW(control(epoll, 7, ends[0], EPOLLIN, 1));
    SHOW(epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], NULL));
    SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], (void *)8));
    MOD(ends[0], EPOLLIN | EPOLLEXCLUSIVE, 1);
    ADD(ends[1], EPOLLOUT | EPOLLEXCLUSIVE, 2);
    ADD(MUST(dup(ends[1])), EPOLLOUT | EPOLLEXCLUSIVE | EPOLLONESHOT, 2);
    SHOW(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
    SHOW(epoll_wait(epoll, got, 0, 0));
    SHOW(epoll_wait(epoll, got, -1, 0));
    SHOW(epoll_wait(ends[0], got, 1, 0));
    SHOW(epoll_wait(99, got, 1, 0));
    SHOW(epoll_wait(epoll, (void *)8, 1, 0));
}

int main(void)
{
    enter_folder("epoll");
    pipes();
    lists();
    waits();
    errors();
    return 0;
}
