/* What says that data should be safe, near or far: on files, folders, pipes, devices and places; statfs. */
#include "check.h"
#include <limits.h>
#include <sys/statfs.h>

int main(void)
{
    enter_folder("advice");
    int ends[2];
    MUST(pipe(ends));
    int fds[] = {MUST(open("file", O_CREAT | O_RDWR, 0644)), MUST(open("file", O_WRONLY)), MUST(open(".", O_RDONLY)),
                 MUST(open("file", O_PATH)),                 ends[0],                      ends[1],
                 MUST(open("/dev/null", O_RDWR)),            MUST(open("/dev/zero", O_RDWR)), 99};
    for (int i = 0; i < 9; i++) {
        int fd = fds[i];
        say("descriptor %d\n", i);
        SHOW(fsync(fd));
        SHOW(fdatasync(fd));
        SHOW(syncfs(fd));
        SHOW(readahead(fd, 0, 4096));
        SHOW(sync_file_range(fd, 0, 0, 0));
        SHOW(sync_file_range(fd, 0, 10, 7));
        SHOW(sync_file_range(fd, 0, 10, 8));
        SHOW(sync_file_range(fd, -1, 10, 1));
        SHOW(sync_file_range(fd, 10, -1, 1));
        SHOW(sync_file_range(fd, LONG_MAX, 10, 1));
        for (int advice = -1; advice < 8; advice++) {
            errno = posix_fadvise(fd, 0, 10, advice);
            say("advice %d: %s\n", advice, errno ? strerrorname_np(errno) : "taken");
        }
        errno = posix_fadvise(fd, 0, -1, 0);
        say("a length below zero: %s\n", errno ? strerrorname_np(errno) : "taken");
        errno = posix_fadvise(fd, -1, 0, 0);
        say("an offset below zero: %s\n", errno ? strerrorname_np(errno) : "taken");
    }
    SHOW((sync(), 0));
    /* A path that is longer than any may be. */
    char name[256] = {0};
    memset(name, 'n', 255);
    for (int i = 0; i < 20; i++) {
        MUST(mkdir(name, 0755));
        MUST(chdir(name));
    }
    char path[8192];
    SHOW(syscall(SYS_getcwd, path, sizeof path));
    SHOW(syscall(SYS_getcwd, path, 100));
    for (int i = 0; i < 6; i++)
        MUST(chdir(".."));
    TRUE(syscall(SYS_getcwd, path, sizeof path) > 3584);
    return 0;
}
