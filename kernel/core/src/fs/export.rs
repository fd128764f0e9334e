//! A POSIX tar of the tree: what a machine wrote, for the world outside.
//!
//! Deterministic: members in the order of their paths' bytes, time 0, owner 0. Further names of a file
//! become hard links to its first. Paths, targets and sizes that a ustar header cannot hold go into
//! pax records. Devices and /proc are left out. Nothing recurses: programs choose the depth of the tree.
//!
//! A tar has no holes, and any program can make exabytes of them in one call: files with too many are [`LeftOut`].

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
use core::fmt;
use firmseed_formats::escape::Escape;
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

/// A file with larger holes is left out: so large that the ledger does not hash it as a whole either.
pub const HOLES_MAX: u64 = 64 << 20;
/// Nor do all files of a tar together bring more holes.
const ALL_HOLES_MAX: u64 = 1 << 30;

/// The files that a tar leaves out: where its place would end, or the reader's patience, before their holes do.
#[derive(Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// By inode, with the file's first path.
    files: Vec<(InodeId, Vec<u8>, u64)>,
}

impl LeftOut {
    /// Which files [`export_tar`] leaves out.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn of(fs: &Fs, selection: Selection) -> Result<Self, Errno> {
        let mut left_out = LeftOut { files: Vec::new() };
        let mut room = ALL_HOLES_MAX;
        let mut walk = Walk::new(fs, selection)?;
        while let Some(inode) = walk.next()? {
            // A further name counts again: rare, and the sum stays a bound.
            let holes = fs.holes(inode);
            if holes <= HOLES_MAX.min(room) {
                room -= holes;
            } else if let Err(place) = left_out.find(inode) {
                left_out.files.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                left_out.files.insert(place, (inode, concatenate(&[&walk.path])?, fs.size(inode)));
            }
        }
        Ok(left_out)
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn find(&self, inode: InodeId) -> Result<usize, usize> {
        self.files.binary_search_by_key(&inode, |(known, ..)| *known)
    }
}

/// The end of the kernel's line `firmseed: failed: `: what, how large, what to do.
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        f.write_str("left out of the results:")?;
        for (_, path, size) in self.files.iter().take(SHOWN) {
            write!(f, " /{} of {size} bytes,", Escape(path))?;
        }
        if self.files.len() > SHOWN {
            write!(f, " and {} more,", self.files.len() - SHOWN)?;
        }
        write!(
            f,
            " for their holes (a file may have {} MiB of them, all together {}): remove or shorten them before process 1 ends",
            HOLES_MAX >> 20,
            ALL_HOLES_MAX >> 20
        )
    }
}

/// Takes the bytes of a tar one piece after the other; an error stops the export.
pub type Sink<'a> = dyn FnMut(&[u8]) -> Result<(), Errno> + 'a;

/// Writes a tar of the tree to `sink`: paths relative to the root, then `extra` files under names of the caller's,
/// two blocks of zeros at the end. Returns the files that it left out.
///
/// # Errors
/// ENOMEM, and what the sink says.
pub fn export_tar(
    fs: &Fs,
    memory: &impl Memory,
    selection: Selection,
    extra: &[(&[u8], InodeId)],
    sink: &mut Sink,
) -> Result<LeftOut, Errno> {
    let left_out = LeftOut::of(fs, selection)?;
    let mut walk = Walk::new(fs, selection)?;
    // The first names of files with several, by inode.
    let mut linked: Vec<(InodeId, Vec<u8>)> = Vec::new();
    while let Some(inode) = walk.next()? {
        if left_out.find(inode).is_ok() {
            continue;
        }
        let several = fs.stat(inode).nlink > 1 && !fs.is_directory(inode);
        let place = linked.binary_search_by_key(&inode, |(known, _)| *known);
        let first = place.ok().map(|place| &linked[place].1[..]);
        write_member(fs, memory, inode, &walk.path, first, sink)?;
        if let (Err(place), true) = (place, several) {
            linked.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            linked.insert(place, (inode, concatenate(&[&walk.path])?));
        }
    }
    for &(name, inode) in extra {
        write_member(fs, memory, inode, name, None, sink)?;
    }
    sink(&ZEROS)?;
    sink(&ZEROS)?;
    Ok(left_out)
}

const _: () = assert!(ZEROS.len() == BLOCK);

/// A walk over the selected files in the order of paths, where a directory's path ends with a slash.
struct Walk<'a> {
    fs: &'a Fs,
    selection: Selection,
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

impl<'a> Walk<'a> {
    fn new(fs: &'a Fs, selection: Selection) -> Result<Self, Errno> {
        let mut walk = Walk { fs, selection, path: Vec::new(), open: Vec::new() };
        walk.enter(InodeId::ROOT)?;
        Ok(walk)
    }

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
            if self.fs.is_directory(inode) {
                self.enter(inode)?;
            }
            let selected = match self.selection {
                Selection::All => true,
                Selection::Written => self.fs.origin(inode) != Origin::Image,
            };
            if regular && !sealed && selected {
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
