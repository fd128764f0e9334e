/* cancel.c: as code.c, where pointers to C stand behind the words. */
void __cancel(void), setjmp(void), __sigsetjmp_tail(void);

/* long __syscall_cp_asm(volatile int *cancelled, long number, long a, ...): a system call that pthread_cancel can end, by
   a signal whose handler looks whether the program counter is between __cp_begin and __cp_end: the four arrays lie one behind
   the other. */
const unsigned __syscall_cp_asm[] __attribute__((section(".text"))) = {
	0xd503201f, /* nop */
};

const unsigned __cp_begin[] __attribute__((section(".text"))) = {
	0xb9400000, /* ldr w0, [x0] */
	0x35000140, /* cbnz w0, .+40 */
	0xaa0103e8, /* mov x8, x1 */
	0xaa0203e0, /* mov x0, x2 */
	0xaa0303e1, /* mov x1, x3 */
	0xaa0403e2, /* mov x2, x4 */
	0xaa0503e3, /* mov x3, x5 */
	0xaa0603e4, /* mov x4, x6 */
	0xaa0703e5, /* mov x5, x7 */
	0xd4000001, /* svc #0 */
};

const unsigned __cp_end[] __attribute__((section(".text"))) = {
	0xd65f03c0, /* ret */
};

const struct {
	unsigned code[2];
	void *target[1];
} __cp_cancel __attribute__((section(".text"))) = {
	{
		0x58000050, /* ldr x16, .+8 */
		0xd61f0200, /* br x16 */
	},
	{ __cancel },
};

/* int sigsetjmp(sigjmp_buf, int with_mask): setjmp, and where the mask is wanted a return through __sigsetjmp_tail, which keeps it
   or puts it back. setjmp returns to here, so x30 and x19 are kept in the buffer's own places, __fl and __ss[1]. */
const struct {
	unsigned code[14];
	void *target[2];
} sigsetjmp __attribute__((section(".text"))) = {
	{
		0xb4000181, /* cbz x1, .+48 */
		0xf900581e, /* str x30, [x0, #176] */
		0xf9006013, /* str x19, [x0, #192] */
		0xaa0003f3, /* mov x19, x0 */
		0x58000150, /* ldr x16, .+40 */
		0xd63f0200, /* blr x16 */
		0x2a0003e1, /* mov w1, w0 */
		0xaa1303e0, /* mov x0, x19 */
		0xf940581e, /* ldr x30, [x0, #176] */
		0xf9406013, /* ldr x19, [x0, #192] */
		0x580000d0, /* ldr x16, .+24 */
		0xd61f0200, /* br x16 */
		0x58000050, /* ldr x16, .+8 */
		0xd61f0200, /* br x16 */
	},
	{ setjmp, __sigsetjmp_tail },
};

__asm__(".globl __sigsetjmp\n.set __sigsetjmp, sigsetjmp");
