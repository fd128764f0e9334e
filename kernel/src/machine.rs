//! The core's [`Machine`] over this processor and this board.

use core::fmt;
use firmseed_core::addr::{Frame, PAGE_SIZE, Page, Root, UserAddr};
use firmseed_core::context::FpState;
use firmseed_core::machine::{Machine, Memory};
use firmseed_formats::sha256::{self, Compress, Digest, Sha256};

use crate::arch::{cpu, fp, sha256 as extension};
use crate::drivers::timer::Timer;
use crate::mem::heap;
use crate::mem::physical::{PhysicalMemory, linear_address};
use crate::{console, trace};

/// The machine below the core.
pub struct ThisMachine {
    memory: PhysicalMemory,
    timer: Timer,
    compress: Compress,
}

/// SHA-256 compression, by the processor's own instructions where it has them.
pub fn sha256_compression() -> Compress {
    match extension::has_extension() {
        true => extension::compress_by_extension,
        false => sha256::compress,
    }
}

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    let compress = sha256_compression();
    let mut hash = Sha256::new();
    hash.update(bytes, compress);
    hash.finish(compress)
}

impl ThisMachine {
    /// The machine with these page frames.
    pub fn new(memory: PhysicalMemory, timer: Timer) -> Self {
        ThisMachine { memory, timer, compress: sha256_compression() }
    }
}

impl Memory for ThisMachine {
    #[inline(always)]
    fn page(&self, frame: Frame) -> &Page {
        self.memory.page(frame)
    }

    #[inline(always)]
    fn page_mut(&mut self, frame: Frame) -> &mut Page {
        self.memory.page_mut(frame)
    }

    fn copy(
        &mut self,
        from: Frame,
        from_offset: usize,
        to: Frame,
        to_offset: usize,
        length: usize,
    ) {
        self.memory.copy(from, from_offset, to, to_offset, length);
    }

    #[inline(always)]
    fn zero(&mut self, frame: Frame) {
        self.memory.zero(frame);
        cpu::write_barrier(); // the page may become a table: who walks it finds zeros as soon as he finds it
    }
}

impl Machine for ThisMachine {
    fn sync_code(&mut self, frame: Frame) {
        cpu::sync_instructions(linear_address(frame.start().0), PAGE_SIZE as u64);
    }

    fn activate(&mut self, root: Root) {
        cpu::set_user_tables(root.frame.start().0, root.address_bits);
        cpu::invalidate_user_tlb();
    }

    fn replace_root(&mut self, old: Root, new: Root) {
        if cpu::user_tables() == old.frame.start().0 {
            self.activate(new);
        }
    }

    fn invalidate_page(&mut self, page: UserAddr) {
        cpu::invalidate_user_page(page.0);
    }

    fn invalidate_all(&mut self) {
        cpu::invalidate_user_tlb();
    }

    fn save_fp(&mut self, state: &mut FpState) {
        fp::save(state);
    }

    fn load_fp(&mut self, state: &FpState) {
        fp::load(state);
    }

    fn console_write(&mut self, bytes: &[u8]) {
        console::write(bytes);
    }

    fn console_say(&mut self, line: fmt::Arguments<'_>) {
        console::say(line);
    }

    fn console_read(&mut self) -> Option<u8> {
        console::read()
    }

    fn now(&self) -> u64 {
        self.timer.now()
    }

    fn sha256(&self) -> Compress {
        self.compress
    }

    fn heap_free(&self) -> usize {
        heap::free()
    }

    #[inline(always)]
    fn is_tracing(&self) -> bool {
        trace::enabled()
    }

    fn mark_entry(&mut self) {
        cpu::mark();
    }

    #[inline]
    fn trace_syscall(&mut self, pid: u32, number: u64, arguments: &[u64; 6], result: i64) {
        if trace::enabled() {
            trace::syscall(pid, number, arguments, result);
        }
    }
}
