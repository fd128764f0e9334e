/* What the seed kernel promises, as process 1: prints the same on the Rust kernel. The tree has /empty (0 bytes), /text and
 * /link -> text. */
#include "check.h"

#include <sys/mman.h>
#include <sys/utsname.h>

enum { MEGABYTE = 1 << 20 };

/* execve without fork: the second life goes on where the first one ended. */
static void first_life(void)
{
    char *arguments[] = {"/init", "second", "", "a b", NULL}, *environment[] = {"COLOUR=blue", NULL};
    SHOW(execve("/none", arguments, environment));
    SHOW(execve("/text", arguments, environment));
    SHOW(execve("/", arguments, environment));
    MUST(execve("/init", arguments, environment));
}

static void second_life(int count, char **arguments, char **environment)
{
    for (int i = 0; i < count; i++)
        say("argument %d [%s]\n", i, arguments[i]);
    for (int i = 0; environment[i]; i++)
        say("environment [%s]\n", environment[i]);
}

/* A 50 MB heap through three nested forks: each generation writes its own number, and finds it when its child has ended. */
static long sum(const char *heap)
{
    long total = 0;
    for (long i = 0; i < 50 * MEGABYTE; i += 4096)
        total += heap[i] + heap[i + 4095];
    return total;
}

static void generation(char *heap, int number)
{
    memset(heap, number, 50 * MEGABYTE);
    if (number < 4) {
        pid_t child = MUST(fork());
        if (!child) {
            generation(heap, number + 1);
            _exit(number);
        }
        int status = 0;
        TRUE(waitpid(child, &status, 0) == child);
        say_status("generation", status);
    }
    say("generation %d has %ld\n", number, sum(heap));
}

static void forks(void)
{
    char *heap = sbrk(0);
    TRUE(brk(heap + 50 * MEGABYTE) == 0);
    generation(heap, 1);
    TRUE(brk(heap) == 0);
    TRUE(brk(heap + MEGABYTE) == 0);
    say("a heap that grew again has %d\n", heap[4096]);
    SHOW(waitpid(-1, NULL, 0));
}

