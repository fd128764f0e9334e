/* Arguments that nobody means: ints with something in their upper half, sizes and flags at the ends of their range, and each
 * kind of descriptor where another is meant. */
#include "check.h"
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define COUNT 14
static const long values[COUNT] = {0,          1,           -1, 2, 3, 4096, 0x7fffffff, 0x80000000, 0xffffffff,
                                   1l << 32, ~(1ul << 63), 1ul << 63, -4096, 1l << 47};
static const char *const value_names[COUNT] = {"0",    "1",    "-1",     "2",      "3",     "4096", "2^31-1",
                                               "2^31", "2^32-1", "2^32", "2^63-1", "-2^63", "-4096", "2^47"};
static const char *const file_names[COUNT] = {"none", "file", "to read", "to write", "folder", "path", "null",
                                              "zero", "pipe", "its other end", "socket", "event", "memory", "99"};
static int files[COUNT];
static char page[8192];

/* VALUES(text, call): the call for each value v; FILES: for each descriptor fd. 0 stands for all that is not -1. */
#define VALUES(text, ...) SHOW_EACH(text, COUNT, value_names, long v = values[i], (__VA_ARGS__) == -1 ? -1 : 0)
#define FILES(text, ...) SHOW_EACH(text, COUNT, file_names, int fd = files[i], (__VA_ARGS__) == -1 ? -1 : 0)
#define CALL(name, ...) syscall(SYS_##name, __VA_ARGS__)

static void open_all(void)
{
    int pair[2];
    make_file("file", "some bytes");
    files[0] = -1;
    files[1] = MUST(open("file", O_RDWR));
    files[2] = MUST(open("file", O_RDONLY));
    files[3] = MUST(open("file", O_WRONLY));
    files[4] = MUST(open(".", O_RDONLY));
    files[5] = MUST(open("file", O_PATH));
    files[6] = MUST(open("/dev/null", O_RDWR));
    files[7] = MUST(open("/dev/zero", O_RDWR));
    MUST(pipe2(pair, O_NONBLOCK));
    files[8] = pair[0];
    files[9] = pair[1];
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    files[10] = pair[0];
    files[11] = MUST(eventfd(0, EFD_NONBLOCK));
    files[12] = MUST(memfd_create("memory", 0));
    files[13] = 99;
}

static void transfers(void)
{
    struct iovec part = {page, 2};
    FILES("write of nothing", CALL(write, fd, page, 0l));
    FILES("pread at the last byte", CALL(pread64, fd, page, 4, ~(1ul << 63)));
    FILES("pwrite at the last byte", CALL(pwrite64, fd, page, 4, ~(1ul << 63)));
    FILES("pwrite before it", CALL(pwrite64, fd, page, 4, ~(1ul << 63) - 1));
    FILES("to the end", CALL(lseek, fd, 0l, SEEK_END));
    FILES("to data", CALL(lseek, fd, 0l, SEEK_DATA));
    FILES("to a hole", CALL(lseek, fd, 0l, SEEK_HOLE));
    FILES("RWF_HIPRI", CALL(preadv2, fd, &part, 1, 0l, 0l, 1));
    FILES("RWF_DSYNC", CALL(pwritev2, fd, &part, 1, 0l, 0l, 2));
    FILES("RWF_SYNC", CALL(pwritev2, fd, &part, 1, 0l, 0l, 4));
    VALUES("preadv2's flags", CALL(preadv2, files[1], &part, 1, 0l, 0l, v & ~0x18l));
    FILES("RWF_ of none", CALL(preadv2, fd, &part, 1, 0l, 0l, 1 << 20));
    VALUES("readv's count", CALL(readv, files[1], page, v));
    VALUES("writev's count", CALL(writev, files[1], page, v));
    FILES("flock without a kind", CALL(flock, fd, 0));
    FILES("flock of two kinds", CALL(flock, fd, 3));
    FILES("LOCK_MAND", CALL(flock, fd, LOCK_SH | 32));
    for (int mode = 4; mode <= 256; mode *= 2) {
        say("mode %d\n", mode);
        if (mode != 4)
            FILES("fallocate", mode == 64 && fd == files[12] ? 0 : CALL(fallocate, fd, mode, 0l, 10l));
        FILES("with KEEP_SIZE", CALL(fallocate, fd, mode | 1, 0l, 10l));
    }
    FILES("fallocate, a hole without KEEP_SIZE", CALL(fallocate, fd, 2, 0l, 10l));
    VALUES("F_SETPIPE_SZ", v > 1l << 31 || v <= 4096 ? CALL(fcntl, files[9], F_SETPIPE_SZ, v) : 0);
    VALUES("close_range's flags", CALL(close_range, 90, 91, v & ~2l));
    VALUES("unlinkat's flags", CALL(unlinkat, AT_FDCWD, "none", v));
    VALUES("ppoll's count", v < 0 || v > 4095 ? CALL(ppoll, page, v, ((long[2]){0, 0}), 0, 8) : 0);
    SHOW(symlinkat("", AT_FDCWD, "file/x"));
}

static void memory(void)
{
    char *area = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    VALUES("mmap's protection", ({
               void *at = mmap(NULL, 4096, v, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
               at == MAP_FAILED ? -1 : munmap(at, 4096);
           }));
    VALUES("mmap's flags, without a file", CALL(mmap, 0, 4096, 1, v & ~0x100030l, -1, 0));
    VALUES("mmap's length, without a file", CALL(mmap, 0, v, 1, MAP_PRIVATE, -1, 0));
    SHOW(mmap(NULL, 4096, PROT_READ, 3 | 0x80000, files[1], 0) == MAP_FAILED ? errno : 0); /* MAP_SYNC */
    VALUES("madvise's advice", CALL(madvise, area, 4096, v));
    for (int advice = 12; advice < 18; advice++)
        SHOW(madvise(area, 4096, advice));
    SHOW(madvise(area, 4096, 24)); /* MADV_DONTNEED_LOCKED */
    VALUES("msync's flags", CALL(msync, area, 4096, v));
    VALUES("mlock's length", v < 1 || v > 1l << 40 ? CALL(mlock, area, v) : 0);
    VALUES("munlock's length", CALL(munlock, area, v));
    SHOW(mlock(area + 4095, 2));
    SHOW(munlock(area + 1, 4096));
    VALUES("mlock2's flags", CALL(mlock2, area, 4096, v));
    VALUES("mlockall's flags", v == 1 || v == 3 ? 0 : CALL(mlockall, v));
    munlockall();
    VALUES("mremap's new length", v > 0 && v < 4096 ? 0 : CALL(mremap, area, 4096, v, 0, 0) == -1 ? -1 : 0);
}

static void processes(void)
{
    VALUES("setpgid's process", v == 1 || v == 2 || v == 3 ? 0 : CALL(setpgid, v, 0));
    VALUES("setpgid's group", v == 1 || v == 2 || v == 3 ? 0 : CALL(setpgid, 0, v));
    VALUES("sched_getaffinity's size", CALL(sched_getaffinity, 0, v, page));
    VALUES("PR_GET_NO_NEW_PRIVS", CALL(prctl, PR_GET_NO_NEW_PRIVS, v, 0, 0, 0));
}

int main(void)
{
    enter_folder("wild_arguments");
    open_all();
    transfers();
    memory();
    processes();
    return 0;
}
