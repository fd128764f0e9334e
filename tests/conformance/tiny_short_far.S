/* A file that is whole pages shorter than its p_filesz: touching a page behind the file's end is SIGBUS. */
#include "tiny.inc"
    elf_header 0x3000, 0x3000
    .global _start
_start:
    print good_text, good_end
    ldr x1, =base + 0x1000
    ldrb w2, [x1]
    print bad_text, bad_end
    exit #1
good_text: .ascii "started\n"
good_end:
bad_text: .ascii "read a page that is not in the file\n"
bad_end:
    .balign 8
    .ltorg
end:
