//! What the ledger knows of one process and has not written down yet.

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

/// A process's page of the ledger.
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
    /// Lines `device`, and which they are.
    pub devices: Text,
    devices_seen: Vec<InodeId>,
    /// Processes whose bytes it got, each with the number of its last entry then.
    sources: Vec<(Pid, u64)>,
    /// Those that no entry names yet.
    pub from: Vec<Pid>,
    /// Files that it writes.
    pub wrote: Vec<Writing>,
    /// Files that it has mapped: they may be read at any time.
    pub mapped: Vec<InodeId>,
    /// Processes with which it shares memory.
    pub partners: Vec<Pid>,
}

/// The heap is full.
#[derive(Debug)]
pub(crate) struct NoMemory;

impl Record {
    /// The page of a process that `maker`, whose page this is, has forked.
    pub fn fork(&self, maker: Pid) -> Result<Self, NoMemory> {
        Ok(Record {
            maker: maker.0,
            start: self.start.clone(),
            mapped: copied(&self.mapped)?,
            partners: copied(&self.partners)?,
            ..Record::default()
        })
    }

    /// A new program: what the one before knew is of no use to it. Whoever has forked and not yet executed anything
    /// keeps what no entry tells.
    pub fn start_program(&mut self, start: Vec<u8>, is_first: bool) {
        self.start = Rc::new(start);
        self.is_stated = false;
        self.mapped.clear();
        self.partners.clear();
        if !is_first {
            self.seen.clear();
            self.devices_seen.clear();
            self.sources.clear();
        }
        self.last_seen = None;
    }

    /// Is there something to write down?
    pub fn is_pending(&self) -> bool {
        !self.is_stated
            || !self.reads.bytes.is_empty()
            || !self.devices.bytes.is_empty()
            || !self.from.is_empty()
            || !self.wrote.is_empty()
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

    /// Is this the first read of a device?
    pub fn meet_device(&mut self, device: InodeId) -> Result<bool, NoMemory> {
        let is_new = !self.devices_seen.contains(&device);
        if is_new {
            push(&mut self.devices_seen, device)?;
        }
        Ok(is_new)
    }

    /// It has got bytes of a process whose last entry was `entry`.
    pub fn receive(&mut self, source: Pid, entry: u64) -> Result<(), NoMemory> {
        match self.sources.iter_mut().find(|(pid, _)| *pid == source) {
            Some((_, known)) if *known == entry => return Ok(()),
            Some((_, known)) => *known = entry,
            None => push(&mut self.sources, (source, entry))?,
        }
        if !self.from.contains(&source) {
            push(&mut self.from, source)?;
        }
        Ok(())
    }

    /// It writes a file.
    pub fn write(&mut self, file: InodeId, before: Option<u64>) -> Result<(), NoMemory> {
        push(&mut self.wrote, Writing { file, before })
    }

    /// It has mapped a file.
    pub fn map(&mut self, file: InodeId) -> Result<(), NoMemory> {
        match self.mapped.contains(&file) {
            true => Ok(()),
            false => push(&mut self.mapped, file),
        }
    }

    /// An entry tells all that was pending.
    pub fn tell(&mut self, entry: u64) {
        self.is_stated = true;
        self.last_entry = entry;
        self.reads.bytes.clear();
        self.devices.bytes.clear();
        self.from.clear();
        self.wrote.clear();
    }
}

pub(super) fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), NoMemory> {
    list.try_reserve(1).map_err(|_| NoMemory)?;
    list.push(item);
    Ok(())
}

fn copied<T: Copy>(list: &[T]) -> Result<Vec<T>, NoMemory> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(list.len()).map_err(|_| NoMemory)?;
    copy.extend_from_slice(list);
    Ok(copy)
}

impl From<NoMemory> for core::fmt::Error {
    fn from(_: NoMemory) -> Self {
        core::fmt::Error
    }
}
