//! What was found wrong, and how files and hashes are called in a sentence.

use firmseed_formats::escape::Escape;
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::{Entry, File};
use firmseed_formats::sha256::{Digest, Hex};
use std::fmt;

/// The checks, in their order.
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

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Check::Image => "image",
            Check::Ledger => "ledger",
            Check::Head => "head",
            Check::Origin => "origin",
            Check::Processes => "processes",
            Check::Contents => "contents",
            Check::Derivation => "derivation",
            Check::Results => "results",
            Check::Artifacts => "artifacts",
        })
    }
}

/// Something that keeps a ledger from being believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check found it.
    pub check: Check,
    /// The entry that it is about.
    pub entry: Option<u64>,
    /// The line of the ledger on which that entry starts, or which is wrong itself.
    pub line: Option<usize>,
    /// What is wrong, for people.
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (check, problem) = (self.check, &self.problem);
        match (self.entry, self.line) {
            (Some(entry), Some(line)) => {
                write!(f, "{check}: entry {entry} (line {line}): {problem}")
            }
            (None, Some(line)) => write!(f, "{check}: line {line}: {problem}"),
            _ => write!(f, "{check}: {problem}"),
        }
    }
}

/// All that was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub list: Vec<Finding>,
    /// What is right and yet worth knowing.
    pub notes: Vec<String>,
}

impl Findings {
    /// Something about the whole.
    pub fn add(&mut self, check: Check, problem: impl Into<String>) {
        self.push(check, None, None, problem.into());
    }

    /// Something about an entry.
    pub fn at(&mut self, check: Check, entry: &Entry, problem: impl Into<String>) {
        self.push(check, Some(entry.number), Some(entry.line), problem.into());
    }

    /// Something about a line of the ledger.
    pub fn line(&mut self, check: Check, line: usize, problem: String) {
        self.push(check, None, Some(line), problem);
    }

    /// Something that does not derive from text: wrong where all must ([`Image::is_strict`](crate::image::Image::is_strict)), else worth a note.
    pub fn not_from_text(
        &mut self,
        check: Check,
        is_strict: bool,
        entry: Option<&Entry>,
        text: String,
    ) {
        let place = |entry: &Entry| (Some(entry.number), Some(entry.line));
        let (entry, line) = entry.map_or((None, None), place);
        match is_strict {
            true => self.push(check, entry, line, text),
            false => self.notes.push(text),
        }
    }

    fn push(&mut self, check: Check, entry: Option<u64>, line: Option<usize>, problem: String) {
        self.list.push(Finding { check, entry, line, problem });
    }
}

/// The first digits of a hash: enough to tell contents of one run apart.
pub struct Short<'a>(pub &'a Digest);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Hex(self.0).to_string()[..12])
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
        let (path, hash) = (Escape(&self.0.path), Short(&self.0.content.sha256));
        write!(f, "{path} ({hash})")
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
