//! What can be wrong with an archive.

use thiserror::Error;

/// What is wrong with an archive, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("tar: member header at offset {offset}: {cause}")]
pub struct TarError {
    /// Where the header of the member starts.
    pub offset: usize,
    /// What is wrong.
    pub cause: Cause,
}

/// There is no memory for the header of a new member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no memory for the header of a member")]
pub struct OutOfMemory;

/// What is wrong with a member of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Cause {
    /// The archive ends inside a header or data, or without its end.
    #[error("the archive ends early: {missing} more bytes expected; it was cut")]
    Truncated {
        /// Bytes that are missing, at least.
        missing: usize,
    },
    /// The archive ends with one block of zeros instead of two, or data follows its end.
    #[error("expected two blocks of zeros and nothing after them, as the end of the archive")]
    BadEnd,
    /// The magic says neither ustar nor GNU.
    #[error("no \"ustar\" magic; write the archive with `tar --format=ustar` or `--format=pax`")]
    NotUstar,
    /// The header's bytes do not add up to its checksum.
    #[error(
        "the checksum field says {stated}, the header adds up to {computed}; the archive is damaged"
    )]
    Checksum {
        /// What the header says.
        stated: u64,
        /// What its bytes add up to.
        computed: u64,
    },
    /// A field that should be a number.
    #[error("the field {field} is not a number in range")]
    BadNumber {
        /// The field.
        field: &'static str,
    },
    /// A pax record that does not follow `LENGTH KEY=VALUE NEWLINE`, or whose value makes no sense.
    #[error("the pax extended header is damaged at byte {at} of its data")]
    BadPax {
        /// Offset in the extended header's data.
        at: usize,
    },
    /// A pax record that changes what the data means, which is not supported.
    #[error(
        "a pax record is not supported here (sparse file, or a global path, link, size or time)"
    )]
    UnsupportedPax,
    /// A type of member that the file system does not have.
    #[error(
        "type {:#x} is no file, directory, link or device",
        u32::from(*type_flag)
    )]
    UnsupportedType {
        /// The type field.
        type_flag: char,
    },
    /// A member that is no file has data.
    #[error("a member that is not a file has {size} bytes of data")]
    UnexpectedData {
        /// The size field.
        size: u64,
    },
    /// An extended header is followed by nothing that it could describe.
    #[error("an extended header with no member after it")]
    DanglingExtension,
    /// `..` in a path.
    #[error("the path goes through \"..\"")]
    DotDot,
    /// The path is empty or means the root, and the member is no directory.
    #[error("the member has no name")]
    NoName,
    /// An empty link target, or a NUL inside a name.
    #[error("the link target is empty")]
    NoLinkTarget,
    /// A NUL inside a path or link.
    #[error("a path or link target contains a NUL byte")]
    NulInPath,
    /// A name over 255 bytes or a path or target over 4095.
    #[error("a name is longer than 255 bytes, or a path or link target longer than 4095")]
    TooLong,
    /// Something before the last name of the path is not a directory.
    #[error("the path goes through something that is not a directory")]
    ParentNotDirectory,
    /// Two members, or a member and a node of the kernel, with one path.
    #[error(
        "the path is taken already, by another member or by the kernel's own /dev, /proc or /tmp"
    )]
    PathTaken,
    /// A hard link whose target did not come before it.
    #[error("the hard link's target is not a file that came earlier in the archive")]
    NoTarget,
    /// A character device that the kernel does not have.
    #[error("there is no character device {major}:{minor} in this kernel")]
    UnknownDevice {
        /// Its major number.
        major: u32,
        /// Its minor number.
        minor: u32,
    },
    /// The kernel heap is full.
    #[error("no memory for the file tree; give the machine more memory")]
    NoMemory,
}
