// From the loader to Rust: the image header, the way down to EL1, page tables, MMU and caches on.
//
// Position independent until the jump to the linked address: only ADR, ADRP and branches name symbols.
// In:   x0 = device tree blob (or anything: Rust checks), MMU off, any of EL3, EL2, EL1.
// Out:  kernel_main(x0 = that value, x1 = physical address of _start, x2 = exception level at entry, x3 = all words that
//       the data had in the file, ORed: 0 unless the file is damaged)
// Kept: x19 = x0 at entry, x20 = physical address of _start, x21 = exception level at entry, x22 = that OR.
//
// Sources: Linux Documentation/arch/arm64/booting.rst for header and entry state; ARM DDI 0487 for registers
// (D8 translation tables, D17 system registers).

.equ KERNEL_L1_INDEX, 510               // 0xffff_ffff_8000_0000, the linked address
.equ WINDOW_L1_INDEX, 511               // 0xffff_ffff_c000_0000, devices and early windows

// Page descriptor bits: valid page, AttrIndx 0 (normal memory), inner shareable, access flag; UXN in all.
.equ PAGE_COMMON, (1 << 54) | (1 << 10) | (3 << 8) | 3
.equ PAGE_TEXT,   PAGE_COMMON | (1 << 7)                // read-only, executable at EL1
.equ PAGE_RODATA, PAGE_COMMON | (1 << 7) | (1 << 53)    // read-only, PXN
.equ PAGE_DATA,   PAGE_COMMON | (1 << 53)               // read-write, PXN
.equ TABLE, 3

// AttrIndx: 0 normal write-back, 1 Device-nGnRE, 2 normal non-cacheable. arch/mmu.rs and core's page tables agree.
.equ MAIR, 0x4404ff
// T0SZ = T1SZ = 25 (39 bits), 4 KiB granules, tables cached and inner shareable; TBI0: programs may tag their addresses, as on
// Linux. IPS is added below.
.equ TCR, 25 | (1 << 8) | (1 << 10) | (3 << 12) | (25 << 16) | (1 << 24) | (1 << 26) | (3 << 28) | (2 << 30) | (1 << 37)
// RES1 bits with the MMU off.
.equ SCTLR_OFF, 0x30d00800
// RES1 | M | C | SA | SA0 | I | DZE | UCT | nTWI | nTWE | UCI. EL0 may use DC ZVA, CTR_EL0 and cache maintenance.
.equ SCTLR_ON, SCTLR_OFF | 1 | (1 << 2) | (1 << 3) | (1 << 4) | (1 << 12) | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 18) | (1 << 26)
.equ SCTLR_SPAN, 1 << 23                // zero where the CPU has PAN: a trap to EL1 then sets PAN

.macro load_constant register, value
    movz    \register, #((\value) >> 48) & 0xffff, lsl #48
    movk    \register, #((\value) >> 32) & 0xffff, lsl #32
    movk    \register, #((\value) >> 16) & 0xffff, lsl #16
    movk    \register, #(\value) & 0xffff
.endm

// Maps physical pages from x10 on up to a symbol: x9 walks the level 3 table, x10 the pages.
.macro map_pages end, attributes
    adrp    x11, \end
    load_constant x12, (\attributes)
1:  cmp     x10, x11
    b.hs    2f
    orr     x13, x10, x12
    str     x13, [x9], #8
    add     x10, x10, #4096
    b       1b
2:
.endm

.section .head, "ax"
.global _start
_start:
    b       boot                        // code0
    .long   0                           // code1
    .quad   0                           // text_offset: any
    .quad   __image_size                // image_size: image-builder writes the whole image's
    .quad   0b1010                      // flags: little endian, 4 KiB pages, anywhere in memory
    .quad   0
    .quad   0
    .quad   0
    .ascii  "ARM\x64"
    .long   0

boot:
    msr     daifset, #15
    mov     x19, x0
    adr     x20, _start
    mrs     x1, mpidr_el1               // one core runs, the others wait here for ever
    load_constant x2, 0xff00ffffff
    tst     x1, x2
    b.eq    first_core
