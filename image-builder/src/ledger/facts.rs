//! What an image says, as a ledger is compared with it; and how contents, entries and doubts are shown.

use crate::startable::Start;
use crate::{Error, Result, check, kernel, layout, sha256};
use firmseed_formats::escape::{Escape, Escaped};
use firmseed_formats::image::{Index, MemberKind, Part, Policy};
use firmseed_formats::ledger::format::{Class, Content, ContentHasher};
use firmseed_formats::ledger::parse::{Entry, File};
use firmseed_formats::sha256::{Digest, Hex, compress};
use serde::{Serialize, Serializer};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// The list of the files that the chain is to make: lines `HASH  /path`.
pub const LIST: &[u8] = b"SHA256SUMS";

/// Class, hash and size of `bytes`.
pub fn content_of(bytes: &[u8]) -> Content {
    let mut hasher = ContentHasher::new();
    hasher.update(bytes, compress);
    hasher.finish(compress)
}

/// The files of an image, by contents.
pub struct ImageFacts {
    /// Bytes of the image.
    pub size: usize,
    /// The hash of its tar.
    pub tar: Digest,
    /// The kernel's hash, computed from its bytes: those of `image_size` count as zeros, so that every image of one kernel has it.
    pub kernel: Digest,
    /// The path of the first program.
    pub init: Vec<u8>,
    /// Its arguments, after its name.
    pub arguments: Vec<Vec<u8>>,
    /// Its environment.
    pub environment: Vec<Vec<u8>>,
    /// Where it starts.
    pub cwd: Vec<u8>,
    /// Which programs may run.
    pub policy: Policy,
    /// Hex0 text and program of each seed, as absolute paths.
    pub seeds: Vec<(Vec<u8>, Vec<u8>)>,
    /// The regular files, with absolute paths, in the order of the tar.
    pub files: Vec<File>,
    /// The lines of [`LIST`] that name a hash and an absolute path; the others are passed over, as the kernel does.
    pub expected: Vec<(Digest, Vec<u8>)>,
    /// Where in the image the contents of each lie.
    places: Vec<Part>,
    /// For each contents their first place in `files`.
    by_hash: HashMap<Digest, usize>,
    /// The targets of symbolic links: contents too, as a program can read them.
    links: HashMap<Digest, File>,
    /// Hashes that stand in the image's texts, as words of 64 hex digits.
    named: HashSet<Digest>,
}

impl ImageFacts {
    /// Reads `image`, each file's contents too.
    ///
    /// # Errors
    /// It is no image, or its index is damaged.
    pub fn read(image: &[u8]) -> Result<Self> {
        let index = layout::open(image)?;
        let (mut files, mut places) = (Vec::new(), Vec::new());
        let mut expected = Vec::new();
        let (mut links, mut named) = (HashMap::new(), HashSet::new());
        for member in index.members() {
            let member = member.map_err(|error| Error::Image(error.to_string()))?;
            if let MemberKind::Symlink { target } = member.kind {
                let content = content_of(&target.bytes().collect::<Vec<u8>>());
                let path = absolute(member.path.bytes().collect());
                links.insert(content.sha256, File { content, path });
            }
            let MemberKind::File { content, .. } = member.kind else {
                continue;
            };
            let bytes = content.slice(image).ok_or_else(|| {
                Error::Image(format!(
                    "index line {}: {} lies outside of the image",
                    member.line, member.path
                ))
            })?;
            let path: Vec<u8> = member.path.bytes().collect();
            if path == LIST {
                expected = list(bytes);
            }
            let found = content_of(bytes);
            if found.class == Class::Text {
                named.extend(hashes_in(bytes));
            }
            files.push(File {
                content: found,
                path: absolute(path),
            });
            places.push(content);
        }
        let mut by_hash = HashMap::new();
        for (place, file) in files.iter().enumerate() {
            by_hash.entry(file.content.sha256).or_insert(place);
        }
        Ok(ImageFacts {
            size: image.len(),
            tar: index.tar.sha256,
            kernel: kernel_hash(image, &index)?,
            init: bytes(index.init),
            arguments: index.arguments().map(bytes).collect(),
            environment: index.environment().map(bytes).collect(),
            cwd: bytes(index.cwd),
            policy: index.policy,
            seeds: seeds(&index),
            files,
            expected,
            places,
            by_hash,
            links,
            named,
        })
    }

    /// How PID 1 of `image` starts.
    ///
    /// # Errors
    /// What `check` finds wrong with it, a line for each thing.
    pub fn start(image: &[u8]) -> std::result::Result<Start, Vec<String>> {
        let report = check::check(image).map_err(|error| vec![error.to_string()])?;
        let findings = report.findings.iter().map(ToString::to_string);
        report.start.ok_or_else(|| findings.collect())
    }

    /// The first file with these contents, or a symbolic link with this target.
    pub fn find(&self, sha256: &Digest) -> Option<&File> {
        let file = self.by_hash.get(sha256).map(|&place| &self.files[place]);
        file.or_else(|| self.links.get(sha256))
    }

    /// Are these a text of the image, or one whose hash a text of the image names? Then it was there to be read before the
    /// run, whoever writes it. The empty text says nothing at all.
    pub fn vouches_for(&self, content: &Content) -> bool {
        content.class == Class::Text
            && (content.size == 0
                || self.named.contains(&content.sha256)
                || self.find(&content.sha256).is_some())
    }

