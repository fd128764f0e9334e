//! Timers of a process: setitimer(2), and timer_create(2) with its family.

use super::Outcome;
use super::grant::{Jobs, User};
use super::time::{split, timeval};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::signals::Signal;
use crate::process::timers::{Counts, Timer};
use crate::process::{Alarm, Pid};

const TIMER_ABSTIME: u64 = 1;

const SIGEV_SIGNAL: u32 = 0;
const SIGEV_NONE: u32 = 1;
const SIGEV_THREAD: u32 = 2;
const SIGEV_THREAD_ID: u32 = 4;

impl<M: Machine> Jobs<'_, '_, M> {
    /// An alarm of setitimer, and what it counts by now.
    fn interval_timer(&mut self, which: u64) -> Result<(&mut Alarm, u64), Errno> {
        let now = self.storage.machine.now();
        self.processes.account_time(now);
        let process = self.processes.current_mut();
        match which as u32 {
            0 => Ok((&mut process.alarm, now)),
            which @ 1..=2 => {
                Ok((&mut process.timers.processor[which as usize - 1], process.usage.time))
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// `struct itimerval` of one of them.
    fn interval_words(&mut self, which: u64) -> Result<[u64; 4], Errno> {
        let (alarm, now) = self.interval_timer(which)?;
        let left = alarm.next.map_or(0, |next| next.saturating_sub(now).max(1000));
        let ([interval, micros], [seconds, left]) = (split(alarm.interval), split(left));
        Ok([interval, micros / 1000, seconds, left / 1000])
    }

    pub(super) fn sys_getitimer(&mut self, which: u64, into: u64) -> Outcome {
        let words = self.interval_words(which)?;
        self.write_words(into, &words)?;
        Ok(0)
    }

    pub(super) fn sys_setitimer(&mut self, which: u64, new: u64, old: u64) -> Outcome {
        let [interval_seconds, interval_micros, seconds, micros] =
            if new == 0 { [0; 4] } else { self.read_words(new)? };
        let interval = timeval(interval_seconds, interval_micros)?;
        let value = timeval(seconds, micros)?;
        let words = self.interval_words(which)?;
        let (alarm, now) = self.interval_timer(which)?;
        let next = (value > 0).then(|| now.saturating_add(value));
        *alarm = Alarm { next, interval };
        if which as u32 == 0 {
            self.processes.add_timer(next.unwrap_or(u64::MAX));
        }
        if old != 0 {
            self.write_words(old, &words)?;
        }
        Ok(0)
    }

    pub(super) fn sys_timer_create(&mut self, clock: u64, event: u64, into: u64) -> Outcome {
        let counts = match clock as u32 {
            0 | 8 | 11 => Counts::RealTime,
            1 | 7 | 9 => Counts::Time,
            2 | 3 => Counts::Processor,
            4..=6 => return Err(Errno::EOPNOTSUPP.into()),
            _ => return Err(Errno::EINVAL.into()),
        };
        let mut bytes = [0; 64];
        if event != 0 {
            self.copy_in(event, &mut bytes)?;
        }
        let word = |at: usize| u32::from_le_bytes(core::array::from_fn(|index| bytes[at + index]));
        let (number, how) = if event == 0 { (14, SIGEV_SIGNAL) } else { (word(8), word(12)) };
        let signal = match how {
            SIGEV_NONE => None,
            SIGEV_SIGNAL | SIGEV_THREAD | SIGEV_THREAD_ID => {
                Some(Signal::new(number.into()).ok_or(Errno::EINVAL)?)
            }
            _ => return Err(Errno::EINVAL.into()),
        };
        let thread = (event != 0 && how == SIGEV_THREAD_ID).then(|| Pid(word(16)));
        if thread.is_some_and(|tid| self.processes.current().thread_with(tid).is_none()) {
            return Err(Errno::EINVAL.into());
        }
        let value = u64::from(word(0)) | u64::from(word(4)) << 32;
        let timer = Timer { counts, signal, thread, value, alarm: Alarm::default(), overrun: 0 };
        let id = self.processes.current_mut().timers.add(timer)?;
        if event == 0 {
            // Its own number is the value then.
            self.processes.current_mut().timers.at(id.into())?.value = id.into();
        }
        if let Err(errno) = self.copy_out(into, &id.to_le_bytes()) {
            self.processes.current_mut().timers.remove(id.into())?;
            return Err(errno.into());
        }
        Ok(0)
    }

    /// What a timer counts by now.
    fn time_of(&mut self, id: u64) -> Result<u64, Errno> {
        let now = self.storage.machine.now();
        self.processes.account_time(now);
        let process = self.processes.current_mut();
        let used = process.usage.time;
        let timer = process.timers.at(id)?;
        Ok(if timer.counts == Counts::Processor { used } else { now })
    }

    /// `struct itimerspec` of a timer.
    fn timer_words(&mut self, id: u64) -> Result<[u64; 4], Errno> {
        let now = self.time_of(id)?;
        let timer = self.processes.current_mut().timers.at(id)?;
        Ok(timer.alarm.words(now))
    }

    pub(super) fn sys_timer_gettime(&mut self, id: u64, into: u64) -> Outcome {
        let words = self.timer_words(id)?;
        self.write_words(into, &words)?;
        Ok(0)
    }

    pub(super) fn sys_timer_settime(&mut self, id: u64, flags: u64, new: u64, old: u64) -> Outcome {
        if new == 0 {
            return Err(Errno::EINVAL.into());
        }
        let interval = self.timespec(new)?;
        let value = self.timespec(new.wrapping_add(16))?;
        let words = self.timer_words(id)?;
        let now = self.time_of(id)?;
        let start = self.storage.fs.realtime(0);
        let timer = self.processes.current_mut().timers.at(id)?;
        let next = match flags & TIMER_ABSTIME {
            _ if value == 0 => None,
            0 => Some(now.saturating_add(value)),
            _ if timer.counts == Counts::RealTime => Some(value.saturating_sub(start)),
            _ => Some(value),
        };
        timer.alarm = Alarm { next, interval };
        timer.overrun = 0;
        let counts_time = timer.counts != Counts::Processor;
        if counts_time {
            self.processes.add_timer(next.unwrap_or(u64::MAX));
        }
        self.processes.ask_attention();
        if old != 0 {
            self.write_words(old, &words)?;
        }
        Ok(0)
    }

    pub(super) fn sys_timer_getoverrun(&mut self, id: u64) -> Outcome {
        Ok(self.processes.current_mut().timers.at(id)?.overrun as usize)
    }

    pub(super) fn sys_timer_delete(&mut self, id: u64) -> Outcome {
        self.processes.current_mut().timers.remove(id)?;
        Ok(0)
    }
}

impl Alarm {
    /// `struct itimerspec`: the period, and what is left at `now`.
    pub(super) fn words(&self, now: u64) -> [u64; 4] {
        let left = self.next.map_or(0, |next| next.saturating_sub(now).max(1));
        let ([seconds, nanoseconds], [left, left_nanoseconds]) =
            (split(self.interval), split(left));
        [seconds, nanoseconds, left, left_nanoseconds]
    }
}
