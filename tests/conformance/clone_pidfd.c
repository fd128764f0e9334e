/* CLONE_PIDFD: a child that its parent has a descriptor of from the start. */
#include "check.h"
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

static long make(unsigned long flags, int *fd) { return syscall(SYS_clone, flags, 0, fd, 0, 0); }

int main(void)
{
    siginfo_t info;
    int fd = -7;
    pid_t child = make(CLONE_PIDFD | SIGCHLD, &fd);
    if (child == 0) {
        SHOW(fcntl(3, F_GETFD));
        pause();
        _exit(1);
    }
    TRUE(child > 0);
    usleep(20000);
    SHOW(fd);
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_GETFL) & O_ACCMODE);
    struct pollfd of = {.fd = fd, .events = POLLIN};
    SHOW(poll(&of, 1, 0));
    SHOW(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    SHOW(poll(&of, 1, -1));
    SHOW(waitid(P_PIDFD, fd, &info, WEXITED));
    TRUE(info.si_pid == child && info.si_status == SIGTERM);
    close(fd);
    /* Shared memory: where the child sees the number, or not. */
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    child = make(CLONE_PIDFD | SIGCHLD, shared);
    if (child == 0)
        _exit(*shared);
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("with the number", status);
    close(*shared);
    SHOW(make(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, &fd));
    SHOW(make(CLONE_PIDFD | 0x400000 | SIGCHLD, &fd)); /* CLONE_DETACHED */
    SHOW(make(CLONE_PIDFD | CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, &fd));
    SHOW(make(CLONE_PIDFD | SIGCHLD, (int *)8));
    SHOW(make(CLONE_PIDFD | SIGCHLD, NULL));
    SHOW(waitpid(-1, NULL, WNOHANG));
    SHOW(dup(0));
    close(3);
    struct rlimit limit;
    MUST(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = 3;
    MUST(setrlimit(RLIMIT_NOFILE, &limit));
    SHOW(make(CLONE_PIDFD | SIGCHLD, &fd));
    SHOW(waitpid(-1, NULL, WNOHANG));
    return 0;
}
