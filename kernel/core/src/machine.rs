//! What the core asks of the machine below it: the only door from safe code to hardware.
//!
//! `kernel` implements [`Machine`] over real memory and registers, the host tests over a `Vec`.
//! Everything here is infallible by contract: a caller passes only frames that it got from the
//! [`FramePool`](crate::frames::FramePool), and offsets that stay inside a page.

use crate::addr::{Frame, Page, Root, UserAddr};
use crate::context::FpState;
use core::fmt;
use firmseed_formats::sha256::Compress;

/// Memory as frames: byte access to physical pages.
pub trait Memory {
    /// The bytes of a frame.
    fn page(&self, frame: Frame) -> &Page;
    /// The bytes of a frame, to be changed.
    fn page_mut(&mut self, frame: Frame) -> &mut Page;
    /// Copies `length` bytes between two frames, or within one. Both ranges lie within a page.
    fn copy(&mut self, from: Frame, from_offset: usize, to: Frame, to_offset: usize, length: usize);
    /// Fills a whole frame with zeros.
    fn zero(&mut self, frame: Frame) {
        self.page_mut(frame).fill(0);
    }
}

/// The processor and the board, as far as the core needs them.
pub trait Machine: Memory + 'static {
    /// Makes instructions that were written to `frame` visible to instruction fetch on every alias
    /// (DC CVAU, DSB, IC IVAU, DSB, ISB: ARM DDI 0487 B2.4.4).
    fn sync_code(&mut self, frame: Frame);
    /// Makes the user tables at `root` current (TTBR0_EL1, T0SZ), user TLB entries of others gone.
    fn activate(&mut self, root: Root);
    /// An address space has another root from now on: if it is the current one, the new root is made current.
    fn replace_root(&mut self, old: Root, new: Root);
    /// Forgets the TLB entry of one user page of the current tables.
    fn invalidate_page(&mut self, page: UserAddr);
    /// Forgets all user TLB entries.
    fn invalidate_all(&mut self);
    /// Stores the live FP/SIMD registers.
    fn save_fp(&mut self, state: &mut FpState);
    /// Loads the FP/SIMD registers.
    fn load_fp(&mut self, state: &FpState);
    /// Shows what a program printed, or an echo, as [`Line::foreign`](crate::console::Line::foreign) lets it pass; returns
    /// when all is taken by the device.
    fn console_write(&mut self, bytes: &[u8]);
    /// Shows a line of the kernel's own, which begins on a fresh one.
    fn console_say(&mut self, line: fmt::Arguments<'_>);
    /// One byte from the console, if one has come.
    fn console_read(&mut self) -> Option<u8>;
    /// Nanoseconds since power-on; never runs backwards.
    fn now(&self) -> u64;
    /// SHA-256 compression, the fastest that the processor has: feeds whole 64-byte blocks to a state
    /// (FIPS 180-4, 6.2.2).
    fn sha256(&self) -> Compress;
    /// Bytes that are left in the kernel's heap.
    fn heap_free(&self) -> usize;
    /// Does anybody read the trace? Where not, nothing need be gathered for it.
    fn is_tracing(&self) -> bool {
        true
    }
    /// An entry of the ledger is complete: a mark for who watches the machine from outside.
    fn mark_entry(&mut self) {}
    /// A system call is over: for the trace. `result` is the value that x0 gets.
    fn trace_syscall(&mut self, pid: u32, number: u64, arguments: &[u64; 6], result: i64);
}

/// A line of the kernel's own on the console.
pub(crate) fn say(machine: &mut impl Machine, text: fmt::Arguments<'_>) {
    machine.console_say(format_args!("firmseed: {text}"));
}
