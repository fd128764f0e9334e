/* Bytes one at a time, which a kernel may answer by a short way, in between all that moves, cuts, copies, appends to or
   maps the file. Eight thousand steps; a line for each twentieth, with a hash of all that was seen. */
#include "check.h"
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

enum { STEPS = 1000, SEEDS = 8, LARGEST = 12000 };

static unsigned long long state;
static char pattern[LARGEST], buffer[LARGEST];
static unsigned seen;

static unsigned next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> 32;
}

static void see(long value) { seen = seen * 31 + value; }

static void see_bytes(long count)
{
    for (long i = 0; i < count; i++)
        see(buffer[i]);
}

static void see_result(long result) { see(result < 0 ? -errno : result); }

static void bytes(int file, int writes, int count, char byte)
{
    for (int i = 0; i < count; i++) {
        char got = byte + i;
        see_result(writes ? write(file, &got, 1) : read(file, &got, 1));
        see(got);
    }
}

static void in_child(int file, char byte)
{
    pid_t child = MUST(fork());
    if (!child) {
        bytes(file, 1, 5, byte);
        bytes(file, 0, 5, byte);
        _exit(0);
    }
    MUST(waitpid(child, 0, 0));
}

/* Private, so that what it shows of later writes is open: it is only touched. */
static void map_and_touch(int file)
{
    char *page = (char *)MUST(mmap(0, 4096, PROT_READ, MAP_PRIVATE, file, 0));
    struct stat status;
    MUST(fstat(file, &status));
    if (status.st_size > 0)
        see(*(volatile char *)page * 0);
    bytes(file, 1, 3, 'm');
    MUST(munmap(page, 4096));
}

static int same_file(int one, int other)
{
    struct stat first, second;
    MUST(fstat(one, &first));
    MUST(fstat(other, &second));
    return first.st_ino == second.st_ino;
}

static void step(int file, int other)
{
    unsigned what = next() % 36;
    char byte = next();
    off_t from = next() % 9000, to = next() % 9000;
    struct stat status;
    if (what < 16)
        bytes(file, what % 2, next() % 20 + 1, byte);
    switch (what) {
    case 16: see_result(ftruncate(file, next() % LARGEST)); break;
    case 17: see_result(truncate("one", next() % LARGEST)); break;
    case 18: see_result(rename("one", "three") + rename("three", "one")); break;
    case 19: see_result(lseek(file, from, SEEK_SET)); break;
    case 20: see_result(lseek(file, -(long)(next() % 30), SEEK_CUR)); break;
    case 21: see_result(lseek(file, 0, SEEK_END)); break;
    case 22: see_bytes(read(file, buffer, next() % 700)); break;
    case 23: see_result(write(file, pattern + next() % 1000, next() % 700)); break;
    case 24: see_result(pwrite(file, &byte, 1, from)); break;
    case 25: see_bytes(pread(file, buffer, 1, from)); break;
    case 26: MUST(fstat(file, &status)); see(status.st_size); break;
    /* Within one file ranges may overlap, and then it is open what the copy has. */
    case 27: if (!same_file(file, other)) see_result(sendfile(other, file, byte & 1 ? &from : 0, next() % 6000)); see(from); break;
    case 28: see_result(copy_file_range(file, &from, other, &to, next() % 6000, 0)); see(from + to); break;
    case 29: {
        struct iovec vector[3] = {{buffer, next() % 50}, {buffer + 20, next() % 50}, {buffer + 10, next() % 5000}};
        memset(buffer, 0, 6000);
        see_result(readv(file, vector, 3));
        see_bytes(6000);
        break;
    }
    case 30: {
        struct iovec vector[3] = {{pattern, next() % 50}, {pattern + 20, next() % 50}, {pattern + 10, 1}};
        see_result(writev(file, vector, 3));
        break;
    }
    case 31: see_result(fcntl(file, F_SETFL, byte & 1 ? O_APPEND : 0)); break;
    case 32: in_child(file, byte); break;
    case 33: {
        int old = MUST(open("one", O_RDONLY));
        MUST(unlink("one"));
        int new = MUST(open("one", O_CREAT | O_RDWR, 0644));
        see_result(sendfile(new, old, 0, 20000));
        MUST(close(old));
        MUST(close(new));
        break;
    }
    case 34: see_result(dup2(file, other)); break;
    case 35: if (fcntl(file, F_GETFL) & O_RDWR) map_and_touch(file); break;
    }
}

int main(void)
{
    enter_folder("small_transfers");
    for (int i = 0; i < LARGEST; i++)
        pattern[i] = i * 7 + i / 251;
    for (int seed = 1; seed <= SEEDS; seed++) {
        int files[6];
        state = seed * 0x9e3779b97f4a7c15ull;
        for (int i = 0; i < 2; i++) {
            int file = MUST(open(i ? "two" : "one", O_CREAT | O_WRONLY | O_TRUNC, 0644));
            MUST(write(file, pattern, next() % 9000));
            MUST(close(file));
        }
        for (int i = 0; i < 6; i++)
            files[i] = MUST(open(i % 3 == 2 ? "two" : "one", i == 0 ? O_RDONLY : i > 3 ? O_RDWR | O_APPEND : O_RDWR));
        for (int i = 0; i < STEPS; i++) {
            step(files[next() % 6], files[next() % 6]);
            if (i % 20 == 0)
                say("%d %d: %08x\n", seed, i, seen);
        }
        for (int i = 0; i < 6; i++)
            MUST(close(files[i]));
    }
    return 0;
}
