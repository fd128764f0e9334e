//! Locks on files: fcntl's on ranges of bytes, of a process or of an open file, and flock's on whole files.
//!
//! One owner's locks of a family on a file do not overlap. A wish that waits is noted with its process, so that a circle of
//! waiters is found (fcntl(2), EDEADLK); a note counts only while its process does wait for a lock.

use alloc::vec::Vec;

use crate::errno::Errno;
use crate::fs::InodeId;
use crate::process::descriptors::FileId;
use crate::process::table::Processes;
use crate::process::{Event, Pid, State};

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockOwner {
    /// A process: fcntl's F_SETLK.
    Process(Pid),
    /// An open file, whoever has it: flock, fcntl's F_OFD_SETLK.
    File(FileId),
}

/// Locks of different families do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockFamily {
    /// fcntl's.
    Range,
    /// flock's.
    Whole,
}

/// What a lock keeps others from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// Locks for writing: F_RDLCK, LOCK_SH.
    Shared,
    /// All locks: F_WRLCK, LOCK_EX.
    Exclusive,
}

/// A lock, or the wish for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The file.
    pub file: InodeId,
    /// Whose calls it is of.
    pub family: LockFamily,
    /// Who holds it.
    pub owner: LockOwner,
    /// What it keeps others from.
    pub kind: LockKind,
    /// The first byte.
    pub start: u64,
    /// The last one.
    pub last: u64,
    /// The process that asked for it.
    pub setter: Pid,
}

impl Lock {
    fn is_beside(&self, other: &Lock) -> bool {
        self.file == other.file && self.family == other.family
    }

    fn is_of_same_owner(&self, other: &Lock) -> bool {
        self.is_beside(other) && self.owner == other.owner
    }

    fn overlaps(&self, other: &Lock) -> bool {
        self.start <= other.last && other.start <= self.last
    }

    fn keeps_from(&self, other: &Lock) -> bool {
        let one_is_exclusive =
            self.kind == LockKind::Exclusive || other.kind == LockKind::Exclusive;
        self.is_beside(other)
            && self.owner != other.owner
            && one_is_exclusive
            && self.overlaps(other)
    }

    /// The same but for the range, and does the one end where the other begins?
    fn continues(&self, other: &Lock) -> bool {
        let ranged = Lock { start: other.start, last: other.last, ..*self };
        ranged == *other
            && (self.last.checked_add(1) == Some(other.start)
                || other.last.checked_add(1) == Some(self.start))
    }
}

/// All locks.
#[derive(Default)]
pub struct Locks {
    /// Those of a file by owners, who came first stands first, and of an owner by their places: Linux's order, which F_GETLK
    /// tells.
    held: Vec<Lock>,
    /// What each process waited for last.
    wishes: Vec<(Pid, Lock)>,
}

impl Locks {
    /// The first lock that keeps a wish from being granted.
    pub fn conflict(&self, wish: &Lock) -> Option<&Lock> {
        self.held.iter().find(|lock| lock.keeps_from(wish))
    }

    /// Grants a lock that nothing keeps from, in place of its owner's others there.
    ///
    /// # Errors
    /// ENOLCK when there is no memory for it.
    pub fn set(&mut self, lock: Lock) -> Result<(), Errno> {
        self.held.try_reserve(2).map_err(|_| Errno::ENOLCK)?;
        let is_own = |other: &Lock| other.is_of_same_owner(&lock);
        let first = self.held.iter().position(is_own);
        self.clear(&lock)?;
        let mut whole = lock;
        while let Some(place) = self.held.iter().position(|other| whole.continues(other)) {
            let other = self.held.remove(place);
            whole.start = whole.start.min(other.start);
            whole.last = whole.last.max(other.last);
        }
        let is_behind = |other: &Lock| is_own(other) && other.start > whole.start;
        let place = self.held.iter().position(is_behind).unwrap_or_else(|| {
            match self.held.iter().rposition(is_own) {
                Some(last) => last + 1,
                None => first.unwrap_or(self.held.len()).min(self.held.len()),
            }
        });
        self.held.insert(place, whole);
        Ok(())
    }

    /// Takes the owner's locks out of a range. Were there any?
    ///
    /// # Errors
    /// ENOLCK when one would have to be cut in two and there is no memory for it.
    pub fn clear(&mut self, range: &Lock) -> Result<bool, Errno> {
        self.held.try_reserve(1).map_err(|_| Errno::ENOLCK)?;
        let is_there = |lock: &Lock| lock.is_of_same_owner(range) && lock.overlaps(range);
        let mut was_there = false;
        while let Some(place) = self.held.iter().position(is_there) {
            was_there = true;
            let lock = self.held.remove(place);
            // At most one lock lies over both ends of the range.
            if lock.last > range.last {
                self.held.insert(place, Lock { start: range.last + 1, ..lock });
            }
            if lock.start < range.start {
                self.held.insert(place, Lock { last: range.start - 1, ..lock });
            }
        }
        Ok(was_there)
    }

