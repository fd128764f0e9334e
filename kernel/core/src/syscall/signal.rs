//! Signal calls: actions, masks, sending, waiting (signal(7)).

use super::Outcome;
use super::frame::siginfo_bytes;
use super::grant::{Caller, Io, User};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::signals::{
    Action, AlternateStack, Info, SI_TKILL, SI_USER, Signal, UNBLOCKABLE,
};
use crate::process::table::{Processes, Slot};
use crate::process::{Event, Pid, Process, Restart};

const SS_ONSTACK: u32 = 1;
const SS_DISABLE: u32 = 2;
const MIN_STACK: u64 = 5120;
/// Bits of sa_flags that Linux keeps, SA_EXPOSE_TAGBITS (0x800) among them: by the others programs find out that they mean nothing.
const SA_KNOWN: u64 = 0xdc00_0807;

impl<M: Machine> Caller<'_, '_, M> {
    pub(super) fn sys_rt_sigaction(
        &mut self,
        number: u64,
        new: u64,
        old: u64,
        set_size: u64,
    ) -> Outcome {
        check_set_size(set_size)?;
        let replacement = if new == 0 { None } else { Some(self.read_words::<4>(new)?) };
        let signal = Signal::new(number).ok_or(Errno::EINVAL)?;
        if new != 0 && signal.bit() & UNBLOCKABLE != 0 {
            return Err(Errno::EINVAL.into());
        }
        let action = self.process.signals.action(signal);
        if old != 0 {
            self.write_words(old, &[action.handler, action.flags, action.restorer, action.mask])?;
        }
        if let Some([handler, flags, restorer, mask]) = replacement {
            let (flags, mask) = (flags & SA_KNOWN, mask & !UNBLOCKABLE);
            let action = Action { handler, flags, restorer, mask };
            self.process.set_action(signal, action);
        }
        Ok(0)
    }

    pub(super) fn sys_rt_sigprocmask(
        &mut self,
        how: u64,
        new: u64,
        old: u64,
        set_size: u64,
    ) -> Outcome {
        check_set_size(set_size)?;
        let blocked = self.process.thread.signals.blocked;
        let mask = if new == 0 {
            blocked
        } else {
            let [set] = self.read_words(new)?;
            match how as u32 {
                0 => blocked | set,
                1 => blocked & !set,
                2 => set,
                _ => return Err(Errno::EINVAL.into()),
            }
        };
        if old != 0 {
            self.write_words(old, &[blocked])?;
        }
        self.process.thread.signals.set_blocked(mask);
        Ok(0)
    }

    pub(super) fn sys_rt_sigpending(&mut self, into: u64, set_size: u64) -> Outcome {
        if set_size > 8 {
            return Err(Errno::EINVAL.into());
        }
        let process = &*self.process;
        let set = (process.pending() & process.thread.signals.blocked).to_le_bytes();
        self.copy_out(into, &set[..set_size as usize])?;
        Ok(0)
    }

    pub(super) fn sys_rt_sigsuspend(&mut self, mask: u64, set_size: u64) -> Outcome {
        check_set_size(set_size)?;
        let [mask] = self.read_words(mask)?;
        self.process.use_mask(mask);
        self.deadline(None);
        Err(self.block(Event::Signal, Restart::Never))
    }

    pub(super) fn sys_rt_sigtimedwait(
        &mut self,
        set: u64,
        info: u64,
        timeout: u64,
        set_size: u64,
    ) -> Outcome {
        check_set_size(set_size)?;
        let [set] = self.read_words(set)?;
        let timeout = if timeout == 0 { None } else { Some(self.timespec(timeout)?) };
        let deadline = self.deadline(timeout);
        let process = &mut *self.process;
        if let Some((signal, details)) = process.take_signal(set & !UNBLOCKABLE) {
            self.copy_out_optional(info, &siginfo_bytes(signal, details))?;
            return Ok(signal.number().into());
        }
        if self.storage.machine.now() >= deadline {
            return Err(Errno::EAGAIN.into());
        }
        Err(self.block(Event::Signal, Restart::Never))
    }

