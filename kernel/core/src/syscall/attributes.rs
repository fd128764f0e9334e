//! What is known of a file, and the calls that change it: stat(2), statx(2), statfs(2), access, chmod, chown, times.

use super::Outcome;
use super::grant::{Names, User};
use super::layout::Layout;
use super::names::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, Target};
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::files::open::{Object, OpenFile};
use crate::fs::{FileKind, FileSystem, InodeId, NAME_MAX, ProcFile, ProcNode, Stat, Time};
use crate::machine::Machine;
use crate::process::descriptors::FileId;

const AT_NO_AUTOMOUNT: u64 = 0x800;
const AT_STATX_SYNC: u64 = 0x6000;
const AT_EACCESS: u64 = 0x200;

const UTIME_NOW: u64 = (1 << 30) - 1;
const UTIME_OMIT: u64 = (1 << 30) - 2;

impl<M: Machine> Names<'_, '_, M> {
    fn stat_target(&mut self, target: Target) -> Stat {
        match target {
            Target::Inode(inode) => {
                let mut stat = self.storage.fs.stat(inode);
                if let FileKind::Proc(ProcNode::Of(number, ProcFile::Descriptor(fd))) =
                    self.storage.fs.kind(inode)
                {
                    const SIZE: u64 = 64; // Linux's, whatever the link says
                    stat.mode = stat.mode & !0o777 | self.access_of(number, fd);
                    stat.size = SIZE;
                }
                stat
            }
            Target::File(id) => self.stat_open_file(id),
        }
    }

    /// The bits of a link in /proc/PID/fd: what the open file may do. 0 where it is closed, and of O_PATH.
    fn access_of(&self, number: u32, fd: u32) -> u32 {
        let slot = self.processes.process_or_self(number.into());
        let file = slot.and_then(|slot| self.processes.at(slot).descriptors.file(fd.into()));
        let file = file.map(|id| self.files.open.get(id));
        let of = |is_so: fn(&OpenFile) -> bool, bits| match file {
            Ok(file) if is_so(file) => bits,
            _ => 0,
        };
        of(OpenFile::is_readable, 0o500) | of(OpenFile::is_writable, 0o300)
    }

    /// Sockets, and what Linux has one inode for, have none here: what stat shows of them.
    fn stat_open_file(&mut self, id: FileId) -> Stat {
        const S_IFSOCK: u32 = 0o140_000;
        let credentials = &self.processes.current().credentials;
        let (number, mode, uid, gid) = match self.files.open.get(id).object {
            Object::Duplex(duplex) => {
                (duplex.reads, S_IFSOCK | 0o777, credentials.user[1], credentials.group[1])
            }
            // As Linux's anonymous inodes, which have no type.
            _ => (0, 0o600, 0, 0),
        };
        Stat {
            dev: self.file_system(Target::File(id)) as u64,
            ino: u64::from(number) + 1,
            mode,
            nlink: 1,
            uid,
            gid,
            rdev: 0,
            size: 0,
            blksize: PAGE_SIZE as u32,
            blocks: 0,
            atime: Time::default(),
            mtime: Time::default(),
            ctime: Time::default(),
        }
    }

