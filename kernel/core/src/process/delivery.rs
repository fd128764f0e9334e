//! Sending signals, and what they do when their time comes (signal(7)).

use crate::errno::Errno;
use crate::kernel::{Kernel, Printable, say};
use crate::machine::Machine;
use crate::process::signals::{
    Action, DEFAULT, Effect, IGNORE, Info, SA_NOCLDSTOP, SA_RESTART, STOP_SET, Signal,
};
use crate::process::table::Slot;
use crate::process::{Ending, Motion, Pid, Report, Restart, State};

/// si_code values of SIGCHLD.
pub(crate) const CLD_EXITED: i32 = 1;
pub(crate) const CLD_KILLED: i32 = 2;
pub(crate) const CLD_STOPPED: i32 = 5;
pub(crate) const CLD_CONTINUED: i32 = 6;

impl<M: Machine> Kernel<'_, M> {
    /// Sends a signal to a process: it becomes pending, or is dropped where it would do nothing.
    #[inline(never)]
    pub(crate) fn send_signal(&mut self, slot: Slot, signal: Signal, info: Info) {
        let process = self.processes.at_mut(slot);
        if process.is_zombie() {
            return;
        }
        let (bit, pid) = (signal.bit(), process.pid);
        let is_stop = bit & STOP_SET != 0;
        if is_stop {
            process.signals.pending &= !Signal::CONT.bit();
        }
        if signal == Signal::CONT || signal == Signal::KILL {
            process.signals.pending &= !STOP_SET;
            if process.motion != Motion::Going {
                process.motion = Motion::Going;
                if signal == Signal::CONT {
                    process.report = Report::Continued;
                    self.tell_parent(slot, CLD_CONTINUED, Signal::CONT);
                }
            }
        }
        let process = self.processes.at_mut(slot);
        let effect = process.signals.effect(signal);
        let is_blocked = process.signals.blocked & bit != 0;
        // PID 1 is killed by nobody who did not ask whether it wants to be: kill(2), "notes".
        let is_spared = pid == Pid::INIT && matches!(effect, Effect::Kill | Effect::Stop);
        if (is_spared || effect == Effect::Ignore) && !is_blocked {
            return;
        }
        process.signals.raise(signal, info);
        if !is_blocked || signal == Signal::KILL {
            self.interrupt(slot, signal);
        } else if let State::Blocked(wait) = process.state
            && wait.event == super::Event::Signal
        {
            // sigtimedwait may wait for just this blocked signal.
            process.state = State::Retry;
        }
        if slot == self.current {
            self.attention = true;
        }
    }

    /// A blocked call looks at its signals: it is made again, and ends with EINTR if it would still wait.
    fn interrupt(&mut self, slot: Slot, signal: Signal) {
        let process = self.processes.at_mut(slot);
        if let State::Blocked(wait) = process.state
            && (wait.restart != Restart::Uninterruptible || signal == Signal::KILL)
        {
            process.state = State::Retry;
        }
    }

    /// Sends a signal to all members of a process group. Returns how many there are.
    #[inline(never)]
    pub(crate) fn signal_group(&mut self, group: Pid, signal: Signal, info: Info) -> usize {
        let mut members = 0;
        for slot in self.processes.slots() {
            if self
                .processes
                .get_mut(slot)
                .is_some_and(|process| process.group == group)
            {
                members += 1;
                self.send_signal(slot, signal, info);
            }
        }
        members
    }

    /// The program did something that ends in a signal: it cannot be blocked or ignored away.
    pub(crate) fn fault_signal(&mut self, signal: Signal, code: i32, address: u64) {
        self.attention = true;
        let process = self.processes.at_mut(self.current);
        let signals = &mut process.signals;
        if signals.blocked & signal.bit() != 0 || signals.action(signal).handler == IGNORE {
            signals.blocked &= !signal.bit();
            signals.set_action(signal, Action::default());
        }
        let info = Info {
            code,
            pid: 0,
            user: 0,
            value: address,
        };
        signals.pending &= !signal.bit();
        signals.raise(signal, info);
        signals.forced |= signal.bit();
        if signals.action(signal).handler == DEFAULT {
            let (path, pid, pc) = (
                Printable(&process.path),
                process.pid.0,
                process.registers.pc,
            );
            let name = signal.name();
            say(
                &mut self.storage.machine,
                format_args!("{path}: {name} at pc {pc:#x}, address {address:#x} (pid {pid})"),
            );
        }
    }

    /// A page could not be filled: the process that wanted it is killed.
    pub(crate) fn kill_for_memory(&mut self) {
        let process = self.processes.at(self.current);
        let (path, pid, free) = (
            Printable(&process.path),
            process.pid.0,
            self.storage.pool.free(),
        );
        let text =
            format_args!("{path}: killed, memory is used up: {free} pages are free (pid {pid})");
        say(&mut self.storage.machine, text);
        self.end_process(self.current, Ending::Killed(Signal::KILL));
    }

    /// Delivers the current process's signals. `interrupted` says that a blocked call is to be ended or made again.
    #[inline(never)]
    pub(crate) fn deliver_signals(&mut self, mut interrupted: Option<Restart>) {
        loop {
            let process = self.processes.at_mut(self.current);
            let Some((signal, info)) = process.signals.take_deliverable() else {
                if interrupted.is_some() {
                    // Nothing came of it: the call waits on.
                    process.state = State::Retry;
                }
                return;
            };
            let is_forced = process.signals.forced & signal.bit() != 0;
            process.signals.forced &= !signal.bit();
            match process.signals.effect(signal) {
                Effect::Ignore => {}
                Effect::Kill | Effect::Stop if process.pid == Pid::INIT && !is_forced => {}
                Effect::Kill => return self.end_process(self.current, Ending::Killed(signal)),
                Effect::Stop => {
                    process.motion = Motion::Stopped(signal);
                    process.report = Report::Stopped(signal);
                    if interrupted.is_some() {
                        process.state = State::Retry;
                    }
                    return self.tell_parent(self.current, CLD_STOPPED, signal);
                }
                Effect::Handle(action) => {
                    if let Some(restart) = interrupted.take() {
                        process.deadline = None;
                        let progress = core::mem::take(&mut process.progress);
                        if progress > 0 {
                            process.registers.x[0] = progress as u64;
                        } else if restart == Restart::WhenAsked && action.flags & SA_RESTART != 0 {
                            process.registers.pc = process.registers.pc.wrapping_sub(4);
                        } else {
                            process.registers.x[0] = (-i64::from(Errno::EINTR as u16)) as u64;
                        }
                    }
                    if self.enter_handler(signal, info, action).is_err() {
                        // As Linux: no room for the frame is a SIGSEGV that cannot be handled either.
                        let sp = self.processes.at(self.current).registers.sp;
                        self.processes
                            .at_mut(self.current)
                            .signals
                            .set_action(Signal::SEGV, Action::default());
                        self.fault_signal(Signal::SEGV, super::signals::SI_KERNEL, sp);
                        return self.end_process(self.current, Ending::Killed(Signal::SEGV));
                    }
                }
            }
        }
    }

    /// SIGCHLD for a child that stopped or goes on, and a wake-up for a parent that waits for it.
    pub(crate) fn tell_parent(&mut self, slot: Slot, code: i32, signal: Signal) {
        let child = self.processes.at(slot);
        let info = Info {
            code,
            pid: child.pid.0,
            user: child.credentials.user[0],
            value: u64::from(signal.number()),
        };
        let Some(parent) = self.processes.find(child.parent) else {
            return;
        };
        if self.processes.at(parent).signals.action(Signal::CHLD).flags & SA_NOCLDSTOP == 0 {
            self.send_signal(parent, Signal::CHLD, info);
        }
        self.wake_parent(parent);
    }

    /// Lets a parent that waits for its children look again.
    pub(crate) fn wake_parent(&mut self, parent: Slot) {
        let process = self.processes.at_mut(parent);
        if matches!(process.state, State::Blocked(wait) if wait.event == super::Event::Child) {
            process.state = State::Retry;
        }
    }
}
