/* Hard and symbolic links. */
#include "check.h"

int main(void)
{
    enter_folder("links");
    struct stat first, second;
    char text[64];
    make_file("one", "first");
    SHOW(link("one", "two"));
    SHOW(link("one", "two"));
    SHOW(link("none", "three"));
    SHOW(link("/tmp", "folder"));
    MUST(stat("one", &first));
    MUST(stat("two", &second));
    SHOW(first.st_nlink);
    TRUE(first.st_ino == second.st_ino && first.st_dev == second.st_dev);
    int fd = MUST(open("two", O_WRONLY | O_APPEND));
    SHOW(write(fd, "+second", 7));
    show_file("one");
    SHOW(unlink("one"));
    show_file("two");
    MUST(stat("two", &first));
    SHOW(first.st_nlink);
    SHOW(unlink("one"));
    SHOW(unlink("/tmp"));
    SHOW(unlink("two/"));

    SHOW(symlink("two", "soft"));
    SHOW(symlink("two", "soft"));
    SHOW(symlink("", "empty"));
    memset(text, 0, sizeof text);
    SHOW(readlink("soft", text, 63));
    say("[%s]\n", text);
    memset(text, 0, sizeof text);
    SHOW(readlink("soft", text, 2));
    say("[%s]\n", text);
    SHOW(readlink("soft", text, 0));
    SHOW(readlink("two", text, 63));
    SHOW(readlink("none", text, 63));
    show_file("soft");
    SHOW(open("soft", O_RDONLY | O_NOFOLLOW));
    MUST(lstat("soft", &first));
    say("mode %o size %ld\n", first.st_mode, (long)first.st_size);
    MUST(stat("soft", &first));
    say("mode %o size %ld\n", first.st_mode, (long)first.st_size);
    SHOW(symlink("nowhere", "dangling"));
    SHOW(open("dangling", O_RDONLY));
    SHOW(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0644));
    SHOW(access("nowhere", F_OK));
    fd = OK(open("dangling", O_CREAT | O_WRONLY, 0644));
    SHOW(access("nowhere", F_OK));
    SHOW(mkdir("dangling", 0755));

    SHOW(symlink("loop2", "loop1"));
    SHOW(symlink("loop1", "loop2"));
    SHOW(open("loop1", O_RDONLY));
    SHOW(stat("loop1/x", &first));
    SHOW(lstat("loop1", &first));
    MUST(mkdir("dir", 0755));
    make_file("dir/inner", "in");
    SHOW(symlink("dir", "dirlink"));
    show_file("dirlink/inner");
    show_file("dirlink/../two");
    SHOW(symlink("/tmp/links/dir", "absolute"));
    show_file("absolute/inner");
    SHOW(rmdir("dirlink"));
    SHOW(rmdir("dirlink/"));
    SHOW(symlink("../two", "dir/up"));
    show_file("dir/up");
    SHOW(link("soft", "softhard"));
    MUST(lstat("softhard", &first));
    say("mode %o\n", first.st_mode);
    SHOW(linkat(AT_FDCWD, "soft", AT_FDCWD, "follow", AT_SYMLINK_FOLLOW));
    MUST(lstat("follow", &first));
    say("mode %o\n", first.st_mode);
    SHOW(unlink("soft"));
    SHOW(access("two", F_OK));
    /* Forty links in a row are followed, forty-one are too many. */
    char name[16], to[16];
    make_file("c0", "chain");
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "c%d", i);
        snprintf(to, sizeof to, "c%d", i - 1);
        MUST(symlink(to, name));
    }
    show_file("c40");
    show_file("c41");
    return 0;
}
