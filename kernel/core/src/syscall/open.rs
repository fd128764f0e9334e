//! openat(2): from a path to a descriptor.

use alloc::vec::Vec;

use super::Outcome;
use super::grant::{Io, User};
use super::names::Target;
use crate::errno::Errno;
use crate::files::open::{
    Duplex, DuplexKind, O_ACCMODE, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECT, O_DIRECTORY, O_EXCL,
    O_NOATIME, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_RDWR, O_TMPFILE, O_TRUNC, O_WRONLY,
    Object, OpenFile,
};
use crate::files::pipes::Moved;
use crate::fs::{
    Create, Device, FileKind, Follow, InodeId, Linkable, Opened, ProcNode, READ, WRITE,
};
use crate::machine::Machine;
use crate::process::Opening;
use crate::process::descriptors::OnExec;

/// Set for every file that was opened by name: a 64-bit Linux says so too.
const O_LARGEFILE: u32 = 0o400000;
/// All flags that open knows; others are ignored, as Linux does.
const KNOWN: u32 = O_ACCMODE
    | O_CREAT
    | O_EXCL
    | O_NOCTTY
    | O_TRUNC
    | O_APPEND
    | O_NONBLOCK
    | O_DIRECTORY
    | O_NOFOLLOW
    | O_CLOEXEC
    | O_PATH
    | O_TMPFILE
    | 0o4010000
    | 0o20000
    | O_DIRECT
    | O_LARGEFILE
    | O_NOATIME;
