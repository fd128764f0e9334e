/* code.c: musl's functions that C cannot express, as machine words that TinyCC takes as they are: what musl has as .s files
   and inline assembly. A word, then its instruction: the tests assemble each comment and compare. Convention: AAPCS64. */

/* long __machine_syscall(long number, long a, long b, long c, long d, long e, long f) */
const unsigned __machine_syscall[] __attribute__((section(".text"))) = {
	0xaa0003e8, /* mov x8, x0 */
	0xaa0103e0, /* mov x0, x1 */
	0xaa0203e1, /* mov x1, x2 */
	0xaa0303e2, /* mov x2, x3 */
	0xaa0403e3, /* mov x3, x4 */
	0xaa0503e4, /* mov x4, x5 */
	0xaa0603e5, /* mov x5, x6 */
	0xd4000001, /* svc #0 */
	0xd65f03c0, /* ret */
};

/* int __machine_cas(volatile int *p, int old, int new): the value that was there; new is stored where it was old. */
const unsigned __machine_cas[] __attribute__((section(".text"))) = {
	0x885ffc03, /* ldaxr w3, [x0] */
	0x6b01007f, /* cmp w3, w1 */
	0x54000061, /* b.ne .+12 */
	0x8804fc02, /* stlxr w4, w2, [x0] */
	0x35ffff84, /* cbnz w4, .-16 */
	0xd5033bbf, /* dmb ish */
	0x2a0303e0, /* mov w0, w3 */
	0xd65f03c0, /* ret */
};

/* void *__machine_cas_p(volatile void *p, void *old, void *new): the same for a pointer. */
const unsigned __machine_cas_p[] __attribute__((section(".text"))) = {
	0xc85ffc03, /* ldaxr x3, [x0] */
	0xeb01007f, /* cmp x3, x1 */
	0x54000061, /* b.ne .+12 */
	0xc804fc02, /* stlxr w4, x2, [x0] */
	0x35ffff84, /* cbnz w4, .-16 */
	0xd5033bbf, /* dmb ish */
	0xaa0303e0, /* mov x0, x3 */
	0xd65f03c0, /* ret */
};

/* void __machine_barrier(void) */
const unsigned __machine_barrier[] __attribute__((section(".text"))) = {
	0xd5033bbf, /* dmb ish */
	0xd65f03c0, /* ret */
};

/* void __machine_trap(void): ends the program by SIGILL. */
const unsigned __machine_trap[] __attribute__((section(".text"))) = {
	0x00000000, /* udf #0 */
};

/* uintptr_t __get_tp(void) */
const unsigned __get_tp[] __attribute__((section(".text"))) = {
	0xd53bd040, /* mrs x0, tpidr_el0 */
	0xd65f03c0, /* ret */
};

/* int __set_thread_area(void *) */
const unsigned __set_thread_area[] __attribute__((section(".text"))) = {
	0xd51bd040, /* msr tpidr_el0, x0 */
	0x52800000, /* mov w0, #0 */
	0xd65f03c0, /* ret */
};

/* int setjmp(jmp_buf): keeps what a callee must keep, as __jmp_buf has room for it. */
const unsigned setjmp[] __attribute__((section(".text"))) = {
	0xa9005013, /* stp x19, x20, [x0] */
	0xa9015815, /* stp x21, x22, [x0, #16] */
	0xa9026017, /* stp x23, x24, [x0, #32] */
	0xa9036819, /* stp x25, x26, [x0, #48] */
	0xa904701b, /* stp x27, x28, [x0, #64] */
	0xa905781d, /* stp x29, x30, [x0, #80] */
	0x910003e2, /* mov x2, sp */
	0xf9003402, /* str x2, [x0, #104] */
	0x6d072408, /* stp d8, d9, [x0, #112] */
	0x6d082c0a, /* stp d10, d11, [x0, #128] */
	0x6d09340c, /* stp d12, d13, [x0, #144] */
	0x6d0a3c0e, /* stp d14, d15, [x0, #160] */
	0xd2800000, /* mov x0, #0 */
	0xd65f03c0, /* ret */
};

