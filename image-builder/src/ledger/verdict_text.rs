//! A verdict as people read it.

use super::verdict::Verdict;
use crate::published;
use firmseed_verify::image::digest_of_hex;
use std::fmt::Write;

impl Verdict {
    /// The table of counts, the notes, the findings, and the verdict in the last line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, fact) in self.facts() {
            line(&mut text, name, &fact);
        }
        self.notes.iter().for_each(|note| line(&mut text, "note", note));
        if let Some(not_shown) = self.not_shown {
            line(&mut text, "not shown", not_shown);
        }
        for finding in &self.findings {
            line(&mut text, "DOUBT", &finding.to_string());
        }
        text + &self.last_line() + "\n"
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        if let Some(image) = &self.image {
            facts.push(("image", format!("{} bytes, {}", image.size, count(image.files, "file"))));
        }
        if let (Some(ledger), Some(head)) = (&self.ledger, &self.head) {
            facts.push(("ledger", format!("{} bytes, {}", ledger.size, entries(ledger.entries))));
            facts.push(("head", head.clone()));
            if let Some(kernel) = &self.kernel {
                facts.push(("kernel", kernel_text(kernel)));
            }
            if let Some(earlier) = &self.continues {
                facts.push(("continues", format!("{earlier}: the run that left the files")));
            }
            let policy = self.policy.as_deref().unwrap_or_default();
            let meaning = match policy {
                "open" => "programs of the image were allowed to run",
                _ => "only seeds, and what was written by processes of the run, may run",
            };
            facts.push(("policy", format!("{policy}: {meaning}")));
            let status = self.status.unwrap_or_default();
            facts.push((
                "processes",
                format!("{}; the machine stopped with status {status}", ledger.processes),
            ));
        }
        if let Some(contents) = &self.contents {
            let (seeds, built, image) =
                (contents.programs_seeds, contents.programs_built, contents.programs_of_image);
            facts.push((
                "programs",
                format!(
                    "{}: {}, {built} built in the run, {image} of the image",
                    contents.programs,
                    count(seeds, "seed")
                ),
            ));
            let text = format!(
                "{}: {} of the image ({}), {} made in the run",
                contents.inputs_of_image + contents.inputs_built,
                contents.inputs_of_image,
                count(contents.inputs_of_image_texts, "text"),
                contents.inputs_built
            );
            facts.push(("inputs", text));
            facts.push((
                "outputs",
                format!("{}, in {}", contents.outputs, count(contents.writes, "line")),
            ));
            if contents.devices > 0 {
                facts.push((
                    "devices",
                    format!(
                        "read {}: a person or the machine took part",
                        count(contents.devices, "time")
                    ),
                ));
            }
            if contents.code > 0 {
                let text = format!(
                    "{}: what a program ran beside its own file",
                    count(contents.code, "line")
                );
                facts.push(("code", text));
            }
            let text = format!("{} of {} programs", contents.programs_from_text, contents.programs);
            facts.push(("from text", text));
        }
        if let Some(results) = &self.results {
            let renamed = match results.renamed {
                0 => String::new(),
                renamed => format!(" ({renamed} under another name)"),
            };
            facts.push((
                "results",
                format!(
                    "{} of {} in /SHA256SUMS as expected{renamed}",
                    results.agree, results.listed
                ),
            ));
        }
        if let Some(artifacts) = &self.artifacts {
            let text = format!(
                "{}: {} as last written, {} under another name, {} of the image; {} from text",
                count(artifacts.files, "file"),
                artifacts.as_written,
                artifacts.renamed,
                artifacts.of_image,
                count(artifacts.elf_from_text, "ELF file")
            );
            facts.push(("artifacts", text));
        }
        facts
    }

    /// The verdict in one line.
    pub fn last_line(&self) -> String {
        let found = self.findings.len();
        if found > 0 {
            let these = if found == 1 { "it stands" } else { "they stand" };
            return format!("DOUBT: {}: {these} above", count(found, "thing"));
        }
        let mut text = format!("{}: ", self.verdict);
        if let (Some(ledger), Some(contents)) = (&self.ledger, &self.contents) {
            let programs = count(contents.programs, "program");
            let _ = match (self.policy.as_deref(), &self.continues) {
                (Some("open"), Some(head)) => write!(
                    text,
                    "{}; all {programs} derive from text, {} of them made in the run with the head {}",
                    entries(ledger.entries),
                    contents.programs_of_image,
                    &head[..16]
                ),
                (Some("open"), None) => write!(
                    text,
                    "{}, {programs}; the policy was open, {} of the image ran",
                    entries(ledger.entries),
                    contents.programs_of_image
                ),
                _ => write!(text, "{}; all {programs} derive from text", entries(ledger.entries)),
            };
        }
        text += "; ";
        text += match self.not_shown {
            None => match self.continues {
                None => "the head is the one that you gave",
                Some(_) => "the heads are those that you gave",
            },
            Some(_) if self.knows_own_head() => {
                "NOT verified: no --head was given of each run that it continues"
            }
            Some(_) => "NOT verified: no --head was given to compare with the console's",
        };
        text
    }
}

/// The kernel that kept the ledger, by name and hash.
fn kernel_text(kernel: &str) -> String {
    match digest_of_hex(kernel.as_bytes()) {
        Some(hash) => format!("{}: {kernel}", published::describe(&hash)),
        None => kernel.to_owned(),
    }
}

fn line(text: &mut String, name: &str, fact: &str) {
    // A String takes everything.
    let _ = writeln!(text, "{name:<10} {fact}");
}

fn entries(number: usize) -> String {
    match number {
        1 => "1 entry".into(),
        _ => format!("{number} entries"),
    }
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}
