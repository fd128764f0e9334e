//! The bytes of a regular file.
//!
//! A page with a frame reads from the frame. A page without one reads as the image's bytes, and as
//! zeros past the image's end: so a file of the image costs nothing until it is written or mapped, and
//! a hole costs nothing at all. Invariants: `image` never reaches past `size` (truncation cuts it); the
//! bytes past `size` in the frame that holds the end are zero; frames wholly past `size` hold zeros.

use super::FILE_SIZE_MAX;
use super::slots::PageSlots;
use crate::addr::{Frame, PAGE_SHIFT, PAGE_SIZE, Page};
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::machine::Memory;
use core::ops::Range;

/// A piece of a file, where it lies. All pieces are as long as their place allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk<'b> {
    /// Bytes of the image's tar, or of the kernel's own.
    Bytes(&'b [u8]),
    /// Bytes of a page frame that the file owns.
    Frame {
        /// The frame.
        frame: Frame,
        /// Where in the frame.
        offset: usize,
        /// How many bytes; they end inside the frame.
        length: usize,
    },
    /// A hole: zeros.
    Zero {
        /// How many.
        length: usize,
    },
}

impl Chunk<'_> {
    /// At the end of the file.
    pub const END: Self = Chunk::Zero { length: 0 };

    /// Bytes in the piece; 0 only at the end of the file.
    pub const fn len(&self) -> usize {
        match self {
            Chunk::Bytes(bytes) => bytes.len(),
            Chunk::Frame { length, .. } | Chunk::Zero { length } => *length,
        }
    }

    /// Is this the end of the file?
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes `length` of its bytes, after the first `skip`, into a frame.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn store(
        &self,
        skip: usize,
        memory: &mut impl Memory,
        frame: Frame,
        offset: usize,
        length: usize,
    ) {
        match *self {
            Chunk::Bytes(bytes) => {
                memory.page_mut(frame)[offset..offset + length]
                    .copy_from_slice(&bytes[skip..skip + length]);
            }
            Chunk::Frame { frame: from, offset: start, .. } => {
                memory.copy(from, start + skip, frame, offset, length)
            }
            Chunk::Zero { .. } => memory.page_mut(frame)[offset..offset + length].fill(0),
        }
    }

    /// Writes all of its bytes to `target`, which is as long.
    pub fn load(&self, memory: &impl Memory, target: &mut [u8]) {
        match *self {
            Chunk::Bytes(bytes) => target.copy_from_slice(bytes),
            Chunk::Zero { .. } => target.fill(0),
            Chunk::Frame { frame, offset, length } => {
                target.copy_from_slice(&memory.page(frame)[offset..offset + length])
            }
        }
    }
}

/// The contents of a regular file.
pub(super) struct Content {
    size: u64,
    image: &'static [u8],
    slots: PageSlots,
    /// Pages that hold data: of the image, or with a frame. For st_blocks.
    data_pages: u64,
    /// Areas of memory that share the pages: while there are any, a write goes to the frame that they show.
    pub(super) sharers: u32,
    /// Which address space may have pages of it writable ([`maps`](super::maps)).
    pub(super) map_writer: Option<Frame>,
}

impl Content {
    /// A file of the image; the empty one for a new file.
    pub fn new(image: &'static [u8]) -> Self {
        Content {
            size: image.len() as u64,
            image,
            slots: PageSlots::new(),
            data_pages: pages(image.len() as u64),
            sharers: 0,
            map_writer: None,
        }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// May it hold bytes of the image?
    #[inline]
    pub fn has_image(&self) -> bool {
        !self.image.is_empty()
    }

    pub fn data_pages(&self) -> u64 {
        self.data_pages
    }

    /// The file reaches to offset `end` at least.
    pub fn reach(&mut self, end: u64) {
        self.size = self.size.max(end.min(FILE_SIZE_MAX));
    }

    /// The frame of `page`, if the file has one that is to be written in place.
    #[inline]
    pub fn own_frame(&self, page: u64, pool: &FramePool) -> Option<Frame> {
        self.slots.get(page).filter(|frame| !pool.is_shared(*frame) || self.sharers > 0)
    }

    /// Releases everything.
    pub fn clear(&mut self, pool: &mut FramePool) {
        self.slots.release(0..u64::MAX, pool);
        *self = Content::new(&[]);
    }

    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn chunk(&self, offset: u64, max: usize) -> Chunk<'static> {
        if offset >= self.size {
            return Chunk::END;
        }
        let mut length = usize::try_from(self.size - offset).unwrap_or(max).min(max);
        let page = offset >> PAGE_SHIFT;
        let within = offset as usize % PAGE_SIZE;
        if let Some(frame) = self.slots.get(page) {
            let length = length.min(PAGE_SIZE - within);
            return Chunk::Frame { frame, offset: within, length };
        }
        if length > PAGE_SIZE - within && !self.slots.is_empty() {
            let run = self.slots.empty_run(page, pages((within + length) as u64));
            length = length.min((run as usize).saturating_mul(PAGE_SIZE) - within);
        }
        if offset < self.image.len() as u64 {
            let bytes = &self.image[offset as usize..];
            return Chunk::Bytes(&bytes[..length.min(bytes.len())]);
        }
        Chunk::Zero { length }
    }