park:
    wfe
    b       park

first_core:
    mrs     x21, currentel
    lsr     x21, x21, #2
    cmp     x21, #2
    b.eq    at_el2
    b.lo    at_el1

// EL3: no firmware has been here. EL1 stays in the secure state, where no interrupt is kept from it; EL2 does not count.
    mov     x1, #0x430                  // SCR_EL3: RES1 5:4, RW; NS clear, IRQ and FIQ not routed here
    orr     x1, x1, #(3 << 16)          // APK, API: pointer authentication is not trapped
    msr     scr_el3, x1
    msr     cptr_el3, xzr
    msr     mdcr_el3, xzr
    mrs     x1, midr_el1                // Cortex-A53, A57, A72: caches work only with CPUECTLR_EL1.SMPEN, which firmware sets
    lsr     x1, x1, #4
    and     x1, x1, #0xfff
    mov     x2, #0xd03
    cmp     x1, x2
    mov     x2, #0xd07
    ccmp    x1, x2, #4, ne
    mov     x2, #0xd08
    ccmp    x1, x2, #4, ne
    b.ne    2f
    mrs     x1, s3_1_c15_c2_1
    orr     x1, x1, #(1 << 6)
    msr     s3_1_c15_c2_1, x1
2:
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4             // GIC: system register interface
    cbz     x1, 3f
    mov     x1, #0xf
    msr     s3_6_c12_c12_5, x1          // ICC_SRE_EL3: system registers on, at lower levels too
    isb
3:  load_constant x1, SCTLR_OFF
    msr     sctlr_el1, x1
    mov     x1, #0x3c5                  // EL1h, all masked
    msr     spsr_el3, x1
    adr     x1, at_el1
    msr     elr_el3, x1
    eret

// EL2: EL1 is AArch64 and owns timers, FP, interrupts; the virtual counter is the physical one.
at_el2:
    mov     x1, #(1 << 31)              // HCR_EL2: RW
    orr     x1, x1, #(3 << 40)          // APK, API
    msr     hcr_el2, x1
    isb
    mov     x1, #3                      // EL1PCTEN, EL1PCEN
    msr     cnthctl_el2, x1
    msr     cntvoff_el2, xzr
    mov     x1, #0x33ff                 // RES1, FP not trapped
    msr     cptr_el2, x1
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x1, mdcr_el2
    and     x1, x1, #0x1f               // keep HPMN, trap nothing
    msr     mdcr_el2, x1
    mrs     x1, midr_el1
    msr     vpidr_el2, x1
    mrs     x1, mpidr_el1
    msr     vmpidr_el2, x1
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4
    cbz     x1, 6f
    mov     x1, #0xf
    msr     s3_4_c12_c9_5, x1           // ICC_SRE_EL2
    isb
    msr     s3_4_c12_c11_0, xzr         // ICH_HCR_EL2
6:  load_constant x1, SCTLR_OFF
    msr     sctlr_el1, x1
    mov     x1, #0x3c5                  // EL1h, all masked
    msr     spsr_el2, x1
    adr     x1, at_el1
    msr     elr_el2, x1
    eret

at_el1:
    msr     spsel, #1
    load_constant x1, SCTLR_OFF
    msr     sctlr_el1, x1
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb

// The data: seen to be zeros, and made so.
    adrp    x9, __rodata_end
    adrp    x10, __image_end
    mov     x22, xzr
4:  ldp     x11, x12, [x9]
    orr     x22, x22, x11
    orr     x22, x22, x12
    stp     xzr, xzr, [x9], #16
    cmp     x9, x10
    b.lo    4b

