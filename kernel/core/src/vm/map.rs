//! mmap(2), munmap(2), mprotect(2): changes of the list of areas.

use super::area::{Area, AreaKind, FileView, Lock};
use super::{
    AddressSpace, LOWEST_ADDRESS, MapPlace, PAGE, Protection, Source, add_hold, drop_hold,
    page_range, page_rights,
};
use crate::addr::{LOW_END, USER_END, UserAddr, page_align_up};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::paging::PageEntry;
use crate::storage::Storage;

impl AddressSpace {
    /// mmap(2), without MAP_LOCKED.
    ///
    /// # Errors
    /// Those of `map_locked`.
    pub fn map<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        place: MapPlace,
        length: u64,
        protection: Protection,
        source: Source,
    ) -> Result<u64, Errno> {
        self.map_locked(storage, place, length, protection, source, Lock::Off)
    }

    /// mmap(2). Returns the address.
    ///
    /// # Errors
    /// EINVAL for a length of 0 or an address or offset inside a page; EEXIST from [`MapPlace::FixedNoReplace`];
    /// EPERM for the null page, or where nothing may be locked; EOVERFLOW past the end of file offsets; EACCES for writing
    /// to a file that may be read; EAGAIN for more locked memory than there may be; ENOMEM when there is no room, or for
    /// more private memory than the machine has.
    pub fn map_locked<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        place: MapPlace,
        length: u64,
        protection: Protection,
        source: Source,
        lock: Lock,
    ) -> Result<u64, Errno> {
        if length == 0 {
            return Err(Errno::EINVAL);
        }
        let length =
            page_align_up(length).filter(|length| *length < USER_END).ok_or(Errno::ENOMEM)?;
        check_source(&source, length, protection)?;
        let start = self.find_place(place, length)?;
        let end = start + length;
        if lock != Lock::Off {
            self.check_may_lock()?;
        }
        let lock = if self.future_lock == Lock::Off { lock } else { self.future_lock };
        self.check_lock(lock, length)?;
        let area = Area { start, end, protection, kind: kind_of(source, start, end), lock };
        self.replace_area(storage, area)?;
        self.fill_locked(storage, &area);
        Ok(start)
    }

    /// Puts an area in place of whatever is there. For exec.
    ///
    /// # Errors
    /// ENOMEM.
    pub(crate) fn replace_area<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: Area,
    ) -> Result<(), Errno> {
        check_commitment(storage, &area)?;
        // Room for it and for what the hole splits, so that the old contents go only when the new area can come.
        self.areas.reserve(3, 2)?;
        self.unmap(storage, area.start, area.end - area.start)?;
        self.add_area(storage, area)
    }

    /// Adds an area where none is.
    ///
    /// # Errors
    /// ENOMEM when there are too many.
    pub(super) fn add_area<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: Area,
    ) -> Result<(), Errno> {
        self.areas.reserve(1, 1)?;
        let area = area.protected(area.protection);
        add_hold(storage, &area);
        self.areas.insert(area);
        self.merge(storage, area.end);
        self.merge(storage, area.start);
        Ok(())
    }

    /// munmap(2): what is not mapped in the range is no error.
    ///
    /// # Errors
    /// EINVAL for a length of 0, an address inside a page or past user space; ENOMEM when an area would have to
    /// be split and there are too many.
    pub fn unmap<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
        length: u64,
    ) -> Result<(), Errno> {
        let (start, end) = page_range(address, length, Errno::EINVAL)?;
        if start == end {
            return Err(Errno::EINVAL);
        }
        let Some(first) = self.areas.next(start).filter(|area| area.start < end) else {
            return Ok(());
        };
        let splits_one_twice = first.start < start && end < first.end;
        let splits = usize::from(first.start < start) + usize::from(self.reaches_over(end));
        self.areas.reserve(splits, usize::from(splits_one_twice))?;
        self.split(storage, start);
        self.split(storage, end);
        let cleared = self.clear_pages(storage, start, end);
        while let Some(area) = self.areas.take_in(start, end) {
            drop_hold(storage, &area);
        }
        let hole = self.areas.hole_around(start, end);
        if self.tables.prune(&mut storage.pool, &mut storage.machine, (start, end), hole) {
            self.forget_cached();
            storage.machine.invalidate_all();
        } else {
            self.forget_range(&mut storage.machine, start, end, cleared);
        }
        Ok(())
    }

    /// mprotect(2). As on Linux, what lies before a hole or a refusal is changed.
    ///
    /// # Errors
    /// EINVAL for an address inside a page; ENOMEM for a hole, for too many areas, or for more private writable
    /// memory than the machine has or `data_limit` (RLIMIT_DATA) allows; EACCES for writing to a shared file.
    pub fn protect<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
        length: u64,
        protection: Protection,
        data_limit: u64,
    ) -> Result<(), Errno> {
        let (start, end) = page_range(address, length, Errno::ENOMEM)?;
        let mut at = start;
        while at < end {
            let area = *self.areas.find(at).ok_or(Errno::ENOMEM)?;
            let piece = Area { start: at, end: area.end.min(end), ..area.protected(protection) };
            if protection.writable() && matches!(area.kind, AreaKind::ReadOnlyFile(_)) {
                return Err(Errno::EACCES);
            }
            let more_data = piece.is_data() && !area.is_data();
            let is_limited = more_data && data_limit != u64::MAX;
            if is_limited && self.data_bytes().saturating_add(piece.end - at) > data_limit {
                return Err(Errno::ENOMEM);
            }
            if protection != area.protection {
                check_commitment(storage, &piece)?;
                self.change_piece(storage, &area, (at, piece.end), |area| {
                    *area = area.protected(protection);
                })?;
                self.rewrite_pages(storage, &piece);
                if piece.is_copied_on_write() && !area.protection.writable() {
                    self.fill_locked(storage, &piece);
                }
            }
            at = piece.end;
        }
        Ok(())
    }

    /// Changes a part of an area.
    ///
    /// # Errors
    /// ENOMEM when there are too many.
    pub(super) fn change_piece<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        (start, end): (u64, u64),
        change: impl FnOnce(&mut Area),
    ) -> Result<(), Errno> {
        let splits = usize::from(area.start < start) + usize::from(area.end > end);
        self.areas.reserve(splits, splits)?;
        self.split(storage, start);
        self.split(storage, end);
        self.areas.update(start, change);
        self.merge(storage, end);
        self.merge(storage, start);
        Ok(())
    }

    /// Brings the present pages of an area in line with its protection.
    pub(super) fn rewrite_pages<M: Machine>(&mut self, storage: &mut Storage<'_, M>, area: &Area) {
        let mut changed = 0;
        let mut at = area.start;
        while let Some(mut span) = self.tables.next_span(&storage.machine, at, area.end) {
            at = span.end;
            while let Some(page) = span.next_present(&storage.machine) {
                let rights = page_rights(area, || storage.pool.is_shared(page.frame));
                if rights.executable() && !page.entry.executable() {
                    storage.machine.sync_code(page.frame);
                }
                page.slot.set(&mut storage.machine, PageEntry::page(page.frame, rights));
                changed += 1;
            }
        }
        self.forget_range(&mut storage.machine, area.start, area.end, changed);
    }

    /// The address for `length` bytes (whole pages).
    fn find_place(&mut self, place: MapPlace, length: u64) -> Result<u64, Errno> {
        let fits = |start: u64| start.checked_add(length).is_some_and(|end| end <= USER_END);
        match place {
            MapPlace::Fixed(start) | MapPlace::FixedNoReplace(start) => {
                if !UserAddr(start).is_page_aligned() {
                    return Err(Errno::EINVAL);
                }
                if !fits(start) {
                    return Err(Errno::ENOMEM);
                }
                if start < LOWEST_ADDRESS {
                    return Err(Errno::EPERM);
                }
                let taken = !self.areas.is_free(start, start + length);
                if taken && matches!(place, MapPlace::FixedNoReplace(_)) {
                    return Err(Errno::EEXIST);
                }
                Ok(start)
            }
            MapPlace::Hint(hint) => match page_align_up(hint) {
                Some(start)
                    if start >= LOWEST_ADDRESS
                        && fits(start)
                        && self.areas.is_free(start, start + length) =>
                {
                    Ok(start)
                }
                _ => self.highest_gap(length).ok_or(Errno::ENOMEM),
            },
        }
    }

    /// The highest free place below the stack's; where none is large enough, above what 39 bits reach.
    pub(super) fn highest_gap(&mut self, length: u64) -> Option<u64> {
        let low = self.areas.highest_gap((LOWEST_ADDRESS, self.mmap_top), length);
        low.or_else(|| self.areas.highest_gap((LOW_END, USER_END), length))
    }

    /// Does an area reach over an address?
    fn reaches_over(&self, address: u64) -> bool {
        self.areas.find(address).is_some_and(|area| area.start < address)
    }
}

