/* Arguments that programs seldom pass, each as a case of its own: maps that are written only, owners of open files, a current
 * directory that is gone, barriers, capabilities, a status that nobody can be told. */
#include "check.h"
#include <linux/capability.h>
#include <poll.h>
#include <setjmp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/uio.h>

#define PAGE 4096

static sigjmp_buf back;
static volatile int caught;

static void jump(int signal)
{
    caught = signal;
    siglongjmp(back, 1);
}

/* TOUCH(what, access): which signal the access raises. */
#define TOUCH(what, ...)                                                                     \
    do {                                                                                     \
        caught = 0;                                                                          \
        if (!sigsetjmp(back, 1)) {                                                           \
            __VA_ARGS__;                                                                     \
        }                                                                                    \
        say("%s: %s\n", what, caught ? sigabbrev_np(caught) : "done");                       \
    } while (0)

static char *map(int protection, int flags, int fd)
{
    return (char *)MUST(mmap(NULL, 2 * PAGE, protection, flags, fd, 0));
}

/* What may be written may be read. */
static void written_only(void)
{
    volatile char byte = 0, *at;
    int fd = MUST(open("/tmp/mapped", O_CREAT | O_RDWR | O_TRUNC, 0600)), out = MUST(open("/tmp/out", O_CREAT | O_RDWR, 0600));
    MUST(write(fd, "hello", 5));
    MUST(ftruncate(fd, 2 * PAGE));
    signal(SIGSEGV, jump);
    signal(SIGBUS, jump);
    at = map(PROT_WRITE, MAP_PRIVATE, fd);
    TOUCH("private file, read", byte = at[0]);
    say("%c\n", byte);
    TOUCH("private file, written", at[1] = 'E');
    TOUCH("private file, read again", byte = at[1]);
    at = map(PROT_WRITE, MAP_SHARED, fd);
    TOUCH("shared file, read", byte = at[4]);
    say("%c\n", byte);
    TOUCH("shared file, written", at[0] = 'j');
    TOUCH("shared file, next page read", byte = at[PAGE]);
    TOUCH("shared file, added", __atomic_add_fetch(&at[1], 1, __ATOMIC_SEQ_CST));
    at = map(PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd);
    TOUCH("filled beforehand, read", byte = at[0]);
    say("%c\n", byte);
    at = map(PROT_READ, MAP_PRIVATE, fd);
    TOUCH("read, then only to be written", byte = at[0]);
    MUST(mprotect((void *)at, PAGE, PROT_WRITE));
    TOUCH("read then", byte = at[0]);
    TOUCH("written then", at[0] = 'x');
    at = map(PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    TOUCH("memory, read", byte = at[0]);
    at[1] = 1;
    CHILD("child", TOUCH("memory after fork, read", byte = at[1]); TOUCH("and written", at[1] = 2));
    TOUCH("memory after fork, read", byte = at[1]);
    at = map(PROT_WRITE, MAP_PRIVATE, fd);
    SHOW(write(out, (char *)at, 3));
    at = map(PROT_EXEC, MAP_PRIVATE, fd);
    TOUCH("to be executed, read", byte = at[0]);
    TOUCH("to be executed, written", at[0] = 1);
    at = map(PROT_NONE, MAP_PRIVATE, fd);
    TOUCH("nothing, read", byte = at[0]);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0));
    OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));
    OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0));
    OK(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
}

static int barrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

static void barriers(void)
{
    SHOW(barrier(8));
    SHOW(barrier(32));
    SHOW(barrier(1));
    SHOW(barrier(16));
    SHOW(barrier(8));
    SHOW(barrier(32));
    CHILD("child", SHOW(barrier(8)));
    SHOW(barrier(64));
    SHOW(barrier(32));
    SHOW(barrier(3));
    SHOW(barrier(1 << 20));
    SHOW(syscall(SYS_membarrier, 8, 5, 0));
}

struct owner {
    int kind, number;
};

