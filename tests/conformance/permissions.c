/* Mode bits: chmod and relatives, umask, access, and what may be executed. */
#include "check.h"

static void show_mode(const char *path)
{
    struct stat status;
    MUST(lstat(path, &status));
    say("%s: mode %o\n", path, status.st_mode);
}

int main(void)
{
    enter_folder("modes");
    say("umask %o\n", umask(022));
    int fd = MUST(open("file", O_CREAT | O_RDWR, 0666));
    show_mode("file");
    say("umask %o\n", umask(077));
    MUST(mkdir("folder", 0777));
    show_mode("folder");
    MUST(open("private", O_CREAT | O_RDWR, 0777));
    show_mode("private");
    say("umask %o\n", umask(07777777));
    say("umask %o\n", umask(0));
    SHOW(chmod("file", 0640));
    show_mode("file");
    SHOW(fchmod(fd, 04755));
    show_mode("file");
    SHOW(fchmodat(AT_FDCWD, "file", 0100644, 0));
    show_mode("file");
    SHOW(chmod("none", 0644));
    SHOW(fchmod(99, 0644));
    MUST(symlink("file", "soft"));
    SHOW(chmod("soft", 0600));
    show_mode("file");
    SHOW(access("file", F_OK));
    SHOW(access("file", R_OK | W_OK));
    SHOW(access("file", X_OK));
    SHOW(access("none", F_OK));
    SHOW(access("file", 8));
    SHOW(access("file/x", F_OK));
    SHOW(chmod("file", 0));
    SHOW(access("file", R_OK | W_OK));
    OK(open("file", O_RDWR));
    char *arguments[] = {"file", NULL};
    SHOW(execv("./file", arguments));
    SHOW(execv("./folder", arguments));
    SHOW(chmod("file", 0755));
    SHOW(access("file", X_OK));
    SHOW(access("folder", X_OK));
    SHOW(chown("file", 12, 34));
    struct stat status;
    MUST(stat("file", &status));
    say("owner %d %d\n", status.st_uid, status.st_gid);
    SHOW(chown("file", -1, 56));
    MUST(stat("file", &status));
    say("owner %d %d\n", status.st_uid, status.st_gid);
    SHOW(fchown(fd, 0, 0));
    SHOW(lchown("soft", 1, 2));
    MUST(stat("file", &status));
    say("owner %d %d\n", status.st_uid, status.st_gid);
    SHOW(chown("none", 0, 0));
    return 0;
}
