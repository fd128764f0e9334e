//! What is in the image: its index, and its files by their contents.

use firmseed_formats::escape::Escaped;
use firmseed_formats::image::{self, Index, Member, MemberKind, Part, Policy, kernel_hash};
use firmseed_formats::ledger::format::{Class, Content, ContentHasher};
use firmseed_formats::ledger::parse::File;
use firmseed_formats::sha256::{Digest, compress};
use std::collections::{HashMap, HashSet};

/// The list of the files that the chain is to make: lines `HASH  /path`.
pub const LIST: &[u8] = b"/SHA256SUMS";

/// What an earlier run says of the files that it left: an image that continues it holds them.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// The head of its ledger.
    pub head: Digest,
    /// The heads of those that it continues, the earliest first.
    pub before: Vec<Digest>,
    /// What it made, and what derives from text.
    pub derived: HashSet<Digest>,
    /// What it made, and what does not: texts too.
    pub tainted: HashSet<Digest>,
}

/// An image that was read: opened once, handed on to whoever asks for something of it.
pub struct Image<'a> {
    /// All of it.
    pub bytes: &'a [u8],
    /// What it says of itself.
    pub index: Index<'a>,
    /// The kernel's hash, computed from its bytes: those of `image_size` count as zeros, so that every image of one
    /// kernel has it.
    pub kernel: Digest,
    /// The run that it continues.
    pub earlier: Option<&'a Earlier>,
    /// The regular files, with absolute paths, in the order of the tar.
    pub files: Vec<File>,
    /// The lines of [`LIST`] that name a hash and an absolute path; the others are passed over, as the kernel does.
    pub expected: Vec<(Digest, Vec<u8>)>,
    /// Where in the image the contents of each file lie.
    places: Vec<Part>,
    /// For each contents their first place in `files`.
    by_hash: HashMap<Digest, usize>,
    /// The targets of symbolic links: contents too, as a program can read them.
    links: HashMap<Digest, File>,
    /// Hashes that stand in the image's texts, as words of 64 hex digits.
    named: HashSet<Digest>,
}

impl<'a> Image<'a> {
    /// Reads an image, each file's contents too. That it is whole is not said: a damaged one is read as far as it goes.
    ///
    /// # Errors
    /// It is no image, or its index is damaged.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        Self::open_after(bytes, None)
    }

    /// Reads one that continues an earlier run.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn open_after(bytes: &'a [u8], earlier: Option<&'a Earlier>) -> Result<Self, String> {
        let index = image::open(bytes).map_err(|error| error.to_string())?;
        let kernel = index.kernel.slice(bytes);
        let kernel = kernel.ok_or("the index's kernel has no place in the image")?;
        let mut image = Image {
            bytes,
            index,
            kernel: kernel_hash(kernel, kernel.len() as u64, compress),
            earlier,
            files: Vec::new(),
            expected: Vec::new(),
            places: Vec::new(),
            by_hash: HashMap::new(),
            links: HashMap::new(),
            named: HashSet::new(),
        };
        for member in index.members() {
            image.add(member.map_err(|error| error.to_string())?)?;
        }
        Ok(image)
    }

    fn add(&mut self, member: Member<'a>) -> Result<(), String> {
        let path = absolute(member.path);
        match member.kind {
            MemberKind::Symlink { target } => {
                let content = content_of(&bytes(target));
                self.links.insert(content.sha256, File { content, path });
            }
            MemberKind::File { content: place, .. } => {
                let (line, name) = (member.line, member.path);
                let bytes = place.slice(self.bytes).ok_or_else(|| {
                    format!("index line {line}: {name} lies outside of the image")
                })?;
                if path == LIST {
                    self.expected = list(bytes);
                }
                let content = content_of(bytes);
                if content.class == Class::Text && !self.is_tainted(&content.sha256) {
                    self.named.extend(hashes_in(bytes));
                }
                let number = self.files.len();
                self.by_hash.entry(content.sha256).or_insert(number);
                self.files.push(File { content, path });
                self.places.push(place);
            }
            _ => {}
        }
        Ok(())
    }

    /// Hex0 text and program of each seed, as absolute paths.
    pub fn seeds(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let seeds = self.index.seeds();
        let paths = seeds.map(|seed| (absolute(seed.source), absolute(seed.program)));
        paths.collect()
    }

    /// The first file with these contents, or a symbolic link with this target.
    pub fn find(&self, sha256: &Digest) -> Option<&File> {
        let file = self.by_hash.get(sha256).map(|&place| &self.files[place]);
        file.or_else(|| self.links.get(sha256))
    }

    /// Are these a text of the image, or one whose hash a text of the image names? Then it was there to be read before
    /// the run, whoever writes it. The empty text says nothing at all.
    pub fn vouches_for(&self, content: &Content) -> bool {
        let is_named = || self.named.contains(&content.sha256);
        let is_there = || self.find(&content.sha256).is_some();
        content.class == Class::Text
            && (content.size == 0 || is_named() || is_there() && !self.is_tainted(&content.sha256))
    }

    /// Did the earlier run make these contents of something else than text?
    fn is_tainted(&self, sha256: &Digest) -> bool {
        let earlier = self.earlier;
        earlier.is_some_and(|earlier| earlier.tainted.contains(sha256))
    }

    /// Must all that runs derive from text? Not where the image brings programs along that no earlier run has made.
    pub fn is_strict(&self) -> bool {
        self.index.policy == Policy::Chain || self.index.continues.is_some()
    }

    /// The last file at this path, as tar unpacks them, and its bytes.
    pub fn at(&self, path: &[u8]) -> Option<(&File, &'a [u8])> {
        let place = self.files.iter().rposition(|file| file.path == path)?;
        Some((&self.files[place], self.places[place].slice(self.bytes)?))
    }
}

/// Class, hash and size of `bytes`.
pub fn content_of(bytes: &[u8]) -> Content {
    let mut hasher = ContentHasher::new();
    hasher.update(bytes, compress);
    hasher.finish(compress)
}

/// The bytes of a field of the index.
pub fn bytes(field: Escaped<'_>) -> Vec<u8> {
    field.bytes().collect()
}

/// A path as the kernel takes it: from the root, wherever it begins.
fn absolute(path: Escaped<'_>) -> Vec<u8> {
    let path = bytes(path);
    match path.first() {
        Some(b'/') => path,
        _ => [b"/", &path[..]].concat(),
    }
}

/// The words of a text that are 64 lower-case hex digits.
fn hashes_in(text: &[u8]) -> impl Iterator<Item = Digest> {
    let is_end = |byte: &u8| !byte.is_ascii_alphanumeric();
    text.split(is_end).filter_map(digest_of_hex)
}

fn list(text: &[u8]) -> Vec<(Digest, Vec<u8>)> {
    let line = |line: &[u8]| {
        let (hash, rest) = line.split_first_chunk::<64>()?;
        let path = rest.strip_prefix(b"  ")?;
        let path = path.starts_with(b"/").then_some(path)?;
        Some((digest_of_hex(hash)?, path.to_vec()))
    };
    text.split(|&byte| byte == b'\n').filter_map(line).collect()
}

/// The digest that 64 lower-case hex digits stand for.
pub fn digest_of_hex(hex: &[u8]) -> Option<Digest> {
    let mut digest = [0; 32];
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if hex.len() != 64 || !hex.iter().all(is_digit) {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}
