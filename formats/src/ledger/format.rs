//! The ledger's lines, one function for each kind: kernel and reader write them here, so there is one spelling.
//!
//! `docs/ledger.md` has the grammar and what each line means.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::escape::Escape;
use crate::sha256::{Digest, Hex, Sha256};

/// The first line of every ledger that this code reads.
pub const VERSION_LINE: &str = "firmseed-ledger 2";

/// What contents look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// No control bytes but tab, newline, vertical tab, form feed, carriage return; no DEL. Also the empty file.
    Text,
    /// Begins with ELF's magic number.
    Elf,
    /// Anything else.
    Data,
    /// A file with holes of more than 64 MiB in all: its hash names the version, and is not that of its bytes.
    Sparse,
}

impl Class {
    /// The word in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Text => "text",
            Class::Elf => "elf",
            Class::Data => "data",
            Class::Sparse => "sparse",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One version of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content {
    /// What they look like.
    pub class: Class,
    /// Their hash.
    pub sha256: Digest,
    /// How many they are.
    pub size: u64,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.class, Hex(&self.sha256), self.size)
    }
}

/// Takes the bytes of a file, piece by piece, and tells its [`Content`].
#[derive(Clone)]
pub struct ContentHasher {
    hasher: Sha256,
    size: u64,
    class: Class,
}

impl ContentHasher {
    /// No bytes yet.
    pub const fn new() -> Self {
        ContentHasher { hasher: Sha256::new(), size: 0, class: Class::Text }
    }

    /// Appends bytes; the first piece has at least four, unless the file is shorter. `blocks`: see [`Sha256::update`].
    pub fn update(&mut self, bytes: &[u8], blocks: impl FnMut(&mut [u32; 8], &[[u8; 64]])) {
        if self.size == 0 && bytes.starts_with(b"\x7fELF") {
            self.class = Class::Elf;
        } else if self.class == Class::Text && !is_text(bytes) {
            self.class = Class::Data;
        }
        self.size += bytes.len() as u64;
        self.hasher.update(bytes, blocks);
    }

    /// What the bytes were.
    pub fn finish(self, blocks: impl FnMut(&mut [u32; 8], &[[u8; 64]])) -> Content {
        Content { class: self.class, sha256: self.hasher.finish(blocks), size: self.size }
    }
}

impl Default for ContentHasher {
    fn default() -> Self {
        Self::new()
    }
}

/// Is every byte one that [`Class::Text`] allows? All that a chain reads and writes passes here: eight bytes at a time, four
/// times for each turn of the loop.
pub fn is_text(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let (fours, last) = words.as_chunks::<4>();
    // No branch for each word: one answer for the whole piece, of a page at most.
    let found =
        fours.iter().fold(0, |found, [a, b, c, d]| found | odd(a) | odd(b) | odd(c) | odd(d));
    let found = last.iter().fold(found, |found, word| found | odd(word));
    found & HIGH == 0 && rest.iter().copied().all(is_text_byte)
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = LOW << 7;

/// Bit 7 of each byte says that it is none of a text. A byte's high bit says "not below N" after adding 0x80 - N to its lower
/// seven bits: nothing is carried to the next. The other bits mean nothing.
#[inline(always)]
const fn odd(word: &[u8; 8]) -> u64 {
    let value = u64::from_le_bytes(*word);
    let seven = value & !HIGH;
    let not_tab = seven + LOW * (0x80 - 0x09);
    let not_return = seven + LOW * (0x80 - 0x0e);
    let not_control = seven + LOW * (0x80 - 0x20);
    let delete = seven + LOW;
    (!not_tab | (not_return & !not_control) | delete) & !value
}

const fn is_text_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' '..=0x7e | 0x80..)
}

/// Why an entry was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The process runs on; others depend on what it has done.
    GoesOn,
    /// It starts another program.
    Exec,
    /// It has ended with this status.
    Exit(u8),
    /// The signal of this number has killed it.
    Killed(u8),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::GoesOn => f.write_str("goes-on"),
            Ending::Exec => f.write_str("exec"),
            Ending::Exit(status) => write!(f, "exit {status}"),
            Ending::Killed(signal) => write!(f, "killed {signal}"),
        }
    }
}

