/* One RWX segment of alignment 1: the program changes its own data and its own code; memory behind the file is zero. */
#include "tiny.inc"
    elf_header end - header, 0x20000
    .global _start
_start:
    ldr x20, [sp]               /* argc is on the stack: 1 */
    adr x1, word                /* data in the segment can be written */
    ldr x2, [x1]
    add x2, x2, x20
    str x2, [x1]
    ldr x3, [x1]
    ldr x4, =0x0123456789abcdf0
    cmp x3, x4
    b.ne bad
    adr x1, patched             /* and so can code: mov x19, #1 becomes mov x19, #7 */
    ldr w2, =0xd28000f3
    str w2, [x1]
    dc cvau, x1
    dsb ish
    ic ivau, x1
    dsb ish
    isb
patched:
    mov x19, #1
    cmp x19, #7
    b.ne bad
    adr x1, end                 /* all memory behind the file's bytes is zero */
    ldr x2, =base + 0x20000
    sum_bytes x3, x1, x2
    cbnz x3, bad
    ldr x1, =base + 0x1fff8     /* and can be written */
    str x20, [x1]
    print good_text, good_end
    exit #0
bad:
    print bad_text, bad_end
    exit #1
good_text: .ascii "one RWX segment of alignment 1 works\n"
good_end:
bad_text: .ascii "WRONG\n"
bad_end:
    .balign 8
word: .quad 0x0123456789abcdef
    .ltorg
end:
