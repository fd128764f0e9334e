/* Threads by the C library: what each kind of lock does, keys, once, cancelling, signals, and that the processor is shared. */
#include "check.h"
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/prctl.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int counter, stage;

static void *square(void *argument) { return (void *)((long)argument * (long)argument); }

static void *count(void *argument)
{
    (void)argument;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&lock);
        int seen = counter;
        if (i % 100 == 0)
            sched_yield();
        counter = seen + 1;
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void joining(void)
{
    pthread_t threads[10];
    long sum = 0;
    for (long i = 0; i < 10; i++)
        SHOW(pthread_create(&threads[i], NULL, square, (void *)i));
    for (int i = 0; i < 10; i++) {
        void *result;
        SHOW(pthread_join(threads[i], &result));
        sum += (long)result;
    }
    say("sum of squares %ld\n", sum);
    for (int i = 0; i < 10; i++)
        pthread_create(&threads[i], NULL, count, NULL);
    for (int i = 0; i < 10; i++)
        pthread_join(threads[i], NULL);
    say("counter %d\n", counter);
}

static void *detached(void *argument)
{
    sem_post(argument);
    return NULL;
}

static void detaching(void)
{
    sem_t done;
    pthread_attr_t attributes;
    pthread_t thread;
    sem_init(&done, 0, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 65536);
    for (int i = 0; i < 50; i++) {
        if (pthread_create(&thread, &attributes, detached, &done))
            say("no thread %d\n", i);
        sem_wait(&done);
    }
    say("50 detached threads\n");
}

static void *waiter(void *argument)
{
    pthread_mutex_lock(&lock);
    while (stage == 0)
        pthread_cond_wait(&changed, &lock);
    counter += (long)argument;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void conditions(void)
{
    pthread_t threads[5];
    struct timespec until;
    counter = 0;
    for (long i = 0; i < 5; i++)
        pthread_create(&threads[i], NULL, waiter, (void *)(i + 1));
    usleep(5000);
    pthread_mutex_lock(&lock);
    stage = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
    say("woken by one broadcast: %d\n", counter);
    pthread_mutex_lock(&lock);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    say("timed wait: %s\n", strerrorname_np(pthread_cond_timedwait(&changed, &lock, &until)));
    say("clock wait: %s\n", strerrorname_np(pthread_cond_clockwait(&changed, &lock, CLOCK_MONOTONIC, &(struct timespec){0, 1})));
    pthread_mutex_unlock(&lock);
}

static void *lock_late(void *argument)
{
    struct timespec past = {1, 0};
    return (void *)(long)pthread_mutex_timedlock(argument, &past);
}

static void mutexes(void)
{
    pthread_mutex_t checked, recursive;
    pthread_mutexattr_t kind;
    pthread_t thread;
    void *result;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &kind);
    SHOW(pthread_mutex_lock(&checked));
    SHOW(pthread_mutex_lock(&checked));
    SHOW(pthread_mutex_trylock(&checked));
    pthread_create(&thread, NULL, lock_late, &checked);
    pthread_join(thread, &result);
    say("timed lock of a held mutex: %s\n", strerrorname_np((int)(long)result));
    SHOW(pthread_mutex_unlock(&checked));
    SHOW(pthread_mutex_unlock(&checked));
    SHOW(pthread_mutex_lock(&recursive));
    SHOW(pthread_mutex_lock(&recursive));
    SHOW(pthread_mutex_unlock(&recursive));
    SHOW(pthread_mutex_unlock(&recursive));
}

static pthread_rwlock_t many = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t all;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int runs, destroyed, serials;

static void run_once(void) { runs++; }
static void destroy(void *value) { destroyed += (long)value; }

static void *together(void *argument)
{
    pthread_once(&once, run_once);
    pthread_setspecific(key, argument);
    pthread_rwlock_rdlock(&many);
    usleep(1000);
    pthread_rwlock_unlock(&many);
    pthread_rwlock_wrlock(&many);
    int seen = counter;
    sched_yield();
    counter = seen + 1;
    pthread_rwlock_unlock(&many);
    if (pthread_barrier_wait(&all) == PTHREAD_BARRIER_SERIAL_THREAD)
        __atomic_add_fetch(&serials, 1, __ATOMIC_SEQ_CST);
    return pthread_getspecific(key);
}

