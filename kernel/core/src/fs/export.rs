//! A POSIX tar of the tree: what a machine wrote, for the world outside.
//!
//! Deterministic: members in the order of their paths' bytes, time 0, owner 0. Further names of a file
//! become hard links to its first. Paths, targets and sizes that a ustar header cannot hold go into
//! pax records. Devices and /proc are left out. Nothing recurses: programs choose the depth of the tree.

use super::content::Chunk;
use super::directory::Seal;
use super::inode::Node;
use super::kinds::{InodeId, Origin};
use super::lookup::concatenate;
use super::{FileType, Fs};
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::machine::Memory;
use alloc::vec::Vec;
use firmseed_formats::page::ZEROS;
use firmseed_formats::tar::{self, BLOCK};

/// Which files are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All.
    All,
    /// Those that the machine made or changed, and the directories and links that it made.
    Written,
}

/// Takes the bytes of a tar one piece after the other; an error stops the export.
pub type Sink<'a> = dyn FnMut(&[u8]) -> Result<(), Errno> + 'a;

/// Writes a tar of the tree to `sink`: paths relative to the root, then `extra` files under names of the caller's,
/// two blocks of zeros at the end.
///
/// # Errors
/// ENOMEM, and what the sink says.
pub fn export_tar(
    fs: &Fs,
    memory: &impl Memory,
    selection: Selection,
    extra: &[(&[u8], InodeId)],
    sink: &mut Sink,
) -> Result<(), Errno> {
    let mut walk = Walk { fs, path: Vec::new(), open: Vec::new() };
    // The first names of files with several, by inode.
    let mut linked: Vec<(InodeId, Vec<u8>)> = Vec::new();
    walk.enter(InodeId::ROOT)?;
    while let Some(inode) = walk.next()? {
        let selected = match selection {
            Selection::All => true,
            Selection::Written => fs.origin(inode) != Origin::Image,
        };
        if selected {
            let several = fs.stat(inode).nlink > 1 && !fs.is_directory(inode);
            let place = linked.binary_search_by_key(&inode, |(known, _)| *known);
            let first = place.ok().map(|place| &linked[place].1[..]);
            write_member(fs, memory, inode, &walk.path, first, sink)?;
            if let (Err(place), true) = (place, several) {
                linked.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                linked.insert(place, (inode, concatenate(&[&walk.path])?));
            }
        }
        if fs.is_directory(inode) {
            walk.enter(inode)?;
        }
    }
    for &(name, inode) in extra {
        write_member(fs, memory, inode, name, None, sink)?;
    }
    sink(&ZEROS)?;
    sink(&ZEROS)
}

const _: () = assert!(ZEROS.len() == BLOCK);

/// A walk over the tree in the order of paths, where a directory's path ends with a slash.
struct Walk<'a> {
    fs: &'a Fs,
    /// The path of the member that came last.
    path: Vec<u8>,
    open: Vec<OpenDirectory<'a>>,
}

struct OpenDirectory<'a> {
    /// Length of the directory's own path.
    path_length: usize,
    /// What is still to come, last first.
    names: Vec<(&'a [u8], InodeId)>,
}

impl Walk<'_> {
    fn enter(&mut self, inode: InodeId) -> Result<(), Errno> {
        let directory = self.fs.directory(inode)?;
        if directory.seal != Seal::Open {
            return Ok(());
        }
        let mut names = Vec::new();
        for (_, name, inode) in directory.after(0) {
            names.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            names.push((name, inode));
        }
        let slash = |inode| self.fs.is_directory(inode).then_some(&b'/');
        names.sort_unstable_by(|(name_1, inode_1), (name_2, inode_2)| {
            let whole_1 = name_1.iter().chain(slash(*inode_1));
            let whole_2 = name_2.iter().chain(slash(*inode_2));
            whole_2.cmp(whole_1)
        });
        self.open.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.open.push(OpenDirectory { path_length: self.path.len(), names });
        Ok(())
    }

    fn next(&mut self) -> Result<Option<InodeId>, Errno> {
        while let Some(directory) = self.open.last_mut() {
            self.path.truncate(directory.path_length);
            let Some((name, inode)) = directory.names.pop() else {
                self.open.pop();
                continue;
            };
            self.path.try_reserve(name.len() + 1).map_err(|_| Errno::ENOMEM)?;
            self.path.extend_from_slice(name);
            if self.fs.is_directory(inode) {
                self.path.push(b'/');
            }
            let sealed = self.fs.directory(inode).is_ok_and(|names| names.seal != Seal::Open);
            let regular = matches!(
                self.fs.inodes[inode].node,
                Node::File(_) | Node::Directory(_) | Node::Symlink(_)
            );
            if regular && !sealed {
                return Ok(Some(inode));
            }
        }
        Ok(None)
    }
}

fn write_member(
    fs: &Fs,
    memory: &impl Memory,
    inode: InodeId,
    path: &[u8],
    first_name: Option<&[u8]>,
    sink: &mut Sink,
) -> Result<(), Errno> {
    let file_type = fs.file_type(inode);
    let (type_flag, link, size) = match (first_name, file_type) {
        (Some(first), _) => (b'1', first, 0),
        (None, FileType::Directory) => (b'5', &[][..], 0),
        (None, FileType::Symlink) => (b'2', fs.readlink(inode)?, 0),
        (None, _) => (b'0', &[][..], fs.size(inode)),
    };
    let member =
        tar::NewMember { path, type_flag, permissions: fs.stat(inode).mode & 0o7777, link, size };
    member.write_header(sink)?;
    if size > 0 {
        write_content(fs, memory, inode, sink)?;
        let padding = size.next_multiple_of(BLOCK as u64) - size;
        sink(&ZEROS[..padding as usize])?;
    }
    Ok(())
}

fn write_content(
    fs: &Fs,
    memory: &impl Memory,
    inode: InodeId,
    sink: &mut Sink,
) -> Result<(), Errno> {
    let mut offset = 0;
    loop {
        let chunk = fs.chunk(inode, offset, PAGE_SIZE);
        let bytes = match chunk {
            Chunk::END => return Ok(()),
            Chunk::Bytes(bytes) => bytes,
            Chunk::Zero { length } => &ZEROS[..length.min(ZEROS.len())],
            Chunk::Frame { frame, offset, length } => &memory.page(frame)[offset..offset + length],
        };
        sink(bytes)?;
        offset += bytes.len() as u64;
    }
}
