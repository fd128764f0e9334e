//! The kernel as one value: memory, files, processes and the machine below them.
//!
//! The machine's main loop is three calls: [`Kernel::schedule`] says what to do, the machine runs the
//! program whose registers [`Kernel::registers`] names until it traps, [`Kernel::handle`] answers the trap.
//! There is one kernel stack: a call that must wait leaves its process blocked and is made again later.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::addr::Frame;
use crate::context::{Registers, Trap};
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::fs::{Fs, InodeId};
use crate::ledger::book::Book;
use crate::machine::Machine;
use crate::process::files::Files;
use crate::process::pipes::Pipes;
use crate::process::random::Random;
use crate::process::table::{Slot, Table};
use crate::process::terminal::Terminal;
use crate::process::{Event, Restart, Wait};
use crate::sha256::Digest;
use crate::stages::Stages;
use crate::storage::Storage;
use crate::syscall::quick::Growth;

/// Which files may be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Only what was built on this machine: files that a process wrote, and the decoded seeds.
    Chain,
    /// Anything that is executable, files of the image too.
    Open,
}

impl Policy {
    /// The word in the index and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Policy::Chain => "chain",
            Policy::Open => "open",
        }
    }
}

/// A program that the kernel decodes from hex0 text before the first process starts.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Path of the hex0 text in the image.
    pub text: Vec<u8>,
    /// Path of the program to make; mode 0755.
    pub program: Vec<u8>,
}

/// What the image's index and the kernel command line decide.
#[derive(Clone, Debug)]
pub struct BootOptions {
    /// Path of PID 1.
    pub init: Vec<u8>,
    /// Its arguments, argv[0] first; empty means just `init`.
    pub arguments: Vec<Vec<u8>>,
    /// Its environment, `NAME=value` each.
    pub environment: Vec<Vec<u8>>,
    /// Its working directory.
    pub directory: Vec<u8>,
    /// Which files may be executed.
    pub policy: Policy,
    /// Programs to decode first.
    pub seeds: Vec<Seed>,
    /// The hash of the tar that the files came from, for the ledger.
    pub files: Digest,
    /// The hash of the kernel that runs, as it measured it ([`crate::image::kernel_hash`]), for the ledger.
    pub kernel: Digest,
    /// CLOCK_REALTIME at power-on, in nanoseconds since 1970. A constant of the image, not of the day.
    pub realtime_start: u64,
}

/// What the machine does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Run the program of [`Kernel::registers`] until it traps.
    Run,
    /// Nothing can run: wait for an interrupt, or until this time ([`Machine::now`]) at the latest, then ask again.
    Idle {
        /// When the next timer of a process is due, in nanoseconds since power-on.
        until: Option<u64>,
    },
    /// PID 1 has ended, or no process can ever run again: power off.
    Halt {
        /// The exit status to report: PID 1's, 128 + N after signal N, 255 after a deadlock.
        status: i32,
    },
}

/// Why PID 1 could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootError {
    /// What was being done.
    pub doing: &'static str,
    /// To which file.
    pub path: Vec<u8>,
    /// Why it failed.
    pub errno: Errno,
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot {} {}: {}",
            self.doing,
            Printable(&self.path),
            self.errno
        )
    }
}

