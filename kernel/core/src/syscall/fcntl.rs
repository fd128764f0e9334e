//! Descriptors: close, dup, pipe, fcntl(2).

use super::Outcome;
use super::grant::{Io, User};
use super::lock::{LockCall, LockOf};
use crate::errno::Errno;
use crate::files::open::{
    O_APPEND, O_CLOEXEC, O_DIRECT, O_NOATIME, O_NONBLOCK, O_WRONLY, Object, OpenFile,
};
use crate::files::window::Window;
use crate::fs::Seals;
use crate::machine::Machine;
use crate::process::descriptors::{Descriptor, FileId, MAX_DESCRIPTORS, OnExec};
use crate::process::{Event, Pid};
use crate::storage::Storage;
use crate::vm::area::{Area, AreaKind};

const F_DUPFD: u32 = 0;
const F_GETFD: u32 = 1;
const F_SETFD: u32 = 2;
const F_GETFL: u32 = 3;
const F_SETFL: u32 = 4;
const F_GETLK: u32 = 5;
const F_SETLK: u32 = 6;
const F_SETLKW: u32 = 7;
const F_SETOWN: u32 = 8;
const F_GETOWN: u32 = 9;
const F_SETSIG: u32 = 10;
const F_GETSIG: u32 = 11;
const F_SETOWN_EX: u32 = 15;
const F_GETOWN_EX: u32 = 16;
const F_OFD_GETLK: u32 = 36;
const F_OFD_SETLK: u32 = 37;
const F_OFD_SETLKW: u32 = 38;
const F_DUPFD_CLOEXEC: u32 = 1030;
const F_SETPIPE_SZ: u32 = 1031;
const F_GETPIPE_SZ: u32 = 1032;
const F_ADD_SEALS: u32 = 1033;
const F_GET_SEALS: u32 = 1034;

/// Kinds of owners: F_OWNER_PID, F_OWNER_PGRP.
const PROCESS: u32 = 1;
const GROUP: u32 = 2;