    /// The last file at this path, as tar unpacks them.
    pub fn at(&self, path: &[u8]) -> Option<&File> {
        self.files.iter().rev().find(|file| file.path == path)
    }

    /// The bytes of the file at this path, in the image that these facts were read from.
    pub fn bytes<'i>(&self, image: &'i [u8], path: &[u8]) -> Option<&'i [u8]> {
        let place = self.files.iter().rposition(|file| file.path == path)?;
        self.places[place].slice(image)
    }
}

fn seeds(index: &Index<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let seeds = index.seeds();
    seeds
        .map(|seed| {
            let path = |field| absolute(bytes(field));
            (path(seed.source), path(seed.program))
        })
        .collect()
}

/// The bytes of a field of the index.
fn bytes(field: Escaped<'_>) -> Vec<u8> {
    field.bytes().collect()
}

/// A path as the kernel takes it: from the root, wherever it begins.
fn absolute(path: Vec<u8>) -> Vec<u8> {
    match path.first() {
        Some(b'/') => path,
        _ => [b"/", &path[..]].concat(),
    }
}

fn kernel_hash(image: &[u8], index: &Index<'_>) -> Result<Digest> {
    let bytes = index.kernel.slice(image);
    bytes
        .map(kernel::hash)
        .ok_or_else(|| Error::Image("the index's kernel has no place in the image".into()))
}

/// The words of a text that are 64 lower-case hex digits.
fn hashes_in(text: &[u8]) -> impl Iterator<Item = Digest> {
    let is_end = |byte: &u8| !byte.is_ascii_alphanumeric();
    text.split(is_end).filter_map(digest)
}

fn list(text: &[u8]) -> Vec<(Digest, Vec<u8>)> {
    let line = |line: &[u8]| {
        let (hash, rest) = line.split_first_chunk::<64>()?;
        let path = rest
            .strip_prefix(b"  ")
            .filter(|path| path.starts_with(b"/"))?;
        Some((digest(hash)?, path.to_vec()))
    };
    text.split(|&byte| byte == b'\n').filter_map(line).collect()
}

/// The digest that 64 lower-case hex digits stand for.
pub fn digest(hex: &[u8]) -> Option<Digest> {
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

/// The bytes of `text` hash to this.
pub fn hash(text: &[u8]) -> Digest {
    sha256(text)
}

/// The first digits of a hash: enough to tell contents of one run apart.
pub struct Short<'a>(pub &'a Digest);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Hex(self.0).to_string();
        f.write_str(&text[..12])
    }
}

/// A path, spelled as in the ledger.
pub fn path_text(path: &[u8]) -> String {
    Escape(path).to_string()
}

/// A file as a message names it: path and the beginning of its hash.
pub struct Named<'a>(pub &'a File);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({})",
            Escape(&self.0.path),
            Short(&self.0.content.sha256)
        )
    }
}

/// What contents are, in a sentence.
pub const fn class_text(class: Class) -> &'static str {
    match class {
        Class::Text => "a text",
        Class::Elf => "an ELF file",
        Class::Data => "neither text nor ELF",
        Class::Sparse => "a file of large holes",
    }
}

/// Something that keeps a ledger from being believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// Which check found it.
    pub check: Check,
    /// The entry that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The line of the ledger on which that entry starts, or which is wrong itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What is wrong, for people.
    pub problem: String,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.entry, self.line) {
            (Some(entry), Some(line)) => {
                write!(f, "{}: entry {entry} (line {line}): ", self.check)?
            }
            (None, Some(line)) => write!(f, "{}: line {line}: ", self.check)?,
            _ => write!(f, "{}: ", self.check)?,
        }
        f.write_str(&self.problem)
    }
}

/// The checks of `verify`, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The image is whole.
    Image,
    /// The ledger is well-formed, and its chain is right.
    Ledger,
    /// The head is the one that was asked for.
    Head,
    /// Ledger and image are of one another: tar, kernel, settings, seeds.
    Origin,
    /// Processes begin, go on and end as processes do.
    Processes,
    /// What was read and run was there before.
    Contents,
    /// What ran and what came out derives from text.
    Derivation,
    /// The files that the image's SHA256SUMS names.
    Results,
    /// The files that the run left.
    Artifacts,
}

impl Check {
    const NAMES: [(Check, &'static str); 9] = [
        (Check::Image, "image"),
        (Check::Ledger, "ledger"),
        (Check::Head, "head"),
        (Check::Origin, "origin"),
        (Check::Processes, "processes"),
        (Check::Contents, "contents"),
        (Check::Derivation, "derivation"),
        (Check::Results, "results"),
        (Check::Artifacts, "artifacts"),
    ];
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Check::NAMES.iter().find(|(check, _)| check == self);
        f.pad(named.map_or("", |(_, name)| name))
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Collects doubts.
#[derive(Default)]
pub struct Doubts(pub Vec<Doubt>);

impl Doubts {
    /// A doubt about the whole.
    pub fn add(&mut self, check: Check, problem: impl Into<String>) {
        self.0.push(Doubt {
            check,
            entry: None,
            line: None,
            problem: problem.into(),
        });
    }

    /// A doubt about an entry.
    pub fn at(&mut self, check: Check, entry: &Entry, problem: impl Into<String>) {
        let (number, line) = (Some(entry.number), Some(entry.line));
        self.0.push(Doubt {
            check,
            entry: number,
            line,
            problem: problem.into(),
        });
    }
}
