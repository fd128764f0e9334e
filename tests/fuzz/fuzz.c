/* Random system calls with hostile arguments, from EL0. The promise is the kernel's survival, not a result:
 * whatever a program asks, the machine goes on.
 *
 *   fuzz SEED CALLS     as process 1: child after child makes random calls until CALLS were made in all
 *
 * Calls are counted in memory that all children have in common, BATCH by BATCH, so the number at the end is a
 * lower bound. A child can write there what it likes: where it says more than it can have made, nothing of it counts.
 * A child that says nothing through its pipe for SILENCE_MS waits for
 * something that never comes (its right): it is killed and the next one starts. Calls left out: those that
 * do nothing but end the caller, and reboot. Children have no console: what they write goes to files.
 *
 * Each child has THREADS more that do the same. Every eighth call is one of those that random arguments would
 * hardly ever get to the end of: threads, futexes, epoll, timers, pipes into pipes. How many of each succeeded is
 * said at the end. */
#include "check.h"
#include <dirent.h>
#include <linux/futex.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#define BATCH 32
#define BATCHES_PER_CHILD 400
/* No child and its threads make more: threads go on while the first one waits. */
#define MOST_CALLS_OF_A_CHILD (64 * BATCH * BATCHES_PER_CHILD)
#define SILENCE_MS 40
#define REPORT_FD 777
#define THREADS 2
#define ARENA_BYTES 0x40000

static __thread uint64_t state;
static char *arena;            /* readable and writable; the page behind it is not mapped */
static const char *paths[16];  /* strings in the arena */

