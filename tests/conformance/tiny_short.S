/* A file that is shorter than its p_filesz: the rest of its last page is zero. */
#include "tiny.inc"
    elf_header 0xc00, 0xc00
    .global _start
_start:
    adr x1, end
    ldr x2, =base + 0xc00
    sum_bytes x3, x1, x2
    cbnz x3, bad
    print good_text, good_end
    exit #0
bad:
    print bad_text, bad_end
    exit #1
good_text: .ascii "a short file runs\n"
good_end:
bad_text: .ascii "WRONG\n"
bad_end:
    .balign 8
    .ltorg
end:
