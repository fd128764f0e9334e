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
use crate::startable::Start;
use crate::{Result, sha256};
use firmseed_formats::hex0;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::parse::{File, Ledger};
use firmseed_formats::sha256::{Digest, Hex};
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
    /// `verified`, `consistent` or `doubt`. Consistent is what the verdict is without a head to compare with.
    pub verdict: &'static str,
    /// What `consistent` leaves open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// The last link of the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Was it compared with a head that the caller knew?
    pub head_compared: bool,
    /// The kernel that kept the ledger, as it measured itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
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
    /// What is wrong. Empty means `verified`, or `consistent`.
    pub doubts: Vec<Doubt>,
    /// What is right and yet worth knowing.
    pub notes: Vec<String>,
}

/// What no check can show of a ledger whose head nobody knew beforehand.
pub const NOT_SHOWN: &str = "whoever computes the chain anew can leave out processes and reads, or change arguments: \
    only the head that the machine itself showed tells such a ledger from the true one";

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
    let start = ImageFacts::start(request.image)
        .map_err(|findings| {
            for finding in findings {
                doubts.add(Check::Image, finding);
            }
        })
        .ok();
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
        not_shown: None,
        head: ledger.as_ref().map(|ledger| Hex(&ledger.head).to_string()),
        head_compared: request.head.is_some(),
        kernel: ledger
            .as_ref()
            .map(|ledger| Hex(&ledger.kernel).to_string()),
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
        verdict.ledger(request, ledger, image.as_ref(), start.as_ref(), &mut doubts)?;
    }
    doubts
        .0
        .sort_by_key(|doubt| (doubt.check, doubt.entry, doubt.line));
    verdict.doubts = doubts.0;
    (verdict.verdict, verdict.not_shown) = match (verdict.doubts.is_empty(), request.head) {
        (false, _) => ("doubt", None),
        (true, Some(_)) => ("verified", None),
        (true, None) => ("consistent", Some(NOT_SHOWN)),
    };
    Ok(verdict)
}

impl Verdict {
    fn ledger(
        &mut self,
        request: &Request<'_>,
        ledger: &Ledger,
        image: Option<&ImageFacts>,
        start: Option<&Start>,
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
        if let Some(start) = start {
            first_process(ledger, image, start, doubts);
        }
        let mut counts = contents::check(ledger, image, doubts);
        let lineage = Lineage::new(ledger);
        let derivation = Derivation::new(&lineage, image);
        let bad = contents::not_from_text(&lineage, &derivation, image);
        counts.programs_from_text = contents::programs(ledger).saturating_sub(bad.programs);
        for (entry, reason) in bad.reasons {
            match image.policy {
                Policy::Chain => doubts.at(Check::Derivation, entry, reason),
                Policy::Open => self.notes.push(reason),
            }
        }
        self.contents = Some(counts);
        let mut outcome = Outcome::new(&lineage, &derivation, image, bad.contents);
        self.results = outcome.results(doubts, &mut self.notes);
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
    if ledger.kernel != image.kernel {
        let text = format!(
            "the kernel that kept the ledger measured itself as {}, the image's kernel is {}: another kernel ran",
            Hex(&ledger.kernel),
            Hex(&image.kernel)
        );
        doubts.add(Check::Origin, text);
    }
    let one = |text: &[u8]| path_text(text);
    let all = |list: &[Vec<u8>]| {
        list.iter()
            .map(|text| path_text(text))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (what, of_ledger, of_image) in [
        ("policy", ledger.policy.clone(), image.policy.to_string()),
        ("init", one(&ledger.init), one(&image.init)),
        (
            "list of arguments",
            all(&ledger.arguments),
            all(&image.arguments),
        ),
        (
            "environment",
            all(&ledger.environment),
            all(&image.environment),
        ),
        ("cwd", one(&ledger.cwd), one(&image.cwd)),
    ] {
        if of_ledger != of_image {
            let text = format!("the ledger's {what} is `{of_ledger}`, the image's is `{of_image}`");
            doubts.add(Check::Origin, text);
        }
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

/// Is process 1 what the image's index says? The kernel's command line can name another program, and other arguments.
fn first_process(ledger: &Ledger, image: &ImageFacts, start: &Start, doubts: &mut Doubts) {
    let Some(first) = ledger.entries.first().filter(|entry| entry.process == 1) else {
        return; // named by the checks of processes
    };
    let strings: Vec<u8> = image
        .environment
        .iter()
        .flat_map(|text| [text.as_slice(), b"\0"].concat())
        .collect();
    let environment = (image.environment.len() as u64, sha256(&strings));
    for (same, what) in [
        // By its bytes: it may have another name when the line is written.
        (first.program.content == start.program, "program"),
        (first.arguments == start.arguments, "arguments"),
        (first.environment == environment, "environment"),
        (first.cwd == start.cwd, "directory"),
    ] {
        if !same {
            let text = format!(
                "the {what} of process 1 is another one than the image's index says: started with other words on the kernel's command line (init=, --)?"
            );
            doubts.at(Check::Origin, first, text);
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