static void owners(void)
{
    int fd = MUST(open("/tmp/owned", O_CREAT | O_RDWR, 0600));
    struct owner who = {9, 9};
#define RAW(command, argument) syscall(SYS_fcntl, fd, command, argument)
    SHOW(RAW(F_GETOWN, 0));
    SHOW(RAW(F_SETOWN, getpid()));
    TRUE(RAW(F_GETOWN, 0) == getpid());
    SHOW(RAW(F_GETOWN_EX, &who));
    TRUE(who.kind == 1 && who.number == getpid());
    SHOW(RAW(F_SETOWN, 99999));
    SHOW(RAW(F_SETOWN, -99999));
    SHOW(RAW(F_SETOWN, 0x80000000));
    SHOW(RAW(F_SETOWN, -getpgrp()));
    SHOW(RAW(F_GETOWN_EX, &who));
    TRUE(who.kind == 2 && who.number == getpgrp());
    who = (struct owner){0, gettid()};
    SHOW(RAW(F_SETOWN_EX, &who));
    who = (struct owner){5, 5};
    SHOW(RAW(F_GETOWN_EX, &who));
    TRUE(who.kind == 0 && who.number == gettid());
    who = (struct owner){3, 1};
    SHOW(RAW(F_SETOWN_EX, &who));
    who = (struct owner){1, 99999};
    SHOW(RAW(F_SETOWN_EX, &who));
    SHOW(RAW(F_SETOWN_EX, 8));
    SHOW(RAW(F_GETOWN_EX, 8));
    SHOW(RAW(F_SETOWN, 0));
    SHOW(RAW(F_GETOWN, 0));
    SHOW(RAW(F_GETSIG, 0));
    SHOW(RAW(F_SETSIG, 65));
    SHOW(RAW(F_SETSIG, -1));
    SHOW(RAW(F_SETSIG, SIGUSR1));
    SHOW(RAW(F_GETSIG, 0));
    int again = MUST(dup(fd));
    SHOW(fcntl(again, F_GETSIG));
    pid_t child = fork();
    if (child == 0)
        pause();
    SHOW(RAW(F_SETOWN, child));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    SHOW(RAW(F_GETOWN, 0));
    int path = MUST(open("/tmp/owned", O_PATH));
    SHOW(fcntl(path, F_GETSIG));
}

/* A current directory that is gone still has a parent. */
static void gone(void)
{
    char text[100];
    struct stat status;
    MUST(mkdir("/tmp/one", 0700));
    MUST(mkdir("/tmp/one/two", 0700));
    MUST(mkdir("/tmp/one/two/three", 0700));
    MUST(chdir("/tmp/one/two/three"));
    MUST(rmdir("/tmp/one/two/three"));
    SHOW((long)getcwd(text, sizeof text) == 0);
    SHOW(stat("..", &status));
    SHOW(stat("../..", &status));
    SHOW(access("../../../mapped", F_OK));
    SHOW(open("x", O_CREAT | O_RDWR, 0600));
    MUST(rmdir("/tmp/one/two"));
    SHOW(stat("..", &status));
    SHOW(status.st_nlink);
    SHOW(mkdir("../new", 0700));
    SHOW(stat("../..", &status));
    SHOW(status.st_nlink);
    MUST(rmdir("/tmp/one"));
    SHOW(chdir(".."));
    SHOW((long)getcwd(text, sizeof text) == 0);
    SHOW(chdir("../.."));
    SHOW((long)getcwd(text, sizeof text) == 0);
    say("%s\n", text);
    /* Deeper than a stack of calls would like. */
    for (int i = 0; i < 3000; i++) {
        MUST(mkdir("deep", 0700));
        MUST(chdir("deep"));
    }
    for (int i = 0; i < 3000; i++) {
        int here = MUST(open(".", O_RDONLY | O_DIRECTORY));
        MUST(chdir(".."));
        MUST(rmdir("deep"));
        if (i == 0)
            MUST(fcntl(here, F_DUPFD, 100));
        close(here);
    }
    SHOW(fchdir(100));
    SHOW(chdir("../../.."));
    SHOW(close(100));
    SHOW(chdir("/tmp"));
}

