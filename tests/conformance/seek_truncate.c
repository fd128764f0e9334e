/* lseek, holes, truncate, pread and pwrite, readv and writev. */
#include "check.h"
#include <sys/uio.h>

static void show_at(int fd, off_t at, int count)
{
    char bytes[32];
    ssize_t n = pread(fd, bytes, count, at);
    say("at %ld: %zd:", (long)at, n);
    for (ssize_t i = 0; i < n; i++)
        say(" %02x", bytes[i]);
    say("\n");
}

int main(void)
{
    enter_folder("seek");
    int fd = MUST(open("sparse", O_CREAT | O_RDWR, 0644));
    SHOW(lseek(fd, 5000000, SEEK_SET));
    SHOW(write(fd, "end", 3));
    SHOW(lseek(fd, 0, SEEK_END));
    show_at(fd, 0, 4);
    show_at(fd, 4999998, 16);
    show_at(fd, 6000000, 4);
    SHOW(lseek(fd, -1, SEEK_SET));
    SHOW(lseek(fd, -6000000, SEEK_CUR));
    SHOW(lseek(fd, 0, 77));
    SHOW(lseek(fd, -3, SEEK_END));
    SHOW(lseek(99, 0, SEEK_SET));
    struct stat status;
    SHOW(fstat(fd, &status));
    SHOW(status.st_size);
    TRUE(status.st_blocks * 512 < 100000);

    SHOW(ftruncate(fd, 10));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pwrite(fd, "abcdefghij", 10, 0));
    SHOW(ftruncate(fd, 4));
    SHOW(ftruncate(fd, 8));
    show_at(fd, 0, 16);
    SHOW(ftruncate(fd, 5000));
    SHOW(pwrite(fd, "x", 1, 4095));
    SHOW(ftruncate(fd, 4090));
    SHOW(ftruncate(fd, 4100));
    show_at(fd, 4088, 12);
    SHOW(ftruncate(fd, -1));
    SHOW(truncate("sparse", 3));
    SHOW(truncate("missing", 3));
    SHOW(truncate("/tmp", 3));
    SHOW(lseek(fd, 0, SEEK_END));
    int read_only = MUST(open("sparse", O_RDONLY));
    SHOW(ftruncate(read_only, 0));

    SHOW(pread(fd, &status, 2, -1));
    SHOW(pwrite(fd, "12345", 5, 2));
    SHOW(lseek(fd, 0, SEEK_CUR));
    char one[3] = {0}, two[8] = {0};
    struct iovec parts[2] = {{one, 2}, {two, 7}};
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(readv(fd, parts, 2));
    say("[%s] [%s]\n", one, two);
    struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cde", 3}};
    SHOW(writev(fd, out, 3));
    SHOW(readv(fd, parts, -1));
    SHOW(writev(fd, out, 2000));
    SHOW(writev(fd, (void *)8, 1));
    SHOW(preadv(fd, parts, 2, 1));
    say("[%s] [%s]\n", one, two);
    SHOW(pwritev(fd, out, 3, 20));
    show_at(fd, 0, 32);
    int ends[2];
    MUST(pipe(ends));
    SHOW(lseek(ends[0], 0, SEEK_SET));
    SHOW(pread(ends[0], one, 1, 0));
    SHOW(ftruncate(ends[1], 0));
    /* Data and holes one after another over page edges. */
    int many = MUST(open("many", O_CREAT | O_RDWR, 0644));
    for (int i = 0; i < 20; i++)
        MUST(pwrite(many, "pattern", 7, i * 8190));
    unsigned sum = 0;
    char byte;
    while (read(many, &byte, 1) == 1)
        sum = sum * 31 + (unsigned char)byte;
    say("sum %08x size %ld\n", sum, (long)lseek(many, 0, SEEK_END));
    return 0;
}
