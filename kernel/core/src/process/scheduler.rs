//! Who runs next: round robin with slices, timers, and whose registers and tables the processor has.

use super::limits::{INFINITY, Resource};
use super::signals::{Info, Signal};
use super::table::{Processes, Slot};
use super::{Process, State};
use crate::machine::Machine;

impl Processes {
    /// The machine's first process: it is the current one from now on.
    pub fn start(&mut self, slot: Slot) {
        self.current = slot;
    }

    /// Must somebody look before the current process goes on?
    #[inline(always)]
    pub fn needs_attention(&self) -> bool {
        self.attention
    }

    /// Before the current process goes on, signals, timers and other processes are looked at.
    #[inline(always)]
    pub fn ask_attention(&mut self) {
        self.attention = true;
    }

    /// The current process's turn is over.
    pub fn end_slice(&mut self) {
        self.slice_over = true;
        self.attention = true;
    }

    /// Has the current process used up its slice?
    pub fn is_slice_over(&self) -> bool {
        self.slice_over
    }

    /// The machine is to stop with this status.
    pub fn halt(&mut self, status: i32) {
        self.halt = Some(status);
    }

    /// The status to stop with, if the machine is to stop.
    pub fn halted(&self) -> Option<i32> {
        self.halt
    }

    /// When the next timer is due; None when there is none.
    pub fn next_timer(&self) -> Option<u64> {
        (self.next_timer != u64::MAX).then_some(self.next_timer)
    }

    /// A timer is due at this time.
    pub fn add_timer(&mut self, due: u64) {
        self.next_timer = self.next_timer.min(due);
    }

    /// Could any process run?
    pub fn any_runnable(&self) -> bool {
        self.iter().any(|(_, process)| process.is_runnable())
    }

    /// The current thread goes on while its slice lasts, else the next process in turn has the processor with its next thread.
    /// None when nobody can run; else, is it another process than before?
    pub fn choose(&mut self, machine: &mut impl Machine) -> Option<bool> {
        let current = self.current;
        let goes_on =
            !self.slice_over && self.get_mut(current).is_some_and(|process| process.can_go_on());
        let slot = if goes_on { current } else { self.next_runnable(current)? };
        if !goes_on && self.at(slot).has_threads() {
            if self.fp_owner == Some(slot) {
                self.store_fp(machine);
            }
            self.at_mut(slot).turn();
        }
        self.slice_over = false;
        self.current = slot;
        Some(slot != current)
    }

    /// Gives the processor's FP registers and user tables to the current process.
    pub fn switch_to_current(&mut self, machine: &mut impl Machine) {
        let slot = self.current;
        self.running_since = machine.now();
        if self.fp_owner != Some(slot) {
            self.store_fp(machine);
            machine.load_fp(&self.at(slot).thread.fp);
            self.fp_owner = Some(slot);
        }
        if self.space_owner != Some(slot) {
            let space = self.at(slot).space.as_ref();
            machine.activate(space.expect("a process that runs has memory").root());
            self.space_owner = Some(slot);
        }
        self.attention = false;
    }

    /// Puts the live FP registers back to the process that they belong to.
    pub fn store_fp(&mut self, machine: &mut impl Machine) {
        if let Some(owner) = self.fp_owner.take() {
            machine.save_fp(&mut self.at_mut(owner).thread.fp);
        }
    }

    /// The same, if they are the current process's.
    pub fn store_current_fp(&mut self, machine: &mut impl Machine) {
        if self.fp_owner == Some(self.current) {
            self.store_fp(machine);
        }
    }

    /// What the processor has of a process's FP registers is worth nothing any more.
    pub fn drop_fp(&mut self, slot: Slot) {
        self.fp_owner = self.fp_owner.filter(|&owner| owner != slot);
    }

    /// A process loses its address space. Was it the active one?
    pub fn drop_space(&mut self, slot: Slot) -> bool {
        let was_active = self.space_owner == Some(slot);
        if was_active {
            self.space_owner = None;
        }
        was_active
    }

    /// Charges the time since it got the processor to the current process.
    pub fn account_time(&mut self, now: u64) {
        let since = core::mem::replace(&mut self.running_since, now);
        let current = self.current;
        if let Some(process) = self.get_mut(current)
            && process.thread.state == State::Ready
        {
            let time = now.saturating_sub(since);
            process.usage.time += time;
            process.thread.time += time;
        }
    }

    /// Is a timer due?
    pub fn has_expired(&self, now: u64) -> bool {
        now >= self.next_timer
    }

    /// Sends the signals of the current process's timers that count its time, and of its limit.
    #[inline]
    pub fn expire_current(&mut self, now: u64) {
        let slot = self.current;
        if let Some(signal) = self.get_mut(slot).and_then(Process::over_its_time) {
            self.send_signal(slot, signal, Info::kernel());
        }
        if self.get_mut(slot).is_some_and(|process| process.timers.counts_processor()) {
            self.expire_others(slot, now);
        }
    }

    /// Sends the signals of a process's timers but ITIMER_REAL that have run out.
    fn expire_others(&mut self, slot: Slot, now: u64) {
        while let Some((thread, signal, info)) =
            self.get_mut(slot).and_then(|process| process.take_expired(now))
        {
            // One that has ended gets none.
            if thread.is_none_or(|tid| self.at(slot).thread_with(tid).is_some()) {
                self.send_to(slot, thread, signal, info);
            }
        }
    }

    /// Wakes those whose deadline has come and sends SIGALRM to those whose timer has run out.
    pub fn expire_timers(&mut self, now: u64) {
        let mut next = u64::MAX;
        for slot in self.slots() {
            let Some(process) = self.get_mut(slot) else {
                continue;
            };
            for thread in process.threads_mut() {
                if let State::Blocked(wait) = thread.state
                    && let Some(deadline) = wait.deadline
                {
                    if deadline <= now {
                        thread.state = State::Retry;
                    } else {
                        next = next.min(deadline);
                    }
                }
            }
            if process.alarm.expire(now) {
                self.send_signal(slot, Signal::ALRM, Info::kernel());
            }
            self.expire_others(slot, now);
            let due = |process: &mut Process| {
                process.alarm.next.unwrap_or(u64::MAX).min(process.timers.next())
            };
            next = next.min(self.get_mut(slot).map_or(u64::MAX, due));
        }
        self.next_timer = next;
    }
}

impl Process {
    /// RLIMIT_CPU: SIGXCPU at the soft limit, which is a second more then, and SIGKILL at the hard one.
    fn over_its_time(&mut self) -> Option<Signal> {
        const SECOND: u64 = 1_000_000_000;
        let [soft, hard] = self.limits.get(Resource::PROCESSOR);
        let seconds = self.usage.time / SECOND;
        // As on Linux, none at all is one second.
        let is_over = |limit: u64| limit != INFINITY && seconds >= limit.max(1);
        if is_over(hard) {
            return Some(Signal::KILL);
        }
        is_over(soft).then(|| {
            self.limits.set(Resource::PROCESSOR, [seconds + 1, hard]);
            Signal::XCPU
        })
    }
}
