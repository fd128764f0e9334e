/* Whose a pipe is, and what may be done with its name in /proc: owner, mode and number, opening it again as its owner and as
 * another user, locks, links. */
#include "check.h"
#include <sys/file.h>
#include <sys/vfs.h>

static char name[40];

static const char *name_of(int fd)
{
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return name;
}

static void show_owner(const char *what, int fd)
{
    struct stat status;
    MUST(fstat(fd, &status));
    say("%s: mode %o, links %d, owner %d, group %d, size %d\n", what, status.st_mode, (int)status.st_nlink,
        (int)status.st_uid, (int)status.st_gid, (int)status.st_size);
}

/* Opens what a descriptor stands for in all ways. */
static void show_opens(const char *who, int fd)
{
    static const int ways[] = {O_RDONLY, O_WRONLY, O_RDWR, O_PATH, O_RDONLY | O_DIRECTORY, O_WRONLY | O_TRUNC,
                               O_WRONLY | O_CREAT, O_WRONLY | O_CREAT | O_EXCL, O_RDONLY | O_NOFOLLOW, O_PATH | O_NOFOLLOW,
                               O_RDONLY | O_NOATIME, O_RDWR | O_NONBLOCK};
    static const char *names[] = {"read", "write", "both", "path", "directory", "cut", "create", "create anew",
                                  "no follow", "path, no follow", "no time", "both, at once"};
    name_of(fd);
    SHOW_EACH(who, 12, names, int way = ways[i], ({
                  int got = open(name, way, 0600);
                  got >= 0 ? close(got) : got;
              }));
}

static void become(int user)
{
    MUST(setresgid(user, user, user));
    MUST(setresuid(user, user, user));
}

int main(void)
{
    int ends[2], others[2];
    struct stat one, other, again;
    struct statfs system;
    char text[64] = {0}, wanted[64];

    MUST(pipe(ends));
    MUST(pipe(others));
    show_owner("read end", ends[0]);
    show_owner("write end", ends[1]);
    MUST(fstat(ends[0], &one));
    MUST(fstat(ends[1], &other));
    MUST(fstat(others[0], &again));
    TRUE(one.st_ino == other.st_ino && one.st_dev == other.st_dev);
    TRUE(one.st_ino != again.st_ino && one.st_dev == again.st_dev);
    MUST(stat("/", &other));
    TRUE(one.st_dev != other.st_dev);
    MUST(fstatfs(ends[0], &system));
    SHOW(system.f_type);
    MUST(statfs("/tmp", &system));
    TRUE(system.f_type != 0x50495045);
    MUST(readlink(name_of(ends[1]), text, sizeof text - 1));
    snprintf(wanted, sizeof wanted, "pipe:[%ld]", (long)one.st_ino);
    TRUE(strcmp(text, wanted) == 0);
    MUST(stat(name_of(ends[1]), &other));
    TRUE(one.st_ino == other.st_ino);

    show_opens("root", ends[0]);
    CHILD("another user", {
        become(1000);
        show_opens("user", ends[1]);
        SHOW(access(name_of(ends[0]), R_OK));
        SHOW(access(name_of(ends[0]), X_OK));
        SHOW(fchmod(ends[0], 0777));
        SHOW(fchown(ends[0], 1000, 1000));
        SHOW(write(ends[1], "still open", 10));
        SHOW(pipe(others));
        show_owner("the user's own", others[0]);
        show_opens("user, own", others[0]);
        SHOW(fchmod(others[0], 04751));
        SHOW(fchown(others[0], 1000, 1000));
        SHOW(fchown(others[0], 0, 0));
        show_owner("the user's own", others[1]);
    });
    SHOW(fchmod(ends[1], 0606));
    show_owner("mode", ends[0]);
    CHILD("a mode that lets others", { become(1000); show_opens("user", ends[1]); });
    SHOW(fchmod(ends[1], 0200));
    SHOW(fchown(ends[0], 1000, 77));
    show_owner("owner", ends[0]);
    CHILD("its new owner", { become(1000); show_opens("user", ends[1]); });
    SHOW(chmod(name_of(ends[0]), 0640));
    SHOW(chown(name_of(ends[0]), 5, 6));
    SHOW(lchown(name_of(ends[0]), 0, 0));
    show_owner("by its name", ends[1]);

    /* Opened again it is the same pipe. */
    SHOW(read(ends[0], text, sizeof text));
    int both = MUST(open(name_of(ends[0]), O_RDWR | O_NONBLOCK));
    SHOW(write(both, "both ways", 9));
    SHOW(read(ends[0], text, 4));
    SHOW(read(both, text, sizeof text));
    SHOW(read(both, text, sizeof text));
    SHOW(fcntl(both, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
    SHOW(fcntl(both, F_GETPIPE_SZ));
    SHOW(lseek(both, 0, SEEK_CUR));
    SHOW(fcntl(ends[0], F_GETFL) & O_NONBLOCK);

    /* Nobody is waited for. */
    close(ends[0]);
    close(both);
    signal(SIGPIPE, SIG_IGN);
    SHOW(write(ends[1], "x", 1));
    int writer = SHOW(open(name_of(ends[1]), O_WRONLY | O_NONBLOCK)) < 0 ? -1 : ends[1] - 1;
    int reader = MUST(open(name_of(ends[1]), O_RDONLY));
    SHOW(write(ends[1], "xyz", 3));
    SHOW(read(reader, text, sizeof text));
    close(writer);
    close(ends[1]);
    SHOW(read(reader, text, sizeof text));
    writer = MUST(open(name_of(reader), O_WRONLY));
    SHOW(write(writer, "once more", 9));
    close(writer);
    SHOW(read(reader, text, sizeof text));
    int path = MUST(open(name_of(reader), O_PATH));
    close(reader);
    SHOW(read(path, text, 1));
    reader = MUST(open(name_of(path), O_RDONLY | O_NONBLOCK));
    SHOW(read(reader, text, 1));
    MUST(fstat(path, &other));
    TRUE(one.st_ino == other.st_ino);

    /* What else has a name. */
    SHOW(flock(others[0], LOCK_EX));
    int second = MUST(open(name_of(others[0]), O_RDONLY));
    SHOW(flock(second, LOCK_EX | LOCK_NB));
    SHOW(flock(others[1], LOCK_SH | LOCK_NB));
    SHOW(flock(others[0], LOCK_UN));
    SHOW(flock(second, LOCK_EX | LOCK_NB));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    SHOW(fcntl(others[1], F_SETLK, &lock));
    SHOW(fcntl(others[0], F_SETLK, &lock));
    SHOW(linkat(AT_FDCWD, name_of(others[0]), AT_FDCWD, "/tmp/linked", AT_SYMLINK_FOLLOW));
    SHOW(linkat(others[0], "", AT_FDCWD, "/tmp/linked", AT_EMPTY_PATH));
    SHOW(truncate(name_of(others[1]), 0));
    SHOW(ftruncate(others[1], 0));
    SHOW(chdir(name_of(others[0])));
    SHOW(execl(name_of(others[0]), "x", NULL));
    snprintf(wanted, sizeof wanted, "%s/x", name);
    SHOW(open(wanted, O_RDONLY));
    SHOW(futimens(others[0], NULL));
    static const struct timespec times[2] = {{5, 6}, {7, 8}};
    SHOW(futimens(others[0], times));
    MUST(fstat(others[0], &one));
    say("times: %ld, %ld\n", (long)one.st_atime, (long)one.st_mtime);

    /* Sockets and numbers behind descriptors are opened by no name. */
    return 0;
}
