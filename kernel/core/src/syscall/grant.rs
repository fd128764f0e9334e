//! What a system call may touch: each call is a method of one of these, and the table of calls says of which.
//!
//! | | |
//! |---|---|
//! | `&mut Process` | the caller's own state |
//! | `&mut Processes` | that of others too |
//! | [`Caller`] | the caller's own state and memory |
//! | [`Jobs`] | all processes, and the caller's memory |
//! | [`Names`] | the tree of files, open files, all processes |
//! | [`Io`] | what is in files, folders, pipes and the terminal: so processes that wait for it, and the ledger |
//! | [`Kernel`] | programs that come and go, and what may be executed |

use alloc::vec::Vec;

use super::Stop;
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::files::Files;
use crate::files::pipes::Moved;
use crate::fs::PATH_MAX;
use crate::kernel::Kernel;
use crate::ledger::{Ledger, Observer};
use crate::machine::Machine;
use crate::process::table::Processes;
use crate::process::{Event, Process, Restart};
use crate::storage::Storage;
use crate::text::zeros;

/// The process that makes the call, and memory.
pub(crate) struct Caller<'k, 'a, M: Machine> {
    pub process: &'k mut Process,
    pub storage: &'k mut Storage<'a, M>,
}

/// All processes, and memory.
pub(crate) struct Jobs<'k, 'a, M: Machine> {
    pub processes: &'k mut Processes,
    pub storage: &'k mut Storage<'a, M>,
}

/// The tree of files, as the caller sees it. The links of /proc lead to what other processes have.
pub(crate) struct Names<'k, 'a, M: Machine> {
    pub processes: &'k mut Processes,
    pub files: &'k Files,
    pub storage: &'k mut Storage<'a, M>,
}

/// Bytes that come and go.
pub(crate) struct Io<'k, 'a, M: Machine> {
    pub processes: &'k mut Processes,
    pub files: &'k mut Files,
    pub storage: &'k mut Storage<'a, M>,
    pub ledger: &'k mut Ledger,
}

impl<'a, M: Machine> Kernel<'a, M> {
    #[inline(always)]
    pub(super) fn process(&mut self) -> &mut Process {
        self.processes.current_mut()
    }

    #[inline(always)]
    pub(super) fn processes(&mut self) -> &mut Processes {
        &mut self.processes
    }

    #[inline(always)]
    pub(crate) fn jobs(&mut self) -> Jobs<'_, 'a, M> {
        Jobs { processes: &mut self.processes, storage: &mut self.storage }
    }

    #[inline(always)]
    pub(super) fn names(&mut self) -> Names<'_, 'a, M> {
        Names { processes: &mut self.processes, files: &self.files, storage: &mut self.storage }
    }

    #[inline(always)]
    pub(crate) fn io(&mut self) -> Io<'_, 'a, M> {
        Io {
            processes: &mut self.processes,
            files: &mut self.files,
            storage: &mut self.storage,
            ledger: &mut self.ledger,
        }
    }

    #[inline(always)]
    pub(super) fn kernel(&mut self) -> &mut Self {
        self
    }
}

impl<'a, M: Machine> Io<'_, 'a, M> {
    /// The ledger, to be told of something.
    #[inline(always)]
    pub fn observer(&mut self) -> Observer<'_, 'a, M> {
        Observer { ledger: self.ledger, processes: self.processes, storage: self.storage }
    }

    /// The tree of files alone.
    #[inline(never)]
    pub fn names(&mut self) -> Names<'_, 'a, M> {
        Names { processes: self.processes, files: self.files, storage: self.storage }
    }

    /// Wakes those who wait for a pipe.
    #[inline(always)]
    pub fn wake_pipe(&mut self, pipe: u32, moved: Moved) {
        self.files.wake_pipe(pipe, moved, self.processes);
    }
}

