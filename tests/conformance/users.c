/* What users who are not root may do with files: every call of a table, by each of them, at each mode. One line has the
 * errors of a row in its order, "-" where there is none. */
#include "check.h"
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/sysmacros.h>

/* The files are of user 1000 and group 100. */
static const struct user {
    const char *name;
    uid_t user;
    gid_t group, further;
} users[] = {
    {"root", 0, 0, 0}, {"owner", 1000, 200, 200}, {"group", 1001, 100, 100}, {"further", 1002, 200, 100}, {"other", 1003, 300, 300},
};

static void become(const struct user *who)
{
    MUST(setgroups(1, &who->further));
    MUST(setresgid(who->group, who->group, who->group));
    MUST(setresuid(who->user, who->user, who->user));
}

static char line[1024];

static void start(const char *what, const struct user *who, int mode)
{
    snprintf(line, sizeof line, "%s %04o %s:", what, mode, who->name);
}

/* What came of a call, into the line. */
static long note(long result)
{
    size_t length = strlen(line);
    snprintf(line + length, sizeof line - length, " %s", result == -1 ? strerrorname_np(errno) : "-");
    return result;
}

static void note_open(const char *path, int flags, int mode)
{
    int fd = open(path, flags, mode);
    note(fd);
    if (fd >= 0)
        close(fd);
}

static void finish(void)
{
    say("%s\n", line);
}

static void note_mode(const char *path)
{
    struct stat status;
    size_t length = strlen(line);
    if (lstat(path, &status) < 0)
        note(-1);
    else
        snprintf(line + length, sizeof line - length, " %o/%d/%d", status.st_mode, status.st_uid, status.st_gid);
}

static void give(const char *path, int mode)
{
    MUST(chown(path, 1000, 100));
    MUST(chmod(path, mode));
}

