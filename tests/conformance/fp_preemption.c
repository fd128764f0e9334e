/* FP/SIMD state belongs to a program: four of them compute at once, each checks its registers all the time. */
#include "check.h"

static int work(int seed)
{
    double sum = seed, step = 1.0 / (seed + 3);
    for (int round = 0; round < 60; round++) {
        uint64_t bad = 0;
        __asm__ volatile("dup v3.16b, %w1\n dup v17.16b, %w1\n dup v30.16b, %w1\n"
                         "msr fpcr, xzr\n"
                         "mov x3, #40000\n"
                         "1: umov w4, v3.b[15]\n cmp w4, %w1\n b.ne 2f\n"
                         "umov w4, v17.b[8]\n cmp w4, %w1\n b.ne 2f\n"
                         "umov w4, v30.b[0]\n cmp w4, %w1\n b.ne 2f\n"
                         "subs x3, x3, #1\n b.ne 1b\n b 3f\n"
                         "2: mov %0, #1\n"
                         "3:\n"
                         : "+r"(bad)
                         : "r"((uint64_t)seed + 1)
                         : "x3", "x4", "v3", "v17", "v30", "cc");
        if (bad)
            return 1;
        for (int i = 0; i < 1000; i++)
            sum = sum * 0.999 + step;
    }
    double again = seed;
    for (int i = 0; i < 60000; i++)
        again = again * 0.999 + step;
    return sum == again ? 0 : 2;
}

int main(void)
{
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(work(i * 17));
    }
    for (int i = 0; i < 4; i++) {
        int status;
        MUST(waitpid(children[i], &status, 0));
        say_status("worker", status);
    }
    /* The rounding mode is inherited by fork and is one program's own. */
    __asm__ volatile("msr fpcr, %0" ::"r"(1ul << 22));
    CHILD("child", {
        uint64_t fpcr;
        __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
        say("child's fpcr %lx\n", fpcr);
        __asm__ volatile("msr fpcr, xzr");
    });
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    say("fpcr %lx\n", fpcr);
    return 0;
}
