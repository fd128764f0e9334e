//! The names in one directory.
//!
//! Entries stand in the order of their creation, each with a number that only rises: its cookie. So a
//! listing goes on after a cookie whatever was removed meanwhile, and its order depends on nothing but
//! the order of creation. Removal leaves a dead entry; when half are dead the list is compacted. From
//! nine entries on, a hash table of positions finds a name. A program that chooses names with
//! colliding hashes makes its own lookups linear, no more.

use super::Fs;
use super::kinds::{FileType, InodeId};
use super::name::Name;
use crate::errno::Errno;
use alloc::vec::Vec;

/// May names come and go?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seal {
    /// By any program.
    Open,
    /// Never: /proc.
    Sealed,
    /// Never: /proc/sys and its folders, /proc/firmseed. Nothing else of them changes either.
    Fixed,
    /// Never: the folder of a process.
    Process,
    /// Never, and they are the descriptors of this process; 0 is the one that looks.
    Descriptors(u32),
    /// Never, and they are the threads of this process.
    Threads(u32),
    /// Never: the folder of this thread.
    Thread(u32),
}

/// A name, and what it stands for.
struct Named {
    cookie: u64,
    name: Name,
    /// None: dead.
    inode: Option<InodeId>,
}

/// A directory's names, without `.` and `..`.
pub(super) struct Directory {
    names: Vec<Named>,
    live: usize,
    next_cookie: u64,
    /// Positions in `names`, open addressing with linear probing; a power of two, at most half full.
    /// Empty while there are few.
    index: Vec<u32>,
    pub(super) seal: Seal,
}

/// Cookies of `.` and `..`; those of names follow.
const DOT: u64 = 1;
const DOT_DOT: u64 = 2;
/// So many names are searched one by one.
const UNINDEXED: usize = 8;
/// Marks a free place of the index.
const VACANT: u32 = u32::MAX;

impl Directory {
    pub const fn new(seal: Seal) -> Self {
        Directory { names: Vec::new(), live: 0, next_cookie: DOT_DOT + 1, index: Vec::new(), seal }
    }

    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    pub fn get(&self, name: &[u8]) -> Option<InodeId> {
        self.names[self.position(name)?].inode
    }

    /// Makes sure that the next [`insert`](Self::insert) needs no memory.
    pub fn reserve(&mut self) -> Result<(), Errno> {
        let limit = match self.index.len() {
            0 => UNINDEXED,
            length => length / 2,
        };
        if self.names.len() >= limit {
            self.rebuild()?;
        }
        self.names.try_reserve(1).map_err(|_| Errno::ENOMEM)
    }

    /// Adds a name that is not there yet, after [`reserve`](Self::reserve).
    pub fn insert(&mut self, name: Name, inode: InodeId) {
        let position = self.names.len() as u32;
        if !self.index.is_empty() {
            enter(&mut self.index, &name, position);
        }
        self.names.push(Named { cookie: self.next_cookie, name, inode: Some(inode) });
        self.next_cookie += 1;
        self.live += 1;
    }

    /// Lets a name that is there stand for another inode.
    pub fn replace(&mut self, name: &[u8], inode: InodeId) {
        if let Some(position) = self.position(name) {
            self.names[position].inode = Some(inode);
        }
    }

    /// Takes a name away. The dead one keeps its place, so that the index stays right.
    pub fn remove(&mut self, name: &[u8]) {
        if let Some(position) = self.position(name) {
            self.names[position].inode = None;
            self.names[position].name = Name::Image(&[]);
            self.live -= 1;
        }
        if self.live == 0 {
            self.names.clear();
            self.index.clear();
        }
    }

    /// A name of `inode`.
    pub fn name_of(&self, inode: InodeId) -> Option<&[u8]> {
        let named = self.names.iter().find(|named| named.inode == Some(inode))?;
        Some(&named.name)
    }

    /// Live names with their cookies, from the first cookie above `cookie` on.
    pub fn after(&self, cookie: u64) -> impl Iterator<Item = (u64, &[u8], InodeId)> {
        let first = self.names.partition_point(|named| named.cookie <= cookie);
        self.names[first..]
            .iter()
            .filter_map(|named| Some((named.cookie, &*named.name, named.inode?)))
    }

    /// Names, dead ones too: what the directory takes.
    #[cfg(test)]
    pub fn place_count(&self) -> usize {
        self.names.len()
    }

    #[cfg_attr(target_os = "none", optimize(speed))]
    fn position(&self, name: &[u8]) -> Option<usize> {
        let matches = |named: &Named| named.inode.is_some() && *named.name == *name;
        if self.index.is_empty() {
            return self.names.iter().position(matches);
        }
        let mask = self.index.len() - 1;
        let mut probe = hash(name) as usize & mask;
        while self.index[probe] != VACANT {
            let position = self.index[probe] as usize;
            if matches(&self.names[position]) {
                return Some(position);
            }
            probe = (probe + 1) & mask;
        }
        None
    }

    /// Drops dead names when they are many and builds an index with room for as many names again.
    fn rebuild(&mut self) -> Result<(), Errno> {
        let mut index = Vec::new();
        if self.live >= UNINDEXED {
            let length = ((self.live + 1) * 4).next_power_of_two();
            index.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
            index.resize(length, VACANT);
        }
        self.names.retain(|named| named.inode.is_some());
        for (position, named) in self.names.iter().enumerate() {
            if !index.is_empty() {
                enter(&mut index, &named.name, position as u32);
            }
        }
        self.index = index;
        Ok(())
    }
}

fn enter(index: &mut [u32], name: &[u8], position: u32) {
    let mask = index.len() - 1;
    let mut probe = hash(name) as usize & mask;
    while index[probe] != VACANT {
        probe = (probe + 1) & mask;
    }
    index[probe] = position;
}

/// FNV-1a, 32 bits, the high half folded in because the low bits choose the place.
#[inline(always)]
fn hash(name: &[u8]) -> u32 {
    let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    let hash = name.iter().fold(0x811c_9dc5, step);
    hash ^ (hash >> 16)
}

/// One name of a directory, for getdents64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryEntry<'a> {
    /// Where the listing goes on: d_off.
    pub cookie: u64,
    /// The name.
    pub name: &'a [u8],
    /// What it names.
    pub inode: InodeId,
    /// The type of what it names.
    pub file_type: FileType,
}

impl Fs {
    /// The first entry of a directory whose cookie is above `cookie`; 0 starts with `.` and `..`. The
    /// order is that of creation. None at the end, and if it is no directory or a removed one.
    pub fn entry_after(&self, inode: InodeId, cookie: u64) -> Option<DirectoryEntry<'_>> {
        let directory = self.directory(inode).ok()?;
        if self.inodes[inode].links == 0 {
            return None;
        }
        let (cookie, name, target) = match cookie {
            0 => (DOT, &b"."[..], inode),
            DOT => (DOT_DOT, &b".."[..], self.inodes[inode].home),
            _ => directory.after(cookie).next()?,
        };
        Some(DirectoryEntry { cookie, name, inode: target, file_type: self.file_type(target) })
    }
}
