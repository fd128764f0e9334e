//! fork: a second address space that shares every frame until one of the two writes.

use super::area::{Area, AreaKind};
use super::{AddressSpace, add_hold};
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::paging::PageEntryPlace;
use crate::storage::{HEAP_RESERVE, Storage};

impl AddressSpace {
    /// A copy-on-write copy, of which nothing is locked. The TLB entries of `self` are forgotten through the machine.
    ///
    /// # Errors
    /// ENOMEM when a frame or kernel memory lacks: then nothing is left behind but pages of `self` that look
    /// shared and are not, which the next write to each finds out.
    pub fn fork<M: Machine>(&mut self, storage: &mut Storage<'_, M>) -> Result<Self, Errno> {
        self.fill_shared_areas(storage)?;
        let mut child = AddressSpace::new(storage)?;
        child.break_start = self.break_start;
        child.break_end = self.break_end;
        child.stack_limit = self.stack_limit;
        child.address_limit = self.address_limit;
        child.lock_limit = self.lock_limit;
        child.mmap_top = self.mmap_top;
        let shared = self.share_areas(storage, &mut child);
        self.forget_cached();
        storage.machine.invalidate_all();
        match shared {
            Ok(()) => Ok(child),
            Err(errno) => {
                child.release(storage);
                Err(errno)
            }
        }
    }

    /// Gives the child every area, with the pages that are present.
    fn share_areas<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        child: &mut Self,
    ) -> Result<(), Errno> {
        if storage.machine.heap_free() < self.areas.size() + HEAP_RESERVE {
            return Err(Errno::ENOMEM);
        }
        let areas = self.areas.try_clone().map_err(|_| Errno::ENOMEM)?;
        areas.iter().for_each(|area| add_hold(storage, area));
        let shared = areas.iter().try_for_each(|area| self.share_pages(storage, child, area));
        child.areas = areas;
        shared
    }

    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn share_pages<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        child: &mut Self,
        area: &Area,
    ) -> Result<(), Errno> {
        let mut at = area.start;
        while let Some(mut span) = self.tables.next_span(&storage.machine, at, area.end) {
            at = span.end;
            // The pages of a span have one table in the child too.
            let mut child_table: Option<PageEntryPlace> = None;
            while let Some(page) = span.next_present(&storage.machine) {
                let child_slot = match child_table {
                    Some(slot) => slot.of_same_table(page.address),
                    None => child.slot(storage, page.address)?,
                };
                child_table = Some(child_slot);
                let kept = match area.kind {
                    AreaKind::SharedAnonymous => page.entry,
                    _ => page.entry.read_only(),
                };
                if kept != page.entry {
                    page.slot.set(&mut storage.machine, kept);
                }
                storage.pool.share(page.frame);
                child_slot.set(&mut storage.machine, kept);
                child.count_page();
            }
        }
        Ok(())
    }

    /// Gives frames to all of the shared memory, since two tables can share only frames that exist.
    fn fill_shared_areas<M: Machine>(&mut self, storage: &mut Storage<'_, M>) -> Result<(), Errno> {
        let mut at = 0;
        while let Some(area) = self.areas.next(at).copied() {
            at = area.end;
            if area.kind != AreaKind::SharedAnonymous {
                continue;
            }
            for page in (area.start..area.end).step_by(PAGE_SIZE) {
                self.populate(storage, &area, page)?;
            }
        }
        Ok(())
    }
}
