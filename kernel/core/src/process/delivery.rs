//! Sending signals: they become pending, and wake who waits (signal(7)).

use super::signals::{Action, DEFAULT, Effect, IGNORE, Info, SA_NOCLDSTOP, STOP_SET, Signal};
use super::table::{Processes, Slot};
use super::thread::Thread;
use super::{Event, Pid, Process, Restart, State};
use crate::machine::{Machine, say};
use crate::text::Printable;

/// si_code values of SIGCHLD.
pub(crate) const CLD_EXITED: i32 = 1;
pub(crate) const CLD_KILLED: i32 = 2;
pub(crate) const CLD_STOPPED: i32 = 5;
pub(crate) const CLD_CONTINUED: i32 = 6;

impl Processes {
    /// Sends a signal to a process: it becomes pending, or is dropped where it would do nothing.
    pub(crate) fn send_signal(&mut self, slot: Slot, signal: Signal, info: Info) {
        self.send_to(slot, None, signal, info);
    }

    /// The same, for one of its threads alone if there is a number.
    #[inline(never)]
    pub(crate) fn send_to(&mut self, slot: Slot, thread: Option<Pid>, signal: Signal, info: Info) {
        let process = self.at_mut(slot);
        if process.is_zombie() {
            return;
        }
        let (bit, pid) = (signal.bit(), process.pid);
        let is_stop = bit & STOP_SET != 0;
        if is_stop {
            process.drop_pending(Signal::CONT.bit());
        }
        if signal == Signal::CONT || signal == Signal::KILL {
            process.drop_pending(STOP_SET);
            if process.job.resume(signal) && signal == Signal::CONT {
                self.tell_parent(slot, CLD_CONTINUED, Signal::CONT);
            }
        }
        let process = self.at_mut(slot);
        let effect = process.signals.effect(signal);
        let receiver = process.receiver(thread, bit);
        let is_blocked = receiver.signals.blocked & bit != 0;
        // PID 1 is killed by nobody who did not ask whether it wants to be: kill(2), "notes".
        let is_spared = pid == Pid::INIT && matches!(effect, Effect::Kill | Effect::Stop);
        if (is_spared || effect == Effect::Ignore) && !is_blocked {
            return;
        }
        match thread {
            Some(_) => receiver.signals.pending.raise(signal, info),
            None => process.signals.pending.raise(signal, info),
        }
        if !is_blocked || signal == Signal::KILL {
            process.receiver(thread, bit).interrupt(signal);
        } else {
            // sigtimedwait may wait for just this blocked signal, or a signalfd that is polled.
            process.wake(Event::Signal);
            process.wake(Event::Poll);
        }
        if slot == self.current {
            self.attention = true;
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
        let is_blocked = process.thread.signals.blocked & signal.bit() != 0;
        if is_blocked || process.signals.action(signal).handler == IGNORE {
            process.thread.signals.blocked &= !signal.bit();
            process.set_action(signal, Action::default());
        }
        let info = Info { code, pid: 0, user: 0, value: address };
        let signals = &mut process.thread.signals;
        signals.pending.drop_set(signal.bit());
        signals.pending.raise(signal, info);
        signals.forced |= signal.bit();
        if process.signals.action(signal).handler == DEFAULT {
            let (path, pid) = (Printable(&process.path), process.pid.0);
            let pc = process.thread.registers.pc;
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
        self.at_mut(parent).wake(Event::Child);
    }
}

impl Process {
    /// Who looks at a signal: the thread that it is for, else the first one of the process if it does not block it, else
    /// another that does not. While a vfork child uses the memory, only the thread that waits for it can look at anything.
    fn receiver(&mut self, thread: Option<Pid>, bit: u64) -> &mut Thread {
        let pid = self.pid;
        let stands_still = self.space.is_none();
        let rank = |other: &&mut Thread| match thread {
            Some(tid) => other.tid != tid,
            None if stands_still => true,
            None => other.signals.blocked & bit != 0,
        };
        let candidates = self.threads_mut();
        let best = candidates.min_by_key(|other| (rank(other), other.tid != pid));
        best.expect("a process has a thread")
    }
}

impl Thread {
    /// A blocked call looks at its signals: it is made again, and ends with EINTR if it would still wait.
    fn interrupt(&mut self, signal: Signal) {
        if let State::Blocked(wait) = self.state
            && (wait.restart != Restart::Uninterruptible || signal == Signal::KILL)
        {
            self.state = State::Retry;
        }
    }
}
