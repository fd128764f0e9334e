//! What the image's index and the kernel command line decide, and why a start failed.

use alloc::vec::Vec;
use core::fmt;

use crate::errno::Errno;
use crate::text::Printable;
pub use firmseed_formats::image::Policy;
use firmseed_formats::sha256::Digest;

/// A program that the kernel decodes from hex0 text before the first process starts.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Path of the hex0 text in the image.
    pub text: Vec<u8>,
    /// Path of the program to make; mode 0755.
    pub program: Vec<u8>,
}

/// What the image's index and the kernel command line decide.
#[derive(Clone, Debug)]
pub struct BootOptions {
    /// Path of PID 1.
    pub init: Vec<u8>,
    /// Its arguments, `argv[0]` first; empty means just `init`.
    pub arguments: Vec<Vec<u8>>,
    /// Its environment, `NAME=value` each.
    pub environment: Vec<Vec<u8>>,
    /// Its working directory.
    pub directory: Vec<u8>,
    /// Which files may be executed.
    pub policy: Policy,
    /// The head of the run that left the image's files, for the ledger.
    pub continues: Option<Digest>,
    /// Programs to decode first.
    pub seeds: Vec<Seed>,
    /// The hash of the tar that the files came from, for the ledger.
    pub files: Digest,
    /// The hash of the kernel that runs, as it measured it ([`firmseed_formats::image::kernel_hash`]), for the ledger.
    pub kernel: Digest,
    /// CLOCK_REALTIME at power-on, in nanoseconds since 1970. A constant of the image, not of the day.
    pub realtime_start: u64,
}

/// Why PID 1 could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootError {
    /// What was being done.
    pub doing: &'static str,
    /// To which file.
    pub path: Vec<u8>,
    /// Why it failed.
    pub errno: Errno,
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.doing, Printable(&self.path), self.errno)
    }
}
