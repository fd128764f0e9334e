//! The processor: registers, what it remembers of memory and code, and how it runs until something stops it.

use crate::code::Code;
use crate::memory::{Memory, PAGE_SHIFT, Tlb, untagged};
use crate::op::Op;
use crate::run::{Leave, run_page};
use crate::state::State;
use crate::stop::{Monitor, Stop};

/// A processor.
pub struct Processor {
    /// The registers.
    pub state: State,
    pub(crate) tlb: Tlb,
    code: Code,
    /// Instructions executed so far.
    instructions: u64,
    /// CNTVCT_EL0 beyond one tick an instruction.
    pub counter_offset: u64,
    pub(crate) monitor: Option<Monitor>,
}

impl Processor {
    /// Over a memory of `frames` frames, numbered from 0.
    pub fn new(frames: usize) -> Self {
        Processor {
            state: State::default(),
            tlb: Tlb::new(frames),
            code: Code::new(frames),
            instructions: 0,
            counter_offset: 0,
            monitor: None,
        }
    }

    /// Instructions executed so far.
    pub fn instructions(&self) -> u64 {
        self.instructions
    }

    /// Forgets all translations (TLBI VMALLE1).
    pub fn forget_translations(&mut self) {
        self.tlb.forget_all();
    }

    /// Forgets the translations of one page (TLBI VAE1).
    pub fn forget_translation(&mut self, address: u64) {
        self.tlb.forget(address);
    }

    /// Code in a frame was changed by the embedder (IC IVAU).
    pub fn forget_code(&mut self, frame: u32) {
        self.code.forget(frame);
        self.tlb.unmark_code(frame);
    }

    /// Runs until something stops it, or `budget` instructions are done.
    pub fn run(&mut self, memory: &mut impl Memory, budget: u64) -> Stop {
        self.monitor = None; // an exception return clears it
        let mut left = budget;
        loop {
            let leave = self.run_straight(memory, &mut left);
            for frame in self.tlb.take_written() {
                self.forget_code(frame);
            }
            match leave {
                Leave::Onward => {}
                Leave::Stop(stop) => return stop,
            }
        }
    }

    /// Runs as long as the code stays in one page.
    #[inline(always)]
    fn run_straight(&mut self, memory: &mut impl Memory, left: &mut u64) -> Leave {
        if *left == 0 {
            return Leave::Stop(Stop::Budget);
        }
        // A branch takes the tag away (AArch64.BranchAddr).
        let pc = untagged(self.state.pc);
        self.state.pc = pc;
        if pc & 3 != 0 {
            return Leave::Stop(Stop::ProgramCounter);
        }
        let frame = match self.tlb.execute(memory, pc) {
            Ok(frame) => frame,
            Err(fault) => return Leave::Stop(fault.into()),
        };
        let word = (pc as usize % (1 << PAGE_SHIFT)) / 4;
        let page = match self.code.page(frame) {
            Some(page) if !matches!(page[word], Op::Undecoded) => page,
            _ => return self.decode(memory, frame, word),
        };
        let before = *left;
        let clock = self.instructions.wrapping_add(self.counter_offset);
        let Processor { state, tlb, monitor, .. } = self;
        let leave = run_page(state, tlb, monitor, memory, page, left, clock);
        self.instructions += before - *left;
        leave
    }

    #[cold]
    #[inline(never)]
    fn decode(&mut self, memory: &mut impl Memory, frame: u32, word: usize) -> Leave {
        if self.code.page(frame).is_none() {
            self.code.begin(frame);
            self.tlb.mark_code(frame);
        }
        self.code.decode_from(frame, word, memory.page(frame));
        Leave::Onward
    }
}
