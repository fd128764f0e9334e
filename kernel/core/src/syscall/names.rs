//! Paths: what a name stands for, and the calls that make, move and remove names.

use alloc::vec::Vec;

use super::Outcome;
use super::grant::{Io, Names, User};
use crate::errno::Errno;
use crate::files::Files;
use crate::files::open::Object;
use crate::fs::{Capabilities, Device, FileKind, Follow, Fs, InodeId, ProcFile, ProcNode, Rename};
use crate::machine::Machine;
use crate::process::Process;
use crate::process::descriptors::FileId;
use crate::process::table::Processes;
use crate::storage::Storage;
use crate::text::zeros;

pub(super) const AT_FDCWD: i32 = -100;
pub(super) const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
pub(super) const AT_SYMLINK_FOLLOW: u64 = 0x400;
pub(super) const AT_EMPTY_PATH: u64 = 0x1000;
const AT_REMOVEDIR: u64 = 0x200;

/// What a path or a descriptor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An inode.
    Inode(InodeId),
    /// An open file that has no inode: a pipe.
    File(FileId),
}

impl<M: Machine> Names<'_, '_, M> {
    /// Where a path starts that was given together with a directory descriptor.
    #[inline(never)]
    pub(super) fn start_of(&self, fd: u64, path: &[u8]) -> Result<InodeId, Errno> {
        match path.first() {
            None => return Err(Errno::ENOENT),
            Some(b'/') => return Ok(InodeId::ROOT),
            Some(_) => {}
        }
        if fd as i32 == AT_FDCWD {
            return Ok(self.processes.current().directory);
        }
        let inode = self
            .files
            .open
            .get(self.processes.current().descriptors.file(fd)?)
            .inode
            .ok_or(Errno::ENOTDIR)?;
        if self.storage.fs.is_directory(inode) { Ok(inode) } else { Err(Errno::ENOTDIR) }
    }

    /// The inode or pipe that a path names.
    #[inline(never)]
    pub(super) fn target(&mut self, fd: u64, path: &[u8], follow: Follow) -> Result<Target, Errno> {
        let start = self.start_of(fd, path)?;
        let inode = match self.resolve(start, path, follow) {
            Err(Errno::ENOENT) if self.show_for(start, path)? => {
                self.resolve(start, path, follow)?
            }
            Ok(inode) if self.storage.fs.is_own_folder(inode) => {
                self.storage.fs.show_processes()?;
                self.resolve(start, path, follow)?
            }
            inode => inode?,
        };
        self.check_present(inode)?;
        match self.storage.fs.kind(inode) {
            FileKind::Proc(node) if node.is_link() && follow == Follow::Yes => {
                self.processes.proc_target(node, self.files)
            }
            _ => Ok(Target::Inode(inode)),
        }
    }

    /// The inode of a path, links of /proc in its midst followed.
    fn resolve(&self, start: InodeId, path: &[u8], follow: Follow) -> Result<InodeId, Errno> {
        let beyond = |link| self.processes.folder_of(link, self.files);
        self.storage.fs.resolve_beyond(start, path, follow, &beyond)
    }

    /// As [`Self::target`]; with AT_EMPTY_PATH an empty path means the descriptor itself.
    #[inline(never)]
    pub(super) fn target_or_descriptor(
        &mut self,
        fd: u64,
        path: &[u8],
        flags: u64,
    ) -> Result<Target, Errno> {
        if path.is_empty() && flags & AT_EMPTY_PATH != 0 {
            if fd as i32 == AT_FDCWD {
                return Ok(Target::Inode(self.processes.current().directory));
            }
            return Ok(self.target_of(self.processes.current().descriptors.file(fd)?));
        }
        let follow = if flags & AT_SYMLINK_NOFOLLOW != 0 { Follow::No } else { Follow::Yes };
        self.target(fd, path, follow)
    }

    /// What an open file stands for.
    pub(super) fn target_of(&self, id: FileId) -> Target {
        self.files.open.get(id).inode.map_or(Target::File(id), Target::Inode)
    }

