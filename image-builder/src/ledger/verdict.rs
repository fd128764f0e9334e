//! The verdict on a ledger, as JSON has it: what `firmseed_verify` found, counted.

use super::artifacts;
use crate::{Error, Result, check};
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::{Ledger, LedgerError};
use firmseed_formats::sha256::{Digest, Hex};
use firmseed_verify::contents::{Inputs, Source};
use firmseed_verify::findings::Finding;
use firmseed_verify::image::{Earlier, Image};
use firmseed_verify::results::{self, ExpectedCounts};
use firmseed_verify::verify::{self, Compared};
use serde::{Serialize, Serializer};
use std::collections::HashSet;
use std::path::Path;

/// What is to be verified.
pub struct Request<'a> {
    /// The bytes of the image.
    pub image: &'a [u8],
    /// The bytes of the ledger.
    pub ledger: &'a [u8],
    /// A folder or a tar with the files that the run left.
    pub artifacts: Option<&'a Path>,
    /// The heads that consoles showed: the run's, and those of the runs that it continues.
    pub heads: &'a [Digest],
    /// The run that the image continues.
    pub earlier: Option<&'a Earlier>,
}

/// Image and ledger as they were opened, for whoever wants more of them, and the verdict on them.
pub struct Verified<'a> {
    /// The image, whole or not.
    pub image: Result<Image<'a>>,
    /// The ledger.
    pub ledger: std::result::Result<Ledger, LedgerError>,
    /// Whether they may be believed.
    pub verdict: Verdict,
    /// What whoever continues the run must know of it.
    pub outcome: Option<Earlier>,
}

/// What was verified. Fields are left out where image or ledger could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// `verified`, `consistent` or `doubt`. Consistent is what the verdict is without the head of each run to compare with.
    pub verdict: &'static str,
    /// What `consistent` leaves open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// The last link of the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Was it compared with a head that the caller knew, and so those of all runs that it continues?
    pub head_compared: bool,
    /// The heads of the run, and of those that it continues, that nobody knew beforehand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heads_not_compared: Vec<String>,
    /// The kernel that kept the ledger, as it measured itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// `chain` or `open`, as the ledger says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The head of the run that this one continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<String>,
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
    pub contents: Option<ContentCounts>,
    /// The image's SHA256SUMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultCounts>,
    /// The files that the run left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<ArtifactCounts>,
    /// What is wrong. Empty means `verified`, or `consistent`.
    #[serde(rename = "doubts", serialize_with = "as_json")]
    pub findings: Vec<Finding>,
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

/// Counts of what went into processes and came out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContentCounts {
    /// Programs that ran, by contents.
    pub programs: usize,
    /// Of these, seeds.
    pub programs_seeds: usize,
    /// Of these, written by entries above (and no seeds).
    pub programs_built: usize,
    /// Of these, only the image's.
    pub programs_of_image: usize,
    /// Of these, what derives from text.
    pub programs_from_text: usize,
    /// Lines `read`.
    pub reads: usize,
    /// Contents that were read and are the image's.
    pub inputs_of_image: usize,
    /// Of these, texts.
    pub inputs_of_image_texts: usize,
    /// Contents that were read and only written by entries above, or seeds.
    pub inputs_built: usize,
    /// Lines `wrote`.
    pub writes: usize,
    /// Contents that were written.
    pub outputs: usize,
    /// Lines `code`: files that were mapped as code, and programs that made other memory executable.
    pub code: usize,
    /// Lines `device`.
    pub devices: usize,
}

/// Counts of the image's SHA256SUMS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ResultCounts {
    /// Lines that name a hash and an absolute path.
    pub listed: usize,
    /// Of these, files that were written with this hash.
    pub agree: usize,
    /// Of these, files that have another name in the ledger.
    pub renamed: usize,
}

/// Counts of the files that the run left.
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

