//! What address spaces need of the file system, until `fs` has landed.
use crate::addr::Frame;
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::machine::Memory;

/// A file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InodeId(pub u32);
/// A piece of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Bytes of the image.
    Bytes(&'static [u8]),
    /// Bytes in an owned frame.
    Frame {
        /// Which.
        frame: Frame,
        /// Where in it.
        offset: usize,
        /// How many.
        length: usize,
    },
    /// A hole.
    Zero {
        /// How many.
        length: usize,
    },
}
/// Files.
#[derive(Default)]
pub struct Fs;
#[allow(unused_variables, clippy::unused_self, missing_docs)]
impl Fs {
    pub fn size(&self, inode: InodeId) -> u64 {
        todo!()
    }
    pub fn chunk(&self, inode: InodeId, offset: u64, max: usize) -> Chunk {
        todo!()
    }
    pub fn page_for_map(
        &mut self,
        inode: InodeId,
        page: u64,
        pool: &mut FramePool,
        memory: &mut impl Memory,
    ) -> Result<Option<Frame>, Errno> {
        todo!()
    }
    pub fn hold(&mut self, inode: InodeId) {
        todo!()
    }
    pub fn drop_hold(&mut self, inode: InodeId, pool: &mut FramePool) {
        todo!()
    }
}