/* void longjmp(jmp_buf, int value): setjmp returns again, with value, or 1 for 0. */
const unsigned longjmp[] __attribute__((section(".text"))) = {
	0xa9405013, /* ldp x19, x20, [x0] */
	0xa9415815, /* ldp x21, x22, [x0, #16] */
	0xa9426017, /* ldp x23, x24, [x0, #32] */
	0xa9436819, /* ldp x25, x26, [x0, #48] */
	0xa944701b, /* ldp x27, x28, [x0, #64] */
	0xa945781d, /* ldp x29, x30, [x0, #80] */
	0xf9403402, /* ldr x2, [x0, #104] */
	0x9100005f, /* mov sp, x2 */
	0x6d472408, /* ldp d8, d9, [x0, #112] */
	0x6d482c0a, /* ldp d10, d11, [x0, #128] */
	0x6d49340c, /* ldp d12, d13, [x0, #144] */
	0x6d4a3c0e, /* ldp d14, d15, [x0, #160] */
	0x7100003f, /* cmp w1, #0 */
	0x1a9f1420, /* csinc w0, w1, wzr, ne */
	0xd65f03c0, /* ret */
};

/* __restore_rt: where a signal's handler returns to; rt_sigreturn is 139. */
const unsigned __restore_rt[] __attribute__((section(".text"))) = {
	0xd2801168, /* mov x8, #139 */
	0xd4000001, /* svc #0 */
};

/* _Noreturn void __unmapself(void *base, size_t size): munmap is 215, exit 93; no stack is left between them. */
const unsigned __unmapself[] __attribute__((section(".text"))) = {
	0xd2801ae8, /* mov x8, #215 */
	0xd4000001, /* svc #0 */
	0xd2800ba8, /* mov x8, #93 */
	0xd4000001, /* svc #0 */
};

/* int __clone(int (*function)(void *), void *stack, int flags, void *argument, int *ptid, void *tls, int *ctid): clone is 220.
   The new stack holds function and argument, which the child takes from it; it ends with the function's value by exit, 93. */
const unsigned __clone[] __attribute__((section(".text"))) = {
	0x927cec21, /* and x1, x1, #-16 */
	0xa9bf0c20, /* stp x0, x3, [x1, #-16]! */
	0x2a0203e0, /* uxtw x0, w2 */
	0xaa0403e2, /* mov x2, x4 */
	0xaa0503e3, /* mov x3, x5 */
	0xaa0603e4, /* mov x4, x6 */
	0xd2801b88, /* mov x8, #220 */
	0xd4000001, /* svc #0 */
	0xb4000040, /* cbz x0, .+8 */
	0xd65f03c0, /* ret */
	0xa8c103e1, /* ldp x1, x0, [sp], #16 */
	0xd63f0020, /* blr x1 */
	0xd2800ba8, /* mov x8, #93 */
	0xd4000001, /* svc #0 */
};

/* int fegetround(void) */
const unsigned fegetround[] __attribute__((section(".text"))) = {
	0xd53b4400, /* mrs x0, fpcr */
	0x120a0400, /* and w0, w0, #0xc00000 */
	0xd65f03c0, /* ret */
};

/* int __fesetround(int) */
const unsigned __fesetround[] __attribute__((section(".text"))) = {
	0xd53b4401, /* mrs x1, fpcr */
	0x12087421, /* bic w1, w1, #0xc00000 */
	0x2a000021, /* orr w1, w1, w0 */
	0xd51b4401, /* msr fpcr, x1 */
	0x52800000, /* mov w0, #0 */
	0xd65f03c0, /* ret */
};