static void capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{1 << CAP_CHOWN, 1 << CAP_CHOWN | 1 << CAP_KILL, 0}, {0, 0, 0}};
    SHOW(syscall(SYS_capset, &header, data));
    data[0].inheritable = 1 << CAP_KILL;
    SHOW(syscall(SYS_capset, &header, data));
    data[0].inheritable = 1 << CAP_NET_RAW;
    SHOW(syscall(SYS_capset, &header, data));
    data[0].permitted = data[0].effective = 0;
    data[0].inheritable = 1 << CAP_KILL;
    SHOW(syscall(SYS_capset, &header, data));
    data[0].inheritable = 0;
    SHOW(syscall(SYS_capset, &header, data));
    data[0].inheritable = 1 << CAP_KILL;
    SHOW(syscall(SYS_capset, &header, data));
}

static void scripts(void)
{
    make_file("/tmp/script", "#!/proc/self/exe script\n");
    MUST(chmod("/tmp/script", 0755));
    char *list[] = {"script", NULL}, *environment[] = {NULL};
    int fd = MUST(open("/tmp/script", O_RDONLY | O_CLOEXEC));
    SHOW(syscall(SYS_execveat, fd, "", list, environment, AT_EMPTY_PATH));
    int folder = MUST(open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    SHOW(syscall(SYS_execveat, folder, "script", list, environment, 0));
    MUST(chmod("/tmp/script", 0644));
    SHOW(syscall(SYS_execveat, fd, "", list, environment, AT_EMPTY_PATH));
}

static void waits(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(3);
    SHOW(wait4(child, (int *)8, 0, NULL));
    SHOW(wait4(child, NULL, 0, NULL));
    child = fork();
    if (child == 0)
        _exit(3);
    SHOW(wait4(child, NULL, 0, (struct rusage *)8));
    SHOW(wait4(child, NULL, 0, NULL));
    child = fork();
    if (child == 0)
        _exit(3);
    SHOW(waitid(P_PID, child, (siginfo_t *)8, WEXITED));
    SHOW(wait4(child, NULL, 0, NULL));
    CHILD("a session without a terminal", {
        setsid();
        SHOW(open("/dev/tty", O_RDWR));
    });
}

/* Of several locks in the way, which one is told. */
static void locks(void)
{
    make_file("/tmp/locked", "0123456789");
    int files[4];
    for (int i = 0; i < 4; i++)
        files[i] = MUST(open("/tmp/locked", O_RDWR));
    static const struct { int file; short type; int start, length; } steps[] = {
        {0, F_WRLCK, 5, 1}, {1, F_WRLCK, 1, 1}, {2, F_RDLCK, 8, 1}, {0, F_WRLCK, 3, 1}, {0, F_UNLCK, 5, 1},
        {2, F_RDLCK, 6, 1}, {1, F_UNLCK, 0, 0}, {1, F_WRLCK, 0, 1}, {0, F_WRLCK, 2, 3}, {0, F_UNLCK, 3, 1},
        {2, F_WRLCK, 5, 5}, {2, F_UNLCK, 7, 1}, {0, F_UNLCK, 0, 0}, {0, F_WRLCK, 1, 1}, {1, F_RDLCK, 0, 1}};
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct flock lock = {steps[i].type, SEEK_SET, steps[i].start, steps[i].length, 0};
        MUST(fcntl(files[steps[i].file], F_OFD_SETLK, &lock));
        lock = (struct flock){F_WRLCK, SEEK_SET, 0, 0, 0};
        MUST(fcntl(files[3], F_OFD_GETLK, &lock));
        say("step %d: type %d at %d, %d bytes\n", i, lock.l_type, (int)lock.l_start, (int)lock.l_len);
        lock = (struct flock){F_RDLCK, SEEK_SET, 0, 0, 0};
        MUST(fcntl(files[3], F_OFD_GETLK, &lock));
        say("to read: type %d at %d, %d bytes\n", lock.l_type, (int)lock.l_start, (int)lock.l_len);
    }
}

