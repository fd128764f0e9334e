//! The fast path of small reads and writes: programs of a bootstrap chain make them by the million, a byte each.
//!
//! While an open file's [`window`](crate::files::window) holds, a call copies between it and the caller's page and is done;
//! whatever is not plain (other objects, page borders, faults, errors) is left to the calls themselves. What a write has
//! done to its file, the file system is told only before anything else happens ([`Kernel::tell_writes`], which the one
//! way out of here takes): until then no mapping has come to share the page, and no one has asked for a size or a time.

use crate::addr::{Frame, PAGE_SIZE, UserAddr};
use crate::context::Access;
use crate::files::open::{O_DIRECT, Object, OpenFile};
use crate::files::pipes::Moved;
use crate::files::window::{PendingWrite, WindowPlace};
use crate::kernel::Kernel;
use crate::machine::{Machine, Memory};
use crate::storage::Storage;
use crate::syscall::table as n;
use crate::vm::AddressSpace;

const PAGE: u64 = PAGE_SIZE as u64;

/// Is the call over?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fast {
    /// Yes.
    Done,
    /// No, and nothing has been done.
    No,
}

impl<M: Machine> Kernel<'_, M> {
    /// Answers a system call of the current process, if it is a small read or write that can be answered here.
    #[inline(always)]
    pub(crate) fn fast_path(&mut self) -> Fast {
        let process = self.processes.current_mut();
        process.usage.syscalls = process.usage.syscalls.wrapping_add(1);
        let x = &process.thread.registers.x;
        let fast = match (x[8], x[2]) {
            (n::READ, 1) => self.read_byte(),
            (n::WRITE, 1) => self.write_byte(),
            (n::READ | n::WRITE, _) => Fast::No,
            _ => {
                self.tell_writes();
                return Fast::No;
            }
        };
        match fast {
            Fast::Done => Fast::Done,
            Fast::No => self.page_call(),
        }
    }

    /// Tells the file system what small writes did: before anybody could ask for sizes or times.
    #[inline]
    pub(crate) fn tell_writes(&mut self) {
        if let Some((id, end)) = self.files.pending.take()
            && let Object::Regular(inode) = self.files.open.get(id).object
        {
            self.storage.fs.wrote(inode, end);
        }
    }

    /// A read of one byte from the window. No call on its way but the last: it needs no stack frame.
    #[inline(always)]
    fn read_byte(&mut self) -> Fast {
        let process = self.processes.current_mut();
        let [fd, address, ..] = process.thread.registers.x;
        let (Ok(id), Some(space)) = (process.descriptors.file(fd), &mut process.space) else {
            return Fast::No;
        };
        let file = self.files.open.get_mut(id);
        let generation = self.storage.fs.generation();
        let (Some(at), Some(to)) = (
            file.window.find(generation, file.offset, 1),
            space.cached(UserAddr(address), Access::Write),
        ) else {
            return Fast::No;
        };
        let byte = match file.window.place {
            WindowPlace::ReadFrame(from) => self.storage.machine.page(from)[at % PAGE_SIZE],
            WindowPlace::Image(image) if at < image.len() => image[at],
            _ => return Fast::No,
        };
        self.storage.machine.page_mut(to)[address as usize % PAGE_SIZE] = byte;
        file.offset = file.offset.wrapping_add(1);
        process.thread.registers.x[0] = 1;
        self.trace_fast(fd);
        Fast::Done
    }

    /// A write of one byte to the window.
    #[inline(always)]
    fn write_byte(&mut self) -> Fast {
        let process = self.processes.current_mut();
        let [fd, address, ..] = process.thread.registers.x;
        let (Ok(id), Some(space)) = (process.descriptors.file(fd), &mut process.space) else {
            return Fast::No;
        };
        let file = self.files.open.get_mut(id);
        let generation = self.storage.fs.generation();
        let (Some(at), Some(from), WindowPlace::WriteFrame(to)) = (
            file.window.find(generation, file.offset, 1),
            space.cached(UserAddr(address), Access::Read),
            file.window.place,
        ) else {
            return Fast::No;
        };
        if !self.files.pending.extend(id, file.offset.wrapping_add(1)) {
            return Fast::No;
        }
        let byte = self.storage.machine.page(from)[address as usize % PAGE_SIZE];
        self.storage.machine.page_mut(to)[at % PAGE_SIZE] = byte;
        file.offset = file.offset.wrapping_add(1);
        process.thread.registers.x[0] = 1;
        self.trace_fast(fd);
        Fast::Done
    }

    #[inline(always)]
    fn trace_fast(&mut self, fd: u64) {
        if self.storage.machine.is_tracing() {
            self.trace_call(fd);
        }
    }

    /// x0 has the result already: the first argument comes along.
    #[inline(never)]
    fn trace_call(&mut self, first: u64) {
        let process = self.processes.current();
        let mut arguments = process.arguments();
        arguments[0] = first;
        let (pid, x) = (process.pid.0, &process.thread.registers.x);
        self.storage.machine.trace_syscall(pid, x[8], &arguments, x[0] as i64);
    }

    /// A read or write that may lie within a page.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn page_call(&mut self) -> Fast {
        self.tell_writes();
        let process = self.processes.current_mut();
        let [fd, address, length, ..] = process.thread.registers.x;
        let is_read = process.thread.registers.x[8] == n::READ;
        let (Ok(id), Some(in_page), Some(space)) =
            (process.descriptors.file(fd), one_page(address, length), &mut process.space)
        else {
            return Fast::No;
        };
        let file = self.files.open.get_mut(id);
        let user = (UserAddr(address), in_page, length);
        let done = match (&file.object, is_read) {
            (Object::Regular(_), true) => read_window(file, space, &mut self.storage, user),
            (Object::Regular(_), false) => {
                let done = write_window(file, space, &mut self.storage, user);
                if done.is_some() {
                    self.files.pending = PendingWrite::of(id, file.offset);
                }
                done
            }
            (&Object::PipeReader(pipe), true) => self.read_pipe_page(pipe, user),
            (&Object::PipeWriter(pipe), false) if file.flags & O_DIRECT == 0 => {
                self.write_pipe_page(pipe, user)
            }
            _ => None,
        };
        let Some(done) = done else {
            return Fast::No;
        };
        self.processes.current_mut().thread.registers.x[0] = done;
        self.trace_fast(fd);
        Fast::Done
    }

    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn read_pipe_page(
        &mut self,
        pipe: u32,
        (address, in_page, length): (UserAddr, usize, u64),
    ) -> Option<u64> {
        self.observer().pipe_read(pipe);
        let space = self.processes.current_mut().space.as_mut()?;
        let to = space.translate(&mut self.storage, address, Access::Write).ok()?;
        let row = self.files.pipes.entry(pipe);
        let piece = row.pipe.take_piece(length as usize)?;
        let is_watched = row.take_watch(Moved::Out);
        let from = (piece.frame, piece.offset);
        copy_piece(&mut self.storage.machine, from, (to, in_page), piece.length);
        if is_watched {
            self.processes.wake_watchers(pipe);
        }
        Some(piece.length as u64)
    }

    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn write_pipe_page(
        &mut self,
        pipe: u32,
        (address, in_page, length): (UserAddr, usize, u64),
    ) -> Option<u64> {
        let is_empty = self.files.pipes.at(pipe).is_empty();
        self.observer().pipe_write(pipe, || is_empty);
        let space = self.processes.current_mut().space.as_mut()?;
        let from = space.translate(&mut self.storage, address, Access::Read).ok()?;
        let row = self.files.pipes.entry(pipe);
        let piece = row.pipe.add_piece(length as usize)?;
        let is_watched = row.take_watch(Moved::In);
        let to = (piece.frame, piece.offset);
        copy_piece(&mut self.storage.machine, (from, in_page), to, piece.length);
        if is_watched {
            self.processes.wake_watchers(pipe);
        }
        Some(length)
    }
}