    /// A path led nowhere: what of /proc it could mean is made. Is it worth another try?
    pub(super) fn show_for(&mut self, start: InodeId, path: &[u8]) -> Result<bool, Errno> {
        let mut is_shown = self.storage.fs.show_for(start, path)?;
        let names = |part: &[u8]| path.windows(part.len()).any(|window| window == part);
        if names(b"task") || names(b"thread") || self.storage.fs.shows_threads(start).is_some() {
            for (_, process) in self.processes.iter().filter(|(_, process)| process.has_threads()) {
                show_threads(process, self.storage)?;
                is_shown = true;
            }
        }
        Ok(is_shown)
    }

    /// A node of /proc is for what is there.
    ///
    /// # Errors
    /// ENOENT.
    fn check_present(&self, inode: InodeId) -> Result<(), Errno> {
        match self.processes.is_gone(inode, &self.storage.fs) {
            true => Err(Errno::ENOENT),
            false => Ok(()),
        }
    }

    /// The directory of a path's last name, and the path, whose tail is the name.
    #[inline(never)]
    fn parent(&mut self, fd: u64, path: u64) -> Result<(InodeId, Vec<u8>, usize), Errno> {
        let path = self.path_name(path)?;
        let start = self.start_of(fd, &path)?;
        let beyond = |link| self.processes.folder_of(link, self.files);
        let (directory, name) = self.storage.fs.resolve_parent_beyond(start, &path, &beyond)?;
        let at = path.len() - name.len();
        Ok((directory, path, at))
    }
}

impl Processes {
    /// Is it of /proc, for a descriptor or a thread that is no more?
    pub(super) fn is_gone(&self, inode: InodeId, fs: &Fs) -> bool {
        let (number, file) = match fs.kind(inode) {
            FileKind::Proc(ProcNode::Of(number, file)) => (number, Some(file)),
            _ => match fs.thread_of_folder(inode) {
                Some(number) => (number, None),
                None => return false,
            },
        };
        match (self.process_or_self(number.into()), file) {
            (Ok(slot), Some(ProcFile::Descriptor(fd))) => {
                self.at(slot).descriptors.file(fd.into()).is_err()
            }
            (slot, _) => slot.is_err(),
        }
    }

    /// What a link in the folder of a process stands for.
    fn proc_target(&self, node: ProcNode, files: &Files) -> Result<Target, Errno> {
        let ProcNode::Of(process, file) = node else {
            return Err(Errno::EINVAL);
        };
        self.check_inspect(process)?;
        let slot = self.process_or_self(process.into())?;
        proc_target(self.at(slot), files, file)
    }

    /// The inode that one stands for in the midst of a path.
    pub(super) fn folder_of(&self, link: ProcNode, files: &Files) -> Result<InodeId, Errno> {
        match self.proc_target(link, files)? {
            Target::Inode(inode) => Ok(inode),
            Target::File(_) => Err(Errno::ENOTDIR),
        }
    }

    /// The caller may look into the process of this number, or its own, 0.
    ///
    /// # Errors
    /// EACCES; ESRCH where it is no more.
    pub(super) fn check_inspect(&self, process: u32) -> Result<(), Errno> {
        let slot = self.process_or_self(process.into())?;
        let (own, other) = (self.current(), self.at(slot));
        if own.pid == other.pid || own.credentials.may_inspect(&other.credentials) {
            return Ok(());
        }
        Err(Errno::EACCES)
    }
}

/// The threads of a process have folders in /proc, and no others.
pub(super) fn show_threads<M: Machine>(
    process: &Process,
    storage: &mut Storage<'_, M>,
) -> Result<(), Errno> {
    let mut threads = Vec::new();
    threads.try_reserve(process.threads().count() + 1).map_err(|_| Errno::ENOMEM)?;
    threads.extend(process.threads().map(|thread| thread.tid.0));
    // The first one is there as long as the process.
    if process.thread_with(process.pid).is_none() {
        threads.push(process.pid.0);
    }
    threads.sort_unstable();
    storage.fs.show_threads(process.pid.0, &threads, &mut storage.pool)
}

