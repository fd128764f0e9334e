/* The state at a program's start: registers zero, the stack aligned, argv and the auxiliary vector in place. */
#include "tiny.inc"
    elf_header end - header, end - header
    .global _start
_start:
    orr x20, x0, x1
    .irp n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,21,22,23,24,25,26,27,28,29,30
    orr x20, x20, x\n
    .endr
    cbnz x20, bad
    mov x1, sp
    tst x1, #15
    b.ne bad
    ldr x2, [x1]                /* argc 1, argv[0], NULL, environment..., NULL, vector */
    cmp x2, #1
    b.ne bad
    ldr x2, [x1, #8]
    cbz x2, bad
    ldr x2, [x1, #16]
    cbnz x2, bad
    add x1, x1, #24
1:  ldr x2, [x1], #8
    cbnz x2, 1b
2:  ldp x2, x3, [x1], #16       /* AT_PAGESZ (6) is there before AT_NULL */
    cbz x2, bad
    cmp x2, #6
    b.ne 2b
    cmp x3, #4096
    b.ne bad
    fmov x2, d7                 /* FP registers are zero and usable */
    cbnz x2, bad
    mrs x2, tpidr_el0
    cbnz x2, bad
    print good_text, good_end
    exit #0
bad:
    print bad_text, bad_end
    exit #1
good_text: .ascii "a clean start\n"
good_end:
bad_text: .ascii "WRONG\n"
bad_end:
    .balign 8
    .ltorg
end:
