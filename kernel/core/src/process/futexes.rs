//! Who waits for a futex, and waking them in the order in which they came (futex(2)).
//!
//! A wake is noted at its waiter: it counts even if the word in memory is what it was.

use super::State;
use super::table::Processes;
use super::thread::{FutexKey, Thread, Waiting};

impl Processes {
    /// The current thread waits for a futex from now on.
    pub fn enqueue(&mut self, key: FutexKey, bits: u32) {
        let order = self.next_order();
        self.current_mut().thread.futex = Waiting { key, bits, order, is_woken: false };
    }

    /// Wakes at most `limit` of those who wait for a futex with one of these bits. Returns how many.
    pub fn wake_futex(&mut self, key: FutexKey, bits: u32, limit: usize) -> usize {
        let mut woken = 0;
        while woken < limit
            && let Some(thread) = self.first_waiter(key, bits)
        {
            thread.futex.is_woken = true;
            thread.state = State::Retry;
            woken += 1;
        }
        woken
    }

    /// Lets at most `limit` of those who wait for a futex wait for another. Returns how many.
    pub fn requeue_futex(&mut self, from: FutexKey, to: FutexKey, limit: usize) -> usize {
        // Those that were moved stand behind this number: with the same futex for both, too, there is an end.
        let end = self.next_order();
        let mut moved = 0;
        while moved < limit {
            let order = self.next_order();
            match self.first_waiter(from, u32::MAX) {
                Some(thread) if thread.futex.order < end => {
                    thread.futex.key = to;
                    thread.futex.order = order;
                    moved += 1;
                }
                _ => break,
            }
        }
        moved
    }

    fn first_waiter(&mut self, key: FutexKey, bits: u32) -> Option<&mut Thread> {
        self.iter_mut()
            .flat_map(|(_, process)| process.threads_mut())
            .filter(|thread| thread.waits_for(key, bits))
            .min_by_key(|thread| thread.futex.order)
    }

    fn next_order(&mut self) -> u64 {
        self.last_order += 1;
        self.last_order
    }
}
