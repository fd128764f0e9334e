//! All checks: image, ledger and artifacts, each against the others.
//!
//! [`verify`] collects everything that it can find instead of stopping at the first.

use crate::derive::Derivation;
use crate::executed::{self, NotFromText};
use crate::findings::{Check, Finding, Findings};
use crate::image::{Earlier, Image};
use crate::lineage::Lineage;
use crate::origin::{self, Start};
use crate::results::{self, Artifact, ArtifactCounts, ExpectedCounts, Outcome};
use crate::{contents, processes};
use firmseed_formats::ledger::parse::{Ledger, LedgerError};
use firmseed_formats::sha256::{Digest, Hex, digest};

/// What is to be verified.
pub struct Request<'a> {
    /// The image; None where its index cannot be read.
    pub image: Option<&'a Image<'a>>,
    /// How the image's first program starts, as the kernel would start it; else why the kernel would refuse the image.
    pub start: Result<&'a Start, &'a [String]>,
    /// The bytes of the ledger.
    pub ledger: &'a [u8],
    /// The files that the run left.
    pub artifacts: Option<&'a [Artifact]>,
    /// The heads that consoles showed: the run's, and those of the runs that it continues.
    pub heads: &'a [Digest],
}

/// What was found.
#[derive(Debug)]
pub struct Verified {
    /// The ledger, if its lines and its chain are right.
    pub ledger: Result<Ledger, LedgerError>,
    /// What is wrong, by check, entry and line. Without a finding and with all heads the ledger is verified; without
    /// one of them it is only consistent: whoever computes that chain anew gets as far.
    pub findings: Vec<Finding>,
    /// What is right and yet worth knowing.
    pub notes: Vec<String>,
    /// What was compared.
    pub compared: Compared,
}

/// What was compared. Parts are missing where image or ledger could not be read.
#[derive(Debug, Default)]
pub struct Compared {
    /// The heads of the run, and of those that it continues, which no console was said to have shown.
    pub unseen_heads: Vec<Digest>,
    /// Processes of the ledger.
    pub processes: usize,
    /// What was run and read.
    pub inputs: Option<contents::Inputs>,
    /// What was run and does not derive from text.
    pub not_from_text: NotFromText,
    /// The image's SHA256SUMS.
    pub expected: Option<ExpectedCounts>,
    /// The files that the run left.
    pub artifacts: Option<ArtifactCounts>,
    /// What whoever continues the run must know of it.
    pub outcome: Option<Earlier>,
}

/// Verifies.
pub fn verify(request: &Request<'_>) -> Verified {
    let mut findings = Findings::default();
    for problem in request.start.err().into_iter().flatten() {
        findings.add(Check::Image, problem);
    }
    let mut compared = Compared::default();
    let ledger = Ledger::parse(request.ledger, digest);
    match &ledger {
        Ok(ledger) => compared.compare(request, ledger, &mut findings),
        Err(error) => {
            let problem = format!("expected {}, found \"{}\"", error.expected, error.found);
            findings.line(Check::Ledger, error.line, problem);
        }
    }
    let place = |finding: &Finding| (finding.check, finding.entry, finding.line);
    findings.list.sort_by_key(place);
    let (findings, notes) = (findings.list, findings.notes);
    Verified { ledger, findings, notes, compared }
}

impl Compared {
    fn compare(&mut self, request: &Request<'_>, ledger: &Ledger, findings: &mut Findings) {
        let earlier = request.image.and_then(|image| image.earlier);
        let before = earlier.iter().flat_map(|run| run.before.iter().chain([&run.head]));
        let runs: Vec<Digest> = before.chain([&ledger.head]).copied().collect();
        for head in request.heads.iter().filter(|head| !runs.contains(head)) {
            let (expected, found) = (Hex(head), Hex(&ledger.head));
            findings.add(Check::Head, format!("expected {expected}, the ledger's is {found}"));
        }
        self.unseen_heads = runs;
        self.unseen_heads.retain(|head| !request.heads.contains(head));
        self.processes = processes::check(ledger, findings);
        let Some(image) = request.image else {
            return;
        };
        origin::check(ledger, image, request.start.ok(), findings);
        self.inputs = Some(contents::check(ledger, image, findings));
        let lineage = Lineage::new(ledger);
        let derivation = Derivation::new(&lineage, image);
        self.not_from_text = executed::check(&lineage, &derivation, image, findings);
        self.outcome = Some(derivation.outcome());
        let named = self.not_from_text.contents.clone();
        let mut outcome = Outcome::new(&lineage, &derivation, image, named);
        self.expected = results::expected(&mut outcome, findings);
        self.artifacts = request
            .artifacts
            .map(|artifacts| results::artifacts(&mut outcome, artifacts, request.ledger, findings));
    }
}
