//! The plain tar inside an image, through the reader and writer that the kernel uses (`firmseed_formats::tar`).
//!
//! The same members always give the same bytes: owner 0, time 0, one way to split a long path.

use crate::{Error, Result};
use firmseed_formats::tar::{Archive, Cause, EntryKind, EntryPath, NewMember, OutOfMemory};
use std::ops::Range;

pub use firmseed_formats::tar::BLOCK;

/// A member; `C` is how its contents are held: bytes to write, or a range of a tar that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<C> {
    /// In the index's form: relative, no `./`, no trailing `/`, the root is `.`.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Body<C>,
}

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<C> {
    /// A regular file.
    File {
        /// Permission bits.
        mode: u16,
        /// What is in it.
        content: C,
    },
    /// A directory.
    Directory {
        /// Permission bits.
        mode: u16,
    },
    /// A symbolic link.
    Symlink {
        /// The link's text.
        target: Vec<u8>,
    },
    /// Another name of an earlier member.
    Hardlink {
        /// That member's path.
        target: Vec<u8>,
    },
    /// A character device; read only, this tool writes none.
    Device {
        /// Its driver.
        major: u32,
        /// Its number there.
        minor: u32,
    },
}

impl<C> Body<C> {
    /// The same with its contents held in another way.
    pub fn map<D>(self, hold: impl FnOnce(C) -> D) -> Body<D> {
        match self {
            Body::File { mode, content } => Body::File { mode, content: hold(content) },
            Body::Directory { mode } => Body::Directory { mode },
            Body::Symlink { target } => Body::Symlink { target },
            Body::Hardlink { target } => Body::Hardlink { target },
            Body::Device { major, minor } => Body::Device { major, minor },
        }
    }
}

/// A member of a tar that was read: its contents are a range of the tar.
pub type ReadMember = Member<Range<usize>>;

/// The members of `tar`, in their order.
pub fn read(tar: &[u8]) -> Result<Vec<ReadMember>> {
    refuse_compressed(tar)?;
    Archive::new(tar)
        .map(|entry| {
            let entry = entry.map_err(|error| Error::Tar(error.to_string()))?;
            let named =
                |cause: Cause| Error::Tar(format!("member at offset {}: {cause}", entry.offset));
            let mode = entry.permissions as u16;
            let kind = match entry.kind {
                EntryKind::File(data) => Body::File { mode, content: place(data, tar) },
                EntryKind::Directory => Body::Directory { mode },
                EntryKind::Symlink(target) => Body::Symlink { target: target.to_vec() },
                EntryKind::HardLink(target) => {
                    Body::Hardlink { target: normalize(target).map_err(named)? }
                }
                EntryKind::CharacterDevice { major, minor } => Body::Device { major, minor },
            };
            Ok(Member { path: normalize(entry.path).map_err(named)?, kind })
        })
        .collect()
}

/// The tar of `members`, in their order, with the two zero blocks at its end.
pub fn write<C: AsRef<[u8]>>(members: &[Member<C>]) -> Result<Vec<u8>> {
    let mut tar = Vec::new();
    for member in members {
        let mut path = member.path.clone();
        let (type_flag, mode, data, link): (u8, u16, &[u8], &[u8]) = match &member.kind {
            Body::File { mode, content } => (b'0', *mode, content.as_ref(), b""),
            Body::Hardlink { target } => (b'1', 0o644, b"", target),
            Body::Symlink { target } => (b'2', 0o777, b"", target),
            Body::Directory { mode } => {
                path.push(b'/');
                (b'5', *mode, b"", b"")
            }
            Body::Device { .. } => return Err(Error::Tar("this tool writes no devices".into())),
        };
        let header = NewMember {
            path: &path,
            type_flag,
            permissions: mode.into(),
            link,
            size: data.len() as u64,
        };
        let mut sink = |bytes: &[u8]| -> std::result::Result<(), OutOfMemory> {
            tar.extend_from_slice(bytes);
            Ok(())
        };
        header.write_header(&mut sink).map_err(|error| Error::Tar(error.to_string()))?;
        tar.extend_from_slice(data);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    Ok(tar)
}

/// A path in the index's form.
fn normalize(path: EntryPath<'_>) -> std::result::Result<Vec<u8>, Cause> {
    let parts = path.components().collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(if parts.is_empty() { b".".to_vec() } else { parts.join(&b'/') })
}

/// The path of the member whose header is at `offset`.
pub fn path_at(tar: &[u8], offset: usize) -> Option<Vec<u8>> {
    let entry = Archive::new(tar)
        .map_while(std::result::Result::ok)
        .find(|entry| entry.offset == offset)?;
    normalize(entry.path).ok()
}

/// The same, for an error about it.
pub fn name_at(tar: &[u8], offset: usize) -> String {
    path_at(tar, offset)
        .map_or(String::new(), |path| format!("member {}: ", String::from_utf8_lossy(&path)))
}

/// Where `part`, a slice of `whole`, lies in it.
fn place(part: &[u8], whole: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

fn refuse_compressed(bytes: &[u8]) -> Result<()> {
    let formats: [(&[u8], &str); 5] = [
        (b"\x1f\x8b", "gzip -d"),
        (b"BZh", "bzip2 -d"),
        (b"\xfd7zXZ\0", "xz -d"),
        (b"\x28\xb5\x2f\xfd", "zstd -d"),
        (b"\x04\x22\x4d\x18", "lz4 -d"),
    ];
    match formats.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        Some((_, tool)) => {
            let text = "it is compressed, and an image holds files as they are; unpack it first:";
            Err(Error::Tar(format!("{text} {tool}")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_or_cut_tar_is_refused_with_a_hint() {
        let say = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(say(b"\x1f\x8b\x08 and so on").contains("gzip -d"));
        assert!(say(b"BZh9").contains("bzip2 -d"));
        assert!(say(b"").contains("cut"));
        assert!(say(&[b'x'; 1024]).contains("ustar"));
        let content = vec![7; 2000];
        let tar =
            write(&[Member { path: b"a".to_vec(), kind: Body::File { mode: 0o644, content } }])
                .unwrap();
        assert!(say(&tar[..1024]).contains("at offset 0: the archive ends early"));
    }

    #[test]
    fn paths_are_read_in_the_form_of_the_index() {
        for (from, to) in [("./a/b", "a/b"), ("/a//b", "a/b"), ("a/./b", "a/b"), ("..a", "..a")] {
            let kind = Body::File { mode: 0o644, content: b"" };
            let tar = write(&[Member { path: from.as_bytes().to_vec(), kind }]).unwrap();
            assert_eq!(read(&tar).unwrap()[0].path, to.as_bytes());
        }
        let root = write(&[Member::<&[u8]> {
            path: b".".to_vec(),
            kind: Body::Directory { mode: 0o755 },
        }])
        .unwrap();
        assert_eq!(read(&root).unwrap()[0].path, b".");
        let climbing =
            Member { path: b"a/../b".to_vec(), kind: Body::File { mode: 0o644, content: b"" } };
        assert!(read(&write(&[climbing]).unwrap()).unwrap_err().to_string().contains(".."));
    }
}
