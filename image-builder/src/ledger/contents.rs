//! Was everything that was read and run there before, and does everything that ran derive from text?

use super::derive::{Derivation, Step, Way};
use super::facts::{Check, Doubts, ImageFacts, Named, Short, class_text, path_text};
use super::lineage::Lineage;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::{Class, Content};
use firmseed_formats::ledger::parse::{Entry, File, Ledger};
use firmseed_formats::sha256::Digest;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What was counted on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
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

/// Where contents can come from, as far as the entries have been followed.
struct Known<'a> {
    image: &'a ImageFacts,
    /// Seeds, and what entries wrote.
    made: HashMap<Digest, (Content, Source)>,
    /// Files of the image of which it was said already that they may not run.
    refused: HashSet<Digest>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Seed,
    Written,
    Image,
}

impl Known<'_> {
    /// Where something that is executed comes from: its `line` is `program` or `code`.
    fn executed(
        &mut self,
        line: &str,
        file: &File,
        entry: &Entry,
        doubts: &mut Doubts,
    ) -> Option<Source> {
        let source = match self.source(&file.content) {
            Ok(source) => source,
            Err(problem) => {
                let text = format!("{line} {}: {problem}", Named(file));
                doubts.at(Check::Contents, entry, text);
                return None;
            }
        };
        let refused = source == Source::Image && self.image.policy == Policy::Chain;
        if refused && self.refused.insert(file.content.sha256) {
            let text = format!(
                "it runs {}, a file of the image; the policy is chain",
                Named(file)
            );
            doubts.at(Check::Contents, entry, text);
        }
        Some(source)
    }

    /// Where `content` comes from.
    ///
    /// # Errors
    /// What is wrong with it.
    fn source(&self, content: &Content) -> Result<Source, String> {
        let made = self.made.get(&content.sha256).copied();
        let of_image = || {
            self.image
                .find(&content.sha256)
                .map(|file| (file.content, Source::Image))
        };
        let empty = || {
            (content.sha256 == super::facts::hash(b""))
                .then_some((super::facts::content_of(b""), Source::Written))
        };
        match made.or_else(of_image).or_else(empty) {
            None => {
                Err("no entry above wrote these contents, and no file of the image has them".into())
            }
            Some((known, source)) if known == *content => Ok(source),
            Some((known, _)) => Err(format!(
                "the ledger calls these contents {} of {} bytes, but they are {} of {}",
                class_text(content.class),
                content.size,
                class_text(known.class),
                known.size
            )),
        }
    }
}

/// Checks what went in, entry by entry.
pub fn check(ledger: &Ledger, image: &ImageFacts, doubts: &mut Doubts) -> Counts {
    let seed = |content: Content| (content.sha256, (content, Source::Seed));
    let mut known = Known {
        image,
        made: ledger
            .seeds
            .iter()
            .map(|s| seed(s.program.content))
            .collect(),
        refused: HashSet::new(),
    };
    let mut counts = Counts::default();
    let mut programs = HashMap::new();
    let mut inputs = HashMap::new();
    for entry in &ledger.entries {
        // What a program was when it ran first: if it was made in the run later, it was the image's all the same.
        if let Some(source) = known.executed("program", &entry.program, entry, doubts) {
            programs
                .entry(entry.program.content.sha256)
                .or_insert(source);
        }
        if entry.program.content.class == Class::Text {
            let text = format!(
                "program {}: a text cannot be executed",
                Named(&entry.program)
            );
            doubts.at(Check::Contents, entry, text);
        }
        for code in &entry.code {
            known.executed("code", code, entry, doubts);
        }
        counts.code += entry.code.len() + usize::from(entry.code_anonymous);
        for read in &entry.reads {
            match known.source(&read.content) {
                Ok(source) => {
                    inputs
                        .entry(read.content.sha256)
                        .or_insert((source, read.content.class));
                }
                Err(problem) => doubts.at(
                    Check::Contents,
                    entry,
                    format!("read {}: {problem}", Named(read)),
                ),
            }
        }
        counts.reads += entry.reads.len();
        counts.writes += entry.wrote.len();
        counts.devices += entry.devices.len();
        for wrote in &entry.wrote {
            learn(&mut known, wrote, entry, doubts);
        }
    }
    let from = |source| move |&&found: &&Source| found == source;
    counts.programs = programs.len();
    counts.programs_seeds = programs.values().filter(from(Source::Seed)).count();
    counts.programs_built = programs.values().filter(from(Source::Written)).count();
    counts.programs_of_image = programs.values().filter(from(Source::Image)).count();
    let of_image: Vec<Class> = inputs
        .values()
        .filter(|(source, _)| *source == Source::Image)
        .map(|(_, class)| *class)
        .collect();
    counts.inputs_of_image = of_image.len();
    counts.inputs_of_image_texts = of_image
        .iter()
        .filter(|class| **class == Class::Text)
        .count();
    counts.inputs_built = inputs.len() - of_image.len();
    let outputs: HashSet<Digest> = ledger
        .entries
        .iter()
        .flat_map(|entry| &entry.wrote)
        .map(|file| file.content.sha256)
        .collect();
    counts.outputs = outputs.len();
    counts
}

