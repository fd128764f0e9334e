//! The frame pool: which page frames are free, and how many owners each used one has.
//!
//! Frames above the watermark were never handed out; freed ones are kept on a stack that is threaded
//! through the count table itself, so the pool needs no memory of its own beyond one word a frame.
//! Invariant: a frame is owned (count >= 1), on the free stack, or above the watermark.

use crate::addr::{Frame, Page};
use crate::errno::Errno;
use crate::machine::Memory;

/// Marks the end of the free stack.
const NONE: u32 = u32::MAX;

/// The most frames that contents of files leave to everything else: 8 MiB, enough for a shell, a program that removes
/// files, page tables and the ledger.
const RESERVE_MOST: usize = 2048;

/// Free frames and the owners of used ones, over the memory of the machine.
pub struct FramePool<'a> {
    first: u32,
    counts: &'a mut [u32],
    watermark: usize,
    free_head: u32,
    free: usize,
    /// Frames that files leave to others.
    reserve: usize,
}

impl<'a> FramePool<'a> {
    /// A pool of `counts.len()` frames from `first` on. The contents of `counts` do not matter.
    pub fn new(first: Frame, counts: &'a mut [u32]) -> Self {
        let free = counts.len();
        let reserve = (free / 16).min(RESERVE_MOST);
        FramePool { first: first.0, counts, watermark: 0, free_head: NONE, free, reserve }
    }

    /// Frames in the pool, used and free.
    pub fn total(&self) -> usize {
        self.counts.len()
    }

    /// Frames that can still be handed out.
    pub fn free(&self) -> usize {
        self.free
    }

    /// May a file take one more frame? The last ones are for programs, tables and the ledger: when files have filled the
    /// rest, somebody must still be able to remove some.
    #[inline(always)]
    pub fn has_room_for_files(&self) -> bool {
        self.free > self.reserve
    }

    /// Frames that files can still take.
    pub fn free_for_files(&self) -> usize {
        self.free.saturating_sub(self.reserve)
    }

    /// Files may take every frame.
    #[cfg(test)]
    pub fn without_reserve(self) -> Self {
        FramePool { reserve: 0, ..self }
    }

    /// Hands out a frame with unspecified contents and one owner.
    ///
    /// # Errors
    /// ENOMEM when none is left.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn allocate(&mut self) -> Result<Frame, Errno> {
        let index = if self.free_head != NONE {
            let index = self.free_head as usize;
            self.free_head = self.counts[index];
            index
        } else if self.watermark < self.counts.len() {
            self.watermark += 1;
            self.watermark - 1
        } else {
            return Err(Errno::ENOMEM);
        };
        self.counts[index] = 1;
        self.free -= 1;
        Ok(Frame(self.first + index as u32))
    }

    /// Hands out a frame of zeros.
    ///
    /// # Errors
    /// ENOMEM when none is left.
    pub fn allocate_zeroed(&mut self, memory: &mut impl Memory) -> Result<Frame, Errno> {
        let frame = self.allocate()?;
        memory.zero(frame);
        Ok(frame)
    }

    /// Hands out a copy of `frame`.
    ///
    /// # Errors
    /// ENOMEM when no frame is left.
    pub fn duplicate(&mut self, memory: &mut impl Memory, frame: Frame) -> Result<Frame, Errno> {
        let copy = self.allocate()?;
        memory.copy(frame, 0, copy, 0, size_of::<Page>());
        Ok(copy)
    }

    /// Adds an owner.
    #[inline(always)]
    pub fn share(&mut self, frame: Frame) {
        let index = self.index(frame);
        self.counts[index] += 1;
    }

    /// Takes an owner away; the last one frees the frame.
    #[inline(always)]
    pub fn release(&mut self, frame: Frame) {
        let index = self.index(frame);
        self.counts[index] -= 1;
        if self.counts[index] == 0 {
            self.counts[index] = self.free_head;
            self.free_head = index as u32;
            self.free += 1;
        }
    }

    /// Has the frame more than one owner?
    #[inline(always)]
    pub fn is_shared(&self, frame: Frame) -> bool {
        self.counts[self.index(frame)] > 1
    }

    #[inline(always)]
    fn index(&self, frame: Frame) -> usize {
        (frame.0 - self.first) as usize
    }
}
