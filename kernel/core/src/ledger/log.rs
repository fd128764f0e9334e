//! The ledger's text and its counters, two files without names, and the chain.

use core::fmt;

use crate::errno::Errno;
use crate::fs::InodeId;
use crate::machine::Machine;
use crate::process::{Pid, Usage};
use crate::storage::Storage;
use crate::text::Text;
use firmseed_formats::ledger::format;
use firmseed_formats::sha256::Digest;

/// The text of the ledger, and where its chain is.
pub(crate) struct Log {
    text: InodeId,
    counters: InodeId,
    /// The last link.
    head: Option<Digest>,
    entries: u64,
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

impl Log {
    /// An empty text.
    pub fn open<M: Machine>(kernel: Digest, storage: &mut Storage<'_, M>) -> Result<Self, Errno> {
        Ok(Log {
            text: nameless(storage)?,
            counters: nameless(storage)?,
            head: None,
            entries: 0,
            groups: 0,
            state: State::Open,
            kernel,
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
    pub fn close<M: Machine>(&mut self, storage: &mut Storage<'_, M>) -> fmt::Result {
        self.state = State::Closed;
        let mut line = Text::new();
        format::kernel(&mut line, &self.kernel)?;
        write_whole(self.text, &line.bytes, storage)
    }

    /// Something is missing. True the first time.
    pub fn give_up(&mut self) -> bool {
        core::mem::replace(&mut self.state, State::Broken) == State::Open
    }

    /// Writes a block and the line `chain` that ends it.
    ///
    /// # Errors
    /// No memory.
    pub fn append<M: Machine>(
        &mut self,
        mut block: Text,
        storage: &mut Storage<'_, M>,
    ) -> fmt::Result {
        let link = format::link(self.head.as_ref(), &block.bytes, storage.machine.sha256());
        format::chain(&mut block, &link)?;
        write_whole(self.text, &block.bytes, storage)?;
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
    pub fn count<M: Machine>(
        &mut self,
        pid: Pid,
        usage: &Usage,
        storage: &mut Storage<'_, M>,
    ) -> fmt::Result {
        let mut line = Text::new();
        fmt::Write::write_fmt(
            &mut line,
            format_args!(
                "entry {} process {} syscalls {} faults {} peak-pages {} time-ns {}\n",
                self.entries, pid.0, usage.syscalls, usage.faults, usage.peak_pages, usage.time
            ),
        )?;
        write_whole(self.counters, &line.bytes, storage)
    }
}

/// A file that no path names and nobody else holds.
fn nameless<M: Machine>(storage: &mut Storage<'_, M>) -> Result<InodeId, Errno> {
    const NAME: &[u8] = b".ledger";
    let inode = storage.fs.create_file(InodeId::ROOT, NAME, 0o444)?;
    storage.fs.hold(inode);
    storage.fs.unlink(InodeId::ROOT, NAME, &mut storage.pool)?;
    Ok(inode)
}

fn write_whole<M: Machine>(
    file: InodeId,
    bytes: &[u8],
    storage: &mut Storage<'_, M>,
) -> fmt::Result {
    let Storage { fs, pool, machine } = storage;
    match fs.write(file, fs.size(file), bytes, pool, machine) {
        Ok(written) if written == bytes.len() => Ok(()),
        _ => Err(fmt::Error),
    }
}
