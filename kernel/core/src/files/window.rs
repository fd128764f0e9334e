//! Windows: where the bytes around an open file's offset lie, so that the next small transfer need not ask.
//!
//! Programs of a bootstrap chain read and write by the million, a byte each. A window holds while the file system's
//! generation ([`Fs::generation`]) is the one that it was noted in: the file system ends all windows when bytes of any
//! file change their place, and when what is read or written has to be noted anew. Nobody else has to think of them.

use crate::addr::{Frame, PAGE_SIZE};
use crate::fs::{Chunk, FILE_SIZE_MAX, Fs, InodeId, Seals};
use crate::process::descriptors::FileId;

/// Longer transfers do not look for a window: it would not pay.
pub const SMALL: usize = 512;

const PAGE: u64 = PAGE_SIZE as u64;

/// Where bytes of a file lie in memory.
#[derive(Clone, Copy, Debug)]
pub enum WindowPlace {
    /// Not known.
    Nowhere,
    /// In the image, the window's first byte first.
    Image(&'static [u8]),
    /// In this frame, to be read; the window starts with the page.
    ReadFrame(Frame),
    /// In this frame, to be written; the window is the whole page.
    WriteFrame(Frame),
}

/// A range of a file whose place is known.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The file system's generation when it was noted; 0 is none.
    generation: u64,
    /// Offset of its first byte in the file.
    start: u64,
    /// Bytes.
    length: u64,
    /// Where they are.
    pub place: WindowPlace,
}

impl Window {
    /// No window.
    pub const NONE: Window =
        Window { generation: 0, start: 0, length: 0, place: WindowPlace::Nowhere };

    /// How far into the window `offset` lies, if it holds and has `length` bytes from there on, at least one.
    #[inline(always)]
    pub fn find(&self, generation: u64, offset: u64, length: u64) -> Option<usize> {
        let at = offset.wrapping_sub(self.start);
        let fits = self.generation == generation
            && at < self.length
            && length.wrapping_sub(1) < self.length - at;
        fits.then_some(at as usize)
    }
}

impl Window {
    /// Where a file's bytes from `offset` on will be found.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn for_reads(fs: &Fs, inode: InodeId, offset: u64) -> Self {
        let page_start = offset & !(PAGE - 1);
        let mut start = page_start;
        let place = match fs.chunk(inode, page_start, PAGE_SIZE) {
            Chunk::Bytes(_) => {
                start = offset;
                match fs.chunk(inode, start, usize::MAX) {
                    Chunk::Bytes(bytes) => WindowPlace::Image(bytes),
                    _ => WindowPlace::Nowhere,
                }
            }
            Chunk::Frame { frame, offset: 0, .. } => WindowPlace::ReadFrame(frame),
            _ => WindowPlace::Nowhere,
        };
        let length = match place {
            WindowPlace::Image(bytes) => bytes.len() as u64,
            WindowPlace::ReadFrame(_) => PAGE.min(fs.size(inode).saturating_sub(start)),
            _ => 0,
        };
        Window { generation: fs.generation(), start, length, place }
    }

    /// The page that writes from `offset` on will go to. What has seals, or may get some, is written the long way.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn for_writes(fs: &Fs, inode: InodeId, offset: u64) -> Self {
        let start = offset & !(PAGE - 1);
        if start > FILE_SIZE_MAX - PAGE || fs.seals(inode) != Seals::SEAL {
            return Window::NONE;
        }
        let place = match fs.chunk(inode, start, PAGE_SIZE) {
            Chunk::Frame { frame, offset: 0, .. } => WindowPlace::WriteFrame(frame),
            _ => WindowPlace::Nowhere,
        };
        Window { generation: fs.generation(), start, length: PAGE, place }
    }
}

/// What small writes have done to a file, until the file system is told.
#[derive(Clone, Copy, Debug)]
pub struct PendingWrite {
    /// The open file that was written; no descriptor names the one of [`NONE`](Self::NONE).
    file: FileId,
    /// One past the last byte.
    end: u64,
}

impl PendingWrite {
    /// Nothing to tell.
    pub const NONE: PendingWrite = PendingWrite { file: FileId(u32::MAX), end: 0 };

    /// This file was written up to `end`.
    pub fn of(file: FileId, end: u64) -> Self {
        PendingWrite { file, end }
    }

    /// The same file goes on being written, up to `end`. False where it is another.
    #[inline(always)]
    pub fn extend(&mut self, file: FileId, end: u64) -> bool {
        let is_same = self.file == file;
        if is_same {
            self.end = end;
        }
        is_same
    }

    /// What there is to tell.
    #[inline(always)]
    pub fn take(&mut self) -> Option<(FileId, u64)> {
        if self.file == Self::NONE.file {
            return None;
        }
        let PendingWrite { file, end } = core::mem::replace(self, Self::NONE);
        Some((file, end))
    }
}
