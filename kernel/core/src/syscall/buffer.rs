//! The memory of one transfer, the caller's or the kernel's, and the loop that copies between it and where bytes lie.

use super::grant::Caller;
use crate::addr::UserAddr;
use crate::context::Access;
use crate::errno::Errno;
use crate::fs::Chunk;
use crate::machine::Machine;
use crate::storage::Storage;

/// Most bytes that one call transfers (MAX_RW_COUNT).
pub(super) const MOST: u64 = 0x7fff_f000;

/// One past the highest address that a Linux with 48 bits of addresses takes for a program's.
const ADDRESSES_END: u64 = 1 << 48;

/// One piece of the user memory of a call.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub address: u64,
    pub length: u64,
}

/// What is left of the segments behind their first `done` bytes.
pub(super) fn rest(segments: &[Segment], done: usize) -> impl Iterator<Item = Segment> {
    let mut skip = done as u64;
    segments.iter().filter_map(move |&Segment { address, length }| {
        let passed = skip.min(length);
        skip -= passed;
        let left = Segment { address: address.wrapping_add(passed), length: length - passed };
        (left.length > 0).then_some(left)
    })
}

/// Memory that bytes are read to or written from.
pub(super) struct Buffer<'b> {
    place: Place<'b>,
    length: usize,
}

enum Place<'b> {
    User(u64),
    Kernel(&'b mut [u8]),
}

/// Can `length` bytes at an address be a program's at all?
///
/// # Errors
/// EFAULT: Linux looks before it cuts the length to [`MOST`].
pub(super) fn check_range(address: u64, length: u64) -> Result<(), Errno> {
    match address.checked_add(length) {
        Some(end) if end <= ADDRESSES_END => Ok(()),
        _ => Err(Errno::EFAULT),
    }
}

impl<'b> Buffer<'b> {
    /// The caller's memory.
    pub fn user(address: u64, length: u64) -> Self {
        Buffer { place: Place::User(address), length: length.min(MOST) as usize }
    }

    /// The kernel's.
    pub fn kernel(bytes: &'b mut [u8]) -> Self {
        Buffer { length: bytes.len(), place: Place::Kernel(bytes) }
    }

    /// The caller's memory as a piece of a vector, if it is that.
    pub fn segment(&self) -> Option<Segment> {
        match self.place {
            Place::User(address) => Some(Segment { address, length: self.length as u64 }),
            Place::Kernel(_) => None,
        }
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Puts a chunk into the buffer, from byte `at` on. Returns how many bytes of it went in: fewer when a later page of the
    /// caller's is bad.
    ///
    /// # Errors
    /// EFAULT or ENOMEM when the first page is bad.
    #[inline]
    pub fn put<M: Machine>(
        &mut self,
        caller: &mut Caller<'_, '_, M>,
        at: usize,
        chunk: Chunk<'_>,
    ) -> Result<usize, Errno> {
        match &mut self.place {
            Place::User(address) => {
                let to = UserAddr(address.wrapping_add(at as u64));
                let space = caller.process.space()?;
                space.copy_out_chunk(caller.storage, to, chunk)
            }
            Place::Kernel(bytes) => {
                let length = chunk.len();
                chunk.load(&caller.storage.machine, &mut bytes[at..at + length]);
                Ok(length)
            }
        }
    }

    /// As [`put`](Self::put), but all or nothing.
    ///
    /// # Errors
    /// EFAULT, ENOMEM.
    pub fn put_all<M: Machine>(
        &mut self,
        caller: &mut Caller<'_, '_, M>,
        at: usize,
        chunk: Chunk<'_>,
    ) -> Result<(), Errno> {
        match self.put(caller, at, chunk)? {
            count if count == chunk.len() => Ok(()),
            _ => Err(Errno::EFAULT),
        }
    }

    /// Visits `length` bytes of the buffer from byte `at` on, where they lie. `visit` returns how many it took of each
    /// chunk; a short count or an error ends the walk. Returns the bytes taken.
    ///
    /// # Errors
    /// The first error, when no byte was taken before it.
    #[inline]
    pub fn take<'a, M: Machine>(
        &mut self,
        caller: &mut Caller<'_, 'a, M>,
        at: usize,
        length: usize,
        mut visit: impl FnMut(&mut Storage<'a, M>, Chunk<'_>) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        match &mut self.place {
            Place::User(address) => {
                let from = UserAddr(address.wrapping_add(at as u64));
                let visit = |storage: &mut Storage<'a, M>, frame, offset, length| {
                    let chunk = Chunk::Frame { frame, offset, length };
                    visit(storage, chunk)
                };
                let space = caller.process.space()?;
                space.for_each_page(caller.storage, from, length, Access::Read, visit)
            }
            Place::Kernel(bytes) => visit(caller.storage, Chunk::Bytes(&bytes[at..at + length])),
        }
    }
}
