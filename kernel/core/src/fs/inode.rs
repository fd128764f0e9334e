//! Inodes: what every file has, whatever its kind, and the table of them.
//!
//! Free inodes form a list. An [`InodeId`] is valid while the inode has a name or a holder.

use super::content::Content;
use super::directory::Directory;
use super::kinds::Linkable;
use super::kinds::{Device, InodeId, Origin, ProcNode, Time};
use super::name::Name;
use super::seals::Seals;
use crate::errno::Errno;
use crate::pieces::Pieces;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

/// One file.
pub(super) struct Inode {
    pub(super) node: Node,
    /// Permission bits, with set-id and sticky: 07777.
    pub(super) permissions: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Names; for a directory 2 and one for each subdirectory, 0 when it is removed.
    pub(super) links: u32,
    pub(super) holds: u32,
    /// Open files that may write.
    pub(super) writers: u32,
    /// Processes that execute it.
    pub(super) runners: u32,
    pub(super) origin: Origin,
    /// Another number for each change of the contents of any file, and higher.
    pub(super) version: u64,
    pub(super) accessed: Time,
    pub(super) modified: Time,
    pub(super) changed: Time,
    /// A directory's parent. For other files a hint: the directory where it was named last.
    pub(super) home: InodeId,
    /// May it get a name while it has none?
    pub(super) linkable: Linkable,
    pub(super) seals: Seals,
    /// The path by which it was known when its last name went while it was held.
    pub(super) last_path: Option<Vec<u8>>,
}

/// What differs between kinds.
pub(super) enum Node {
    /// Not in use; the next one of the free list.
    Free {
        next: Option<InodeId>,
    },
    File(Content),
    Directory(Directory),
    Symlink(Name),
    Fifo,
    Device(Device),
    Proc(ProcNode),
}

impl Inode {
    pub fn new(node: Node, permissions: u32, origin: Origin, home: InodeId, now: Time) -> Self {
        let links = match node {
            Node::Directory(_) => 2,
            _ => 1,
        };
        Inode {
            node,
            permissions: permissions & 0o7777,
            uid: 0,
            gid: 0,
            links,
            holds: 0,
            writers: 0,
            runners: 0,
            origin,
            version: 0,
            accessed: now,
            modified: now,
            changed: now,
            home,
            linkable: Linkable::No,
            seals: Seals::SEAL,
            last_path: None,
        }
    }

    /// The contents have changed, to what `version` names from now on.
    #[inline]
    pub fn note_write(&mut self, now: Time, version: u64) {
        self.version = version;
        self.origin = match &self.node {
            Node::File(content) if content.has_image() => Origin::Altered,
            _ => Origin::Written,
        };
        self.modified = now;
        self.changed = now;
    }
}

/// The table of inodes.
pub(super) struct Inodes {
    table: Pieces<Inode>,
    free: Option<InodeId>,
}

impl Inodes {
    pub const fn new() -> Self {
        Inodes { table: Pieces::new(), free: None }
    }

    /// Puts `inode` into the table.
    pub fn add(&mut self, inode: Inode) -> Result<InodeId, Errno> {
        if let Some(id) = self.free {
            let Node::Free { next } = self[id].node else {
                unreachable!("an inode of the free list is free");
            };
            self.free = next;
            self[id] = inode;
            return Ok(id);
        }
        let id = self.end();
        self.table.push(inode)?;
        Ok(InodeId(id))
    }

    /// Takes an inode out of the table.
    pub fn free(&mut self, id: InodeId) -> Inode {
        let node = Node::Free { next: self.free };
        let hole = Inode::new(node, 0, Origin::Image, InodeId::ROOT, Time::default());
        self.free = Some(id);
        core::mem::replace(&mut self[id], hole)
    }

    /// All inodes in use.
    pub fn iter(&self) -> impl Iterator<Item = (InodeId, &Inode)> {
        (0..self.end())
            .map(|number| (InodeId(number), &self[InodeId(number)]))
            .filter(|(_, inode)| !matches!(inode.node, Node::Free { .. }))
    }

    /// One past the highest number.
    fn end(&self) -> u32 {
        self.table.len() as u32
    }
}

impl Index<InodeId> for Inodes {
    type Output = Inode;

    #[inline(always)]
    fn index(&self, id: InodeId) -> &Inode {
        &self.table[id.0 as usize]
    }
}

impl IndexMut<InodeId> for Inodes {
    #[inline(always)]
    fn index_mut(&mut self, id: InodeId) -> &mut Inode {
        &mut self.table[id.0 as usize]
    }
}
