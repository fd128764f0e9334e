//! The page slots of a file: which pages have a frame of their own.
//!
//! The first four slots stand here, so that a small file takes nothing from the heap. The others stand
//! in leaves of 512 slots (2 MiB of the file), sorted by number; leaves that hold nothing are left out.
//! In a file without large holes leaf n stands at position n, so that a slot is found at once; otherwise
//! by binary search. Growth copies at most one leaf (2 KiB) or the list of leaves.

use crate::addr::Frame;
use crate::errno::Errno;
use crate::frames::FramePool;
use alloc::vec::Vec;
use core::ops::Range;

/// Slots outside leaves. Leaf 0 has slots for these pages too, which are never used.
const NEAR: usize = 4;
/// Slots in a leaf.
const LEAF_SLOTS: u64 = 512;

/// The frame of one page, if it has one. Four bytes: no machine has a frame with this number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct PageSlot(u32);

impl PageSlot {
    const EMPTY: Self = PageSlot(u32::MAX);

    #[inline(always)]
    pub fn frame(self) -> Option<Frame> {
        (self != Self::EMPTY).then_some(Frame(self.0))
    }

    pub fn set(&mut self, frame: Frame) {
        *self = PageSlot(frame.0);
    }
}

struct Leaf {
    number: u64,
    /// At most [`LEAF_SLOTS`]; those past its end are empty.
    slots: Vec<PageSlot>,
}

/// The slots of all pages of a file.
pub(super) struct PageSlots {
    near: [PageSlot; NEAR],
    leaves: Vec<Leaf>,
}

impl PageSlots {
    pub const fn new() -> Self {
        PageSlots { near: [PageSlot::EMPTY; NEAR], leaves: Vec::new() }
    }

    /// The frame of `page`.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn get(&self, page: u64) -> Option<Frame> {
        if page < NEAR as u64 {
            return self.near[page as usize].frame();
        }
        let leaf = self.leaves.get(self.find(page / LEAF_SLOTS).ok()?)?;
        leaf.slots.get((page % LEAF_SLOTS) as usize)?.frame()
    }

    /// The slot of `page`, made if it is not there.
    pub fn slot(&mut self, page: u64) -> Result<&mut PageSlot, Errno> {
        if page < NEAR as u64 {
            return Ok(&mut self.near[page as usize]);
        }
        let number = page / LEAF_SLOTS;
        let position = match self.find(number) {
            Ok(position) => position,
            Err(position) => {
                self.leaves.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                let slots = Vec::new();
                self.leaves.insert(position, Leaf { number, slots });
                position
            }
        };
        let slots = &mut self.leaves[position].slots;
        let index = (page % LEAF_SLOTS) as usize;
        if index >= slots.len() {
            let length = (index + 1).next_power_of_two();
            slots.try_reserve_exact(length - slots.len()).map_err(|_| Errno::ENOMEM)?;
            slots.resize(length, PageSlot::EMPTY);
        }
        Ok(&mut slots[index])
    }

    /// How many pages from `page` on have no frame: at most `limit`.
    pub fn empty_run(&self, page: u64, limit: u64) -> u64 {
        match self.next_frame(page) {
            Some(next) => limit.min(next - page),
            None => limit,
        }
    }

    /// The first page from `page` on that has a frame.
    pub fn next_frame(&self, page: u64) -> Option<u64> {
        let has_frame = |page: &u64| self.near[*page as usize].frame().is_some();
        if let Some(near) = (page..NEAR as u64).find(has_frame) {
            return Some(near);
        }
        let (Ok(first) | Err(first)) = self.find(page / LEAF_SLOTS);
        for leaf in &self.leaves[first..] {
            let start = leaf.number * LEAF_SLOTS;
            let skip = page.saturating_sub(start) as usize;
            let mut slots = leaf.slots.iter().skip(skip);
            if let Some(offset) = slots.position(|slot| slot.frame().is_some()) {
                return Some(start + (skip + offset) as u64);
            }
        }
        None
    }

    /// Releases the frames of these pages.
    pub fn release(&mut self, pages: Range<u64>, pool: &mut FramePool) {
        let mut release = |slot: &mut PageSlot| {
            if let Some(frame) = slot.frame() {
                pool.release(frame);
                *slot = PageSlot::EMPTY;
            }
        };
        let near = |page: u64| page.min(NEAR as u64) as usize;
        self.near[near(pages.start)..near(pages.end)].iter_mut().for_each(&mut release);
        let start = |leaf: &Leaf| leaf.number * LEAF_SLOTS;
        let first = self.leaves.partition_point(|leaf| start(leaf) + LEAF_SLOTS <= pages.start);
        let last = self.leaves.partition_point(|leaf| start(leaf) < pages.end);
        for leaf in &mut self.leaves[first..last] {
            let skip = pages.start.saturating_sub(start(leaf)) as usize;
            let end = usize::try_from(pages.end - start(leaf)).unwrap_or(usize::MAX);
            leaf.slots.iter_mut().take(end).skip(skip).for_each(&mut release);
        }
        let whole = self.leaves.partition_point(|leaf| start(leaf) < pages.start);
        let part = self.leaves.partition_point(|leaf| start(leaf) + LEAF_SLOTS <= pages.end);
        if whole < part {
            self.leaves.drain(whole..part);
        }
    }

    /// Pages that have a frame.
    pub fn frames(&self) -> impl Iterator<Item = u64> {
        core::iter::successors(self.next_frame(0), |page| self.next_frame(page + 1))
    }

    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.near == [PageSlot::EMPTY; NEAR]
    }

    /// Where leaf `number` is, or where it belongs.
    #[inline(always)]
    fn find(&self, number: u64) -> Result<usize, usize> {
        let guess = number as usize;
        match self.leaves.get(guess) {
            Some(leaf) if leaf.number == number => Ok(guess),
            _ => self.search(number),
        }
    }

    fn search(&self, number: u64) -> Result<usize, usize> {
        self.leaves.binary_search_by_key(&number, |leaf| leaf.number)
    }
}
