//! From an image in memory to its files, or to the one thing that is wrong: the judge of images.
//!
//! The kernel at boot and `image-builder`'s `check` both ask [`load`] and nothing else, so that what the one passes
//! the other boots. Every byte is covered: kernel, symbols, tar and each file by their hashes, the index by its
//! seal, padding by being what the image's [`Form`] says. And the index must say of each member what the tar says of it, in the tar's order.

use crate::fs::Fs;
use core::fmt;
use firmseed_formats::escape::Escaped;
use firmseed_formats::image::{
    Compiled, Form, Index, IndexError, Member, MemberKind, Members, Part, Policy,
};
use firmseed_formats::ledger::format::is_text;
use firmseed_formats::sha256::{Digest, Hex};
use firmseed_formats::tar::{self, Archive, EntryKind, EntryPath, TarError};

/// Why an image is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault<'a> {
    /// The index makes no sense.
    Index(IndexError<'a>),
    /// The index does not have the hash that its last line says.
    Seal,
    /// A part does not have the hash that the index says.
    Hash {
        /// Its name.
        part: &'static str,
        /// What the index says.
        expected: Digest,
        /// What its bytes hash to.
        found: Digest,
    },
    /// A byte between two parts is not the form's padding: in images of this kernel, not zero.
    Padding {
        /// Bytes from the start of the image.
        offset: u64,
    },
    /// A file does not have the hash that the index says.
    Content(Member<'a>),
    /// The tar does not have the hash that the index says, but all its files do.
    Headers,
    /// The tar makes no sense, or does not fit into the tree.
    Tar(TarError),
    /// The index and a member of the tar say different things, or one of the two is missing.
    Disagree {
        /// The line of the index.
        line: Option<u32>,
        /// Where the member's header is in the tar.
        offset: Option<usize>,
    },
    /// A name or the target of a link that is no text, under the policy `chain`.
    NoText {
        /// Where the member's header is in the tar.
        offset: usize,
    },
    /// There is no memory for the tree.
    NoMemory,
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Index(error) => error.fmt(f),
            Fault::Seal => f.write_str("the index does not have the hash that its last line says"),
            Fault::Hash { part, expected, found } => {
                write!(f, "the {part}: expected sha256 {}, found {}", Hex(expected), Hex(found))
            }
            Fault::Padding { offset } => write!(f, "byte {offset}, between two parts, is not zero"),
            Fault::Content(member) => {
                write!(f, "{} does not have the hash that the index says", member.path)
            }
            Fault::Headers => f.write_str("a header of the tar; image-builder check says where"),
            Fault::Tar(error) => error.fmt(f),
            Fault::Disagree { line, offset } => {
                f.write_str("index and tar disagree:")?;
                match line {
                    Some(line) => write!(f, " line {line} of the index,")?,
                    None => f.write_str(" no line of the index,")?,
                }
                match offset {
                    Some(offset) => write!(f, " the member at offset {offset} of the tar"),
                    None => f.write_str(" no member of the tar"),
                }
            }
            Fault::NoText { offset } => write!(
                f,
                "the member at offset {offset} of the tar: a control character in a name or link, under the policy chain"
            ),
            Fault::NoMemory => f.write_str("no memory for its files; give the machine more memory"),
        }
    }
}

impl<'a> From<IndexError<'a>> for Fault<'a> {
    fn from(error: IndexError<'a>) -> Self {
        Fault::Index(error)
    }
}

/// The files of `image`, whose index begins at `offset` and whose kernel was found to have the hash `kernel` and to
/// end there. Contents stay in the tar.
///
/// # Errors
/// The first [`Fault`].
#[inline(never)]
pub fn load(
    image: &'static [u8],
    offset: usize,
    kernel: &Digest,
    sha256: fn(&[u8]) -> Digest,
) -> Result<(Index<'static>, Fs), Fault<'static>> {
    load_as::<Compiled>(image, offset, kernel, sha256)
}

/// The same for an image of the form `F`.
///
/// # Errors
/// The first [`Fault`].
pub fn load_as<F: Form>(
    image: &'static [u8],
    offset: usize,
    kernel: &Digest,
    sha256: fn(&[u8]) -> Digest,
) -> Result<(Index<'static>, Fs), Fault<'static>> {
    let index = Index::open_as::<F>(image, offset)?;
    if !index.verify_seal(sha256) {
        return Err(Fault::Seal);
    }
    if index.kernel.sha256 != *kernel {
        return Err(Fault::Hash { part: "kernel", expected: index.kernel.sha256, found: *kernel });
    }
    let mut end = (offset + index.text.len()) as u64;
    if let Some(symbols) = index.symbols {
        padding::<F>(image, end, symbols.offset)?;
        let found = sha256(bytes_of(&symbols, image));
        if found != symbols.sha256 {
            return Err(Fault::Hash { part: "symbols", expected: symbols.sha256, found });
        }
        end = symbols.offset + symbols.size;
    }
    padding::<F>(image, end, index.tar.offset)?;
    let files = load_tar(image, &index, sha256)?;
    Ok((index, files))
}

/// Sees that the bytes from `start` to `end` are the form's padding.
fn padding<'a, F: Form>(image: &[u8], start: u64, end: u64) -> Result<(), Fault<'a>> {
    let padding = &image[start as usize..end as usize];
    match padding.iter().position(|&byte| byte != F::PADDING) {
        None => Ok(()),
        Some(at) => Err(Fault::Padding { offset: start + at as u64 }),
    }
}

/// A part whose place was checked when the index was opened.
fn bytes_of<'i>(part: &Part, image: &'i [u8]) -> &'i [u8] {
    part.slice(image).unwrap_or_default()
}

fn load_tar(
    image: &'static [u8],
    index: &Index<'static>,
    sha256: fn(&[u8]) -> Digest,
) -> Result<Fs, Fault<'static>> {
    let tar = bytes_of(&index.tar, image);
    let is_damaged = |member: &Member<'_>| match member.kind {
        MemberKind::File { content, .. } => !content.matches(image, sha256),
        _ => false,
    };
    if sha256(tar) != index.tar.sha256 {
        for member in index.members() {
            let member = member?;
            if is_damaged(&member) {
                return Err(Fault::Content(member));
            }
        }
        return Err(Fault::Headers);
    }
    let mut files = Fs::new().map_err(|_| Fault::NoMemory)?;
    let mut members = index.members();
    for entry in Archive::new(tar) {
        let entry = entry.map_err(Fault::Tar)?;
        let member = next(&mut members)?;
        if !member.is_some_and(|member| describes(&member, &entry, image)) {
            return Err(Fault::Disagree {
                line: member.map(|member| member.line),
                offset: Some(entry.offset),
            });
        }
        if let Some(member) = member.filter(is_damaged) {
            return Err(Fault::Content(member));
        }
        if index.policy == Policy::Chain && !is_named_in_text(&entry) {
            return Err(Fault::NoText { offset: entry.offset });
        }
        files
            .add_entry(&entry)
            .map_err(|cause| Fault::Tar(TarError { offset: entry.offset, cause }))?;
    }
    match next(&mut members)? {
        None => Ok(files),
        Some(member) => Err(Fault::Disagree { line: Some(member.line), offset: None }),
    }
}

fn next<'a>(members: &mut Members<'a>) -> Result<Option<Member<'a>>, Fault<'a>> {
    Ok(members.next().transpose()?)
}

/// Does the line of the index say what the tar's header says?
fn describes(member: &Member<'_>, entry: &tar::TarEntry<'_>, image: &[u8]) -> bool {
    let same_mode = |mode: u16| u32::from(mode) == entry.permissions;
    let same = match (member.kind, entry.kind) {
        (MemberKind::File { content, mode }, EntryKind::File(bytes)) => {
            let start = bytes.as_ptr().addr() - image.as_ptr().addr();
            same_mode(mode) && content.size == bytes.len() as u64 && content.offset == start as u64
        }
        (MemberKind::Directory { mode }, EntryKind::Directory) => same_mode(mode),
        (MemberKind::Symlink { target }, EntryKind::Symlink(found)) => target == *found,
        (MemberKind::Hardlink { target }, EntryKind::HardLink(found)) => is_spelled(target, found),
        (
            MemberKind::Device { major, minor },
            EntryKind::CharacterDevice { major: x, minor: y },
        ) => (major, minor) == (x, y),
        _ => false,
    };
    same && is_spelled(member.path, entry.path)
}

/// Is `path` the index's form of the tar's `found`?
fn is_spelled(path: Escaped<'_>, found: EntryPath<'_>) -> bool {
    let mut bytes = path.bytes();
    let mut is_root = true;
    for name in found.components() {
        let Ok(name) = name else { return false };
        let follows = is_root || bytes.next() == Some(b'/');
        if !follows || !name.iter().all(|&byte| bytes.next() == Some(byte)) {
            return false;
        }
        is_root = false;
    }
    match is_root {
        true => path == *b".",
        false => bytes.next().is_none(),
    }
}

/// Are the member's name and the target of a link texts, by the ledger's measure? What is none could spell a program.
fn is_named_in_text(entry: &tar::TarEntry<'_>) -> bool {
    let is_text_path = |path: EntryPath<'_>| is_text(path.prefix) && is_text(path.name);
    is_text_path(entry.path)
        && match entry.kind {
            EntryKind::Symlink(target) => is_text(target),
            EntryKind::HardLink(target) => is_text_path(target),
            _ => true,
        }
}
