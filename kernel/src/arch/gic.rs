//! The system registers of a GICv3's processor interface (ARM IHI 0069, 12.2).

use core::arch::asm;

/// Turns the interface on: system registers, all priorities, group 1.
pub fn enable() {
    // SAFETY: called only on a board with a GICv3, where the registers exist; it changes which interrupts are taken,
    // and the kernel masks them all.
    unsafe {
        asm!(
            "mrs {tmp}, s3_0_c12_c12_5", // ICC_SRE_EL1
            "orr {tmp}, {tmp}, #1",
            "msr s3_0_c12_c12_5, {tmp}",
            "isb",
            "mov {tmp}, #0xff",
            "msr s3_0_c4_c6_0, {tmp}", // ICC_PMR_EL1
            "msr s3_0_c12_c12_3, xzr", // ICC_BPR1_EL1
            "msr s3_0_c12_c12_4, xzr", // ICC_CTLR_EL1: EOI deactivates
            "mov {tmp}, #1",
            "msr s3_0_c12_c12_7, {tmp}", // ICC_IGRPEN1_EL1
            "isb",
            tmp = out(reg) _,
            options(nostack, preserves_flags)
        );
    }
}

/// Takes the pending interrupt of group 1: its number, 1020 and above if there is none.
pub fn acknowledge() -> u32 {
    let number: u64;
    // SAFETY: reading ICC_IAR1_EL1 makes the interrupt active, nothing else.
    unsafe {
        asm!("mrs {}, s3_0_c12_c12_0", "dsb sy", out(reg) number, options(nostack, preserves_flags))
    };
    number as u32 & 0xff_ffff
}

/// Ends an interrupt that was taken.
pub fn end(number: u32) {
    // SAFETY: writing ICC_EOIR1_EL1 ends the interrupt, nothing else.
    unsafe {
        asm!("msr s3_0_c12_c12_1, {}", "isb", in(reg) u64::from(number), options(nostack, preserves_flags))
    };
}