/// What a link in the folder of this process stands for.
fn proc_target(process: &Process, files: &Files, file: ProcFile) -> Result<Target, Errno> {
    match file {
        ProcFile::Exe => process.program.map(Target::Inode).ok_or(Errno::ENOENT),
        ProcFile::Cwd | ProcFile::Root if process.is_zombie() => Err(Errno::ENOENT),
        ProcFile::Cwd => Ok(Target::Inode(process.directory)),
        ProcFile::Root => Ok(Target::Inode(InodeId::ROOT)),
        ProcFile::Descriptor(fd) => match process.descriptors.file(fd.into()) {
            Ok(id) => Ok(files.open.get(id).inode.map_or(Target::File(id), Target::Inode)),
            Err(_) => Err(Errno::ENOENT),
        },
        _ => Err(Errno::EINVAL),
    }
}

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_mkdirat(&mut self, fd: u64, path: u64, mode: u64) -> Outcome {
        let (directory, path, name) = self.names().parent(fd, path)?;
        let permissions = self.processes.current().masked(mode) & 0o1777;
        let made = self.storage.fs.create_directory(directory, &path[name..], permissions)?;
        self.observer().made(made, directory);
        Ok(0)
    }

    pub(super) fn sys_unlinkat(&mut self, fd: u64, path: u64, flags: u64) -> Outcome {
        let flags = u64::from(flags as u32);
        if flags & !AT_REMOVEDIR != 0 {
            return Err(Errno::EINVAL.into());
        }
        let (directory, path, name) = self.names().parent(fd, path)?;
        if flags & AT_REMOVEDIR != 0 {
            self.storage.fs.remove_directory(directory, &path[name..], &mut self.storage.pool)?;
        } else {
            self.storage.fs.unlink(directory, &path[name..], &mut self.storage.pool)?;
        }
        self.observer().names_changed(directory);
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn sys_linkat(
        &mut self,
        old_fd: u64,
        old: u64,
        new_fd: u64,
        new: u64,
        flags: u64,
    ) -> Outcome {
        if flags & !(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let fs = &self.storage.fs;
        if flags & AT_EMPTY_PATH != 0 && !fs.is_capable(Capabilities::DAC_READ_SEARCH) {
            return Err(Errno::ENOENT.into());
        }
        let old = self.path_name(old)?;
        let no_follow = if flags & AT_SYMLINK_FOLLOW != 0 { 0 } else { AT_SYMLINK_NOFOLLOW };
        let target =
            self.names().target_or_descriptor(old_fd, &old, flags & AT_EMPTY_PATH | no_follow)?;
        let Target::Inode(inode) = target else {
            return Err(Errno::EXDEV.into());
        };
        let (directory, path, name) = self.names().parent(new_fd, new)?;
        self.storage.fs.link(inode, directory, &path[name..])?;
        self.observer().named(inode, directory);
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn sys_renameat2(
        &mut self,
        old_fd: u64,
        old: u64,
        new_fd: u64,
        new: u64,
        flags: u64,
    ) -> Outcome {
        let how = match flags as u32 {
            0 => Rename::Replace,
            1 => Rename::NoReplace,
            2 => Rename::Exchange,
            _ => return Err(Errno::EINVAL.into()),
        };
        let (old_directory, old, old_name) = self.names().parent(old_fd, old)?;
        let (new_directory, new, new_name) = self.names().parent(new_fd, new)?;
        let pool = &mut self.storage.pool;
        self.storage.fs.rename(
            old_directory,
            &old[old_name..],
            new_directory,
            &new[new_name..],
            how,
            pool,
        )?;
        for (directory, name) in
            [(old_directory, &old[old_name..]), (new_directory, &new[new_name..])]
        {
            // What stands there now has got this name; at the old place that is what was exchanged.
            match self.storage.fs.resolve(directory, name, Follow::No) {
                Ok(file) => self.observer().named(file, directory),
                Err(_) => self.observer().names_changed(directory),
            }
        }
        Ok(0)
    }

    /// Regular files, FIFOs, and nodes of the devices that the kernel has.
    pub(super) fn sys_mknodat(&mut self, fd: u64, path: u64, mode: u64, device: u64) -> Outcome {
        const S_IFMT: u64 = 0o170_000;
        const S_IFIFO: u64 = 0o010_000;
        const S_IFCHR: u64 = 0o020_000;
        const S_IFDIR: u64 = 0o040_000;
        const S_IFBLK: u64 = 0o060_000;
        const S_IFREG: u64 = 0o100_000;
        const S_IFSOCK: u64 = 0o140_000;
        let kind = mode & S_IFMT;
        let device = match kind {
            0 | S_IFREG | S_IFIFO => None,
            S_IFCHR => Some(Device::of_number(u64::from(device as u32)).ok_or(Errno::EPERM)?),
            S_IFDIR | S_IFBLK | S_IFSOCK => return Err(Errno::EPERM.into()),
            _ => return Err(Errno::EINVAL.into()),
        };
        let (directory, path, name) = self.names().parent(fd, path)?;
        let permissions = self.processes.current().masked(mode);
        let fs = &mut self.storage.fs;
        if device.is_some() {
            fs.check_new_device(directory, &path[name..])?;
        }
        fs.check_new(directory, &path[name..])?;
        let file = match kind {
            0 | S_IFREG => fs.create_file(directory, &path[name..], permissions)?,
            _ => fs.create_special(directory, &path[name..], device, permissions)?,
        };
        self.observer().made(file, directory);
        Ok(0)
    }

    pub(super) fn sys_symlinkat(&mut self, target: u64, fd: u64, path: u64) -> Outcome {
        let target = self.path_name(target)?;
        if target.is_empty() {
            return Err(Errno::ENOENT.into());
        }
        let (directory, path, name) = self.names().parent(fd, path)?;
        let link = self.storage.fs.symlink(directory, &path[name..], &target)?;
        self.observer().made(link, directory);
        Ok(0)
    }

    pub(super) fn sys_readlinkat(&mut self, fd: u64, path: u64, into: u64, size: u64) -> Outcome {
        if size as i32 <= 0 {
            return Err(Errno::EINVAL.into());
        }
        let path = self.path_name(path)?;
        let target =
            self.names().target_or_descriptor(fd, &path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)?;
        let Target::Inode(inode) = target else {
            return Err(Errno::EINVAL.into());
        };
        let size = usize::try_from(size as i32).unwrap_or(0);
        let text = match self.storage.fs.kind(inode) {
            FileKind::Proc(node) if node.is_link() => self.proc_link_text(node)?,
            FileKind::Symlink => {
                self.observer().read(inode);
                let target = self.storage.fs.readlink(inode)?;
                let mut text = zeros(target.len())?;
                text.copy_from_slice(target);
                text
            }
            // An empty path with a descriptor that is no link: as Linux says it.
            _ if path.is_empty() => return Err(Errno::ENOENT.into()),
            _ => return Err(Errno::EINVAL.into()),
        };
        let length = text.len().min(size);
        self.copy_out(into, &text[..length])?;
        Ok(length)
    }

    /// What readlink shows of a link of /proc.
    fn proc_link_text(&mut self, node: ProcNode) -> Result<Vec<u8>, Errno> {
        let own = self.processes.current();
        let (process, file) = match node {
            ProcNode::Of(process, file) => (process, file),
            ProcNode::Own => return Ok(alloc::format!("{}", own.pid.0).into_bytes()),
            ProcNode::OwnThread => {
                let text = alloc::format!("{}/task/{}", own.pid.0, own.thread.tid.0);
                return Ok(text.into_bytes());
            }
            _ => return Err(Errno::EINVAL),
        };
        self.processes.check_inspect(process)?;
        let process = self.processes.at(self.processes.process_or_self(process.into())?);
        match proc_target(process, self.files, file)? {
            Target::Inode(inode) => {
                self.observer().path(inode);
                self.storage.fs.path_of(inode)
            }
            Target::File(id) => {
                let name = match self.files.open.get(id).object {
                    Object::Duplex(duplex) => alloc::format!("socket:[{}]", duplex.reads),
                    Object::Count(..) => "anon_inode:[eventfd]".into(),
                    Object::Timer(_) => "anon_inode:[timerfd]".into(),
                    Object::Signals(_) => "anon_inode:[signalfd]".into(),
                    Object::Process(_) => "anon_inode:[pidfd]".into(),
                    _ => "anon_inode:[eventpoll]".into(),
                };
                Ok(name.into_bytes())
            }
        }
    }
}
