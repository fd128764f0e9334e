//! The short way for small reads and writes: programs of a bootstrap chain make them by the million, a byte each.
//!
//! An open file keeps a [`Window`]: where the bytes around its offset lie in memory, as the long way found them.
//! While the window holds, a call copies between it and the user's page and is done; whatever is not plain
//! (other kinds of files, page borders, faults, errors) is left to the long way. A window holds until bytes of any file
//! change their place: [`Kernel::content_moves`] ends all of them at once.

use crate::addr::{PAGE_SIZE, UserAddr};
use crate::context::Access;
use crate::fs::{Chunk, FILE_SIZE_MAX};
use crate::kernel::{Kernel, resources};
use crate::machine::Machine;
use crate::process::files::{FileId, Kind, O_APPEND, Place, Window};

/// Longer transfers do not look for a window: it would not pay.
pub(super) const QUICK: usize = 512;

const PAGE: u64 = PAGE_SIZE as u64;

impl<M: Machine> Kernel<'_, M> {
    /// A read that lies within the window and one user page. None: go the long way.
    #[inline(always)]
    pub(super) fn quick_read(&mut self, fd: u64, address: u64, length: u64) -> Option<u64> {
        let process = self.processes.at_mut(self.current);
        let file = self.files.get_mut(process.descriptors.file(fd).ok()?);
        let at = file.window.find(self.epoch, file.offset, length)?;
        let in_page = one_page(address, length)?;
        let space = process.space.as_mut()?;
        let to = space
            .translate(&mut resources!(self), UserAddr(address), Access::Write)
            .ok()?;
        let length = length as usize;
        match file.window.place {
            Place::Image(bytes) => {
                let page = self.machine.page_mut(to);
                if length == 1 {
                    page[in_page] = *bytes.get(at)?;
                } else {
                    page[in_page..in_page + length].copy_from_slice(bytes.get(at..at + length)?);
                }
            }
            Place::ReadFrame(from) if length == 1 => {
                let byte = self.machine.page(from)[at % PAGE_SIZE];
                self.machine.page_mut(to)[in_page] = byte;
            }
            Place::ReadFrame(from) => self.machine.copy(from, at, to, in_page, length),
            Place::WriteFrame(_) | Place::Nowhere => return None,
        }
        file.offset += length as u64;
        Some(length as u64)
    }

    /// A write that lies within the window and one user page. None: go the long way.
    #[inline(always)]
    pub(super) fn quick_write(&mut self, fd: u64, address: u64, length: u64) -> Option<u64> {
        let process = self.processes.at_mut(self.current);
        let file = self.files.get_mut(process.descriptors.file(fd).ok()?);
        let at = file.window.find(self.epoch, file.offset, length)?;
        let in_page = one_page(address, length)?;
        let Place::WriteFrame(to) = file.window.place else {
            return None;
        };
        // A mapping has come to share the page: the file must have its own first.
        if self.pool.is_shared(to) {
            return None;
        }
        let space = process.space.as_mut()?;
        let from = space
            .translate(&mut resources!(self), UserAddr(address), Access::Read)
            .ok()?;
        if length == 1 {
            let byte = self.machine.page(from)[in_page];
            self.machine.page_mut(to)[at % PAGE_SIZE] = byte;
        } else if from != to {
            self.machine.copy(from, in_page, to, at, length as usize);
        } else {
            return None;
        }
        file.offset += length;
        self.fs.wrote(file.inode?, file.offset);
        Some(length)
    }

    /// Bytes of files have moved to other frames, or files have been cut: no window holds any more.
    pub(super) fn content_moves(&mut self) {
        self.epoch += 1;
    }

    /// After a small read the long way: notes where the next ones will find their bytes.
    #[inline(never)]
    pub(super) fn note_read_window(&mut self, id: FileId) {
        let file = self.files.get_mut(id);
        let (Kind::Regular, Some(inode)) = (&file.kind, file.inode) else {
            return;
        };
        let page_start = file.offset & !(PAGE - 1);
        let mut start = page_start;
        let place = match self.fs.chunk(inode, page_start, PAGE_SIZE) {
            Chunk::Bytes(_) => {
                start = file.offset;
                match self.fs.chunk(inode, start, usize::MAX) {
                    Chunk::Bytes(bytes) => Place::Image(bytes),
                    _ => Place::Nowhere,
                }
            }
            Chunk::Frame {
                frame, offset: 0, ..
            } => Place::ReadFrame(frame),
            _ => Place::Nowhere,
        };
        let length = match place {
            Place::Image(bytes) => bytes.len() as u64,
            Place::ReadFrame(_) => PAGE.min(self.fs.size(inode).saturating_sub(start)),
            _ => 0,
        };
        file.window = Window {
            epoch: self.epoch,
            start,
            length,
            place,
        };
    }

    /// After a small write the long way: notes the page that the next ones will go to.
    #[inline(never)]
    pub(super) fn note_write_window(&mut self, id: FileId) {
        let file = self.files.get_mut(id);
        let (Kind::Regular, Some(inode)) = (&file.kind, file.inode) else {
            return;
        };
        let start = file.offset & !(PAGE - 1);
        if file.flags & O_APPEND != 0 || start > FILE_SIZE_MAX - PAGE {
            return;
        }
        let place = match self.fs.chunk(inode, start, PAGE_SIZE) {
            Chunk::Frame {
                frame, offset: 0, ..
            } => Place::WriteFrame(frame),
            _ => Place::Nowhere,
        };
        file.window = Window {
            epoch: self.epoch,
            start,
            length: PAGE,
            place,
        };
    }
}

/// The offset of `address` in its page, if `length` bytes from there on stay in it.
#[inline(always)]
fn one_page(address: u64, length: u64) -> Option<usize> {
    let in_page = address % PAGE;
    (length <= PAGE - in_page).then_some(in_page as usize)
}
