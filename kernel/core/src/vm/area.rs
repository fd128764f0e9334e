//! An area: a part of an address space that means something, and what fills its pages.

use crate::fs::{InodeId, Sharing};
use crate::paging::Protection;

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
    /// Zeros, of which no more will be touched than there is memory for (MAP_NORESERVE).
    Reservation,
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
            AreaKind::Anonymous
            | AreaKind::Reservation
            | AreaKind::Stack
            | AreaKind::SharedAnonymous => None,
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

    /// Zeros, for no one else?
    pub fn is_private_and_anonymous(&self) -> bool {
        matches!(self, AreaKind::Anonymous | AreaKind::Reservation | AreaKind::Stack)
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
            AreaKind::Anonymous
            | AreaKind::Reservation
            | AreaKind::Stack
            | AreaKind::SharedAnonymous => None,
        }
    }
}

/// Must its pages be in memory (mlock(2))?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// No.
    #[default]
    Off,
    /// Those that were touched (MLOCK_ONFAULT).
    OnFault,
    /// All of them.
    Now,
}

/// A range of pages with one protection, one source and one lock.
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
    /// Whether its pages stay.
    pub lock: Lock,
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

    /// Is it private memory that may be written, but for the stack (RLIMIT_DATA)?
    pub fn is_data(&self) -> bool {
        let is_shared = self.kind.is_written_in_place() || self.kind == AreaKind::Stack;
        self.protection.writable() && !is_shared
    }

    /// Is a page of it copied before the program may write to it?
    pub fn is_copied_on_write(&self) -> bool {
        self.protection.writable() && !self.kind.is_written_in_place()
    }

    /// Must there be memory for a frame of its own for every page of it?
    pub fn needs_frames(&self) -> bool {
        match self.kind {
            AreaKind::Reservation | AreaKind::ReadOnlyFile(_) | AreaKind::WritableFile(_) => false,
            AreaKind::SharedAnonymous => true,
            _ => self.protection.writable(),
        }
    }

    /// Could the two be one area?
    pub fn continues(&self, next: &Area) -> bool {
        self.end == next.start
            && self.protection == next.protection
            && self.kind == next.kind
            && self.lock == next.lock
    }
}
