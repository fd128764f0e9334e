//! Headers of new members: ustar, with a pax header before it where a field is too small.

use super::BLOCK;
use super::error::OutOfMemory;
use super::header::{
    CHECKSUM, DEVICE_MAJOR, DEVICE_MINOR, Field, GID, LINK_NAME, MAGIC, MODE, MTIME, NAME, PREFIX,
    SIZE, TYPE_FLAG, UID,
};
use crate::number::decimal;
use alloc::vec::Vec;

/// A member to be written. Time and owner are 0, so that equal trees give equal archives.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    /// Relative path; a directory's ends with a slash.
    pub path: &'a [u8],
    /// POSIX's typeflag: `0` file, `1` hard link, `2` symbolic link, `5` directory.
    pub type_flag: u8,
    /// Permission bits, 07777.
    pub permissions: u32,
    /// Target of a link.
    pub link: &'a [u8],
    /// Bytes of data that follow.
    pub size: u64,
}

/// Largest number in the size field: 11 octal digits.
const SIZE_MAX: u64 = (1 << 33) - 1;
/// The name that pax headers carry.
const PAX_NAME: &[u8] = b"././@PaxHeader";

impl NewMember<'_> {
    /// Writes the header, and before it a pax header if one is needed. The data and its padding are
    /// the caller's.
    ///
    /// # Errors
    /// [`OutOfMemory`], and what the sink says.
    pub fn write_header<E: From<OutOfMemory>>(
        &self,
        sink: &mut (dyn FnMut(&[u8]) -> Result<(), E> + '_),
    ) -> Result<(), E> {
        let split = split_path(self.path);
        let mut records = Vec::new();
        if split.is_none() {
            add_record(&mut records, b"path", self.path)?;
        }
        if self.link.len() > LINK_NAME.2 {
            add_record(&mut records, b"linkpath", self.link)?;
        }
        if self.size > SIZE_MAX {
            let mut digits = [0; 20];
            add_record(&mut records, b"size", decimal(self.size, &mut digits))?;
        }
        if !records.is_empty() {
            sink(&header(&[], PAX_NAME, b'x', 0o644, &[], records.len() as u64))?;
            let padded = records.len().next_multiple_of(BLOCK);
            records.try_reserve(padded - records.len()).map_err(|_| OutOfMemory)?;
            records.resize(padded, 0);
            sink(&records)?;
        }
        let (prefix, name) = split.unwrap_or((&[], &self.path[..NAME.2.min(self.path.len())]));
        let link = &self.link[..self.link.len().min(LINK_NAME.2)];
        let size = match self.size {
            0..=SIZE_MAX => self.size,
            _ => 0,
        };
        sink(&header(prefix, name, self.type_flag, self.permissions, link, size))
    }
}

fn header(
    prefix: &[u8],
    name: &[u8],
    type_flag: u8,
    permissions: u32,
    link: &[u8],
    size: u64,
) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    put(&mut block, NAME, name);
    put(&mut block, PREFIX, prefix);
    put(&mut block, LINK_NAME, link);
    put(&mut block, MAGIC, b"ustar\x0000");
    put_octal(&mut block, MODE, u64::from(permissions));
    put_octal(&mut block, SIZE, size);
    for field in [UID, GID, MTIME, DEVICE_MAJOR, DEVICE_MINOR] {
        put_octal(&mut block, field, 0);
    }
    block[TYPE_FLAG] = type_flag;
    put(&mut block, CHECKSUM, b"        ");
    let sum = block.iter().map(|&byte| u64::from(byte)).sum();
    put_octal(&mut block, CHECKSUM, sum);
    block
}

fn put(block: &mut [u8; BLOCK], Field(_, start, _): Field, bytes: &[u8]) {
    block[start..start + bytes.len()].copy_from_slice(bytes);
}

/// Octal digits with leading zeros, and a NUL.
fn put_octal(block: &mut [u8; BLOCK], Field(_, start, length): Field, value: u64) {
    let mut value = value;
    for byte in block[start..start + length - 1].iter_mut().rev() {
        *byte = b'0' + (value & 7) as u8;
        value >>= 3;
    }
    block[start + length - 1] = 0;
}

/// The path as prefix and name, if it can be cut at a slash so that both fit.
fn split_path(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if path.len() <= NAME.2 {
        return Some((&[], path));
    }
    let first = path.len() - 1 - NAME.2;
    let cuts = first..path.len().min(PREFIX.2 + 1);
    let mut cuts = cuts.filter(|&cut| path[cut] == b'/' && cut > 0 && cut + 1 < path.len());
    cuts.next().map(|cut| (&path[..cut], &path[cut + 1..]))
}

/// Appends `LENGTH KEY=VALUE NEWLINE`, where LENGTH counts its own digits too.
fn add_record(records: &mut Vec<u8>, key: &[u8], value: &[u8]) -> Result<(), OutOfMemory> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    let mut digits = [0; 20];
    while rest + decimal(length as u64, &mut digits).len() != length {
        length = rest + decimal(length as u64, &mut digits).len();
    }
    records.try_reserve(length).map_err(|_| OutOfMemory)?;
    for part in [decimal(length as u64, &mut digits), b" ", key, b"=", value, b"\n"] {
        records.extend_from_slice(part);
    }
    Ok(())
}
