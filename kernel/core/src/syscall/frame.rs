//! The signal frame: what a handler finds on its stack, and the way back (arch/arm64/kernel/signal.c's layout).
//!
//! From the stack pointer up: `siginfo_t` (128 bytes), `ucontext_t` with the registers and a list of
//! records that holds `fpsimd_context`, then a frame record (x29, x30) from which unwinding goes on.
//! A handler without SA_RESTORER returns to the trampoline page that execve maps.

use super::grant::{Jobs, User};
use super::{Outcome, Stop};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::signals::{
    Action, DEFAULT, Info, SA_NODEFER, SA_ONSTACK, SA_RESETHAND, SA_RESTORER, SA_SIGINFO,
    SI_KERNEL, Signal,
};
use firmseed_formats::page::ZEROS;

/// Where execve maps the trampoline: the page above the stack.
pub(crate) const SIGNAL_TRAMPOLINE: u64 = crate::vm::STACK_TOP;

/// Offsets from the start of the frame, with `ucontext_t` at 128 and `mcontext_t` 176 bytes into it.
const UCONTEXT: u64 = 128;
const STACK: u64 = UCONTEXT + 16;
const MASK: u64 = UCONTEXT + 40;
const MCONTEXT: u64 = UCONTEXT + 176;
const RECORDS: u64 = MCONTEXT + 288;
const FRAME_SIZE: u64 = RECORDS + 4096;

/// Marks and sizes of the records.
const FPSIMD_MAGIC: u32 = 0x4650_8001;
const FPSIMD_SIZE: u32 = 528;
const ESR_MAGIC: u32 = 0x4553_5201;
const ESR_SIZE: u32 = 16;

/// The condition flags: all of PSTATE that a program may set.
const PSTATE_FLAGS: u64 = 0xf000_0000;
/// Exception level, AArch32, interrupt masks: a frame that asks for these was forged.
const PSTATE_FORBIDDEN: u64 = 0x3df;

const SS_ONSTACK: u32 = 1;
const SS_DISABLE: u32 = 2;

impl<M: Machine> Jobs<'_, '_, M> {
    /// Makes the current process run a handler: its registers go to a frame on its stack.
    pub(crate) fn enter_handler(
        &mut self,
        signal: Signal,
        info: Info,
        action: Action,
    ) -> Result<(), Errno> {
        self.processes.store_current_fp(&mut self.storage.machine);
        let process = self.processes.current_mut();
        let sp = process.thread.registers.sp;
        let alternate = process.thread.signals.alternate;
        let top = if action.flags & SA_ONSTACK != 0 && alternate.size > 0 && !alternate.contains(sp)
        {
            alternate.start.wrapping_add(alternate.size)
        } else {
            sp
        };
        let record = top.wrapping_sub(16) & !15;
        let frame = record.wrapping_sub(FRAME_SIZE) & !15;
        if frame > top {
            return Err(Errno::EFAULT);
        }
        self.write_frame(frame, record, signal, info)?;

        let process = self.processes.current_mut();
        let registers = &mut process.thread.registers;
        registers.x[0] = signal.number().into();
        if action.flags & SA_SIGINFO != 0 {
            registers.x[1] = frame;
            registers.x[2] = frame + UCONTEXT;
        }
        registers.x[29] = record;
        registers.x[30] =
            if action.flags & SA_RESTORER != 0 { action.restorer } else { SIGNAL_TRAMPOLINE };
        registers.sp = frame;
        registers.pc = action.handler;
        let mut mask = process.thread.signals.blocked | action.mask;
        if action.flags & SA_NODEFER == 0 {
            mask |= signal.bit();
        }
        process.thread.signals.set_blocked(mask);
        process.thread.signals.saved_mask = None;
        if action.flags & SA_RESETHAND != 0 {
            let reset = Action { handler: DEFAULT, ..action };
            process.set_action(signal, reset);
        }
        Ok(())
    }

    #[inline(never)]
    fn write_frame(
        &mut self,
        frame: u64,
        record: u64,
        signal: Signal,
        info: Info,
    ) -> Result<(), Errno> {
        let process = self.processes.current_mut();
        let registers = process.thread.registers.clone();
        let alternate = process.thread.signals.alternate;
        let mask = process.thread.signals.saved_mask.unwrap_or(process.thread.signals.blocked);
        let is_fault = info.code > 0 && info.code != SI_KERNEL && is_fault_signal(signal);
        let alternate_flags = match alternate.size {
            0 => SS_DISABLE,
            _ if alternate.contains(registers.sp) => SS_ONSTACK,
            _ => 0,
        };

        // The frame is written page by page as zeros and then filled: nothing of the kernel's shows through.
        let mut at = frame;
        while at < frame + FRAME_SIZE {
            let length = (frame + FRAME_SIZE - at).min(ZEROS.len() as u64);
            self.copy_out(at, &ZEROS[..length as usize])?;
            at += length;
        }
        self.copy_out(frame, &siginfo_bytes(signal, info))?;
        self.write_words(
            frame + STACK,
            &[alternate.start, u64::from(alternate_flags), alternate.size],
        )?;
        self.write_words(frame + MASK, &[mask])?;
        self.write_words(frame + MCONTEXT, &[if is_fault { info.value } else { 0 }])?;
        let mut bytes = [0; 34 * 8];
        let words = registers.x.iter().chain([&registers.sp, &registers.pc, &registers.pstate]);
        for (slot, word) in bytes.chunks_exact_mut(8).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        self.copy_out(frame + MCONTEXT + 8, &bytes)?;
        self.write_fp_records(frame + RECORDS, is_fault)?;
        self.write_words(record, &[registers.x[29], registers.x[30]])
    }