/// Opens image and ledger and verifies. Everything that is wrong with them is a finding.
///
/// # Errors
/// The artifacts cannot be read.
pub fn verify<'a>(request: &Request<'a>) -> Result<Verified<'a>> {
    let damage = |problem: &dyn ToString| vec![problem.to_string()];
    let start = match check::check(request.image) {
        Ok(report) => {
            let all = report.damage.iter().map(ToString::to_string).collect();
            report.start.ok_or(all)
        }
        Err(error) => Err(damage(&error)),
    };
    // A damaged image was named; what can be read of it is used all the same.
    let image = Image::open_after(request.image, request.earlier).map_err(Error::Image);
    let artifacts = request.artifacts.map(artifacts::read).transpose()?;
    let found = verify::verify(&verify::Request {
        image: image.as_ref().ok(),
        start: start.as_ref().map_err(Vec::as_slice),
        ledger: request.ledger,
        artifacts: artifacts.as_deref(),
        heads: request.heads,
    });
    let ledger = found.ledger.as_ref().ok();
    let unseen = &found.compared.unseen_heads;
    let head_compared = ledger.is_some() && unseen.is_empty();
    let (verdict, not_shown) = match (found.findings.is_empty(), head_compared) {
        (false, _) => ("doubt", None),
        (true, true) => ("verified", None),
        (true, false) => ("consistent", Some(NOT_SHOWN)),
    };
    let verdict = Verdict {
        verdict,
        not_shown,
        head: ledger.map(|ledger| Hex(&ledger.head).to_string()),
        head_compared,
        heads_not_compared: unseen.iter().map(|head| Hex(head).to_string()).collect(),
        kernel: ledger.map(|ledger| Hex(&ledger.kernel).to_string()),
        policy: ledger.map(|ledger| ledger.policy.clone()),
        continues: ledger.and_then(|ledger| Some(Hex(ledger.continues.as_ref()?).to_string())),
        status: ledger.map(|ledger| ledger.status),
        image: image
            .as_ref()
            .ok()
            .map(|image| ImageCounts { size: image.bytes.len(), files: image.files.len() }),
        ledger: ledger.map(|ledger| LedgerCounts {
            size: request.ledger.len(),
            seeds: ledger.seeds.len(),
            entries: ledger.entries.len(),
            processes: found.compared.processes,
        }),
        contents: ledger.and_then(|ledger| ContentCounts::of(ledger, &found.compared)),
        results: found.compared.expected.as_ref().map(ResultCounts::of),
        artifacts: found.compared.artifacts.as_ref().map(ArtifactCounts::of),
        findings: found.findings,
        notes: found.notes,
    };
    Ok(Verified { image, ledger: found.ledger, verdict, outcome: found.compared.outcome })
}

impl Verdict {
    /// Was the run's own head compared, whatever of those that it continues?
    pub fn knows_own_head(&self) -> bool {
        self.head.as_ref().is_some_and(|head| !self.heads_not_compared.contains(head))
    }
}

impl ContentCounts {
    fn of(ledger: &Ledger, compared: &Compared) -> Option<Self> {
        let Inputs { programs, reads } = compared.inputs.as_ref()?;
        let entries = || ledger.entries.iter();
        let from = |wanted| programs.values().filter(|&&found| found == wanted).count();
        let of_image = || reads.values().filter(|(found, _)| *found == Source::Image);
        let wrote = entries().flat_map(|entry| &entry.wrote);
        let outputs: HashSet<Digest> = wrote.map(|file| file.content.sha256).collect();
        // By what ran, not by what is known of it: a program that nobody had is none that derives from text.
        let ran = entries().map(|entry| entry.program.content.sha256);
        let ran = ran.collect::<HashSet<_>>().len();
        Some(ContentCounts {
            programs: programs.len(),
            programs_seeds: from(Source::Seed),
            programs_built: from(Source::Written),
            programs_of_image: from(Source::Image),
            programs_from_text: ran.saturating_sub(compared.not_from_text.programs.len()),
            reads: entries().map(|entry| entry.reads.len()).sum(),
            inputs_of_image: of_image().count(),
            inputs_of_image_texts: of_image().filter(|(_, class)| *class == Class::Text).count(),
            inputs_built: reads.len() - of_image().count(),
            writes: entries().map(|entry| entry.wrote.len()).sum(),
            outputs: outputs.len(),
            code: entries().map(|entry| entry.code.len() + usize::from(entry.code_anonymous)).sum(),
            devices: entries().map(|entry| entry.devices.len()).sum(),
        })
    }
}

impl ResultCounts {
    fn of(counts: &ExpectedCounts) -> Self {
        ResultCounts { listed: counts.listed, agree: counts.agree, renamed: counts.renamed }
    }
}

impl ArtifactCounts {
    fn of(counts: &results::ArtifactCounts) -> Self {
        ArtifactCounts {
            files: counts.files,
            as_written: counts.as_written,
            renamed: counts.renamed,
            of_image: counts.of_image,
            elf_from_text: counts.elf_from_text,
            holds_ledger: counts.holds_ledger,
        }
    }
}

/// A finding in JSON.
#[derive(Serialize)]
struct JsonFinding<'a> {
    check: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    problem: &'a str,
}

fn as_json<S: Serializer>(
    findings: &[Finding],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(|finding| JsonFinding {
        check: finding.check.to_string(),
        entry: finding.entry,
        line: finding.line,
        problem: &finding.problem,
    }))
}
