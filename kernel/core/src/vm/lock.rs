//! mlock(2) and its relatives: areas whose pages come at once and stay.
//!
//! Nothing is swapped here, so a lock is what a program can see of it: its pages are there, advice does not drop them, and
//! they count against RLIMIT_MEMLOCK. No count is kept: `locked_in` adds up the areas when a lock or a reader asks for it.

use super::area::{Area, Lock};
use super::{AddressSpace, FaultError, page_range};
use crate::addr::{PAGE_SIZE, USER_END};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::paging::Protection;
use crate::storage::Storage;

impl AddressSpace {
    /// So many bytes may be locked from now on (RLIMIT_MEMLOCK, all with CAP_IPC_LOCK).
    pub(crate) fn limit_locks(&mut self, limit: u64) {
        self.lock_limit = limit;
    }

    /// Bytes of all areas that are locked.
    pub fn locked_bytes(&self) -> u64 {
        self.locked_in(0, USER_END)
    }

    /// Is any page of a range locked? For msync(2).
    pub fn is_locked(&self, address: u64, length: u64) -> bool {
        page_range(address, length, Errno::ENOMEM)
            .is_ok_and(|(start, end)| self.locked_in(start, end) > 0)
    }

    /// mlock(2), mlock2(2), of whole pages.
    ///
    /// # Errors
    /// EPERM where nothing may be locked; EINVAL for a range that goes round; ENOMEM for more than the limit, a hole, too
    /// many areas, or a page that cannot be brought in; EAGAIN when no frame is left for it.
    pub fn lock<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        start: u64,
        length: u64,
        lock: Lock,
    ) -> Result<(), Errno> {
        self.check_may_lock()?;
        let locked_there = self.locked_in(start, start.saturating_add(length));
        let more = length.saturating_sub(locked_there);
        self.check_lock(lock, more).map_err(|_| Errno::ENOMEM)?;
        self.set_lock(storage, start, length, lock)?;
        match self.fill_range(storage, start, start + length) {
            Err(FaultError::OutOfMemory) => Err(Errno::EAGAIN),
            Err(_) => Err(Errno::ENOMEM),
            Ok(()) => Ok(()),
        }
    }

    /// Gives the pages of a range a lock, or with [`Lock::Off`] takes it away: munlock(2). What lies before a hole is
    /// changed.
    ///
    /// # Errors
    /// EINVAL for a range that goes round; ENOMEM for a hole, or too many areas.
    pub fn set_lock<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        start: u64,
        length: u64,
        lock: Lock,
    ) -> Result<(), Errno> {
        let end = start.checked_add(length).ok_or(Errno::EINVAL)?;
        let mut at = start;
        while at < end {
            let area = *self.areas.find(at).ok_or(Errno::ENOMEM)?;
            let piece = (at, area.end.min(end));
            if area.lock != lock {
                self.change_piece(storage, &area, piece, |area| area.lock = lock)?;
            }
            at = piece.1;
        }
        Ok(())
    }

    /// mlockall(2), within the limits: a lock for the areas that there are, if it says one, and one for those to come.
    ///
    /// # Errors
    /// EPERM where nothing may be locked; ENOMEM for more than the limit.
    pub fn lock_all_within_limit<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        current: Option<Lock>,
        future: Lock,
    ) -> Result<(), Errno> {
        self.check_may_lock()?;
        if current.is_some() && self.usage().virtual_bytes > self.whole_pages_of_limit() {
            return Err(Errno::ENOMEM);
        }
        self.lock_all(storage, current, future);
        Ok(())
    }

    /// The same without limits; munlockall(2). What cannot be brought in is left out.
    pub fn lock_all<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        current: Option<Lock>,
        future: Lock,
    ) {
        self.future_lock = future;
        let Some(lock) = current else {
            return;
        };
        let mut at = 0;
        while let Some(area) = self.areas.next(at).copied() {
            at = area.end;
            if area.lock != lock {
                self.change_piece(storage, &area, (area.start, area.end), |area| area.lock = lock)
                    .expect("nothing is split");
            }
            self.fill_locked(storage, &Area { lock, ..area });
        }
    }

    /// May anything be locked?
    ///
    /// # Errors
    /// EPERM.
    pub(super) fn check_may_lock(&self) -> Result<(), Errno> {
        if self.lock_limit == 0 { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// May there be `more` bytes with such a lock?
    ///
    /// # Errors
    /// EAGAIN.
    #[inline(always)]
    pub(super) fn check_lock(&self, lock: Lock, more: u64) -> Result<(), Errno> {
        let is_free = lock == Lock::Off || self.lock_limit == u64::MAX;
        if is_free || self.locked_bytes().saturating_add(more) <= self.whole_pages_of_limit() {
            Ok(())
        } else {
            Err(Errno::EAGAIN)
        }
    }

    /// Brings in the pages of an area if it is locked, as far as it goes.
    pub(super) fn fill_locked<M: Machine>(&mut self, storage: &mut Storage<'_, M>, area: &Area) {
        if area.lock == Lock::Now {
            let _ = self.fill_area(storage, area);
        }
    }

    /// Brings in the pages of a range that has no hole, but for those whose lock waits for a touch.
    fn fill_range<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        start: u64,
        end: u64,
    ) -> Result<(), FaultError> {
        let mut at = start;
        while at < end {
            let area = *self.areas.find(at).ok_or(FaultError::NotMapped)?;
            let piece = Area { start: at, end: area.end.min(end), ..area };
            if area.lock == Lock::Now {
                self.fill_area(storage, &piece)?;
            }
            at = piece.end;
        }
        Ok(())
    }

    fn fill_area<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
    ) -> Result<(), FaultError> {
        if area.protection == Protection::empty() {
            return Err(FaultError::Denied);
        }
        (area.start..area.end)
            .step_by(PAGE_SIZE)
            .try_for_each(|page| self.populate(storage, area, page))
    }

    fn locked_in(&self, start: u64, end: u64) -> u64 {
        let locked = self.areas.overlapping(start, end).filter(|area| area.lock != Lock::Off);
        locked.map(|area| area.end.min(end) - area.start.max(start)).sum()
    }

    fn whole_pages_of_limit(&self) -> u64 {
        self.lock_limit & !(PAGE_SIZE as u64 - 1)
    }
}