/* What is made on purpose, and how often it succeeded: in memory that all children have in common. */
enum { THREAD, FUTEX, EPOLL, TIMER, SPLICE, FAMILIES };
static const char *const families[FAMILIES] = {"threads", "futexes", "epoll", "timers", "splice"};
struct counts {
    uint64_t calls, successes[FAMILIES];
};
static struct counts *counted, total; /* the child's; process 1's own sum */

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* One call. A child that a call made ends at once, in here: it must not fuzz on beside its parent. */
static long call(long number, const uint64_t a[6])
{
    register long x8 __asm__("x8") = number;
    register uint64_t x0 __asm__("x0") = a[0];
    register uint64_t x1 __asm__("x1") = a[1];
    register uint64_t x2 __asm__("x2") = a[2];
    register uint64_t x3 __asm__("x3") = a[3];
    register uint64_t x4 __asm__("x4") = a[4];
    register uint64_t x5 __asm__("x5") = a[5];
    __asm__ volatile("svc #0\n"
                     "cbnz x0, 1f\n"
                     "cmp x8, #220\n" /* clone */
                     "b.eq 2f\n"
                     "cmp x8, #435\n" /* clone3 */
                     "b.ne 1f\n"
                     "2: mov x0, #0\n mov x8, #93\n svc #0\n"
                     "1:\n"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory", "cc");
    return (long)x0;
}

static uint64_t an_address(void)
{
    static const uint64_t edges[] = {0,          1,          8,           4095,        4096,          1ul << 32,
                                     1ul << 38,  (1ul << 39) - 8, 1ul << 39,  1ul << 47,   1ul << 48,     1ul << 63,
                                     -4096ul,    -8ul,       -1ul,        0xffffff8000000000ul, 0xffffffff80000000ul,
                                     0xffffff8040000000ul,   0x40000000,  0x08000000,  0x09000000};
    switch (next() % 8) {
    case 0: return edges[next() % (sizeof edges / sizeof *edges)] + (next() % 4 == 0 ? next() % 9 - 4 : 0);
    case 1: return (uint64_t)arena + ARENA_BYTES - next() % 64;  /* over the end */
    case 2: return (uint64_t)an_address + next() % 4096;         /* code */
    case 3: return (uint64_t)__builtin_frame_address(0) - 20000 + next() % 40000;
    case 4: return next();
    default: return (uint64_t)arena + next() % ARENA_BYTES;
    }
}

static uint64_t a_number(void)
{
    static const uint64_t edges[] = {0, 1, 2, 7, 8, 4095, 4096, 4097, 65535, 65536, 1ul << 20, 0x7fffffff, 0x80000000,
                                     0xffffffff, 1ul << 32, 0x7fffffffffffffff, 1ul << 63, -1ul, -2ul, -100ul /* AT_FDCWD */};
    switch (next() % 4) {
    case 0: return edges[next() % (sizeof edges / sizeof *edges)];
    case 1: return next() % 64;
    case 2: return 1ul << (next() % 64);
    default: return next() >> (next() % 64);
    }
}

static uint64_t an_argument(void)
{
    switch (next() % 8) {
    case 0: case 1: return next() % 20;                               /* a descriptor, a small number */
    case 2: return (uint64_t)paths[next() % 16];
    case 3: case 4: return an_address();
    case 5: return next() % 8 == 0 ? next() : -100ul;
    default: return a_number();
    }
}

/* Puts something into the arena: noise, or numbers and addresses that look like structures. */
static void stir(void)
{
    uint64_t *words = (uint64_t *)arena + next() % (ARENA_BYTES / 8 - 256);
    for (int i = 0; i < 128; i++)
        words[i] = next() % 2 ? an_argument() : next() >> (next() % 64);
}

/* The memory calls would soon unmap the fuzzer itself: mostly they are given the arena. */
static int is_memory_call(long number)
{
    return number == SYS_munmap || number == SYS_mprotect || number == SYS_mmap || number == SYS_mremap ||
           number == SYS_madvise || number == SYS_brk;
}

/* Calls that end or stop the caller more often than they test anything: one in sixty-four of them is made. */
static int is_rare(long number)
{
    return number == SYS_rt_sigreturn || number == SYS_kill || number == SYS_tkill || number == SYS_tgkill ||
           number == SYS_rt_sigsuspend || number == SYS_rt_sigtimedwait || number == SYS_execve || number == SYS_execveat ||
           number == SYS_rt_sigqueueinfo || number == SYS_rt_tgsigqueueinfo || number == SYS_setrlimit ||
           number == SYS_prlimit64 || number == SYS_close_range || number == SYS_vhangup || number == SYS_seccomp ||
           number == SYS_clone || number == SYS_clone3;
}

/* A call of one of the families, with arguments that may mean something; the others are as random as ever. */
static void family_call(void)
{
    static const struct {
        long number;
        int family;
    } calls[] = {{SYS_clone, THREAD}, {SYS_tgkill, THREAD}, {SYS_futex, FUTEX}, {SYS_futex, FUTEX}, {SYS_futex, FUTEX},
                 {SYS_epoll_ctl, EPOLL}, {SYS_epoll_pwait, EPOLL}, {SYS_epoll_create1, EPOLL}, {SYS_timerfd_settime, TIMER},
                 {SYS_timer_create, TIMER}, {SYS_timer_settime, TIMER}, {SYS_timer_delete, TIMER}, {SYS_setitimer, TIMER},
                 {SYS_splice, SPLICE}, {SYS_tee, SPLICE}, {SYS_vmsplice, SPLICE}};
    int chosen = next() % (sizeof calls / sizeof *calls);
    long number = calls[chosen].number;
    uint64_t a[6], *short_time = (uint64_t *)(arena + ARENA_BYTES / 2);
    for (int i = 0; i < 6; i++)
        a[i] = an_argument();
    short_time[0] = short_time[2] = 0;
    short_time[1] = short_time[3] = next() % 200000;
    switch (number) {
    case SYS_clone:
        a[0] = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | (next() & (CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID));
        break;
    case SYS_tgkill:
        a[0] = getpid();
        a[1] = next() % 2 ? a[0] : (uint64_t)gettid();
        a[2] = next() % 2 ? 0 : SIGURG;
        break;
    case SYS_futex:
        a[0] = (uint64_t)arena + 4 * (next() % 4);
        a[1] = next() % 16 | (next() % 2 ? FUTEX_PRIVATE_FLAG : 0) | (next() % 8 ? 0 : FUTEX_CLOCK_REALTIME);
        a[2] = next() % 4 ? *(uint32_t *)a[0] : next() % 3;
        a[3] = next() % 64 ? (uint64_t)short_time : next() % 3;
        a[4] = (uint64_t)arena + 4 * (next() % 4);
        break;
    case SYS_epoll_ctl: case SYS_epoll_pwait:
        a[0] = next() % 2 ? 8 : a[0];
        if (number == SYS_epoll_ctl)
            a[1] = next() % 4, a[2] = next() % 20;
        else
            a[3] = next() % 3;
        a[number == SYS_epoll_ctl ? 3 : 1] = (uint64_t)arena + 8192 + next() % 4096;
        break;
    case SYS_timerfd_settime: case SYS_timer_settime: case SYS_setitimer:
        a[0] = number == SYS_timerfd_settime ? 10 : next() % 3;
        if (number == SYS_setitimer)
            a[0] = 1 + next() % 2, a[1] = (uint64_t)short_time, a[2] = 0;
        else
            a[1] = next() % 2, a[2] = (uint64_t)short_time, a[3] = 0;
        break;
    case SYS_timer_create:
        a[0] = next() % 8;
        memset(short_time + 8, 0, 64);
        *(uint32_t *)(short_time + 9) = SIGURG;
        *((uint32_t *)(short_time + 9) + 1) = next() % 5;
        *(uint32_t *)(short_time + 10) = gettid();
        a[1] = next() % 2 ? 0 : (uint64_t)(short_time + 8);
        a[2] = (uint64_t)arena + 16384;
        break;
    case SYS_timer_delete:
        a[0] = next() % 4;
        break;
    case SYS_splice: case SYS_tee:
        a[0] = next() % 20;
        a[number == SYS_splice ? 2 : 1] = next() % 20;
        if (number == SYS_splice && next() % 4)
            a[1] = a[3] = 0;
        a[number == SYS_splice ? 5 : 3] = next() % 2 ? 2 : next() % 16;
        break;
    }
    if (call(number, a) >= 0)
        __atomic_add_fetch(&counted->successes[calls[chosen].family], 1, __ATOMIC_RELAXED);
}

static void one_call(void)
{
    if (next() % 8 == 0) {
        family_call();
        return;
    }
    long number = next() % 2000 ? (long)(next() % 470) : (long)next();
    if (number == SYS_exit || number == SYS_exit_group || number == SYS_reboot)
        return;
    if (is_rare(number) && next() % 64)
        return;
    uint64_t a[6];
    for (int i = 0; i < 6; i++)
        a[i] = an_argument();
    if (is_memory_call(number) && next() % 64) {
        a[0] = (uint64_t)arena + (next() % (ARENA_BYTES / 4096)) * 4096 + (next() % 8 == 0);
        a[1] %= ARENA_BYTES;
        if (number == SYS_mmap)
            a[0] = next() % 2 ? 0 : a[0], a[3] &= ~0x10ul; /* not MAP_FIXED */
        if (number == SYS_munmap || number == SYS_mprotect)
            a[1] = 4096 * (next() % 4);
        if (number == SYS_brk)
            a[0] = next() % 2 ? 0 : (uint64_t)sbrk(0) + next() % 100000;
        if (number == SYS_mprotect)
            a[2] |= PROT_READ | PROT_WRITE;
        if (number == SYS_munmap || number == SYS_mremap)
            return; /* the arena stays */
    }
    call(number, a);
}

static void prepare_arena(void)
{
    arena = mmap(NULL, ARENA_BYTES + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (arena == MAP_FAILED)
        _exit(1);
    munmap(arena + ARENA_BYTES, 4096);
    static const char *const texts[] = {"/tmp/fuzz/a", "/tmp/fuzz/b", "/tmp/fuzz/c/d", "/tmp/fuzz/c", ".", "..", "",
                                        "/", "/proc/self/exe", "/dev/zero", "/dev/null", "/proc/meminfo", "a", "b"};
    char *at = arena;
    for (int i = 0; i < 14; i++) {
        paths[i] = strcpy(at, texts[i]);
        at += strlen(at) + 1;
    }
    paths[14] = memset(arena + 4096, 'n', 8192); /* longer than a path may be */
    paths[15] = memset(arena + ARENA_BYTES - 10, 'e', 10); /* no end before the memory's end */
}

static void seed_state(uint64_t seed)
{
    state = seed * 0x9e3779b97f4a7c15u + 0x1234567;
    for (int i = 0; i < 8; i++)
        next();
}

/* One more thread: no reports, no end. */
static void *another(void *seed)
{
    seed_state((uint64_t)seed);
    for (;;) {
        stir();
        for (int i = 0; i < BATCH; i++)
            one_call();
        __atomic_add_fetch(&counted->calls, BATCH, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void child(uint64_t seed, int report)
{
    seed_state(seed);
    if (dup2(report, REPORT_FD) < 0)
        _exit(1);
    for (int fd = 0; fd < 64; fd++)
        close(fd);
    chdir("/tmp/fuzz");
    int ends[2];
    for (int i = 0; i < 3; i++)
        signal((int[]){SIGALRM, SIGVTALRM, SIGPROF}[i], SIG_IGN);
    open("/dev/null", O_RDWR);
    open("/dev/zero", O_RDWR);
    open("a", O_CREAT | O_RDWR, 0644);
    open("b", O_CREAT | O_RDWR | O_APPEND, 0644);
    mkdir("c", 0755);
    open("c", O_RDONLY | O_DIRECTORY);
    pipe2(ends, O_NONBLOCK);
    epoll_create1(0);
    eventfd(0, EFD_NONBLOCK);
    timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    sigset_t urgent;
    sigemptyset(&urgent);
    sigaddset(&urgent, SIGURG);
    signalfd(-1, &urgent, SFD_NONBLOCK);
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
    pipe2(ends, O_NONBLOCK);
    memfd_create("fuzz", 0);
    open("/proc/self/exe", O_RDONLY);
    prepare_arena();
    for (uint64_t i = 1; i <= THREADS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, another, (void *)(seed + (i << 32))))
            _exit(3);
    }
    for (int batch = 0; batch < BATCHES_PER_CHILD; batch++) {
        if (batch % 4 == 0)
            stir();
        for (int i = 0; i < BATCH; i++)
            one_call();
        __atomic_add_fetch(&counted->calls, BATCH, __ATOMIC_RELAXED);
        if (write(REPORT_FD, "x", 1) != 1)
            _exit(2);
    }
    _exit(0);
}

/* Removes what the last child left, so that the files do not fill the memory. */
static void clean(const char *path, int depth)
{
    chmod(path, 0755);
    DIR *folder = depth < 30 ? opendir(path) : NULL;
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[600];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (lstat(name, &status) == 0 && S_ISDIR(status.st_mode)) {
            clean(name, depth + 1);
            rmdir(name);
        } else {
            unlink(name);
        }
    }
    closedir(folder);
}

/* What a child has left anywhere: its paths lead up too, and a large file that stays would be all the memory of those behind it. */
static void clean_all(void)
{
    static const char *const kept[] = {".", "..", "init", "dev", "proc", "tmp"};
    clean("/tmp", 0);
    DIR *root = opendir("/");
    if (!root)
        return;
    for (struct dirent *entry; (entry = readdir(root));) {
        char name[300];
        size_t i = 0;
        while (i < sizeof kept / sizeof *kept && strcmp(entry->d_name, kept[i]) != 0)
            i++;
        if (i < sizeof kept / sizeof *kept)
            continue;
        snprintf(name, sizeof name, "/%s", entry->d_name);
        clean(name, 0);
        if (unlink(name))
            rmdir(name);
    }
    closedir(root);
}

/* Adds what the child has counted; whether that can be. */
static int add_counts(void)
{
    struct counts of_child = *counted;
    memset(counted, 0, sizeof *counted);
    int can_be = of_child.calls <= MOST_CALLS_OF_A_CHILD;
    for (int i = 0; i < FAMILIES; i++)
        can_be &= of_child.successes[i] <= MOST_CALLS_OF_A_CHILD;
    if (!can_be)
        return 0;
    total.calls += of_child.calls;
    for (int i = 0; i < FAMILIES; i++)
        total.successes[i] += of_child.successes[i];
    return 1;
}

/* Process 1 cleans up also where a child's file has taken all memory: what that needs, heap and stack, it has from the start. */
static void keep_memory(void)
{
    volatile char stack[65536];
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 1 << 25);
    char *heap = malloc(1 << 20);
    for (size_t i = 0; heap && i < 1 << 20; i += 4096)
        heap[i] = 1;
    for (size_t i = 0; i < sizeof stack; i += 4096)
        stack[i] = 1;
    free(heap);
}

int main(int count, char **arguments)
{
    if (count < 3) {
        say("fuzz: usage: fuzz SEED CALLS\n");
        return 2;
    }
    uint64_t seed = strtoull(arguments[1], NULL, 0), wanted = strtoull(arguments[2], NULL, 0);
    uint64_t children = 0, silent = 0, faulted = 0, false_counts = 0, said = 0;
    keep_memory();
    mkdir("/tmp", 01777);
    counted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counted == MAP_FAILED) {
        say("fuzz: no memory to count in: %s\n", strerrorname_np(errno));
        return 1;
    }
    while (total.calls < wanted) {
        int ends[2], status = 0;
        char reports[256];
        mkdir("/tmp/fuzz", 0755);
        if (pipe(ends)) {
            say("fuzz: no pipe after %lu calls: %s\n", total.calls, strerrorname_np(errno));
            return 1;
        }
        pid_t pid = fork();
        if (pid < 0) {
            say("fuzz: no fork after %lu calls: %s\n", total.calls, strerrorname_np(errno));
            return 1;
        }
        if (pid == 0) {
            close(ends[0]);
            child(seed + children, ends[1]);
        }
        close(ends[1]);
        for (;;) {
            struct pollfd ready = {ends[0], POLLIN, 0};
            int woken = poll(&ready, 1, SILENCE_MS);
            if (woken == 0) {
                silent++;
                break;
            }
            ssize_t n = read(ends[0], reports, sizeof reports);
            if (n <= 0)
                break;
        }
        close(ends[0]);
        kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ; /* orphans */
        faulted += WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL;
        clean_all();
        children++;
        false_counts += !add_counts();
        if (total.calls - said >= wanted / 10) {
            said = total.calls;
            say("fuzz: %lu calls, %lu programs, %lu died, %lu waited for ever, %lu counted falsely\n", said, children,
                faulted, silent, false_counts);
        }
    }
    /* The machine still does what it should. */
    make_file("/tmp/after", "still here");
    show_file("/tmp/after");
    CHILD("a program after all that", _exit(7));
    for (int i = 0; i < FAMILIES; i++)
        say("fuzz: %s: %lu succeeded\n", families[i], total.successes[i]);
    say("fuzz: survived %lu calls\n", total.calls);
    return 0;
}
