/* clone's flags and every operation of futex, by hand: the errors, and who is woken in which order. */
#include "check.h"
#include <linux/futex.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define CLONE(flags) SHOW(syscall(SYS_clone, (flags), NULL, NULL, NULL, NULL))
#define FUTEX(address, operation, value, second, other, third) \
    SHOW(syscall(SYS_futex, (address), (operation), (value), (second), (other), (third)))

static int words[4];

static void contradictions(void)
{
    CLONE(CLONE_SIGHAND | SIGCHLD);
    CLONE(CLONE_THREAD | SIGCHLD);
    CLONE(CLONE_THREAD | CLONE_VM);
    CLONE(CLONE_THREAD | CLONE_SIGHAND);
    CLONE(CLONE_NEWNS | CLONE_FS | SIGCHLD);
    CLONE(CLONE_NEWUSER | CLONE_FS | SIGCHLD);
    CLONE(THREAD | CLONE_NEWPID);
    CLONE(THREAD | CLONE_NEWUSER);
    CLONE(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD);
    CLONE(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD);
    CLONE(THREAD | CLONE_PIDFD);
}

static void others_of_family(void)
{
    void *head;
    size_t size;
    SHOW(syscall(SYS_get_robust_list, 0, &head, &size));
    say("size %zu\n", size);
    SHOW(syscall(SYS_get_robust_list, 4000000, &head, &size));
    SHOW(syscall(SYS_get_robust_list, 0, 8, &size));
    SHOW(syscall(SYS_set_robust_list, head, 23));
    SHOW(syscall(SYS_tgkill, getpid(), getpid(), 0));
    SHOW(syscall(SYS_tgkill, getpid(), 4000000, 0));
    SHOW(syscall(SYS_tgkill, 1, getpid(), 0));
    SHOW(syscall(SYS_tgkill, -1, getpid(), 0));
    SHOW(syscall(SYS_tgkill, getpid(), 0, 0));
    SHOW(syscall(SYS_tgkill, getpid(), getpid(), 65));
    SHOW(syscall(SYS_tkill, 4000000, 0));
    SHOW(syscall(SYS_tkill, 0, 0));
    SHOW(syscall(SYS_tkill, getpid(), 0));
    SHOW(syscall(SYS_rt_tgsigqueueinfo, getpid(), 4000000, 0, words));
    SHOW(syscall(SYS_rt_tgsigqueueinfo, 0, getpid(), 0, words));
    SHOW(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), 0, 8));
}

