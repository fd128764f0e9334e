//! SHA-256 compression: the cryptographic extension where the processor has it, the core's otherwise.

use core::arch::asm;

unsafe extern "C" {
    fn sha256_extension(state: &mut [u32; 8], blocks: *const [u8; 64], count: usize);
}

/// Has the processor the SHA-256 instructions? (ID_AA64ISAR0_EL1, bits 15:12)
pub fn has_extension() -> bool {
    let value: u64;
    // SAFETY: the register is readable at EL1 and reading it has no effect.
    unsafe {
        asm!("mrs {}, id_aa64isar0_el1", out(reg) value, options(nomem, nostack, preserves_flags))
    };
    (value >> 12) & 15 != 0
}

/// Feeds blocks to `state` by the SHA-256 instructions. Call only where [`has_extension`].
pub fn compress_by_extension(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    if !blocks.is_empty() {
        // SAFETY: sha256.s reads `count` blocks and the state, writes the state, and keeps every V register. On a
        // processor without the instructions it ends in an undefined-instruction report, not in wrong memory.
        unsafe { sha256_extension(state, blocks.as_ptr(), blocks.len()) };
    }
}
