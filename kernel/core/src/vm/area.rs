//! Areas: which parts of an address space mean something, and what fills their pages.
//!
//! Invariant of [`Areas`]: sorted by address, not empty, page aligned, disjoint, below `USER_END`; neighbours that could
//! be one area are one. Each area of a file holds its inode once: who adds or drops an area here holds or releases it.

use alloc::vec::Vec;
use core::ops::Range;

use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::fs::{InodeId, Sharing};
use crate::paging::Protection;

/// The most areas that a process may have, so that it cannot eat the kernel's heap: 8192 * 56 bytes.
/// (Linux: vm.max_map_count, 65530.)
pub const MAX_AREAS: usize = 8192;

/// Part of a file in memory. Byte `data_start + n` of the address space is byte `offset + n` of the file, up to
/// `data_end`; what an area has outside of these is zeros. The addresses are absolute, so that an area that
/// is split keeps its view unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileView {
    /// The file.
    pub inode: InodeId,
    /// Where `data_start` lies in the file.
    pub offset: u64,
    /// The first address with bytes of the file.
    pub data_start: u64,
    /// One past the last.
    pub data_end: u64,
}

/// What fills the pages of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// Zeros.
    Anonymous,
    /// Zeros; grows down when the program touches what is below.
    Stack,
    /// Zeros; parent and child write to the same frames.
    SharedAnonymous,
    /// A file; the program has never been allowed to write to it.
    File(FileView),
    /// A file; written pages are the program's own, even when it may not write any more.
    OwnFile(FileView),
    /// A file's own pages, which must never be written through this area.
    ReadOnlyFile(FileView),
    /// A file's own pages, which may be written.
    WritableFile(FileView),
}

impl AreaKind {
    /// The file behind it.
    pub fn view(&self) -> Option<&FileView> {
        match self {
            AreaKind::File(view)
            | AreaKind::OwnFile(view)
            | AreaKind::ReadOnlyFile(view)
            | AreaKind::WritableFile(view) => Some(view),
            AreaKind::Anonymous | AreaKind::Stack | AreaKind::SharedAnonymous => None,
        }
    }

    /// How it shares the pages of its file; None where it has none, or copies of its own.
    pub fn sharing(&self) -> Option<Sharing> {
        match self {
            AreaKind::ReadOnlyFile(_) => Some(Sharing::Read),
            AreaKind::WritableFile(_) => Some(Sharing::Write),
            _ => None,
        }
    }

    /// Are its pages written in place, whoever else has them?
    pub fn is_written_in_place(&self) -> bool {
        matches!(self, AreaKind::SharedAnonymous | AreaKind::WritableFile(_))
    }

    /// The same kind for an area that moves from `old` to `new`.
    pub fn moved(mut self, old: u64, new: u64) -> Self {
        if let Some(view) = self.view_mut() {
            view.data_start = view.data_start.wrapping_sub(old).wrapping_add(new);
            view.data_end = view.data_end.wrapping_sub(old).wrapping_add(new);
        }
        self
    }

    /// The file behind it, to be changed.
    pub fn view_mut(&mut self) -> Option<&mut FileView> {
        match self {
            AreaKind::File(view)
            | AreaKind::OwnFile(view)
            | AreaKind::ReadOnlyFile(view)
            | AreaKind::WritableFile(view) => Some(view),
            AreaKind::Anonymous | AreaKind::Stack | AreaKind::SharedAnonymous => None,
        }
    }
}

/// A range of pages with one protection and one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// First address.
    pub start: u64,
    /// One past the last.
    pub end: u64,
    /// What the program may do.
    pub protection: Protection,
    /// What fills it.
    pub kind: AreaKind,
}

impl Area {
    /// The same area with another protection.
    pub fn protected(mut self, protection: Protection) -> Self {
        self.protection = protection;
        match self.kind {
            AreaKind::File(view) if protection.writable() => self.kind = AreaKind::OwnFile(view),
            _ => {}
        }
        self
    }

    /// May the processor execute bytes there that are not a file's?
    pub fn holds_own_code(&self) -> bool {
        let is_file = matches!(self.kind, AreaKind::File(_)) || self.kind.sharing().is_some();
        self.protection.executable() && (!is_file || self.protection.writable())
    }