/// Flags that are about the opening only and are not kept.
const OF_OPENING: u32 = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_openat(&mut self, fd: u64, path: u64, flags: u64, mode: u64) -> Outcome {
        if let Some(opening) = self.processes.current_mut().thread.opening.take() {
            return self.await_other_end(opening);
        }
        let path = self.path_name(path)?;
        let mut flags = flags as u32 & KNOWN | O_LARGEFILE;
        if flags & O_PATH != 0 {
            flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        }
        if flags & O_TMPFILE != 0 {
            return self.open_unnamed(fd, &path, flags, mode);
        }
        if flags & O_CREAT != 0 && flags & O_DIRECTORY != 0 {
            return Err(Errno::EINVAL.into());
        }
        // Before anything is created: a full table must not leave a file behind.
        self.processes.current_mut().descriptors.lowest_free(0)?;
        let (target, is_new) = self.find_or_create(fd, &path, flags, mode)?;
        let on_exec = if flags & O_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
        let file = match target {
            Target::Inode(inode)
                if self.storage.fs.kind(inode) == FileKind::Fifo && flags & O_PATH == 0 =>
            {
                return self.open_fifo(inode, flags, on_exec);
            }
            Target::Inode(inode) => self.open_inode(inode, flags, is_new)?,
            // A socket behind /proc/self/fd/N, and what has no name at all.
            Target::File(_) => return Err(Errno::ENXIO.into()),
        };
        Ok(self.add_file(file, on_exec)? as usize)
    }

    /// O_TMPFILE: a file without a name, in the file system of a directory.
    #[inline(never)]
    fn open_unnamed(&mut self, fd: u64, path: &[u8], flags: u32, mode: u64) -> Outcome {
        if flags & O_DIRECTORY == 0 || flags & O_CREAT != 0 || flags & O_ACCMODE == 0 {
            return Err(Errno::EINVAL.into());
        }
        self.processes.current_mut().descriptors.lowest_free(0)?;
        let follow = if flags & O_NOFOLLOW != 0 { Follow::No } else { Follow::Yes };
        let Target::Inode(directory) = self.names().target(fd, path, follow)? else {
            return Err(Errno::ENOTDIR.into());
        };
        let permissions = self.processes.current().masked(mode);
        let link = if flags & O_EXCL != 0 { Linkable::No } else { Linkable::Yes };
        let inode = self.storage.fs.create_unnamed(directory, permissions, link)?;
        self.open_new(inode, flags)
    }

    pub(super) fn sys_memfd_create(&mut self, name: u64, flags: u64) -> Outcome {
        const MFD_CLOEXEC: u32 = 1;
        const MFD_ALLOW_SEALING: u32 = 2;
        const NAME_MOST: usize = 249;
        let flags = flags as u32;
        if flags & !(MFD_CLOEXEC | MFD_ALLOW_SEALING) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let name = self.path_name(name).map_err(|errno| match errno {
            Errno::ENAMETOOLONG => Errno::EINVAL,
            errno => errno,
        })?;
        if name.len() > NAME_MOST {
            return Err(Errno::EINVAL.into());
        }
        self.processes.current_mut().descriptors.lowest_free(0)?;
        let inode = self.storage.fs.create_in_memory(&name)?;
        if flags & MFD_ALLOW_SEALING != 0 {
            self.storage.fs.allow_sealing(inode);
        }
        let on_exec = if flags & MFD_CLOEXEC != 0 { O_CLOEXEC } else { 0 };
        self.open_new(inode, O_RDWR | O_LARGEFILE | on_exec)
    }

    /// A descriptor for a file that has just been made and has no name.
    fn open_new(&mut self, inode: InodeId, flags: u32) -> Outcome {
        self.storage.fs.hold(inode);
        self.storage.fs.begin_write(inode)?;
        self.observer().made_unnamed(inode);
        let on_exec = if flags & O_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
        let file = OpenFile::new(Object::Regular(inode), Some(inode), flags & !OF_OPENING);
        Ok(self.add_file(file, on_exec)? as usize)
    }

    fn find_or_create(
        &mut self,
        fd: u64,
        path: &[u8],
        flags: u32,
        mode: u64,
    ) -> Result<(Target, bool), Errno> {
        let no_follow = flags & O_NOFOLLOW != 0 || flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL;
        let follow = if no_follow { Follow::No } else { Follow::Yes };
        if flags & O_CREAT == 0 {
            return Ok((self.names().target(fd, path, follow)?, false));
        }
        let start = self.names().start_of(fd, path)?;
        let create = if flags & O_EXCL != 0 { Create::Exclusive } else { Create::IfMissing };
        let permissions = self.processes.current().masked(mode);
        let open_or_create = |io: &mut Self| {
            let (processes, files) = (&*io.processes, &*io.files);
            let beyond = |link| processes.folder_of(link, files);
            io.storage.fs.open_or_create(start, path, follow, create, permissions, &beyond)
        };
        let opened = match open_or_create(self) {
            Err(Errno::ENOENT) if self.names().show_for(start, path)? => open_or_create(self)?,
            opened => opened?,
        };
        match opened {
            Opened::Created { inode, directory, link } => {
                // Who asks for the file's name from now on gets the link's bytes from this process.
                if let Some(link) = link {
                    self.observer().read(link);
                }
                self.observer().made(inode, directory);
                Ok((Target::Inode(inode), true))
            }
            Opened::Existing(inode) => match self.storage.fs.kind(inode) {
                FileKind::Proc(node) if node.is_link() => {
                    Ok((self.names().target(fd, path, follow)?, false))
                }
                _ => Ok((Target::Inode(inode), false)),
            },
        }
    }

    fn open_inode(&mut self, inode: InodeId, flags: u32, is_new: bool) -> Result<OpenFile, Errno> {
        let writes = flags & O_ACCMODE != 0;
        let file_kind = self.storage.fs.kind(inode);
        if flags & O_DIRECTORY != 0 && file_kind != FileKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        let is_refused = match file_kind {
            FileKind::Directory => writes || flags & (O_CREAT | O_TRUNC) != 0,
            file_kind => file_kind == FileKind::Symlink,
        };
        if !is_new && !is_refused && flags & O_PATH == 0 {
            self.check_open(inode, flags)?;
        }
        let object = match file_kind {
            _ if flags & O_PATH != 0 => Object::Path,
            // Cutting is writing.
            FileKind::Directory if is_refused => return Err(Errno::EISDIR),
            FileKind::Symlink => return Err(Errno::ELOOP),
            _ if flags & O_DIRECT != 0 && file_kind != FileKind::File => {
                return Err(Errno::EINVAL);
            }
            FileKind::Directory => Object::Directory(inode),
            FileKind::Fifo => return Err(Errno::ENXIO), // it is opened by open_fifo
            FileKind::File => {
                if !is_new && flags & O_TRUNC != 0 {
                    self.storage.fs.refuse_if_running(inode)?;
                    self.resize(inode, 0)?;
                }
                if writes {
                    self.storage.fs.begin_write(inode)?;
                }
                Object::Regular(inode)
            }
            FileKind::Device(device) => match device {
                Device::Null => Object::Null,
                Device::Zero => Object::Zero,
                Device::Full => Object::Full,
                Device::Random | Device::Urandom => Object::Random,
                Device::Tty
                    if self.files.terminal.session() != Some(self.processes.current().session) =>
                {
                    return Err(Errno::ENXIO);
                }
                Device::Tty | Device::Console => Object::Terminal,
            },
            FileKind::Proc(node) if node.is_link() => return Err(Errno::ELOOP),
            FileKind::Proc(node) => {
                let opener = self.processes.current().pid;
                let text = match node {
                    // As they are for who may look at them now: what the process becomes may be another's.
                    ProcNode::Of(process, _) if node.is_made_at_opening() => {
                        self.processes.check_inspect(process)?;
                        self.text_of(node, opener)?
                    }
                    _ => Vec::new(),
                };
                Object::Text(opener, text)
            }
        };
        self.storage.fs.hold(inode);
        Ok(OpenFile::new(object, Some(inode), flags & !OF_OPENING))
    }

    /// May the caller open it so?
    fn check_open(&self, inode: InodeId, flags: u32) -> Result<(), Errno> {
        let wanted = match flags & O_ACCMODE {
            0 if flags & O_TRUNC == 0 => READ,
            O_WRONLY => WRITE,
            _ => READ | WRITE,
        };
        self.storage.fs.check(inode, wanted)?;
        match flags & O_NOATIME {
            0 => Ok(()),
            _ => self.storage.fs.check_owner(inode),
        }
    }

    /// Opens a FIFO (fifo(7)): for one way only the call waits until somebody has it open for the other way. Its descriptor is
    /// there meanwhile, so that the other side finds this end.
    fn open_fifo(&mut self, fifo: InodeId, flags: u32, on_exec: OnExec) -> Outcome {
        if flags & O_DIRECTORY != 0 {
            return Err(Errno::ENOTDIR.into());
        }
        self.check_open(fifo, flags)?;
        if flags & O_DIRECT != 0 {
            return Err(Errno::EINVAL.into());
        }
        let pipe = self.files.pipes.of_fifo(fifo)?;
        let (reads, writes) = match flags & O_ACCMODE {
            0 => (true, false),
            O_WRONLY => (false, true),
            _ => (true, true),
        };
        let is_nonblocking = flags & O_NONBLOCK != 0;
        // A pipe, opened once more by /proc/self/fd/N, waits for nobody.
        let is_named = !self.storage.fs.is_pipe(fifo);
        if is_named
            && writes
            && !reads
            && is_nonblocking
            && self.files.pipes.at(pipe).readers() == 0
        {
            self.files.pipes.remove_if_closed(pipe);
            return Err(Errno::ENXIO.into());
        }
        let ends = self.files.pipes.at(pipe);
        let is_alone = match (reads, writes) {
            _ if !is_named => false,
            (true, true) => false,
            (true, false) => ends.writers() == 0 && !is_nonblocking,
            _ => ends.readers() == 0,
        };
        if reads {
            self.files.pipes.at(pipe).open_reader();
            self.files.pipes.more(pipe).opened[0] += 1;
        }
        if writes {
            self.files.pipes.at(pipe).open_writer();
            self.files.pipes.more(pipe).opened[1] += 1;
        }
        let other = usize::from(reads);
        let seen = self.files.pipes.more(pipe).opened[other];
        self.wake_pipe(pipe, Moved::In);
        let object = match (reads, writes) {
            (true, true) => {
                Object::Duplex(Duplex { reads: pipe, writes: pipe, kind: DuplexKind::Fifo })
            }
            (true, false) => Object::PipeReader(pipe),
            _ => Object::PipeWriter(pipe),
        };
        self.storage.fs.hold(fifo);
        let file = OpenFile::new(object, Some(fifo), flags & !OF_OPENING);
        let fd = self.add_file(file, on_exec)?;
        match is_alone {
            true => self.await_other_end(Opening { fd, pipe, other, seen }),
            false => Ok(fd as usize),
        }
    }

    /// The descriptor of a FIFO, once its other end has been opened.
    fn await_other_end(&mut self, opening: Opening) -> Outcome {
        if self.files.pipes.more(opening.pipe).opened[opening.other] != opening.seen {
            return Ok(opening.fd as usize);
        }
        self.processes.current_mut().thread.opening = Some(opening);
        Err(self.wait_for_pipe(opening.pipe))
    }

    /// A signal ends the wait for a FIFO's other end.
    pub(crate) fn give_up_open(&mut self) {
        if let Some(opening) = self.processes.current_mut().thread.opening.take() {
            // Another may have closed it.
            let _ = self.sys_close(opening.fd.into());
        }
    }
}
