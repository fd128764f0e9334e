//! Copies between user memory and the kernel. A user address is an allegation: every byte goes through
//! [`AddressSpace::translate`], which gives the program's own rights and no more, and fills pages in as the
//! program's own access would. No kernel pointer to a user address ever exists.

use super::{AddressSpace, FaultError};
use crate::addr::{Frame, PAGE_SHIFT, PAGE_SIZE, USER_END, UserAddr};
use crate::context::Access;
use crate::errno::Errno;
use crate::fs::Chunk;
use crate::machine::Machine;
use crate::storage::Storage;

/// A translation that was good when it was made, and stays so until `forget_cached`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cached {
    /// Address / 4096.
    page: u64,
    frame: Frame,
}

impl Cached {
    /// No address has this page number.
    pub const NOTHING: Self = Cached { page: u64::MAX, frame: Frame(0) };

    /// The page's address and its frame.
    #[cfg(test)]
    pub fn get(self) -> Option<(u64, Frame)> {
        (self.page != u64::MAX).then_some((self.page << PAGE_SHIFT, self.frame))
    }
}

impl AddressSpace {
    /// The frame that the last translation for this kind of access found, if the address lies in the same page.
    #[inline(always)]
    pub fn cached(&self, address: UserAddr, access: Access) -> Option<Frame> {
        let cached = match access {
            Access::Write => self.write_cache,
            Access::Read | Access::Execute => self.read_cache,
        };
        (cached.page == address.0 >> PAGE_SHIFT).then_some(cached.frame)
    }

