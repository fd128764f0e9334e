//! Page faults: pages are filled when they are first touched, and copied when a shared one is written.
//!
//! Anonymous memory gets its own zeroed frame at the first touch, read or write: a common page of zeros would
//! cost a second fault for nearly every page. A page that consists of one whole page of a file is the file's own
//! frame, read-only, with the file system as a co-owner; every other page of a file is a copy.

use super::area::{Area, AreaKind, FileView};
use super::share::shared_page;
use super::{AddressSpace, FaultError, PAGE, STACK_GUARD, STACK_TOP, page_rights};
use crate::addr::{Frame, PAGE_SIZE, UserAddr};
use crate::context::Access;
use crate::errno::Errno;
use crate::fs::Chunk;
use crate::machine::Machine;
use crate::paging::{PageEntry, PageEntryPlace};
use crate::storage::Storage;

impl From<Errno> for FaultError {
    /// Below a fault only memory can fail.
    fn from(_: Errno) -> Self {
        FaultError::OutOfMemory
    }
}

impl AddressSpace {
    /// Makes an access to `address` possible, or says why it is not. Also right when the access was possible
    /// already: then a stale TLB entry was to blame, and it is gone.
    ///
    /// # Errors
    /// [`FaultError`] says which signal the program gets.
    pub fn fault<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
        access: Access,
    ) -> Result<(), FaultError> {
        self.resolve(storage, address, access).map(|_| ())
    }

    /// The same; returns the frame.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub(super) fn resolve<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
        access: Access,
    ) -> Result<Frame, FaultError> {
        let page = UserAddr(address).page_start().0;
        let area = self.area_for(page)?;
        if !allows(&area, access) {
            return Err(FaultError::Denied);
        }
        if access == Access::Write
            && let AreaKind::WritableFile(view) = area.kind
            && storage.fs.map_writer(view.inode) != Some(self.identity())
        {
            return Err(FaultError::Untold(view.inode));
        }
        let slot = self.slot(storage, page)?;
        let entry = slot.get(&storage.machine);
        match entry.frame() {
            None => {
                let frame = self.fill(storage, &area, page, slot, access)?;
                if access == Access::Write && area.kind.sharing().is_some() {
                    slot.set(&mut storage.machine, PageEntry::page(frame, area.protection));
                }
                Ok(frame)
            }
            Some(frame) if access == Access::Write && !entry.writable() => {
                self.own_page(storage, &area, page, slot, frame)
            }
            Some(frame) => {
                self.forget_page(&mut storage.machine, page);
                Ok(frame)
            }
        }
    }

    /// The area of a page; the stack grows for it.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn area_for(&mut self, page: u64) -> Result<Area, FaultError> {
        let area = *self.areas.next(page).ok_or(FaultError::NotMapped)?;
        if area.start <= page {
            return Ok(area);
        }
        let below = self.areas.previous(page).map_or(0, |below| below.end);
        let grows = area.kind == AreaKind::Stack
            && page >= STACK_TOP - self.stack_limit
            && below + STACK_GUARD <= page
            && self.allows_growth(area.start - page)
            && self.check_lock(area.lock, area.start - page).is_ok();
        if !grows {
            return Err(FaultError::NotMapped);
        }
        self.areas.update(page, |area| area.start = page);
        Ok(Area { start: page, ..area })
    }

    fn allows_growth(&self, bytes: u64) -> bool {
        self.address_limit == u64::MAX || self.usage().virtual_bytes + bytes <= self.address_limit
    }

    /// Maps a page that has no frame yet.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn fill<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        page: u64,
        slot: PageEntryPlace,
        access: Access,
    ) -> Result<Frame, FaultError> {
        let frame = match area.kind.view() {
            None => storage.pool.allocate_zeroed(&mut storage.machine)?,
            Some(view) if area.kind.sharing().is_some() => shared_page(storage, view, page)?,
            Some(view) => file_page(storage, view, page, access)?,
        };
        self.install(storage, area, slot, frame);
        Ok(frame)
    }

    /// Gives a page of an area a frame if it has none, whatever the program may do with it. What is to be copied when it is
    /// written is copied now.
    pub(super) fn populate<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        page: u64,
    ) -> Result<(), FaultError> {
        if area.is_copied_on_write() {
            return self.fault(storage, page, Access::Write);
        }
        let slot = self.slot(storage, page)?;
        if slot.get(&storage.machine).frame().is_none() {
            self.fill(storage, area, page, slot, Access::Read)?;
        }
        Ok(())
    }

    /// Puts a frame, whose ownership passes to the table, where no page is.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn install<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        slot: PageEntryPlace,
        frame: Frame,
    ) {
        let rights = page_rights(area, || storage.pool.is_shared(frame));
        if rights.executable() {
            storage.machine.sync_code(frame);
        }
        slot.set(&mut storage.machine, PageEntry::page(frame, rights));
        self.count_page();
    }

    /// Makes a present page writable: in place for its last owner, as a copy else.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn own_page<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        area: &Area,
        page: u64,
        slot: PageEntryPlace,
        frame: Frame,
    ) -> Result<Frame, FaultError> {
        if area.kind.is_written_in_place() || !storage.pool.is_shared(frame) {
            slot.set(&mut storage.machine, PageEntry::page(frame, area.protection));
            self.forget_page(&mut storage.machine, page);
            return Ok(frame);
        }
        let copy = storage.pool.duplicate(&mut storage.machine, frame)?;
        // Break before make: no walk may see both frames (ARM DDI 0487, D8.16.1).
        slot.set(&mut storage.machine, PageEntry::NONE);
        self.forget_page(&mut storage.machine, page);
        storage.pool.release(frame);
        if area.protection.executable() {
            storage.machine.sync_code(copy);
        }
        slot.set(&mut storage.machine, PageEntry::page(copy, area.protection));
        Ok(copy)
    }
}

