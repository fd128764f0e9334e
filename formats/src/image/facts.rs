//! What an index can say: parts with their hashes, settings, members.

use crate::escape::Escaped;
use crate::sha256::Digest;
use core::fmt;

/// A range of the image and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Bytes from the start of the image.
    pub offset: u64,
    /// Bytes, without padding.
    pub size: u64,
    /// What the bytes must hash to.
    pub sha256: Digest,
}

impl Part {
    /// One past the part's last byte; `None` where that overflows.
    pub fn end(&self) -> Option<u64> {
        self.offset.checked_add(self.size)
    }

    /// The part's bytes in `image`; `None` where the image is too short.
    pub fn slice<'i>(&self, image: &'i [u8]) -> Option<&'i [u8]> {
        let start = usize::try_from(self.offset).ok()?;
        let end = usize::try_from(self.end()?).ok()?;
        image.get(start..end)
    }

    /// Do the part's bytes in `image` hash to what the index says?
    pub fn matches(&self, image: &[u8], sha256: impl FnOnce(&[u8]) -> Digest) -> bool {
        self.slice(image).is_some_and(|bytes| sha256(bytes) == self.sha256)
    }
}

/// What the tool that built an image says of the image's kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KernelName {
    /// It is the one that the tool's sources publish.
    Published,
    /// It is another one.
    Other,
    /// It is not the compiled kernel, but hex0 text with its loader: an image of another [`Form`](super::Form).
    Seed,
}

impl KernelName {
    /// The word in the index.
    pub const fn word(self) -> &'static str {
        match self {
            KernelName::Published => "published",
            KernelName::Other => "other",
            KernelName::Seed => "seed",
        }
    }
}

impl fmt::Display for KernelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which files the kernel lets programs execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Only what was built on the machine: files that a process wrote, and the decoded seeds.
    Chain,
    /// Anything that is executable, files of the image too.
    Open,
}

impl Policy {
    /// The word in the index and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Policy::Chain => "chain",
            Policy::Open => "open",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A program that the kernel makes from hex0 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeedLine<'a> {
    /// The text, a file of the tar.
    pub source: Escaped<'a>,
    /// Where the program is put; absolute.
    pub program: Escaped<'a>,
}

/// What a member of the tar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind<'a> {
    /// A regular file with its contents.
    File {
        /// Where the contents lie in the image.
        content: Part,
        /// Permission bits, 0 to 0o7777.
        mode: u16,
    },
    /// A directory.
    Directory {
        /// Permission bits, 0 to 0o7777.
        mode: u16,
    },
    /// A symbolic link.
    Symlink {
        /// The link's text.
        target: Escaped<'a>,
    },
    /// Another name of an earlier member.
    Hardlink {
        /// That member's path.
        target: Escaped<'a>,
    },
    /// A character device, in a tar that brings its own /dev.
    Device {
        /// Its driver.
        major: u32,
        /// Its number there.
        minor: u32,
    },
}

/// One member of the tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Relative to the root, without leading `./` or trailing `/`; the root itself is `.`.
    pub path: Escaped<'a>,
    /// What it is.
    pub kind: MemberKind<'a>,
    /// The line of the index, counted from 1.
    pub line: u32,
}
