/* The end of threads: of one, of all, of the first before the others, by execve; and what becomes of the locks that they held. */
#include "check.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <time.h>

static void *sleeps(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static void *spins(void *argument)
{
    for (;;)
        ++*(volatile long *)argument;
    return NULL;
}

static void *exits_all(void *argument)
{
    usleep(2000);
    exit((int)(long)argument);
}

static void *exits_late(void *argument)
{
    usleep(5000);
    syscall(SYS_exit, (long)argument);
    return NULL;
}

static void *executes(void *argument)
{
    char *arguments[] = {argument, "executed", NULL}, *environment[] = {NULL};
    usleep(2000);
    execve(argument, arguments, environment);
    say("no exec\n");
    return NULL;
}

static void *faults(void *argument)
{
    usleep(2000);
    *(volatile int *)argument = 1;
    return NULL;
}

static void start(void *(*routine)(void *), void *argument)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, routine, argument);
    if (error)
        say("no thread: %s\n", strerrorname_np(error));
}

static long spun;

static void others(void)
{
    for (int i = 0; i < 3; i++)
        start(sleeps, NULL);
    start(spins, &spun);
}

static char *program;

/* Each runs in a process of its own. */
static void exit_group(void) { others(); usleep(2000); exit(3); }
static void exit_group_by_thread(void) { others(); start(exits_all, (void *)4); pause(); }
static void first_ends_first(void) { start(exits_late, (void *)9); syscall(SYS_exit, 5); }
static void last_ends_last(void) { start(exits_late, (void *)9); usleep(20000); syscall(SYS_exit, 6); }
static void first_ends_by_pthread_exit(void) { start(exits_late, (void *)9); pthread_exit(NULL); }
static void exec_by_thread(void) { others(); start(executes, program); pause(); }
static void exec_by_first(void) { others(); usleep(2000); executes(program); }
static void fault(void) { others(); start(faults, NULL); pause(); }
static void killed(void) { others(); usleep(2000); kill(getpid(), SIGKILL); pause(); }
static void killed_by_tgkill(void) { others(); usleep(2000); tgkill(getpid(), getpid(), SIGTERM); pause(); }

static void waits(const char *name, void (*way)(void))
{
    int status;
    pid_t child = MUST(fork());
    if (child == 0) {
        way();
        _exit(98);
    }
    MUST(waitpid(child, &status, 0));
    say_status(name, status);
}

struct shared {
    pthread_mutex_t robust;
    pthread_cond_t changed;
    int word, count;
};

static struct shared *shared;

static void *dies_with_lock(void *argument)
{
    pthread_mutex_lock(argument);
    return NULL;
}

static void robust(void)
{
    pthread_mutexattr_t kind;
    pthread_t thread;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->robust, &kind);
    pthread_create(&thread, NULL, dies_with_lock, &shared->robust);
    pthread_join(thread, NULL);
    int error = pthread_mutex_lock(&shared->robust);
    say("after a thread: %s\n", strerrorname_np(error));
    SHOW(pthread_mutex_consistent(&shared->robust));
    SHOW(pthread_mutex_unlock(&shared->robust));
    pid_t child = MUST(fork());
    if (child == 0) {
        pthread_mutex_lock(&shared->robust);
        usleep(10000);
        raise(SIGKILL);
    }
    usleep(5000);
    error = pthread_mutex_lock(&shared->robust);
    say("after a process that was killed: %s\n", strerrorname_np(error));
    SHOW(pthread_mutex_unlock(&shared->robust));
    say("not made consistent: %s\n", strerrorname_np(pthread_mutex_lock(&shared->robust)));
    MUST(waitpid(child, NULL, 0));
}

/* Two processes, shared memory at two addresses: the futex is the same; a private one is not. */
static void across(void)
{
    pid_t child = MUST(fork());
    if (child == 0) {
        struct shared *moved = mremap(shared, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (char *)shared - 0x100000);
        struct timespec moment = {0, 1000000};
        SHOW(syscall(SYS_futex, &moved->word, FUTEX_WAIT_PRIVATE, 0, &moment, NULL, 0));
        SHOW(syscall(SYS_futex, &moved->word, FUTEX_WAIT, 0, NULL, NULL, 0));
        _exit(0);
    }
    usleep(20000);
    SHOW(syscall(SYS_futex, &shared->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, &shared->word, FUTEX_WAKE, 1, NULL, NULL, 0)); /* the word is what it was */
    MUST(waitpid(child, NULL, 0));
}

int main(int count, char **arguments)
{
    if (count > 1) {
        say("%s: tid is pid %d\n", arguments[1], gettid() == getpid());
        return 11;
    }
    program = arguments[0];
    waits("exit", exit_group);
    waits("exit by a thread", exit_group_by_thread);
    waits("the first ends first", first_ends_first);
    waits("the first ends last", last_ends_last);
    waits("the first ends by pthread_exit", first_ends_by_pthread_exit);
    waits("execve by a thread", exec_by_thread);
    waits("execve by the first", exec_by_first);
    waits("a fault", fault);
    waits("SIGKILL", killed);
    waits("tgkill", killed_by_tgkill);
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    robust();
    across();
    return 0;
}
