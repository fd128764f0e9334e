//! The working directory, and the names in a directory.

use super::Outcome;
use super::grant::{Io, Names, User};
use super::names::{AT_FDCWD, Target, show_threads};
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::files::open::Object;
use crate::fs::{EXECUTE, Follow, InodeId, PATH_MAX};
use crate::machine::Machine;

impl<M: Machine> Names<'_, '_, M> {
    pub(super) fn sys_chdir(&mut self, path: u64) -> Outcome {
        let path = self.path_name(path)?;
        match self.target(AT_FDCWD as u64, &path, Follow::Yes)? {
            Target::Inode(inode) => self.change_directory(inode),
            Target::File(_) => Err(Errno::ENOTDIR.into()),
        }
    }

    pub(super) fn sys_fchdir(&mut self, fd: u64) -> Outcome {
        let id = self.processes.current().descriptors.file(fd)?;
        self.change_directory(self.files.open.get(id).inode.ok_or(Errno::ENOTDIR)?)
    }

    fn change_directory(&mut self, inode: InodeId) -> Outcome {
        if !self.storage.fs.is_directory(inode) {
            return Err(Errno::ENOTDIR.into());
        }
        self.storage.fs.check(inode, EXECUTE)?;
        self.storage.fs.hold(inode);
        let old = core::mem::replace(&mut self.processes.current_mut().directory, inode);
        self.storage.fs.drop_hold(old, &mut self.storage.pool);
        Ok(0)
    }
}

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_getcwd(&mut self, into: u64, size: u64) -> Outcome {
        let directory = self.processes.current().directory;
        if !self.storage.fs.is_linked(directory) {
            return Err(Errno::ENOENT.into());
        }
        self.observer().path(directory);
        let mut path = self.storage.fs.path_of(directory)?;
        path.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        path.push(0);
        if path.len() > PATH_MAX {
            return Err(Errno::ENAMETOOLONG.into());
        }
        if (path.len() as u64) > size {
            return Err(Errno::ERANGE.into());
        }
        self.copy_out(into, &path)?;
        Ok(path.len())
    }

    /// Before a folder of /proc is listed: all that could be found in it is there.
    fn show_what_is_there(&mut self, folder: InodeId) -> Result<(), Errno> {
        if let Some(process) = self.storage.fs.shows_descriptors(folder) {
            let slot = self.processes.process_or_self(process.into())?;
            for (fd, _) in self.processes.at(slot).descriptors.iter() {
                self.storage.fs.show_descriptor(folder, fd)?;
            }
        }
        if let Some(process) = self.storage.fs.shows_threads(folder) {
            let slot = self.processes.process_or_self(process.into())?;
            show_threads(self.processes.at(slot), self.storage)?;
        }
        if self.storage.fs.is_proc(folder) {
            self.storage.fs.show_processes()?;
        }
        Ok(())
    }

    /// `struct linux_dirent64`: inode, offset, length of the record, type, name with its NUL, padded to 8.
    #[inline(never)]
    pub(super) fn sys_getdents64(&mut self, fd: u64, into: u64, size: u64) -> Outcome {
        const HEAD: usize = 19;
        const LONGEST: usize = (HEAD + 256).next_multiple_of(8);
        let id = self.processes.current_mut().descriptors.file(fd)?;
        let inode = match self.files.open.get(id).object {
            Object::Directory(inode) => inode,
            Object::Path => return Err(Errno::EBADF.into()),
            _ => return Err(Errno::ENOTDIR.into()),
        };
        if !self.storage.fs.is_linked(inode) {
            return Err(Errno::ENOENT.into());
        }
        let mut cookie = self.files.open.get(id).offset;
        if cookie == 0 {
            self.show_what_is_there(inode)?;
        }
        self.observer().names(inode);
        let size = size.min(i32::MAX as u64) as usize;
        let mut done = 0;
        while let Some(entry) = self.storage.fs.entry_after(inode, cookie) {
            if self.processes.is_gone(entry.inode, &self.storage.fs) {
                cookie = entry.cookie;
                continue;
            }
            let length = (HEAD + entry.name.len() + 1).next_multiple_of(8);
            if length > size - done {
                if done == 0 {
                    return Err(Errno::EINVAL.into());
                }
                break;
            }
            let mut record = [0; LONGEST];
            record[..8].copy_from_slice(&(u64::from(entry.inode.0) + 1).to_le_bytes());
            record[8..16].copy_from_slice(&entry.cookie.to_le_bytes());
            record[16..18].copy_from_slice(&(length as u16).to_le_bytes());
            record[18] = entry.file_type.directory_type();
            record[HEAD..HEAD + entry.name.len()].copy_from_slice(entry.name);
            cookie = entry.cookie;
            let to = UserAddr(into.wrapping_add(done as u64));
            let space = self.processes.current_mut().space.as_mut().ok_or(Errno::EFAULT)?;
            space.copy_out(self.storage, to, &record[..length])?;
            done += length;
        }
        self.files.open.get_mut(id).offset = cookie;
        Ok(done)
    }
}