/* int fetestexcept(int) */
const unsigned fetestexcept[] __attribute__((section(".text"))) = {
	0x12001000, /* and w0, w0, #0x1f */
	0xd53b4421, /* mrs x1, fpsr */
	0x0a010000, /* and w0, w0, w1 */
	0xd65f03c0, /* ret */
};

/* int feclearexcept(int) */
const unsigned feclearexcept[] __attribute__((section(".text"))) = {
	0x12001000, /* and w0, w0, #0x1f */
	0xd53b4421, /* mrs x1, fpsr */
	0x0a200021, /* bic w1, w1, w0 */
	0xd51b4421, /* msr fpsr, x1 */
	0x52800000, /* mov w0, #0 */
	0xd65f03c0, /* ret */
};

/* int feraiseexcept(int) */
const unsigned feraiseexcept[] __attribute__((section(".text"))) = {
	0x12001000, /* and w0, w0, #0x1f */
	0xd53b4421, /* mrs x1, fpsr */
	0x2a000021, /* orr w1, w1, w0 */
	0xd51b4421, /* msr fpsr, x1 */
	0x52800000, /* mov w0, #0 */
	0xd65f03c0, /* ret */
};

/* int fegetenv(fenv_t *): fpcr, then fpsr, 32 bits each. */
const unsigned fegetenv[] __attribute__((section(".text"))) = {
	0xd53b4401, /* mrs x1, fpcr */
	0xd53b4422, /* mrs x2, fpsr */
	0x29000801, /* stp w1, w2, [x0] */
	0x52800000, /* mov w0, #0 */
	0xd65f03c0, /* ret */
};

/* int fesetenv(const fenv_t *): FE_DFL_ENV, which is -1, stands for zeros. */
const unsigned fesetenv[] __attribute__((section(".text"))) = {
	0xd2800001, /* mov x1, #0 */
	0xd2800002, /* mov x2, #0 */
	0xb100041f, /* cmn x0, #1 */
	0x54000040, /* b.eq .+8 */
	0x29400801, /* ldp w1, w2, [x0] */
	0xd51b4401, /* msr fpcr, x1 */
	0xd51b4422, /* msr fpsr, x2 */
	0x52800000, /* mov w0, #0 */
	0xd65f03c0, /* ret */
};

/* void __clear_cache(void *begin, void *end): instructions written there become visible to instruction fetch.
   CTR_EL0 tells the lengths of the cache lines, in words, as powers of two. */
const unsigned __clear_cache[] __attribute__((section(".text"))) = {
	0xd53b0023, /* mrs x3, ctr_el0 */
	0xd3504c64, /* ubfx x4, x3, #16, #4 */
	0xd2800085, /* mov x5, #4 */
	0x9ac420a4, /* lsl x4, x5, x4 */
	0x92400c63, /* and x3, x3, #15 */
	0x9ac320a3, /* lsl x3, x5, x3 */
	0xd1000486, /* sub x6, x4, #1 */
	0x8a260006, /* bic x6, x0, x6 */
	0xd50b7b26, /* dc cvau, x6 */
	0x8b0400c6, /* add x6, x6, x4 */
	0xeb0100df, /* cmp x6, x1 */
	0x54ffffa3, /* b.lo .-12 */
	0xd5033b9f, /* dsb ish */
	0xd1000466, /* sub x6, x3, #1 */
	0x8a260006, /* bic x6, x0, x6 */
	0xd50b7526, /* ic ivau, x6 */
	0x8b0300c6, /* add x6, x6, x3 */
	0xeb0100df, /* cmp x6, x1 */
	0x54ffffa3, /* b.lo .-12 */
	0xd5033b9f, /* dsb ish */
	0xd5033fdf, /* isb */
	0xd65f03c0, /* ret */
};

/* Other names of the same. */
__asm__(".globl _setjmp\n.set _setjmp, setjmp\n.globl __setjmp\n.set __setjmp, setjmp\n"
	".globl _longjmp\n.set _longjmp, longjmp\n.globl __restore\n.set __restore, __restore_rt");
