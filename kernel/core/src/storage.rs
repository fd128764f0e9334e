//! What memory and files are made of: the machine's page frames, who owns which, and the files that lie in them.

use crate::frames::FramePool;
use crate::fs::Fs;
use crate::machine::Machine;

/// The machine, its frames and its files. A page of a file is a frame that a mapping may share, so whoever changes
/// one of the three may have to change the others: every call of [`crate::vm`] takes all.
pub struct Storage<'p, M: Machine> {
    /// Files, the source of file pages.
    pub fs: Fs,
    /// Frames, free and owned.
    pub pool: FramePool<'p>,
    /// Bytes, TLB and caches, console, time.
    pub machine: M,
}

/// With less left than this in the kernel's heap, calls that need memory fail with ENOMEM.
pub(crate) const HEAP_RESERVE: usize = 192 * 1024;