static void limits(void)
{
    void *end = sbrk(0);
    SHOW(brk((void *)(1L << 40)));
    SHOW(brk((char *)end + (1L << 36)));
    TRUE(sbrk(0) == end);
    OK(mmap(NULL, 1L << 48, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    OK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    char *memory = mmap(NULL, 3 * MEGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("a mapping has %d %d\n", memory[0], memory[3 * MEGABYTE - 1]);
    int fd = MUST(open("/text", O_RDONLY));
    SHOW(read(fd, (void *)16, 1));
    SHOW(lseek(fd, 0, SEEK_CUR));
    close(fd);
    SHOW(write(1, (void *)16, 1));
    SHOW(open((char *)16, O_RDONLY));
    SHOW(read(77, memory, 1));
    SHOW(close(77));
}

static void describe(const char *path)
{
    char bytes[64];
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status) < 0) {
        say("%s: %s\n", path, strerrorname_np(errno));
        return;
    }
    ssize_t n = read(fd, bytes, sizeof bytes);
    say("%s: mode %o, %ld bytes:", path, status.st_mode, (long)status.st_size);
    for (ssize_t i = 0; i < n; i++)
        say(bytes[i] < ' ' ? " %02x" : " %c", bytes[i]);
    say("\n");
    close(fd);
}

static void files(void)
{
    char name[256] = "/tmp/", text[16];
    memset(name + 5, 'n', 200);
    SHOW(open(name, O_RDONLY));
    int fd = MUST(open(name, O_CREAT | O_WRONLY | O_EXCL, 0666));
    SHOW(write(fd, "two hundred", 11));
    close(fd);
    SHOW(open(name, O_CREAT | O_WRONLY | O_EXCL, 0666));
    describe(name);
    SHOW(unlink(name));
    SHOW(unlink(name));
    describe("/empty");
    describe("/folder/0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000/"
              "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111");
    close(MUST(open("/tmp/nothing", O_CREAT | O_WRONLY, 0600)));
    describe("/tmp/nothing");

    describe("/link");
    fd = MUST(open("/link", O_RDWR)); /* its bytes lie in the image */
    SHOW(write(fd, "T", 1));
    SHOW(lseek(fd, 9, SEEK_SET));
    SHOW(write(fd, "hole", 4));
    SHOW(lseek(fd, -1, SEEK_SET));
    SHOW(lseek(fd, -2, SEEK_CUR));
    SHOW(read(fd, text, sizeof text));
    SHOW(lseek(fd, 0, SEEK_END));
    close(fd);
    fd = MUST(open("/text", O_WRONLY | O_APPEND));
    SHOW(write(fd, "!", 1));
    SHOW(read(fd, text, 1));
    close(fd);
    describe("/text");
    close(MUST(open("/text", O_WRONLY | O_TRUNC)));
    describe("/text");
}

/* Many writes to two files in turn: neither lies last in memory, both grow. */
static void growth(void)
{
    char line[100], back[100];
    int one = MUST(open("/tmp/one", O_CREAT | O_RDWR, 0644)), two = MUST(open("/tmp/two", O_CREAT | O_RDWR, 0644));
    for (int i = 0; i < 3000; i++) {
        memset(line, i, sizeof line);
        write(one, line, sizeof line);
        memset(line, ~i, sizeof line);
        write(two, line, 50);
    }
    int wrong = 0;
    lseek(one, 0, SEEK_SET);
    lseek(two, 0, SEEK_SET);
    for (int i = 0; i < 3000; i++) {
        memset(line, i, sizeof line);
        wrong += read(one, back, sizeof back) != sizeof back || memcmp(line, back, sizeof back);
        memset(line, ~i, sizeof line);
        wrong += read(two, back, 50) != 50 || memcmp(line, back, 50);
    }
    say("wrong after growth: %d\n", wrong);
    SHOW(read(one, back, 1));
    close(one);
    close(two);
}

static void names(void)
{
    char text[4096];
    struct stat status;
    SHOW(mkdir("/tmp/a", 0777));
    SHOW(mkdir("/tmp/a", 0777));
    SHOW(mkdir("/tmp/none/a", 0777));
    SHOW(mkdir("/empty/a", 0777));
    SHOW(chdir("/tmp/a/../a/./"));
    SHOW((long)syscall(SYS_getcwd, text, sizeof text));
    say("cwd %s\n", text);
    SHOW((long)syscall(SYS_getcwd, text, 3));
    close(MUST(open("inside", O_CREAT | O_WRONLY, 0777)));
    SHOW(symlink("../a/inside", "soft"));
    SHOW(symlink("round", "round"));
    SHOW(open("round", O_RDONLY));
    describe("soft");
    SHOW(lstat("soft", &status));
    say("mode %o size %ld\n", status.st_mode, (long)status.st_size);
    SHOW(chmod("soft", 0604));
    describe("inside");
    SHOW(access("inside", X_OK));
    SHOW(access("/tmp", X_OK));
    SHOW(access("none", F_OK));
    SHOW(symlink("/tmp/a", "/tmp/way"));
    describe("/tmp/way/inside");
    SHOW(unlink("/tmp/a"));
    SHOW(rmdir("/tmp/a"));
    SHOW(rmdir("/tmp/a/inside"));
    SHOW(unlink("/tmp/a/inside"));
    SHOW(unlink("/tmp/a/soft"));
    SHOW(unlink("/tmp/a/round"));
    SHOW(chdir("/empty"));
    SHOW(chdir("/tmp/way/.."));
    SHOW(open("/tmp", O_WRONLY));
    SHOW(open("/empty", O_RDONLY | O_DIRECTORY));
    int folder = MUST(open("/tmp", O_RDONLY | O_DIRECTORY));
    SHOW(mkdirat(folder, "b", 0700));
    SHOW(unlinkat(folder, "b", AT_REMOVEDIR));
    SHOW(read(folder, text, 1));
    close(folder);
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    SHOW(open(text, O_RDONLY));
    struct utsname system;
    MUST(uname(&system));
    say("%s %s\n", system.sysname, system.machine);
}

/* Parent and child share a file's place; registers of the parent stay as they are. */
static void sharing(void)
{
    char bytes[8] = "";
    int fd = MUST(open("/tmp/shared", O_CREAT | O_RDWR | O_TRUNC, 0644));
    register double third asm("d9") = 1.0 / 3;
    register double wide asm("d20") = 2.0 / 3;
    asm volatile("" : "+w"(third), "+w"(wide));
    pid_t child = MUST(fork());
    if (!child) {
        asm volatile("movi v9.2d, #0\n\tmovi v20.2d, #0" ::: "v9", "v20");
        write(fd, "child ", 6);
        close(fd);
        _exit(7);
    }
    asm volatile("" : "+w"(third), "+w"(wide));
    say("%.3f %.3f\n", third, wide);
    siginfo_t info;
    memset(&info, 0, sizeof info);
    TRUE(waitid(P_PID, child, &info, WEXITED) == 0);
    say("signal %d code %d status %d\n", info.si_signo, info.si_code, info.si_status);
    TRUE(info.si_pid == child);
    write(fd, "parent", 6);
    SHOW(lseek(fd, 4, SEEK_SET));
    SHOW(read(fd, bytes, 7));
    say("[%s]\n", bytes);
    for (int i = 0; i < 3; i++)
        if (!MUST(fork()))
            _exit(20 + i);
    int total = 0, status;
    while (waitpid(-1, &status, 0) > 0)
        total += WEXITSTATUS(status);
    say("three children: %d\n", total);
}

int main(int count, char **arguments, char **environment)
{
    if (count < 2)
        first_life();
    second_life(count, arguments, environment);
    forks();
    limits();
    files();
    growth();
    names();
    sharing();
    return 42;
}
