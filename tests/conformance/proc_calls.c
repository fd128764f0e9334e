/* Calls that programs seldom make on /proc: sizes, places, times, owners and modes of its files and folders, transfers into
 * comm and out of texts, names in folders of what is gone. */
#include "check.h"
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>

static void show_name(void)
{
    char text[40] = {0};
    int fd = MUST(open("/proc/self/comm", O_RDONLY));
    ssize_t length = MUST(read(fd, text, sizeof text - 1));
    close(fd);
    say("name of %d bytes: %s\n", (int)length, text);
}

static void names(void)
{
    int fd = MUST(open("/proc/self/comm", O_RDWR));
    struct iovec parts[2] = {{"fir", 3}, {"st", 2}};
    int ends[2];
    show_name();
    SHOW(write(fd, "", 0));
    show_name();
    SHOW(write(fd, "longer than it may be", 21));
    show_name();
    SHOW(write(fd, "line\n", 5));
    show_name();
    SHOW(write(fd, "a\0b", 3));
    show_name();
    SHOW(write(fd, (void *)8, 3));
    show_name();
    SHOW(writev(fd, parts, 2));
    show_name();
    SHOW(pwrite(fd, "placed", 6, 0));
    SHOW(pwrite(fd, "placed", 6, 3));
    SHOW(pwritev(fd, parts, 2, 0));
    show_name();
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(ftruncate(fd, 0));
    SHOW(ftruncate(fd, 5));
    SHOW(truncate("/proc/self/comm", 0));
    SHOW(truncate("/proc/self/comm", 100));
    SHOW(truncate("/proc/self/stat", 0));
    SHOW(truncate("/proc/version", 0));
    SHOW(truncate("/proc/self", 0));
    SHOW(truncate("/proc/sys/kernel/ostype", 0));
    SHOW(truncate("/proc/self/exe", 0));
    SHOW(rename("/proc", "/tmp/proc"));
    show_name();
    MUST(pipe(ends));
    MUST(write(ends[1], "spliced", 7));
    SHOW(splice(ends[0], NULL, fd, NULL, 7, 0));
    make_file("/tmp/source", "source");
    int source = MUST(open("/tmp/source", O_RDONLY));
    SHOW(sendfile(fd, source, NULL, 6));
    SHOW(copy_file_range(source, NULL, fd, NULL, 6, 0));
    show_name();
    close(fd);
    fd = SHOW(open("/proc/self/comm", O_WRONLY | O_TRUNC)) < 0 ? -1 : fd;
    SHOW(write(fd, "cut", 3));
    SHOW(fsync(fd));
    show_name();
    close(fd);
    fd = MUST(open("/proc/self/comm", O_WRONLY | O_APPEND));
    SHOW(write(fd, "appended", 8));
    SHOW(write(fd, "again", 5));
    show_name();
    SHOW(fallocate(fd, 0, 0, 5));
    close(fd);
}

static const char *const texts[] = {"/proc/self/status", "/proc/self/stat",    "/proc/self/statm",    "/proc/self/maps",
                                    "/proc/self/environ", "/proc/self/cmdline", "/proc/self/comm",     "/proc/self/mounts",
                                    "/proc/version",      "/proc/meminfo",      "/proc/uptime",        "/proc/filesystems",
                                    "/proc/cmdline",      "/proc/stat",         "/proc/sys/kernel/ostype"};
static const char *const short_names[] = {"status", "stat",    "statm",   "maps",   "environ",     "cmdline", "comm",  "mounts",
                                          "version", "meminfo", "uptime", "filesystems", "boot",   "times",   "ostype"};
#define TEXTS 15

/* The call for each text, each opened anew as `how` says. */
#define EACH_TEXT(text, how, ...)                                    \
    SHOW_EACH(text, TEXTS, short_names, const char *path = texts[i], ({ \
                  int fd = open(path, how);                          \
                  long got = fd < 0 ? -1 : (long)(__VA_ARGS__);      \
                  int why = errno;                                   \
                  if (fd >= 0)                                       \
                      close(fd);                                     \
                  errno = why;                                       \
                  got;                                               \
              }))

