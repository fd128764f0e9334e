//! mremap(2): an area shrinks, grows where it is, or moves with its pages.

use super::area::{Area, AreaKind};
use super::map::check_commitment;
use super::{AddressSpace, LOWEST_ADDRESS, page_range};
use crate::addr::{USER_END, page_align_up};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::paging::PageEntry;
use crate::storage::Storage;

bitflags::bitflags! {
    /// MREMAP_* of mremap(2). MREMAP_DONTUNMAP (4) is not supported: EINVAL.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Flags: u64 {
        const MAY_MOVE = 1;
        const FIXED = 2;
    }
}

impl AddressSpace {
    /// mremap(2). `new_address` counts with MREMAP_FIXED. Returns the address.
    ///
    /// # Errors
    /// EINVAL for unknown flags, addresses inside a page, lengths of 0, ranges that overlap; EFAULT when the old
    /// range is not inside one area; EAGAIN for more locked memory than there may be; ENOMEM when it may not move, or there
    /// is no room or memory.
    pub fn remap<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        old: u64,
        old_length: u64,
        new_length: u64,
        flags: u64,
        new_address: u64,
    ) -> Result<u64, Errno> {
        let flags = Flags::from_bits(flags).ok_or(Errno::EINVAL)?;
        if flags == Flags::FIXED || new_length == 0 || old_length == 0 {
            return Err(Errno::EINVAL);
        }
        let (old, old_end) = page_range(old, old_length, Errno::EINVAL)?;
        let new_length = page_align_up(new_length).ok_or(Errno::EINVAL)?;
        if new_length >= USER_END {
            return Err(Errno::ENOMEM);
        }
        if flags.contains(Flags::FIXED) {
            return self.remap_fixed(storage, (old, old_end), new_length, new_address);
        }
        let old_length = old_end - old;
        if new_length <= old_length {
            self.area_around(old, old_end)?;
            if new_length < old_length {
                self.unmap(storage, old + new_length, old_length - new_length)?;
            }
            return Ok(old);
        }
        let area = self.area_around(old, old_end)?;
        self.check_growth(storage, &area, (old, old_end), new_length)?;
        if self.grow_in_place(storage, &area, old_end, old + new_length) {
            return Ok(old);
        }
        if !flags.contains(Flags::MAY_MOVE) {
            return Err(Errno::ENOMEM);
        }
        let target = self.highest_gap(new_length).ok_or(Errno::ENOMEM)?;
        self.move_pages(storage, &area, (old, old_end), target, new_length)
    }

    fn remap_fixed<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        (old, old_end): (u64, u64),
        new_length: u64,
        target: u64,
    ) -> Result<u64, Errno> {
        let (target, target_end) = page_range(target, new_length, Errno::EINVAL)?;
        if target < LOWEST_ADDRESS {
            return Err(Errno::EPERM);
        }
        if target < old_end && old < target_end {
            return Err(Errno::EINVAL);
        }
        let area = self.area_around(old, old_end)?;
        self.check_growth(storage, &area, (old, old_end), new_length)?;
        self.unmap(storage, target, new_length)?;
        let kept_end = old_end.min(old + new_length);
        if kept_end < old_end {
            self.unmap(storage, kept_end, old_end - kept_end)?;
        }
        let area = self.area_around(old, kept_end)?;
        self.move_pages(storage, &area, (old, kept_end), target, new_length)
    }

    /// The one area that holds a whole range.
    fn area_around(&self, start: u64, end: u64) -> Result<Area, Errno> {
        let area = self.areas.find(start).filter(|area| area.end >= end);
        area.copied().ok_or(Errno::EFAULT)
    }

    /// May a range of an area become `new_length` bytes long? Not if it is shared: its other owners would not see
    /// the new pages.
    fn check_growth<M: Machine>(
        &self,
        storage: &Storage<'_, M>,
        area: &Area,
        (old, old_end): (u64, u64),
        new_length: u64,
    ) -> Result<(), Errno> {
        let end = new_length.checked_add(old).ok_or(Errno::ENOMEM)?;
        if area.kind == AreaKind::SharedAnonymous && end > old_end {
            return Err(Errno::EINVAL);
        }
        let offset_fits = |view: &super::area::FileView| {
            let last = view.offset.checked_add(end.saturating_sub(view.data_start));
            last.is_some_and(|last| last <= i64::MAX as u64)
        };
        if !area.kind.view().is_none_or(offset_fits) {
            return Err(Errno::EINVAL);
        }
        let more = new_length.saturating_sub(old_end - old);
        if more > 0 {
            self.check_lock(area.lock, more)?;
        }
        check_commitment(storage, &Area { start: old, end, ..*area })
    }

    /// Only an area whose end is the end of the old range can grow, into free space.
    fn grow_in_place<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        old_end: u64,
        new_end: u64,
    ) -> bool {
        let free = new_end <= USER_END && self.areas.is_free(old_end, new_end);
        if area.end != old_end || !free {
            return false;
        }
        self.areas.update(area.start, |area| extend(area, new_end));
        self.merge(storage, new_end);
        self.fill_locked(storage, &Area { start: old_end, end: new_end, ..*area });
        true
    }

    /// Moves a range to free space and makes it longer there.
    fn move_pages<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        (old, old_end): (u64, u64),
        target: u64,
        new_length: u64,
    ) -> Result<u64, Errno> {
        let kept = old_end - old;
        let mut moved = Area {
            start: target,
            end: target + kept,
            kind: if area.kind == AreaKind::Stack {
                AreaKind::Anonymous
            } else {
                area.kind.moved(old, target)
            },
            ..*area
        };
        extend(&mut moved, target + new_length);
        // Room for the new area and for what its removal or the old one's may split. Then the tables, and when
        // all are there the pages: nothing is moved half way.
        self.areas.reserve(3, 2)?;
        self.add_area(storage, moved)?;
        if let Err(errno) = self.move_entries(storage, (old, old_end), target) {
            self.unmap(storage, target, new_length).expect("room is reserved");
            return Err(errno);
        }
        self.unmap(storage, old, kept).expect("room is reserved");
        self.fill_locked(storage, &Area { start: target + kept, ..moved });
        Ok(target)
    }

    /// Moves the words of present pages, after all tables for them exist.
    fn move_entries<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        (old, old_end): (u64, u64),
        target: u64,
    ) -> Result<(), Errno> {
        for make in [Step::Tables, Step::Words] {
            let mut at = old;
            let mut moved = 0;
            while let Some(mut span) = self.tables.next_span(&storage.machine, at, old_end) {
                at = span.end;
                while let Some(page) = span.next_present(&storage.machine) {
                    let to = self.slot(storage, page.address - old + target)?;
                    if make == Step::Words {
                        page.slot.set(&mut storage.machine, PageEntry::NONE);
                        to.set(&mut storage.machine, page.entry);
                        moved += 1;
                    }
                }
            }
            self.forget_range(&mut storage.machine, old, old_end, moved);
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Tables,
    Words,
}

/// Makes an area longer. Where its file reaches to its end, it shows more of the file.
fn extend(area: &mut Area, end: u64) {
    let old_end = core::mem::replace(&mut area.end, end);
    if let Some(view) = area.kind.view_mut()
        && view.data_end >= old_end
    {
        view.data_end = view.data_end.max(end);
    }
}