    /// The frame behind the page of `address`, present and allowed for `access`. The primitive of all copies:
    /// its bytes from `address.page_offset()` on may be used until the next call that takes `&mut self`.
    ///
    /// # Errors
    /// EFAULT when the program may not make the access, ENOMEM when the page cannot be filled.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn translate<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        access: Access,
    ) -> Result<Frame, Errno> {
        match self.cached(address, access) {
            Some(frame) => Ok(frame),
            None => self.translate_uncached(storage, address, access),
        }
    }

    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn translate_uncached<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        access: Access,
    ) -> Result<Frame, Errno> {
        if address.0 >= USER_END {
            return Err(Errno::EFAULT);
        }
        let entry =
            self.tables.find(&storage.machine, address.0).map(|slot| slot.get(&storage.machine));
        let allowed = entry.filter(|entry| match access {
            Access::Write => entry.writable(),
            Access::Read | Access::Execute => entry.readable(),
        });
        let frame = match allowed.and_then(|entry| entry.frame()) {
            Some(frame) => frame,
            None => self.resolve(storage, address.0, access).inspect_err(|error| {
                if let FaultError::Untold(file) = error {
                    self.untold = Some(*file);
                }
            })?,
        };
        let cached = Cached { page: address.0 >> PAGE_SHIFT, frame };
        match access {
            Access::Write => self.write_cache = cached,
            Access::Read | Access::Execute => self.read_cache = cached,
        }
        Ok(frame)
    }

    /// Visits the pages of a user range in order: `visit(resources, frame, offset in it, length)` returns how many
    /// bytes it took; a short count or an error ends the walk. Returns the bytes taken.
    ///
    /// # Errors
    /// The first error, when no byte was taken before it.
    #[inline]
    pub fn for_each_page<'p, M: Machine>(
        &mut self,
        storage: &mut Storage<'p, M>,
        address: UserAddr,
        length: usize,
        access: Access,
        mut visit: impl FnMut(&mut Storage<'p, M>, Frame, usize, usize) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        while done < length {
            // Past the end of the address space the sum saturates, and no page is there.
            let at = UserAddr(address.0.saturating_add(done as u64));
            let offset = at.page_offset();
            let part = (PAGE_SIZE - offset).min(length - done);
            let taken = self
                .translate(storage, at, access)
                .and_then(|frame| visit(storage, frame, offset, part));
            match taken {
                Ok(taken) => {
                    done += taken;
                    if taken < part {
                        break;
                    }
                }
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Fills `into` from user memory.
    ///
    /// # Errors
    /// EFAULT unless all of it can be read; ENOMEM.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn copy_in<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        into: &mut [u8],
    ) -> Result<(), Errno> {
        let mut at = address;
        let mut rest = into;
        while !rest.is_empty() {
            let offset = at.page_offset();
            let (part, later) = rest.split_at_mut(rest.len().min(PAGE_SIZE - offset));
            let frame = self.translate(storage, at, Access::Read)?;
            part.copy_from_slice(&storage.machine.page(frame)[offset..offset + part.len()]);
            at = UserAddr(at.0.saturating_add(part.len() as u64));
            rest = later;
        }
        Ok(())
    }

    /// Writes `bytes` to user memory.
    ///
    /// # Errors
    /// EFAULT unless all of it can be written (what came before the bad page is written); ENOMEM.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn copy_out<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        bytes: &[u8],
    ) -> Result<(), Errno> {
        let mut at = address;
        let mut rest = bytes;
        while !rest.is_empty() {
            let offset = at.page_offset();
            let (part, later) = rest.split_at(rest.len().min(PAGE_SIZE - offset));
            let frame = self.translate(storage, at, Access::Write)?;
            storage.machine.page_mut(frame)[offset..offset + part.len()].copy_from_slice(part);
            at = UserAddr(at.0.saturating_add(part.len() as u64));
            rest = later;
        }
        Ok(())
    }

    /// Writes a piece of a file to user memory, in one copy. Returns the bytes written: fewer than the chunk has
    /// when a later page is bad.
    ///
    /// # Errors
    /// EFAULT or ENOMEM when the first page is bad.
    #[inline]
    pub fn copy_out_chunk<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        chunk: Chunk<'_>,
    ) -> Result<usize, Errno> {
        let (offset, length) = (address.page_offset(), chunk.len());
        // The case that decides how fast a byte is read: the page of the last write, and no border.
        if self.write_cache.page != address.0 >> PAGE_SHIFT || length > PAGE_SIZE - offset {
            return self.copy_out_by_pages(storage, address, chunk);
        }
        let frame = self.write_cache.frame;
        chunk.store(0, &mut storage.machine, frame, offset, length);
        Ok(length)
    }

    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn copy_out_by_pages<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        chunk: Chunk<'_>,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        let store = |storage: &mut Storage<'_, M>, frame, offset, length| {
            chunk.store(done, &mut storage.machine, frame, offset, length);
            done += length;
            Ok(length)
        };
        self.for_each_page(storage, address, chunk.len(), Access::Write, store)
    }

    /// Reads a NUL-terminated string into `into`. Returns its length without the NUL, which is stored too.
    ///
    /// # Errors
    /// ENAMETOOLONG when there is no NUL in the first `into.len()` bytes; EFAULT, ENOMEM.
    pub fn copy_in_string<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        into: &mut [u8],
    ) -> Result<usize, Errno> {
        let mut done = 0;
        while done < into.len() {
            let at = UserAddr(address.0.saturating_add(done as u64));
            let offset = at.page_offset();
            let frame = self.translate(storage, at, Access::Read)?;
            let length = (PAGE_SIZE - offset).min(into.len() - done);
            let source = &storage.machine.page(frame)[offset..offset + length];
            let end = source.iter().position(|byte| *byte == 0);
            let length = end.map_or(length, |end| end + 1);
            into[done..done + length].copy_from_slice(&source[..length]);
            done += length;
            if end.is_some() {
                return Ok(done - 1);
            }
        }
        Err(Errno::ENAMETOOLONG)
    }

    /// The bytes before the NUL of the string at `address`; None when there is none in the first `limit` bytes.
    ///
    /// # Errors
    /// EFAULT, ENOMEM.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn string_length<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: UserAddr,
        limit: usize,
    ) -> Result<Option<usize>, Errno> {
        let mut done = 0;
        while done < limit {
            let at = UserAddr(address.0.saturating_add(done as u64));
            let offset = at.page_offset();
            let frame = self.translate(storage, at, Access::Read)?;
            let length = (PAGE_SIZE - offset).min(limit - done);
            let source = &storage.machine.page(frame)[offset..offset + length];
            if let Some(end) = source.iter().position(|byte| *byte == 0) {
                return Ok(Some(done + end));
            }
            done += length;
        }
        Ok(None)
    }
}