static void all_texts(void)
{
    static char byte;
    EACH_TEXT("set", O_RDONLY, lseek(fd, 5, SEEK_SET));
    EACH_TEXT("set before", O_RDONLY, lseek(fd, -5, SEEK_SET));
    EACH_TEXT("set far", O_RDONLY, lseek(fd, 1l << 40, SEEK_SET));
    EACH_TEXT("set farther", O_RDONLY, lseek(fd, 0x7fffffffffffffff, SEEK_SET));
    EACH_TEXT("from here", O_RDONLY, lseek(fd, 5, SEEK_CUR));
    EACH_TEXT("from here, back", O_RDONLY, lseek(fd, -1, SEEK_CUR));
    EACH_TEXT("end", O_RDONLY, lseek(fd, 0, SEEK_END));
    EACH_TEXT("data", O_RDONLY, lseek(fd, 0, SEEK_DATA));
    EACH_TEXT("hole", O_RDONLY, lseek(fd, 0, SEEK_HOLE));
    EACH_TEXT("whence 5", O_RDONLY, lseek(fd, 0, 5));
    EACH_TEXT("read there", O_RDONLY, (lseek(fd, 1 << 20, SEEK_SET), read(fd, &byte, 1)));
    EACH_TEXT("read at", O_RDONLY, pread(fd, &byte, 1, 0));
    EACH_TEXT("read far", O_RDONLY, pread(fd, &byte, 1, 1 << 20));
    EACH_TEXT("read into nothing", O_RDONLY, read(fd, (void *)8, 1));
    EACH_TEXT("write only", O_WRONLY, 0);
    EACH_TEXT("both", O_RDWR, 0);
    EACH_TEXT("write one", O_WRONLY, i == 6 ? 0 : write(fd, "x", 1));
    EACH_TEXT("write none", O_WRONLY, i == 6 ? 0 : write(fd, "x", 0));
    EACH_TEXT("write at", O_WRONLY, pwrite(fd, "x", 1, 0));
    EACH_TEXT("write at, none", O_WRONLY, pwrite(fd, "x", 0, 5));
    EACH_TEXT("cut", O_RDONLY | O_TRUNC, 0);
    EACH_TEXT("create", O_RDONLY | O_CREAT, 0);
    EACH_TEXT("create anew", O_RDONLY | O_CREAT | O_EXCL, 0);
    EACH_TEXT("folder", O_RDONLY | O_DIRECTORY, 0);
    EACH_TEXT("direct", O_RDONLY | O_DIRECT, 0);
    EACH_TEXT("no time", O_RDONLY | O_NOATIME, 0);
    EACH_TEXT("fsync", O_RDONLY, fsync(fd));
    EACH_TEXT("fdatasync", O_RDONLY, fdatasync(fd));
    EACH_TEXT("fallocate", O_RDONLY, fallocate(fd, 0, 0, 1));
    EACH_TEXT("ftruncate", O_RDONLY, ftruncate(fd, 0));
    EACH_TEXT("readahead", O_RDONLY, readahead(fd, 0, 1));
    EACH_TEXT("fadvise", O_RDONLY, posix_fadvise(fd, 0, 1, POSIX_FADV_NORMAL));
    EACH_TEXT("sync_file_range", O_RDONLY, sync_file_range(fd, 0, 1, 0));
    EACH_TEXT("map", O_RDONLY, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
    EACH_TEXT("times", O_RDONLY, futimens(fd, NULL));
    make_file("/tmp/target", "");
    int target = MUST(open("/tmp/target", O_RDWR)), ends[2];
    MUST(pipe(ends));
    EACH_TEXT("send", O_RDONLY, sendfile(target, fd, NULL, 1));
    EACH_TEXT("copy", O_RDONLY, copy_file_range(fd, NULL, target, NULL, 1, 0));
    EACH_TEXT("splice", O_RDONLY, splice(fd, NULL, ends[1], NULL, 1, 0));
}

/* Bytes beyond which nothing is mapped. */
static void edges(void)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    EACH_TEXT("read over the edge", O_RDONLY, ({
                  long count = read(fd, page + 4090, 100);
                  count > 0 ? 1 : count;
              }));
    munmap(page, 4096);
}

static const char *const folders[] = {"/proc", "/proc/self", "/proc/self/fd", "/proc/self/task", "/proc/sys", "/proc/sys/kernel"};
static const char *const folder_names[] = {"proc", "self", "fd", "task", "sys", "kernel"};

#define EACH_FOLDER(text, ...)                                                    \
    SHOW_EACH(text, 6, folder_names, const char *path = folders[i], ({            \
                  int fd = open(path, O_RDONLY | O_DIRECTORY);                    \
                  long got = (long)(__VA_ARGS__);                                 \
                  int why = errno;                                                \
                  close(fd);                                                      \
                  (void)path;                                                     \
                  errno = why;                                                    \
                  got;                                                            \
              }))

