//! The timers behind descriptors (timerfd_create(2)).

use super::numbered::Numbered;
use crate::process::Alarm;

/// One of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimerFile {
    /// Is a time that it is set to one since 1970?
    pub is_realtime: bool,
    /// When it runs out.
    pub alarm: Alarm,
    /// How often it has run out since it was read.
    pub ended: u64,
    /// How often at all, for epoll's edges.
    pub total: u32,
}

impl TimerFile {
    /// One that does not run.
    pub fn new(is_realtime: bool) -> Self {
        TimerFile { is_realtime, ..TimerFile::default() }
    }

    /// Counts the ends of its period until `now`. Were there any?
    fn expire(&mut self, now: u64) -> bool {
        let Some(due) = self.alarm.next.filter(|&due| due <= now) else {
            return false;
        };
        let interval = self.alarm.interval;
        let ends = 1 + (now - due).checked_div(interval).unwrap_or(0);
        self.alarm.next = (interval > 0).then(|| due.saturating_add(interval.saturating_mul(ends)));
        self.ended = self.ended.saturating_add(ends);
        self.total = self.total.wrapping_add(1);
        true
    }
}

/// All of them, by the numbers that they have among the pipes.
pub type TimerFiles = Numbered<TimerFile>;

impl TimerFiles {
    /// Lets those run out whose time has come. Have any, and when is the next one due?
    pub fn expire(&mut self, now: u64) -> (bool, u64) {
        let mut result = (false, u64::MAX);
        for timer in self.iter_mut() {
            result.0 |= timer.expire(now);
            result.1 = result.1.min(timer.alarm.next.unwrap_or(u64::MAX));
        }
        result
    }
}
