//! What epoll(7) watches: lists of open files, and what of each was told last.

use alloc::vec::Vec;

use super::numbered::Numbered;
use crate::process::descriptors::FileId;

/// EPOLLONESHOT: told once, then silent until it is set again.
pub const ONE_SHOT: u32 = 1 << 30;
/// EPOLLET: told when something happens, not as long as something is there.
pub const EDGE: u32 = 1 << 31;
/// The bits of `events` that are no conditions: besides these EPOLLWAKEUP and EPOLLEXCLUSIVE.
pub const FLAGS: u32 = 0xf000_0000;

/// An open file that is watched.
#[derive(Clone, Copy, Debug)]
pub struct Interest {
    /// The descriptor by which it was added: with the file it is the key.
    pub fd: u32,
    /// The open file.
    pub file: FileId,
    /// Conditions and flags; 0 once a one-shot was told.
    pub events: u32,
    /// What the program gets back.
    pub data: u64,
    /// The conditions that held when it was looked at last, and what had happened to the file by then.
    pub seen: (u16, [u32; 2]),
}

/// All lists, by the numbers that they have among the pipes.
pub type Epolls = Numbered<Vec<Interest>>;

impl Epolls {
    /// Is there a list of this number that watches one of the chosen files?
    pub fn watches(&self, number: u32, mut chosen: impl FnMut(FileId) -> bool) -> bool {
        self.get(number).is_some_and(|list| list.iter().any(|interest| chosen(interest.file)))
    }

    /// An open file is gone: nobody watches it any more.
    #[inline]
    pub fn forget(&mut self, file: FileId) {
        for list in self.iter_mut() {
            list.retain(|interest| interest.file != file);
        }
    }
}
