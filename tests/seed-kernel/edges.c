/* Calls at the edge of what they take: prints the same on Linux and on the seed kernel. Its folder is its own; the memory told
 * in the test is enough for what it touches, not for what it asks for. */
#include "check.h"

#include <sys/mman.h>

enum { MEGABYTE = 1 << 20 };

static char bytes[4096];

static long size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) < 0 ? -1 : (long)status.st_size;
}

/* A count that is below zero as a signed number is more than any memory: EFAULT, whatever the file. */
static void counts(void)
{
    int fd = MUST(open("file", O_CREAT | O_RDWR, 0644)), folder = MUST(open(".", O_RDONLY));
    SHOW(write(fd, "text", 4));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW((long)syscall(SYS_read, fd, bytes, -1L));
    SHOW((long)syscall(SYS_write, fd, bytes, -1L));
    SHOW((long)syscall(SYS_write, 1, bytes, -1L));
    SHOW((long)syscall(SYS_read, folder, bytes, -1L));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, 1000, SEEK_SET));
    SHOW(write(fd, "", 0));
    say("%ld bytes after none were written behind the end\n", size_of("file"));
    SHOW(write(fd, "", 1));
    say("%ld bytes after one\n", size_of("file"));
    close(fd);
    close(folder);
}

static void opens(void)
{
    MUST(mkdir("folder", 0755));
    SHOW(open("folder", O_RDONLY | O_TRUNC));
    SHOW(open("folder", O_RDWR));
    SHOW(open("folder", O_CREAT | O_RDONLY, 0644));
    SHOW(open("folder", O_CREAT | O_EXCL | O_RDONLY, 0644));
    MUST(symlink("target", "soft"));
    SHOW(open("soft", O_CREAT | O_EXCL | O_WRONLY, 0644));
    SHOW(open("soft", O_EXCL | O_WRONLY));
    int fd = MUST(open("soft", O_CREAT | O_WRONLY, 0644));
    SHOW(write(fd, "through a link", 14));
    close(fd);
    fd = MUST(open("soft", O_EXCL | O_WRONLY));
    SHOW(write(fd, "T", 1));
    close(fd);
    say("target %ld\n", size_of("target"));
    SHOW(open("soft", O_CREAT | O_EXCL | O_WRONLY, 0644));
    SHOW(rmdir("/"));
    char name[257];
    memset(name, 'n', 256);
    name[256] = 0;
    SHOW(open(name, O_CREAT | O_WRONLY, 0644));
    name[255] = 0;
    close(MUST(open(name, O_CREAT | O_WRONLY, 0644)));
    SHOW(unlink(name));
    SHOW(open("target/x", O_RDONLY));
    SHOW(open("target/x", O_CREAT | O_WRONLY, 0644));
    SHOW(open("none/x", O_CREAT | O_WRONLY, 0644));
    SHOW(open("folder/none/x", O_CREAT | O_WRONLY, 0644));
    SHOW(mkdir("folder/inner", 0755));
    MUST(symlink("inner", "folder/way"));
    SHOW(mkdir("folder/way/deep", 0755));
    SHOW(rmdir("folder/inner/deep"));
}

/* 40 links are followed, one more is not. */
static void links(void)
{
    char from[16], to[16] = "target";
    for (int i = 1; i <= 41; i++) {
        sprintf(from, "link%d", i);
        MUST(symlink(to, from));
        strcpy(to, from);
    }
    say("40 links: %ld\n", size_of("link40"));
    SHOW(open("link41", O_RDONLY));
    SHOW(open("link41/x", O_RDONLY));
}

static long mapped(unsigned long length)
{
    char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? -1 : 0;
}

/* What is asked for and not touched takes no memory, also when it is given back. */
static void memory(void)
{
    OK(mapped(0));
    OK(mapped(-1UL));
    OK(mapped(-4095UL));
    OK(mapped(-4096UL));
    OK(mapped(-8192UL));
    OK(mapped(1UL << 63));
    char *heap = sbrk(0);
    TRUE(brk(heap + 80 * MEGABYTE) == 0);
    heap[5] = heap[3 * MEGABYTE] = heap[79 * MEGABYTE] = 1;
    TRUE(brk(heap + 1) == 0);
    pid_t child = MUST(fork());
    if (!child)
        _exit(0);
    TRUE(waitpid(child, NULL, 0) == child);
    TRUE(brk(heap + 80 * MEGABYTE) == 0);
    say("a heap that grew again has %d %d %d\n", heap[5], heap[3 * MEGABYTE], heap[79 * MEGABYTE]);
    TRUE(brk(heap) == 0);
}

static void child_of(int status)
{
    if (!MUST(fork()))
        _exit(status);
}

static void waits(void)
{
    siginfo_t info;
    int status = 0;
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    child_of(3);
    memset(&info, 0, sizeof info);
    SHOW(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
    say("signal %d code %d status %d\n", info.si_signo, info.si_code, info.si_status);
    SHOW(waitid(P_ALL, 0, &info, 0));
    SHOW(waitid(P_ALL, 0, &info, WNOHANG));
    SHOW(waitid(P_ALL, 0, &info, WEXITED | 0x100));
    SHOW(waitid(P_ALL, 0, &info, WSTOPPED));
    SHOW(waitid(P_ALL, 0, &info, WCONTINUED | WNOHANG));
    SHOW(waitid(7, 1, &info, WEXITED));
    SHOW(waitid(P_PID, 0, &info, WEXITED));
    SHOW(waitid(P_PID, -1, &info, WEXITED));
    SHOW(waitid(P_PID, 1 << 30, &info, WEXITED));
    SHOW((long)syscall(SYS_wait4, -1, &status, 0x100, NULL));
    SHOW((long)syscall(SYS_wait4, -(1 << 29), &status, 0, NULL));
    TRUE(waitid(P_ALL, 0, NULL, WEXITED | WNOHANG) == 0);
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    child_of(4);
    SHOW((long)syscall(SYS_wait4, -1, (void *)16, 0, NULL)); /* it is waited for, and its status lost */
    SHOW((long)syscall(SYS_wait4, -1, &status, 0, NULL));
}

int main(void)
{
    counts();
    opens();
    links();
    memory();
    waits();
    return 42;
}