    pub fn page_for_write(
        &mut self,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Frame, Errno> {
        if let Some(frame) = self.own_frame(page, pool) {
            return Ok(frame);
        }
        match self.slots.get(page) {
            Some(frame) => {
                let copy = pool.duplicate(memory, frame)?;
                pool.release(frame);
                self.slots.slot(page)?.set(copy);
                Ok(copy)
            }
            None => self.add_frame(page, pool, memory),
        }
    }

    pub fn page_for_map(
        &mut self,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Option<Frame>, Errno> {
        if page >= pages(self.size) {
            return Ok(None);
        }
        match self.slots.get(page) {
            Some(frame) => Ok(Some(frame)),
            None if !pool.has_room_for_files() => Err(Errno::ENOSPC),
            None => self.add_frame(page, pool, memory).map(Some),
        }
    }

    /// Gives a page that has no frame one with the bytes that the page reads as.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn add_frame(
        &mut self,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Frame, Errno> {
        let slot = self.slots.slot(page)?;
        let frame = pool.allocate()?;
        slot.set(frame);
        let bytes = image_page(self.image, page);
        let target: &mut Page = memory.page_mut(frame);
        target[..bytes.len()].copy_from_slice(bytes);
        target[bytes.len()..].fill(0);
        if bytes.is_empty() {
            self.data_pages += 1;
        }
        Ok(frame)
    }

    pub fn set_size(
        &mut self,
        size: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<(), Errno> {
        if size > FILE_SIZE_MAX {
            return Err(Errno::EFBIG);
        }
        if size < self.size {
            let within = size as usize % PAGE_SIZE;
            let last = size >> PAGE_SHIFT;
            if within > 0 && self.slots.get(last).is_some() {
                let frame = self.page_for_write(last, pool, memory)?;
                memory.page_mut(frame)[within..].fill(0);
            }
            self.slots.release(pages(size)..u64::MAX, pool);
            if size < self.image.len() as u64 {
                self.image = &self.image[..size as usize];
            }
            self.count_data();
        }
        self.size = size;
        Ok(())
    }

    /// Makes a hole: whole pages go, parts of pages become zeros. What the image has behind it moves to frames, for the
    /// image's part is one piece.
    pub fn punch(
        &mut self,
        bytes: Range<u64>,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<(), Errno> {
        let whole = whole_pages(&bytes);
        let at = |page: u64| page << PAGE_SHIFT;
        let head = bytes.start..bytes.end.min(at(whole.start));
        let tail = bytes.start.max(at(whole.end))..bytes.end;
        let parts = [head, if whole.start <= whole.end { tail } else { 0..0 }];
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let page = part.start >> PAGE_SHIFT;
            if self.slots.get(page).is_some() || !image_page(self.image, page).is_empty() {
                let frame = self.page_for_write(page, pool, memory)?;
                let start = part.start as usize % PAGE_SIZE;
                let length = (part.end - part.start) as usize;
                memory.page_mut(frame)[start..start + length].fill(0);
            }
        }
        if whole.is_empty() {
            return Ok(());
        }
        let image = self.image.len() as u64;
        if at(whole.start) < image {
            for page in whole.end..pages(image) {
                match self.slots.get(page) {
                    Some(_) => {}
                    None if !pool.has_room_for_files() => return Err(Errno::ENOSPC),
                    None => drop(self.add_frame(page, pool, memory)?),
                }
            }
            self.image = &self.image[..at(whole.start) as usize];
        }
        self.slots.release(whole, pool);
        self.count_data();
        Ok(())
    }

    fn count_data(&mut self) {
        let beyond_image = |page: &u64| image_page(self.image, *page).is_empty();
        let extra = self.slots.frames().filter(beyond_image).count();
        self.data_pages = pages(self.image.len() as u64) + extra as u64;
    }

    /// The first offset from `offset` on that holds data; None if there is only a hole.
    pub fn next_data(&self, offset: u64) -> Option<u64> {
        if offset >= self.size {
            return None;
        }
        if offset < self.image.len() as u64 {
            return Some(offset);
        }
        let page = self.slots.next_frame(offset >> PAGE_SHIFT)?;
        let start = offset.max(page << PAGE_SHIFT);
        (start < self.size).then_some(start)
    }

    /// The first offset from `offset` on that is in a hole, or the end of the file.
    pub fn next_hole(&self, offset: u64) -> Option<u64> {
        if offset >= self.size {
            return None;
        }
        let mut page = offset >> PAGE_SHIFT;
        while !image_page(self.image, page).is_empty() || self.slots.get(page).is_some() {
            page += 1;
        }
        Some(offset.max(page << PAGE_SHIFT).min(self.size))
    }
}

/// The pages that lie within; where there are none, the end may be before the start.
pub(super) fn whole_pages(bytes: &Range<u64>) -> Range<u64> {
    pages(bytes.start)..bytes.end >> PAGE_SHIFT
}

/// Pages that `bytes` bytes take. Not larger than 2^52, so it cannot overflow.
fn pages(bytes: u64) -> u64 {
    bytes.div_ceil(PAGE_SIZE as u64)
}

/// The bytes of the image in `page`: a whole page, less at the image's end, none past it.
fn image_page(image: &'static [u8], page: u64) -> &'static [u8] {
    let start = usize::try_from(page).ok().and_then(|page| page.checked_mul(PAGE_SIZE));
    match start.and_then(|start| image.get(start..)) {
        Some(bytes) => &bytes[..bytes.len().min(PAGE_SIZE)],
        None => &[],
    }
}
