//! The bytes of a regular file.
//!
//! A page with a frame reads from the frame. A page without one reads as the image's bytes, and as
//! zeros past the image's end: so a file of the image costs nothing until it is written or mapped, and
//! a hole costs nothing at all. Invariants: `image` never reaches past `size` (truncation cuts it); the
//! bytes past `size` in the frame that holds the end are zero; frames wholly past `size` hold zeros.

use super::inode::{InodeId, Node, Origin};
use super::slots::Slots;
use super::{FILE_SIZE_MAX, Fs};
use crate::addr::{Frame, PAGE_SHIFT, PAGE_SIZE, Page};
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::machine::Memory;

/// A piece of a file, where it lies. All pieces are as long as their place allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Bytes of the image's tar.
    Bytes(&'static [u8]),
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

impl Chunk {
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
}

/// The contents of a regular file.
pub(super) struct Content {
    size: u64,
    image: &'static [u8],
    slots: Slots,
    /// Pages that hold data: of the image, or with a frame. For st_blocks.
    data_pages: u64,
}

impl Content {
    /// A file of the image; the empty one for a new file.
    pub fn new(image: &'static [u8]) -> Self {
        Content {
            size: image.len() as u64,
            image,
            slots: Slots::new(),
            data_pages: pages(image.len() as u64),
        }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn data_pages(&self) -> u64 {
        self.data_pages
    }

    /// Releases everything.
    pub fn clear(&mut self, pool: &mut FramePool) {
        self.slots.release_from(0, pool);
        *self = Content::new(&[]);
    }

    fn chunk(&self, offset: u64, max: usize) -> Chunk {
        if offset >= self.size {
            return Chunk::END;
        }
        let mut length = usize::try_from(self.size - offset).unwrap_or(max).min(max);
        let page = offset >> PAGE_SHIFT;
        let within = offset as usize % PAGE_SIZE;
        if let Some(frame) = self.slots.get(page) {
            let length = length.min(PAGE_SIZE - within);
            return Chunk::Frame {
                frame,
                offset: within,
                length,
            };
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

    fn page_for_write(
        &mut self,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Frame, Errno> {
        match self.slots.get(page) {
            Some(frame) if !pool.is_shared(frame) => Ok(frame),
            Some(frame) => {
                let copy = pool.duplicate(memory, frame)?;
                pool.release(frame);
                self.slots.slot(page)?.set(copy);
                Ok(copy)
            }
            None => self.add_frame(page, pool, memory),
        }
    }

    fn page_for_map(
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
            None => self.add_frame(page, pool, memory).map(Some),
        }
    }

    /// Gives a page that has no frame one with the bytes that the page reads as.
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

    fn set_size(
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
            self.slots.release_from(pages(size), pool);
            if size < self.image.len() as u64 {
                self.image = &self.image[..size as usize];
            }
            let beyond_image = |page: &u64| image_page(self.image, *page).is_empty();
            let extra = self.slots.frames().filter(beyond_image).count();
            self.data_pages = pages(self.image.len() as u64) + extra as u64;
        }
        self.size = size;
        Ok(())
    }

    /// The first offset from `offset` on that holds data; None if there is only a hole.
    fn next_data(&self, offset: u64) -> Option<u64> {
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
    fn next_hole(&self, offset: u64) -> Option<u64> {
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

/// Pages that `bytes` bytes take. Not larger than 2^52, so it cannot overflow.
fn pages(bytes: u64) -> u64 {
    bytes.div_ceil(PAGE_SIZE as u64)
}

/// The bytes of the image in `page`: a whole page, less at the image's end, none past it.
fn image_page(image: &'static [u8], page: u64) -> &'static [u8] {
    let start = usize::try_from(page)
        .ok()
        .and_then(|page| page.checked_mul(PAGE_SIZE));
    match start.and_then(|start| image.get(start..)) {
        Some(bytes) => &bytes[..bytes.len().min(PAGE_SIZE)],
        None => &[],
    }
}

/// Contents by inode.
impl Fs {
    /// The longest piece of a regular file from `offset` on, at most `max` bytes: where its bytes lie.
    /// Empty at the end of the file, and for files of other kinds.
    pub fn chunk(&self, inode: InodeId, offset: u64, max: usize) -> Chunk {
        match &self.inodes[inode].node {
            Node::File(content) => content.chunk(offset, max),
            _ => Chunk::END,
        }
    }

    /// Size in bytes of a regular file; 0 for other kinds.
    pub fn size(&self, inode: InodeId) -> u64 {
        self.content(inode).map_or(0, Content::size)
    }

    /// The frame to write `page` (offset / 4096) of a regular file to: made, or copied from the image
    /// or from a frame that a mapping shares, as needed. The file stays its owner. The caller writes
    /// into it, then calls [`wrote`](Self::wrote) with the end of what it wrote.
    ///
    /// # Errors
    /// ENOMEM; EISDIR, EINVAL when it is no regular file; EFBIG past the largest offset.
    pub fn page_for_write(
        &mut self,
        inode: InodeId,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Frame, Errno> {
        if page > FILE_SIZE_MAX >> PAGE_SHIFT {
            return Err(Errno::EFBIG);
        }
        self.content_mut(inode)?.page_for_write(page, pool, memory)
    }

    /// Notes that bytes up to offset `end` (not included) were written: the file ends there or later,
    /// is [`Origin::Written`], and has a new version and time.
    pub fn wrote(&mut self, inode: InodeId, end: u64) {
        let now = self.now;
        let inode = &mut self.inodes[inode];
        if let Node::File(content) = &mut inode.node {
            content.size = content.size.max(end.min(FILE_SIZE_MAX));
            inode.version += 1;
            inode.origin = Origin::Written;
            inode.modified = now;
            inode.changed = now;
        }
    }

    /// The frame that holds `page` of a regular file, to be mapped; None past its end. Bytes past the
    /// file's end are zero. The file stays an owner: the caller adds its own with
    /// [`FramePool::share`], after which a write to the file leaves the mapped frame as it is.
    ///
    /// # Errors
    /// ENOMEM; EISDIR, EINVAL when it is no regular file.
    pub fn page_for_map(
        &mut self,
        inode: InodeId,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Option<Frame>, Errno> {
        self.content_mut(inode)?.page_for_map(page, pool, memory)
    }

    /// Cuts a regular file, or lengthens it by a hole.
    ///
    /// # Errors
    /// EFBIG; ENOMEM when a shared last page cannot be copied; EISDIR, EINVAL when it is no regular
    /// file.
    pub fn set_size(
        &mut self,
        inode: InodeId,
        size: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<(), Errno> {
        self.content_mut(inode)?.set_size(size, pool, memory)?;
        self.wrote(inode, 0);
        Ok(())
    }

    /// Writes `bytes` at `offset`: for files that the kernel itself makes. Stops at the first error
    /// and says how many bytes were written before it.
    ///
    /// # Errors
    /// As [`page_for_write`](Self::page_for_write), when nothing was written.
    pub fn write(
        &mut self,
        inode: InodeId,
        offset: u64,
        bytes: &[u8],
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<usize, Errno> {
        let room = FILE_SIZE_MAX.checked_sub(offset).ok_or(Errno::EFBIG)?;
        let bytes = &bytes[..bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX))];
        let mut done = 0;
        while done < bytes.len() {
            let at = offset + done as u64;
            let frame = match self.page_for_write(inode, at >> PAGE_SHIFT, pool, memory) {
                Ok(frame) => frame,
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            };
            let within = at as usize % PAGE_SIZE;
            let length = (bytes.len() - done).min(PAGE_SIZE - within);
            memory.page_mut(frame)[within..within + length]
                .copy_from_slice(&bytes[done..done + length]);
            done += length;
            self.wrote(inode, offset + done as u64);
        }
        Ok(done)
    }

    /// Reads from `offset` into `buffer`; fewer bytes only at the end of the file.
    pub fn read(
        &self,
        inode: InodeId,
        offset: u64,
        buffer: &mut [u8],
        memory: &impl Memory,
    ) -> usize {
        let mut done = 0;
        while done < buffer.len() {
            let Some(at) = offset.checked_add(done as u64) else {
                break;
            };
            let chunk = self.chunk(inode, at, buffer.len() - done);
            if chunk.is_empty() {
                break;
            }
            let target = &mut buffer[done..done + chunk.len()];
            match chunk {
                Chunk::Bytes(bytes) => target.copy_from_slice(bytes),
                Chunk::Zero { .. } => target.fill(0),
                Chunk::Frame {
                    frame,
                    offset,
                    length,
                } => target.copy_from_slice(&memory.page(frame)[offset..offset + length]),
            }
            done += chunk.len();
        }
        done
    }

    /// lseek's SEEK_DATA.
    ///
    /// # Errors
    /// ENXIO when there is no data from `offset` on; EISDIR, EINVAL when it is no regular file.
    pub fn seek_data(&self, inode: InodeId, offset: u64) -> Result<u64, Errno> {
        self.content(inode)?.next_data(offset).ok_or(Errno::ENXIO)
    }

    /// lseek's SEEK_HOLE. The end of the file counts as a hole.
    ///
    /// # Errors
    /// ENXIO when `offset` is not inside the file; EISDIR, EINVAL when it is no regular file.
    pub fn seek_hole(&self, inode: InodeId, offset: u64) -> Result<u64, Errno> {
        self.content(inode)?.next_hole(offset).ok_or(Errno::ENXIO)
    }
}