/// The kernel.
pub struct Kernel<'a, M: Machine> {
    pub(crate) storage: Storage<'a, M>,
    pub(crate) processes: Table,
    pub(crate) files: Files,
    pub(crate) pipes: Pipes,
    pub(crate) terminal: Terminal,
    pub(crate) random: Random,
    pub(crate) policy: Policy,
    pub(crate) realtime_start: u64,
    /// The process that runs, or whose call is being answered.
    pub(crate) current: Slot,
    /// False while the current process may simply go on: the short way through [`Kernel::schedule`].
    pub(crate) attention: bool,
    /// Has the current process used up its slice?
    pub(crate) slice_over: bool,
    /// What the call in progress waits for, after `Stop::BLOCK`.
    pub(crate) wait: Wait,
    /// No timer is due before this time.
    pub(crate) next_timer: u64,
    /// When the current process got the processor.
    pub(crate) running_since: u64,
    /// Whose FP/SIMD registers are live in the processor.
    pub(crate) fp_owner: Option<Slot>,
    /// Whose address space is active.
    pub(crate) space_owner: Option<Slot>,
    /// Counts the times that bytes of files have moved: see `syscall::quick`.
    pub(crate) epoch: u64,
    /// What single bytes that were written have done to a file.
    pub(crate) growth: Growth,
    /// Tables that map nothing: active while the tables of a process that ends are taken apart.
    pub(crate) empty_tables: Option<Frame>,
    /// The file without a name that holds the code at the end of a signal handler.
    pub(crate) trampoline: InodeId,
    /// Programs and calls that have had their line on the console (hashes, sorted).
    pub(crate) reported: Vec<u64>,
    /// Set when the machine is to stop.
    pub(crate) halt: Option<i32>,
    /// The files that the image says will be made.
    pub(crate) stages: Stages,
    /// What has happened.
    pub(crate) ledger: Book,
}

impl<'a, M: Machine> Kernel<'a, M> {
    /// Decodes the seeds and makes PID 1. `fs` holds the unpacked image.
    ///
    /// # Errors
    /// What could not be started and why, for the console.
    pub fn new(
        machine: M,
        pool: FramePool<'a>,
        fs: Fs,
        options: &BootOptions,
    ) -> Result<Self, BootError> {
        let mut kernel = Kernel {
            storage: Storage { fs, pool, machine },
            processes: Table::default(),
            files: Files::default(),
            pipes: Pipes::default(),
            terminal: Terminal::default(),
            random: Random::new(1),
            policy: options.policy,
            realtime_start: options.realtime_start,
            current: Slot(0),
            attention: true,
            slice_over: false,
            wait: Wait {
                event: Event::Signal,
                deadline: None,
                restart: Restart::Never,
            },
            next_timer: u64::MAX,
            running_since: 0,
            fp_owner: None,
            space_owner: None,
            epoch: 1,
            growth: Growth::NONE,
            empty_tables: None,
            trampoline: InodeId::ROOT,
            reported: Vec::new(),
            halt: None,
            stages: Stages::default(),
            ledger: Book::NONE,
        };
        kernel.boot(options)?;
        Ok(kernel)
    }

    /// Chooses who runs next.
    #[inline]
    pub fn schedule(&mut self) -> Next {
        if !self.attention {
            return Next::Run;
        }
        self.reschedule()
    }

    /// The registers of the chosen process. Call only after [`Next::Run`].
    #[inline]
    pub fn registers(&mut self) -> &mut Registers {
        &mut self.processes.at_mut(self.current).registers
    }

    /// Answers a trap of the chosen process.
    #[inline]
    pub fn handle(&mut self, trap: Trap) {
        match trap {
            Trap::Syscall => self.system_call(),
            _ => self.other_trap(trap),
        }
    }

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
        [
            (b"firmseed.ledger", self.ledger.text()),
            (b"firmseed.counters", self.ledger.counters()),
        ]
    }

    /// Machine, frames and files at once, for exporting the files after [`Next::Halt`].
    pub fn parts(&mut self) -> (&mut M, &mut FramePool<'a>, &mut Fs) {
        (
            &mut self.storage.machine,
            &mut self.storage.pool,
            &mut self.storage.fs,
        )
    }
}

/// A line of the kernel's own on the console.
pub(crate) fn say(machine: &mut impl Machine, text: fmt::Arguments<'_>) {
    machine.console_say(format_args!("firmseed: {text}"));
}

/// Bytes that a program chose, shown without what could upset a terminal.
pub(crate) struct Printable<'b>(pub &'b [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0.iter().take(256) {
            let shown = if byte.is_ascii_graphic() || byte == b' ' {
                char::from(byte)
            } else {
                '?'
            };
            f.write_char(shown)?;
        }
        Ok(())
    }
}

/// FNV-1a, 64 bits: a name for a path in [`Kernel::reported`].
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}
