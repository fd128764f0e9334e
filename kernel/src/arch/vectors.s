// Exception vectors, and the way into a user program and back as one function call.
//
// enter_user_assembly(Registers *x0) -> x0: runs EL0 until it traps. Returns ESR_EL1 for a synchronous exception,
// all ones for an interrupt, all ones but bit 0 for an SError. Registers' offsets: arch/trap.rs asserts them.
// Clobbers every general register but x19, x29 and sp: the caller (arch/trap.rs, inline) says so to the compiler,
// which saves only what it needs.
//
// While EL0 runs, SP_EL1 points at this frame:
//   0 scratch for x0, x1 · 16 the Registers, the kernel's x19 · 32 the kernel's x29, x30
// The kernel keeps interrupts masked and never nests: a trap from EL1 is a bug and ends in kernel_exception.

.equ REGISTERS_SP, 248
.equ REGISTERS_PC, 256
.equ REGISTERS_TPIDR, 272
.equ FRAME_SIZE, 48

.section .text.entry, "ax"
.global enter_user_assembly
.balign 64
enter_user_assembly:
    sub     sp, sp, #FRAME_SIZE
    stp     x0, x19, [sp, #16]
    stp     x29, x30, [sp, #32]
    ldp     x30, x1, [x0, #240]
    msr     sp_el0, x1
    ldp     x2, x3, [x0, #REGISTERS_PC]
    msr     elr_el1, x2
    and     x3, x3, #0xf0000000         // NZCV is the program's, all else: EL0, AArch64, nothing masked
    msr     spsr_el1, x3
    ldr     x4, [x0, #REGISTERS_TPIDR]
    msr     tpidr_el0, x4
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    ldp     x0, x1, [x0]
    eret

.macro leave_user
    stp     x0, x1, [sp]
    ldr     x0, [sp, #16]
    stp     x2, x3, [x0, #16]
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    mrs     x1, sp_el0
    stp     x30, x1, [x0, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [x0, #REGISTERS_PC]
    mrs     x4, tpidr_el0
    str     x4, [x0, #REGISTERS_TPIDR]
    ldp     x2, x3, [sp]
    stp     x2, x3, [x0]
    ldr     x19, [sp, #24]
    ldp     x29, x30, [sp, #32]
    add     sp, sp, #FRAME_SIZE
.endm

// A trap that must not be: everything goes to crash_dump, then kernel_exception(dump, vector) on its own stack.
.macro fatal number
    .org    vectors + \number * 128      // an error where the entry before is too long
    msr     tpidr_el1, x0
    msr     tpidrro_el0, x1
    mov     x1, #\number
    b       crash
.endm

// A trap of the program, all in its entry: back from enter_user_assembly.
.macro leave number
    .org    vectors + \number * 128
    leave_user
.endm

.section .text.vectors, "ax"
.balign 2048
.global vectors
vectors:
    fatal   0                           // EL1 with SP_EL0: never used
    fatal   1
    fatal   2
    fatal   3
    fatal   4                           // EL1: synchronous
    fatal   5                           // EL1: IRQ, always masked
    fatal   6
    fatal   7                           // EL1: SError
    leave   8                           // EL0, AArch64: synchronous
    mrs     x0, esr_el1
    ret
    leave   9                           // IRQ
    mov     x0, #-1
    ret
    fatal   10                          // FIQ: nothing is routed there
    leave   11                          // SError
    mov     x0, #-2
    ret
    fatal   12                          // EL0, AArch32: never entered
    fatal   13
    fatal   14
    fatal   15

.section .text.entry, "ax"
crash:
    adrp    x0, crash_dump
    add     x0, x0, :lo12:crash_dump
    stp     x2, x3, [x0, #16]
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    mov     x2, sp
    stp     x30, x2, [x0, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [x0, #256]
    mrs     x2, esr_el1
    mrs     x3, far_el1
    stp     x2, x3, [x0, #272]
    mrs     x2, tpidr_el1
    mrs     x3, tpidrro_el0
    stp     x2, x3, [x0]
    adrp    x2, emergency_stack_top
    mov     sp, x2
    bl      kernel_exception
1:  wfe
    b       1b

.section .bss.crash_dump, "aw"
.balign 16
crash_dump: .zero 288
