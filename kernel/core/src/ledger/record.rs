//! What the ledger knows of one process or one pipe and has not written down yet.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::fs::InodeId;
use crate::process::Pid;
use crate::text::Text;

/// Contents of a file: the inode, and the version that its bytes had. No two contents have the same.
pub(crate) type Version = (InodeId, u64);

/// A file that a process writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing {
    pub file: InodeId,
    /// Its version before; None for a new file, which is told of even if it stays empty.
    pub before: Option<u64>,
}

/// What is known of a process.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The process that started it, 0 for process 1. It stays that: its parent may change, the memory it was born with does not.
    pub maker: u32,
    /// The lines from `program` to `environment`, shared by forked processes.
    pub start: Rc<Vec<u8>>,
    /// Has an entry of this program been written?
    pub is_stated: bool,
    /// The number of its last entry; 0 before the first.
    pub last_entry: u64,
    /// What it has read or written since it started the program, sorted.
    seen: Vec<Version>,
    /// The one that it read last.
    pub last_seen: Option<Version>,
    /// Lines `read`.
    pub reads: Text,
    /// Lines `code`, and which versions they tell of.
    pub code: Text,
    code_seen: Vec<Version>,
    /// The line `code anonymous`.
    pub own_code: OwnCode,
    /// Lines `device`, and which they are.
    pub devices: Text,
    devices_seen: Vec<InodeId>,
    /// Processes whose bytes it got, each with the number of its last entry then.
    sources: Vec<(Pid, u64)>,
    /// Those that no entry names yet.
    pub from: Vec<Pid>,
    /// Files that it writes.
    pub wrote: Vec<Writing>,
}

/// Has a program made memory executable that is not only a file's?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OwnCode {
    #[default]
    No,
    /// Yes, and no entry says so.
    Untold,
    Told,
}

/// What is known of a pipe.
#[derive(Debug, Default)]
pub(crate) struct PipeRecord {
    /// Whose bytes may be in it, the last writer last.
    pub writers: Vec<Pid>,
    /// The last reader, and the ledger's generation when it was told of the writers.
    pub known_to: Option<(Pid, u64)>,
}

impl PipeRecord {
    /// A process is about to write.
    pub fn add_writer(&mut self, writer: Pid) -> Result<(), NoMemory> {
        self.writers.retain(|&other| other != writer);
        push(&mut self.writers, writer)?;
        self.known_to = None;
        Ok(())
    }
}

/// The heap is full.
#[derive(Debug)]
pub(crate) struct NoMemory;

impl Record {
    /// The record of a process that `maker`, whose record this is, has forked.
    pub fn fork(&self, maker: Pid) -> Self {
        Record { maker: maker.0, start: self.start.clone(), ..Record::default() }
    }

    /// A new program: what the one before knew is of no use to it. Whoever has forked and not yet executed anything
    /// keeps what no entry tells.
    pub fn start_program(&mut self, start: Vec<u8>, is_first: bool) {
        self.start = Rc::new(start);
        self.is_stated = false;
        if self.own_code == OwnCode::Told || !is_first {
            self.own_code = OwnCode::No;
        }
        if !is_first {
            self.seen.clear();
            self.code_seen.clear();
            self.devices_seen.clear();
            self.sources.clear();
        }
        self.last_seen = None;
    }

    /// Is there something to write down?
    pub fn is_pending(&self) -> bool {
        !self.is_stated || self.has_inputs() || !self.wrote.is_empty()
    }

    /// Has anything come to it that no entry tells?
    pub fn has_inputs(&self) -> bool {
        !self.reads.bytes.is_empty()
            || !self.code.bytes.is_empty()
            || self.own_code == OwnCode::Untold
            || !self.devices.bytes.is_empty()
            || !self.from.is_empty()
    }

    /// Has it seen this version?
    pub fn has_seen(&self, version: Version) -> bool {
        self.seen.binary_search(&version).is_ok()
    }

    /// It has seen this version.
    pub fn see(&mut self, version: Version) -> Result<(), NoMemory> {
        self.last_seen = Some(version);
        if let Err(place) = self.seen.binary_search(&version) {
            self.seen.try_reserve(1).map_err(|_| NoMemory)?;
            self.seen.insert(place, version);
        }
        Ok(())
    }

    /// Is this the first time that it maps this version as code?
    pub fn meet_code(&mut self, version: Version) -> Result<bool, NoMemory> {
        let is_new = !self.code_seen.contains(&version);
        if is_new {
            push(&mut self.code_seen, version)?;
        }
        Ok(is_new)
    }

    /// Is this the first read of a device?
    pub fn meet_device(&mut self, device: InodeId) -> Result<bool, NoMemory> {
        let is_new = !self.devices_seen.contains(&device);
        if is_new {
            push(&mut self.devices_seen, device)?;
        }
        Ok(is_new)
    }

    /// It has got bytes of a process whose last entry was `entry`. Is there more than it had?
    pub fn receive(&mut self, source: Pid, entry: u64) -> Result<bool, NoMemory> {
        match self.sources.iter_mut().find(|(pid, _)| *pid == source) {
            Some((_, known)) if *known == entry => return Ok(false),
            Some((_, known)) => *known = entry,
            None => push(&mut self.sources, (source, entry))?,
        }
        if !self.from.contains(&source) {
            push(&mut self.from, source)?;
        }
        Ok(true)
    }

    /// It writes a file.
    pub fn write(&mut self, file: InodeId, before: Option<u64>) -> Result<(), NoMemory> {
        push(&mut self.wrote, Writing { file, before })
    }

    /// An entry tells all that has come to it. What it wrote is taken by who tells that.
    pub fn tell(&mut self, entry: u64) {
        self.is_stated = true;
        self.last_entry = entry;
        self.reads.bytes.clear();
        self.code.bytes.clear();
        if self.own_code == OwnCode::Untold {
            self.own_code = OwnCode::Told;
        }
        self.devices.bytes.clear();
        self.from.clear();
    }
}

fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), NoMemory> {
    list.try_reserve(1).map_err(|_| NoMemory)?;
    list.push(item);
    Ok(())
}

impl From<NoMemory> for core::fmt::Error {
    fn from(_: NoMemory) -> Self {
        core::fmt::Error
    }
}
