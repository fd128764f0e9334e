//! POSIX tar: ustar members (POSIX.1-2017, pax, "ustar Interchange Format"), pax records for path,
//! linkpath, size, mtime, uid and gid, and GNU's long names.
//!
//! Nothing is copied: a member's path, link and data are slices of the archive. Whatever does not make
//! sense is an error with the offset of the header concerned; nothing is skipped in silence. Sparse
//! members, block devices and FIFOs are refused by name.

mod error;
mod header;
mod pax;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod write;

pub use error::{Cause, OutOfMemory, TarError};
pub use write::NewMember;

use header::{Header, SIZE, TYPE_FLAG};
use pax::Extension;

/// Bytes in a block: headers and data come in whole ones.
pub const BLOCK: usize = 512;

/// A path in an archive. The ustar header keeps it in two parts, with a slash understood between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPath<'a> {
    /// The part before the understood slash; may be empty.
    pub prefix: &'a [u8],
    /// The rest.
    pub name: &'a [u8],
}

impl<'a> EntryPath<'a> {
    /// The names on the path. Leading slashes, doubled ones and `.` are left out.
    pub fn components(self) -> impl Iterator<Item = Result<&'a [u8], Cause>> {
        let is_slash = |byte: &u8| *byte == b'/';
        let parts = self.prefix.split(is_slash).chain(self.name.split(is_slash));
        parts.filter(|part| !matches!(*part, b"" | b".")).map(|part| match part {
            b".." => Err(Cause::DotDot),
            part => Ok(part),
        })
    }

    const fn len(&self) -> usize {
        self.prefix.len() + self.name.len()
    }
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// A regular file with its bytes.
    File(&'a [u8]),
    /// A directory.
    Directory,
    /// A symbolic link to a path.
    Symlink(&'a [u8]),
    /// Another name of a member that came before.
    HardLink(EntryPath<'a>),
    /// A character device.
    CharacterDevice {
        /// Its driver.
        major: u32,
        /// Its number there.
        minor: u32,
    },
}

/// A member of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TarEntry<'a> {
    /// Where its header, or the first of its extended headers, starts.
    pub offset: usize,
    /// Its path.
    pub path: EntryPath<'a>,
    /// What it is.
    pub kind: EntryKind<'a>,
    /// Permission bits, 07777.
    pub permissions: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Modification time, in seconds since 1970.
    pub modified: i64,
}

/// The members of an archive, in order. Ends after the first error.
pub struct Archive<'a> {
    bytes: &'a [u8],
    offset: usize,
    ended: bool,
}

impl<'a> Archive<'a> {
    /// The archive in `bytes`, all of them.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Archive { bytes, offset: 0, ended: false }
    }

    fn next_entry(&mut self) -> Result<Option<TarEntry<'a>>, TarError> {
        let start = self.offset;
        let mut extension = Extension::default();
        loop {
            let at = self.offset;
            let error = |cause| TarError { offset: at, cause };
            let header = Header(self.take(BLOCK).map_err(error)?);
            if header.0.iter().all(|&byte| byte == 0) {
                if extension != Extension::default() {
                    return Err(error(Cause::DanglingExtension));
                }
                return self.end().map_err(error).map(|()| None);
            }
            header.check().map_err(error)?;
            let size = extension.size.map_or_else(|| header.number(SIZE), Ok);
            let size = size.map_err(error)?;
            let type_flag = header.0[TYPE_FLAG];
            match type_flag {
                b'x' | b'g' | b'L' | b'K' => {
                    let data = header.number(SIZE).and_then(|size| self.data(size));
                    let data = data.map_err(error)?;
                    extension.read(type_flag, data).map_err(error)?;
                }
                _ => {
                    let carries = matches!(type_flag, b'0' | b'\0' | b'7');
                    let data = match carries {
                        true => self.data(size).map_err(error)?,
                        false => &[],
                    };
                    // POSIX lets a hard link carry data and a directory state a quota; no writer of
                    // today does, and a reader that skips the wrong number of blocks is lost.
                    if !carries && size > 0 {
                        return Err(error(Cause::UnexpectedData { size }));
                    }
                    let entry = header.entry(start, &extension, data);
                    return entry.map(Some).map_err(error);
                }
            }
        }
    }

    /// The end of the archive: a second block of zeros, and nothing but zeros after it.
    fn end(&mut self) -> Result<(), Cause> {
        let rest = &self.bytes[self.offset..];
        if rest.len() < BLOCK || rest.iter().any(|&byte| byte != 0) {
            return Err(Cause::BadEnd);
        }
        Ok(())
    }

    /// The data of a member, and past its padding.
    fn data(&mut self, size: u64) -> Result<&'a [u8], Cause> {
        let size = usize::try_from(size).map_err(|_| Cause::BadNumber { field: "size" })?;
        let padded =
            size.checked_next_multiple_of(BLOCK).ok_or(Cause::BadNumber { field: "size" })?;
        Ok(&self.take(padded)?[..size])
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Cause> {
        let rest = &self.bytes[self.offset..];
        let Some((taken, _)) = rest.split_at_checked(length) else {
            return Err(Cause::Truncated { missing: length - rest.len() });
        };
        self.offset += length;
        Ok(taken)
    }
}

impl<'a> Iterator for Archive<'a> {
    type Item = Result<TarEntry<'a>, TarError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let entry = self.next_entry().transpose();
        self.ended = !matches!(entry, Some(Ok(_)));
        entry
    }
}
