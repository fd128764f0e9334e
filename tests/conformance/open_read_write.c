/* open, read, write, close: flags, offsets, and each error. */
#include "check.h"
#include <sys/uio.h>

int main(void)
{
    enter_folder("open");
    char buffer[64] = {0};
    SHOW(open("missing", O_RDONLY));
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_EXCL, 0644));
    SHOW(open("file", O_CREAT | O_RDWR | O_EXCL, 0644));
    SHOW(write(fd, "hello world\n", 12));
    SHOW(read(fd, buffer, 64));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(read(fd, buffer, 5));
    say("[%s]\n", buffer);
    SHOW(read(fd, buffer, 0));
    SHOW(write(fd, buffer, 0));
    SHOW(close(fd));
    SHOW(close(fd));
    SHOW(read(fd, buffer, 1));
    SHOW(write(fd, buffer, 1));
    SHOW(read(-1, buffer, 1));
    SHOW(read(100000, buffer, 1));

    fd = MUST(open("file", O_RDONLY));
    SHOW(write(fd, "x", 1));
    SHOW(read(fd, (void *)8, 4));
    SHOW(read(fd, (void *)-4096, 4));
    SHOW(lseek(fd, 0, SEEK_CUR));
    /* More than any program's memory: a fault, wherever the bytes would come from. */
    SHOW(read(fd, buffer, (size_t)-1));
    SHOW(pread(fd, buffer, (size_t)-1, 0));
    SHOW(write(fd, buffer, (size_t)-1));
    SHOW(close(fd));
    fd = MUST(open("/dev/null", O_RDWR));
    SHOW(read(fd, buffer, (size_t)-1));
    SHOW(write(fd, buffer, (size_t)-1));
    struct iovec vector[2] = {{buffer, (size_t)-1 >> 1}, {buffer, 1}};
    SHOW(writev(fd, vector, 2));
    vector[1].iov_len = (size_t)-1;
    SHOW(writev(fd, vector, 2));
    SHOW(close(fd));
    fd = MUST(open("file", O_WRONLY));
    SHOW(read(fd, buffer, 1));
    SHOW(write(fd, (void *)8, 4));
    SHOW(close(fd));

    fd = MUST(open("file", O_WRONLY | O_APPEND));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(write(fd, "more\n", 5));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(close(fd));
    show_file("file");
    fd = MUST(open("file", O_WRONLY | O_TRUNC));
    SHOW(close(fd));
    show_file("file");

    MUST(mkdir("folder", 0755));
    SHOW(open("folder", O_WRONLY));
    SHOW(open("folder", O_RDWR));
    SHOW(open("folder", O_RDONLY | O_TRUNC));
    SHOW(open("folder", O_RDONLY | O_TRUNC | O_DIRECTORY));
    fd = MUST(open("folder", O_RDONLY));
    SHOW(read(fd, buffer, 1));
    SHOW(read(fd, buffer, (size_t)-1));
    SHOW(close(fd));
    SHOW(open("file", O_RDONLY | O_DIRECTORY));
    SHOW(open("file/under", O_RDONLY));
    SHOW(open("file/", O_RDONLY));
    SHOW(open("folder/none/file", O_CREAT | O_WRONLY, 0644));
    SHOW(open("", O_RDONLY));
    SHOW(open((char *)8, O_RDONLY));
    char name[5000];
    memset(name, 'n', sizeof name);
    name[300] = 0;
    SHOW(open(name, O_CREAT | O_WRONLY, 0644));
    name[300] = 'n';
    name[4999] = 0;
    SHOW(open(name, O_CREAT | O_WRONLY, 0644));
    name[255] = 0;
    fd = OK(open(name, O_CREAT | O_WRONLY, 0644));
    SHOW(close(fd));
    /* The lowest free number is taken. */
    int low = MUST(open("file", O_RDONLY)), next = MUST(open("file", O_RDONLY));
    close(low);
    TRUE(open("folder/./../file", O_RDONLY) == low);
    close(next);
    OK(creat("made", 0600));
    return 0;
}
