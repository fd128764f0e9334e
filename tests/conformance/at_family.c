/* Paths relative to a descriptor. */
#include "check.h"
#include <sys/time.h>

int main(void)
{
    enter_folder("at");
    MUST(mkdir("base", 0755));
    int base = MUST(open("base", O_RDONLY | O_DIRECTORY));
    int file = MUST(openat(base, "file", O_CREAT | O_RDWR, 0644));
    SHOW(mkdirat(base, "sub", 0755));
    SHOW(symlinkat("file", base, "soft"));
    SHOW(linkat(base, "file", base, "hard", 0));
    char text[64] = {0};
    SHOW(readlinkat(base, "soft", text, 63));
    say("[%s]\n", text);
    SHOW(faccessat(base, "file", R_OK, 0));
    SHOW(faccessat(base, "none", R_OK, 0));
    SHOW(fchmodat(base, "file", 0600, 0));
    SHOW(fchownat(base, "file", 0, 0, 0));
    SHOW(fchownat(file, "", 3, 4, AT_EMPTY_PATH));
    struct stat status;
    SHOW(fstatat(base, "file", &status, 0));
    say("mode %o owner %d %d nlink %ld\n", status.st_mode, status.st_uid, status.st_gid, (long)status.st_nlink);
    SHOW(renameat(base, "hard", AT_FDCWD, "outside"));
    SHOW(access("outside", F_OK));
    SHOW(unlinkat(base, "sub", 0));
    SHOW(unlinkat(base, "sub", AT_REMOVEDIR));
    SHOW(unlinkat(base, "soft", AT_REMOVEDIR));
    SHOW(unlinkat(base, "soft", 0));
    SHOW(unlinkat(base, "soft", 0));
    SHOW(unlinkat(base, "file", 0x4000));
    SHOW(openat(99, "file", O_RDONLY));
    SHOW(openat(file, "file", O_RDONLY));
    OK(openat(99, "/tmp", O_RDONLY));
    SHOW(mkdirat(file, "x", 0755));
    SHOW(unlinkat(99, "x", 0));
    SHOW(mknodat(base, "node", S_IFREG | 0644, 0));
    SHOW(mknodat(base, "node", S_IFREG | 0644, 0));
    /* Times that are set are times that are read. */
    struct timespec times[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
    SHOW(utimensat(base, "file", times, 0));
    SHOW(fstatat(base, "file", &status, 0));
    say("atime %ld mtime %ld\n", (long)status.st_atim.tv_sec, (long)status.st_mtim.tv_sec);
    times[0].tv_nsec = UTIME_OMIT;
    times[1] = (struct timespec){7, 0};
    SHOW(utimensat(base, "file", times, 0));
    SHOW(futimens(file, (struct timespec[2]){{0, UTIME_OMIT}, {8, 0}}));
    SHOW(fstatat(base, "file", &status, 0));
    say("atime %ld mtime %ld\n", (long)status.st_atim.tv_sec, (long)status.st_mtim.tv_sec);
    SHOW(utimensat(base, "none", times, 0));
    times[1].tv_nsec = 2000000000;
    SHOW(utimensat(base, "file", times, 0));
    SHOW(utimensat(base, "file", NULL, 0));
    SHOW(fchdir(base));
    SHOW(access("file", F_OK));
    SHOW(fsync(file));
    SHOW(fdatasync(file));
    SHOW(fsync(99));
    sync();
    return 0;
}
