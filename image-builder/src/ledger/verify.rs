//! May a ledger be believed? Image, ledger and artifacts, each against the others.
//!
//! [`verify`] collects every doubt it can find instead of stopping at the first. What it cannot know: whether the
//! kernel told the truth. `docs/ledger.md` says what shows that.

use super::contents::{self, Counts};
use super::derive::Derivation;
use super::facts::{Check, Doubt, Doubts, ImageFacts, Named, path_text};
use super::lineage::Lineage;
use super::processes;
use super::results::{ArtifactCounts, Outcome, ResultCounts};
use crate::{Result, sha256};
use firmseed_core::hex0;
use firmseed_core::image::{Hex, Policy};
use firmseed_core::ledger::parse::{File, Ledger};
use firmseed_core::sha256::Digest;
use serde::Serialize;
use std::path::Path;

/// What is to be verified.
pub struct Request<'a> {
    /// The bytes of the image.
    pub image: &'a [u8],
    /// The bytes of the ledger.
    pub ledger: &'a [u8],
    /// A folder or a tar with the files that the run left.
    pub artifacts: Option<&'a Path>,
    /// The head that the console showed.
    pub head: Option<Digest>,
}

/// What was verified. Fields are left out where image or ledger could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// `verified` or `doubt`.
    pub verdict: &'static str,
    /// The last link of the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Was it compared with a head that the caller knew?
    pub head_compared: bool,
    /// `chain` or `open`, as the ledger says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What the machine stopped with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// The image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageCounts>,
    /// Entries and processes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerCounts>,
    /// Programs and what they read and wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<Counts>,
    /// The image's SHA256SUMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultCounts>,
    /// The files that the run left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<ArtifactCounts>,
    /// What is wrong. Empty means `verified`.
    pub doubts: Vec<Doubt>,
    /// What is right and yet worth knowing.
    pub notes: Vec<String>,
}

/// Counts of an image.
#[derive(Clone, Debug, Serialize)]
pub struct ImageCounts {
    /// Bytes of the image.
    pub size: usize,
    /// Regular files.
    pub files: usize,
}

/// Counts of a ledger.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerCounts {
    /// Bytes.
    pub size: usize,
    /// Seeds.
    pub seeds: usize,
    /// Entries.
    pub entries: usize,
    /// Processes.
    pub processes: usize,
}

/// Verifies. Everything that is wrong with image or ledger is a doubt.
///
/// # Errors
/// The artifacts cannot be read.
pub fn verify(request: &Request<'_>) -> Result<Verdict> {
    let mut doubts = Doubts::default();
    for finding in ImageFacts::damage(request.image) {
        doubts.add(Check::Image, finding);
    }
    // A damaged image was named; what can be read of it is used all the same.
    let image = ImageFacts::read(request.image).ok();
    let ledger = match Ledger::parse(request.ledger, sha256) {
        Ok(ledger) => Some(ledger),
        Err(error) => {
            let problem = format!("expected {}, found \"{}\"", error.expected, error.found);
            doubts.0.push(Doubt {
                check: Check::Ledger,
                entry: None,
                line: Some(error.line),
                problem,
            });
            None
        }
    };
    let mut verdict = Verdict {
        verdict: "doubt",
        head: ledger.as_ref().map(|ledger| Hex(&ledger.head).to_string()),
        head_compared: request.head.is_some(),
        policy: ledger.as_ref().map(|ledger| ledger.policy.clone()),
        status: ledger.as_ref().map(|ledger| ledger.status),
        image: image.as_ref().map(|image| ImageCounts {
            size: image.size,
            files: image.files.len(),
        }),
        ledger: None,
        contents: None,
        results: None,
        artifacts: None,
        doubts: Vec::new(),
        notes: Vec::new(),
    };
    if let Some(ledger) = &ledger {
        verdict.ledger(request, ledger, image.as_ref(), &mut doubts)?;
    }
    doubts
        .0
        .sort_by_key(|doubt| (doubt.check, doubt.entry, doubt.line));
    verdict.doubts = doubts.0;
    if verdict.doubts.is_empty() {
        verdict.verdict = "verified";
    }
    Ok(verdict)
}

