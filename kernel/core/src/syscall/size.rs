//! Offsets and sizes of files: lseek(2), truncate(2), fallocate(2), fsync(2).

use super::Outcome;
use super::grant::{Io, User};
use super::names::{AT_FDCWD, Target};
use crate::errno::Errno;
use crate::files::open::Object;
use crate::fs::{FILE_SIZE_MAX, FileKind, FileSystem, Follow, InodeId, WRITE};
use crate::machine::Machine;
use crate::storage::Storage;
use core::ops::Range;

impl<M: Machine> Io<'_, '_, M> {
    #[inline]
    pub(super) fn sys_lseek(&mut self, fd: u64, offset: u64, whence: u64) -> Outcome {
        let id = self.id(fd)?;
        Ok(self.seek(id, offset, whence as u32)? as usize)
    }

    pub(super) fn sys_truncate(&mut self, path: u64, length: u64) -> Outcome {
        check_size(length)?;
        let path = self.path_name(path)?;
        let Target::Inode(inode) = self.names().target(AT_FDCWD as u64, &path, Follow::Yes)? else {
            return Err(Errno::EINVAL.into());
        };
        let kind = self.storage.fs.kind(inode);
        match kind {
            FileKind::File => {}
            FileKind::Proc(node) if !node.is_link() => {}
            FileKind::Directory => return Err(Errno::EISDIR.into()),
            _ => return Err(Errno::EINVAL.into()),
        }
        self.storage.fs.check(inode, WRITE)?;
        if kind != FileKind::File {
            return Ok(0); // a text has no size
        }
        self.storage.fs.refuse_if_running(inode)?;
        self.set_size(inode, length)
    }

