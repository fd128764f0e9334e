/* mkdir, rmdir, getdents64, chdir, fchdir, getcwd. */
#include "check.h"
#include <dirent.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lists a folder sorted, with each entry's type. */
static void list(const char *path)
{
    char *names[600];
    int count = 0;
    DIR *folder = opendir(path);
    if (!folder) {
        say("list %s: %s\n", path, strerrorname_np(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) && count < 600;) {
        char text[300];
        snprintf(text, sizeof text, "%s:%d", entry->d_name, entry->d_type);
        names[count++] = strdup(text);
    }
    closedir(folder);
    qsort(names, count, sizeof *names, by_name);
    say("list %s: %d entries:", path, count);
    for (int i = 0; i < count && i < 12; i++)
        say(" %s", names[i]);
    say("\n");
    for (int i = 0; i < count; i++)
        free(names[i]);
}

int main(void)
{
    enter_folder("dirs");
    char path[4096];
    SHOW(mkdir("a", 0755));
    SHOW(mkdir("a", 0755));
    SHOW(mkdir("a/b/c", 0755));
    SHOW(mkdir("a/b", 0755));
    SHOW(mkdir("a/b/", 0755));
    SHOW(mkdir("a/b/c/", 0755));
    SHOW(mkdir("", 0755));
    SHOW(mkdir("/", 0755));
    SHOW(mkdir("a/.", 0755));
    make_file("a/file", "text");
    MUST(symlink("file", "a/link"));
    SHOW(mkdir("a/file/x", 0755));
    list("a");
    list("a/file");
    list("none");
    SHOW(rmdir("a"));
    SHOW(rmdir("a/file"));
    SHOW(rmdir("none"));
    SHOW(rmdir("a/b/."));
    SHOW(rmdir("a/b/.."));
    SHOW(rmdir("/"));
    SHOW(unlink("a/b"));
    struct stat status;
    stat("a", &status);
    SHOW(status.st_nlink);
    SHOW(rmdir("a/b/c"));
    SHOW(rmdir("a/b"));
    stat("a", &status);
    SHOW(status.st_nlink);

    SHOW(chdir("a"));
    say("cwd %s\n", getcwd(path, sizeof path));
    SHOW(chdir("file"));
    SHOW(chdir("none"));
    SHOW(chdir(".."));
    say("cwd %s\n", getcwd(path, sizeof path));
    SHOW(syscall(SYS_getcwd, path, 3));
    SHOW(syscall(SYS_getcwd, path, 4096));
    SHOW(syscall(SYS_getcwd, (void *)8, 4096));
    int fd = MUST(open("a", O_RDONLY | O_DIRECTORY));
    SHOW(fchdir(fd));
    say("cwd %s\n", getcwd(path, sizeof path));
    SHOW(chdir("../../../../../../../../.."));
    say("cwd %s\n", getcwd(path, sizeof path));
    MUST(chdir("/tmp/dirs"));
    SHOW(fchdir(99));
    int file = MUST(open("a/file", O_RDONLY));
    SHOW(fchdir(file));
    SHOW(syscall(SYS_getdents64, file, path, sizeof path));
    SHOW(syscall(SYS_getdents64, 99, path, sizeof path));
    SHOW(syscall(SYS_getdents64, fd, path, 4));
    SHOW(syscall(SYS_getdents64, fd, (void *)8, 400));

    /* A folder too large for one buffer; every entry comes exactly once. */
    MUST(mkdir("many", 0755));
    for (int i = 0; i < 500; i++) {
        snprintf(path, sizeof path, "many/entry%03d", i);
        make_file(path, "");
    }
    list("many");
    for (int i = 0; i < 500; i += 2) {
        snprintf(path, sizeof path, "many/entry%03d", i);
        MUST(unlink(path));
    }
    list("many");
    /* A removed working directory: no entries can be made in it. */
    MUST(mkdir("gone", 0755));
    MUST(chdir("gone"));
    SHOW(rmdir("../gone"));
    SHOW(open("file", O_CREAT | O_WRONLY, 0644));
    SHOW(syscall(SYS_getcwd, path, 4096));
    SHOW(chdir("/"));
    return 0;
}
