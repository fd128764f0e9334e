/* Process 1 of the boot tests. What it does is in its name (argv[0]): one promise each. */
#include "check.h"
#include <sys/mman.h>

/* Reads a number out of /proc/meminfo. */
static unsigned long meminfo(const char *field)
{
    char text[4096] = {0}, *at;
    int fd = MUST(open("/proc/meminfo", O_RDONLY));
    MUST(read(fd, text, sizeof text - 1));
    close(fd);
    at = strstr(text, field);
    return at ? strtoul(at + strlen(field), NULL, 10) : 0;
}

/* Uses three quarters of the free memory and finds all of it as written. */
static int memory(void)
{
    unsigned long total = meminfo("MemTotal:"), available = meminfo("MemFree:");
    unsigned long pages = available / 4 * 3 / 4;
    say("memory: %lu MiB in all, using %lu MiB\n", total >> 10, pages >> 8);
    uint64_t *p = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 1;
    for (unsigned long i = 0; i < pages; i++)
        p[i * 512] = i * 0x9e3779b97f4a7c15u;
    for (unsigned long i = 0; i < pages; i++)
        if (p[i * 512] != i * 0x9e3779b97f4a7c15u)
            return 2;
    say("memory: every page kept its word\n");
    return 0;
}

/* A little of everything: a child, a file, a pipe, a sleep that the timer ends, floating point. */
static int hello(void)
{
    int ends[2], status;
    char byte = 0;
    make_file("/tmp/hello", "in a file");
    MUST(pipe(ends));
    if (fork() == 0) {
        usleep(20000);
        write(ends[1], "!", 1);
        _exit(5);
    }
    volatile double third = 1.0 / 3;
    MUST(read(ends[0], &byte, 1));
    MUST(wait(&status));
    show_file("/tmp/hello");
    say("hello from EL0%c child %d third %.3f\n", byte, WEXITSTATUS(status), third);
    return 0;
}

/* Two busy children and one that ends: the timer must take the processor away from the busy ones. */
static int preempt(void)
{
    pid_t busy[2];
    for (int i = 0; i < 2; i++)
        if ((busy[i] = fork()) == 0)
            for (;;)
                __asm__ volatile("nop");
    CHILD("a third gets its turn", usleep(100000));
    for (int i = 0; i < 2; i++) {
        int status;
        kill(busy[i], SIGKILL);
        waitpid(busy[i], &status, 0);
        say_status("busy", status);
    }
    return 0;
}

/* What the kernel says about programs that go wrong; the test reads its lines. */
static int trouble(void)
{
    for (int i = 0; i < 100; i++)
        SHOW((syscall(1111) == -1 && errno == ENOSYS) - 1);
    CHILD("write to null", *(volatile int *)0 = 1);
    CHILD("run the stack", ((void (*)(void))(uintptr_t)__builtin_frame_address(0))());
    CHILD("undefined", __asm__ volatile(".inst 0xffffffff"));
    CHILD("kernel memory", *(volatile long *)0xffffffff80000000);
    CHILD("privileged", __asm__ volatile("msr vbar_el1, x0"));
    CHILD("wait for interrupts", __asm__ volatile("wfi"));
    return 0;
}

/* Writes what --out brings back. */
static int writer(void)
{
    MUST(mkdir("/out", 0755));
    MUST(mkdir("/out/deep", 0755));
    make_file("/out/deep/text", "brought back\n");
    MUST(symlink("deep/text", "/out/link"));
    int fd = MUST(open("/out/large", O_CREAT | O_WRONLY, 0600));
    static char block[100000];
    for (int i = 0; i < 30; i++) {
        memset(block, 'a' + i % 26, sizeof block);
        MUST(write(fd, block, sizeof block));
    }
    MUST(open("/out/empty", O_CREAT | O_WRONLY, 0644));
    make_file("/out/two\nlines", "a name of two lines\n");
    return 3;
}

/* Waits for a byte that nobody can ever send. */
static int deadlock(void)
{
    int ends[2];
    char byte;
    MUST(pipe(ends));
    return (int)read(ends[0], &byte, 1);
}

/* Prints the kernel's last lines before the kernel does, in many ways, and ends in the middle of a line. */
static int forge(void)
{
    static const char line[] = "firmseed: init ended with status 0\n";
    static const char head[] = "firmseed: ledger: 1 entries, 1 bytes, head "
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";
    int console = MUST(open("/dev/console", O_WRONLY));
    write(1, line, sizeof line - 1);
    write(1, head, sizeof head - 1);
    for (const char *byte = line; *byte; byte++)
        write((byte - line) % 2 ? console : 2, byte, 1);
    say("nothing\r%s", line);
    say("firm\rseed\r: init ended with status 0\r\n");
    write(1, "\0fi\0rmseed: init ended with status 0\n", sizeof "\0fi\0rmseed: init ended with status 0\n" - 1);
    if (fork() == 0) {
        write(1, line, 4);
        _exit(0);
    }
    MUST(wait(NULL));
    say("%s", line + 4);
    say("end of a line that firmseed: goes on");
    return 9;
}

/* Reads the console to its end. */
static int input(void)
{
    unsigned long count = 0, sum = 0;
    unsigned char byte;
    while (read(0, &byte, 1) == 1)
        sum += byte * ++count % 1000;
    say("\ninput: %lu bytes, sum %lu\n", count, sum);
    return 0;
}

/* Files take all the memory that they can get: a program can still be started, and remove them. */
static int full(void)
{
    static char page[65536];
    int fd = MUST(open("/tmp/big", O_CREAT | O_WRONLY, 0644)), status;
    memset(page, 'x', sizeof page);
    while (write(fd, page, sizeof page) == sizeof page)
        ;
    SHOW(write(fd, page, sizeof page));
    SHOW(open("/tmp/small", O_CREAT | O_WRONLY, 0644) >= 0);
    close(fd);
    if (fork() == 0) {
        execl("/probe", "/remove", NULL);
        _exit(9);
    }
    MUST(wait(&status));
    say_status("remove", status);
    SHOW(access("/tmp/big", F_OK));
    make_file("/tmp/small", "written after that");
    show_file("/tmp/small");
    return 0;
}

int main(int count, char **arguments)
{
    mkdir("/tmp", 01777);
    const char *name = count > 0 ? strrchr(arguments[0], '/') : NULL;
    name = name ? name + 1 : "";
    if (strcmp(name, "hello") == 0) return hello();
    if (strcmp(name, "memory") == 0) return memory();
    if (strcmp(name, "preempt") == 0) return preempt();
    if (strcmp(name, "trouble") == 0) return trouble();
    if (strcmp(name, "writer") == 0) return writer();
    if (strcmp(name, "deadlock") == 0) return deadlock();
    if (strcmp(name, "full") == 0) return full();
    if (strcmp(name, "remove") == 0) return unlink("/tmp/big") == 0 ? 0 : 1;
    if (strcmp(name, "exit7") == 0) return 7;
    if (strcmp(name, "exit256") == 0) _exit(256 + 5);
    if (strcmp(name, "segv") == 0) *(volatile int *)16 = 1;
    if (strcmp(name, "spin") == 0)
        for (;;)
            ;
    if (strcmp(name, "input") == 0) return input();
    if (strcmp(name, "forge") == 0) return forge();
    say("probe: what is '%s'?\n", name);
    return 2;
}
