//! Single registers and instructions of the processor.

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    CNTFRQ_EL0, CNTV_CTL_EL0, CNTV_TVAL_EL0, CNTVCT_EL0, MIDR_EL1, MPIDR_EL1, ReadWriteable,
    Readable, TCR_EL1, TTBR0_EL1, Writeable,
};
use core::arch::asm;

/// MIDR_EL1: who made the processor, and which it is.
pub fn midr() -> u64 {
    MIDR_EL1.get()
}

/// Affinity of this processor as GICR_TYPER's upper half has it: Aff3, Aff2, Aff1, Aff0.
pub fn affinity() -> u32 {
    let value = MPIDR_EL1.get();
    (value as u32 & 0xff_ffff) | ((value >> 8) as u32 & 0xff00_0000)
}

/// Waits for an interrupt, masked or not.
pub fn wait_for_interrupt() {
    aarch64_cpu::asm::wfi();
}

/// Stops here for ever.
pub fn stop() -> ! {
    loop {
        aarch64_cpu::asm::wfe();
    }
}

/// Ticks of the virtual counter since power-on.
pub fn counter() -> u64 {
    barrier::isb(barrier::SY); // the counter may be read early otherwise
    CNTVCT_EL0.get()
}

/// Ticks of the counter in a second.
pub fn counter_frequency() -> u64 {
    CNTFRQ_EL0.get()
}

/// Lets the virtual timer interrupt in `ticks`.
pub fn set_timer(ticks: u64) {
    CNTV_TVAL_EL0.set(ticks);
    CNTV_CTL_EL0.set(1);
}

/// Makes the user tables at `root` current, for addresses of so many bits. The caller invalidates TLB entries.
pub fn set_user_tables(root: u64, address_bits: u64) {
    let size = TCR_EL1::T0SZ.val(64 - address_bits);
    if TCR_EL1.matches_all(size) {
        TTBR0_EL1.set(root);
    } else {
        // Nobody may walk from one root with the other's size, not even ahead of time.
        TCR_EL1.modify(TCR_EL1::EPD0::DisableTTBR0Walks);
        barrier::isb(barrier::SY);
        TTBR0_EL1.set(root);
        invalidate_user_tlb();
        TCR_EL1.modify(size + TCR_EL1::EPD0::EnableTTBR0Walks);
    }
    barrier::isb(barrier::SY);
}

/// The root of the user tables that are current.
pub fn user_tables() -> u64 {
    TTBR0_EL1.get()
}

/// Forgets every TLB entry of this processor.
pub fn invalidate_tlb() {
    // SAFETY: forgetting cached translations changes no memory; the tables that are walked next are valid.
    unsafe {
        asm!("dsb ishst", "tlbi vmalle1", "dsb nsh", "isb", options(nostack, preserves_flags));
    }
}

/// Forgets the user's TLB entries: those of address space 0, the only one. The kernel's are global and stay.
pub fn invalidate_user_tlb() {
    // SAFETY: forgetting cached translations changes no memory; the tables that are walked next are valid.
    unsafe {
        asm!("dsb ishst", "tlbi aside1, xzr", "dsb nsh", "isb", options(nostack, preserves_flags));
    }
}

/// Forgets the TLB entries of one user page, of any level.
pub fn invalidate_user_page(address: u64) {
    let operand = (address >> 12) & 0xfff_ffff_ffff; // address space 0 in the upper 16 bits
    // SAFETY: forgetting a cached translation changes no memory; the tables that are walked next are valid.
    unsafe {
        asm!("dsb ishst", "tlbi vae1, {}", "dsb nsh", "isb", in(reg) operand, options(nostack, preserves_flags));
    }
}

/// Orders writes to page tables before the walks that follow.
pub fn publish_tables() {
    barrier::dsb(barrier::ISHST);
    barrier::isb(barrier::SY);
}

/// Orders all memory accesses before those that follow, for the processor and for devices.
pub fn memory_barrier() {
    barrier::dsb(barrier::SY);
}

/// Orders reads before all that follows, also for devices.
pub fn read_barrier() {
    barrier::dmb(barrier::OSHLD);
}

/// Orders writes before those that follow, also for devices.
pub fn write_barrier() {
    barrier::dmb(barrier::OSHST);
}

/// Brings what was written to `shared` to memory, and forgets it in the caches: who reads next, reads memory. For what
/// a device that looks past the caches shares with the processor; nothing else may lie in the same cache lines.
pub fn clean_and_invalidate<T: Sync>(shared: &'static T) {
    let start = core::ptr::from_ref(shared) as u64;
    let line = data_line();
    let mut at = start & !(line - 1);
    while at < start + size_of::<T>() as u64 {
        // SAFETY: cleaning and invalidating a line changes no memory contents.
        unsafe { asm!("dc civac, {}", in(reg) at, options(nostack, preserves_flags)) };
        at += line;
    }
    memory_barrier();
}

/// Makes instructions that were written to the `length` bytes at `address` fetchable on every alias
/// (ARM DDI 0487, B2.4.4). All of the instruction cache goes: by address is not enough where it is indexed
/// virtually, as the Cortex-A53's is, because the program sees the page under another address.
pub fn sync_instructions(address: u64, length: u64) {
    let line = data_line();
    let mut at = address & !(line - 1);
    while at < address + length {
        // SAFETY: cleaning a line to the point of unification changes no memory contents.
        unsafe { asm!("dc cvau, {}", in(reg) at, options(nostack, preserves_flags)) };
        at += line;
    }
    // SAFETY: invalidating the instruction cache changes no memory contents.
    unsafe { asm!("dsb ish", "ic iallu", "dsb ish", "isb", options(nostack, preserves_flags)) };
}

/// A hint that no processor acts on: qemu/plugin/count.c sees it and notes where the machine is.
pub fn mark() {
    // SAFETY: a hint that is not allocated is a NOP (ARM DDI 0487 C6.2, HINT).
    unsafe { asm!("hint #96", options(nomem, nostack, preserves_flags)) };
}

/// Bytes of the shortest data cache line.
fn data_line() -> u64 {
    let value: u64;
    // SAFETY: CTR_EL0 is readable at EL1 and reading it has no effect.
    unsafe { asm!("mrs {}, ctr_el0", out(reg) value, options(nomem, nostack, preserves_flags)) };
    4 << ((value >> 16) & 15)
}