fn check_source(source: &Source, length: u64, protection: Protection) -> Result<(), Errno> {
    let (Source::File { offset, .. }
    | Source::ReadOnlyFile { offset, .. }
    | Source::WritableFile { offset, .. }) = *source
    else {
        return Ok(());
    };
    if offset % PAGE != 0 {
        return Err(Errno::EINVAL);
    }
    if offset.checked_add(length).is_none_or(|end| end > i64::MAX as u64) {
        return Err(Errno::EOVERFLOW);
    }
    if matches!(source, Source::ReadOnlyFile { .. }) && protection.writable() {
        return Err(Errno::EACCES);
    }
    Ok(())
}

fn kind_of(source: Source, start: u64, end: u64) -> AreaKind {
    let view = |inode, offset| FileView { inode, offset, data_start: start, data_end: end };
    match source {
        Source::Anonymous => AreaKind::Anonymous,
        Source::Reservation => AreaKind::Reservation,
        Source::SharedAnonymous => AreaKind::SharedAnonymous,
        Source::File { inode, offset } => AreaKind::File(view(inode, offset)),
        Source::ReadOnlyFile { inode, offset } => AreaKind::ReadOnlyFile(view(inode, offset)),
        Source::WritableFile { inode, offset } => AreaKind::WritableFile(view(inode, offset)),
    }
}

/// Refuses what can never be given: an area that needs more frames than the machine has. (Linux does the same
/// in its default mode; programs that ask for all memory until they are refused rely on it.)
pub(super) fn check_commitment<M: Machine>(
    storage: &Storage<'_, M>,
    area: &Area,
) -> Result<(), Errno> {
    let pages = (area.end - area.start) / PAGE;
    if area.needs_frames() && pages > storage.pool.total() as u64 {
        return Err(Errno::ENOMEM);
    }
    Ok(())
}
