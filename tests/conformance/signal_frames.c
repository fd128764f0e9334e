/* SA_SIGINFO: what a handler is told, what it may change, the alternative stack, FP state. */
#include "check.h"
#include <sys/mman.h>
#include <ucontext.h>

static volatile int seen_code, seen_signal;
static void *volatile seen_address;
static volatile uint64_t seen_x20;

static void skip(int signal, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    seen_signal = signal;
    seen_code = info->si_code;
    seen_address = info->si_addr;
    seen_x20 = user->uc_mcontext.regs[20];
    user->uc_mcontext.regs[21] = 0x2121;
    user->uc_mcontext.pc += 4;
}

static void clobber(int signal, siginfo_t *info, void *context)
{
    (void)context;
    say("signal %s code %d own pid %d uid %d\n", sigabbrev_np(signal), info->si_code, info->si_pid == getpid(),
        info->si_uid);
    /* A handler may use every register that the program uses. */
    __asm__ volatile("movi v8.16b, #0x77\n movi v31.16b, #0x77\n movi v0.16b, #0x77\n"
                     "mov x9, #77\n mov x28, #77\n mov x18, #77\n cmp xzr, xzr\n" ::
                         : "v8", "v31", "v0", "x9", "x28", "x18", "cc");
}

static char other_stack[65536] __attribute__((aligned(16)));
static volatile int on_other;

static void where(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info, (void)context;
    char here;
    on_other = &here >= other_stack && &here < other_stack + sizeof other_stack;
}

/* Raises SIGUSR1 by a system call in the middle of live registers; returns a bit mask of those that changed. */
static uint64_t live_registers(void)
{
    uint64_t changed;
    __asm__ volatile("mov x8, #172\n svc #0\n" /* getpid */
                     "mov x1, #10\n mov x8, #129\n" /* kill(pid, SIGUSR1) */
                     "mov x9, #9\n mov x10, #10\n mov x17, #17\n mov x18, #18\n mov x28, #28\n"
                     "movi v8.16b, #8\n movi v0.16b, #1\n movi v31.16b, #31\n"
                     "mov x2, #0\n cmp x2, #1\n"
                     "svc #0\n"
                     "cset x2, eq\n" /* the flags are still 'less' */
                     "mov %0, x2\n"
                     "cmp x9, #9\n cset x2, ne\n orr %0, %0, x2, lsl #1\n"
                     "cmp x10, #10\n cset x2, ne\n orr %0, %0, x2, lsl #2\n"
                     "cmp x17, #17\n cset x2, ne\n orr %0, %0, x2, lsl #3\n"
                     "cmp x18, #18\n cset x2, ne\n orr %0, %0, x2, lsl #4\n"
                     "cmp x28, #28\n cset x2, ne\n orr %0, %0, x2, lsl #5\n"
                     "umov w2, v8.b[7]\n cmp w2, #8\n cset x2, ne\n orr %0, %0, x2, lsl #6\n"
                     "umov w2, v0.b[15]\n cmp w2, #1\n cset x2, ne\n orr %0, %0, x2, lsl #7\n"
                     "umov w2, v31.b[0]\n cmp w2, #31\n cset x2, ne\n orr %0, %0, x2, lsl #8\n"
                     : "=&r"(changed)
                     :
                     : "x0", "x1", "x2", "x8", "x9", "x10", "x17", "x18", "x28", "v0", "v8", "v31", "cc", "memory");
    return changed;
}

static void escaped(void)
{
    say("ESCAPED: a forged frame was believed\n");
    _exit(3);
}

