// enter: loads all registers from `current`, and goes to the code area. leave: stores them there, and returns from enter.
// What must not be lost meanwhile is in memory; TPIDR_EL0, which no block touches, holds x30 for a moment.

    .macro general operation
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
    \operation x\n, [x30, #8 * \n]
    .endr
    .endm

    .macro vectors operation
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \operation q\n, [x30, #288 + 16 * \n]
    .endr
    .endm

    .text
    .global enter, leave, current
enter:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    adr     x0, host
    mov     x1, sp
    mrs     x2, tpidr_el0
    stp     x1, x2, [x0]
    adr     x30, current
    ldr     x0, [x30, #248]
    mov     sp, x0
    ldr     x0, [x30, #256]
    msr     nzcv, x0
    ldr     x0, [x30, #264]
    msr     fpcr, x0
    ldr     x0, [x30, #272]
    msr     fpsr, x0
    vectors ldr
    general ldr
    ldr     x30, [x30, #240]
    b       code

leave:
    msr     tpidr_el0, x30
    adr     x30, current
    general str
    vectors str
    mrs     x0, tpidr_el0
    str     x0, [x30, #240]
    mov     x0, sp
    str     x0, [x30, #248]
    mrs     x0, nzcv
    str     x0, [x30, #256]
    mrs     x0, fpcr
    str     x0, [x30, #264]
    mrs     x0, fpsr
    str     x0, [x30, #272]
    adr     x0, host
    ldp     x1, x2, [x0]
    mov     sp, x1
    msr     tpidr_el0, x2
    msr     fpcr, xzr
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

    .section .live, "awx"
    .balign 16
host:       .skip 16
current:    .skip 800
