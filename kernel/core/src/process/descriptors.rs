//! A process's descriptors: small numbers that name open files.

use alloc::vec::Vec;

use crate::errno::Errno;

/// Names an open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(pub u32);

/// RLIMIT_NOFILE: descriptors a process may have.
pub const MAX_DESCRIPTORS: usize = 1024;

/// What execve does with a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnExec {
    /// It stays open.
    Keep,
    /// It is closed (FD_CLOEXEC).
    Close,
}

/// One descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The open file.
    pub file: FileId,
    /// FD_CLOEXEC.
    pub on_exec: OnExec,
}

/// All descriptors of a process. Invariant: one reference to the open file for each.
pub struct Descriptors {
    entries: Vec<Option<Descriptor>>,
    /// RLIMIT_NOFILE's soft limit: numbers from here on are not given out.
    limit: usize,
}

impl Default for Descriptors {
    fn default() -> Self {
        Descriptors { entries: Vec::new(), limit: MAX_DESCRIPTORS }
    }
}

impl Descriptors {
    /// RLIMIT_NOFILE's soft limit.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Sets it; descriptors above stay.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// The open file behind a descriptor.
    ///
    /// # Errors
    /// EBADF when it is not open.
    #[inline(always)]
    pub fn file(&self, fd: u64) -> Result<FileId, Errno> {
        self.get(fd).map(|descriptor| descriptor.file)
    }

    /// A descriptor. Only the low 32 bits count, as the ABI has an int here.
    ///
    /// # Errors
    /// EBADF when it is not open.
    #[inline(always)]
    pub fn get(&self, fd: u64) -> Result<Descriptor, Errno> {
        match self.entries.get(fd as u32 as usize) {
            Some(Some(descriptor)) => Ok(*descriptor),
            _ => Err(Errno::EBADF),
        }
    }

    /// Sets FD_CLOEXEC or clears it.
    ///
    /// # Errors
    /// EBADF when it is not open.
    pub fn set_on_exec(&mut self, fd: u64, on_exec: OnExec) -> Result<(), Errno> {
        match self.entries.get_mut(fd as u32 as usize) {
            Some(Some(descriptor)) => {
                descriptor.on_exec = on_exec;
                Ok(())
            }
            _ => Err(Errno::EBADF),
        }
    }

    /// The lowest free number, not below `lowest`; there is room for it afterwards.
    ///
    /// # Errors
    /// EMFILE at the limit, ENOMEM.
    pub fn lowest_free(&mut self, lowest: u64) -> Result<u32, Errno> {
        let lowest = usize::try_from(lowest).map_err(|_| Errno::EMFILE)?;
        let end = self.entries.len();
        let free = (lowest..end).find(|&fd| self.entries[fd].is_none()).unwrap_or(end.max(lowest));
        if free >= self.limit {
            return Err(Errno::EMFILE);
        }
        self.make_room(free)?;
        Ok(free as u32)
    }

    /// Puts a descriptor at `fd`; the one that was there is returned, for the caller to close.
    ///
    /// # Errors
    /// EBADF beyond the limit, ENOMEM.
    pub fn put(&mut self, fd: u64, descriptor: Descriptor) -> Result<Option<Descriptor>, Errno> {
        let index = fd as u32 as usize;
        if index >= self.limit {
            return Err(Errno::EBADF);
        }
        self.make_room(index)?;
        Ok(self.entries[index].replace(descriptor))
    }

    /// Numbers below this may be asked for by select: the size of Linux's table, which is 64 at first.
    pub fn table_size(&self) -> usize {
        self.entries.len().next_power_of_two().max(64)
    }

    fn make_room(&mut self, index: usize) -> Result<(), Errno> {
        let missing = (index + 1).saturating_sub(self.entries.len());
        self.entries.try_reserve(missing).map_err(|_| Errno::ENOMEM)?;
        while self.entries.len() <= index {
            self.entries.push(None);
        }
        Ok(())
    }

    /// Takes a descriptor away.
    ///
    /// # Errors
    /// EBADF when it is not open.
    pub fn take(&mut self, fd: u64) -> Result<Descriptor, Errno> {
        self.entries.get_mut(fd as u32 as usize).and_then(Option::take).ok_or(Errno::EBADF)
    }

    /// Takes away any descriptor that `wanted` picks; None when none is left.
    pub fn take_any(&mut self, wanted: impl Fn(&Descriptor) -> bool) -> Option<Descriptor> {
        self.entries.iter_mut().find(|entry| entry.as_ref().is_some_and(&wanted))?.take()
    }

    /// The open descriptors in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Descriptor)> {
        self.entries.iter().enumerate().filter_map(|(fd, entry)| Some((fd as u32, (*entry)?)))
    }

    /// The same descriptors for a child; the caller counts the new references.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn duplicate(&self) -> Result<Descriptors, Errno> {
        let mut entries = Vec::new();
        entries.try_reserve_exact(self.entries.len()).map_err(|_| Errno::ENOMEM)?;
        entries.extend_from_slice(&self.entries);
        Ok(Descriptors { entries, limit: self.limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(number: u32) -> Descriptor {
        Descriptor { file: FileId(number), on_exec: OnExec::Keep }
    }

    #[test]
    fn the_lowest_free_number_is_taken() {
        let mut descriptors = Descriptors::default();
        for expected in 0..3 {
            let fd = descriptors.lowest_free(0).unwrap();
            assert_eq!(fd, expected);
            descriptors.put(fd.into(), descriptor(expected)).unwrap();
        }
        assert_eq!(descriptors.take(1), Ok(descriptor(1)));
        assert_eq!(descriptors.lowest_free(0), Ok(1));
        assert_eq!(descriptors.lowest_free(10), Ok(10));
        assert_eq!(descriptors.take(1), Err(Errno::EBADF));
        assert_eq!(descriptors.file(u64::MAX), Err(Errno::EBADF));
    }

    #[test]
    fn the_table_ends_at_the_limit() {
        let mut descriptors = Descriptors::default();
        for fd in 0..MAX_DESCRIPTORS as u64 {
            descriptors.put(fd, descriptor(0)).unwrap();
        }
        assert_eq!(descriptors.lowest_free(0), Err(Errno::EMFILE));
        assert_eq!(descriptors.lowest_free(MAX_DESCRIPTORS as u64), Err(Errno::EMFILE));
        assert_eq!(descriptors.put(MAX_DESCRIPTORS as u64, descriptor(0)), Err(Errno::EBADF));
    }
}
