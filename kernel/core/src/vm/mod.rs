//! User address spaces: areas, page tables, faults, fork, and the copies between user and kernel.
//!
//! Signatures first: the bodies follow.

use crate::addr::{Frame, UserAddr};
use crate::context::Access;
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::machine::Machine;

pub mod files;
use files::{Chunk, Fs, InodeId};

/// What the memory of a program is made from: every call here borrows the three together.
pub struct Resources<'a, 'p, M: Machine> {
    /// Files, the source of file pages.
    pub fs: &'a mut Fs,
    /// Frames, free and owned.
    pub pool: &'a mut FramePool<'p>,
    /// Bytes, TLB and caches.
    pub machine: &'a mut M,
}

/// Why an access cannot be made good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultError {
    /// No area holds the address: SIGSEGV, SEGV_MAPERR.
    NotMapped,
    /// The area does not allow the access: SIGSEGV, SEGV_ACCERR.
    Denied,
    /// The page lies wholly past the end of its file: SIGBUS, BUS_ADRERR.
    BeyondFile,
    /// No frame is left.
    OutOfMemory,
}

impl From<FaultError> for Errno {
    fn from(error: FaultError) -> Errno {
        match error {
            FaultError::OutOfMemory => Errno::ENOMEM,
            _ => Errno::EFAULT,
        }
    }
}

bitflags::bitflags! {
    /// What a program may do with an area: PROT_* of mmap(2), the same bits.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Protection: u8 {
        /// PROT_READ
        const READ = 1;
        /// PROT_WRITE
        const WRITE = 2;
        /// PROT_EXEC
        const EXECUTE = 4;
    }
}

/// Where mmap or mremap shall put an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the address if it is free, else anywhere (0: anywhere).
    Hint(u64),
    /// Exactly there, and what was there is unmapped (MAP_FIXED).
    Fixed(u64),
    /// Exactly there, EEXIST if something is there (MAP_FIXED_NOREPLACE).
    FixedNoReplace(u64),
}

/// What fills a new area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Zeros, copied on write over fork (MAP_PRIVATE | MAP_ANONYMOUS).
    Anonymous,
    /// Zeros, shared with the children (MAP_SHARED | MAP_ANONYMOUS).
    SharedAnonymous,
    /// A file from `offset` on, private (MAP_PRIVATE).
    File {
        /// The file.
        inode: InodeId,
        /// Page aligned, else EINVAL.
        offset: u64,
    },
    /// A file that the area may only read (MAP_SHARED): EACCES for PROT_WRITE, then and later.
    SharedFile {
        /// The file.
        inode: InodeId,
        /// Page aligned, else EINVAL.
        offset: u64,
    },
}

/// Pages in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Frames mapped now.
    pub resident_pages: usize,
    /// The most frames that were mapped at once.
    pub peak_pages: usize,
    /// Frames that hold page tables.
    pub table_pages: usize,
    /// Bytes of all areas.
    pub virtual_bytes: u64,
}

/// The memory of one process. Not Drop: `release` gives the frames back.
pub struct AddressSpace {
    root: Frame,
}

impl AddressSpace {
    /// An empty address space.
    pub fn new<M: Machine>(_r: &mut Resources<'_, '_, M>) -> Result<Self, Errno> {
        todo!()
    }
    /// The frame of the top table, for [`Machine::activate`].
    pub fn root(&self) -> Frame {
        self.root
    }
    /// Gives back every frame and file hold.
    pub fn release<M: Machine>(self, _r: &mut Resources<'_, '_, M>) {
        todo!()
    }
    /// A copy-on-write copy. TLB entries of `self` are forgotten through the machine.
    pub fn fork<M: Machine>(&mut self, _r: &mut Resources<'_, '_, M>) -> Result<Self, Errno> {
        todo!()
    }
    /// Makes an access to `address` possible, or says why it is not. For the trap path.
    pub fn fault<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: u64,
        _access: Access,
    ) -> Result<(), FaultError> {
        todo!()
    }
    /// Sets the program break; returns the break that holds afterwards (the old one on failure, as Linux).
    pub fn brk<M: Machine>(&mut self, _r: &mut Resources<'_, '_, M>, _address: u64) -> u64 {
        todo!()
    }
    /// mmap(2): returns the address.
    pub fn map<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _place: Place,
        _length: u64,
        _protection: Protection,
        _source: Source,
    ) -> Result<u64, Errno> {
        todo!()
    }
    /// munmap(2).
    pub fn unmap<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: u64,
        _length: u64,
    ) -> Result<(), Errno> {
        todo!()
    }
    /// mprotect(2).
    pub fn protect<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: u64,
        _length: u64,
        _protection: Protection,
    ) -> Result<(), Errno> {
        todo!()
    }
    /// mremap(2); `flags` are MREMAP_*, `new_address` counts with MREMAP_FIXED.
    pub fn remap<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _old: u64,
        _old_length: u64,
        _new_length: u64,
        _flags: u64,
        _new_address: u64,
    ) -> Result<u64, Errno> {
        todo!()
    }
    /// madvise(2); `advice` is MADV_*.
    pub fn advise<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: u64,
        _length: u64,
        _advice: u64,
    ) -> Result<(), Errno> {
        todo!()
    }
    /// For mincore(2) and msync(2): ENOMEM unless the whole range is mapped.
    pub fn check_mapped(&self, _address: u64, _length: u64) -> Result<(), Errno> {
        todo!()
    }
    /// For mincore(2): has the page a frame?
    pub fn is_resident<M: Machine>(&self, _r: &Resources<'_, '_, M>, _address: u64) -> bool {
        todo!()
    }
    /// Pages in use.
    pub fn usage(&self) -> Usage {
        todo!()
    }

    // User copies. EFAULT for what the program may not touch, ENOMEM when a page cannot be filled.

    /// The frame behind the page of `address`, present and allowed for `access`. The primitive of all copies:
    /// the bytes `address.page_offset()..4096` of it may be used until the next call that takes `&mut self`.
    pub fn translate<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: UserAddr,
        _access: Access,
    ) -> Result<Frame, Errno> {
        todo!()
    }
    /// Fills `into` from user memory, all or EFAULT.
    pub fn copy_in<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: UserAddr,
        _into: &mut [u8],
    ) -> Result<(), Errno> {
        todo!()
    }
    /// Writes `bytes` to user memory, all or EFAULT (what came before the bad page is written).
    pub fn copy_out<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: UserAddr,
        _bytes: &[u8],
    ) -> Result<(), Errno> {
        todo!()
    }
    /// Writes a piece of a file to user memory. Returns the bytes written: fewer than the chunk when a later
    /// page is bad, EFAULT when the first is.
    pub fn copy_out_chunk<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: UserAddr,
        _chunk: Chunk,
    ) -> Result<usize, Errno> {
        todo!()
    }
    /// Reads a NUL-terminated string into `into`; returns its length without the NUL; ENAMETOOLONG when
    /// there is no NUL in `into.len()` bytes.
    pub fn copy_in_string<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: UserAddr,
        _into: &mut [u8],
    ) -> Result<usize, Errno> {
        todo!()
    }
    /// Visits the pages of a user range in order: `visit(resources, frame, offset in it, length)` returns how many
    /// bytes it took; a short count or an error ends the walk. Returns the bytes taken; an error only when there are none.
    pub fn for_each_page<M: Machine>(
        &mut self,
        _r: &mut Resources<'_, '_, M>,
        _address: UserAddr,
        _length: usize,
        _access: Access,
        _visit: impl FnMut(&mut Resources<'_, '_, M>, Frame, usize, usize) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        todo!()
    }
}
