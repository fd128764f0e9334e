//! System calls: the table of all, the families that answer, and what each of them may touch.
//!
//! A call returns a value, an error, or [`Stop::BLOCK`]: then the process waits and the same call is made
//! again, from its start, when the event or the deadline has come. A call therefore changes nothing before it
//! knows that it need not wait.
//!
//! `grant` says what a call may touch and `table` which of it a call gets. `object` has what can be done with an open
//! file, `buffer` the memory of a transfer; the other files are the families.

mod attributes;
mod buffer;
mod directory;
mod epoll;
mod event;
mod execute;
mod exit;
mod fcntl;
mod frame;
mod futex;
pub(crate) mod grant;
mod identity;
mod ioctl;
mod layout;
mod lock;
mod memory;
mod names;
mod object;
mod open;
mod policy;
mod poll;
mod proc_text;
mod schedule;
mod signal;
mod size;
mod socket;
mod spawn;
mod splice;
mod system;
pub mod table;
mod terminal;
mod time;
mod timers;
mod transfer;
mod unknown;
mod wait;

use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;

/// Why a call gave no value. One word, so that an [`Outcome`] travels in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop(u64);

impl Stop {
    /// It must wait: the process knows for what ([`Process::block`](crate::process::Process::block)).
    pub(crate) const BLOCK: Stop = Stop(u64::MAX);
    /// The process has ended or has new registers: there is nobody to give a value to.
    pub(crate) const GONE: Stop = Stop(u64::MAX - 1);

    /// The error, where it is neither of these.
    pub(crate) fn errno(self) -> i64 {
        self.0 as i64
    }
}

/// It failed.
impl From<Errno> for Stop {
    fn from(errno: Errno) -> Stop {
        Stop(errno as u64)
    }
}

/// What a call returns.
pub(crate) type Outcome = Result<usize, Stop>;

impl<M: Machine> Kernel<'_, M> {
    /// Makes a call for the current process.
    #[inline(always)]
    pub(crate) fn call(&mut self, number: u64, arguments: &[u64; 6]) -> Outcome {
        let has_maps = self.storage.fs.has_writable_maps();
        if has_maps {
            self.tell_results(number, arguments);
        }
        let first = self.answer_first(number, arguments);
        if let Some(outcome) = first
            && !has_maps
        {
            return outcome;
        }
        let outcome = first.unwrap_or_else(|| self.answer(number, arguments));
        if has_maps && outcome == Err(Errno::EFAULT.into()) && self.tell_and_retry() {
            return Err(Stop::GONE);
        }
        if !matches!(outcome, Err(Stop::BLOCK | Stop::GONE)) {
            let process = self.processes.current_mut();
            process.end_call();
            if process.may_deliver() {
                self.processes.ask_attention();
            }
        }
        outcome
    }
}