    #[inline(never)]
    fn write_fp_records(&mut self, at: u64, is_fault: bool) -> Result<(), Errno> {
        let mut bytes = [0; FPSIMD_SIZE as usize];
        let fp = &self.processes.current_mut().thread.fp;
        bytes[..4].copy_from_slice(&FPSIMD_MAGIC.to_le_bytes());
        bytes[4..8].copy_from_slice(&FPSIMD_SIZE.to_le_bytes());
        bytes[8..12].copy_from_slice(&(fp.fpsr as u32).to_le_bytes());
        bytes[12..16].copy_from_slice(&(fp.fpcr as u32).to_le_bytes());
        for (slot, register) in bytes[16..].chunks_exact_mut(16).zip(fp.v.iter()) {
            slot.copy_from_slice(&register.to_le_bytes());
        }
        self.copy_out(at, &bytes)?;
        if is_fault {
            let head = u64::from(ESR_MAGIC) | u64::from(ESR_SIZE) << 32;
            self.write_words(at + u64::from(FPSIMD_SIZE), &[head, 0])?;
        }
        Ok(())
    }

    /// Back from a handler: all registers, the mask and the FP state from the frame at the stack pointer.
    pub(super) fn sys_rt_sigreturn(&mut self) -> Outcome {
        let frame = self.processes.current_mut().thread.registers.sp;
        if frame & 15 != 0 || self.restore_frame(frame).is_err() {
            // As Linux: a frame that cannot be read is a SIGSEGV at the stack pointer.
            let machine = &mut self.storage.machine;
            self.processes.fault_signal(machine, Signal::SEGV, SI_KERNEL, frame);
        }
        Err(Stop::GONE)
    }

    #[inline(never)]
    fn restore_frame(&mut self, frame: u64) -> Result<(), Errno> {
        frame.checked_add(FRAME_SIZE).ok_or(Errno::EFAULT)?;
        let [mask] = self.read_words(frame + MASK)?;
        let words: [u64; 34] = self.read_words(frame + MCONTEXT + 8)?;
        if words[33] & PSTATE_FORBIDDEN != 0 {
            return Err(Errno::EINVAL);
        }
        let mut fp = [0; FPSIMD_SIZE as usize];
        let found = self.find_fpsimd(frame + RECORDS)?;
        self.copy_in(found, &mut fp)?;

        self.processes.drop_fp(self.processes.current_slot());
        let process = self.processes.current_mut();
        process.thread.signals.set_blocked(mask);
        let registers = &mut process.thread.registers;
        registers.x.copy_from_slice(&words[..31]);
        registers.sp = words[31];
        registers.pc = words[32];
        registers.pstate = words[33] & PSTATE_FLAGS;
        let word = |at: usize| u32::from_le_bytes([fp[at], fp[at + 1], fp[at + 2], fp[at + 3]]);
        process.thread.fp.fpsr = word(8).into();
        process.thread.fp.fpcr = word(12).into();
        for (register, slot) in process.thread.fp.v.iter_mut().zip(fp[16..].chunks_exact(16)) {
            *register = u128::from_le_bytes(slot.try_into().expect("chunks of 16 bytes"));
        }
        Ok(())
    }

    /// The address of the fpsimd record in the list at `at`.
    fn find_fpsimd(&mut self, at: u64) -> Result<u64, Errno> {
        let mut offset = 0;
        while offset + u64::from(FPSIMD_SIZE) <= 4096 {
            let magic = self.read_u32(at + offset)?;
            let size = self.read_u32(at + offset + 4)?;
            match magic {
                FPSIMD_MAGIC if size == FPSIMD_SIZE => return Ok(at + offset),
                0 => break,
                _ if size < 16 || size % 16 != 0 => break,
                _ => offset += u64::from(size),
            }
        }
        Err(Errno::EINVAL)
    }
}

fn is_fault_signal(signal: Signal) -> bool {
    matches!(signal, Signal::SEGV | Signal::BUS | Signal::ILL | Signal::FPE | Signal::TRAP)
}

/// `siginfo_t`, 128 bytes: number, errno, code, then what the kind of signal uses.
pub(super) fn siginfo_bytes(signal: Signal, info: Info) -> [u8; 128] {
    let mut bytes = [0; 128];
    let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
    put(0, &u32::from(signal.number()).to_le_bytes());
    put(8, &info.code.to_le_bytes());
    if is_fault_signal(signal) && info.code > 0 && info.code != SI_KERNEL {
        put(16, &info.value.to_le_bytes());
    } else {
        put(16, &info.pid.to_le_bytes());
        put(20, &info.user.to_le_bytes());
        put(24, &info.value.to_le_bytes());
    }
    bytes
}