static const struct timespec past[2] = {{1, 0}, {2, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
static const struct timespec one_now[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}}, none[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

static void file_calls(const struct user *who, int mode)
{
    become(who);
    start("file", who, mode);
    note_open("file", O_RDONLY, 0);
    note_open("file", O_WRONLY, 0);
    note_open("file", O_RDWR, 0);
    note_open("file", O_RDONLY | O_TRUNC, 0);
    note_open("file", O_RDONLY | O_NOATIME, 0);
    note_open("file", O_PATH, 0);
    note_open("file", O_CREAT | O_WRONLY, 0600);
    note_open("file", O_CREAT | O_EXCL, 0600);
    for (int bits = 0; bits < 8; bits++)
        note(access("file", bits));
    note(truncate("file", 3));
    note(utimensat(AT_FDCWD, "file", NULL, 0));
    note(utimensat(AT_FDCWD, "file", now, 0));
    note(utimensat(AT_FDCWD, "file", one_now, 0));
    note(utimensat(AT_FDCWD, "file", past, 0));
    note(utimensat(AT_FDCWD, "file", none, 0));
    note(utimensat(AT_FDCWD, "no such file", none, 0));
    char *arguments[] = {"file", NULL};
    note(execv("file", arguments));
    note(link("file", "open/link"));
    note(chown("file", -1, -1));
    note(chown("file", 1000, -1));
    note(chown("file", -1, 200));
    note(chown("file", -1, 100));
    note(chown("file", 1003, -1));
    note(chmod("file", 06755));
    note_mode("file");
    finish();
}

static void folder_calls(const struct user *who, int mode)
{
    become(who);
    start("folder", who, mode);
    struct stat status;
    note_open("folder", O_RDONLY | O_DIRECTORY, 0);
    note_open("folder", O_WRONLY, 0);
    note(stat("folder/in", &status));
    note(stat("folder/none", &status));
    note(stat("folder/.", &status));
    note(stat("folder/", &status));
    note(stat("folder/in/below", &status));
    note_open("folder/in", O_RDONLY, 0);
    note_open("folder/new", O_CREAT | O_WRONLY, 0666);
    note_open("folder/in", O_CREAT | O_EXCL, 0666);
    note_open("folder", O_TMPFILE | O_RDWR, 0600);
    note(mkdir("folder/made", 0777));
    note(mkdir("folder/in", 0777));
    note(symlink("x", "folder/soft"));
    note(mknod("folder/fifo", S_IFIFO | 0666, 0));
    note(mknod("folder/null", S_IFCHR | 0666, makedev(1, 3)));
    note(link("mine", "folder/hard"));
    note(unlink("folder/in"));
    note(unlink("folder/none"));
    note(unlink("folder/sub"));
    note(rmdir("folder/sub"));
    note(rmdir("folder/roots"));
    note(unlink("folder/mine"));
    note(rename("folder/roots", "folder/renamed"));
    note(rename("folder/roots2", "open/renamed2"));
    note(rename("folder/rootsdir", "open/rootsdir"));
    note(rename("mine", "folder/roots3"));
    note(syscall(SYS_renameat2, AT_FDCWD, "folder/roots4", AT_FDCWD, "folder/roots5", 2));
    note(access("folder", X_OK | W_OK));
    note(chdir("folder"));
    note_mode("/tmp/users/folder/new");
    note_mode("/tmp/users/folder/made");
    finish();
}

/* Removes what the calls may have left. */
static void clean(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return;
    static const char *const names[] = {"file",   "mine",   "in",      "new",    "made",   "soft",     "fifo",     "null", "hard", "sub",
                                        "roots",  "roots2", "roots3",  "roots4", "roots5", "rootsdir", "renamed",  "renamed2",
                                        "link",   "open",   "folder",  "below",  "a",      "b",        "c",        "d"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char below[4096];
        snprintf(below, sizeof below, "%s/%s", path, names[i]);
        clean(below);
    }
    MUST(rmdir(path));
}

/* An empty folder of the same name in which all is as before. */
static void fresh(void)
{
    MUST(chdir("/tmp"));
    clean("users");
    enter_folder("users");
    MUST(chmod(".", 0777));
    MUST(mkdir("open", 0777));
    MUST(chmod("open", 0777));
    make_file("mine", "mine");
    MUST(chmod("mine", 0666));
}

static void in_child(void (*calls)(const struct user *, int), size_t who, int mode)
{
    pid_t child = MUST(fork());
    if (child == 0) {
        calls(&users[who], mode);
        _exit(0);
    }
    MUST(waitpid(child, NULL, 0));
}

static void tables(void)
{
    static const int modes[] = {0,    0400, 0200, 0100, 0040, 0020, 0010, 0004, 0002, 0001,  0700,  0070,
                                0007, 0077, 0707, 0644, 0640, 0755, 0711, 0666, 01777, 02777, 03770, 04755};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (size_t k = 0; k < sizeof users / sizeof *users; k++) {
            fresh();
            make_file("file", "text");
            give("file", modes[i]);
            in_child(file_calls, k, modes[i]);
            fresh();
            MUST(mkdir("folder", 0755));
            make_file("folder/in", "x");
            make_file("folder/mine", "x");
            MUST(chown("folder/mine", users[k].user, 5));
            MUST(mkdir("folder/sub", 0755));
            MUST(mkdir("folder/rootsdir", 0755));
            for (int n = 1; n <= 5; n++) {
                char name[32];
                snprintf(name, sizeof name, n == 1 ? "folder/roots" : "folder/roots%d", n);
                make_file(name, "x");
            }
            give("folder", modes[i]);
            umask(027);
            in_child(folder_calls, k, modes[i]);
            umask(022);
        }
}

/* Links that others have laid into a folder where all may write. */
static void links(void)
{
    fresh();
    MUST(mkdir("folder", 0777));
    static const int modes[] = {01777, 0777, 01775};
    for (int i = 0; i < 3; i++)
        for (uid_t of_folder = 0; of_folder < 2; of_folder++)
            for (uid_t of_link = 0; of_link < 3; of_link++)
                for (size_t k = 0; k < 3; k++) {
                    MUST(chown("folder", of_folder * 1000, 0));
                    MUST(chmod("folder", modes[i]));
                    MUST(symlink("../mine", "folder/soft"));
                    MUST(symlink("..", "folder/a"));
                    MUST(lchown("folder/soft", of_link + 999, 0));
                    MUST(lchown("folder/a", of_link + 999, 0));
                    pid_t child = fork();
                    if (child == 0) {
                        become(&users[k]);
                        start("link", &users[k], modes[i]);
                        struct stat status;
                        note_open("folder/soft", O_RDONLY, 0);
                        note_open("folder/soft", O_RDWR | O_CREAT, 0600);
                        note_open("folder/soft", O_PATH | O_NOFOLLOW, 0);
                        note(stat("folder/soft", &status));
                        note(lstat("folder/soft", &status));
                        note(stat("folder/a", &status));
                        note(stat("folder/a/", &status));
                        note(stat("folder/a/mine", &status));
                        note(chdir("folder/a"));
                        finish();
                        _exit(0);
                    }
                    MUST(waitpid(child, NULL, 0));
                    MUST(unlink("folder/soft"));
                    MUST(unlink("folder/a"));
                }
}

/* What gets a name, or is written, loses or keeps its set-id bits. */
static void set_ids(void)
{
    static const int modes[] = {04755, 02755, 06755, 02644, 06666, 01644};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (size_t k = 0; k < sizeof users / sizeof *users; k++) {
            fresh();
            make_file("file", "text");
            give("file", modes[i] | 022);
            pid_t child = fork();
            if (child == 0) {
                int fd = MUST(open("file", O_RDWR));
                become(&users[k]);
                start("set-id", &users[k], modes[i]);
                note(link("file", "open/link"));
                note(write(fd, NULL, 0));
                note_mode("file");
                note(write(fd, "new", 3));
                note_mode("file");
                note(fchmod(fd, modes[i]));
                note_mode("file");
                note(write(fd, "new", 3));
                note_mode("file");
                note(fchmod(fd, modes[i]));
                note(ftruncate(fd, 1));
                note_mode("file");
                note(fchmod(fd, modes[i]));
                note(fchown(fd, -1, -1));
                note_mode("file");
                note(fchmod(fd, modes[i]));
                note(fchown(fd, -1, users[k].group));
                note_mode("file");
                finish();
                _exit(0);
            }
            MUST(waitpid(child, NULL, 0));
        }
}

/* The user of files alone, the real one of access, and root without its privileges. */
static void other_numbers(void)
{
    fresh();
    make_file("file", "text");
    give("file", 0600);
    CHILD("setfsuid", SHOW(setfsuid(1000)); SHOW(setfsuid(-1)); OK(open("file", O_RDWR)); SHOW(access("file", R_OK));
          SHOW(setfsuid(1001)); OK(open("file", O_RDWR)); OK(open("made", O_CREAT, 0600)); SHOW(setfsgid(7)); OK(open("a", O_CREAT, 0600));
          line[0] = 0; note_mode("made"); note_mode("a"); finish(); SHOW(setfsuid(0)); OK(open("file", O_RDWR)));
    CHILD("real and effective", MUST(setresuid(1001, 1000, 0)); SHOW(access("file", R_OK)); SHOW(faccessat(AT_FDCWD, "file", R_OK, AT_EACCESS));
          OK(open("file", O_RDWR)); SHOW(setfsuid(1001)); SHOW(setfsuid(5)); SHOW(setfsuid(-1)); OK(open("file", O_RDWR)));
    CHILD("real root", MUST(setresuid(0, 1001, 0)); SHOW(access("file", R_OK)); SHOW(faccessat(AT_FDCWD, "file", R_OK, AT_EACCESS));
          OK(open("file", O_RDWR)));
    CHILD("unnamed", int fd = MUST(open("open", O_TMPFILE | O_RDWR, 0600)); become(&users[1]); char name[64];
          snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
          SHOW(linkat(AT_FDCWD, name, AT_FDCWD, "open/link", AT_SYMLINK_FOLLOW)); SHOW(linkat(fd, "", AT_FDCWD, "open/link", AT_EMPTY_PATH)));
    CHILD("O_NOATIME", int fd = MUST(open("file", O_RDONLY)); become(&users[4]); SHOW(fcntl(fd, F_SETFL, O_NOATIME)); SHOW(fcntl(fd, F_SETFL, O_APPEND)));
    CHILD("a held folder", MUST(mkdir("folder", 0700)); int fd = MUST(open("folder", O_RDONLY)); become(&users[4]); SHOW(fchdir(fd));
          OK(openat(fd, ".", O_RDONLY)); OK(openat(fd, "x", O_CREAT, 0600)); SHOW(getuid()));
}

int main(void)
{
    MUST(chmod("/tmp", 01777));
    umask(022);
    tables();
    links();
    set_ids();
    other_numbers();
    static const char *const nodes[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/console"};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        struct stat status;
        MUST(stat(nodes[i], &status));
        say("%s %o %d\n", nodes[i], status.st_mode, status.st_uid);
    }
    CHILD("console", become(&users[4]); SHOW(access("/dev/console", W_OK)); SHOW(access("/dev/null", W_OK)));
    show_file("/proc/sys/fs/protected_hardlinks");
    show_file("/proc/sys/fs/protected_symlinks");
    return 0;
}