static void all_folders(void)
{
    EACH_FOLDER("set", lseek(fd, 1, SEEK_SET));
    EACH_FOLDER("set before", lseek(fd, -1, SEEK_SET));
    EACH_FOLDER("set farther", lseek(fd, 0x7fffffffffffffff, SEEK_SET));
    EACH_FOLDER("from here", lseek(fd, 0, SEEK_CUR));
    EACH_FOLDER("end", lseek(fd, 0, SEEK_END));
    EACH_FOLDER("data", lseek(fd, 0, SEEK_DATA));
    EACH_FOLDER("hole", lseek(fd, 0, SEEK_HOLE));
    EACH_FOLDER("fsync", fsync(fd));
    EACH_FOLDER("fdatasync", fdatasync(fd));
    EACH_FOLDER("fallocate", fallocate(fd, 0, 0, 1));
    EACH_FOLDER("ftruncate", ftruncate(fd, 0));
    EACH_FOLDER("read", read(fd, &(char){0}, 1));
    EACH_FOLDER("unnamed", open(path, O_TMPFILE | O_RDWR, 0600));
    EACH_FOLDER("write", open(path, O_WRONLY));
    EACH_FOLDER("create", open(path, O_RDONLY | O_CREAT, 0600));
    EACH_FOLDER("mkdir in it", mkdirat(fd, "x", 0700));
    EACH_FOLDER("unlink in it", unlinkat(fd, "x", 0));
    EACH_FOLDER("symlink in it", symlinkat("x", fd, "x"));
    EACH_FOLDER("node in it", mknodat(fd, "x", S_IFIFO | 0600, 0));
    EACH_FOLDER("link in it", linkat(AT_FDCWD, "/tmp/source", fd, "x", 0));
    EACH_FOLDER("rename into it", renameat(AT_FDCWD, "/tmp/source", fd, "x"));
    EACH_FOLDER("rmdir", rmdir(path));
    EACH_FOLDER("access", access(path, W_OK));
    EACH_FOLDER("times", futimens(fd, NULL));
}

/* Owners and modes: of processes, of others, of settings. */
static void owners(void)
{
    static const char *const files[] = {"/proc/self/.",    "/proc/self/stat", "/proc/self/fd", "/proc/self/exe", "/proc/self/fd/1",
                                        "/proc/version", "/proc/meminfo",   "/proc/sys/kernel/ostype"};
    static const char *const file_names[] = {"self", "stat", "fd", "exe", "fd/1", "version", "meminfo", "ostype"};
    struct stat before, status;
    SHOW_EACH("same owner", 8, file_names, const char *path = files[i], lchown(path, 0, 0));
    SHOW_EACH("no owner", 8, file_names, const char *path = files[i], lchown(path, -1, -1));
    SHOW_EACH("another owner", 8, file_names, const char *path = files[i], lchown(path, 5, 6));
    SHOW_EACH("owner now", 8, file_names, const char *path = files[i], (lstat(path, &status), status.st_uid * 100 + status.st_gid));
    SHOW_EACH("back", 8, file_names, const char *path = files[i], lchown(path, 0, 0));
    SHOW_EACH("same mode", 8, file_names, const char *path = files[i],
              (i < 3 || i > 4) ? (stat(path, &before), chmod(path, before.st_mode & 07777)) : 0);
    SHOW_EACH("another mode", 8, file_names, const char *path = files[i], (i < 3 || i > 4) ? chmod(path, 0400) : 0);
    SHOW_EACH("mode now", 8, file_names, const char *path = files[i], (lstat(path, &status), status.st_mode & 0777));
    SHOW(chmod("/proc/version", 0444));
    SHOW(chmod("/proc/meminfo", 0444));
    static const struct timespec times[2] = {{5, 6}, {7, 8}};
    SHOW_EACH("times", 8, file_names, const char *path = files[i], utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
    SHOW_EACH("as another", 8, file_names, const char *path = files[i], ({
                  int result;
                  pid_t child = fork();
                  if (child == 0) {
                      MUST(setresgid(1000, 1000, 1000));
                      MUST(setresuid(1000, 1000, 1000));
                      _exit(lchown(path, 1000, 1000) == 0 ? 0 : errno);
                  }
                  waitpid(child, &result, 0);
                  WEXITSTATUS(result);
              }));
    /* A file opened before one changes the user. */
    SHOW(stat("/proc/self/fd/1", &status));
}

/* Names in the folder of a process that is gone. */
static void gone(void)
{
    int ends[2];
    char path[40];
    MUST(pipe(ends));
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        read(ends[0], path, 1);
        _exit(0);
    }
    snprintf(path, sizeof path, "/proc/%d", child);
    int folder = MUST(open(path, O_RDONLY | O_DIRECTORY));
    int tasks = MUST(openat(folder, "task", O_RDONLY | O_DIRECTORY));
    close(ends[1]);
    MUST(waitpid(child, NULL, 0));
    struct stat status;
    SHOW(mkdirat(folder, "stat", 0700));
    SHOW(mkdirat(folder, "x", 0700));
    SHOW(unlinkat(folder, "stat", 0));
    SHOW(symlinkat("x", folder, "stat"));
    SHOW(mknodat(folder, "stat", S_IFIFO | 0600, 0));
    SHOW(openat(folder, "stat", O_RDONLY));
    SHOW(openat(folder, "stat", O_RDONLY | O_CREAT, 0600));
    SHOW(openat(folder, "stat", O_RDONLY | O_CREAT | O_EXCL, 0600));
    SHOW(openat(folder, ".", O_RDONLY));
    SHOW(faccessat(folder, "stat", R_OK, 0));
    SHOW(fstatat(folder, "stat", &status, 0));
    SHOW(fstatat(folder, "", &status, AT_EMPTY_PATH));
    SHOW(fstat(folder, &status));
    SHOW(fchdir(folder));
    SHOW(renameat(folder, "stat", AT_FDCWD, "/tmp/x"));
    SHOW(linkat(folder, "stat", AT_FDCWD, "/tmp/x", 0));
    SHOW(mkdirat(tasks, "x", 0700));
    SHOW(openat(tasks, ".", O_RDONLY));
    SHOW(fchmod(folder, 0555));
    SHOW(fchown(folder, 0, 0));
    SHOW(mkdir(path, 0700));
    SHOW(rmdir(path));
    MUST(chdir("/"));
}

