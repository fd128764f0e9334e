//! Locks on files: fcntl(2)'s record locks, of processes and of open files, and flock(2).
//!
//! What has no inode, a pipe, nobody can open anew: a lock on it is granted and keeps nobody from anything.

use super::grant::{Io, User};
use super::{Outcome, Stop};
use crate::errno::Errno;
use crate::files::locks::{Lock, LockFamily, LockKind, LockOwner};
use crate::files::open::Object;
use crate::fs::FILE_SIZE_MAX;
use crate::machine::Machine;
use crate::process::descriptors::FileId;
use crate::process::{Event, Restart};

const F_RDLCK: u16 = 0;
const F_WRLCK: u16 = 1;
const F_UNLCK: u16 = 2;

/// The three things that fcntl does with locks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LockCall {
    /// F_GETLK: who would be in the way?
    Ask,
    /// F_SETLK.
    Try,
    /// F_SETLKW.
    Wait,
}

/// Whose lock it is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LockOf {
    Process,
    OpenFile,
}

impl<M: Machine> Io<'_, '_, M> {
    /// The locks of fcntl: `argument` is the address of a `struct flock`.
    #[inline(never)]
    pub(super) fn record_lock(
        &mut self,
        id: FileId,
        call: LockCall,
        of: LockOf,
        argument: u64,
    ) -> Outcome {
        let mut bytes = [0; 32];
        self.copy_in(argument, &mut bytes)?;
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let word =
            |at: usize| bytes[at..at + 8].iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
        let (kind, whence) = (half(0), half(2));
        let (start, last) = self.lock_range(id, whence, word(8) as i64, word(16) as i64)?;
        let is_bad = kind > F_UNLCK || call == LockCall::Ask && kind == F_UNLCK;
        if is_bad || of == LockOf::OpenFile && word(24) as u32 != 0 {
            return Err(Errno::EINVAL.into());
        }
        let setter = self.processes.current().pid;
        let owner = match of {
            LockOf::Process => LockOwner::Process(setter),
            LockOf::OpenFile => LockOwner::File(id),
        };
        let file = self.files.open.get(id);
        let may = match kind {
            F_RDLCK => file.is_readable(),
            F_WRLCK => file.is_writable(),
            _ => true,
        };
        if call != LockCall::Ask && !may {
            return Err(Errno::EBADF.into());
        }
        let lock = file.inode.map(|file| Lock {
            file,
            family: LockFamily::Range,
            owner,
            kind: if kind == F_WRLCK { LockKind::Exclusive } else { LockKind::Shared },
            start,
            last,
            setter,
        });
        match (lock, call) {
            (None, LockCall::Ask) => {
                Ok(self.copy_out(argument, &F_UNLCK.to_le_bytes()).map(|()| 0)?)
            }
            (None, _) => Ok(0),
            (Some(lock), LockCall::Ask) => self.tell_conflict(&lock, argument),
            (Some(lock), _) if kind == F_UNLCK => self.unlock(&lock),
            (Some(lock), LockCall::Try) => self.lock(lock, Errno::EAGAIN.into()),
            (Some(lock), LockCall::Wait) => self.lock(lock, Stop::BLOCK),
        }
    }

    /// First and last byte of a `struct flock`.
    fn lock_range(
        &self,
        id: FileId,
        whence: u16,
        start: i64,
        length: i64,
    ) -> Result<(u64, u64), Errno> {
        let file = self.files.open.get(id);
        let base = match (whence, &file.object) {
            (0, _) => 0,
            (1, _) => file.offset as i64,
            (2, Object::Regular(inode)) => self.storage.fs.size(*inode) as i64,
            (2, _) => 0,
            _ => return Err(Errno::EINVAL),
        };
        let start = base.checked_add(start).ok_or(Errno::EOVERFLOW)?;
        let (start, last) = match length {
            0 => (start, FILE_SIZE_MAX as i64),
            1.. => (start, start.checked_add(length - 1).ok_or(Errno::EOVERFLOW)?),
            _ => (start.checked_add(length).ok_or(Errno::EINVAL)?, start.wrapping_sub(1)),
        };
        if start < 0 || last < 0 {
            return Err(Errno::EINVAL);
        }
        Ok((start as u64, last as u64))
    }

