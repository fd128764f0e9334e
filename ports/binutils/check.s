// check.s: what as is tried with: instructions of every family, macros, data and relocations.
	.arch	armv8-a+crc+lse+crypto
	.macro	count register, from, to
	mov	\register, #\from
	.if	\to - \from
	count	\register, (\from + 1), \to
	.endif
	.endm

	.text
	.globl	_start
	.type	_start, %function
_start:	count	x9, 0, 3
	adrp	x0, greeting
	add	x0, x0, :lo12:greeting
	bl	length
	mov	x2, x0
	adrp	x1, greeting
	add	x1, x1, #:lo12:greeting
	mov	x0, #1
	mov	x8, #64
	svc	#0
	ldr	x0, =answer
	ldr	w0, [x0]
	ldr	w1, =0x12345678
	sub	w0, w0, w1
	mov	x8, #93
	svc	#0
	.size	_start, . - _start
	.ltorg

arithmetic:
	adds	x1, x2, w3, uxtb #2
	sub	sp, sp, #4096
	madd	x0, x1, x2, x3
	umulh	x4, x5, x6
	sdiv	w7, w8, w9
	bfi	x1, x2, #5, #7
	extr	x3, x4, x5, #13
	and	x0, x1, #0xff00ff00ff00ff00
	eor	w0, w1, w2, ror #9
	csel	x0, x1, xzr, hi
	ccmp	x3, #17, #0b0101, ge
	crc32cx	w0, w1, x2
	rbit	x1, x2
	movk	x5, #0xbeef, lsl #32
	mov	x6, #-2
memory:
	ldp	x29, x30, [sp], #16
	stnp	q0, q1, [x3, #-64]
	ldrsw	x1, [x2, w3, sxtw #2]
	ldxp	x0, x1, [x2]
	casal	x3, x4, [x5]
	ldadd	w1, w2, [x3]
	prfm	pldl1keep, [x0, #8]
	dc	zva, x0
	mrs	x0, cntvct_el0
	msr	daifset, #2
	tbnz	x7, #63, memory
	cbz	w1, arithmetic
	b.ls	1f
1:	blr	x16
	dmb	ishld
	hint	#25
vectors:
	fmadd	d0, d1, d2, d3
	fcvtzs	x0, s1
	fmov	v1.2d, #1.5
	add	v0.16b, v1.16b, v2.16b
	tbl	v0.8b, {v1.16b, v2.16b}, v3.8b
	ld4	{v0.4s - v3.4s}, [x0], #64
	umlal2	v0.2d, v1.4s, v2.s[3]
	aese	v0.16b, v1.16b
	sha256h	q0, q1, v2.4s
	fcvtl	v0.4s, v1.4h

	.section .rodata
greeting:
	.asciz	"as and ld: \150\145llo\n"
	.balign	8, 0xff
	.double	1.5, -0.0625, 1e308
	.float	3.14159274
	.quad	. - greeting, length, weak + 8
	.hword	-1, 'A', 0b1010
	.uleb128 624485
	.fill	3, 2, 0x4142
	.weak	weak
	.data
	.globl	answer
answer:	.word	0x12345678
	.comm	common, 24, 8