// The kernel's pages, each segment with its rights, wherever it was loaded.
    adrp    x9, kernel_l3
    mov     x10, x20
    map_pages __text_end, PAGE_TEXT
    map_pages __rodata_end, PAGE_RODATA
    map_pages __image_end, PAGE_DATA
    adrp    x9, kernel_l3
    adrp    x10, stack_guard            // a stack that overflows must fault
    sub     x10, x10, x20
    lsr     x10, x10, #9
    str     xzr, [x9, x10]

    adrp    x10, kernel_l2
    orr     x11, x9, #TABLE
    str     x11, [x10]
    adrp    x9, kernel_l1
    orr     x11, x10, #TABLE
    str     x11, [x9, #8 * KERNEL_L1_INDEX]
    adrp    x10, window_l2
    orr     x11, x10, #TABLE
    str     x11, [x9, #8 * WINDOW_L1_INDEX]
    msr     ttbr1_el1, x9

// The page that runs now, one to one.
    adrp    x9, identity_l3
    load_constant x12, PAGE_TEXT
    orr     x11, x20, x12
    ubfx    x13, x20, #12, #9
    str     x11, [x9, x13, lsl #3]
    adrp    x10, identity_l2
    orr     x11, x9, #TABLE
    ubfx    x13, x20, #21, #9
    str     x11, [x10, x13, lsl #3]
    adrp    x9, identity_l1
    orr     x11, x10, #TABLE
    ubfx    x13, x20, #30, #9
    str     x11, [x9, x13, lsl #3]
    msr     ttbr0_el1, x9

// These writes went past the caches: drop what the loader may have left in them for the same lines.
    dmb     sy
    adrp    x9, __rodata_end
    adrp    x10, __image_end
    mrs     x11, ctr_el0
    ubfx    x11, x11, #16, #4           // DminLine
    mov     x12, #4
    lsl     x11, x12, x11
7:  dc      ivac, x9
    add     x9, x9, x11
    cmp     x9, x10
    b.lo    7b
    dsb     sy

    load_constant x1, MAIR
    msr     mair_el1, x1
    load_constant x1, TCR
    mrs     x2, id_aa64mmfr0_el1
    and     x2, x2, #7                  // PARange, at most 48 bits
    cmp     x2, #5
    mov     x3, #5
    csel    x2, x2, x3, ls
    bfi     x1, x2, #32, #3             // IPS
    msr     tcr_el1, x1
    mov     x1, #(3 << 20)              // CPACR_EL1: FP and SIMD for EL0 and EL1
    msr     cpacr_el1, x1
    mov     x1, #2                      // CNTKCTL_EL1: EL0 may read the virtual counter
    msr     cntkctl_el1, x1
    msr     mdscr_el1, xzr
    msr     contextidr_el1, xzr

    load_constant x1, SCTLR_ON
    mrs     x2, id_aa64mmfr1_el1
    ubfx    x2, x2, #20, #4             // PAN
    cbz     x2, 8f
    bic     x1, x1, #SCTLR_SPAN
8:  isb
    msr     sctlr_el1, x1
    isb
    ldr     x1, =run_high
    br      x1
    .ltorg

.section .text.entry, "ax"
run_high:
    ldr     x1, =vectors
    msr     vbar_el1, x1
    isb
    ldr     x1, =stack_top
    mov     sp, x1
    mov     x29, xzr                    // a backtrace ends here
    mov     x30, xzr
    mov     x0, x19
    mov     x1, x20
    mov     x2, x21
    mov     x3, x22
    bl      kernel_main
9:  wfe
    b       9b
    .ltorg

.section .tables, "aw"
.balign 4096
.global kernel_l1, window_l2, identity_l1, emergency_stack_top
kernel_l1:      .zero 4096
kernel_l2:      .zero 4096
kernel_l3:      .zero 4096
window_l2:      .zero 4096
identity_l1:    .zero 4096              // later: the empty user space
identity_l2:    .zero 4096              // later: these two are the stack of the crash report
identity_l3:    .zero 4096
emergency_stack_top:

.section .stack, "aw"
.balign 4096
.global stack_guard, stack_top
stack_guard:    .zero 4096              // not mapped
                .zero 65536
stack_top:
