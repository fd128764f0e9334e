//! Pages that areas and files have in common (MAP_SHARED): they come from the file, and go when it is cut.
//!
//! Invariant: a page of a file is writable in the tables of one address space at most, the file's
//! [`map_writer`](crate::fs::Fs::map_writer).

use super::area::{AreaKind, FileView};
use super::{AddressSpace, FaultError, PAGE};
use crate::addr::Frame;
use crate::errno::Errno;
use crate::fs::InodeId;
use crate::machine::Machine;
use crate::storage::Storage;
use core::ops::Range;

impl AddressSpace {
    /// The file that the program, or the kernel for it, may not store into at an address before that is told.
    pub fn untold_at<M: Machine>(&self, storage: &Storage<'_, M>, address: u64) -> Option<InodeId> {
        let area = self.areas.find(address)?;
        match area.kind {
            AreaKind::WritableFile(view)
                if area.protection.writable()
                    && storage.fs.map_writer(view.inode) != Some(self.identity()) =>
            {
                Some(view.inode)
            }
            _ => None,
        }
    }

    /// The file that the kernel could not store into since this was asked last.
    pub fn take_untold(&mut self) -> Option<InodeId> {
        self.untold.take()
    }

    /// The next store into a file is to be told first.
    pub fn stop_writes<M: Machine>(&mut self, storage: &mut Storage<'_, M>, file: InodeId) {
        let mut at = 0;
        while let Some(area) = self.areas.next(at).copied() {
            at = area.end;
            if matches!(area.kind, AreaKind::WritableFile(view) if view.inode == file) {
                self.rewrite_pages(storage, &area);
            }
        }
    }

    /// Pages of a file, all that lie within these bytes of it, are about to go: behind its new end (SIGBUS), or into a hole.
    pub fn drop_file_pages<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        file: InodeId,
        bytes: &Range<u64>,
    ) {
        let mut at = 0;
        while let Some(area) = self.areas.next(at).copied() {
            at = area.end;
            let Some(view) = area.kind.view().filter(|view| view.inode == file) else {
                continue;
            };
            if area.kind.sharing().is_some() {
                let address = |offset: u64| {
                    let distance = offset.saturating_sub(view.offset);
                    view.data_start.saturating_add(distance).clamp(area.start, area.end)
                };
                let from = address(bytes.start.next_multiple_of(PAGE));
                let to = address(bytes.end / PAGE * PAGE);
                if from < to {
                    let cleared = self.clear_pages(storage, from, to);
                    self.forget_range(&mut storage.machine, from, to, cleared);
                }
            }
        }
    }
}

/// The file's own frame behind a page of an area that shares it, with one more owner.
pub(super) fn shared_page<M: Machine>(
    storage: &mut Storage<'_, M>,
    view: &FileView,
    page: u64,
) -> Result<Frame, FaultError> {
    let offset = view.offset + (page - view.data_start);
    let (pool, machine) = (&mut storage.pool, &mut storage.machine);
    match storage.fs.page_for_map(view.inode, offset / PAGE, pool, machine) {
        Ok(Some(frame)) => {
            pool.share(frame);
            Ok(frame)
        }
        // As on Linux, where the device is full.
        Ok(None) | Err(Errno::ENOSPC) => Err(FaultError::BeyondFile),
        Err(errno) => Err(errno.into()),
    }
}