/// A read that lies within the window and one user page.
#[inline(always)]
fn read_window<M: Machine>(
    file: &mut OpenFile,
    space: &mut AddressSpace,
    storage: &mut Storage<'_, M>,
    (address, in_page, length): (UserAddr, usize, u64),
) -> Option<u64> {
    let at = file.window.find(storage.fs.generation(), file.offset, length)?;
    let to = space.translate(storage, address, Access::Write).ok()?;
    let bytes = length as usize;
    let machine = &mut storage.machine;
    match file.window.place {
        WindowPlace::ReadFrame(from) => copy_piece(machine, (from, at), (to, in_page), bytes),
        WindowPlace::Image(image) if bytes == 1 => {
            machine.page_mut(to)[in_page] = *image.get(at)?
        }
        WindowPlace::Image(image) => {
            machine.page_mut(to)[in_page..in_page + bytes]
                .copy_from_slice(image.get(at..at + bytes)?);
        }
        WindowPlace::WriteFrame(_) | WindowPlace::Nowhere => return None,
    }
    file.offset += length;
    Some(length)
}

/// A write that lies within the window and one user page.
#[inline(always)]
fn write_window<M: Machine>(
    file: &mut OpenFile,
    space: &mut AddressSpace,
    storage: &mut Storage<'_, M>,
    (address, in_page, length): (UserAddr, usize, u64),
) -> Option<u64> {
    let at = file.window.find(storage.fs.generation(), file.offset, length)?;
    let WindowPlace::WriteFrame(to) = file.window.place else {
        return None;
    };
    let from = space.translate(storage, address, Access::Read).ok()?;
    // A mapping shares the page, maybe since this translation: the file must have its own first.
    if storage.pool.is_shared(to) {
        return None;
    }
    copy_piece(&mut storage.machine, (from, in_page), (to, at), length as usize);
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
