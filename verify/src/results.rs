//! Are the files that came out of the run the ones that the ledger speaks of, and those that were expected?

use crate::derive::{Derivation, Reached};
use crate::explain::reason;
use crate::findings::{Check, Findings, Short, path_text};
use crate::image::{Image, LIST, content_of};
use crate::lineage::Lineage;
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::File;
use firmseed_formats::sha256::Digest;
use std::collections::{HashMap, HashSet};

/// The ledger among the artifacts.
const LEDGER: &[u8] = b"/firmseed.ledger";
/// What the kernel puts beside it; no ledger speaks of it.
const COUNTERS: &[u8] = b"/firmseed.counters";

/// A file that a run left.
pub struct Artifact {
    /// Its absolute path.
    pub path: Vec<u8>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What was found in the image's SHA256SUMS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedCounts {
    /// Lines that name a hash and an absolute path.
    pub listed: usize,
    /// Of these, files that were written with this hash.
    pub agree: usize,
    /// Of these, files that have another name in the ledger.
    pub renamed: usize,
}

/// What was found among the artifacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    image: &'a Image<'a>,
    last: HashMap<&'a [u8], &'a File>,
    /// Contents of which it was said already that they do not derive from text: once is enough, whatever names they have.
    named: HashSet<Digest>,
}

impl<'a> Outcome<'a> {
    /// The state after the last entry. The kernel wrote the seeds, before the first.
    pub fn new(
        lineage: &'a Lineage<'a>,
        derivation: &'a Derivation<'a>,
        image: &'a Image<'a>,
        named: HashSet<Digest>,
    ) -> Self {
        let wrote = lineage.ledger.entries.iter().flat_map(|entry| &entry.wrote);
        let seeds = lineage.ledger.seeds.iter().map(|seed| &seed.program);
        let files = seeds.chain(wrote);
        Outcome {
            lineage,
            derivation,
            image,
            last: files.map(|file| (&file.path[..], file)).collect(),
            named,
        }
    }

    /// Of these contents, a line `wrote`.
    fn written(&self, hash: &Digest) -> Option<(u64, &'a [File])> {
        let writer = self.lineage.writer_of(hash, u64::MAX)?;
        Some((writer, &self.lineage.entry(writer).wrote))
    }

    /// Does it derive from text? Where the image is not strict that is a note only.
    fn derives_from_text(&mut self, file: &File, check: Check, findings: &mut Findings) -> bool {
        let hash = file.content.sha256;
        let derives = self.derivation.derives(&file.content, u64::MAX);
        if !derives && self.named.insert(hash) {
            let steps = self.derivation.steps(Reached::Contents(file, u64::MAX));
            let text = reason(file, &steps, self.image);
            findings.not_from_text(check, self.image.is_strict(), None, text);
        }
        derives
    }
}

/// Compares the outcome with the image's SHA256SUMS; None if it has none.
pub fn expected(outcome: &mut Outcome<'_>, findings: &mut Findings) -> Option<ExpectedCounts> {
    outcome.image.at(LIST)?;
    let image = outcome.image;
    let mut counts = ExpectedCounts { listed: image.expected.len(), ..ExpectedCounts::default() };
    for (hash, path) in &image.expected {
        let name = path_text(path);
        let last = outcome.last.get(&path[..]).copied();
        if let Some(last) = last.filter(|last| last.content.sha256 != *hash) {
            let (expected, found) = (Short(hash), Short(&last.content.sha256));
            let text = format!(
                "{name}: SHA256SUMS of the image expects {expected}, the last that was written there is {found}"
            );
            findings.add(Check::Results, text);
            continue;
        }
        let same = |file: &&File| file.content.sha256 == *hash;
        let elsewhere = || outcome.written(hash)?.1.iter().find(same);
        let Some(file) = last.or_else(elsewhere) else {
            let text = format!("{name}: SHA256SUMS of the image names it, but nobody wrote it");
            findings.add(Check::Results, text);
            continue;
        };
        counts.agree += 1;
        counts.renamed += usize::from(last.is_none());
        outcome.derives_from_text(file, Check::Results, findings);
    }
    Some(counts)
}

/// Compares the outcome with the files that the run left. `ledger`: the bytes of the one that was given.
pub fn artifacts(
    outcome: &mut Outcome<'_>,
    artifacts: &[Artifact],
    ledger: &[u8],
    findings: &mut Findings,
) -> ArtifactCounts {
    let mut counts = ArtifactCounts::default();
    for Artifact { path, bytes } in artifacts {
        if path == LEDGER {
            counts.holds_ledger = bytes == ledger;
            if !counts.holds_ledger {
                let text =
                    "firmseed.ledger among the artifacts is another ledger than the one given";
                findings.add(Check::Artifacts, text);
            }
        } else if path != COUNTERS {
            let (content, path) = (content_of(bytes), path.clone());
            artifact(outcome, &File { content, path }, &mut counts, findings);
        }
    }
    counts
}

fn artifact(
    outcome: &mut Outcome<'_>,
    found: &File,
    counts: &mut ArtifactCounts,
    findings: &mut Findings,
) {
    counts.files += 1;
    let (name, hash) = (path_text(&found.path), &found.content.sha256);
    let problem = match (outcome.last.get(&found.path[..]), outcome.written(hash)) {
        (Some(last), _) if last.content == found.content => {
            counts.as_written += 1;
            None
        }
        (Some(last), _) => {
            let (found, last) = (Short(hash), Short(&last.content.sha256));
            Some(format!(
                "{name}: its hash is {found}, but the last that was written there is {last}"
            ))
        }
        (None, Some((writer, wrote))) => {
            counts.renamed += 1;
            let is_same = wrote.iter().any(|file| file.content == found.content);
            (!is_same).then(|| {
                format!("{name}: size or class of its contents are not those in entry {writer}")
            })
        }
        (None, None) if outcome.image.find(hash).is_some() => {
            counts.of_image += 1;
            return;
        }
        (None, None) => {
            let hash = Short(hash);
            Some(format!("{name} ({hash}): the ledger does not know these contents"))
        }
    };
    if let Some(problem) = problem {
        findings.add(Check::Artifacts, problem);
    } else if found.content.class == Class::Elf
        && outcome.derives_from_text(found, Check::Artifacts, findings)
    {
        counts.elf_from_text += 1;
    }
}
