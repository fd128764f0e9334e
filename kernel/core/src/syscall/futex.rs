//! futex(2), as far as processes with one thread can use it: a value that has changed, waiting, waking.
//!
//! Waiters are found by address alone. One in another process at the same address is woken too, which the
//! ABI allows: a waiter must look at its word again.

use super::Outcome;
use super::grant::{Jobs, User};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::{Event, Restart};

const WAIT: u64 = 0;
const WAKE: u64 = 1;
const REQUEUE: u64 = 3;
const WAIT_BITSET: u64 = 9;
const WAKE_BITSET: u64 = 10;
const PRIVATE: u64 = 128;
const CLOCK_REALTIME: u64 = 256;

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_futex(
        &mut self,
        address: u64,
        operation: u64,
        value: u64,
        timeout: u64,
        bits: u64,
    ) -> Outcome {
        if !address.is_multiple_of(4) {
            return Err(Errno::EINVAL.into());
        }
        let is_realtime = operation & CLOCK_REALTIME != 0;
        match operation as u32 as u64 & !(PRIVATE | CLOCK_REALTIME) {
            WAIT => self.futex_wait(address, value as u32, timeout, None),
            WAIT_BITSET if bits as u32 == 0 => Err(Errno::EINVAL.into()),
            WAIT_BITSET => {
                let now = if is_realtime { self.realtime() } else { self.storage.machine.now() };
                self.futex_wait(address, value as u32, timeout, Some(now))
            }
            WAKE | WAKE_BITSET | REQUEUE => {
                self.read_u32(address)?;
                let limit = (value as i32).max(0) as usize;
                Ok(self.processes.wake_some(Event::Futex(address), limit))
            }
            _ => Err(Errno::ENOSYS.into()),
        }
    }

    /// `now` is given when the timeout is a time rather than a duration.
    fn futex_wait(&mut self, address: u64, value: u32, timeout: u64, now: Option<u64>) -> Outcome {
        let was_waiting = self.processes.current().has_waited();
        let timeout = match timeout {
            0 => None,
            _ if was_waiting => Some(0),
            _ => Some(self.timespec(timeout)?.saturating_sub(now.unwrap_or(0))),
        };
        let deadline = self.deadline(timeout);
        if self.storage.machine.now() >= deadline {
            return Err(Errno::ETIMEDOUT.into());
        }
        let word = self.read_u32(address)?;
        if word != value {
            return if was_waiting { Ok(0) } else { Err(Errno::EAGAIN.into()) };
        }
        Err(self.block(Event::Futex(address), Restart::WhenAsked))
    }
}
