//! Does everything that was executed derive from text?

use crate::derive::{Derivation, Reached};
use crate::explain::{back, reason};
use crate::findings::{Check, Findings, Named};
use crate::image::Image;
use crate::lineage::Lineage;
use firmseed_formats::sha256::Digest;
use std::collections::HashSet;

/// What was executed and does not derive from text.
#[derive(Clone, Debug, Default)]
pub struct NotFromText {
    /// The contents of programs and of files that were mapped as code.
    pub contents: HashSet<Digest>,
    /// Of these, programs.
    pub programs: HashSet<Digest>,
}

/// Says of each program, each file that was mapped as code, and each run that made other memory executable, if it does
/// not derive from text; of the same contents once.
pub fn check(
    lineage: &Lineage<'_>,
    derivation: &Derivation<'_>,
    image: &Image<'_>,
    findings: &mut Findings,
) -> NotFromText {
    let mut found = NotFromText::default();
    let mut say = |entry, text| {
        findings.not_from_text(Check::Derivation, image.is_strict(), Some(entry), text);
    };
    for entry in &lineage.ledger.entries {
        for file in std::iter::once(&entry.program).chain(&entry.code) {
            if derivation.derives(&file.content, entry.number) {
                continue;
            }
            if std::ptr::eq(file, &entry.program) {
                found.programs.insert(file.content.sha256);
            }
            if found.contents.insert(file.content.sha256) {
                let steps = derivation.steps(Reached::Contents(file, entry.number));
                say(entry, reason(file, &steps, image));
            }
        }
    }
    for run in lineage.runs() {
        let anonymous = run.entries.iter().find(|entry| entry.code_anonymous);
        let process = run.process;
        if let Some(entry) = anonymous
            && derivation.is_tainted(process, run.end().number)
        {
            let program = Named(run.program());
            let steps = back(&derivation.steps(Reached::Process(process)), image);
            let text = format!(
                "{program} makes memory executable that is not only a file's, and what stands there may not derive from text: it is process {process}{steps}"
            );
            say(entry, text);
        }
    }
    found
}
