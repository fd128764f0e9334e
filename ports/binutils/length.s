// length.s: a member of a library that check.s wants.
	.globl	length
	.type	length, %function
length:	mov	x1, x0
1:	ldrb	w2, [x1], #1
	cbnz	w2, 1b
	sub	x0, x1, x0
	sub	x0, x0, #1
	ret
	.size	length, . - length
