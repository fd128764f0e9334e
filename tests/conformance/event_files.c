/* eventfd, timerfd, signalfd, pidfd: what they give, when they are ready, what they refuse. */
#include "check.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>

static uint64_t value;

static long take(int fd) { return read(fd, &value, 8) == 8 ? (long)value : -1; }

static long put(int fd, uint64_t number) { return write(fd, &number, 8); }

static int ready(int fd)
{
    struct pollfd file = {fd, POLLIN | POLLOUT | POLLPRI, 0};
    return poll(&file, 1, 0) < 0 ? -1 : file.revents;
}

static void counts(void)
{
    int fd = eventfd(3, EFD_NONBLOCK), copy;
    struct stat status;
    SHOW(ready(fd));
    SHOW(take(fd));
    SHOW(take(fd));
    SHOW(ready(fd));
    SHOW(put(fd, 5));
    SHOW(put(fd, 6));
    SHOW(take(fd));
    SHOW(put(fd, 0));
    SHOW(take(fd));
    SHOW(put(fd, UINT64_MAX));
    SHOW(put(fd, UINT64_MAX - 1));
    SHOW(ready(fd));
    SHOW(put(fd, 1));
    SHOW(put(fd, 0));
    TRUE(take(fd) == -2);
    SHOW(write(fd, &value, 7));
    SHOW(read(fd, &value, 7));
    SHOW(put(fd, 2));
    SHOW(write(fd, (void *)8, 8));
    SHOW(read(fd, (void *)8, 8));
    SHOW(take(fd));
    char large[20] = {9};
    SHOW(write(fd, large, sizeof large));
    SHOW(read(fd, large, sizeof large));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(ftruncate(fd, 0));
    SHOW(fsync(fd));
    SHOW(fcntl(fd, F_GETFL));
    SHOW(fcntl(fd, F_GETFD));
    MUST(fstat(fd, &status));
    SHOW(status.st_mode);
    SHOW(ioctl(fd, FIONREAD, &copy));
    close(fd);

    fd = MUST(eventfd(3, EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(take(fd));
    SHOW(take(fd));
    SHOW(put(fd, 1));
    SHOW(take(fd));
    SHOW(take(fd));
    SHOW(take(fd));
    close(fd);
    SHOW(eventfd(0, 2));
    SHOW(take(fd));

    /* Across a fork, waiting in both directions. */
    fd = MUST(eventfd(0, 0));
    pid_t child = MUST(fork());
    if (child == 0) {
        usleep(10000);
        put(fd, 7);
        usleep(10000);
        _exit(take(fd) == -2 ? 0 : 1);
    }
    SHOW(take(fd));
    SHOW(put(fd, UINT64_MAX - 1));
    SHOW(put(fd, 1));
    int ended = -1;
    MUST(waitpid(child, &ended, 0));
    SHOW(ended);
    SHOW(take(fd));
    close(fd);
}

static void timers(void)
{
    struct itimerspec once = {{0, 0}, {0, 10000000}}, often = {{0, 10000000}, {0, 10000000}}, off = {{0, 0}, {0, 0}}, left;
    int fd = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    SHOW(ready(fd));
    SHOW(take(fd));
    SHOW(timerfd_settime(fd, 0, &once, NULL));
    SHOW(take(fd));
    struct pollfd file = {fd, POLLIN, 0};
    SHOW(poll(&file, 1, -1));
    SHOW(file.revents);
    SHOW(take(fd));
    SHOW(take(fd));
    MUST(timerfd_gettime(fd, &left));
    SHOW(left.it_value.tv_nsec);
    SHOW(timerfd_settime(fd, 0, &often, NULL));
    usleep(55000);
    TRUE(take(fd) >= 5);
    MUST(timerfd_gettime(fd, &left));
    TRUE(left.it_interval.tv_nsec == 10000000 && left.it_value.tv_nsec <= 10000000);
    SHOW(timerfd_settime(fd, 0, &off, &left));
    SHOW(left.it_interval.tv_nsec);
    SHOW(take(fd));
    struct timespec now;
    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    once.it_value = now;
    SHOW(timerfd_settime(fd, TFD_TIMER_ABSTIME, &once, NULL));
    SHOW(take(fd));
    SHOW(write(fd, &value, 8));
    SHOW(read(fd, &value, 4));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(fcntl(fd, F_GETFL));
    once.it_value.tv_nsec = 1000000000;
    SHOW(timerfd_settime(fd, 0, &once, NULL));
    SHOW(timerfd_settime(fd, 77, &often, NULL));
    SHOW(timerfd_settime(fd, 0, NULL, NULL));
    SHOW(timerfd_settime(0, 0, &often, NULL));
    SHOW(timerfd_settime(99, 0, &often, NULL));
    SHOW(timerfd_gettime(0, &left));
    SHOW(timerfd_gettime(99, &left));
    SHOW(timerfd_gettime(fd, (void *)8));
    close(fd);
    SHOW(timerfd_create(CLOCK_MONOTONIC, 4));
    SHOW(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
    SHOW(timerfd_create(99, 0));
    fd = MUST(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC));
    once.it_value = (struct timespec){0, 5000000};
    MUST(timerfd_settime(fd, 0, &once, NULL));
    SHOW(take(fd));
    MUST(clock_gettime(CLOCK_REALTIME, &now));
    now.tv_nsec += 5000000;
    if (now.tv_nsec >= 1000000000)
        now.tv_sec++, now.tv_nsec -= 1000000000;
    once.it_value = now;
    MUST(timerfd_settime(fd, TFD_TIMER_ABSTIME, &once, NULL));
    SHOW(take(fd));
    close(fd);
}

static struct signalfd_siginfo told[4];

static long signals_of(int fd, size_t size) { return read(fd, told, size); }

static void signals(void)
{
    sigset_t set, other;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGRTMIN);
    sigaddset(&set, SIGKILL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = MUST(signalfd(-1, &set, SFD_NONBLOCK));
    SHOW(ready(fd));
    SHOW(signals_of(fd, sizeof told));
    kill(getpid(), SIGUSR1);
    SHOW(ready(fd));
    SHOW(signals_of(fd, 127));
    SHOW(signals_of(fd, sizeof told));
    SHOW(told[0].ssi_signo);
    SHOW(told[0].ssi_code);
    TRUE(told[0].ssi_pid == (uint32_t)getpid());
    SHOW(told[0].ssi_uid);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 4711});
    kill(getpid(), SIGUSR1);
    SHOW(signals_of(fd, sizeof told));
    SHOW(told[0].ssi_signo);
    SHOW(told[1].ssi_signo - SIGRTMIN);
    SHOW(told[1].ssi_code);
    SHOW(told[1].ssi_int);
    pid_t child = MUST(fork());
    if (child == 0)
        _exit(3);
    struct pollfd file = {fd, POLLIN, 0};
    SHOW(poll(&file, 1, -1));
    SHOW(signals_of(fd, sizeof told[0]));
    SHOW(told[0].ssi_signo);
    SHOW(told[0].ssi_code);
    SHOW(told[0].ssi_status);
    TRUE(told[0].ssi_pid == (uint32_t)child);
    waitpid(child, NULL, 0);
    sigemptyset(&other);
    sigaddset(&other, SIGRTMIN);
    SHOW(signalfd(fd, &other, 0) == fd);
    kill(getpid(), SIGUSR1);
    SHOW(signals_of(fd, sizeof told));
    SHOW(signalfd(fd, &set, 0) == fd);
    SHOW(signals_of(fd, sizeof told));
    SHOW(write(fd, told, 128));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(fcntl(fd, F_GETFL));
    SHOW(signalfd(0, &set, 0));
    SHOW(signalfd(99, &set, 0));
    SHOW(signalfd(-1, &set, 1));
    SHOW(syscall(SYS_signalfd4, -1, &set, 4, 0));
    SHOW(syscall(SYS_signalfd4, -1, 8, 8, 0));
    close(fd);
    fd = MUST(signalfd(-1, &set, SFD_CLOEXEC));
    child = MUST(fork());
    if (child == 0) {
        usleep(10000);
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    SHOW(signals_of(fd, sizeof told[0]));
    SHOW(told[0].ssi_signo);
    waitpid(child, NULL, 0);
    SHOW(signals_of(fd, sizeof told));
    SHOW(told[0].ssi_signo);
    close(fd);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

#define PIDFD_OPEN(pid, flags) syscall(SYS_pidfd_open, pid, flags)
#define PIDFD_SEND(fd, signal, info, flags) syscall(SYS_pidfd_send_signal, fd, signal, info, flags)

static void processes(void)
{
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    int fd = PIDFD_OPEN(child, 0);
    siginfo_t info;
    SHOW(ready(fd));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_GETFL));
    SHOW(read(fd, &value, 8));
    SHOW(write(fd, &value, 8));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(PIDFD_SEND(fd, 0, NULL, 0));
    memset(&info, 0, sizeof info);
    SHOW(waitid(3, fd, &info, WEXITED | WNOHANG));
    SHOW(info.si_signo);
    SHOW(PIDFD_SEND(fd, SIGTERM, NULL, 0));
    struct pollfd file = {fd, POLLIN, 0};
    SHOW(poll(&file, 1, -1));
    SHOW(file.revents);
    SHOW(PIDFD_SEND(fd, 0, NULL, 0));
    SHOW(waitid(3, fd, &info, WEXITED | WNOWAIT));
    SHOW(info.si_status);
    SHOW(waitid(3, fd, &info, WEXITED));
    TRUE(info.si_pid == child && info.si_code == CLD_KILLED);
    SHOW(waitid(3, fd, &info, WEXITED));
    SHOW(PIDFD_SEND(fd, 0, NULL, 0));
    SHOW(ready(fd));
    close(fd);
    SHOW(PIDFD_OPEN(child, 0));
    SHOW(PIDFD_OPEN(0, 0));
    SHOW(PIDFD_OPEN(-1, 0));
    SHOW(PIDFD_OPEN(getpid(), 1));
    SHOW(PIDFD_SEND(0, SIGTERM, NULL, 0));
    SHOW(PIDFD_SEND(99, SIGTERM, NULL, 0));
    fd = PIDFD_OPEN(getpid(), 0);
    SHOW(PIDFD_SEND(fd, 0, NULL, 1));
    SHOW(PIDFD_SEND(fd, 65, NULL, 0));
    SHOW(waitid(3, fd, &info, WEXITED | WNOHANG));
    SHOW(waitid(3, 0, &info, WEXITED));
    SHOW(waitid(3, 99, &info, WEXITED));
    SHOW(waitid(3, -1, &info, WEXITED));
    close(fd);
    child = MUST(fork());
    if (child == 0) {
        usleep(20000);
        _exit(4);
    }
    fd = PIDFD_OPEN(child, O_NONBLOCK);
    SHOW(fcntl(fd, F_GETFL));
    SHOW(waitid(3, fd, &info, WEXITED));
    file = (struct pollfd){fd, POLLIN, 0};
    SHOW(poll(&file, 1, -1));
    SHOW(waitid(3, fd, &info, WEXITED));
    SHOW(info.si_status);
    close(fd);
}

int main(void)
{
    counts();
    timers();
    signals();
    processes();
    return 0;
}