static void others(void)
{
    char bytes[40];
    SHOW(getrandom(bytes, 8, GRND_RANDOM | GRND_INSECURE));
    SHOW(getrandom(bytes, 8, GRND_NONBLOCK | GRND_INSECURE));
    make_file("/tmp/from", "0123456789");
    int from = MUST(open("/tmp/from", O_RDWR)), to = MUST(open("/tmp/to", O_CREAT | O_RDWR, 0600));
    SHOW(copy_file_range(from, NULL, to, NULL, -1ul, 0));
    SHOW(copy_file_range(from, NULL, to, NULL, 1ul << 62, 0));
    off_t place = 0x7fffffffffffff00;
    SHOW(copy_file_range(from, &place, to, NULL, 0x200, 0));
    SHOW(mknod("/tmp/none/", S_IFREG | 0600, 0));
    SHOW(mknod("/tmp/from/", S_IFREG | 0600, 0));
    SHOW(mknod("/tmp/", S_IFREG | 0600, 0));
    SHOW(mknod("/tmp/none/", S_IFIFO | 0600, 0));
    SHOW(mknod("/tmp/regular", 0600, 0));
    int full = MUST(open("/dev/full", O_WRONLY));
    SHOW(write(full, "", 0));
    SHOW(pwrite(full, "", 0, 0));
    int waiting = 77;
    MUST(lseek(from, 14, SEEK_SET));
    SHOW(ioctl(from, FIONREAD, &waiting));
    SHOW(waiting);
    MUST(lseek(from, 0, SEEK_SET));
    MUST(mkfifo("/tmp/fifo", 0600));
    int fifo = MUST(open("/tmp/fifo", O_RDWR));
    SHOW(posix_fadvise(fifo, 0, 0, POSIX_FADV_NORMAL));
    struct timespec times[2] = {{1, 0}, {1, 0}};
    SHOW(syscall(SYS_utimensat, from, NULL, times, AT_SYMLINK_NOFOLLOW));
    SHOW(syscall(SYS_utimensat, from, NULL, times, 0));
    int list = MUST(epoll_create1(0)), count = MUST(eventfd(0, 0));
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    SHOW(epoll_ctl(list, EPOLL_CTL_ADD, count, &event));
    event.events = EPOLLIN;
    SHOW(epoll_ctl(list, EPOLL_CTL_MOD, count, &event));
    SHOW(epoll_ctl(list, EPOLL_CTL_DEL, count, &event));
    struct rlimit few, now;
    MUST(getrlimit(RLIMIT_NOFILE, &now));
    few = now;
    few.rlim_cur = 0;
    MUST(setrlimit(RLIMIT_NOFILE, &few));
    SHOW(dup(1));
    SHOW(fcntl(1, F_DUPFD, 0));
    SHOW(fcntl(1, F_DUPFD, 1));
    SHOW(dup2(1, 5));
    SHOW(open("/tmp/from", O_RDONLY));
    SHOW(pipe((int *)bytes));
    struct pollfd one = {1, POLLOUT, 0};
    SHOW(poll(&one, 1, 0));
    SHOW(poll(NULL, 0, 0));
    MUST(setrlimit(RLIMIT_NOFILE, &now));
    sbrk(PAGE);
    int maps = MUST(open("/proc/self/maps", O_RDONLY));
    static char text[8192];
    ssize_t length = MUST(read(maps, text, sizeof text - 1));
    text[length] = 0;
    SHOW(strstr(text, " [heap]\n") != NULL);
    SHOW(strstr(text, " [stack]\n") != NULL);
    int lines = MUST(open("/proc/self/status", O_RDONLY));
    length = MUST(read(lines, text, sizeof text - 1));
    text[length] = 0;
    static const char *const wanted[] = {"CapInh:\t", "CapPrm:\t", "CapEff:\t", "CapBnd:\t", "CapAmb:\t", "NoNewPrivs:\t", "Seccomp:\t"};
    for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char *line = strstr(text, wanted[i]);
        say("%.*s\n", line ? (int)strcspn(line, "\n") : 7, line ? line : "nothing");
    }
}

int main(int count, char **arguments)
{
    if (count > 1) {
        say("run as %s\n", arguments[1]);
        return 0;
    }
    written_only();
    barriers();
    owners();
    scripts();
    waits();
    locks();
    others();
    gone();
    capabilities();
    return 0;
}
