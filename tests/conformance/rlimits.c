/* Limits: kept, inherited, and what files, memory and descriptors make of them. */
#include "check.h"
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void on_xfsz(int signal) { say("signal %s\n", sigabbrev_np(signal)); }

static int set(int resource, rlim_t soft, rlim_t hard)
{
    return setrlimit(resource, &(struct rlimit){soft, hard});
}

static void show(int resource)
{
    struct rlimit limit;
    SHOW(getrlimit(resource, &limit));
    say("resource %d: %ld %ld\n", resource, (long)limit.rlim_cur, (long)limit.rlim_max);
}

static void kept(void)
{
    for (int resource = 0; resource < 16; resource++) {
        if (resource == RLIMIT_NOFILE)
            continue;
        SHOW(set(resource, 3000000, 4000000));
        show(resource);
        SHOW(set(resource, 5, 4));
        SHOW(set(resource, 4000001, 4000001));
        SHOW(set(resource, 4000000, 4000000));
        CHILD("inherited", show(resource); MUST(setresuid(7, 7, 7)); SHOW(set(resource, 1, 4000001)); SHOW(set(resource, 1, 3999999));
              SHOW(set(resource, 1, 4000000)));
        show(resource);
        SHOW(set(resource, RLIM_INFINITY, RLIM_INFINITY));
    }
    SHOW(set(16, 1, 1));
    SHOW(set(-1, 1, 1));
    SHOW(getrlimit(RLIMIT_CPU, (struct rlimit *)8));
    SHOW(setrlimit(RLIMIT_CPU, (struct rlimit *)8));
    SHOW(prlimit(getppid(), RLIMIT_CORE, NULL, NULL));
    SHOW(prlimit(999999, RLIMIT_CORE, NULL, NULL));
    SHOW(prlimit(-1, RLIMIT_CORE, NULL, NULL));
    CHILD("another's", MUST(setresuid(7, 7, 7)); SHOW(prlimit(getppid(), RLIMIT_CORE, NULL, NULL)));
}

static void files(void)
{
    static char bytes[5000];
    int fd = MUST(open("file", O_CREAT | O_RDWR | O_TRUNC, 0644));
    struct sigaction action = {.sa_handler = on_xfsz};
    sigaction(SIGXFSZ, &action, NULL);
    SHOW(set(RLIMIT_FSIZE, 4500, RLIM_INFINITY));
    SHOW(write(fd, bytes, 4000));
    SHOW(write(fd, bytes, 1000));
    SHOW(write(fd, bytes, 1));
    SHOW(write(fd, bytes, 0));
    SHOW(pwrite(fd, bytes, 10, 4495));
    SHOW(pwrite(fd, bytes, 10, 100));
    SHOW(ftruncate(fd, 4500));
    SHOW(ftruncate(fd, 4501));
    SHOW(truncate("file", 5000));
    SHOW(fallocate(fd, 0, 0, 4501));
    MUST(lseek(fd, 4498, SEEK_SET));
    for (int i = 0; i < 4; i++)
        SHOW(write(fd, bytes, 1));
    SHOW(set(RLIMIT_FSIZE, 0, RLIM_INFINITY));
    SHOW(write(fd, bytes, 1));
    SHOW(set(RLIMIT_FSIZE, 4500, RLIM_INFINITY));
    CHILD("without a handler", signal(SIGXFSZ, SIG_DFL); write(fd, bytes, 1));
    SHOW(set(RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY));
    SHOW(write(fd, bytes, 1000));
    struct stat status;
    MUST(fstat(fd, &status));
    SHOW(status.st_size);
    close(fd);
}

static void memory(void)
{
    CHILD("addresses", {
        MUST(set(RLIMIT_AS, 64 << 20, RLIM_INFINITY));
        SHOW(mmap(NULL, 128 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
        SHOW(mmap(NULL, 128 << 20, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
        char *at = mmap(NULL, 16 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        SHOW(at == MAP_FAILED ? -1 : 0);
        SHOW(mremap(at, 16 << 20, 128 << 20, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
        SHOW(mremap(at, 16 << 20, 8 << 20, 0) == MAP_FAILED ? -1 : 0);
        SHOW(sbrk(128 << 20) == (void *)-1 ? -1 : 0);
        SHOW(sbrk(1 << 20) == (void *)-1 ? -1 : 0);
    });
    CHILD("data", {
        MUST(set(RLIMIT_DATA, 32 << 20, RLIM_INFINITY));
        SHOW(mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
        SHOW(mmap(NULL, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
        SHOW(mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
        SHOW(sbrk(64 << 20) == (void *)-1 ? -1 : 0);
        SHOW(sbrk(1 << 20) == (void *)-1 ? -1 : 0);
    });
}

static volatile sig_atomic_t is_over;

static void over(int signal) { is_over = signal; }

static void processor(void)
{
    CHILD("its second over", {
        signal(SIGXCPU, over);
        MUST(set(RLIMIT_CPU, 1, 100));
        while (!is_over);
        struct rlimit limit;
        getrlimit(RLIMIT_CPU, &limit);
        say("signal %s, the limit is %ld then\n", sigabbrev_np(is_over), (long)limit.rlim_cur);
    });
    CHILD("all seconds over", {
        signal(SIGXCPU, over);
        MUST(set(RLIMIT_CPU, 1, 1));
        for (;;);
    });
}

static void *sleeper(void *unused)
{
    pause();
    return unused;
}

/* Processes of a user: those of root are not counted. */
static void processes(void)
{
    CHILD("root", {
        MUST(set(RLIMIT_NPROC, 1, 1));
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        SHOW(child > 0);
        wait(NULL);
    });
    CHILD("user", {
        MUST(setresuid(4242, 4242, 4242));
        MUST(set(RLIMIT_NPROC, 4, 4));
        pid_t children[8];
        int count = 0;
        while (count < 8 && (children[count] = fork()) > 0)
            count++;
        if (count < 8 && children[count] == 0)
            pause();
        say("children: %d, then %s\n", count, strerrorname_np(errno));
        kill(children[0], SIGKILL);
        SHOW(fork());
        waitpid(children[0], NULL, 0);
        pthread_t thread;
        SHOW(pthread_create(&thread, NULL, sleeper, NULL));
        SHOW(pthread_create(&thread, NULL, sleeper, NULL));
        SHOW(fork());
        for (int i = 1; i < count; i++)
            kill(children[i], SIGKILL);
    });
}

int main(void)
{
    enter_folder("rlimits");
    kept();
    files();
    memory();
    processor();
    processes();
    return 0;
}