/// Arguments in user memory, and waiting: what all that know the caller can do.
pub(crate) trait User<'a, M: Machine> {
    /// The caller alone.
    fn caller(&mut self) -> Caller<'_, 'a, M>;

    /// Fills `into` from the caller's memory.
    #[inline]
    fn copy_in(&mut self, address: u64, into: &mut [u8]) -> Result<(), Errno> {
        self.caller().load(address, into)
    }

    /// Writes `bytes` to the caller's memory.
    #[inline]
    fn copy_out(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.caller().store(address, bytes)
    }

    /// Writes `bytes` unless the address is NULL.
    #[inline]
    fn copy_out_optional(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        match address {
            0 => Ok(()),
            _ => self.copy_out(address, bytes),
        }
    }

    /// Little-endian 64-bit words from user memory.
    #[inline]
    fn read_words<const N: usize>(&mut self, address: u64) -> Result<[u64; N], Errno> {
        self.caller().load_words(address)
    }

    /// A 32-bit word from user memory.
    #[inline]
    fn read_u32(&mut self, address: u64) -> Result<u32, Errno> {
        let mut bytes = [0; 4];
        self.copy_in(address, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// 64-bit words to user memory.
    #[inline]
    fn write_words<const N: usize>(&mut self, address: u64, words: &[u64; N]) -> Result<(), Errno> {
        self.caller().store_words(address, words)
    }

    /// A path name from user memory, without its NUL. It may be empty: what that means depends on the call.
    #[inline]
    fn path_name(&mut self, address: u64) -> Result<Vec<u8>, Errno> {
        self.caller().load_path(address)
    }

    /// A `struct timespec` as nanoseconds; what does not fit is "for ever".
    #[inline]
    fn timespec(&mut self, address: u64) -> Result<u64, Errno> {
        self.caller().load_timespec(address)
    }

    /// The absolute time at which the call gives up ([`Process::deadline`]).
    #[inline]
    fn deadline(&mut self, timeout: Option<u64>) -> u64 {
        let caller = self.caller();
        let now = caller.storage.machine.now();
        caller.process.deadline(now, timeout)
    }

    /// Notes what the call waits for.
    #[inline]
    fn block(&mut self, event: Event, restart: Restart) -> Stop {
        self.caller().process.block(event, restart);
        Stop::BLOCK
    }
}

impl<'a, M: Machine> User<'a, M> for Caller<'_, 'a, M> {
    #[inline(always)]
    fn caller(&mut self) -> Caller<'_, 'a, M> {
        Caller { process: self.process, storage: self.storage }
    }
}

impl<'a, M: Machine> User<'a, M> for Names<'_, 'a, M> {
    #[inline(always)]
    fn caller(&mut self) -> Caller<'_, 'a, M> {
        Caller { process: self.processes.current_mut(), storage: self.storage }
    }
}

impl<'a, M: Machine> User<'a, M> for Jobs<'_, 'a, M> {
    #[inline(always)]
    fn caller(&mut self) -> Caller<'_, 'a, M> {
        Caller { process: self.processes.current_mut(), storage: self.storage }
    }
}

impl<'a, M: Machine> User<'a, M> for Io<'_, 'a, M> {
    #[inline(always)]
    fn caller(&mut self) -> Caller<'_, 'a, M> {
        Caller { process: self.processes.current_mut(), storage: self.storage }
    }
}

impl<'a, M: Machine> User<'a, M> for Kernel<'a, M> {
    #[inline(always)]
    fn caller(&mut self) -> Caller<'_, 'a, M> {
        Caller { process: self.processes.current_mut(), storage: &mut self.storage }
    }
}

/// The bodies of [`User`]'s methods, once for all.
impl<M: Machine> Caller<'_, '_, M> {
    #[inline(never)]
    fn load(&mut self, address: u64, into: &mut [u8]) -> Result<(), Errno> {
        let space = self.process.space()?;
        space.copy_in(self.storage, UserAddr(address), into)
    }

    #[inline(never)]
    fn store(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let space = self.process.space()?;
        space.copy_out(self.storage, UserAddr(address), bytes)
    }

    #[inline(never)]
    fn load_words<const N: usize>(&mut self, address: u64) -> Result<[u64; N], Errno> {
        let mut words = [0; N];
        for (index, word) in words.iter_mut().enumerate() {
            let mut bytes = [0; 8];
            let at = address.checked_add(index as u64 * 8).ok_or(Errno::EFAULT)?;
            self.load(at, &mut bytes)?;
            *word = u64::from_le_bytes(bytes);
        }
        Ok(words)
    }

    #[inline(never)]
    fn store_words<const N: usize>(&mut self, address: u64, words: &[u64; N]) -> Result<(), Errno> {
        for (index, word) in words.iter().enumerate() {
            let at = address.checked_add(index as u64 * 8).ok_or(Errno::EFAULT)?;
            self.store(at, &word.to_le_bytes())?;
        }
        Ok(())
    }

    /// It lies in the heap: the kernel's stack is small.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn load_path(&mut self, address: u64) -> Result<Vec<u8>, Errno> {
        let space = self.process.space()?;
        let length = space.string_length(self.storage, UserAddr(address), PATH_MAX)?;
        let mut path = zeros(length.ok_or(Errno::ENAMETOOLONG)?)?;
        space.copy_in(self.storage, UserAddr(address), &mut path)?;
        Ok(path)
    }

    #[inline(never)]
    fn load_timespec(&mut self, address: u64) -> Result<u64, Errno> {
        const NANOSECONDS: u64 = 1_000_000_000;
        let [seconds, nanoseconds] = self.load_words(address)?;
        if seconds as i64 >= 0 && nanoseconds < NANOSECONDS {
            Ok(seconds.saturating_mul(NANOSECONDS).saturating_add(nanoseconds).min(u64::MAX - 1))
        } else {
            Err(Errno::EINVAL)
        }
    }
}
