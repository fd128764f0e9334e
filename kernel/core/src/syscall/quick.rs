//! The short way for small reads and writes: programs of a bootstrap chain make them by the million, a byte each.
//!
//! An open file keeps a [`Window`]: where the bytes around its offset lie in memory, as the long way found them.
//! While the window holds, a call copies between it and the user's page and is done; whatever is not plain
//! (other kinds of files, page borders, faults, errors) is left to the long way. A window holds until bytes of any file
//! change their place: [`Kernel::content_moves`] ends all of them at once. Writes of one byte tell the file system
//! what they did only when something else happens ([`Kernel::settle_growth`]): another kind of call, or a trap.

use super::numbers as n;
use crate::addr::{Frame, PAGE_SIZE, UserAddr};
use crate::context::Access;
use crate::fs::{Chunk, FILE_SIZE_MAX};
use crate::kernel::Kernel;
use crate::machine::{Machine, Memory};
use crate::pipe::Piece;
use crate::process::files::{FileId, Kind, O_APPEND, OpenFile, Place, Window};
use crate::storage::Storage;
use crate::vm::AddressSpace;

/// Longer transfers do not look for a window: it would not pay.
pub(super) const QUICK: usize = 512;

const PAGE: u64 = PAGE_SIZE as u64;

/// What small writes have done to a file, until the file system is told.
///
/// It is told before every other kind of call and every trap. So while there is a growth, nothing but small reads and
/// writes has happened since: no mapping has come to share the page, and no one has asked for a size or a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth {
    /// The open file that was written.
    file: FileId,
    /// One past the last byte.
    end: u64,
}

impl Growth {
    /// Nothing to tell. No descriptor names this file.
    pub(crate) const NONE: Growth = Growth {
        file: FileId(u32::MAX),
        end: 0,
    };
}

