/* What qemu/bench measures: as process 1, a series of loops between marks that the plugin reads.
 * Mark 0 is this program's first instruction; mark 2k - 1 begins loop k, mark 2k ends it.
 * The order and the counts are known to qemu/bench: the list is printed first. */
#include "check.h"
#include <sys/mman.h>

/* The entry point: the very first instruction is the mark. */
__asm__(".global bench_start\nbench_start: hint #96\n b _start\n");

#define MARK(n) __asm__ volatile("hint #%0" ::"i"(96 + (n)) : "memory")

/* LOOP(k, count, name, body): announces and runs one measurement. */
#define LOOP(k, count, name, ...)                     \
    do {                                              \
        say("loop %d %d %s\n", k, count, name);       \
        MARK(2 * (k)-1);                              \
        for (int i_ = 0; i_ < (count); i_++) {        \
            __VA_ARGS__;                              \
        }                                             \
        MARK(2 * (k));                                \
    } while (0)

static char block[65536];

int main(void)
{
    char byte = 0;
    mkdir("/tmp", 01777);
    int fd = MUST(open("/tmp/bytes", O_CREAT | O_RDWR, 0644));
    MUST(write(fd, block, sizeof block));
    for (int i = 0; i < 4; i++)
        MUST(write(fd, block, sizeof block));
    /* Everything once before it counts: pages are there, paths are warm. */
    lseek(fd, 0, SEEK_SET);
    read(fd, &byte, 1);
    memset(block, 1, sizeof block);

    LOOP(1, 20000, "getpid", syscall(SYS_getpid));
    lseek(fd, 0, SEEK_SET);
    LOOP(2, 20000, "read of one byte", read(fd, &byte, 1));
    lseek(fd, 0, SEEK_SET);
    LOOP(3, 20000, "write of one byte", write(fd, &byte, 1));
    LOOP(4, 200, "read of 64 KiB", pread(fd, block, sizeof block, 0));
    LOOP(5, 200, "write of 64 KiB", pwrite(fd, block, sizeof block, 0));
    char *pages = mmap(NULL, 4000 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(pages, 4000 * 4096, MADV_NOHUGEPAGE); /* the same work on both: one page at a time */
    LOOP(6, 4000, "page fault, fresh page", ((volatile char *)pages)[i_ * 4096l] = 1);
    munmap(pages, 4000 * 4096);
    char *end = sbrk(0);
    LOOP(7, 20000, "brk by one byte", syscall(SYS_brk, ++end));
    LOOP(8, 100, "fork, exit, wait", {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
    });
    LOOP(9, 100, "fork, exec, exit, wait", {
        pid_t child = fork();
        if (child == 0) {
            execl("/small", "small", NULL);
            _exit(1);
        }
        waitpid(child, NULL, 0);
    });
    int ends[2];
    MUST(pipe(ends));
    LOOP(10, 10000, "byte through a pipe", write(ends[1], &byte, 1); read(ends[0], &byte, 1));
    say("done\n");
    return 0;
}