static void errors(void)
{
    struct timespec moment = {0, 1000000}, bad = {0, 2000000000}, negative = {-1, 0}, past = {1, 0};
    static const int operations[] = {FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET};
    for (unsigned i = 0; i < sizeof operations / sizeof *operations; i++)
        for (int is_private = 0; is_private <= FUTEX_PRIVATE_FLAG; is_private += FUTEX_PRIVATE_FLAG) {
            int operation = operations[i] | is_private, is_wait = operations[i] == FUTEX_WAIT || operations[i] == FUTEX_WAIT_BITSET;
            void *second = is_wait ? (void *)&past : (void *)1;
            say("operation %d\n", operation);
            FUTEX(words, operation, 1, second, words + 1, 1);
            FUTEX((char *)words + 1, operation, 0, second, words + 1, 1);
            FUTEX((void *)(1ul << 60), operation, 0, second, words + 1, 1);
            FUTEX(words, operation, 1, second, words + 1, 0);
            if (!is_wait && operations[i] != FUTEX_WAKE && operations[i] != FUTEX_WAKE_BITSET) {
                FUTEX(words, operation, 1, second, (char *)words + 2, 0);
                FUTEX(words, operation, -1, second, words + 1, 0);
                FUTEX(words, operation, 1, (void *)-1, words + 1, 0);
            }
            words[0] = words[1] = 0;
            if (!is_wait)
                FUTEX(words, operation | FUTEX_CLOCK_REALTIME, 0, second, words + 1, 0);
        }
    FUTEX((void *)8, FUTEX_WAIT, 0, NULL, NULL, 0);
    FUTEX((void *)8, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    FUTEX((void *)8, FUTEX_WAKE, 1, NULL, NULL, 0);
    FUTEX((void *)8, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    FUTEX(words, FUTEX_WAIT, 0, &moment, NULL, 0);
    FUTEX(words, FUTEX_WAIT, 0, &bad, NULL, 0);
    FUTEX(words, FUTEX_WAIT, 1, &bad, NULL, 0);
    FUTEX(words, FUTEX_WAIT, 0, &negative, NULL, 0);
    FUTEX(words, FUTEX_WAIT, 0, 8, NULL, 0);
    FUTEX(words, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &moment, NULL, 0);
    FUTEX(words, FUTEX_WAIT_BITSET, 0, &past, NULL, 3);
    FUTEX(words, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, 3);
    FUTEX(words, FUTEX_FD, 0, NULL, NULL, 0);
    FUTEX(words, 14, 0, NULL, NULL, 0);
    FUTEX(words, 99, 0, NULL, NULL, 0);
}

static void wake_operations(void)
{
    static const int comparisons[] = {FUTEX_OP_CMP_EQ, FUTEX_OP_CMP_NE, FUTEX_OP_CMP_LT, FUTEX_OP_CMP_LE, FUTEX_OP_CMP_GT, FUTEX_OP_CMP_GE};
    for (int operation = 0; operation < 5; operation++)
        for (int shift = 0; shift <= FUTEX_OP_OPARG_SHIFT; shift += FUTEX_OP_OPARG_SHIFT) {
            words[1] = 0x55;
            int encoded = FUTEX_OP(operation | shift, 3, FUTEX_OP_CMP_EQ, 0x55);
            FUTEX(words, FUTEX_WAKE_OP_PRIVATE, 1, 1, words + 1, encoded);
            say("operation %d: %#x\n", operation | shift, words[1]);
        }
    words[1] = 0;
    FUTEX(words, FUTEX_WAKE_OP, 1, 1, words + 1, FUTEX_OP(FUTEX_OP_ADD, -5, comparisons[1], 1));
    say("negative: %d\n", words[1]);
    for (int i = 0; i < 6; i++)
        FUTEX(words, FUTEX_WAKE_OP, 1, 1, words + 1, FUTEX_OP(FUTEX_OP_OR, 0, comparisons[i], -1));
    FUTEX(words, FUTEX_WAKE_OP, 1, 1, words + 1, 0x70000000);
}

static volatile int order[16], woken, started;

struct waiter {
    int number, word, bits;
};

static void *waiter(void *argument)
{
    struct waiter *own = argument;
    __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
    long result = syscall(SYS_futex, &words[own->word], FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, own->bits);
    order[__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST)] = own->number + (result ? 100 : 0);
    return NULL;
}

/* Those that one call has woken run in any order, as slices end: they are shown by number. */
static void settle(void)
{
    static int shown;
    usleep(20000);
    for (; shown < woken; shown++)
        for (int i = shown + 1; i < woken; i++)
            if (order[i] < order[shown]) {
                int one = order[i];
                order[i] = order[shown];
                order[shown] = one;
            }
    say("woken %d:", woken);
    for (int i = 0; i < woken; i++)
        say(" %d", order[i]);
    say("\n");
}

static void queues(void)
{
    struct waiter waiters[8];
    pthread_t threads[8];
    words[0] = words[1] = 0;
    for (int i = 0; i < 8; i++) {
        waiters[i] = (struct waiter){i, 0, i < 6 ? 1 << i : 0xc0};
        pthread_create(&threads[i], NULL, waiter, &waiters[i]);
        while (started <= i)
            usleep(1000);
        usleep(5000);
    }
    FUTEX(words, FUTEX_WAKE_BITSET_PRIVATE, 9, NULL, NULL, 1 << 3);
    settle();
    FUTEX(words, FUTEX_WAKE, 9, NULL, NULL, 0); /* not private */
    FUTEX(words, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    settle();
    FUTEX(words, FUTEX_WAKE_PRIVATE, 0, NULL, NULL, 0);
    settle();
    FUTEX(words, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, words + 1, 7);
    FUTEX(words, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, words + 1, 0);
    settle();
    FUTEX(words, FUTEX_REQUEUE_PRIVATE, 0, 0, words + 1, 0);
    FUTEX(words + 1, FUTEX_REQUEUE_PRIVATE, 0, 9, words + 1, 0);
    FUTEX(words + 1, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    settle();
    words[2] = 1;
    FUTEX(words, FUTEX_WAKE_OP_PRIVATE, 1, 5, words + 1, FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0));
    settle();
    FUTEX(words, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0);
    settle();
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
}

/* A wake counts although the word has not changed; a signal ends a wait, and SA_RESTART makes it anew. */
static void handler(int number) { (void)number; }

static void *signalled(void *argument)
{
    struct timespec *timeout = argument;
    long result = syscall(SYS_futex, words, FUTEX_WAIT, 0, timeout, NULL, 0);
    say("wait with%s timeout: %ld %s\n", timeout ? "" : "out", result, result ? strerrorname_np(errno) : "");
    return NULL;
}

static void interruptions(void)
{
    struct timespec long_time = {100, 0};
    for (int flags = 0; flags <= 1; flags++)
        for (int with = 0; with <= 1; with++) {
            struct sigaction action = {.sa_handler = handler, .sa_flags = flags ? SA_RESTART : 0};
            pthread_t thread;
            sigaction(SIGUSR1, &action, NULL);
            words[0] = 0;
            pthread_create(&thread, NULL, signalled, with ? &long_time : NULL);
            usleep(10000);
            pthread_kill(thread, SIGUSR1);
            usleep(10000);
            FUTEX(words, FUTEX_WAKE, 1, NULL, NULL, 0);
            pthread_join(thread, NULL);
        }
}

/* CLONE_PARENT: the child is a brother. */
static void brothers(void)
{
    int status;
    pid_t child = MUST(fork());
    if (child == 0) {
        pid_t brother = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
        if (brother == 0)
            _exit(21);
        SHOW(waitpid(brother, NULL, 0));
        _exit(22);
    }
    int sum = 0;
    for (int i = 0; i < 2; i++) {
        MUST(waitpid(-1, &status, 0));
        sum += WEXITSTATUS(status);
    }
    say("both waited for: %d\n", sum);
    SHOW(waitpid(-1, NULL, 0));
}

int main(void)
{
    contradictions();
    others_of_family();
    errors();
    wake_operations();
    queues();
    interruptions();
    brothers();
    return 0;
}
