// memcpy, memmove, memset, memcmp, bcmp, and a page of zeros: what the compiler calls, at the speed of LDP and STP.
//
// The C library's contracts (ISO C 7.26). Normal memory only: unaligned accesses are used freely.
// compiler_builtins' versions are weak and three times slower.

.section .text.memory, "ax"

// memmove(x0 to, x1 from, x2 length): downwards when the destination starts inside the source.
.global memmove
.balign 64
memmove:
    sub     x3, x0, x1
    cmp     x3, x2
    b.lo    copy_down

// memcpy(x0 to, x1 from, x2 length) -> x0
.global memcpy
memcpy:
    mov     x3, x0
    subs    x2, x2, #64
    b.lo    2f
1:  ldp     x4, x5, [x1]
    ldp     x6, x7, [x1, #16]
    ldp     x8, x9, [x1, #32]
    ldp     x10, x11, [x1, #48]
    add     x1, x1, #64
    stp     x4, x5, [x3]
    stp     x6, x7, [x3, #16]
    stp     x8, x9, [x3, #32]
    stp     x10, x11, [x3, #48]
    add     x3, x3, #64
    subs    x2, x2, #64
    b.hs    1b
2:  tbz     x2, #5, 3f                  // the low six bits of x2 are what is left
    ldp     x4, x5, [x1], #16
    ldp     x6, x7, [x1], #16
    stp     x4, x5, [x3], #16
    stp     x6, x7, [x3], #16
3:  tbz     x2, #4, 4f
    ldp     x4, x5, [x1], #16
    stp     x4, x5, [x3], #16
4:  tbz     x2, #3, 5f
    ldr     x4, [x1], #8
    str     x4, [x3], #8
5:  tbz     x2, #2, 6f
    ldr     w4, [x1], #4
    str     w4, [x3], #4
6:  tbz     x2, #1, 7f
    ldrh    w4, [x1], #2
    strh    w4, [x3], #2
7:  tbz     x2, #0, 8f
    ldrb    w4, [x1]
    strb    w4, [x3]
8:  ret

copy_down:
    add     x1, x1, x2
    add     x3, x0, x2
    subs    x2, x2, #64
    b.lo    2f
1:  ldp     x4, x5, [x1, #-16]
    ldp     x6, x7, [x1, #-32]
    ldp     x8, x9, [x1, #-48]
    ldp     x10, x11, [x1, #-64]!
    stp     x4, x5, [x3, #-16]
    stp     x6, x7, [x3, #-32]
    stp     x8, x9, [x3, #-48]
    stp     x10, x11, [x3, #-64]!
    subs    x2, x2, #64
    b.hs    1b
2:  tbz     x2, #5, 3f
    ldp     x4, x5, [x1, #-16]!
    ldp     x6, x7, [x1, #-16]!
    stp     x4, x5, [x3, #-16]!
    stp     x6, x7, [x3, #-16]!
3:  tbz     x2, #4, 4f
    ldp     x4, x5, [x1, #-16]!
    stp     x4, x5, [x3, #-16]!
4:  tbz     x2, #3, 5f
    ldr     x4, [x1, #-8]!
    str     x4, [x3, #-8]!
5:  tbz     x2, #2, 6f
    ldr     w4, [x1, #-4]!
    str     w4, [x3, #-4]!
6:  tbz     x2, #1, 7f
    ldrh    w4, [x1, #-2]!
    strh    w4, [x3, #-2]!
7:  tbz     x2, #0, 8f
    ldrb    w4, [x1, #-1]
    strb    w4, [x3, #-1]
8:  ret

// memset(x0 to, w1 byte, x2 length) -> x0
.global memset
.balign 64
memset:
    and     x1, x1, #0xff
    mov     x4, #0x0101010101010101
    mul     x4, x1, x4
    mov     x3, x0
    subs    x2, x2, #64
    b.lo    2f
1:  stp     x4, x4, [x3]
    stp     x4, x4, [x3, #16]
    stp     x4, x4, [x3, #32]
    stp     x4, x4, [x3, #48]
    add     x3, x3, #64
    subs    x2, x2, #64
    b.hs    1b
2:  tbz     x2, #5, 3f
    stp     x4, x4, [x3], #16
    stp     x4, x4, [x3], #16
3:  tbz     x2, #4, 4f
    stp     x4, x4, [x3], #16
4:  tbz     x2, #3, 5f
    str     x4, [x3], #8
5:  tbz     x2, #2, 6f
    str     w4, [x3], #4
6:  tbz     x2, #1, 7f
    strh    w4, [x3], #2
7:  tbz     x2, #0, 8f
    strb    w4, [x3]
8:  ret

// memcmp(x0, x1, x2 length) -> w0: below, equal to, above zero
.global memcmp
.global bcmp
.balign 64
memcmp:
bcmp:
    subs    x2, x2, #8
    b.lo    2f
1:  ldr     x3, [x0], #8
    ldr     x4, [x1], #8
    cmp     x3, x4
    b.ne    4f
    subs    x2, x2, #8
    b.hs    1b
2:  adds    x2, x2, #8
    b.eq    5f
3:  ldrb    w3, [x0], #1
    ldrb    w4, [x1], #1
    subs    w5, w3, w4
    b.ne    6f
    subs    x2, x2, #1
    b.ne    3b
5:  mov     w0, #0
    ret
4:  rev     x3, x3                      // the first byte in memory decides
    rev     x4, x4
    cmp     x3, x4
    mov     w0, #1
    cneg    w0, w0, lo
    ret
6:  mov     w0, w5
    ret

// zero_page(x0 page): by stores, never by DC ZVA. QEMU drops translated code only at the first byte of a block that DC ZVA clears:
// a page that once held code keeps stale translations, and each later store to it takes some hundred times as long.
.global zero_page
.balign 64
zero_page:
    add     x1, x0, #4096
1:  .set    offset, 0
    .rept   16
    stp     xzr, xzr, [x0, #offset]
    .set    offset, offset + 16
    .endr
    add     x0, x0, #256
    cmp     x0, x1
    b.lo    1b
    ret
