/* stat in all its forms. */
#include "check.h"
#include <sys/statfs.h>
#include <sys/sysmacros.h>

int main(void)
{
    enter_folder("stat");
    struct stat status;
    make_file("file", "0123456789");
    MUST(mkdir("folder", 0750));
    MUST(symlink("folder/none", "soft"));
    SHOW(stat("file", &status));
    say("mode %o nlink %ld size %ld uid %d gid %d\n", status.st_mode, (long)status.st_nlink, (long)status.st_size,
        status.st_uid, status.st_gid);
    SHOW(stat("folder", &status));
    say("mode %o nlink %ld\n", status.st_mode, (long)status.st_nlink);
    SHOW(stat("soft", &status));
    SHOW(lstat("soft", &status));
    say("mode %o size %ld\n", status.st_mode, (long)status.st_size);
    SHOW(stat("none", &status));
    SHOW(stat("file/x", &status));
    SHOW(stat("file/", &status));
    SHOW(stat("folder/", &status));
    SHOW(stat("", &status));
    SHOW(stat("file", (struct stat *)8));
    SHOW(fstat(99, &status));
    int fd = MUST(open("file", O_RDONLY));
    SHOW(fstat(fd, &status));
    SHOW(status.st_size);
    SHOW(fstatat(fd, "", &status, AT_EMPTY_PATH));
    SHOW(fstatat(fd, "x", &status, 0));
    SHOW(fstatat(AT_FDCWD, "soft", &status, AT_SYMLINK_NOFOLLOW));
    SHOW(fstatat(AT_FDCWD, "file", &status, 0x10000000));
    int ends[2];
    MUST(pipe(ends));
    SHOW(fstat(ends[0], &status));
    say("pipe %o\n", status.st_mode & S_IFMT);
    MUST(stat("/dev/null", &status));
    say("null %o %d:%d\n", status.st_mode & S_IFMT, major(status.st_rdev), minor(status.st_rdev));
    MUST(stat("/dev/zero", &status));
    say("zero %o %d:%d\n", status.st_mode & S_IFMT, major(status.st_rdev), minor(status.st_rdev));
    MUST(stat("/", &status));
    say("root %o\n", status.st_mode & S_IFMT);
    struct statx more;
    SHOW(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &more));
    say("mode %o size %llu nlink %u\n", more.stx_mode, (unsigned long long)more.stx_size, more.stx_nlink);
    SHOW(statx(AT_FDCWD, "none", 0, STATX_BASIC_STATS, &more));
    SHOW(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &more));
    /* Different files, different numbers. */
    struct stat other;
    MUST(stat("file", &status));
    MUST(stat("folder", &other));
    TRUE(status.st_ino != other.st_ino);
    TRUE(status.st_ino != 0);
    TRUE(status.st_blksize >= 512);
    struct statfs system;
    SHOW(statfs("/", &system));
    TRUE(system.f_bsize >= 512);
    SHOW(statfs("none", &system));
    SHOW(fstatfs(fd, &system));
    SHOW(fstatfs(99, &system));
    return 0;
}
