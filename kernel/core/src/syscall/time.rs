//! Time: clocks, sleeping, and how much of it was used.

use super::Outcome;
use super::grant::{Caller, Jobs, User};
use super::wait::rusage;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::{Event, Restart, Usage};

const NANOSECONDS: u64 = 1_000_000_000;
/// Clock ticks per second, as AT_CLKTCK says.
const TICK: u64 = NANOSECONDS / 100;

const CLOCK_REALTIME: u64 = 0;
const CLOCK_MONOTONIC: u64 = 1;
const CLOCK_PROCESS_CPUTIME_ID: u64 = 2;
const CLOCK_THREAD_CPUTIME_ID: u64 = 3;
const CLOCK_MONOTONIC_RAW: u64 = 4;
const CLOCK_REALTIME_COARSE: u64 = 5;
const CLOCK_MONOTONIC_COARSE: u64 = 6;
const CLOCK_BOOTTIME: u64 = 7;
/// The next two wake a machine that sleeps; this one never does.
const CLOCK_REALTIME_ALARM: u64 = 8;
const CLOCK_BOOTTIME_ALARM: u64 = 9;
const CLOCK_TAI: u64 = 11;

const TIMER_ABSTIME: u64 = 1;

impl<M: Machine> Jobs<'_, '_, M> {
    /// Nanoseconds since 1970, by the image's calendar.
    pub(super) fn realtime(&self) -> u64 {
        self.storage.fs.realtime(self.storage.machine.now())
    }

    fn clock(&mut self, clock: u64) -> Result<u64, Errno> {
        match clock as u32 as u64 {
            CLOCK_REALTIME | CLOCK_REALTIME_COARSE | CLOCK_REALTIME_ALARM | CLOCK_TAI => {
                Ok(self.realtime())
            }
            CLOCK_MONOTONIC | CLOCK_MONOTONIC_RAW | CLOCK_MONOTONIC_COARSE => {
                Ok(self.storage.machine.now())
            }
            CLOCK_BOOTTIME | CLOCK_BOOTTIME_ALARM => Ok(self.storage.machine.now()),
            CLOCK_PROCESS_CPUTIME_ID => Ok(self.own_usage().time),
            CLOCK_THREAD_CPUTIME_ID => Ok(self.thread_usage().time),
            // The processor time of a process: its number's complement, and the kind in the low bits.
            clock if clock as i32 > 0 => Err(Errno::EINVAL),
            clock => {
                let (pid, kind) = (!(clock as i32) >> 3, clock & 3);
                let slot = match pid {
                    pid @ 0.. => self.processes.process_or_self(pid as u64),
                    _ => Err(Errno::EINVAL),
                };
                match slot.map_err(|_| Errno::EINVAL)? {
                    _ if kind == 3 => Err(Errno::EINVAL),
                    slot if slot == self.processes.current_slot() => Ok(self.own_usage().time),
                    slot => Ok(self.processes.at(slot).usage.time),
                }
            }
        }
    }

    pub(super) fn sys_clock_gettime(&mut self, clock: u64, into: u64) -> Outcome {
        let now = self.clock(clock)?;
        self.write_words(into, &[now / NANOSECONDS, now % NANOSECONDS])?;
        Ok(0)
    }

    pub(super) fn sys_clock_getres(&mut self, clock: u64, into: u64) -> Outcome {
        self.clock(clock)?;
        let is_coarse = matches!(clock, CLOCK_REALTIME_COARSE | CLOCK_MONOTONIC_COARSE);
        if into != 0 {
            self.write_words(into, &[0, if is_coarse { TICK } else { 1 }])?;
        }
        Ok(0)
    }

    pub(super) fn sys_gettimeofday(&mut self, into: u64, zone: u64) -> Outcome {
        let now = self.realtime();
        if into != 0 {
            self.write_words(into, &[now / NANOSECONDS, now % NANOSECONDS / 1000])?;
        }
        self.copy_out_optional(zone, &[0; 8])?;
        Ok(0)
    }

    pub(super) fn sys_clock_nanosleep(
        &mut self,
        clock: u64,
        flags: u64,
        request: u64,
        remaining: u64,
    ) -> Outcome {
        match clock as u32 as u64 {
            CLOCK_THREAD_CPUTIME_ID
            | CLOCK_MONOTONIC_RAW
            | CLOCK_REALTIME_COARSE
            | CLOCK_MONOTONIC_COARSE => {
                return Err(Errno::EOPNOTSUPP.into());
            }
            _ => {}
        }
        let now = self.clock(clock)?;
        let time = self.timespec(request)?;
        if flags & TIMER_ABSTIME != 0 {
            return self.caller().sleep(time.saturating_sub(now), 0);
        }
        self.caller().sleep(time, remaining)
    }

    /// What the current process has used until now.
    fn own_usage(&mut self) -> Usage {
        self.processes.account_time(self.storage.machine.now());
        let process = self.processes.current();
        let mut usage = process.usage;
        if let Some(space) = &process.space {
            usage.peak_pages = usage.peak_pages.max(space.usage().peak_pages as u64);
        }
        usage
    }

    /// The same of its thread: the time is its own.
    fn thread_usage(&mut self) -> Usage {
        let usage = self.own_usage();
        Usage { time: self.processes.current().thread.time, ..usage }
    }

    pub(super) fn sys_times(&mut self, into: u64) -> Outcome {
        let own = self.own_usage().time / TICK;
        let children = self.processes.current().children_usage().time / TICK;
        if into != 0 {
            self.write_words(into, &[own, 0, children, 0])?;
        }
        Ok((self.storage.machine.now() / TICK) as usize)
    }

    pub(super) fn sys_getrusage(&mut self, who: u64, into: u64) -> Outcome {
        let usage = match who as i32 {
            0 => self.own_usage(),
            1 => self.thread_usage(),
            -1 => self.processes.current().children_usage(),
            _ => return Err(Errno::EINVAL.into()),
        };
        self.copy_out(into, rusage(&usage).bytes())?;
        Ok(0)
    }
}

impl<M: Machine> Caller<'_, '_, M> {
    pub(super) fn sys_nanosleep(&mut self, request: u64, remaining: u64) -> Outcome {
        let duration = self.timespec(request)?;
        self.sleep(duration, remaining)
    }

    fn sleep(&mut self, duration: u64, remaining: u64) -> Outcome {
        let is_first_try = !self.process.has_waited();
        let deadline = self.deadline(Some(duration));
        let now = self.storage.machine.now();
        if now >= deadline {
            return Ok(0);
        }
        if remaining != 0 && !is_first_try {
            // Woken early, so by a signal.
            let left = deadline - now;
            self.write_words(remaining, &[left / NANOSECONDS, left % NANOSECONDS])?;
        }
        Err(self.block(Event::Signal, Restart::Never))
    }
}

/// Seconds and nanoseconds.
pub(super) fn split(time: u64) -> [u64; 2] {
    [time / NANOSECONDS, time % NANOSECONDS]
}

/// A `struct timeval` as nanoseconds.
pub(super) fn timeval(seconds: u64, micros: u64) -> Result<u64, Errno> {
    if seconds as i64 >= 0 && micros < 1_000_000 {
        Ok(seconds.saturating_mul(NANOSECONDS).saturating_add(micros * 1000).min(u64::MAX - 1))
    } else {
        Err(Errno::EINVAL)
    }
}
