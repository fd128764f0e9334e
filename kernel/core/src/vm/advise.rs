//! madvise(2): only advice that changes what a program can see does anything.

use super::area::{AreaKind, Lock};
use super::{AddressSpace, page_range};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::storage::Storage;

/// Pages may be dropped; the next touch fills them anew.
const MADV_DONTNEED: u64 = 4;
/// Pages may be dropped when memory is short: here at once.
const MADV_FREE: u64 = 8;
/// MADV_DONTNEED for pages that are locked too.
const MADV_DONTNEED_LOCKED: u64 = 24;
/// Hints that are taken and need nothing done: NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DOFORK, MERGEABLE, UNMERGEABLE,
/// HUGEPAGE, NOHUGEPAGE, DONTDUMP, DODUMP, KEEPONFORK, COLD, PAGEOUT.
const HINTS: [u64; 14] = [0, 1, 2, 3, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21];
/// Advice that pages which are locked do not take: that, MADV_COLD and MADV_PAGEOUT.
const AGAINST_LOCKS: [u64; 4] = [MADV_DONTNEED, MADV_FREE, 20, 21];

impl AddressSpace {
    /// madvise(2); `advice` is MADV_*.
    ///
    /// # Errors
    /// EINVAL for an address inside a page or advice that is not supported, for what is against a lock, and for MADV_FREE
    /// of what is not private and anonymous; ENOMEM for a hole in the range (the rest is done).
    pub fn advise<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
        length: u64,
        advice: u64,
    ) -> Result<(), Errno> {
        let drop_pages = matches!(advice, MADV_DONTNEED | MADV_DONTNEED_LOCKED | MADV_FREE);
        if !drop_pages && !HINTS.contains(&advice) {
            return Err(Errno::EINVAL);
        }
        let (start, end) = page_range(address, length, Errno::EINVAL)?;
        let mut at = start;
        while at < end
            && let Some(area) = self.areas.next(at).copied().filter(|area| area.start < end)
        {
            at = area.end;
            let is_refused = area.lock != Lock::Off && AGAINST_LOCKS.contains(&advice);
            if is_refused || advice == MADV_FREE && !area.kind.is_private_and_anonymous() {
                return Err(Errno::EINVAL);
            }
            // A shared page is not this process's alone to drop.
            if !drop_pages || area.kind == AreaKind::SharedAnonymous {
                continue;
            }
            let (from, to) = (area.start.max(start), area.end.min(end));
            let cleared = self.clear_pages(storage, from, to);
            self.forget_range(&mut storage.machine, from, to, cleared);
        }
        if self.areas.cover(start, end) { Ok(()) } else { Err(Errno::ENOMEM) }
    }
}
