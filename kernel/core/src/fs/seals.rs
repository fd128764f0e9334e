//! Seals: what may not be done any more to a file that memfd_create has made (fcntl(2), "File Sealing").
//!
//! All other files are sealed against seals, as on a tmpfs.

use super::Fs;
use super::kinds::InodeId;
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;

bitflags::bitflags! {
    /// F_SEAL_SEAL and so on.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Seals: u32 {
        /// No seal is added.
        const SEAL = 1;
        /// It does not get shorter.
        const SHRINK = 2;
        /// It does not get longer.
        const GROW = 4;
        /// It is not written.
        const WRITE = 8;
        /// It is not written but by mappings that are there already.
        const FUTURE_WRITE = 16;
    }
}

impl Seals {
    /// May no call write it?
    pub fn forbid_writes(self) -> bool {
        self.intersects(Seals::WRITE | Seals::FUTURE_WRITE)
    }
}

impl Fs {
    /// The seals of a file.
    pub fn seals(&self, inode: InodeId) -> Seals {
        self.inodes[inode].seals
    }

    /// A file that has just been made may get seals: MFD_ALLOW_SEALING.
    pub fn allow_sealing(&mut self, inode: InodeId) {
        self.inodes[inode].seals = Seals::empty();
    }

    /// Adds seals.
    ///
    /// # Errors
    /// EPERM where it takes none.
    pub fn add_seals(&mut self, inode: InodeId, seals: Seals) -> Result<(), Errno> {
        let sealed = &mut self.inodes[inode].seals;
        if sealed.contains(Seals::SEAL) {
            return Err(Errno::EPERM);
        }
        *sealed |= seals;
        self.void_places();
        Ok(())
    }

    /// May a file get this size?
    ///
    /// # Errors
    /// EPERM.
    pub fn check_new_size(&self, inode: InodeId, size: u64) -> Result<(), Errno> {
        let (seals, old) = (self.seals(inode), self.size(inode));
        let shrinks = size < old && seals.contains(Seals::SHRINK);
        let grows = size > old && seals.contains(Seals::GROW);
        if shrinks || grows { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// How many of `length` bytes from `offset` on a call may write. Where a file must not grow, that ends with the last
    /// page before the one that would make it: so it comes out on Linux, which writes page by page.
    ///
    /// # Errors
    /// EPERM for none.
    #[inline]
    pub fn room_under_seals(&self, inode: InodeId, offset: u64, length: u64) -> Result<u64, Errno> {
        let seals = self.seals(inode);
        if !(seals.forbid_writes() || seals.contains(Seals::GROW)) {
            return Ok(length);
        }
        let size = self.size(inode);
        let room = match seals.forbid_writes() {
            true => 0,
            false if offset.saturating_add(length) <= size => length,
            false => (size & !(PAGE_SIZE as u64 - 1)).saturating_sub(offset),
        };
        if room == 0 { Err(Errno::EPERM) } else { Ok(room) }
    }
}
