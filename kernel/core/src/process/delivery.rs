//! Sending signals: they become pending, and wake who waits (signal(7)).

use super::signals::{Action, DEFAULT, Effect, IGNORE, Info, SA_NOCLDSTOP, STOP_SET, Signal};
use super::table::{Processes, Slot};
use super::{Event, Pid, Restart, State};
use crate::machine::{Machine, say};
use crate::text::Printable;

/// si_code values of SIGCHLD.
pub(crate) const CLD_EXITED: i32 = 1;
pub(crate) const CLD_KILLED: i32 = 2;
pub(crate) const CLD_STOPPED: i32 = 5;
pub(crate) const CLD_CONTINUED: i32 = 6;

impl Processes {
    /// Sends a signal to a process: it becomes pending, or is dropped where it would do nothing.
    #[inline(never)]
    pub(crate) fn send_signal(&mut self, slot: Slot, signal: Signal, info: Info) {
        let process = self.at_mut(slot);
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
            if process.job.resume(signal) && signal == Signal::CONT {
                self.tell_parent(slot, CLD_CONTINUED, Signal::CONT);
            }
        }
        let process = self.at_mut(slot);
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
            && matches!(wait.event, Event::Signal | Event::Poll)
        {
            // sigtimedwait may wait for just this blocked signal, or a signalfd that is polled.
            process.state = State::Retry;
        }
        if slot == self.current {
            self.attention = true;
        }
    }

    /// A blocked call looks at its signals: it is made again, and ends with EINTR if it would still wait.
    fn interrupt(&mut self, slot: Slot, signal: Signal) {
        let process = self.at_mut(slot);
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
        for slot in self.slots() {
            if self.get_mut(slot).is_some_and(|process| process.group == group) {
                members += 1;
                self.send_signal(slot, signal, info);
            }
        }
        members
    }

    /// The program did something that ends in a signal: it cannot be blocked or ignored away.
    pub(crate) fn fault_signal(
        &mut self,
        machine: &mut impl Machine,
        signal: Signal,
        code: i32,
        address: u64,
    ) {
        self.attention = true;
        let process = self.current_mut();
        let signals = &mut process.signals;
        if signals.blocked & signal.bit() != 0 || signals.action(signal).handler == IGNORE {
            signals.blocked &= !signal.bit();
            signals.set_action(signal, Action::default());
        }
        let info = Info { code, pid: 0, user: 0, value: address };
        signals.pending &= !signal.bit();
        signals.raise(signal, info);
        signals.forced |= signal.bit();
        if signals.action(signal).handler == DEFAULT {
            let (path, pid, pc) = (Printable(&process.path), process.pid.0, process.registers.pc);
            let name = signal.name();
            say(
                machine,
                format_args!("{path}: {name} at pc {pc:#x}, address {address:#x} (pid {pid})"),
            );
        }
    }

    /// SIGCHLD for a child that stopped or goes on, and a wake-up for a parent that waits for it.
    pub(crate) fn tell_parent(&mut self, slot: Slot, code: i32, signal: Signal) {
        let child = self.at(slot);
        let info = Info {
            code,
            pid: child.pid.0,
            user: child.credentials.user[0],
            value: u64::from(signal.number()),
        };
        let Some(parent) = self.find(child.parent) else {
            return;
        };
        if self.at(parent).signals.action(Signal::CHLD).flags & SA_NOCLDSTOP == 0 {
            self.send_signal(parent, Signal::CHLD, info);
        }
        self.wake_parent(parent);
    }

    /// Lets a parent that waits for its children look again.
    pub(crate) fn wake_parent(&mut self, parent: Slot) {
        let process = self.at_mut(parent);
        if matches!(process.state, State::Blocked(wait) if wait.event == Event::Child) {
            process.state = State::Retry;
        }
    }
}
