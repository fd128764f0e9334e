/* _start: the kernel enters here, sp = argc, argv..., 0, environment..., 0, auxiliary vector. As in code.c, but a structure,
   for a pointer to C stands behind the words. */
void _start_c(long *);

const struct {
	unsigned code[6];
	void (*start_c)(long *);
} _start __attribute__((section(".text"))) = {
	{
		0xd280001d, /* mov x29, #0 */
		0xd280001e, /* mov x30, #0 */
		0x910003e0, /* mov x0, sp */
		0x58000070, /* ldr x16, .+12 */
		0xd61f0200, /* br x16 */
		0xd503201f, /* nop */
	},
	_start_c,
};
