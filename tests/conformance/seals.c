/* Seals of memfd_create's files: which there are, what they keep from being done. */
#include "check.h"
#include <sys/mman.h>
#include <sys/sendfile.h>

static char bytes[10000];

/* A file of 5,000 bytes with these seals. */
static int sealed(int seals)
{
    int fd = MUST(memfd_create("sealed", MFD_ALLOW_SEALING));
    MUST(ftruncate(fd, 5000));
    MUST(fcntl(fd, F_ADD_SEALS, seals));
    return fd;
}

static void *map(int fd, int protection, int flags) { return mmap(NULL, 4096, protection, flags, fd, 0); }

/* What each seal does to each change. */
static void effects(const char *name, int seals)
{
    int fd = sealed(seals);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    say("-- %s\n", name);
    SHOW(fcntl(fd, F_GET_SEALS));
    SHOW(pwrite(fd, bytes, 1, 0));
    SHOW(pwrite(fd, bytes, 0, 0));
    SHOW(pwrite(fd, bytes, 1, 4999));
    SHOW(pwrite(fd, bytes, 2, 4999));
    SHOW(pwrite(fd, bytes, 10000, 0));
    SHOW(pwrite(fd, bytes, 6000, 4096));
    SHOW(lseek(fd, 4999, SEEK_SET));
    SHOW(write(fd, bytes, 1));
    SHOW(write(fd, bytes, 1));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(ftruncate(fd, 5000));
    SHOW(ftruncate(fd, 4000));
    SHOW(ftruncate(fd, 8000));
    SHOW(truncate(path, 9000));
    SHOW(fallocate(fd, 0, 0, 100));
    SHOW(fallocate(fd, 0, 0, 20000));
    SHOW(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 40000));
    OK(map(fd, PROT_READ, MAP_SHARED));
    OK(map(fd, PROT_READ | PROT_WRITE, MAP_SHARED));
    OK(map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE));
    void *area = map(fd, PROT_READ, MAP_SHARED);
    if (area != MAP_FAILED)
        SHOW(mprotect(area, 4096, PROT_READ | PROT_WRITE));
    OK(open(path, O_RDONLY));
    int reader = MUST(open(path, O_RDONLY));
    OK(map(reader, PROT_READ, MAP_SHARED));
    OK(map(reader, PROT_READ | PROT_WRITE, MAP_SHARED));
    SHOW(fcntl(reader, F_ADD_SEALS, F_SEAL_SEAL));
    SHOW(fcntl(reader, F_GET_SEALS));
    OK(open(path, O_RDWR | O_TRUNC));
    int source = MUST(memfd_create("source", 0));
    MUST(write(source, bytes, 100));
    SHOW(sendfile(fd, source, &(off_t){0}, 100) >= 0);
    SHOW(lseek(fd, 0, SEEK_END) > 0);
}

int main(void)
{
    enter_folder("seals");
    int fd = MUST(memfd_create("plain", 0)), ends[2];
    SHOW(fcntl(fd, F_GET_SEALS));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    fd = MUST(memfd_create("free", MFD_ALLOW_SEALING));
    SHOW(fcntl(fd, F_GET_SEALS));
    SHOW(fcntl(fd, F_ADD_SEALS, 0));
    SHOW(fcntl(fd, F_ADD_SEALS, 64));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | 0x80000000));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | 1l << 32));
    SHOW(fcntl(fd, F_GET_SEALS));
    SHOW(write(fd, "in place", 8));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    SHOW(write(fd, "x", 1));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL));
    SHOW(fcntl(fd, F_GET_SEALS));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    SHOW(fcntl(fd, F_ADD_SEALS, 64));
    /* A mapping that may be written keeps a file from that seal, until it is gone. */
    fd = sealed(0);
    char *area = map(fd, PROT_READ, MAP_SHARED);
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
    SHOW(mprotect(area, 4096, PROT_READ | PROT_WRITE));
    area[0] = 'x';
    SHOW(pwrite(fd, "y", 1, 0));
    SHOW(area[0]);
    CHILD("a child has it too", SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)));
    MUST(munmap(area, 4096));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    effects("none", 0);
    effects("shrink", F_SEAL_SHRINK);
    effects("grow", F_SEAL_GROW);
    effects("write", F_SEAL_WRITE);
    effects("future write", F_SEAL_FUTURE_WRITE);
    effects("all", F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE);
    MUST(pipe(ends));
    SHOW(fcntl(ends[0], F_GET_SEALS));
    SHOW(fcntl(ends[0], F_ADD_SEALS, F_SEAL_GROW));
    SHOW(fcntl(ends[1], F_ADD_SEALS, F_SEAL_GROW));
    SHOW(fcntl(ends[1], F_ADD_SEALS, 64));
    SHOW(fcntl(MUST(open("/dev/null", O_RDWR)), F_GET_SEALS));
    SHOW(fcntl(MUST(open(".", O_RDONLY)), F_GET_SEALS));
    SHOW(fcntl(MUST(open(".", O_PATH)), F_GET_SEALS));
    SHOW(fcntl(99, F_GET_SEALS));
    make_file("file", "a file");
    SHOW(fcntl(MUST(open("file", O_RDWR)), F_GET_SEALS));
    SHOW(fcntl(MUST(open("file", O_RDWR)), F_ADD_SEALS, F_SEAL_GROW));
    SHOW(fcntl(MUST(open("file", O_RDONLY)), F_ADD_SEALS, F_SEAL_GROW));
    return 0;
}
