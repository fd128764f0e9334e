//! The generic timer's virtual counter: nanoseconds since power-on, and the tick that polls and preempts.

use crate::arch::cpu;

/// Between two interrupts: short enough for the console not to lose a byte.
const TICK_NANOSECONDS: u64 = 1_000_000;
/// Ticks that a program runs before another gets its turn: 10 ms.
pub const TICKS_PER_SLICE: u32 = 10;
const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;
/// Binary places of the nanoseconds per tick.
const SHIFT: u32 = 32;

/// The counter and its frequency.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    /// Nanoseconds per counter tick, times 2^32.
    scale: u64,
    ticks_per_interrupt: u64,
}

impl Timer {
    /// The processor's timer; None if the firmware left its frequency unset or absurd.
    pub fn new() -> Option<Self> {
        let frequency = cpu::counter_frequency();
        if !(100_000..=10_000_000_000).contains(&frequency) {
            return None;
        }
        Some(Timer {
            scale: ((u128::from(NANOSECONDS_PER_SECOND) << SHIFT) / u128::from(frequency)) as u64,
            ticks_per_interrupt: frequency / (NANOSECONDS_PER_SECOND / TICK_NANOSECONDS),
        })
    }

    /// Nanoseconds since power-on.
    pub fn now(&self) -> u64 {
        ((u128::from(cpu::counter()) * u128::from(self.scale)) >> SHIFT) as u64
    }

    /// Waits for `nanoseconds` at least.
    pub fn pause(&self, nanoseconds: u64) {
        self.wait(nanoseconds, || false);
    }

    /// Waits until `done`, `nanoseconds` at most; was it?
    pub fn wait(&self, nanoseconds: u64, mut done: impl FnMut() -> bool) -> bool {
        let start = self.now();
        loop {
            let late = self.now() - start > nanoseconds; // looked at before, so that there is a last look after
            if done() {
                return true;
            }
            if late {
                return false;
            }
        }
    }

    /// The next interrupt comes after a tick, or at `until` (nanoseconds since power-on) if that is earlier.
    pub fn arm(&self, until: Option<u64>) {
        let mut ticks = self.ticks_per_interrupt;
        if let Some(until) = until {
            let nanoseconds = until.saturating_sub(self.now()).min(TICK_NANOSECONDS);
            ticks = ticks.min(self.ticks_per_interrupt * nanoseconds / TICK_NANOSECONDS + 1);
        }
        cpu::set_timer(ticks);
    }
}