    pub(super) fn sys_ftruncate(&mut self, fd: u64, length: u64) -> Outcome {
        check_size(length)?;
        let file = self.file(fd)?;
        match file.object {
            Object::Path => Err(Errno::EBADF.into()),
            Object::Regular(inode) if file.is_writable() => self.set_size(inode, length),
            Object::Text(..) if file.is_writable() => Ok(0),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    fn set_size(&mut self, inode: InodeId, length: u64) -> Outcome {
        self.resize(inode, length)?;
        Ok(0)
    }

    /// Cuts a file, or makes it longer; mappings that share its pages lose those that it loses.
    #[inline(never)]
    pub(super) fn resize(&mut self, inode: InodeId, length: u64) -> Result<(), Errno> {
        if length > self.storage.fs.size(inode) {
            // The last byte must be one that may be written.
            self.room_for_file(length - 1)?;
        }
        self.storage.fs.check_new_size(inode, length)?;
        self.observer().write(inode, length > 0);
        if length < self.storage.fs.size(inode) {
            self.drop_shared_pages(inode, &(length..u64::MAX));
        }
        let Storage { fs, pool, machine } = &mut *self.storage;
        fs.set_size(inode, length, pool, machine)
    }

    /// FALLOC_FL_PUNCH_HOLE: mappings that share the file's pages see the zeros.
    fn punch(&mut self, inode: InodeId, bytes: Range<u64>) -> Outcome {
        if self.storage.fs.seals(inode).forbid_writes() {
            return Err(Errno::EPERM.into());
        }
        self.observer().write(inode, true);
        self.drop_shared_pages(inode, &bytes);
        let Storage { fs, pool, machine } = &mut *self.storage;
        fs.punch(inode, bytes, pool, machine)?;
        Ok(0)
    }

    /// Takes the pages within these bytes out of all mappings that share them.
    fn drop_shared_pages(&mut self, inode: InodeId, bytes: &Range<u64>) {
        if !self.storage.fs.is_shared(inode) {
            return;
        }
        for slot in self.processes.slots() {
            let process = self.processes.get_mut(slot);
            if let Some(space) = process.and_then(|process| process.space.as_mut()) {
                space.drop_file_pages(self.storage, inode, bytes);
            }
        }
    }

    /// Holes; and allocation in advance: the file grows by a hole, frames come with the writes.
    pub(super) fn sys_fallocate(
        &mut self,
        fd: u64,
        mode: u64,
        offset: u64,
        length: u64,
    ) -> Outcome {
        let mode = mode as u32 as u64;
        let file = self.file(fd)?;
        if file.object == Object::Path {
            return Err(Errno::EBADF.into());
        }
        if (offset as i64) < 0 || (length as i64) <= 0 {
            return Err(Errno::EINVAL.into());
        }
        check_mode(mode)?;
        if !file.is_writable() {
            return Err(Errno::EBADF.into());
        }
        let inode = match file.object {
            Object::Regular(inode) => inode,
            Object::PipeWriter(_) => return Err(Errno::ESPIPE.into()),
            Object::Text(..) => return Err(Errno::EOPNOTSUPP.into()),
            Object::Duplex(duplex) if !duplex.is_socket() => return Err(Errno::ESPIPE.into()),
            _ => return Err(Errno::ENODEV.into()),
        };
        let end =
            offset.checked_add(length).filter(|&end| end <= FILE_SIZE_MAX).ok_or(Errno::EFBIG)?;
        if mode == KEEP_SIZE | PUNCH_HOLE {
            return self.punch(inode, offset..end);
        }
        if mode > KEEP_SIZE {
            return Err(Errno::EOPNOTSUPP.into());
        }
        if end > self.storage.fs.size(inode) {
            self.storage.fs.check_new_size(inode, end)?;
        }
        match mode {
            0 if end > self.storage.fs.size(inode) => self.set_size(inode, end),
            _ => Ok(0),
        }
    }

    /// Memory is all there is: what was written is as safe as it will ever be.
    pub(super) fn sys_fsync(&mut self, fd: u64) -> Outcome {
        let file = self.file(fd)?;
        match file.object {
            Object::Path => Err(Errno::EBADF.into()),
            Object::Directory(inode) if self.storage.fs.file_system(inode) == FileSystem::Proc => {
                Err(Errno::EINVAL.into())
            }
            Object::Regular(_) | Object::Directory(_) => Ok(0),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    /// The file system of any file that is open.
    pub(super) fn sys_syncfs(&mut self, fd: u64) -> Outcome {
        match self.file(fd)?.object {
            Object::Path => Err(Errno::EBADF.into()),
            _ => Ok(0),
        }
    }

    pub(super) fn sys_sync_file_range(
        &mut self,
        fd: u64,
        offset: u64,
        length: u64,
        flags: u64,
    ) -> Outcome {
        const FLAGS: u64 = 7;
        let file = self.file(fd)?;
        if file.object == Object::Path {
            return Err(Errno::EBADF.into());
        }
        let end = offset.wrapping_add(length);
        let is_range = (offset as i64) >= 0 && (end as i64) >= (offset as i64);
        if u64::from(flags as u32) & !FLAGS != 0 || !is_range {
            return Err(Errno::EINVAL.into());
        }
        match file.object {
            Object::PipeReader(_) | Object::PipeWriter(_) | Object::Terminal => {
                Err(Errno::ESPIPE.into())
            }
            Object::Regular(_) | Object::Directory(_) | Object::Text(..) => Ok(0),
            _ => Err(Errno::ESPIPE.into()),
        }
    }

    pub(super) fn sys_readahead(&mut self, fd: u64) -> Outcome {
        let file = self.file(fd)?;
        match file.object {
            _ if !file.is_readable() => Err(Errno::EBADF.into()),
            Object::Regular(_) | Object::Text(..) => Ok(0),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    /// posix_fadvise(2).
    pub(super) fn sys_fadvise64(&mut self, fd: u64, length: u64, advice: u64) -> Outcome {
        const ADVICE: u32 = 6;
        match self.file(fd)?.object {
            Object::Path => Err(Errno::EBADF.into()),
            Object::PipeReader(_) | Object::PipeWriter(_) => Err(Errno::ESPIPE.into()),
            Object::Duplex(duplex) if !duplex.is_socket() => Err(Errno::ESPIPE.into()),
            _ if (length as i64) < 0 || advice as u32 >= ADVICE => Err(Errno::EINVAL.into()),
            _ => Ok(0),
        }
    }
}

/// FALLOC_FL_KEEP_SIZE.
const KEEP_SIZE: u64 = 1;
/// FALLOC_FL_PUNCH_HOLE.
const PUNCH_HOLE: u64 = 2;

/// Modes of fallocate that go together: who asks for one that is not there is told so last.
fn check_mode(mode: u64) -> Result<(), Errno> {
    const COLLAPSE_RANGE: u64 = 8;
    const ZERO_RANGE: u64 = 16;
    const INSERT_RANGE: u64 = 32;
    const UNSHARE_RANGE: u64 = 64;
    const ALL: u64 =
        KEEP_SIZE | PUNCH_HOLE | COLLAPSE_RANGE | ZERO_RANGE | INSERT_RANGE | UNSHARE_RANGE;
    let has = |flag: u64| mode & flag != 0;
    if mode & !ALL != 0 || has(PUNCH_HOLE) && (has(ZERO_RANGE) || !has(KEEP_SIZE)) {
        return Err(Errno::EOPNOTSUPP);
    }
    let is_alone = |flag: u64, with: u64| !has(flag) || mode & !(flag | with) == 0;
    match is_alone(COLLAPSE_RANGE, 0)
        && is_alone(INSERT_RANGE, 0)
        && is_alone(UNSHARE_RANGE, KEEP_SIZE)
    {
        true => Ok(()),
        false => Err(Errno::EINVAL),
    }
}

/// A size below zero is an error before any other.
fn check_size(length: u64) -> Result<(), Errno> {
    match length {
        0..=FILE_SIZE_MAX => Ok(()),
        _ => Err(Errno::EINVAL),
    }
}
