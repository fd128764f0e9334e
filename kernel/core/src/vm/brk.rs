//! The two areas that grow: brk(2)'s heap, an anonymous area behind the program, and the stack's start.

use super::area::{Area, AreaKind, Lock};
use super::map::check_commitment;
use super::{AddressSpace, PAGE, Protection, STACK_GUARD, STACK_ROOM, STACK_TOP};
use crate::addr::{USER_END, page_align_up};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::storage::Storage;

impl AddressSpace {
    /// Where the heap will start; for exec.
    pub(crate) fn start_heap(&mut self, address: u64) {
        self.break_start = address;
        self.break_end = address;
    }

    /// The stack may grow so far from now on (RLIMIT_STACK), while all areas take no more than `all` bytes (RLIMIT_AS).
    pub(crate) fn limit_stack(&mut self, [limit, all]: [u64; 2]) {
        self.stack_limit = limit.min(*STACK_ROOM.end());
        self.address_limit = all;
    }

    /// The first page of the stack; faults make it longer. For exec: mappings leave it the room that it may take.
    ///
    /// # Errors
    /// ENOMEM.
    pub(crate) fn start_stack<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        protection: Protection,
        limits: [u64; 2],
    ) -> Result<(), Errno> {
        self.limit_stack(limits);
        self.mmap_top = STACK_TOP - STACK_GUARD - self.stack_limit.max(*STACK_ROOM.start());
        self.add_area(
            storage,
            Area {
                start: STACK_TOP - PAGE,
                end: STACK_TOP,
                protection,
                kind: AreaKind::Stack,
                lock: Lock::Off,
            },
        )
    }

    /// Sets the program break. Returns the break that holds afterwards: the old one when it cannot be moved.
    /// A move inside a page costs two comparisons.
    pub fn brk<M: Machine>(&mut self, storage: &mut Storage<'_, M>, address: u64) -> u64 {
        if address < self.break_start || address >= USER_END - PAGE {
            return self.break_end;
        }
        let old_end = round_up(self.break_end);
        let new_end = round_up(address);
        let moved = if new_end > old_end {
            self.grow_heap(storage, old_end, new_end)
        } else {
            new_end == old_end || self.unmap(storage, new_end, old_end - new_end).is_ok()
        };
        if moved {
            self.break_end = address;
        }
        self.break_end
    }

    fn grow_heap<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        old_end: u64,
        new_end: u64,
    ) -> bool {
        let protection = Protection::READ | Protection::WRITE;
        let heap = Area {
            start: self.break_start & !(PAGE - 1),
            end: new_end,
            protection,
            kind: AreaKind::Anonymous,
            lock: self.future_lock,
        };
        let grown = Area { start: old_end, ..heap };
        // One page stays free behind the heap.
        let free = self.areas.is_free(old_end, new_end + PAGE);
        let may = self.check_lock(heap.lock, new_end - old_end).is_ok();
        if !free || !may || check_commitment(storage, &heap).is_err() {
            return false;
        }
        let is_grown = match self.areas.previous(old_end) {
            Some(area) if area.continues(&grown) => {
                self.areas.update(old_end - PAGE, |area| area.end = new_end);
                true
            }
            _ => self.add_area(storage, grown).is_ok(),
        };
        if is_grown {
            self.fill_locked(storage, &grown);
        }
        is_grown
    }
}

/// To whole pages, for addresses in user space.
fn round_up(address: u64) -> u64 {
    page_align_up(address).expect("a break lies in user space")
}
