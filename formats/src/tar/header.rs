//! The ustar header block (POSIX.1-2017, pax, "ustar Interchange Format").

use super::error::Cause;
use super::pax::{Extension, until_nul};
use super::{EntryKind, EntryPath, TarEntry};

/// A field of the header: its name, offset and length.
#[derive(Clone, Copy)]
pub(super) struct Field(pub &'static str, pub usize, pub usize);

pub(super) const NAME: Field = Field("name", 0, 100);
pub(super) const MODE: Field = Field("mode", 100, 8);
pub(super) const UID: Field = Field("uid", 108, 8);
pub(super) const GID: Field = Field("gid", 116, 8);
pub(super) const SIZE: Field = Field("size", 124, 12);
pub(super) const MTIME: Field = Field("mtime", 136, 12);
pub(super) const CHECKSUM: Field = Field("chksum", 148, 8);
pub(super) const TYPE_FLAG: usize = 156;
pub(super) const LINK_NAME: Field = Field("linkname", 157, 100);
pub(super) const MAGIC: Field = Field("magic", 257, 8);
pub(super) const DEVICE_MAJOR: Field = Field("devmajor", 329, 8);
pub(super) const DEVICE_MINOR: Field = Field("devminor", 337, 8);
pub(super) const PREFIX: Field = Field("prefix", 345, 155);

/// A block that is a header.
pub(super) struct Header<'a>(pub &'a [u8]);

impl<'a> Header<'a> {
    pub fn check(&self) -> Result<(), Cause> {
        if !self.is_posix() && self.field(MAGIC) != b"ustar  \0" {
            return Err(Cause::NotUstar);
        }
        let field = self.field(CHECKSUM);
        let blanks = field.len() as u64 * u64::from(b' ');
        // The sum takes the checksum's own field as blanks.
        let computed = sum_of_bytes(self.0) + blanks - sum_of_bytes(field);
        let stated = self.number(CHECKSUM)?;
        if stated != computed {
            return Err(Cause::Checksum { stated, computed });
        }
        Ok(())
    }

    /// GNU's own format keeps other things where POSIX has the prefix.
    fn is_posix(&self) -> bool {
        self.field(MAGIC) == b"ustar\x0000"
    }

    pub fn entry(
        &self,
        offset: usize,
        extension: &Extension<'a>,
        data: &'a [u8],
    ) -> Result<TarEntry<'a>, Cause> {
        let path = match extension.path {
            Some(name) => EntryPath { prefix: &[], name },
            None => EntryPath {
                prefix: if self.is_posix() { self.text(PREFIX) } else { &[] },
                name: self.text(NAME),
            },
        };
        let link = extension.link.unwrap_or_else(|| self.text(LINK_NAME));
        if path.len() >= 4095 || link.len() > 4095 {
            return Err(Cause::TooLong);
        }
        let kind = match self.0[TYPE_FLAG] {
            // Before POSIX a directory was a file whose name ends with a slash.
            b'0' | b'\0' if path.name.ends_with(b"/") => EntryKind::Directory,
            b'0' | b'\0' | b'7' => EntryKind::File(data),
            b'5' => EntryKind::Directory,
            b'1' | b'2' if link.is_empty() => return Err(Cause::NoLinkTarget),
            b'1' => EntryKind::HardLink(EntryPath { prefix: &[], name: link }),
            b'2' => EntryKind::Symlink(link),
            b'3' => EntryKind::CharacterDevice {
                major: self.number_u32(DEVICE_MAJOR)?,
                minor: self.number_u32(DEVICE_MINOR)?,
            },
            type_flag => {
                return Err(Cause::UnsupportedType { type_flag: char::from(type_flag) });
            }
        };
        if kind == EntryKind::Directory && !data.is_empty() {
            let size = data.len() as u64;
            return Err(Cause::UnexpectedData { size });
        }
        let own_time = || i64::try_from(self.number(MTIME)?).map_err(|_| bad_number(MTIME));
        Ok(TarEntry {
            offset,
            path,
            kind,
            permissions: self.number_u32(MODE)? & 0o7777,
            uid: extension.uid.map_or_else(|| self.number_u32(UID), Ok)?,
            gid: extension.gid.map_or_else(|| self.number_u32(GID), Ok)?,
            modified: extension.modified.map_or_else(own_time, Ok)?,
        })
    }

    fn field(&self, Field(_, start, length): Field) -> &'a [u8] {
        &self.0[start..start + length]
    }

    /// A field up to its first NUL.
    fn text(&self, field: Field) -> &'a [u8] {
        until_nul(self.field(field))
    }

    /// Octal digits between blanks, ended by a blank or NUL; or GNU's base 256, big endian, where the
    /// first byte is 0x80.
    pub fn number(&self, field: Field) -> Result<u64, Cause> {
        let bytes = self.field(field);
        let error = bad_number(field);
        if bytes[0] & 0x80 != 0 {
            let (high, low) = bytes.split_at(bytes.len() - 7);
            if high[0] != 0x80 || high[1..].iter().any(|&byte| byte != 0) {
                return Err(error);
            }
            return Ok(low.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)));
        }
        let digits = until_nul(bytes).trim_ascii();
        digits.iter().try_fold(0u64, |value, &byte| match byte {
            b'0'..=b'7' => Ok(value << 3 | u64::from(byte - b'0')),
            _ => Err(error),
        })
    }

    fn number_u32(&self, field: Field) -> Result<u32, Cause> {
        u32::try_from(self.number(field)?).map_err(|_| bad_number(field))
    }
}

/// The sum of the bytes of at most one block, eight at a time: four sums of 16 bits, of pairs of bytes,
/// stand side by side in a word. They hold 64 times twice 255. A boot reads thousands of headers.
fn sum_of_bytes(bytes: &[u8]) -> u64 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let (words, rest) = bytes.as_chunks::<8>();
    let lanes = words.iter().fold(0, |lanes, word| {
        let word = u64::from_le_bytes(*word);
        lanes + (word & EVEN) + (word >> 8 & EVEN)
    });
    let lanes = (0..4).map(|lane| lanes >> (16 * lane) & 0xffff);
    lanes.sum::<u64>() + rest.iter().map(|&byte| u64::from(byte)).sum::<u64>()
}

const fn bad_number(Field(field, ..): Field) -> Cause {
    Cause::BadNumber { field }
}