    /// Can the program make every page of it need a frame of its own?
    pub fn needs_frames(&self) -> bool {
        match self.kind.sharing() {
            Some(_) => false,
            None => self.protection.writable() || self.kind == AreaKind::SharedAnonymous,
        }
    }

    fn continues(&self, next: &Area) -> bool {
        self.end == next.start && self.protection == next.protection && self.kind == next.kind
    }
}

/// The areas of an address space.
#[derive(Debug, Default)]
pub struct Areas {
    list: Vec<Area>,
}

impl Areas {
    /// All, in order.
    pub fn as_slice(&self) -> &[Area] {
        &self.list
    }

    /// The index of the first area that ends after `address`.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn at_or_after(&self, address: u64) -> usize {
        self.list.partition_point(|area| area.end <= address)
    }

    /// The area that holds `address`.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn find(&self, address: u64) -> Option<&Area> {
        let area = self.list.get(self.at_or_after(address))?;
        (area.start <= address).then_some(area)
    }

    /// The indexes of the areas that overlap a range.
    pub fn overlapping(&self, start: u64, end: u64) -> Range<usize> {
        let first = self.at_or_after(start);
        let count = self.list[first..].partition_point(|area| area.start < end);
        first..first + count
    }

    /// Does every page of a range belong to an area?
    pub fn cover(&self, start: u64, end: u64) -> bool {
        let mut at = start;
        for area in &self.list[self.overlapping(start, end)] {
            if area.start > at {
                return false;
            }
            at = area.end;
        }
        at >= end
    }

    /// The free range around `start..end`, which no area overlaps.
    pub fn hole_around(&self, start: u64, end: u64) -> (u64, u64) {
        let next = self.at_or_after(start);
        let floor = next.checked_sub(1).map_or(0, |index| self.list[index].end);
        let ceiling = self.list.get(next).map_or(crate::addr::USER_END, |area| area.start);
        debug_assert!(floor <= start && end <= ceiling);
        (floor, ceiling)
    }

    /// Makes room for `insertions` areas of which `growth` will stay, so that what follows cannot fail.
    ///
    /// # Errors
    /// ENOMEM past [`MAX_AREAS`] or when the kernel's heap is full.
    pub fn reserve(&mut self, insertions: usize, growth: usize) -> Result<(), Errno> {
        if growth > 0 && self.list.len() + growth > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        self.list.try_reserve(insertions).map_err(|_| Errno::ENOMEM)
    }

    /// Adds an area where none is, after `reserve`. Does not merge.
    pub fn insert(&mut self, area: Area) {
        debug_assert!(
            area.start < area.end
                && area.start.is_multiple_of(PAGE_SIZE as u64)
                && area.end.is_multiple_of(PAGE_SIZE as u64)
        );
        debug_assert!(self.overlapping(area.start, area.end).is_empty());
        let index = self.at_or_after(area.start);
        self.list.insert(index, area);
    }

    /// Makes `address` the start of an area if one reaches over it, after `reserve`. Returns the upper half:
    /// one more area of its file.
    pub fn split(&mut self, address: u64) -> Option<Area> {
        let index = self.at_or_after(address);
        let lower = self.list.get_mut(index)?;
        if lower.start >= address {
            return None;
        }
        let mut upper = *lower;
        lower.end = address;
        upper.start = address;
        self.list.insert(index + 1, upper);
        Some(upper)
    }

    /// Takes out areas.
    pub fn drain(&mut self, indexes: Range<usize>) -> impl Iterator<Item = Area> {
        self.list.drain(indexes)
    }

    /// Takes out the last area.
    pub fn pop(&mut self) -> Option<Area> {
        self.list.pop()
    }

    /// Changes an area in place. Its range may only move into free space.
    pub fn update(&mut self, index: usize, change: impl FnOnce(&mut Area)) {
        change(&mut self.list[index]);
    }

    /// Joins the area at `index` with the one before it if they continue each other. Returns the one that
    /// is no more: one area less of its file.
    pub fn merge_with_previous(&mut self, index: usize) -> Option<Area> {
        let area = *self.list.get(index)?;
        let previous = self.list.get_mut(index.checked_sub(1)?)?;
        if !previous.continues(&area) {
            return None;
        }
        previous.end = area.end;
        Some(self.list.remove(index))
    }
}
