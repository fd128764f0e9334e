//! Memory and a machine made of vectors, for tests on the host.
//!
//! Fresh frames are filled with [`JUNK`] instead of zeros, so that code which forgets to clear a frame
//! is seen. Neighbours: [`machine`](crate::machine), whose traits are implemented here.

use crate::addr::Root;
use crate::addr::{Frame, PAGE_SIZE, Page, UserAddr};
use crate::console::Line;
use crate::context::FpState;
use crate::frames::FramePool;
use crate::machine::{Machine, Memory};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use firmseed_formats::sha256;

/// What a frame holds before anybody wrote to it.
pub const JUNK: u8 = 0xa5;
/// The first frame of [`FakeMemory`]: not zero, so that a frame number is not taken for an index.
pub const FIRST_FRAME: Frame = Frame(0x40080);

/// Page frames in a vector, from [`FIRST_FRAME`] on.
pub struct FakeMemory {
    pages: Vec<Page>,
}

impl FakeMemory {
    /// `frames` frames full of [`JUNK`].
    pub fn new(frames: usize) -> Self {
        FakeMemory { pages: vec![[JUNK; PAGE_SIZE]; frames] }
    }

    /// Memory and the pool that hands it out. The pool's table is leaked: a test is short.
    pub fn with_pool(frames: usize) -> (Self, FramePool<'static>) {
        let counts = Box::leak(vec![0; frames].into_boxed_slice());
        (Self::new(frames), FramePool::new(FIRST_FRAME, counts))
    }
}

fn index(frame: Frame) -> usize {
    (frame.0 - FIRST_FRAME.0) as usize
}

impl Memory for FakeMemory {
    fn page(&self, frame: Frame) -> &Page {
        &self.pages[index(frame)]
    }

    fn page_mut(&mut self, frame: Frame) -> &mut Page {
        &mut self.pages[index(frame)]
    }

    fn copy(
        &mut self,
        from: Frame,
        from_offset: usize,
        to: Frame,
        to_offset: usize,
        length: usize,
    ) {
        assert!(from_offset + length <= PAGE_SIZE && to_offset + length <= PAGE_SIZE);
        let source = index(from) * PAGE_SIZE + from_offset;
        let target = index(to) * PAGE_SIZE + to_offset;
        self.pages.as_flattened_mut().copy_within(source..source + length, target);
    }
}

/// A machine without a processor: it records what it was asked for.
pub struct FakeMachine {
    /// The page frames.
    pub memory: FakeMemory,
    /// The root of the tables that were activated last.
    pub active: Option<Root>,
    /// Frames whose code was made visible.
    pub synced: Vec<Frame>,
    /// Pages whose TLB entry was dropped; None for all of them.
    pub invalidated: Vec<Option<UserAddr>>,
    /// The live FP/SIMD registers.
    pub fp: FpState,
    /// What was written to the console.
    pub output: Vec<u8>,
    /// The end of it.
    pub line: Line,
    /// What is still to be typed.
    pub input: VecDeque<u8>,
    /// The clock, in nanoseconds: moves only when the test moves it.
    pub clock: u64,
    /// Bytes that the kernel heap has left: what the test says.
    pub heap_free: usize,
    /// Pid, number and result of each system call.
    pub trace: Vec<(u32, u64, i64)>,
}

impl FakeMachine {
    /// A machine with `frames` frames, and the pool that hands them out.
    pub fn with_pool(frames: usize) -> (Self, FramePool<'static>) {
        let (memory, pool) = FakeMemory::with_pool(frames);
        let machine = FakeMachine {
            memory,
            active: None,
            synced: Vec::new(),
            invalidated: Vec::new(),
            fp: FpState::default(),
            output: Vec::new(),
            line: Line::FRESH,
            input: VecDeque::new(),
            clock: 0,
            heap_free: usize::MAX,
            trace: Vec::new(),
        };
        (machine, pool)
    }
}

impl Memory for FakeMachine {
    fn page(&self, frame: Frame) -> &Page {
        self.memory.page(frame)
    }

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
}

impl Machine for FakeMachine {
    fn sync_code(&mut self, frame: Frame) {
        self.synced.push(frame);
    }

    fn activate(&mut self, root: Root) {
        self.active = Some(root);
    }

    fn replace_root(&mut self, old: Root, new: Root) {
        if self.active == Some(old) {
            self.activate(new);
        }
    }

    fn invalidate_page(&mut self, page: UserAddr) {
        self.invalidated.push(Some(page));
    }

    fn invalidate_all(&mut self) {
        self.invalidated.push(None);
    }

    fn save_fp(&mut self, state: &mut FpState) {
        state.clone_from(&self.fp);
    }

    fn load_fp(&mut self, state: &FpState) {
        self.fp.clone_from(state);
    }

    fn console_write(&mut self, bytes: &[u8]) {
        let line = &mut self.line;
        self.output.extend(bytes.iter().map(|&byte| line.foreign(byte)));
    }

    fn console_say(&mut self, line: fmt::Arguments<'_>) {
        if !self.line.is_fresh() {
            self.output.extend_from_slice(b"\r\n");
        }
        self.output.extend_from_slice(line.to_string().as_bytes());
        self.output.extend_from_slice(b"\r\n");
        self.line = Line::FRESH;
    }

    fn console_read(&mut self) -> Option<u8> {
        self.input.pop_front()
    }

    fn now(&self) -> u64 {
        self.clock
    }

    fn heap_free(&self) -> usize {
        self.heap_free
    }

    fn sha256(&self) -> sha256::Compress {
        sha256::compress
    }

    fn trace_syscall(&mut self, pid: u32, number: u64, _arguments: &[u64; 6], result: i64) {
        self.trace.push((pid, number, result));
    }
}
