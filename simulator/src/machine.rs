//! The core's [`Machine`] over a processor that is a program.

use crate::console::{Console, Typed};
use crate::ram::Ram;
use core::fmt;
use firmseed_core::addr::{Frame, Page, Root, UserAddr};
use firmseed_core::console::Line;
use firmseed_core::context::{Access, FpState, Registers, Trap};
use firmseed_core::machine::{Machine, Memory};
use firmseed_formats::sha256::{self, Compress};
use processor::memory::Access as ProcessorAccess;
use processor::{Processor, Stop};
use std::collections::VecDeque;
use std::time::Duration;

/// PSTATE.{N, Z, C, V} in SPSR_EL1.
const PSTATE_FLAGS: u64 = 0xf000_0000;

/// Memory, processor, console and clock.
pub struct Simulated<C> {
    ram: Ram,
    processor: Processor,
    console: C,
    line: Line,
    typed: VecDeque<u8>,
    /// The last word that was undefined, to be named.
    undefined: Option<(u64, u32)>,
}

impl<C: Console> Simulated<C> {
    /// With so many page frames, numbered from 0.
    pub fn new(frames: usize, console: C) -> Self {
        Simulated {
            ram: Ram::new(frames),
            processor: Processor::new(frames),
            console,
            line: Line::FRESH,
            typed: VecDeque::new(),
            undefined: None,
        }
    }

    /// Instructions that programs have executed.
    pub fn instructions(&self) -> u64 {
        self.processor.instructions()
    }

    /// Runs the program with these registers until it traps; an interrupt comes after `slice` instructions.
    pub fn enter_user(&mut self, registers: &mut Registers, slice: u64) -> Trap {
        let state = &mut self.processor.state;
        *state.all_x_mut() = registers.x;
        state.set_sp(registers.sp);
        state.pc = registers.pc;
        state.nzcv = (registers.pstate & PSTATE_FLAGS) as u32;
        state.tpidr = registers.tpidr;
        let stop = self.processor.run(&mut self.ram, slice);
        let state = &self.processor.state;
        registers.x = *state.all_x();
        registers.sp = state.sp();
        registers.pc = state.pc;
        registers.pstate = registers.pstate & !PSTATE_FLAGS | u64::from(state.nzcv);
        registers.tpidr = state.tpidr;
        match stop {
            Stop::SupervisorCall => Trap::Syscall,
            Stop::Budget => Trap::Interrupt,
            Stop::Breakpoint => Trap::Breakpoint,
            Stop::Undefined(word) => {
                self.undefined = Some((registers.pc, word));
                Trap::Undefined
            }
            Stop::Alignment(address) => Trap::Alignment { address },
            Stop::ProgramCounter => Trap::Alignment { address: registers.pc },
            Stop::StackPointer => Trap::Alignment { address: 0 },
            Stop::Fault(fault) => Trap::Fault {
                address: fault.address,
                access: match fault.access {
                    ProcessorAccess::Read => Access::Read,
                    ProcessorAccess::Write => Access::Write,
                    ProcessorAccess::Execute => Access::Execute,
                },
            },
        }
    }

    /// The word that was the last to be undefined, and its address, once.
    pub fn take_undefined(&mut self) -> Option<(u64, u32)> {
        self.undefined.take()
    }

    /// Lets time pass up to `time`.
    pub fn sleep_until(&mut self, time: u64) {
        let ahead = time.saturating_sub(self.now());
        self.processor.counter_offset = self.processor.counter_offset.wrapping_add(ahead);
    }

    /// Lets so much time pass.
    pub fn let_pass(&mut self, time: Duration) {
        self.sleep_until(self.now().saturating_add(time.as_nanos() as u64));
    }

    /// Takes what was typed, or waits for it.
    pub fn listen(&mut self, patience: Duration) -> Typed {
        let typed = self.console.read(patience);
        if let Typed::Byte(byte) = typed {
            self.typed.push_back(byte);
        }
        typed
    }

    /// Presses the key that ends input, as `qemu/run` does.
    pub fn end_input(&mut self) {
        self.typed.push_back(END_OF_INPUT);
    }
}

/// Control-D.
const END_OF_INPUT: u8 = 4;

impl<C: Console> Memory for Simulated<C> {
    #[inline(always)]
    fn page(&self, frame: Frame) -> &Page {
        Memory::page(&self.ram, frame)
    }

    #[inline(always)]
    fn page_mut(&mut self, frame: Frame) -> &mut Page {
        Memory::page_mut(&mut self.ram, frame)
    }

    fn copy(
        &mut self,
        from: Frame,
        from_offset: usize,
        to: Frame,
        to_offset: usize,
        length: usize,
    ) {
        self.ram.copy(from, from_offset, to, to_offset, length);
    }
}

impl<C: Console> Machine for Simulated<C> {
    fn sync_code(&mut self, frame: Frame) {
        self.processor.forget_code(frame.0);
    }

    fn activate(&mut self, root: Root) {
        self.ram.root = Some(root);
        self.processor.forget_translations();
    }

    fn replace_root(&mut self, old: Root, new: Root) {
        if self.ram.root == Some(old) {
            self.activate(new);
        }
    }

    fn invalidate_page(&mut self, page: UserAddr) {
        self.processor.forget_translation(page.0);
    }

    fn invalidate_all(&mut self) {
        self.processor.forget_translations();
    }

    fn save_fp(&mut self, state: &mut FpState) {
        let from = &self.processor.state;
        *state = FpState { v: from.v, fpsr: from.fpsr.into(), fpcr: from.fpcr.into() };
    }

    fn load_fp(&mut self, state: &FpState) {
        let to = &mut self.processor.state;
        to.v = state.v;
        to.set_fpsr(state.fpsr);
        to.set_fpcr(state.fpcr);
    }

    fn console_write(&mut self, bytes: &[u8]) {
        let line = &mut self.line;
        let shown: Vec<u8> = bytes.iter().map(|&byte| line.foreign(byte)).collect();
        self.console.write(&shown);
    }

    fn console_say(&mut self, line: fmt::Arguments<'_>) {
        let fresh = if self.line.is_fresh() { "" } else { "\r\n" };
        self.console.write(format!("{fresh}{line}\r\n").as_bytes());
        self.line = Line::FRESH;
    }

    fn console_read(&mut self) -> Option<u8> {
        self.typed.pop_front()
    }

    fn now(&self) -> u64 {
        self.processor.instructions().wrapping_add(self.processor.counter_offset)
    }

    fn sha256(&self) -> Compress {
        sha256::compress
    }

    /// The host's, which has no end that could be told.
    fn heap_free(&self) -> usize {
        usize::MAX
    }

    fn is_tracing(&self) -> bool {
        false
    }

    fn trace_syscall(&mut self, _: u32, _: u64, _: &[u64; 6], _: i64) {}
}