impl Verdict {
    fn ledger(
        &mut self,
        request: &Request<'_>,
        ledger: &Ledger,
        image: Option<&ImageFacts>,
        doubts: &mut Doubts,
    ) -> Result<()> {
        if let Some(expected) = request.head.filter(|head| *head != ledger.head) {
            let text = format!(
                "expected {}, the ledger's is {}",
                Hex(&expected),
                Hex(&ledger.head)
            );
            doubts.add(Check::Head, text);
        }
        self.ledger = Some(LedgerCounts {
            size: request.ledger.len(),
            seeds: ledger.seeds.len(),
            entries: ledger.entries.len(),
            processes: processes::check(ledger, doubts),
        });
        let Some(image) = image else {
            return Ok(());
        };
        origin(ledger, image, request.image, doubts);
        let mut counts = contents::check(ledger, image, doubts);
        let lineage = Lineage::new(ledger);
        let derivation = Derivation::new(&lineage);
        let (good, bad) = contents::programs_from_text(ledger, &derivation, Some(image));
        counts.programs_from_text = good;
        for (entry, reason) in bad {
            match image.policy {
                Policy::Chain => doubts.at(Check::Derivation, entry, reason),
                Policy::Open => self.notes.push(reason),
            }
        }
        self.contents = Some(counts);
        let outcome = Outcome::new(&lineage, &derivation, image);
        self.results = Some(outcome.results(doubts, &mut self.notes));
        if let Some(path) = request.artifacts {
            self.artifacts =
                Some(outcome.artifacts(path, request.ledger, doubts, &mut self.notes)?);
        }
        Ok(())
    }
}

/// Is the ledger one of a run of this image?
fn origin(ledger: &Ledger, image: &ImageFacts, bytes: &[u8], doubts: &mut Doubts) {
    if ledger.files != image.tar {
        let text = format!(
            "`files` is {}, the tar of the image is {}: a ledger of another image",
            Hex(&ledger.files),
            Hex(&image.tar)
        );
        doubts.add(Check::Origin, text);
    }
    if ledger.policy != image.policy.name() {
        let text = format!(
            "the ledger's policy is {}, the image's is {}",
            ledger.policy, image.policy
        );
        doubts.add(Check::Origin, text);
    }
    if ledger.seeds.len() != image.seeds.len() {
        let text = format!(
            "the ledger has {} seeds, the image {}",
            ledger.seeds.len(),
            image.seeds.len()
        );
        doubts.add(Check::Origin, text);
    }
    for (seed, (text, program)) in ledger.seeds.iter().zip(&image.seeds) {
        if seed.text.path != *text || seed.program.path != *program {
            let problem = format!(
                "the ledger's seed {} from {} is {} from {} in the image",
                path_text(&seed.program.path),
                path_text(&seed.text.path),
                path_text(program),
                path_text(text)
            );
            doubts.add(Check::Origin, problem);
        } else if let Err(problem) = decoded(&seed.text, &seed.program, image, bytes) {
            doubts.add(
                Check::Origin,
                format!("seed {}: {problem}", path_text(program)),
            );
        }
    }
}

/// Is `program` what hex0 makes of `text`, a file of the image?
fn decoded(
    text: &File,
    program: &File,
    image: &ImageFacts,
    bytes: &[u8],
) -> std::result::Result<(), String> {
    let file = image
        .at(&text.path)
        .ok_or_else(|| format!("the image has no file {}", path_text(&text.path)))?;
    if file.content != text.content {
        return Err(format!(
            "its text in the image is {}, in the ledger {}",
            Named(file),
            Named(text)
        ));
    }
    let source = image
        .bytes(bytes, &text.path)
        .ok_or("its text cannot be read")?;
    let made =
        hex0::decode(source).map_err(|error| format!("{}: {error}", path_text(&text.path)))?;
    let made = File {
        content: super::facts::content_of(&made),
        path: program.path.clone(),
    };
    if made.content != program.content {
        return Err(format!(
            "its text stands for {} of {} bytes, the ledger has {} of {}",
            Named(&made),
            made.content.size,
            Named(program),
            program.content.size
        ));
    }
    Ok(())
}