static void gathering(void)
{
    pthread_t threads[6];
    long sum = 0;
    counter = 0;
    pthread_barrier_init(&all, NULL, 6);
    pthread_key_create(&key, destroy);
    for (long i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, together, (void *)(i + 1));
    for (int i = 0; i < 6; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    say("keys %ld, destroyed %d, once %d, serial %d, writers %d\n", sum, destroyed, runs, serials, counter);
}

static void cleaned(void *argument) { (*(int *)argument)++; }

static void *sleeper(void *argument)
{
    pthread_cleanup_push(cleaned, argument);
    for (;;)
        pause();
    pthread_cleanup_pop(0);
    return NULL;
}

static void *spinner(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    for (;;)
        ++*(volatile int *)argument;
    return NULL;
}

static void cancelling(void)
{
    pthread_t thread;
    void *result;
    int cleanups = 0;
    volatile int spins = 0;
    pthread_create(&thread, NULL, sleeper, &cleanups);
    usleep(2000);
    SHOW(pthread_cancel(thread));
    SHOW(pthread_join(thread, &result));
    say("canceled %d, cleaned %d\n", result == PTHREAD_CANCELED, cleanups);
    pthread_create(&thread, NULL, spinner, (void *)&spins);
    while (spins == 0)
        sched_yield();
    pthread_cancel(thread);
    pthread_join(thread, &result);
    say("canceled %d while it ran\n", result == PTHREAD_CANCELED);
}

static __thread int own_signals;
static int seen_by_main;
static pthread_t main_thread;

static void handler(int number)
{
    (void)number;
    own_signals++;
    if (pthread_equal(pthread_self(), main_thread))
        seen_by_main++;
}

static void *interrupted(void *argument)
{
    struct timespec long_time = {100, 0};
    sem_post(argument);
    int result = nanosleep(&long_time, NULL);
    say("sleep: %d %s, own signals %d\n", result, strerrorname_np(errno), own_signals);
    return NULL;
}

static void *takes_by_sigwait(void *argument)
{
    int number = 0;
    int result = sigwait(argument, &number);
    return (void *)(long)(result ? -1 : number);
}

static void *mask_of_own(void *argument)
{
    sigset_t set;
    (void)argument;
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    say("inherited: USR2 %d, TERM %d\n", sigismember(&set, SIGUSR2), sigismember(&set, SIGTERM));
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    raise(SIGTERM);
    sigpending(&set);
    say("own pending TERM %d\n", sigismember(&set, SIGTERM));
    return NULL;
}

static void signals(void)
{
    struct sigaction action = {.sa_handler = handler};
    sigset_t set, old;
    pthread_t thread;
    sem_t ready;
    void *result;
    main_thread = pthread_self();
    sigaction(SIGUSR1, &action, NULL);
    sem_init(&ready, 0, 0);
    pthread_create(&thread, NULL, interrupted, &ready);
    sem_wait(&ready);
    usleep(2000);
    SHOW(pthread_kill(thread, SIGUSR1));
    SHOW(pthread_kill(thread, 0));
    SHOW(pthread_kill(thread, 99));
    pthread_join(thread, NULL);
    say("main saw %d\n", seen_by_main);

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    pthread_create(&thread, NULL, mask_of_own, NULL);
    pthread_join(thread, NULL);
    sigpending(&old);
    say("main's pending TERM %d\n", sigismember(&old, SIGTERM));
    pthread_create(&thread, NULL, takes_by_sigwait, &set);
    usleep(2000);
    SHOW(kill(getpid(), SIGUSR2));
    pthread_join(thread, &result);
    say("sigwait took %ld\n", (long)result);
    pthread_create(&thread, NULL, takes_by_sigwait, &set);
    SHOW(pthread_kill(thread, SIGUSR2));
    pthread_join(thread, &result);
    say("sigwait took its own %ld\n", (long)result);
}

static void *numbers(void *argument)
{
    char name[16] = "";
    stack_t stack = {0};
    (void)argument;
    say("tid is pid %d, pid %d, parent %d\n", gettid() == getpid(), getpid() == (int)(long)argument, getppid() != getpid());
    prctl(PR_SET_NAME, "second");
    prctl(PR_GET_NAME, name);
    sigaltstack(NULL, &stack);
    say("name %s, alternate stack %d\n", name, stack.ss_flags == SS_DISABLE);
    return NULL;
}

static void identity(void)
{
    static char room[16384];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    char name[16] = "";
    pthread_t thread;
    cpu_set_t processors;
    prctl(PR_SET_NAME, "first");
    sigaltstack(&stack, NULL);
    pthread_create(&thread, NULL, numbers, (void *)(long)getpid());
    pthread_join(thread, NULL);
    prctl(PR_GET_NAME, name);
    say("name %s, tid is pid %d\n", name, gettid() == getpid());
    SHOW(sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : -1);
}

static volatile int flags[2];
static double sums[2];

static void *works(void *argument)
{
    long own = (long)argument;
    double sum = 0;
    flags[own] = 1;
    while (!flags[!own])
        ; /* only the timer brings the other one */
    for (int i = 1; i < 200000; i++)
        sum += own ? 1.0 / i : 2.0 / i;
    sums[own] = sum;
    return NULL;
}

static void slices(void)
{
    pthread_t threads[2];
    for (long i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, works, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    say("sums %.12f %.12f\n", sums[0], sums[1]);
}

static void *forks(void *argument)
{
    (void)argument;
    pid_t child = MUST(fork());
    if (child == 0) {
        say("child: tid is pid %d\n", gettid() == getpid());
        _exit(7);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    say("from a thread: %d\n", WEXITSTATUS(status));
    return NULL;
}

int main(void)
{
    pthread_t thread;
    joining();
    detaching();
    conditions();
    mutexes();
    gathering();
    cancelling();
    signals();
    identity();
    slices();
    pthread_create(&thread, NULL, forks, NULL);
    pthread_join(thread, NULL);
    return 0;
}