    #[inline(never)]
    pub(super) fn sys_fstat(&mut self, fd: u64, into: u64) -> Outcome {
        let id = self.processes.current().descriptors.file(fd)?;
        let target = self.target_of(id);
        let stat = self.stat_target(target);
        self.copy_out(into, stat_layout(&stat).bytes())?;
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn sys_newfstatat(&mut self, fd: u64, path: u64, into: u64, flags: u64) -> Outcome {
        if flags & !(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let path = self.path_name(path)?;
        let target = self.target_or_descriptor(fd, &path, flags)?;
        let stat = self.stat_target(target);
        self.copy_out(into, stat_layout(&stat).bytes())?;
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn sys_statx(
        &mut self,
        fd: u64,
        path: u64,
        flags: u64,
        mask: u64,
        into: u64,
    ) -> Outcome {
        const RESERVED: u64 = 0x8000_0000;
        if flags & !(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_SYNC) != 0
            || flags & AT_STATX_SYNC == AT_STATX_SYNC
            || mask & RESERVED != 0
        {
            return Err(Errno::EINVAL.into());
        }
        let path = self.path_name(path)?;
        let target = self.target_or_descriptor(fd, &path, flags)?;
        let stat = self.stat_target(target);
        self.copy_out(into, statx_layout(&stat).bytes())?;
        Ok(0)
    }

    pub(super) fn sys_statfs(&mut self, path: u64, into: u64) -> Outcome {
        let path = self.path_name(path)?;
        let target = self.target_or_descriptor(AT_FDCWD as u64, &path, 0)?;
        self.write_statfs(target, into)
    }

    pub(super) fn sys_fstatfs(&mut self, fd: u64, into: u64) -> Outcome {
        let id = self.processes.current().descriptors.file(fd)?;
        self.write_statfs(self.target_of(id), into)
    }

    /// What a file, or an open one that has no inode, belongs to.
    fn file_system(&self, target: Target) -> FileSystem {
        match target {
            Target::Inode(inode) => self.storage.fs.file_system(inode),
            Target::File(id) => match self.files.open.get(id).object {
                Object::Duplex(_) => FileSystem::Sockets,
                _ => FileSystem::Anonymous,
            },
        }
    }

    fn write_statfs(&mut self, target: Target, into: u64) -> Outcome {
        let system = self.file_system(target);
        let pool = &self.storage.pool;
        let [total, free, available] = match system {
            FileSystem::Memory => [pool.total(), pool.free(), pool.free_for_files()],
            _ => [0; 3],
        }
        .map(|frames| frames as u64);
        let mut layout = Layout::<120>::new();
        layout
            .u64(system.magic())
            .u64(PAGE_SIZE as u64)
            .u64(total)
            .u64(free)
            .u64(available)
            // As many files as there are frames, as in a tmpfs.
            .u64(total)
            .u64(available)
            .skip(8)
            .u64(NAME_MAX as u64)
            .u64(PAGE_SIZE as u64);
        self.copy_out(into, layout.bytes())?;
        Ok(0)
    }

    /// By the real user, or with AT_EACCESS as files are opened.
    pub(super) fn sys_faccessat(&mut self, fd: u64, path: u64, mode: u64, flags: u64) -> Outcome {
        const ALL: u64 = 7;
        if mode & !ALL != 0 || flags & !(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let path = self.path_name(path)?;
        let credentials = &self.processes.current().credentials;
        let opens = credentials.actor();
        let asks = if flags & AT_EACCESS == 0 { credentials.real_actor() } else { opens.clone() };
        self.storage.fs.act_for(asks);
        let outcome = match self.target_or_descriptor(fd, &path, flags) {
            Ok(Target::Inode(inode)) => self.storage.fs.check(inode, mode as u32),
            Ok(Target::File(_)) => Ok(()),
            Err(errno) => Err(errno),
        };
        self.storage.fs.act_for(opens);
        outcome?;
        Ok(0)
    }

    /// The inode that a chmod, chown or utimensat is for; None for a socket and its like, which take all and keep none.
    fn changed_inode(&mut self, fd: u64, path: u64, flags: u64) -> Result<Option<InodeId>, Errno> {
        if flags & !(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) != 0 {
            return Err(Errno::EINVAL);
        }
        let path = self.path_name(path)?;
        match self.target_or_descriptor(fd, &path, flags)? {
            Target::Inode(inode) => Ok(Some(inode)),
            Target::File(_) => Ok(None),
        }
    }

    /// The same for the calls that take a descriptor.
    fn changed_descriptor(&self, fd: u64) -> Result<Option<InodeId>, Errno> {
        let file = self.files.open.get(self.processes.current().descriptors.file(fd)?);
        if file.object == Object::Path { Err(Errno::EBADF) } else { Ok(file.inode) }
    }

    pub(super) fn sys_fchmodat(&mut self, fd: u64, path: u64, mode: u64, flags: u64) -> Outcome {
        let inode = self.changed_inode(fd, path, flags)?;
        self.change_mode(inode, mode)
    }

    pub(super) fn sys_fchmod(&mut self, fd: u64, mode: u64) -> Outcome {
        let inode = self.changed_descriptor(fd)?;
        self.change_mode(inode, mode)
    }

    fn change_mode(&mut self, inode: Option<InodeId>, mode: u64) -> Outcome {
        if let Some(inode) = inode {
            self.storage.fs.chmod(inode, mode as u32 & 0o7777)?;
        }
        Ok(0)
    }

    pub(super) fn sys_fchownat(
        &mut self,
        fd: u64,
        path: u64,
        user: u64,
        group: u64,
        flags: u64,
    ) -> Outcome {
        let inode = self.changed_inode(fd, path, flags)?;
        self.change_owner(inode, user, group)
    }

    pub(super) fn sys_fchown(&mut self, fd: u64, user: u64, group: u64) -> Outcome {
        let inode = self.changed_descriptor(fd)?;
        self.change_owner(inode, user, group)
    }

    fn change_owner(&mut self, inode: Option<InodeId>, user: u64, group: u64) -> Outcome {
        let given = |id: u64| (id as u32 != u32::MAX).then_some(id as u32);
        if let Some(inode) = inode {
            self.storage.fs.chown(inode, given(user), given(group))?;
        }
        Ok(0)
    }

    pub(super) fn sys_utimensat(&mut self, fd: u64, path: u64, times: u64, flags: u64) -> Outcome {
        let now = self.storage.fs.time(self.storage.machine.now());
        let mut is_now = true;
        let [access, change] = if times == 0 {
            [Some(now); 2]
        } else {
            let words: [u64; 4] = self.read_words(times)?;
            if [words[1], words[3]] == [UTIME_OMIT; 2] {
                // Not even the path is looked at.
                return Ok(0);
            }
            is_now = [words[1], words[3]] == [UTIME_NOW; 2];
            [stamp(words[0], words[1], now)?, stamp(words[2], words[3], now)?]
        };
        let inode = if path == 0 {
            if fd as i32 == AT_FDCWD {
                return Err(Errno::EFAULT.into());
            }
            if flags != 0 {
                return Err(Errno::EINVAL.into());
            }
            self.changed_descriptor(fd)?
        } else {
            self.changed_inode(fd, path, flags)?
        };
        if let Some(inode) = inode {
            let fs = &mut self.storage.fs;
            // Times of one's choice are the owner's to set.
            if is_now { fs.check_touch(inode) } else { fs.check_owner(inode) }?;
            fs.set_times(inode, access, change)?;
        }
        Ok(0)
    }
}

/// One of utimensat's times; None leaves it as it is.
fn stamp(seconds: u64, nanoseconds: u64, now: Time) -> Result<Option<Time>, Errno> {
    match nanoseconds {
        UTIME_NOW => Ok(Some(now)),
        UTIME_OMIT => Ok(None),
        0..1_000_000_000 => {
            Ok(Some(Time { seconds: seconds as i64, nanoseconds: nanoseconds as u32 }))
        }
        _ => Err(Errno::EINVAL),
    }
}

/// `struct stat` of asm-generic/stat.h.
fn stat_layout(stat: &Stat) -> Layout<128> {
    let mut layout = Layout::new();
    layout
        .u64(stat.dev)
        .u64(stat.ino)
        .u32(stat.mode)
        .u32(stat.nlink)
        .u32(stat.uid)
        .u32(stat.gid)
        .u64(stat.rdev)
        .skip(8)
        .u64(stat.size)
        .u32(stat.blksize)
        .skip(4)
        .u64(stat.blocks);
    for time in [stat.atime, stat.mtime, stat.ctime] {
        layout.u64(time.seconds as u64).u64(time.nanoseconds.into());
    }
    layout
}

/// `struct statx` of linux/stat.h.
fn statx_layout(stat: &Stat) -> Layout<256> {
    const STATX_BASIC: u32 = 0x7ff;
    let mut layout = Layout::new();
    layout
        .u32(STATX_BASIC)
        .u32(stat.blksize)
        .skip(8)
        .u32(stat.nlink)
        .u32(stat.uid)
        .u32(stat.gid)
        .u16(stat.mode as u16)
        .skip(2)
        .u64(stat.ino)
        .u64(stat.size)
        .u64(stat.blocks)
        .skip(8);
    // Access, birth (not known), change, modification.
    for time in [stat.atime, Time::default(), stat.ctime, stat.mtime] {
        layout.u64(time.seconds as u64).u32(time.nanoseconds).skip(4);
    }
    for device in [stat.rdev, stat.dev] {
        layout.u32((device >> 8) as u32).u32(device as u32 & 0xff);
    }
    layout
}
