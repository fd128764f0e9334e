//! What the ledger knows of address spaces, whoever uses them: a process, its vfork child, and after a fork both.

use alloc::vec::Vec;

use super::record::NoMemory;
use crate::addr::Frame;

/// What is known of an address space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpaceRecord {
    /// The group of address spaces among which bytes may flow unseen; 0 is none.
    pub group: u32,
    /// Was anything made executable that is not only a file's?
    pub own_code: bool,
    /// Has a mapped file changed? Then pages of it may be as they were before, or not.
    pub stale: bool,
}

/// Those of which there is something to know, by the frames of their top tables; of the others it is the default.
/// Who lets go of an address space for good says so ([`Spaces::forget`]), as frames come again.
#[derive(Debug, Default)]
pub(crate) struct Spaces {
    list: Vec<(Frame, SpaceRecord)>,
}

impl Spaces {
    /// What is known of a space.
    #[inline(never)]
    pub fn get(&self, root: Frame) -> SpaceRecord {
        let place = self.place(root);
        place.map_or(SpaceRecord::default(), |place| self.list[place].1)
    }

    /// Sets that.
    #[inline(never)]
    pub fn set(&mut self, root: Frame, record: SpaceRecord) -> Result<(), NoMemory> {
        match self.place(root) {
            Some(place) => self.list[place].1 = record,
            None if record == SpaceRecord::default() => {}
            None => {
                self.list.try_reserve(1).map_err(|_| NoMemory)?;
                self.list.push((root, record));
            }
        }
        Ok(())
    }

    /// All of one group are of another from now on.
    pub fn regroup(&mut self, from: u32, to: u32) {
        for (_, record) in &mut self.list {
            if from != 0 && record.group == from {
                record.group = to;
            }
        }
    }

    fn place(&self, root: Frame) -> Option<usize> {
        self.list.iter().position(|(frame, _)| *frame == root)
    }

    /// A space is no more.
    #[inline(never)]
    pub fn forget(&mut self, root: Frame) {
        if let Some(place) = self.place(root) {
            self.list.swap_remove(place);
        }
    }

    /// Is nothing known of any?
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
