//! The ledger as a whole: its text and its counters, two files without names, and the chain.

use core::fmt;

use crate::errno::Errno;
use crate::frames::FramePool;
use crate::fs::{Fs, InodeId};
use crate::machine::Machine;
use crate::process::{Pid, Usage};
use crate::text::Text;
use firmseed_formats::ledger::format;
use firmseed_formats::sha256::Digest;

/// The text of the ledger, and where its chain is.
pub(crate) struct Book {
    text: InodeId,
    counters: InodeId,
    /// The last link.
    head: Option<Digest>,
    entries: u64,
    /// Changes whenever a process has something new to tell, or has told it.
    pub generation: u64,
    /// The groups of address spaces so far.
    groups: u32,
    state: State,
    /// The kernel's hash.
    kernel: Digest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The last block is written.
    Closed,
    /// Something is missing, and the console knows.
    Broken,
}

impl Book {
    /// No file yet: [`open`](Self::open) makes it.
    pub const NONE: Book = Book {
        text: InodeId::ROOT,
        counters: InodeId::ROOT,
        head: None,
        entries: 0,
        generation: 0,
        groups: 0,
        state: State::Broken,
        kernel: [0; 32],
    };

    /// An empty ledger.
    pub fn open(kernel: Digest, fs: &mut Fs, pool: &mut FramePool) -> Result<Self, Errno> {
        Ok(Book {
            text: nameless(fs, pool)?,
            counters: nameless(fs, pool)?,
            state: State::Open,
            kernel,
            ..Self::NONE
        })
    }

    /// The text so far.
    pub const fn text(&self) -> InodeId {
        self.text
    }

    /// The counters so far.
    pub const fn counters(&self) -> InodeId {
        self.counters
    }

    /// Entries so far.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// The last link of the chain; None for a ledger from which something is missing.
    pub fn head(&self) -> Option<&Digest> {
        self.head.as_ref().filter(|_| self.state != State::Broken)
    }

    /// Another number for a group of address spaces; from 1.
    pub const fn new_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    /// Does it take entries?
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// No further blocks: writes the line behind the last one.
    ///
    /// # Errors
    /// No memory.
    pub fn close(
        &mut self,
        fs: &mut Fs,
        pool: &mut FramePool,
        machine: &mut impl Machine,
    ) -> fmt::Result {
        self.state = State::Closed;
        let mut line = Text::new();
        format::kernel(&mut line, &self.kernel)?;
        write_whole(self.text, &line.bytes, fs, pool, machine)
    }

    /// Something is missing. True the first time.
    pub fn give_up(&mut self) -> bool {
        core::mem::replace(&mut self.state, State::Broken) == State::Open
    }

    /// Writes a block and the line `chain` that ends it.
    ///
    /// # Errors
    /// No memory.
    pub fn append(
        &mut self,
        mut block: Text,
        fs: &mut Fs,
        pool: &mut FramePool,
        machine: &mut impl Machine,
    ) -> fmt::Result {
        let link = format::link(self.head.as_ref(), &block.bytes, machine.sha256());
        format::chain(&mut block, &link)?;
        write_whole(self.text, &block.bytes, fs, pool, machine)?;
        self.head = Some(link);
        Ok(())
    }

    /// The number of the entry that is now to be written.
    pub const fn next_entry(&mut self) -> u64 {
        self.entries += 1;
        self.entries
    }

    /// Writes the counters of a process: beside the ledger, as they depend on the machine.
    ///
    /// # Errors
    /// No memory.
    pub fn count(
        &mut self,
        pid: Pid,
        usage: &Usage,
        fs: &mut Fs,
        pool: &mut FramePool,
        machine: &mut impl Machine,
    ) -> fmt::Result {
        let mut line = Text::new();
        fmt::Write::write_fmt(
            &mut line,
            format_args!(
                "entry {} process {} syscalls {} faults {} peak-pages {} time-ns {}\n",
                self.entries, pid.0, usage.syscalls, usage.faults, usage.peak_pages, usage.time
            ),
        )?;
        write_whole(self.counters, &line.bytes, fs, pool, machine)
    }
}

/// A file that no path names and nobody else holds.
fn nameless(fs: &mut Fs, pool: &mut FramePool) -> Result<InodeId, Errno> {
    const NAME: &[u8] = b".ledger";
    let inode = fs.create_file(InodeId::ROOT, NAME, 0o444)?;
    fs.hold(inode);
    fs.unlink(InodeId::ROOT, NAME, pool)?;
    Ok(inode)
}

fn write_whole(
    file: InodeId,
    bytes: &[u8],
    fs: &mut Fs,
    pool: &mut FramePool,
    machine: &mut impl Machine,
) -> fmt::Result {
    match fs.write(file, fs.size(file), bytes, pool, machine) {
        Ok(written) if written == bytes.len() => Ok(()),
        _ => Err(fmt::Error),
    }
}