/// What the machine was told to start, spelled as in the image's index.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The path of the first program.
    pub init: &'a [u8],
    /// Its arguments, after its name.
    pub arguments: &'a [Vec<u8>],
    /// Its environment.
    pub environment: &'a [Vec<u8>],
    /// Where it starts.
    pub cwd: &'a [u8],
    /// Which programs may run.
    pub policy: &'a str,
    /// The head of the run that left the image's files.
    pub continues: Option<&'a Digest>,
}

/// The lines that begin a ledger, before those of the seeds.
pub fn head(to: &mut impl Write, files: &Digest, settings: &Settings<'_>) -> fmt::Result {
    write!(to, "{VERSION_LINE}\nfiles {}\n", Hex(files))?;
    text(to, "init", settings.init)?;
    for (keyword, list) in [("arg", settings.arguments), ("env", settings.environment)] {
        for item in list {
            text(to, keyword, item)?;
        }
    }
    text(to, "cwd", settings.cwd)?;
    writeln!(to, "policy {}", settings.policy)?;
    match settings.continues {
        Some(head) => writeln!(to, "continues {}", Hex(head)),
        None => Ok(()),
    }
}

/// A program that the kernel made from hex0 text.
pub fn seed(
    to: &mut impl Write,
    program: (&Content, &[u8]),
    text: (&Content, &[u8]),
) -> fmt::Result {
    to.write_str("seed")?;
    for (content, path) in [program, text] {
        write!(to, " {} {} {}", Hex(&content.sha256), content.size, Escape(path))?;
    }
    to.write_char('\n')
}

/// The lines that begin an entry.
pub fn entry(to: &mut impl Write, number: u64, process: u32, parent: u32) -> fmt::Result {
    write!(to, "entry {number}\nprocess {process} {parent}\n")
}

/// Contents with the name of a file that has them: the lines `program`, `read`, `code` and `wrote`.
pub fn file(to: &mut impl Write, keyword: &str, content: &Content, path: &[u8]) -> fmt::Result {
    writeln!(to, "{keyword} {content} {}", Escape(path))
}

/// A path or text alone: the lines `init`, `arg`, `env`, `cwd` and `device`.
pub fn text(to: &mut impl Write, keyword: &str, text: &[u8]) -> fmt::Result {
    writeln!(to, "{keyword} {}", Escape(text))
}

/// Memory that is not only a file's was made executable.
pub const CODE_ANONYMOUS: &str = "code anonymous";

/// How many environment strings there are, and the hash of all.
pub fn environment(to: &mut impl Write, count: u64, sha256: &Digest) -> fmt::Result {
    writeln!(to, "environment {count} {}", Hex(sha256))
}

/// A process whose bytes came by another way than the contents of a file.
pub fn from(to: &mut impl Write, process: u32) -> fmt::Result {
    writeln!(to, "from {process}")
}

/// The line that ends a block: the hash of the block and of the chain before it.
pub fn chain(to: &mut impl Write, link: &Digest) -> fmt::Result {
    writeln!(to, "chain {}", Hex(link))
}

/// The last block.
pub fn end(to: &mut impl Write, entries: u64, status: i32) -> fmt::Result {
    writeln!(to, "end {entries} {status}")
}

/// The trailer, behind the last chain: the kernel's hash, as it measured itself.
pub fn kernel(to: &mut impl Write, sha256: &Digest) -> fmt::Result {
    writeln!(to, "kernel {}", Hex(sha256))
}

/// The link of a block to the one before: what its line `chain` says.
pub fn link(
    previous: Option<&Digest>,
    block: &[u8],
    mut blocks: impl FnMut(&mut [u32; 8], &[[u8; 64]]),
) -> Digest {
    let mut hasher = Sha256::new();
    if let Some(previous) = previous {
        hasher.update(&crate::sha256::to_hex(previous), &mut blocks);
        hasher.update(b"\n", &mut blocks);
    }
    hasher.update(block, &mut blocks);
    hasher.finish(blocks)
}
