/* Holes that fallocate makes: what is left of the file, of mappings that show it, and who may not. */
#include "check.h"
#include <limits.h>
#include <sys/mman.h>

enum { PAGE = 4096, SIZE = 5 * PAGE + 100, PUNCH = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE };

static char bytes[SIZE];

/* Five pages and a bit of x. */
static int filled(const char *name)
{
    int fd = MUST(name ? open(name, O_CREAT | O_RDWR | O_TRUNC, 0644) : memfd_create("holes", MFD_ALLOW_SEALING));
    memset(bytes, 'x', SIZE);
    MUST(pwrite(fd, bytes, SIZE, 0));
    return fd;
}

/* Size, blocks, where bytes begin and end to be zero, where holes are. */
static void look(int fd)
{
    struct stat stat;
    MUST(fstat(fd, &stat));
    say("  size %ld blocks %ld;", (long)stat.st_size, (long)stat.st_blocks);
    static char now[2 * SIZE];
    long length = pread(fd, now, sizeof now, 0);
    for (long at = 0; at < length; at++)
        if (at == 0 || !now[at] != !now[at - 1])
            say(" %s at %ld", now[at] ? "x" : "zeros", at);
    say("; data");
    for (off_t at = 0; (at = lseek(fd, at, SEEK_DATA)) >= 0;) {
        say(" %ld", (long)at);
        if ((at = lseek(fd, at, SEEK_HOLE)) < 0)
            break;
        say("-%ld", (long)at);
    }
    say("\n");
}

static void ranges(const char *name)
{
    static const long range[][2] = {
        {0, 1},           {0, PAGE},         {100, 100},           {PAGE - 1, 2},        {1, 2 * PAGE},
        {PAGE, 3 * PAGE}, {4095, 8194},      {5 * PAGE, 100},      {5 * PAGE, PAGE},     {5 * PAGE + 50, 10},
        {SIZE, 1},        {SIZE - 1, 1},     {7 * PAGE, PAGE},     {0, SIZE},            {0, LONG_MAX},
        {50, LONG_MAX - 50}, {2 * PAGE, LONG_MAX - 2 * PAGE}, {LONG_MAX - 1, 1},
    };
    for (unsigned i = 0; i < sizeof range / sizeof *range; i++) {
        int fd = filled(name);
        say("%ld+%ld: %d\n", range[i][0], range[i][1], fallocate(fd, PUNCH, range[i][0], range[i][1]));
        look(fd);
        MUST(ftruncate(fd, SIZE + PAGE));
        look(fd);
        MUST(pwrite(fd, "y", 1, PAGE));
        look(fd);
        close(fd);
    }
}

/* Holes far apart, and one that takes them all. */
static void far(void)
{
    int fd = MUST(open("far", O_CREAT | O_RDWR, 0644));
    for (int i = 0; i < 6; i++)
        MUST(pwrite(fd, "x", 1, (long)i << 30));
    SHOW(fallocate(fd, PUNCH, 1 << 30, 1));
    SHOW(lseek(fd, PAGE, SEEK_DATA));
    SHOW(fallocate(fd, PUNCH, (1 << 30) - PAGE, 1l << 31));
    SHOW(lseek(fd, PAGE, SEEK_DATA));
    SHOW(lseek(fd, (3l << 30) + PAGE, SEEK_DATA));
    MUST(pwrite(fd, "z", 1, 2l << 30));
    SHOW(lseek(fd, PAGE, SEEK_DATA));
    SHOW(fallocate(fd, PUNCH, 0, LONG_MAX));
    look(fd);
    close(fd);
}

