//! A process's timers beside ITIMER_REAL: those that count its processor time, and those of timer_create(2).
//!
//! Times of the processor are those of [`Usage::time`](super::Usage): they are looked at when a slice ends.

use alloc::vec::Vec;

use super::signals::{Info, Signal};
use super::{Alarm, Pid, Process};
use crate::errno::Errno;

/// Timers of timer_create that a process may have.
const MAX_TIMERS: usize = 1024;

/// SI_TIMER.
const SI_TIMER: i32 = -2;

/// What a timer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The time since power-on.
    Time,
    /// The time since 1970, which is that since power-on and a constant.
    RealTime,
    /// The processor time of its process.
    Processor,
}

/// A timer of timer_create.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    /// What it counts.
    pub counts: Counts,
    /// The signal that it sends; None for SIGEV_NONE.
    pub signal: Option<Signal>,
    /// The thread that it is for, with SIGEV_THREAD_ID.
    pub thread: Option<Pid>,
    /// si_value of the signal.
    pub value: u64,
    /// When it runs out.
    pub alarm: Alarm,
    /// Ends of its period that the last signal did not tell of.
    pub overrun: u32,
}

/// What counts for one process.
#[derive(Debug, Default)]
pub struct Timers {
    /// ITIMER_VIRTUAL and ITIMER_PROF: the kernel's time counts as the program's, so both count the same.
    pub processor: [Alarm; 2],
    /// By the numbers that timer_create gave.
    posix: Vec<Option<Timer>>,
}

impl Timers {
    /// Adds a timer; its number.
    ///
    /// # Errors
    /// EAGAIN.
    pub fn add(&mut self, timer: Timer) -> Result<u32, Errno> {
        let free = self.posix.iter().position(Option::is_none);
        let id = free.unwrap_or(self.posix.len());
        if free.is_none() {
            if id == MAX_TIMERS || self.posix.try_reserve(1).is_err() {
                return Err(Errno::EAGAIN);
            }
            self.posix.push(None);
        }
        self.posix[id] = Some(timer);
        Ok(id as u32)
    }

    /// A timer.
    ///
    /// # Errors
    /// EINVAL: there is none of this number.
    pub fn at(&mut self, id: u64) -> Result<&mut Timer, Errno> {
        self.posix.get_mut(id as u32 as usize).and_then(Option::as_mut).ok_or(Errno::EINVAL)
    }

    /// Takes a timer away.
    ///
    /// # Errors
    /// EINVAL: there is none of this number.
    pub fn remove(&mut self, id: u64) -> Result<(), Errno> {
        self.at(id)?;
        self.posix[id as u32 as usize] = None;
        Ok(())
    }

    /// After execve there are none of timer_create any more.
    pub fn reset_for_exec(&mut self) {
        self.posix.clear();
    }

    /// When the next one that counts time (`now`) runs out; u64::MAX for never.
    pub fn next(&self) -> u64 {
        let of_time = |timer: &&Timer| timer.counts != Counts::Processor;
        let timers = self.posix.iter().flatten().filter(of_time);
        timers.filter_map(|timer| timer.alarm.next).min().unwrap_or(u64::MAX)
    }

    /// Does one count processor time?
    #[inline(always)]
    pub fn counts_processor(&self) -> bool {
        self.processor.iter().any(|alarm| alarm.next.is_some()) || !self.posix.is_empty()
    }
}

impl Process {
    /// The signal of a timer that has run out, if there is one: of those that count time at `now`, and of those that count its
    /// processor time; and the thread that it is for, if for one alone. To be asked until there is none.
    pub fn take_expired(&mut self, now: u64) -> Option<(Option<Pid>, Signal, Info)> {
        let used = self.usage.time;
        let signals = [Signal::VTALRM, Signal::PROF];
        for (alarm, signal) in self.timers.processor.iter_mut().zip(signals) {
            if alarm.expire(used) {
                return Some((None, signal, Info::kernel()));
            }
        }
        for id in 0..self.timers.posix.len() {
            let Some(timer) = &mut self.timers.posix[id] else { continue };
            let now = if timer.counts == Counts::Processor { used } else { now };
            let due = timer.alarm.next.unwrap_or(u64::MAX);
            if due > now {
                continue;
            }
            // Periods that have passed unseen count too; the next end is one of the period's.
            let more = (now - due).checked_div(timer.alarm.interval).unwrap_or(0);
            timer.alarm.next = (timer.alarm.interval > 0)
                .then(|| due.saturating_add(timer.alarm.interval.saturating_mul(more + 1)));
            let Some(signal) = timer.signal else { continue };
            let more = u32::try_from(more).unwrap_or(i32::MAX as u32);
            let (target, value) = (timer.thread, timer.value);
            let thread = target.and_then(|tid| self.thread_with(tid));
            let pending = thread.map_or(&self.signals.pending, |thread| &thread.signals.pending);
            let is_pending = pending.set() & signal.bit() != 0;
            let Some(timer) = &mut self.timers.posix[id] else { continue };
            if is_pending {
                timer.overrun = timer.overrun.saturating_add(more + 1).min(i32::MAX as u32);
                continue;
            }
            timer.overrun = more;
            let info = Info { code: SI_TIMER, pid: id as u32, user: more, value };
            return Some((target, signal, info));
        }
        None
    }
}
