/* start.c: where a program begins; linked first, and not into programs that run inside TinyCC (tcc -run). */

extern void __start_c(long *stack);

/* _start: the kernel enters here, sp = argc, argv..., 0, environment..., 0, auxiliary vector. */
const struct {
	unsigned code[4];
	void (*start_c)(long *);
} _start __attribute__((section(".text"))) = {
	{
		0x910003e0, /* mov x0, sp */
		0x58000070, /* ldr x16, .+12 */
		0xd61f0200, /* br x16 */
		0xd503201f, /* nop */
	},
	__start_c,
};