    /// A process closes a descriptor of a file: all its locks on that are gone (fcntl(2)). Were there any?
    #[inline]
    pub fn close(&mut self, pid: Pid, file: Option<InodeId>) -> bool {
        self.remove(|lock| lock.owner == LockOwner::Process(pid) && Some(lock.file) == file)
    }

    /// An open file is gone, and its locks with it. Were there any?
    #[inline]
    pub fn close_file(&mut self, file: FileId) -> bool {
        self.remove(|lock| lock.owner == LockOwner::File(file))
    }

    #[inline]
    fn remove(&mut self, chosen: impl Fn(&Lock) -> bool) -> bool {
        let before = self.held.len();
        if before > 0 {
            self.held.retain(|lock| !chosen(lock));
        }
        self.held.len() < before
    }

    /// A process is about to wait for a lock.
    ///
    /// # Errors
    /// EDEADLK when, over any number of others, it would wait for itself; ENOLCK without memory.
    pub fn wait(&mut self, pid: Pid, wish: Lock, processes: &Processes) -> Result<(), Errno> {
        self.wishes.retain(|(other, _)| *other != pid && waits(*other, processes));
        let mut next = wish;
        for _ in 0..=self.wishes.len() {
            let Some(Lock { owner: LockOwner::Process(holder), .. }) = self.conflict(&next) else {
                break;
            };
            if *holder == pid {
                return Err(Errno::EDEADLK);
            }
            match self.wishes.iter().find(|(other, _)| other == holder) {
                Some((_, further)) => next = *further,
                None => break,
            }
        }
        self.wishes.try_reserve(1).map_err(|_| Errno::ENOLCK)?;
        self.wishes.push((pid, wish));
        Ok(())
    }
}

/// Does a process still wait for a lock?
fn waits(pid: Pid, processes: &Processes) -> bool {
    let slot = processes.find(pid);
    slot.is_some_and(|slot| {
        let mut threads = processes.at(slot).threads();
        threads
            .any(|thread| matches!(thread.state, State::Blocked(wait) if wait.event == Event::Lock))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(owner: u32, kind: LockKind, start: u64, last: u64) -> Lock {
        let (owner, setter) = (LockOwner::Process(Pid(owner)), Pid(owner));
        Lock { file: InodeId(7), family: LockFamily::Range, owner, kind, start, last, setter }
    }

    #[test]
    fn readers_share_and_a_writer_does_not() {
        let mut locks = Locks::default();
        locks.set(lock(1, LockKind::Shared, 0, 9)).unwrap();
        assert_eq!(locks.conflict(&lock(2, LockKind::Shared, 0, 9)), None);
        assert!(locks.conflict(&lock(2, LockKind::Exclusive, 9, 20)).is_some());
        assert_eq!(locks.conflict(&lock(2, LockKind::Exclusive, 10, 20)), None);
        assert_eq!(locks.conflict(&lock(1, LockKind::Exclusive, 0, 9)), None);
        let other_file = Lock { file: InodeId(8), ..lock(2, LockKind::Exclusive, 0, 9) };
        assert_eq!(locks.conflict(&other_file), None);
        let flock = Lock { family: LockFamily::Whole, ..lock(2, LockKind::Exclusive, 0, 9) };
        assert_eq!(locks.conflict(&flock), None);
    }

    #[test]
    fn ranges_are_cut_and_joined() {
        let mut locks = Locks::default();
        locks.set(lock(1, LockKind::Exclusive, 0, u64::MAX)).unwrap();
        assert_eq!(locks.clear(&lock(1, LockKind::Shared, 10, 19)), Ok(true));
        assert_eq!(locks.clear(&lock(1, LockKind::Shared, 10, 19)), Ok(false));
        assert_eq!(locks.held.len(), 2);
        assert_eq!(locks.conflict(&lock(2, LockKind::Shared, 10, 19)), None);
        locks.set(lock(1, LockKind::Exclusive, 10, 19)).unwrap();
        assert_eq!(locks.held, [lock(1, LockKind::Exclusive, 0, u64::MAX)]);
        locks.set(lock(1, LockKind::Shared, 5, 6)).unwrap();
        assert_eq!(locks.held.len(), 3);
        assert!(locks.close(Pid(1), Some(InodeId(7))));
        assert!(locks.held.is_empty());
    }
}
