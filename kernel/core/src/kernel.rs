//! The kernel as one value: five subsystems, each of which owns its state, and a little of its own.
//!
//! Nothing happens here. `syscall` has the calls, each of which gets the part that it may touch (`grant`); `run` is the
//! machine's main loop, `boot` the start.

use alloc::vec::Vec;

use crate::addr::Frame;
use crate::files::Files;
use crate::frames::FramePool;
use crate::fs::{Fs, InodeId};
use crate::ledger::{Ledger, Observer};
use crate::machine::Machine;
pub use crate::options::{BootError, BootOptions, Policy, Seed, split_line};
use crate::process::table::Processes;
use crate::stages::Stages;
use crate::storage::Storage;

/// The kernel.
pub struct Kernel<'a, M: Machine> {
    /// Memory: the machine, its frames, and the files that lie in them.
    pub(crate) storage: Storage<'a, M>,
    /// Open files, pipes, the terminal.
    pub(crate) files: Files,
    /// Processes, and who has the processor.
    pub(crate) processes: Processes,
    /// What has happened.
    pub(crate) ledger: Ledger,
    /// Which files may be executed.
    pub(crate) policy: Policy,
    /// Tables that map nothing: active while the tables of a process that ends are taken apart.
    pub(crate) empty_tables: Frame,
    /// The file without a name that holds the code at the end of a signal handler.
    pub(crate) trampoline: InodeId,
    /// The files that the image says will be made.
    pub(crate) stages: Stages,
    /// Programs and calls that have had their line on the console (hashes, sorted).
    pub(crate) reported: Vec<u64>,
}

impl<'a, M: Machine> Kernel<'a, M> {
    /// The machine.
    pub fn machine(&mut self) -> &mut M {
        &mut self.storage.machine
    }

    /// The files, for the end of the run.
    pub fn fs(&self) -> &Fs {
        &self.storage.fs
    }

    /// The ledger and its counters, files that have no path: for exporting them beside what programs wrote.
    pub fn ledger_files(&self) -> [(&'static [u8], InodeId); 2] {
        [(b"firmseed.ledger", self.ledger.text()), (b"firmseed.counters", self.ledger.counters())]
    }

    /// Machine, frames and files at once, for exporting the files after the end.
    pub fn parts(&mut self) -> (&mut M, &mut FramePool<'a>, &mut Fs) {
        let Storage { fs, pool, machine } = &mut self.storage;
        (machine, pool, fs)
    }

    /// The ledger, to be told of something.
    #[inline(always)]
    pub(crate) fn observer(&mut self) -> Observer<'_, 'a, M> {
        Observer {
            ledger: &mut self.ledger,
            processes: &mut self.processes,
            storage: &mut self.storage,
        }
    }
}