const FD_CLOEXEC: u64 = 1;
/// What F_SETFL may change: O_APPEND, O_NONBLOCK, O_DIRECT of pipes, and without effect O_ASYNC, O_DIRECT, O_NOATIME.
const CHANGEABLE: u32 = O_APPEND | O_NONBLOCK | O_DIRECT | 0o20000 | O_NOATIME;

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_close(&mut self, fd: u64) -> Outcome {
        let process = self.processes.current_mut();
        let (pid, descriptor) = (process.pid, process.descriptors.take(fd)?);
        self.close_descriptor(pid, descriptor.file);
        Ok(0)
    }

    pub(super) fn sys_close_range(&mut self, first: u64, last: u64, flags: u64) -> Outcome {
        const UNSHARE: u64 = 2;
        const CLOEXEC: u64 = 4;
        let (first, last) = (u64::from(first as u32), u64::from(last as u32));
        let flags = u64::from(flags as u32);
        if first > last || flags & !(UNSHARE | CLOEXEC) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let pid = self.processes.current().pid;
        for fd in first..=last.min(MAX_DESCRIPTORS as u64) {
            let descriptors = &mut self.processes.current_mut().descriptors;
            if flags & CLOEXEC != 0 {
                // Not open is no error here.
                let _ = descriptors.set_on_exec(fd, OnExec::Close);
            } else if let Ok(descriptor) = descriptors.take(fd) {
                self.close_descriptor(pid, descriptor.file);
            }
        }
        Ok(0)
    }

    pub(super) fn sys_dup(&mut self, fd: u64) -> Outcome {
        self.duplicate(fd, 0, OnExec::Keep)
    }

    fn duplicate(&mut self, fd: u64, lowest: u64, on_exec: OnExec) -> Outcome {
        let descriptors = &mut self.processes.current_mut().descriptors;
        let file = descriptors.file(fd)?;
        let new = descriptors.lowest_free(lowest)?;
        descriptors.put(new.into(), Descriptor { file, on_exec })?;
        self.files.open.share(file);
        Ok(new as usize)
    }

    pub(super) fn sys_dup3(&mut self, old: u64, new: u64, flags: u64) -> Outcome {
        let flags = flags as u32;
        if flags & !O_CLOEXEC != 0 || old as u32 == new as u32 {
            return Err(Errno::EINVAL.into());
        }
        let on_exec = if flags & O_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
        let descriptors = &mut self.processes.current_mut().descriptors;
        if new as u32 as usize >= descriptors.limit() {
            return Err(Errno::EBADF.into());
        }
        let file = descriptors.file(old)?;
        let replaced = descriptors.put(new, Descriptor { file, on_exec })?;
        self.files.open.share(file);
        if let Some(replaced) = replaced {
            let pid = self.processes.current().pid;
            self.close_descriptor(pid, replaced.file);
        }
        Ok(new as u32 as usize)
    }

    pub(super) fn sys_pipe2(&mut self, into: u64, flags: u64) -> Outcome {
        let flags = flags as u32;
        if flags & !(O_CLOEXEC | O_NONBLOCK | O_DIRECT) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let on_exec = if flags & O_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
        let status = flags & (O_NONBLOCK | O_DIRECT);
        let pipe = self.files.pipes.create()?;
        let inode = match self.storage.fs.create_pipe() {
            Ok(inode) => inode,
            Err(errno) => {
                self.discard_pipe(pipe);
                return Err(errno.into());
            }
        };
        self.observer().made_unnamed(inode);
        self.files.pipes.set_fifo(pipe, inode);
        let end = |object, flags| OpenFile::new(object, Some(inode), flags);
        let ends = [
            end(Object::PipeReader(pipe), status & !O_DIRECT),
            end(Object::PipeWriter(pipe), status | O_WRONLY),
        ];
        for _ in &ends {
            self.storage.fs.hold(inode);
        }
        self.add_pair(ends, on_exec, into)
    }

    /// Descriptors of two open files, which the program finds at `into`; both are closed again where that fails.
    pub(super) fn add_pair(
        &mut self,
        [first, second]: [OpenFile; 2],
        on_exec: OnExec,
        into: u64,
    ) -> Outcome {
        let (first, second) = (self.add_file(first, on_exec), self.add_file(second, on_exec));
        let fds = match (first, second) {
            (Ok(first), Ok(second)) => [first, second],
            (Ok(fd), Err(errno)) | (Err(errno), Ok(fd)) => {
                self.sys_close(fd.into())?;
                return Err(errno.into());
            }
            (Err(errno), Err(_)) => return Err(errno.into()),
        };
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&fds[0].to_le_bytes());
        bytes[4..].copy_from_slice(&fds[1].to_le_bytes());
        if let Err(errno) = self.copy_out(into, &bytes) {
            for fd in fds {
                self.sys_close(fd.into())?;
            }
            return Err(errno.into());
        }
        Ok(0)
    }

    /// A descriptor of an open file is gone.
    #[inline(never)]
    pub(super) fn release_file(&mut self, id: FileId) {
        if let Some(file) = self.files.open.release(id) {
            self.files.epolls.forget(id);
            if self.files.locks.close_file(id) {
                self.processes.wake(Event::Lock);
            }
            self.close_file(file);
        }
    }

    /// The last descriptor of an open file is gone.
    fn close_file(&mut self, file: OpenFile) {
        let Storage { fs, pool, .. } = &mut *self.storage;
        let mut gone = [None; 2];
        let mut next = gone.iter_mut();
        self.files.close(file, self.processes, fs, pool, |pipe| {
            if let Some(place) = next.next() {
                *place = Some(pipe);
            }
        });
        for pipe in gone.into_iter().flatten() {
            self.observer().pipe_end(pipe);
        }
    }

    /// Gives a new open file the lowest free descriptor; closes it again where that fails.
    pub(super) fn add_file(&mut self, file: OpenFile, on_exec: OnExec) -> Result<u32, Errno> {
        let fd = match self.processes.current_mut().descriptors.lowest_free(0) {
            Ok(fd) => fd,
            Err(errno) => {
                self.close_file(file);
                return Err(errno);
            }
        };
        let file = match self.files.open.insert(file) {
            Ok(file) => file,
            Err((errno, file)) => {
                self.close_file(file);
                return Err(errno);
            }
        };
        // Cannot fail: lowest_free made room.
        self.processes.current_mut().descriptors.put(fd.into(), Descriptor { file, on_exec })?;
        Ok(fd)
    }

    pub(super) fn sys_fcntl(&mut self, fd: u64, command: u64, argument: u64) -> Outcome {
        let descriptor = self.processes.current_mut().descriptors.get(fd)?;
        match command as u32 {
            F_DUPFD | F_DUPFD_CLOEXEC => {
                let lowest = u64::from(argument as u32);
                if lowest >= self.processes.current().descriptors.limit() as u64 {
                    return Err(Errno::EINVAL.into());
                }
                let is_kept = command as u32 == F_DUPFD;
                self.duplicate(fd, lowest, if is_kept { OnExec::Keep } else { OnExec::Close })
            }
            F_GETFD => Ok(usize::from(descriptor.on_exec == OnExec::Close)),
            F_SETFD => {
                let on_exec = if argument & FD_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
                self.processes.current_mut().descriptors.set_on_exec(fd, on_exec)?;
                Ok(0)
            }
            F_GETFL => Ok(self.files.open.get(descriptor.file).flags as usize),
            _ if self.files.open.get(descriptor.file).object == Object::Path => {
                Err(Errno::EBADF.into())
            }
            F_SETFL => {
                let file = self.files.open.get_mut(descriptor.file);
                if argument as u32 & !file.flags & O_NOATIME != 0
                    && let Some(inode) = file.inode
                {
                    self.storage.fs.check_owner(inode)?;
                }
                file.flags = file.flags & !CHANGEABLE | argument as u32 & CHANGEABLE;
                // Where a write goes may have changed with O_APPEND.
                file.window = Window::NONE;
                Ok(0)
            }
            F_GETLK | F_SETLK | F_SETLKW | F_OFD_GETLK | F_OFD_SETLK | F_OFD_SETLKW => {
                let (call, of) = match command as u32 {
                    F_GETLK => (LockCall::Ask, LockOf::Process),
                    F_SETLK => (LockCall::Try, LockOf::Process),
                    F_SETLKW => (LockCall::Wait, LockOf::Process),
                    F_OFD_GETLK => (LockCall::Ask, LockOf::OpenFile),
                    F_OFD_SETLK => (LockCall::Try, LockOf::OpenFile),
                    _ => (LockCall::Wait, LockOf::OpenFile),
                };
                self.record_lock(descriptor.file, call, of, argument)
            }
            F_SETOWN | F_GETOWN | F_SETOWN_EX | F_GETOWN_EX | F_SETSIG | F_GETSIG => {
                self.file_owner(descriptor.file, command as u32, argument)
            }
            F_SETPIPE_SZ | F_GETPIPE_SZ => {
                self.pipe_size(descriptor.file, argument, command as u32)
            }
            F_ADD_SEALS => self.add_seals(descriptor.file, argument),
            F_GET_SEALS => match self.files.open.get(descriptor.file).object {
                Object::Regular(inode) => Ok(self.storage.fs.seals(inode).bits() as usize),
                _ => Err(Errno::EINVAL.into()),
            },
            _ => Err(Errno::EINVAL.into()),
        }
    }

    /// Whom signals of an open file would be for.
    #[inline(never)]
    fn file_owner(&mut self, id: FileId, command: u32, argument: u64) -> Outcome {
        const SIGNALS: u64 = 64;
        let owner = self.files.open.get(id).owner;
        let kind = u32::from(owner.kind);
        let is_there = self.is_somebody(kind, owner.number);
        let number = if is_there { owner.number } else { 0 };
        match command {
            F_GETSIG => return Ok(owner.signal.into()),
            F_GETOWN if kind == GROUP => return Ok((number as usize).wrapping_neg()),
            F_GETOWN => return Ok(number as usize),
            F_GETOWN_EX => {
                let [kind, number] = [kind, number].map(u32::to_le_bytes);
                self.copy_out(argument, &[kind, number].concat())?;
                return Ok(0);
            }
            F_SETSIG if argument > SIGNALS => return Err(Errno::EINVAL.into()),
            F_SETSIG => {
                self.files.open.get_mut(id).owner.signal = argument as u8;
                return Ok(0);
            }
            _ => {}
        }
        let (kind, number) = match command {
            F_SETOWN_EX => (self.read_u32(argument)?, self.read_u32(argument.wrapping_add(4))?),
            _ => match argument as i32 {
                i32::MIN => return Err(Errno::EINVAL.into()),
                number if number < 0 => (GROUP, number.unsigned_abs()),
                number => (PROCESS, number as u32),
            },
        };
        if kind > GROUP {
            return Err(Errno::EINVAL.into());
        }
        if number != 0 && !self.is_somebody(kind, number) {
            return Err(Errno::ESRCH.into());
        }
        let owner = &mut self.files.open.get_mut(id).owner;
        (owner.kind, owner.number) = (kind as u8, number);
        Ok(0)
    }

    /// Is there a thread, a process or a group of this number?
    fn is_somebody(&self, kind: u32, number: u32) -> bool {
        let number = Pid(number);
        match kind {
            PROCESS => self.processes.find(number).is_some(),
            GROUP => self.processes.iter().any(|(_, process)| process.group == number),
            _ => self.processes.find_thread(number).is_some(),
        }
    }

    fn add_seals(&mut self, file: FileId, seals: u64) -> Outcome {
        let seals = u32::try_from(seals).map_err(|_| Errno::EINVAL)?;
        let file = self.files.open.get(file);
        if !file.is_writable() {
            return Err(Errno::EPERM.into());
        }
        let seals = Seals::from_bits(seals).ok_or(Errno::EINVAL)?;
        let Object::Regular(inode) = file.object else {
            return Err(Errno::EINVAL.into());
        };
        let old = self.storage.fs.seals(inode);
        let may_be_stored_to = |area: &Area| matches!(area.kind, AreaKind::WritableFile(_));
        let mut spaces = self.processes.iter().filter_map(|(_, process)| process.space.as_ref());
        if !old.contains(Seals::SEAL)
            && seals.contains(Seals::WRITE)
            && spaces.any(|space| space.mappings_of(inode).any(may_be_stored_to))
        {
            return Err(Errno::EBUSY.into());
        }
        self.storage.fs.add_seals(inode, seals)?;
        Ok(0)
    }

    fn pipe_size(&mut self, file: FileId, wanted: u64, command: u32) -> Outcome {
        let pipe = match self.files.open.get(file).object {
            Object::PipeReader(pipe) | Object::PipeWriter(pipe) => pipe,
            Object::Duplex(duplex) if !duplex.is_socket() => duplex.reads,
            _ => return Err(Errno::EBADF.into()),
        };
        let pipe = self.files.pipes.at(pipe);
        match command {
            F_SETPIPE_SZ if wanted > 1 << 31 => Err(Errno::EINVAL.into()),
            F_SETPIPE_SZ => Ok(pipe.set_capacity(wanted as usize)?),
            _ => Ok(pipe.capacity()),
        }
    }
}
