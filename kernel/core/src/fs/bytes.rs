//! Reading and writing files by inode: what the system calls and the memory of processes use.
//!
//! Nobody copies through a buffer: a reader asks where a piece lies ([`Fs::chunk`]), a writer where a
//! page is to be written ([`Fs::page_for_write`]), and both move the bytes between there and the user's
//! page themselves.

use super::content::{Chunk, Content};
use super::inode::Node;
use super::kinds::InodeId;
use super::{FILE_SIZE_MAX, Fs};
use crate::addr::{Frame, PAGE_SHIFT, PAGE_SIZE};
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::machine::Memory;
use core::ops::Range;

impl Fs {
    /// The longest piece of a regular file from `offset` on, at most `max` bytes: where its bytes lie.
    /// Empty at the end of the file, and for files of other kinds.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn chunk(&self, inode: InodeId, offset: u64, max: usize) -> Chunk<'static> {
        match &self.inodes[inode].node {
            Node::File(content) => content.chunk(offset, max),
            _ => Chunk::END,
        }
    }

    /// Size in bytes of a regular file; 0 for other kinds.
    pub fn size(&self, inode: InodeId) -> u64 {
        self.content(inode).map_or(0, Content::size)
    }

    /// Bytes of a regular file that are in holes.
    pub fn holes(&self, inode: InodeId) -> u64 {
        let data = self.stat(inode).blocks.saturating_mul(512);
        self.size(inode).saturating_sub(data)
    }

    /// The frame to write `page` (offset / 4096) of a regular file to: made, or copied from the image
    /// or from a frame that a mapping shares, as needed. The file stays its owner. The caller writes
    /// into it, then calls [`wrote`](Self::wrote) with the end of what it wrote.
    ///
    /// # Errors
    /// ENOSPC when all memory that files may take is taken; ENOMEM; EISDIR, EINVAL when it is no regular file; EFBIG past
    /// the largest offset.
    #[cfg_attr(target_os = "none", optimize(speed))]
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
        let content = self.content_mut(inode)?;
        if let Some(frame) = content.own_frame(page, pool) {
            return Ok(frame);
        }
        if !pool.has_room_for_files() {
            return Err(Errno::ENOSPC);
        }
        self.generation += 1;
        self.content_mut(inode)?.page_for_write(page, pool, memory)
    }

    /// Notes that bytes up to offset `end` (not included) were written: the file ends there or later,
    /// is `Origin::Altered` or `Origin::Written`, and has a new version and time.
    pub fn wrote(&mut self, inode: InodeId, end: u64) {
        let permissions = self.after_write(inode);
        let inode = &mut self.inodes[inode];
        inode.permissions = permissions;
        if let Node::File(content) = &mut inode.node {
            content.reach(end);
            self.changes += 1;
            inode.note_write(self.now, self.changes);
        }
    }

    /// The frame that holds `page` of a regular file, to be mapped; None past its end. Bytes past the
    /// file's end are zero. The file stays an owner: the caller adds its own with
    /// [`FramePool::share`], after which a write to the file leaves the mapped frame as it is.
    ///
    /// # Errors
    /// ENOSPC where a page that has no frame can get none any more; ENOMEM; EISDIR, EINVAL when it is no regular file.
    pub fn page_for_map(
        &mut self,
        inode: InodeId,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Option<Frame>, Errno> {
        self.generation += 1;
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
        self.generation += 1;
        self.content_mut(inode)?.set_size(size, pool, memory)?;
        self.wrote(inode, 0);
        Ok(())
    }

    /// Makes a hole in a regular file, which stays as long as it is.
    ///
    /// # Errors
    /// ENOMEM when a page that stays in part cannot be copied; ENOSPC when what lies behind the hole in a file of the image
    /// cannot; EISDIR, EINVAL when it is no regular file.
    pub fn punch(
        &mut self,
        inode: InodeId,
        bytes: Range<u64>,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<(), Errno> {
        self.generation += 1;
        self.content_mut(inode)?.punch(bytes, pool, memory)?;
        self.wrote(inode, 0);
        Ok(())
    }

    /// Writes `bytes` at `offset`: for files that the kernel itself makes, which may take the last memory. Stops at the
    /// first error and says how many bytes were written before it.
    ///
    /// # Errors
    /// ENOMEM; EISDIR, EINVAL when it is no regular file; EFBIG past the largest offset: when nothing was written.
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
            self.generation += 1;
            let frame =
                match self.content_mut(inode)?.page_for_write(at >> PAGE_SHIFT, pool, memory) {
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
            chunk.load(memory, &mut buffer[done..done + chunk.len()]);
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
