//! Calls to firmware (SMC calling convention, ARM DEN 0028; PSCI, ARM DEN 0022).

use core::arch::asm;

/// PSCI_VERSION: negative where nobody answers.
pub const PSCI_VERSION: u64 = 0x8400_0000;
/// SYSTEM_OFF.
pub const SYSTEM_OFF: u64 = 0x8400_0008;
/// SYSTEM_RESET.
pub const SYSTEM_RESET: u64 = 0x8400_0009;

/// Calls the hypervisor. Where there is none this is an undefined instruction.
pub fn hvc(function: u64) -> i64 {
    let result;
    // SAFETY: the SMC calling convention (ARM DEN 0028) keeps all registers but x0 to x17; the board says that a
    // hypervisor answers.
    unsafe { asm!("hvc #0", inout("x0") function => result, clobber_abi("C"), options(nostack)) };
    result
}

/// Calls the secure firmware. Where there is none this is an undefined instruction.
pub fn smc(function: u64) -> i64 {
    let result;
    // SAFETY: as in `hvc`, with secure firmware that answers.
    unsafe { asm!("smc #0", inout("x0") function => result, clobber_abi("C"), options(nostack)) };
    result
}