fn allows(area: &Area, access: Access) -> bool {
    match access {
        Access::Read => area.protection.readable(),
        Access::Write => area.protection.writable(),
        Access::Execute => area.protection.executable(),
    }
}

/// A frame with what a view has at a page: the file's own if the page is a page of the file and only read.
#[cfg_attr(target_os = "none", optimize(speed))]
fn file_page<M: Machine>(
    storage: &mut Storage<'_, M>,
    view: &FileView,
    page: u64,
    access: Access,
) -> Result<Frame, FaultError> {
    let start = view.data_start.max(page);
    let end = view.data_end.min(page + PAGE);
    if start >= end {
        return Ok(storage.pool.allocate_zeroed(&mut storage.machine)?);
    }
    let offset = view.offset + (start - view.data_start);
    let size = storage.fs.size(view.inode);
    if offset >= size {
        return Err(FaultError::BeyondFile);
    }
    let whole = start == page
        && offset.is_multiple_of(PAGE)
        && (end == page + PAGE || offset + (end - start) >= size);
    if whole && access != Access::Write {
        let (pool, machine) = (&mut storage.pool, &mut storage.machine);
        match storage.fs.page_for_map(view.inode, offset / PAGE, pool, machine) {
            Ok(Some(frame)) => {
                pool.share(frame);
                return Ok(frame);
            }
            // The file may not have one more frame; the program may.
            Ok(None) | Err(Errno::ENOSPC) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    let frame = storage.pool.allocate()?;
    copy_from_file(storage, view, offset, frame, (start - page) as usize, (end - page) as usize);
    Ok(frame)
}

/// Fills a frame: zeros, and from `start` to `end` the file's bytes from `offset` on, as far as the file goes.
#[cfg_attr(target_os = "none", optimize(speed))]
fn copy_from_file<M: Machine>(
    storage: &mut Storage<'_, M>,
    view: &FileView,
    mut offset: u64,
    frame: Frame,
    start: usize,
    end: usize,
) {
    if end - start < PAGE_SIZE {
        storage.machine.zero(frame);
    }
    let mut at = start;
    while at < end {
        let length = match storage.fs.chunk(view.inode, offset, end - at) {
            Chunk::Bytes(bytes) => {
                storage.machine.page_mut(frame)[at..at + bytes.len()].copy_from_slice(bytes);
                bytes.len()
            }
            Chunk::Frame { frame: from, offset, length } => {
                storage.machine.copy(from, offset, frame, at, length);
                length
            }
            Chunk::Zero { length } => {
                storage.machine.page_mut(frame)[at..at + length].fill(0);
                length
            }
        };
        if length == 0 {
            storage.machine.page_mut(frame)[at..end].fill(0);
            break;
        }
        at += length;
        offset += length as u64;
    }
}
