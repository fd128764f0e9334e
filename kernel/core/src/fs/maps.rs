//! Files whose pages a mapping shares (MAP_SHARED): they are written in place, and who may write them by memory is known.
//!
//! A store of a program reaches a file without a call. So one address space at a time may have pages of a file writable,
//! named by the frame of its top table: [`vm`](crate::vm) makes none writable for another, and the ledger, which has
//! been told of that one, takes the right away when it needs to know what is in the file.

use super::Fs;
use super::inode::Node;
use super::kinds::InodeId;
use crate::addr::Frame;

/// May an area ever be written?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// It shows the file.
    Read,
    /// It is a writer of the file too: nobody may execute that (ETXTBSY).
    Write,
}

impl Fs {
    /// An area shares the pages of a file from now on; the file is held.
    pub fn begin_sharing(&mut self, inode: InodeId, sharing: Sharing) {
        if let Ok(content) = self.content_mut(inode) {
            content.sharers += 1;
        }
        if sharing == Sharing::Write {
            self.inodes[inode].writers += 1;
            self.writable_maps += 1;
        }
        self.generation += 1;
    }

    /// Such an area is no more.
    pub fn end_sharing(&mut self, inode: InodeId, sharing: Sharing) {
        if let Ok(content) = self.content_mut(inode) {
            content.sharers -= 1;
        }
        if sharing == Sharing::Write {
            self.inodes[inode].writers -= 1;
            self.writable_maps -= 1;
        }
        self.generation += 1;
    }

    /// Does an area share the pages of a file?
    pub fn is_shared(&self, inode: InodeId) -> bool {
        self.content(inode).is_ok_and(|content| content.sharers > 0)
    }

    /// Is there any area that may be written and is a file's?
    #[inline(always)]
    pub fn has_writable_maps(&self) -> bool {
        self.writable_maps > 0
    }

    /// The address space that may have pages of a file writable.
    #[inline]
    pub fn map_writer(&self, inode: InodeId) -> Option<Frame> {
        self.content(inode).ok()?.map_writer
    }

    /// An address space, by the frame of its top table, may store into a file from now on.
    pub fn begin_map_write(&mut self, inode: InodeId, root: Frame) {
        self.set_map_writer(inode, Some(root));
    }

    /// Nobody may any more; the contents are new to everybody. Returns who might: its pages are to be made read-only.
    pub fn end_map_write(&mut self, inode: InodeId) -> Option<Frame> {
        let writer = self.map_writer(inode);
        if writer.is_some() {
            self.set_map_writer(inode, None);
        }
        writer
    }

    fn set_map_writer(&mut self, inode: InodeId, writer: Option<Frame>) {
        if let Node::File(content) = &mut self.inodes[inode].node {
            content.map_writer = writer;
            self.generation += 1;
            self.wrote(inode, 0);
        }
    }
}
