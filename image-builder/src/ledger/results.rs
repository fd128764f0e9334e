//! Are the files that the run left the ones that the ledger speaks of, and those that were expected?

use super::contents::reason;
use super::derive::Derivation;
use super::facts::{Check, Doubts, ImageFacts, LIST, Short, content_of, path_text};
use super::lineage::Lineage;
use crate::archive::{self, Kind};
use crate::{Error, Result};
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::File;
use firmseed_formats::sha256::Digest;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use walkdir::WalkDir;

/// The ledger among the artifacts.
const LEDGER: &[u8] = b"/firmseed.ledger";

/// What the kernel puts beside it; no ledger speaks of it.
const COUNTERS: &[u8] = b"/firmseed.counters";

/// What was found in the image's SHA256SUMS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ResultCounts {
    /// Lines that name a hash and an absolute path.
    pub listed: usize,
    /// Of these, files that were written with this hash.
    pub agree: usize,
    /// Of these, files that have another name in the ledger.
    pub renamed: usize,
}

/// What was found among the artifacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ArtifactCounts {
    /// Regular files, without the ledger and its counters.
    pub files: usize,
    /// Of these, what was last written at their path.
    pub as_written: usize,
    /// Of these, what the ledger knows by another name.
    pub renamed: usize,
    /// Of these, files of the image.
    pub of_image: usize,
    /// Of these, ELF files that derive from text.
    pub elf_from_text: usize,
    /// Is the ledger itself among them, byte for byte?
    pub holds_ledger: bool,
}

/// Where the ledger ends: the last contents of each path.
pub struct Outcome<'a> {
    lineage: &'a Lineage<'a>,
    derivation: &'a Derivation<'a>,
    image: &'a ImageFacts,
    last: HashMap<&'a [u8], &'a File>,
    /// Contents of which it was said already that they do not derive from text: once is enough, whatever names they have.
    told: HashSet<Digest>,
}

impl<'a> Outcome<'a> {
    /// The state after the last entry. The kernel wrote the seeds, before the first. `told`: contents of which the verdict says
    /// already that they do not derive from text.
    pub fn new(
        lineage: &'a Lineage<'a>,
        derivation: &'a Derivation<'a>,
        image: &'a ImageFacts,
        told: HashSet<Digest>,
    ) -> Self {
        let wrote = lineage.ledger.entries.iter().flat_map(|entry| &entry.wrote);
        let seeds = lineage.ledger.seeds.iter().map(|seed| &seed.program);
        let files = seeds.chain(wrote);
        let last = files.map(|file| (file.path.as_slice(), file)).collect();
        Outcome {
            lineage,
            derivation,
            image,
            last,
            told,
        }
    }

    /// Compares with the image's SHA256SUMS; None if it has none.
    pub fn results(
        &mut self,
        doubts: &mut Doubts,
        notes: &mut Vec<String>,
    ) -> Option<ResultCounts> {
        self.image.at(&[b"/", LIST].concat())?;
        let mut counts = ResultCounts {
            listed: self.image.expected.len(),
            ..ResultCounts::default()
        };
        let image = self.image;
        for (hash, path) in &image.expected {
            let name = path_text(path);
            let written = match self.last.get(path.as_slice()) {
                Some(file) if file.content.sha256 == *hash => Some(*file),
                Some(file) => {
                    let (found, expected) = (Short(&file.content.sha256), Short(hash));
                    let text = format!(
                        "{name}: SHA256SUMS of the image expects {expected}, the last that was written there is {found}"
                    );
                    doubts.add(Check::Results, text);
                    continue;
                }
                None => {
                    counts.renamed += 1;
                    let writer = self.lineage.writer_of(hash, u64::MAX);
                    writer.and_then(|writer| {
                        self.lineage
                            .entry(writer)
                            .wrote
                            .iter()
                            .find(|file| file.content.sha256 == *hash)
                    })
                }
            };
            let Some(file) = written else {
                counts.renamed -= 1;
                doubts.add(
                    Check::Results,
                    format!("{name}: SHA256SUMS of the image names it, but nobody wrote it"),
                );
                continue;
            };
            counts.agree += 1;
            self.derives_from_text(file, Check::Results, doubts, notes);
        }
        Some(counts)
    }