impl<M: Machine> Kernel<'_, M> {
    /// Answers an SVC of the current process.
    #[inline]
    pub(crate) fn system_call(&mut self) {
        let process = self.processes.at_mut(self.current);
        process.usage.syscalls = process.usage.syscalls.wrapping_add(1);
        let x = &process.registers.x;
        match (x[8], x[2]) {
            (n::READ, 1) => self.read_byte(),
            (n::WRITE, 1) => self.write_byte(),
            (n::READ | n::WRITE, _) => self.page_call(),
            _ => self.long_call(),
        }
    }

    /// A read of one byte from the window. No call on its way but the last: it needs no stack frame.
    #[inline(always)]
    fn read_byte(&mut self) {
        let process = self.processes.at_mut(self.current);
        let [fd, address, ..] = process.registers.x;
        let (Ok(id), Some(space)) = (process.descriptors.file(fd), &mut process.space) else {
            return self.long_call();
        };
        let file = self.files.get_mut(id);
        let (Some(at), Some(to)) = (
            file.window.find(self.epoch, file.offset, 1),
            space.cached(UserAddr(address), Access::Write),
        ) else {
            return match file.kind {
                Kind::PipeReader(pipe) => self.pipe_call(pipe, n::READ, address, 1),
                _ => self.page_call(),
            };
        };
        let byte = match file.window.place {
            Place::ReadFrame(from) => self.storage.machine.page(from)[at % PAGE_SIZE],
            Place::Image(image) if at < image.len() => image[at],
            _ => return self.page_call(),
        };
        self.storage.machine.page_mut(to)[address as usize % PAGE_SIZE] = byte;
        file.offset = file.offset.wrapping_add(1);
        process.registers.x[0] = 1;
        if self.storage.machine.is_tracing() {
            self.trace_quick(fd);
        }
    }

    /// A write of one byte to the window.
    #[inline(always)]
    fn write_byte(&mut self) {
        let process = self.processes.at_mut(self.current);
        let [fd, address, ..] = process.registers.x;
        let (Ok(id), Some(space)) = (process.descriptors.file(fd), &mut process.space) else {
            return self.long_call();
        };
        let file = self.files.get_mut(id);
        let (Some(at), Some(from), Place::WriteFrame(to)) = (
            file.window.find(self.epoch, file.offset, 1),
            space.cached(UserAddr(address), Access::Read),
            file.window.place,
        ) else {
            return match file.kind {
                Kind::PipeWriter(pipe) => self.pipe_call(pipe, n::WRITE, address, 1),
                _ => self.page_call(),
            };
        };
        if self.growth.file != id {
            return self.page_call();
        }
        let byte = self.storage.machine.page(from)[address as usize % PAGE_SIZE];
        self.storage.machine.page_mut(to)[at % PAGE_SIZE] = byte;
        file.offset = file.offset.wrapping_add(1);
        self.growth.end = file.offset;
        process.registers.x[0] = 1;
        if self.storage.machine.is_tracing() {
            self.trace_quick(fd);
        }
    }

    /// Tells the file system what small writes did: before anybody could ask for sizes or times.
    #[inline]
    pub(crate) fn settle_growth(&mut self) {
        if self.growth.file != Growth::NONE.file {
            let growth = core::mem::replace(&mut self.growth, Growth::NONE);
            if let Some(inode) = self.files.get(growth.file).inode {
                self.storage.fs.wrote(inode, growth.end);
            }
        }
    }

    #[inline(never)]
    fn trace_quick(&mut self, fd: u64) {
        let process = self.processes.at(self.current);
        let mut arguments = process.arguments();
        arguments[0] = fd;
        let (pid, number, result) = (
            process.pid.0,
            process.registers.x[8],
            process.registers.x[0],
        );
        self.storage
            .machine
            .trace_syscall(pid, number, &arguments, result as i64);
    }

    /// A read or write that may lie within a page.
    #[inline(never)]
    fn page_call(&mut self) {
        self.settle_growth();
        let process = self.processes.at_mut(self.current);
        let [fd, address, length, ..] = process.registers.x;
        let number = process.registers.x[8];
        let (Ok(id), Some(in_page), Some(space)) = (
            process.descriptors.file(fd),
            one_page(address, length),
            &mut process.space,
        ) else {
            return self.long_call();
        };
        let file = self.files.get_mut(id);
        let r = &mut self.storage;
        let done = match (&file.kind, number) {
            (Kind::Regular, n::READ) => {
                read_window(file, self.epoch, space, r, address, in_page, length)
            }
            (Kind::Regular, _) => {
                write_window(file, self.epoch, space, r, address, in_page, length)
            }
            (&Kind::PipeReader(pipe), n::READ) => {
                return self.pipe_call(pipe, number, address, length);
            }
            (&Kind::PipeWriter(pipe), n::WRITE) => {
                return self.pipe_call(pipe, number, address, length);
            }
            _ => None,
        };
        let Some(done) = done else {
            return self.long_call();
        };
        if number == n::WRITE {
            self.growth = Growth {
                file: id,
                end: file.offset,
            };
        }
        process.registers.x[0] = done;
        if self.storage.machine.is_tracing() {
            self.trace_quick(fd);
        }
    }

    /// A read or write of a pipe that need not wait; the rest goes the long way.
    #[inline(never)]
    fn pipe_call(&mut self, pipe: u32, number: u64, address: u64, length: u64) {
        let done = match number {
            n::READ => self.read_pipe_page(pipe, address, length),
            _ => self.write_pipe_page(pipe, address, length),
        };
        let Some(done) = done else {
            return self.long_call();
        };
        self.wake_pipe(pipe);
        let process = self.processes.at_mut(self.current);
        let (pid, arguments) = (process.pid.0, process.arguments());
        process.registers.x[0] = done as u64;
        self.storage
            .machine
            .trace_syscall(pid, number, &arguments, done as i64);
    }

    #[inline(always)]
    fn read_pipe_page(&mut self, pipe: u32, address: u64, length: u64) -> Option<usize> {
        let in_page = one_page(address, length)?;
        self.note_pipe_read(pipe);
        let space = self.processes.at_mut(self.current).space.as_mut()?;
        let to = space
            .translate(&mut self.storage, UserAddr(address), Access::Write)
            .ok()?;
        let machine = &mut self.storage.machine;
        let copy = |piece: Piece| {
            copy_piece(
                machine,
                (piece.frame, piece.offset),
                (to, in_page + piece.done),
                piece.length,
            );
            Ok(())
        };
        self.pipes.at(pipe).read(length as usize, copy).ok()
    }

    #[inline(always)]
    fn write_pipe_page(&mut self, pipe: u32, address: u64, length: u64) -> Option<usize> {
        let in_page = one_page(address, length)?;
        self.note_pipe_write(pipe);
        let space = self.processes.at_mut(self.current).space.as_mut()?;
        let from = space
            .translate(&mut self.storage, UserAddr(address), Access::Read)
            .ok()?;
        let ends = self.pipes.at(pipe);
        let length = length as usize;
        if length == 0 || ends.prepare_write(length, &mut self.storage.pool).ok()? != length {
            return None;
        }
        let machine = &mut self.storage.machine;
        let copy = |piece: Piece| {
            copy_piece(
                machine,
                (from, in_page + piece.done),
                (piece.frame, piece.offset),
                piece.length,
            );
            Ok(())
        };
        ends.write(length, copy).ok()
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
        let place = match self.storage.fs.chunk(inode, page_start, PAGE_SIZE) {
            Chunk::Bytes(_) => {
                start = file.offset;
                match self.storage.fs.chunk(inode, start, usize::MAX) {
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
            Place::ReadFrame(_) => PAGE.min(self.storage.fs.size(inode).saturating_sub(start)),
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
        let place = match self.storage.fs.chunk(inode, start, PAGE_SIZE) {
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

/// A read that lies within the window and one user page. None: go the long way.
#[inline(always)]
fn read_window<M: Machine>(
    file: &mut OpenFile,
    epoch: u64,
    space: &mut AddressSpace,
    r: &mut Storage<'_, M>,
    address: u64,
    in_page: usize,
    length: u64,
) -> Option<u64> {
    let at = file.window.find(epoch, file.offset, length)?;
    let to = space.translate(r, UserAddr(address), Access::Write).ok()?;
    let bytes = length as usize;
    match file.window.place {
        Place::ReadFrame(from) => copy_piece(&mut r.machine, (from, at), (to, in_page), bytes),
        Place::Image(image) if bytes == 1 => r.machine.page_mut(to)[in_page] = *image.get(at)?,
        Place::Image(image) => {
            r.machine.page_mut(to)[in_page..in_page + bytes]
                .copy_from_slice(image.get(at..at + bytes)?);
        }
        Place::WriteFrame(_) | Place::Nowhere => return None,
    }
    file.offset += length;
    Some(length)
}

/// A write that lies within the window and one user page. None: go the long way.
#[inline(always)]
fn write_window<M: Machine>(
    file: &mut OpenFile,
    epoch: u64,
    space: &mut AddressSpace,
    r: &mut Storage<'_, M>,
    address: u64,
    in_page: usize,
    length: u64,
) -> Option<u64> {
    let at = file.window.find(epoch, file.offset, length)?;
    let Place::WriteFrame(to) = file.window.place else {
        return None;
    };
    let from = space.translate(r, UserAddr(address), Access::Read).ok()?;
    // A mapping shares the page, maybe since this translation: the file must have its own first.
    if r.pool.is_shared(to) {
        return None;
    }
    copy_piece(&mut r.machine, (from, in_page), (to, at), length as usize);
    file.offset += length;
    Some(length)
}

/// Copies between two frames; a single byte without a loop.
#[inline(always)]
fn copy_piece(memory: &mut impl Memory, from: (Frame, usize), to: (Frame, usize), length: usize) {
    if length == 1 {
        let byte = memory.page(from.0)[from.1 % PAGE_SIZE];
        memory.page_mut(to.0)[to.1 % PAGE_SIZE] = byte;
    } else {
        memory.copy(from.0, from.1, to.0, to.1, length);
    }
}

/// The offset of `address` in its page, if `length` bytes from there on stay in it.
#[inline(always)]
fn one_page(address: u64, length: u64) -> Option<usize> {
    let in_page = address % PAGE;
    (length <= PAGE - in_page).then_some(in_page as usize)
}