/// Contents that were written are known from now on.
fn learn(known: &mut Known<'_>, wrote: &File, entry: &Entry, doubts: &mut Doubts) {
    let content = wrote.content;
    let earlier = known.made.get(&content.sha256).map(|(earlier, _)| *earlier);
    let same = earlier.or_else(|| known.image.find(&content.sha256).map(|file| file.content));
    if let Some(same) = same.filter(|same| *same != content) {
        let text = format!(
            "wrote {}: the ledger calls it {} of {} bytes, but what has this hash is {} of {}",
            Named(wrote),
            class_text(content.class),
            content.size,
            class_text(same.class),
            same.size
        );
        doubts.at(Check::Contents, entry, text);
    }
    known
        .made
        .entry(content.sha256)
        .or_insert((content, Source::Written));
}

/// How many programs ran, by contents.
pub fn programs(ledger: &Ledger) -> usize {
    let programs = ledger
        .entries
        .iter()
        .map(|entry| entry.program.content.sha256);
    programs.collect::<HashSet<_>>().len()
}

/// What was executed and does not derive from text.
#[derive(Default)]
pub struct NotFromText<'a> {
    /// The contents of programs and of files that were mapped as code.
    pub contents: HashSet<Digest>,
    /// Of these, programs.
    pub programs: usize,
    /// A sentence for each, and for each run that made other memory executable, with its entry.
    pub reasons: Vec<(&'a Entry, String)>,
}

/// Does everything that was executed derive from text?
pub fn not_from_text<'a>(
    lineage: &Lineage<'a>,
    derivation: &Derivation<'a>,
    image: &ImageFacts,
) -> NotFromText<'a> {
    let mut found = NotFromText::default();
    let mut programs = HashSet::new();
    for entry in &lineage.ledger.entries {
        for file in std::iter::once(&entry.program).chain(&entry.code) {
            let Err(steps) = derivation.derived_from_text(file, entry.number) else {
                continue;
            };
            if std::ptr::eq(file, &entry.program) {
                programs.insert(file.content.sha256);
            }
            if found.contents.insert(file.content.sha256) {
                found.reasons.push((entry, reason(file, &steps, image)));
            }
        }
    }
    found.programs = programs.len();
    let anonymous = lineage.runs().iter().filter_map(|run| {
        let entry = run.entries.iter().find(|entry| entry.code_anonymous)?;
        let tainted = derivation.is_tainted(run.process, run.last_entry());
        tainted.then(|| {
            let text = format!(
                "{} makes memory executable that is not only a file's, and what stands there may not derive from text: it is process {}",
                Named(run.program()),
                run.process
            );
            (*entry, text + &told(&derivation.steps_of(run.process), image))
        })
    });
    found.reasons.extend(anonymous);
    found
}

/// Why `file` does not derive from text, as a sentence.
pub fn reason(file: &File, steps: &[Step<'_>], image: &ImageFacts) -> String {
    let text = format!("{} does not derive from text: it", Named(file));
    text + &told(steps, image)
}

fn told(steps: &[Step<'_>], image: &ImageFacts) -> String {
    let mut text = String::new();
    for step in steps {
        text += &match step {
            Step::WrittenBy(entry) => format!(
                " was written by process {} ({}, entry {}),",
                entry.process,
                path_text(&entry.program.path),
                entry.number
            ),
            Step::Got(_, Way::Read(file)) => format!(" which read {}, which", Named(file)),
            Step::Got(_, Way::Program(file)) => format!(" whose program {}", Named(file)),
            Step::Got(_, Way::Code(file)) => {
                format!(" which mapped {} as code, which", Named(file))
            }
            Step::Got(entry, Way::From(process)) => {
                format!(
                    " which got bytes of process {process} (entry {}),",
                    entry.number
                )
            }
            Step::Got(entry, Way::Birth(process)) => {
                format!(
                    " which was started by process {process} (entry {}),",
                    entry.number
                )
            }
            Step::Got(entry, Way::Device(device)) => {
                format!(
                    " which read the device {} (entry {})",
                    path_text(device),
                    entry.number
                )
            }
            Step::NotWritten(file) => origin(file, image),
        };
    }
    text
}

fn origin(file: &File, image: &ImageFacts) -> String {
    let what = class_text(file.content.class);
    match image.find(&file.content.sha256) {
        Some(found) => format!(
            " is {what} and comes from the image ({})",
            path_text(&found.path)
        ),
        None => format!(
            " is {what}, and no entry above wrote it (sha256 {})",
            Short(&file.content.sha256)
        ),
    }
}
