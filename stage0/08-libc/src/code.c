/* code.c: the functions that C cannot express, as machine words that every C compiler of the chain takes as they are.
   A word, then its instruction: the tests assemble each comment and compare. Convention: AAPCS64.
   The arrays stand in .text; functions of C must not share this file, for some compilers would mix up the two kinds. */

/* long __syscall(long number, long a, long b, long c, long d, long e, long f) */
const unsigned __syscall[] __attribute__((section(".text"))) = {
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

/* int setjmp(jmp_buf): keeps what a callee must keep. */
const unsigned setjmp[] __attribute__((section(".text"))) = {
	0xa9005013, /* stp x19, x20, [x0] */
	0xa9015815, /* stp x21, x22, [x0, #16] */
	0xa9026017, /* stp x23, x24, [x0, #32] */
	0xa9036819, /* stp x25, x26, [x0, #48] */
	0xa904701b, /* stp x27, x28, [x0, #64] */
	0xa905781d, /* stp x29, x30, [x0, #80] */
	0x910003e1, /* mov x1, sp */
	0xf9003001, /* str x1, [x0, #96] */
	0x6d06a408, /* stp d8, d9, [x0, #104] */
	0x6d07ac0a, /* stp d10, d11, [x0, #120] */
	0x6d08b40c, /* stp d12, d13, [x0, #136] */
	0x6d09bc0e, /* stp d14, d15, [x0, #152] */
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
	0xf9403002, /* ldr x2, [x0, #96] */
	0x9100005f, /* mov sp, x2 */
	0x6d46a408, /* ldp d8, d9, [x0, #104] */
	0x6d47ac0a, /* ldp d10, d11, [x0, #120] */
	0x6d48b40c, /* ldp d12, d13, [x0, #136] */
	0x6d49bc0e, /* ldp d14, d15, [x0, #152] */
	0x7100003f, /* cmp w1, #0 */
	0x1a9f1420, /* csinc w0, w1, wzr, ne */
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