    pub(super) fn sys_sigaltstack(&mut self, new: u64, old: u64) -> Outcome {
        let replacement = if new == 0 { None } else { Some(self.read_words::<3>(new)?) };
        let process = &*self.process;
        let alternate = process.thread.signals.alternate;
        let is_in_use = alternate.contains(process.thread.registers.sp);
        let flags = match alternate.size {
            0 => SS_DISABLE,
            _ if is_in_use => SS_ONSTACK,
            _ => 0,
        };
        if old != 0 {
            self.write_words(old, &[alternate.start, flags.into(), alternate.size])?;
        }
        if let Some([start, flags, size]) = replacement {
            if is_in_use {
                return Err(Errno::EPERM.into());
            }
            let alternate = match flags as u32 {
                SS_DISABLE => AlternateStack::default(),
                0 | SS_ONSTACK if size >= MIN_STACK => AlternateStack { start, size },
                0 | SS_ONSTACK => return Err(Errno::ENOMEM.into()),
                _ => return Err(Errno::EINVAL.into()),
            };
            self.process.thread.signals.alternate = alternate;
        }
        Ok(0)
    }
}

impl Process {
    /// Sets a mask for the time of this call; the handler's return brings the old one back.
    pub(super) fn use_mask(&mut self, mask: u64) {
        let signals = &mut self.thread.signals;
        signals.saved_mask.get_or_insert(signals.blocked);
        signals.set_blocked(mask);
    }

    /// Ends the time of [`Self::use_mask`] where no handler did.
    pub(super) fn restore_mask(&mut self) {
        let signals = &mut self.thread.signals;
        if let Some(mask) = signals.saved_mask.take() {
            signals.set_blocked(mask);
        }
    }
}