/* Returns from a handler that never ran: a frame of our own making, with this pstate, with or without FP state. */
static void forge(uint64_t pstate, int with_fp)
{
    static struct {
        siginfo_t info;
        ucontext_t context;
    } frame __attribute__((aligned(16)));
    signal(SIGSEGV, SIG_DFL);
    struct { uint32_t magic, size; } *record = (void *)frame.context.uc_mcontext.__reserved;
    memset(&frame, 0, sizeof frame);
    frame.context.uc_mcontext.pc = (uint64_t)escaped;
    frame.context.uc_mcontext.sp = (uint64_t)other_stack + sizeof other_stack;
    frame.context.uc_mcontext.pstate = pstate;
    if (with_fp) {
        record->magic = 0x46508001;
        record->size = 528;
    }
    __asm__ volatile("mov sp, %0\n mov x8, #139\n svc #0" ::"r"(&frame) : "x8", "memory");
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = skip, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    uint64_t x21;
    __asm__ volatile("mov x20, #0x2020\n mov x0, #0x1230\n str x0, [x0]\n mov %0, x21"
                     : "=r"(x21)::"x0", "x20", "x21", "memory");
    say("%s code %d address %p x20 %lx x21 %lx\n", sigabbrev_np(seen_signal), seen_code, seen_address, seen_x20, x21);
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    __asm__ volatile("strb wzr, [%0]" ::"r"(page + 5) : "memory", "x21");
    say("%s code %d at the page %d\n", sigabbrev_np(seen_signal), seen_code, seen_address == page + 5);
    munmap(page, 4096);
    __asm__ volatile("ldrb w1, [%0]" ::"r"(page) : "memory", "x1", "x21");
    say("%s code %d at the page %d\n", sigabbrev_np(seen_signal), seen_code, seen_address == page);
    __asm__ volatile(".inst 0\n" ::: "x21");
    say("%s code %d\n", sigabbrev_np(seen_signal), seen_code);
    __asm__ volatile("brk #0\n" ::: "x21");
    say("%s code %d\n", sigabbrev_np(seen_signal), seen_code);
    /* A file mapping beyond the file's end. */
    make_file("/tmp/short", "short");
    int fd = MUST(open("/tmp/short", O_RDONLY));
    char *mapped = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
    say("first page %c %d\n", mapped[0], mapped[100]);
    __asm__ volatile("ldrb w1, [%0]" ::"r"(mapped + 4096) : "memory", "x1", "x21");
    say("%s code %d at the page %d\n", sigabbrev_np(seen_signal), seen_code, seen_address == mapped + 4096);

    action.sa_sigaction = clobber;
    sigaction(SIGUSR1, &action, NULL);
    SHOW(live_registers());

    stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack}, old;
    SHOW(sigaltstack(&stack, &old));
    SHOW(old.ss_flags);
    action.sa_sigaction = where;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    say("without ONSTACK %d\n", on_other);
    action.sa_flags |= SA_ONSTACK;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    say("with ONSTACK %d\n", on_other);
    stack.ss_size = 16;
    SHOW(sigaltstack(&stack, NULL));
    stack.ss_flags = SS_DISABLE;
    SHOW(sigaltstack(&stack, NULL));
    /* A fault inside an ignored or blocked SIGSEGV still ends the program. */
    CHILD("ignored", {
        signal(SIGSEGV, SIG_IGN);
        *(volatile int *)0 = 0;
    });
    CHILD("blocked", {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGSEGV);
        sigprocmask(SIG_BLOCK, &set, NULL);
        *(volatile int *)0 = 0;
    });
    CHILD("no stack", {
        signal(SIGSEGV, SIG_DFL);
        __asm__ volatile("mov sp, %0\n str x0, [sp]" ::"r"((uint64_t)0x1000) : "memory");
    });
    /* A frame that the kernel did not make: believed only where it gives the program nothing it has not. */
    CHILD("well made", forge(0, 1));
    CHILD("without FP state", forge(0, 0));
    CHILD("to EL1", forge(0x5, 1));
    CHILD("to EL1, interrupts off", forge(0x3c5, 1));
    CHILD("to AArch32", forge(0x10, 1));
    CHILD("from nowhere", __asm__ volatile("mov sp, %0\n mov x8, #139\n svc #0" ::"r"(8l) : "x8", "memory"));
    CHILD("from the kernel", __asm__ volatile("mov sp, %0\n mov x8, #139\n svc #0" ::"r"(0xffffff8040000000) : "x8", "memory"));
    return 0;
}