static void mapped(void)
{
    int fd = filled("mapped");
    char *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *second = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 2 * PAGE);
    char *own = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    for (int page = 0; page < 6; page++)
        own[page * PAGE + 10] = 'o';
    for (int page = 0; page < 6; page++)
        shared[page * PAGE + 10] = 's';
    say("second: %c\n", second[10]);
    SHOW(fallocate(fd, PUNCH, PAGE + 5, 2 * PAGE));
    look(fd);
    for (int page = 0; page < 6; page++)
        say("page %d: %d %d %d, own %d\n", page, shared[page * PAGE], shared[page * PAGE + 10], shared[page * PAGE + 4095], own[page * PAGE + 10]);
    say("second: %d\n", second[10]);
    shared[2 * PAGE + 20] = 't';
    say("second: %d %d\n", second[10], second[20]);
    look(fd);
    pid_t child = fork();
    if (child == 0) {
        fallocate(fd, PUNCH, 0, 3 * PAGE);
        shared[1] = 'c';
        _exit(0);
    }
    waitpid(child, NULL, 0);
    say("after the child: %d %d %d\n", shared[0], shared[1], second[20]);
    look(fd);
    close(fd);
}

static void refused(void)
{
    int fd = filled("refused"), reader = MUST(open("refused", O_RDONLY)), path = MUST(open("refused", O_PATH));
    SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
    SHOW(fallocate(fd, PUNCH, 0, 0));
    SHOW(fallocate(fd, PUNCH, -1, 10));
    SHOW(fallocate(fd, PUNCH, 0, -1));
    SHOW(fallocate(fd, PUNCH, LONG_MAX, 1));
    SHOW(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 10));
    SHOW(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, 10));
    SHOW(fallocate(fd, FALLOC_FL_ZERO_RANGE | PUNCH, 0, 10));
    SHOW(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE | PUNCH, 0, 10));
    SHOW(fallocate(reader, PUNCH, 0, 10));
    SHOW(fallocate(path, PUNCH, 0, 10));
    SHOW(fallocate(-1, PUNCH, 0, 10));
    look(fd);
    static const struct { const char *name; int seals; } sealed[] = {
        {"write", F_SEAL_WRITE}, {"future", F_SEAL_FUTURE_WRITE}, {"grow", F_SEAL_GROW}, {"shrink", F_SEAL_SHRINK}, {"seal", F_SEAL_SEAL}};
    for (int i = 0; i < 5; i++) {
        int memory = filled(NULL);
        MUST(fcntl(memory, F_ADD_SEALS, sealed[i].seals));
        say("%s\n", sealed[i].name);
        SHOW(fallocate(memory, PUNCH, 10, PAGE));
        SHOW(fallocate(memory, FALLOC_FL_ZERO_RANGE, 10, PAGE));
        SHOW(fallocate(memory, PUNCH, 10 * PAGE, PAGE));
        look(memory);
        close(memory);
    }
}

/* Small transfers before and after: what a read and a write know of a place does not outlive a hole there. */
static void small(void)
{
    int fd = filled("small"), other = MUST(open("small", O_RDWR));
    char byte;
    MUST(read(other, &byte, 1));
    MUST(write(fd, "a", 1));
    MUST(write(fd, "b", 1));
    SHOW(fallocate(other, PUNCH, 0, PAGE));
    MUST(write(fd, "c", 1));
    MUST(read(other, &byte, 1));
    say("%d\n", byte);
    MUST(pread(other, bytes, 4, SIZE - 4));
    look(fd);
    struct stat stat;
    MUST(futimens(fd, (struct timespec[2]){{5, 0}, {5, 0}}));
    SHOW(fallocate(fd, PUNCH, 10 * PAGE, 1));
    MUST(fstat(fd, &stat));
    say("time new: %d %d\n", stat.st_atim.tv_sec != 5, stat.st_mtim.tv_sec != 5);
    MUST(fchmod(fd, 06755));
    MUST(fchown(fd, 1000, 1000));
    MUST(fchmod(fd, 06755));
    MUST(setresuid(1000, 1000, 1000));
    SHOW(fallocate(fd, PUNCH, 0, 10));
    MUST(fstat(fd, &stat));
    say("mode %o\n", stat.st_mode);
}

int main(void)
{
    ranges("file");
    ranges(NULL);
    far();
    mapped();
    refused();
    small();
    return 0;
}
