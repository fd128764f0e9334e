//! Was everything that was read and run there before: a seed, written by an entry above, or a file of the image?

use crate::findings::{Check, Findings, Named, class_text};
use crate::image::{Image, content_of};
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::{Class, Content};
use firmseed_formats::ledger::parse::{Entry, File, Ledger};
use firmseed_formats::sha256::Digest;
use std::collections::{HashMap, HashSet};

/// Where contents come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The kernel made them from hex0 text.
    Seed,
    /// An entry above wrote them.
    Written,
    /// The image brings them.
    Image,
}

/// What was run and read, by contents, and where it came from when it was first met.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Programs that ran.
    pub programs: HashMap<Digest, Source>,
    /// What was read.
    pub reads: HashMap<Digest, (Source, Class)>,
}

/// Checks what went in, entry by entry.
pub fn check(ledger: &Ledger, image: &Image<'_>, findings: &mut Findings) -> Inputs {
    let seeds = ledger.seeds.iter().map(|seed| seed.program.content);
    let mut known = Known {
        image,
        made: seeds.map(|content| (content.sha256, (content, Source::Seed))).collect(),
        refused: HashSet::new(),
    };
    let mut inputs = Inputs::default();
    for entry in &ledger.entries {
        let program = &entry.program;
        // What a program was when it ran first: if it was made in the run later, it was the image's all the same.
        if let Some(source) = known.executed("program", program, entry, findings) {
            inputs.programs.entry(program.content.sha256).or_insert(source);
        }
        if program.content.class == Class::Text {
            let text = format!("program {}: a text cannot be executed", Named(program));
            findings.at(Check::Contents, entry, text);
        }
        for code in &entry.code {
            known.executed("code", code, entry, findings);
        }
        for read in &entry.reads {
            let Content { sha256, class, .. } = read.content;
            if let Some(source) = known.source("read", read, entry, findings) {
                inputs.reads.entry(sha256).or_insert((source, class));
            }
        }
        for wrote in &entry.wrote {
            known.learn(wrote, entry, findings);
        }
    }
    inputs
}

/// Where contents can come from, as far as the entries have been followed.
struct Known<'a> {
    image: &'a Image<'a>,
    /// Seeds, and what entries wrote.
    made: HashMap<Digest, (Content, Source)>,
    /// Files of the image of which it was said already that they may not run.
    refused: HashSet<Digest>,
}

impl Known<'_> {
    /// Where something that is executed comes from: its `line` is `program` or `code`.
    fn executed(
        &mut self,
        line: &str,
        file: &File,
        entry: &Entry,
        findings: &mut Findings,
    ) -> Option<Source> {
        let source = self.source(line, file, entry, findings)?;
        let refused = source == Source::Image && self.image.index.policy == Policy::Chain;
        if refused && self.refused.insert(file.content.sha256) {
            let file = Named(file);
            let text = format!("it runs {file}, a file of the image; the policy is chain");
            findings.at(Check::Contents, entry, text);
        }
        Some(source)
    }

    /// Where the contents of `file` come from; None, and a finding, if nobody had them, or others.
    fn source(
        &self,
        line: &str,
        file: &File,
        entry: &Entry,
        findings: &mut Findings,
    ) -> Option<Source> {
        let hash = file.content.sha256;
        let made = self.made.get(&hash).copied();
        let of_image = || self.image.find(&hash).map(|file| (file.content, Source::Image));
        let empty = content_of(b"");
        let is_empty = || (hash == empty.sha256).then_some((empty, Source::Written));
        let problem = match made.or_else(of_image).or_else(is_empty) {
            Some((known, source)) if known == file.content => return Some(source),
            Some((known, _)) => {
                let (stated, found) = (sized(&file.content), sized(&known));
                format!("the ledger calls these contents {stated} bytes, but they are {found}")
            }
            None => "no entry above wrote these contents, and no file of the image has them".into(),
        };
        let text = format!("{line} {}: {problem}", Named(file));
        findings.at(Check::Contents, entry, text);
        None
    }

    /// Contents that were written are known from now on.
    fn learn(&mut self, wrote: &File, entry: &Entry, findings: &mut Findings) {
        let content = wrote.content;
        let earlier = self.made.get(&content.sha256).map(|(earlier, _)| *earlier);
        let same = earlier.or_else(|| self.image.find(&content.sha256).map(|file| file.content));
        if let Some(same) = same.filter(|same| *same != content) {
            let (file, stated, found) = (Named(wrote), sized(&content), sized(&same));
            let text = format!(
                "wrote {file}: the ledger calls it {stated} bytes, but what has this hash is {found}"
            );
            findings.at(Check::Contents, entry, text);
        }
        let known = self.made.entry(content.sha256);
        known.or_insert((content, Source::Written));
    }
}

/// Class and number of bytes, in a sentence.
fn sized(content: &Content) -> String {
    format!("{} of {}", class_text(content.class), content.size)
}
