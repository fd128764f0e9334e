/* alloca.c: memory in the caller's frame, for programs compiled by TinyCC, which does not bring it on AArch64. Its functions
   find their variables by x29 and put sp back from it; other compilers' need not. Words and comments: see code.c. */

/* void *alloca(size_t size) */
const unsigned alloca[] __attribute__((section(".text"))) = {
	0x91003c00, /* add x0, x0, #15 */
	0x927cec00, /* and x0, x0, #0xfffffffffffffff0 */
	0xcb2063ff, /* sub sp, sp, x0 */
	0x910003e0, /* mov x0, sp */
	0xd65f03c0, /* ret */
};