/* Prints a text, NULs as '|' and other bytes that are no letters by number. */
static void show_text(const char *what, const char *path, int most)
{
    char text[300], line[900];
    int fd = MUST(open(path, O_RDONLY)), at = 0;
    ssize_t length = MUST(read(fd, text, sizeof text));
    close(fd);
    for (int i = 0; i < length && i < most; i++)
        at += text[i] == 0 ? sprintf(line + at, "|")
              : text[i] < ' ' || text[i] == 127 ? sprintf(line + at, "<%d>", text[i])
                                                : sprintf(line + at, "%c", text[i]);
    say("%s: %d bytes: %.*s\n", what, (int)length, at, line);
}

/* Run again with arguments of its own: what is written over them. */
static void titles(char **arguments)
{
    char *first = arguments[0];
    int length = strlen(first) + 1 + strlen(arguments[1]) + 1;
    show_text("arguments", "/proc/self/cmdline", 300);
    show_text("environment", "/proc/self/environ", 300);
    first[1] = 0;
    show_text("a NUL more", "/proc/self/cmdline", 300);
    show_text("environment then", "/proc/self/environ", 300);
    memset(first, 't', length);
    show_text("a title into the environment", "/proc/self/cmdline", 300);
    show_text("environment then", "/proc/self/environ", 300);
    first[5] = 0;
    show_text("a short title", "/proc/self/cmdline", 300);
    memset(first, 't', length + 12);
    show_text("a title over the environment", "/proc/self/cmdline", 300);
    show_text("environment then", "/proc/self/environ", 300);
}

/* Names that would end a line, and the size of links. */
static void lines(void)
{
    struct stat status;
    prctl(PR_SET_NAME, "a\nb\\c d");
    show_text("status", "/proc/self/status", 16);
    show_text("comm", "/proc/self/comm", 16);
    prctl(PR_SET_NAME, "proc_calls");
    MUST(lstat("/proc/self/fd/1", &status));
    SHOW(status.st_size);
    MUST(lstat("/proc/self/exe", &status));
    SHOW(status.st_size);
    MUST(lstat("/proc/self", &status));
    SHOW(status.st_size);
}

int main(int count, char **arguments)
{
    if (count > 1) {
        titles(arguments);
        return 0;
    }
    CHILD("titles", {
        char *list[] = {"first", "second", NULL}, *environment[] = {"NAME=value", "OTHER=one", NULL};
        execve("/proc/self/exe", list, environment);
    });
    lines();
    names();
    all_texts();
    edges();
    all_folders();
    owners();
    gone();
    return 0;
}
