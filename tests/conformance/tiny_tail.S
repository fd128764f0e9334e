/* Memory from p_filesz to the page's end is zero, though the file goes on with other bytes there. */
#include "tiny.inc"
    elf_header segment_end - header, segment_end - header + 16
    .global _start
_start:
    adr x1, segment_end
    ldr x2, =base + 0x1000
    sum_bytes x3, x1, x2
    cbnz x3, bad
    print good_text, good_end
    exit #0
bad:
    print bad_text, bad_end
    exit #1
good_text: .ascii "the tail of the page is zero\n"
good_end:
bad_text: .ascii "WRONG: bytes from behind the segment\n"
bad_end:
    .balign 8
    .ltorg
segment_end:
    .fill 512, 1, 0xaa
