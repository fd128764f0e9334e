/* Files without a name: O_TMPFILE, memfd_create, and the names that they get; /dev/shm. */
#include "check.h"
#include <sys/mman.h>

#define TMPFILE (O_TMPFILE & ~O_DIRECTORY)

static void show(int fd)
{
    char text[300] = {0}, path[64];
    struct stat status;
    MUST(fstat(fd, &status));
    say("mode %o, %ld names, %ld bytes\n", status.st_mode, (long)status.st_nlink, (long)status.st_size);
    MUST(lseek(fd, 0, SEEK_SET));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    MUST(readlink(path, text, sizeof text - 1));
    say("a link that ends in (deleted): %s\n", strstr(text, " (deleted)") ? "yes" : "no");
}

int main(void)
{
    enter_folder("unnamed");
    umask(027);
    make_file("file", "a file");
    SHOW(open(".", O_TMPFILE | O_RDONLY, 0666));
    SHOW(open(".", O_TMPFILE | O_RDWR | O_CREAT, 0666));
    SHOW(open(".", TMPFILE | O_RDWR, 0666));
    SHOW(open("file", O_TMPFILE | O_RDWR, 0666));
    SHOW(open("none", O_TMPFILE | O_RDWR, 0666));
    SHOW(open("/proc", O_TMPFILE | O_RDWR, 0666));
    int fd = MUST(open(".", O_TMPFILE | O_RDWR, 0666)), place;
    MUST(write(fd, "bytes", 5));
    show(fd);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    SHOW(linkat(AT_FDCWD, path, AT_FDCWD, "file", AT_SYMLINK_FOLLOW));
    SHOW(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    show_file("named");
    SHOW(linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH));
    struct stat status;
    MUST(fstat(fd, &status));
    SHOW(status.st_nlink);
    SHOW(unlink("named"));
    SHOW(unlink("again"));
    SHOW(linkat(fd, "", AT_FDCWD, "after that", AT_EMPTY_PATH));
    close(fd);
    fd = MUST(open(".", O_TMPFILE | O_WRONLY | O_EXCL, 0600));
    SHOW(linkat(fd, "", AT_FDCWD, "exclusive", AT_EMPTY_PATH));
    SHOW(read(fd, path, 1));
    close(fd);
    fd = MUST(open(".", O_TMPFILE | O_RDWR, 0600));
    SHOW(linkat(fd, "", AT_FDCWD, "by descriptor", AT_EMPTY_PATH));
    close(fd);
    SHOW(access("by descriptor", F_OK));

    SHOW(memfd_create("name", 64));
    SHOW(memfd_create((char *)8, 0));
    char name[300];
    memset(name, 'n', sizeof name);
    name[250] = 0;
    SHOW(memfd_create(name, 0));
    name[249] = 0;
    fd = MUST(memfd_create(name, 0));
    SHOW(close(fd));
    fd = MUST(memfd_create("memory/name", MFD_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_GETFL) & O_ACCMODE);
    MUST(ftruncate(fd, 5000));
    show(fd);
    char *at = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), text[300] = {0};
    strcpy(at, "by memory");
    MUST(pread(fd, text, 9, 0));
    say("%s\n", text);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    memset(text, 0, sizeof text);
    MUST(readlink(path, text, sizeof text - 1));
    say("%s\n", text);
    SHOW(linkat(fd, "", AT_FDCWD, "memory", AT_EMPTY_PATH));
    place = MUST(open(path, O_RDONLY));
    MUST(read(place, text, 9));
    say("opened anew: %.9s\n", text);
    CHILD("a child's", strcpy(at, "the child"));
    say("%s\n", at);
    return 0;
}