    /// F_GETLK: the range in the way is bytes of the process that set it.
    fn tell_conflict(&mut self, wish: &Lock, argument: u64) -> Outcome {
        let Some(&lock) = self.files.locks.conflict(wish) else {
            self.copy_out(argument, &F_UNLCK.to_le_bytes())?;
            return Ok(0);
        };
        self.observer().told_by(lock.setter);
        let kind = if lock.kind == LockKind::Exclusive { F_WRLCK } else { F_RDLCK };
        let length = if lock.last == FILE_SIZE_MAX { 0 } else { lock.last - lock.start + 1 };
        let pid = match lock.owner {
            LockOwner::Process(pid) => pid.0,
            LockOwner::File(_) => u32::MAX,
        };
        let mut layout = super::layout::Layout::<28>::new();
        layout.u16(kind).skip(6).u64(lock.start).u64(length).u32(pid);
        self.copy_out(argument, layout.bytes())?;
        Ok(0)
    }

    /// Sets a lock. Where another is in the way, `otherwise` comes of it: an error, or a wait.
    fn lock(&mut self, lock: Lock, otherwise: Stop) -> Outcome {
        if self.files.locks.conflict(&lock).is_none() {
            self.files.locks.set(lock)?;
            // Less than before may be locked now, for others: a writer has become a reader.
            self.processes.wake(Event::Lock);
            return Ok(0);
        }
        if otherwise != Stop::BLOCK {
            return Err(otherwise);
        }
        self.files.locks.wait(lock.setter, lock, self.processes)?;
        self.deadline(None);
        Err(self.block(Event::Lock, Restart::WhenAsked))
    }

    fn unlock(&mut self, range: &Lock) -> Outcome {
        if self.files.locks.clear(range)? {
            self.processes.wake(Event::Lock);
        }
        Ok(0)
    }

    pub(super) fn sys_flock(&mut self, fd: u64, operation: u64) -> Outcome {
        const LOCK_SH: u64 = 1;
        const LOCK_EX: u64 = 2;
        const LOCK_NB: u64 = 4;
        const LOCK_UN: u64 = 8;
        const LOCK_MAND: u64 = 32;
        if operation & LOCK_MAND != 0 {
            // Share modes are no more: they are granted, whatever else is wrong.
            return Ok(0);
        }
        let wanted = u64::from(operation as u32) & !LOCK_NB;
        if !matches!(wanted, LOCK_SH | LOCK_EX | LOCK_UN) {
            return Err(Errno::EINVAL.into());
        }
        let id = self.id(fd)?;
        let file = self.files.open.get(id);
        if file.object == Object::Path {
            return Err(Errno::EBADF.into());
        }
        let Some(inode) = file.inode else {
            return Ok(0);
        };
        let lock = Lock {
            file: inode,
            family: LockFamily::Whole,
            owner: LockOwner::File(id),
            kind: if wanted == LOCK_EX { LockKind::Exclusive } else { LockKind::Shared },
            start: 0,
            last: FILE_SIZE_MAX,
            setter: self.processes.current().pid,
        };
        if wanted == LOCK_UN {
            return self.unlock(&lock);
        }
        if self.files.locks.conflict(&lock).is_some() {
            // flock(2): a lock that is to become another kind is given up first.
            self.unlock(&lock)?;
        }
        let is_patient = operation & LOCK_NB == 0;
        self.lock(lock, if is_patient { Stop::BLOCK } else { Errno::EAGAIN.into() })
    }

    /// A process has let go of a descriptor: of its locks on the file too.
    #[inline]
    pub(super) fn close_descriptor(&mut self, pid: crate::process::Pid, id: FileId) {
        let file = self.files.open.get(id).inode;
        if self.files.locks.close(pid, file) {
            self.processes.wake(Event::Lock);
        }
        self.release_file(id);
    }
}
