/* rename, renameat2: what replaces what. */
#include "check.h"

int main(void)
{
    enter_folder("rename");
    make_file("a", "A");
    make_file("b", "B");
    SHOW(rename("a", "c"));
    show_file("a");
    show_file("c");
    SHOW(rename("c", "b"));
    show_file("b");
    SHOW(rename("none", "x"));
    SHOW(rename("b", "b"));
    SHOW(rename("b", "none/x"));
    SHOW(rename("", "x"));
    MUST(mkdir("d", 0755));
    MUST(mkdir("e", 0755));
    make_file("e/inner", "I");
    SHOW(rename("b", "d"));
    SHOW(rename("d", "b"));
    SHOW(rename("d", "e"));
    SHOW(rename("e", "d"));
    show_file("d/inner");
    SHOW(rename("d", "d/under"));
    SHOW(rename("d", "d/inner/x"));
    MUST(mkdir("d/sub", 0755));
    SHOW(rename("d", "d/sub/deep"));
    SHOW(rename("d/sub", "d"));
    SHOW(rename("d/.", "y"));
    SHOW(rename("/tmp/rename/d/inner", "moved"));
    show_file("moved");
    SHOW(link("moved", "hard"));
    SHOW(rename("moved", "hard"));
    SHOW(access("moved", F_OK));
    MUST(symlink("moved", "soft"));
    SHOW(rename("soft", "soft2"));
    show_file("soft2");
    SHOW(rename("b", "soft2"));
    struct stat status;
    MUST(lstat("soft2", &status));
    say("mode %o\n", status.st_mode);
    SHOW(renameat2(AT_FDCWD, "hard", AT_FDCWD, "moved", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "hard", AT_FDCWD, "fresh", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "x", 1u << 30));
    int folder = MUST(open("d", O_RDONLY | O_DIRECTORY));
    SHOW(renameat(AT_FDCWD, "fresh", folder, "named"));
    show_file("d/named");
    /* An open file goes on under its new name, and lives on when it is replaced. */
    int fd = MUST(open("d/named", O_RDWR | O_APPEND));
    MUST(rename("d/named", "n2"));
    SHOW(write(fd, "!", 1));
    show_file("n2");
    make_file("n3", "other");
    SHOW(rename("n3", "n2"));
    char bytes[8] = {0};
    SHOW(pread(fd, bytes, 8, 0));
    say("[%s]\n", bytes);
    MUST(fstat(fd, &status));
    SHOW(status.st_nlink);
    /* A folder moves with its contents and its parent link. */
    MUST(mkdir("p", 0755));
    MUST(mkdir("p/q", 0755));
    MUST(mkdir("r", 0755));
    SHOW(rename("p/q", "r/q"));
    MUST(stat("p", &status));
    SHOW(status.st_nlink);
    MUST(stat("r", &status));
    SHOW(status.st_nlink);
    MUST(chdir("r/q"));
    SHOW(chdir(".."));
    char path[100];
    say("cwd %s\n", getcwd(path, sizeof path));
    return 0;
}