impl Processes {
    pub(super) fn sys_kill(&mut self, pid: u64, number: u64) -> Outcome {
        let own = self.current();
        let info = Info::sent_by(own.pid, own.credentials.user[0], SI_USER);
        let (own_pid, own_group) = (own.pid, own.group);
        // As on Linux: nobody to send to is found before the number is looked at.
        let one = if pid as i32 > 0 { Some(self.process_or_self(pid)?) } else { None };
        let signal = signal_or_probe(number)?;
        match (one, pid as i32) {
            (Some(slot), _) => self.send_or_probe(slot, signal, info)?,
            (None, 0) => self.kill_where(signal, info, |_, group| group == own_group)?,
            // Those that may not be sent anything are not counted as missed.
            (None, -1) => {
                match self.kill_where(signal, info, |pid, _| pid != Pid::INIT && pid != own_pid) {
                    Ok(()) | Err(Errno::EPERM) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
            (None, i32::MIN) => return Err(Errno::ESRCH.into()),
            (None, group) => {
                self.kill_where(signal, info, |_, of| of == Pid(group.unsigned_abs()))?;
            }
        }
        Ok(0)
    }

    /// The caller may send the process this, or nothing. SIGCONT goes to all of its session.
    ///
    /// # Errors
    /// EPERM.
    pub(super) fn check_signal(&self, slot: Slot, signal: Option<Signal>) -> Result<(), Errno> {
        let (own, other) = (self.current(), self.at(slot));
        let goes_on = signal == Some(Signal::CONT) && own.session == other.session;
        if own.pid == other.pid || goes_on || own.credentials.may_signal(&other.credentials) {
            return Ok(());
        }
        Err(Errno::EPERM)
    }

    /// Sends it to all that are chosen and may be sent it: one is enough.
    fn kill_where(
        &mut self,
        signal: Option<Signal>,
        info: Info,
        chosen: impl Fn(Pid, Pid) -> bool,
    ) -> Result<(), Errno> {
        let mut outcome = Err(Errno::ESRCH);
        for slot in self.slots() {
            if self.get_mut(slot).is_some_and(|process| chosen(process.pid, process.group)) {
                let sent = self.send_or_probe(slot, signal, info);
                outcome = outcome.or(sent);
            }
        }
        outcome
    }

    pub(super) fn send_or_probe(
        &mut self,
        slot: Slot,
        signal: Option<Signal>,
        info: Info,
    ) -> Result<(), Errno> {
        self.check_signal(slot, signal)?;
        if let Some(signal) = signal {
            self.send_signal(slot, signal, info);
        }
        Ok(())
    }

    pub(super) fn sys_tkill(&mut self, thread: u64, number: u64) -> Outcome {
        if thread as i32 <= 0 {
            return Err(Errno::EINVAL.into());
        }
        let slot = self.find_thread(Pid(thread as u32)).ok_or(Errno::ESRCH)?;
        let signal = signal_or_probe(number)?;
        self.send_to_thread(slot, thread, signal)
    }

    pub(super) fn sys_tgkill(&mut self, group: u64, thread: u64, number: u64) -> Outcome {
        if group as i32 <= 0 || thread as i32 <= 0 {
            return Err(Errno::EINVAL.into());
        }
        let slot = self.thread_of(group, thread);
        let signal = signal_or_probe(number)?;
        self.send_to_thread(slot?, thread, signal)
    }

    /// Where the process `group` is, if it has this thread.
    fn thread_of(&self, group: u64, thread: u64) -> Result<Slot, Errno> {
        let slot = self.find_thread(Pid(thread as u32)).ok_or(Errno::ESRCH)?;
        if self.at(slot).pid == Pid(group as u32) { Ok(slot) } else { Err(Errno::ESRCH) }
    }

    fn send_to_thread(&mut self, slot: Slot, thread: u64, signal: Option<Signal>) -> Outcome {
        let own = self.current();
        let info = Info::sent_by(own.pid, own.credentials.user[0], SI_TKILL);
        self.check_signal(slot, signal)?;
        if let Some(signal) = signal {
            self.send_to(slot, Some(Pid(thread as u32)), signal, info);
        }
        Ok(0)
    }
}

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_rt_sigqueueinfo(&mut self, pid: u64, number: u64, info: u64) -> Outcome {
        let slot = self.processes.find(Pid(pid as u32)).ok_or(Errno::ESRCH);
        self.queue_signal(slot, (Pid(pid as u32), None), number, info)
    }

    pub(super) fn sys_rt_tgsigqueueinfo(
        &mut self,
        group: u64,
        thread: u64,
        number: u64,
        info: u64,
    ) -> Outcome {
        if group as i32 <= 0 || thread as i32 <= 0 {
            return Err(Errno::EINVAL.into());
        }
        let slot = self.processes.thread_of(group, thread);
        let thread = Pid(thread as u32);
        self.queue_signal(slot, (thread, Some(thread)), number, info)
    }

    fn queue_signal(
        &mut self,
        slot: Result<Slot, Errno>,
        (target, thread): (Pid, Option<Pid>),
        number: u64,
        info: u64,
    ) -> Outcome {
        let mut bytes = [0; 128];
        self.copy_in(info, &mut bytes)?;
        let word = |at: usize| u32::from_le_bytes(core::array::from_fn(|index| bytes[at + index]));
        let code = word(8) as i32;
        let signal = signal_or_probe(number)?;
        // Only to oneself may a signal look as if another had sent it.
        if (code >= 0 || code == SI_TKILL) && target != self.processes.current().thread.tid {
            return Err(Errno::EPERM.into());
        }
        let slot = slot?;
        self.processes.check_signal(slot, signal)?;
        if self.processes.at(slot).signals.pending.is_full() {
            return Err(Errno::EAGAIN.into());
        }
        let value = u64::from(word(24)) | u64::from(word(28)) << 32;
        self.observer().message(slot);
        if let Some(signal) = signal {
            let info = Info { code, pid: word(16), user: word(20), value };
            self.processes.send_to(slot, thread, signal, info);
        }
        Ok(0)
    }
}

/// The size of a signal set is part of the ABI.
pub(super) fn check_set_size(size: u64) -> Result<(), Errno> {
    if size == 8 { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Signal 0 sends nothing: the call only checks.
pub(super) fn signal_or_probe(number: u64) -> Result<Option<Signal>, Errno> {
    match number as u32 {
        0 => Ok(None),
        number => Signal::new(number.into()).map(Some).ok_or(Errno::EINVAL),
    }
}
