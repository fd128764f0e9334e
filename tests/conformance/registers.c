/* Every register but x0 is preserved over a system call: x1 to x30, SP, V0 to V31, the flags. */
#include "check.h"

/* probe(in, out): loads x0..x30 from in[0..30] and the vectors with patterns, makes the call, stores all of it. */
void probe(const uint64_t in[31], uint64_t out[31 + 64 + 2]);
__asm__(
    ".global probe\n"
    "probe:\n"
    "    stp x29, x30, [sp, #-176]!\n"
    "    stp x19, x20, [sp, #16]\n    stp x21, x22, [sp, #32]\n    stp x23, x24, [sp, #48]\n"
    "    stp x25, x26, [sp, #64]\n    stp x27, x28, [sp, #80]\n    str x1, [sp, #96]\n    str x18, [sp, #104]\n"
    "    stp d8, d9, [sp, #112]\n    stp d10, d11, [sp, #128]\n    stp d12, d13, [sp, #144]\n    stp d14, d15, [sp, #160]\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    movi v\\n\\().16b, #(\\n + 64)\n"
    ".endr\n"
    "    mov x30, #0xa0000000\n"
    "    msr nzcv, x30\n" /* N and C set, Z and V clear */
    "    mov x30, x0\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29\n"
    "    ldr x\\n, [x30, #(8 * \\n)]\n"
    ".endr\n"
    "    ldr x30, [x30, #240]\n"
    "    svc #0\n"
    "    stp x0, x1, [sp, #-16]!\n"
    "    ldr x0, [sp, #112]\n" /* out */
    ".irp n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30\n"
    "    str x\\n, [x0, #(8 * \\n)]\n"
    ".endr\n"
    "    mrs x2, nzcv\n"
    "    str x2, [x0, #760]\n"
    "    ldp x2, x3, [sp], #16\n"
    "    stp x2, x3, [x0]\n"
    "    mov x2, sp\n"
    "    sub x2, x2, x29\n"
    "    add x1, x0, #248\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    str q\\n, [x1], #16\n"
    ".endr\n"
    "    ldp d8, d9, [sp, #112]\n    ldp d10, d11, [sp, #128]\n    ldp d12, d13, [sp, #144]\n    ldp d14, d15, [sp, #160]\n"
    "    ldr x18, [sp, #104]\n"
    "    ldp x19, x20, [sp, #16]\n    ldp x21, x22, [sp, #32]\n    ldp x23, x24, [sp, #48]\n"
    "    ldp x25, x26, [sp, #64]\n    ldp x27, x28, [sp, #80]\n    ldp x29, x30, [sp], #176\n"
    "    ret\n");

static int changed; /* registers that changed, over all calls */

/* Makes a call with patterns in all registers that are not arguments; says what did not survive. */
static long call(const char *name, long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    uint64_t in[31], out[31 + 64 + 2];
    for (int i = 0; i < 31; i++)
        in[i] = 0x1111000011110000u + i;
    in[0] = a, in[1] = b, in[2] = c, in[3] = d, in[8] = number;
    memset(out, 0, sizeof out);
    probe(in, out);
    for (int i = 1; i < 31; i++)
        if (out[i] != in[i]) {
            say("%s: x%d changed\n", name, i);
            changed++;
        }
    unsigned char *vector = (unsigned char *)(out + 31);
    for (int i = 0; i < 32; i++)
        for (int j = 0; j < 16; j++)
            if (vector[16 * i + j] != i + 64) {
                say("%s: v%d changed\n", name, i);
                changed++;
                break;
            }
    if (out[95] != 0xa0000000) {
        say("%s: the flags changed\n", name);
        changed++;
    }
    return (long)out[0];
}

int main(void)
{
    char byte = 0;
    int ends[2];
    struct { uint64_t seconds, nanoseconds; } moment = {0, 20000000};
    MUST(pipe(ends));
    TRUE(call("getpid", SYS_getpid, 1, 2, 3, 4) == getpid());
    say("write %ld\n", call("write", SYS_write, 1, (uint64_t)"", 0, 0));
    say("write -1 %ld\n", call("write", SYS_write, -1, (uint64_t)&byte, 1, 0));
    say("read fault %ld\n", call("read", SYS_read, ends[0], 8, 0, 0));
    say("unknown %ld\n", call("unknown", 1200, 0, 0, 0, 0));
    say("yield %ld\n", call("sched_yield", SYS_sched_yield, 0, 0, 0, 0));
    say("sleep %ld\n", call("nanosleep", SYS_nanosleep, (uint64_t)&moment, 0, 0, 0));
    say("openat %ld\n", call("openat", SYS_openat, AT_FDCWD, (uint64_t)"/none", 0, 0));
    TRUE(call("brk", SYS_brk, 0, 0, 0, 0) > 0);
    /* A call that blocks: the bytes come from a child, after a while. */
    pid_t child = fork();
    if (child == 0) {
        usleep(30000);
        write(ends[1], "z", 1);
        _exit(0);
    }
    say("blocking read %ld\n", call("read", SYS_read, ends[0], (uint64_t)&byte, 1, 0));
    TRUE(call("wait4", SYS_wait4, child, 0, 0, 0) == child);
    /* fork: both sides keep everything. */
    long forked = call("clone", SYS_clone, SIGCHLD, 0, 0, 0);
    if (forked == 0)
        _exit(changed ? 1 : 0);
    int status;
    MUST(waitpid(forked, &status, 0));
    say_status("forked with patterns", status);
    for (int i = 0; i < 2000; i++)
        call("many getpid", SYS_getpid, i, 0, 0, 0);
    SHOW(changed);
    return changed != 0;
}