    /// Compares with the files at `path`: a folder as `qemu/run --out` makes it, or a tar.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn artifacts(
        &mut self,
        path: &Path,
        ledger: &[u8],
        doubts: &mut Doubts,
        notes: &mut Vec<String>,
    ) -> Result<ArtifactCounts> {
        let mut counts = ArtifactCounts::default();
        each_file(path, |path, bytes| {
            if path == LEDGER {
                counts.holds_ledger = bytes == ledger;
                if !counts.holds_ledger {
                    doubts.add(
                        Check::Artifacts,
                        "firmseed.ledger among the artifacts is another ledger than the one given",
                    );
                }
            } else if path != COUNTERS {
                self.artifact(path, bytes, &mut counts, doubts, notes);
            }
        })?;
        Ok(counts)
    }

    fn artifact(
        &mut self,
        path: &[u8],
        bytes: &[u8],
        counts: &mut ArtifactCounts,
        doubts: &mut Doubts,
        notes: &mut Vec<String>,
    ) {
        counts.files += 1;
        let found = File {
            content: content_of(bytes),
            path: path.to_vec(),
        };
        let hash = &found.content.sha256;
        let last = self.last.get(path);
        if last.is_some_and(|last| last.content == found.content) {
            counts.as_written += 1;
        } else if let Some(last) = last {
            let (found, last) = (Short(hash), Short(&last.content.sha256));
            let text = format!(
                "{}: its hash is {found}, but the last that was written there is {last}",
                path_text(path)
            );
            return doubts.add(Check::Artifacts, text);
        } else if let Some(writer) = self.lineage.writer_of(hash, u64::MAX) {
            counts.renamed += 1;
            let same = self
                .lineage
                .entry(writer)
                .wrote
                .iter()
                .any(|file| file.content == found.content);
            if !same {
                let text = format!(
                    "{}: size or class of its contents are not those in entry {writer}",
                    path_text(path)
                );
                return doubts.add(Check::Artifacts, text);
            }
        } else if self.image.find(hash).is_some() {
            counts.of_image += 1;
            return;
        } else {
            let text = format!(
                "{} ({}): the ledger does not know these contents",
                path_text(path),
                Short(hash)
            );
            return doubts.add(Check::Artifacts, text);
        }
        if found.content.class == Class::Elf
            && self.derives_from_text(&found, Check::Artifacts, doubts, notes)
        {
            counts.elf_from_text += 1;
        }
    }

    /// Does it derive from text? With the policy open that is a note only.
    fn derives_from_text(
        &mut self,
        file: &File,
        check: Check,
        doubts: &mut Doubts,
        notes: &mut Vec<String>,
    ) -> bool {
        if self.derivation.derives(&file.content, u64::MAX) {
            return true;
        }
        if !self.told.insert(file.content.sha256) {
            return false;
        }
        let steps = self.derivation.steps_to(&file.content.sha256);
        let text = reason(file, &steps, self.image);
        match self.image.policy {
            firmseed_formats::image::Policy::Chain => doubts.add(check, text),
            firmseed_formats::image::Policy::Open => notes.push(text),
        }
        false
    }
}

/// Calls `each` with the absolute path and the contents of every regular file.
fn each_file(path: &Path, mut each: impl FnMut(&[u8], &[u8])) -> Result<()> {
    if !path.is_dir() {
        let tar = std::fs::read(path).map_err(Error::io("read", path))?;
        for member in archive::read(&tar)? {
            if let Kind::File { content, .. } = member.kind {
                each(&[b"/", &member.path[..]].concat(), &tar[content]);
            }
        }
        return Ok(());
    }
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let place = error.path().unwrap_or(path).to_owned();
            Error::Tree {
                path: place,
                reason: error.to_string(),
            }
        })?;
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).map_err(Error::io("read", entry.path()))?;
            let below = entry
                .path()
                .strip_prefix(path)
                .expect("a walk stays below its root");
            each(&[b"/", below.as_os_str().as_bytes()].concat(), &bytes);
        }
    }
    Ok(())
}
