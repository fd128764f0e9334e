//! What derives from text: the rule of `docs/ledger.md`, "The policy", for every content of a ledger.
//!
//! One pass over the entries. A process is **tainted** from the entry on in which something reaches it that does not
//! derive from text; it stays so, over execve too, as its arguments may carry bytes. Contents **derive from text** from
//! the first entry on in which an untainted process wrote them; seeds do from the beginning. So do texts, but those that
//! only tainted processes wrote: a text of hex digits is as good as the machine code that it stands for. Of these only
//! the ones derive whose hash a text of the image names ([`ImageFacts::vouches_for`]). Everything that an entry depends
//! on stands above it, so one pass is enough, and its cost is that of reading the ledger.
//!
//! The program's path can change between the lines of one process, so nothing here looks at names.

use super::facts::ImageFacts;
use super::lineage::Lineage;
use firmseed_formats::ledger::format::{Class, Content};
use firmseed_formats::ledger::parse::{Entry, File};
use firmseed_formats::sha256::Digest;
use std::collections::HashMap;

/// How something that does not derive from text came to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// It read a file.
    Read(&'a File),
    /// It executes one.
    Program(&'a File),
    /// It mapped one as code.
    Code(&'a File),
    /// By another way than contents: a pipe, memory that it shares with this process.
    From(u32),
    /// From the process that started it: memory, arguments.
    Birth(u32),
    /// From a device.
    Device(&'a [u8]),
}

/// A step back from something that does not derive from text, towards the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// These contents were written here, by a process that the next step tells more of.
    WrittenBy(&'a Entry),
    /// In this entry, this came to the process.
    Got(&'a Entry, Way<'a>),
    /// No entry above wrote these contents: they are the image's, or nobody's.
    NotWritten(&'a File),
}

#[derive(Clone, Copy)]
struct Taint<'a> {
    entry: &'a Entry,
    way: Way<'a>,
    /// Steps to the cause.
    depth: usize,
}

/// Contents that only tainted processes wrote (so far).
struct Foreign {
    /// The entry that wrote them first.
    since: u64,
    /// The one that is nearest to the cause.
    writer: u64,
    depth: usize,
}

/// Which contents of a ledger derive from text, and why others do not.
pub struct Derivation<'a> {
    lineage: &'a Lineage<'a>,
    image: &'a ImageFacts,
    tainted: HashMap<u32, Taint<'a>>,
    /// From which entry on contents derive from text; 0 for seeds.
    derived: HashMap<Digest, u64>,
    foreign: HashMap<Digest, Foreign>,
}

impl<'a> Derivation<'a> {
    /// Follows all of the ledger of a run of `image`.
    pub fn new(lineage: &'a Lineage<'a>, image: &'a ImageFacts) -> Self {
        let seeds = &lineage.ledger.seeds;
        let mut derivation = Derivation {
            lineage,
            image,
            tainted: HashMap::new(),
            derived: seeds
                .iter()
                .map(|seed| (seed.program.content.sha256, 0))
                .collect(),
            foreign: HashMap::new(),
        };
        for run in &lineage.ledger.entries {
            derivation.follow(run);
        }
        derivation
    }

    fn follow(&mut self, entry: &'a Entry) {
        if !self.tainted.contains_key(&entry.process)
            && let Some(taint) = self.taint_of(entry)
        {
            self.tainted.insert(entry.process, taint);
        }
        let taint = self.tainted.get(&entry.process).copied();
        for file in &entry.wrote {
            let hash = file.content.sha256;
            match taint {
                _ if self.has_derived(&file.content, entry.number) => {}
                None => {
                    self.derived.insert(hash, entry.number);
                }
                Some(taint) => {
                    let depth = taint.depth + 1;
                    let writer = entry.number;
                    let known = self.foreign.entry(hash).or_insert(Foreign {
                        since: writer,
                        writer,
                        depth,
                    });
                    if known.depth > depth {
                        (known.writer, known.depth) = (writer, depth);
                    }
                }
            }
        }
    }

    /// The shortest way by which something that does not derive from text reaches the process in this entry.
    fn taint_of(&self, entry: &'a Entry) -> Option<Taint<'a>> {
        let file = |file: &'a File, way: fn(&'a File) -> Way<'a>| {
            let depth = self.depth_of(&file.content, entry.number)?;
            Some((depth, way(file)))
        };
        let process = |process: u32, way: fn(u32) -> Way<'a>| {
            let depth = self.tainted.get(&process)?.depth;
            Some((depth, way(process)))
        };
        let reads = entry.reads.iter().filter_map(|read| file(read, Way::Read));
        let devices = entry.devices.iter().map(Vec::as_slice);
        let from = entry
            .from
            .iter()
            .filter_map(|from| process(*from, Way::From));
        reads
            .chain(devices.map(|device| (0, Way::Device(device))))
            .chain(file(&entry.program, Way::Program))
            .chain(entry.code.iter().filter_map(|code| file(code, Way::Code)))
            .chain(from)
            .chain(process(entry.parent, Way::Birth).filter(|_| self.is_first(entry)))
            .min_by_key(|(depth, _)| *depth)
            .map(|(depth, way)| Taint {
                entry,
                way,
                depth: depth + 1,
            })
    }

    /// Is this the process's first entry? Only then can its parent's memory matter: it was copied at the fork.
    fn is_first(&self, entry: &Entry) -> bool {
        let run = self.lineage.run_of(entry.number);
        let is_first_run = run
            .origin
            .is_none_or(|origin| self.lineage.runs()[origin].process != entry.process);
        run.first_entry() == entry.number && is_first_run
    }

    /// How many steps lead from these contents to what does not derive from text; None if they do.
    fn depth_of(&self, content: &Content, before: u64) -> Option<usize> {
        let foreign = || {
            self.foreign
                .get(&content.sha256)
                .map_or(0, |foreign| foreign.depth)
        };
        (!self.derives(content, before)).then(foreign)
    }

    /// Do these contents derive from text, by what the entries above `before` say?
    pub fn derives(&self, content: &Content, before: u64) -> bool {
        let foreign = || self.foreign.get(&content.sha256);
        self.has_derived(content, before)
            || content.class == Class::Text
                && foreign().is_none_or(|foreign| foreign.since >= before)
    }

    /// Did a seed, an untainted process above `before` or the image bring these contents?
    fn has_derived(&self, content: &Content, before: u64) -> bool {
        let since = self.derived.get(&content.sha256);
        since.is_some_and(|&since| since == 0 || since < before) || self.image.vouches_for(content)
    }

    /// Did anything that does not derive from text reach this process in the entries up to `entry`?
    pub fn is_tainted(&self, process: u32, entry: u64) -> bool {
        self.tainted
            .get(&process)
            .is_some_and(|taint| taint.entry.number <= entry)
    }

    /// `Ok` if the contents of `file` derive from text by what stands above entry `before`; else the steps back to the
    /// cause, the last of which is [`Step::NotWritten`] or a device.
    ///
    /// # Errors
    /// The steps.
    pub fn derived_from_text(&self, file: &'a File, before: u64) -> Result<(), Vec<Step<'a>>> {
        match self.derives(&file.content, before) {
            true => Ok(()),
            false => Err(self.steps(file, before)),
        }
    }

    /// The steps back from contents that the ledger wrote somewhere and that do not derive from text.
    pub fn steps_to(&self, sha256: &Digest) -> Vec<Step<'a>> {
        let writer = self.lineage.writer_of(sha256, u64::MAX);
        let wrote = writer.map(|writer| &self.lineage.entry(writer).wrote);
        let file = wrote.and_then(|wrote| wrote.iter().find(|file| file.content.sha256 == *sha256));
        file.map_or(Vec::new(), |file| self.steps(file, u64::MAX))
    }

    /// The steps back from what reached this process and does not derive from text; none if nothing did.
    pub fn steps_of(&self, process: u32) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        if let Some((file, before)) = self.back(process, &mut steps) {
            steps.extend(self.steps(file, before));
        }
        steps
    }

    fn steps(&self, file: &'a File, before: u64) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        let mut contents = Some((file, before));
        while let Some((file, before)) = contents.take() {
            let foreign = self
                .foreign
                .get(&file.content.sha256)
                .filter(|foreign| foreign.writer < before);
            let writer = foreign
                .map(|foreign| foreign.writer)
                .or_else(|| self.lineage.writer_of(&file.content.sha256, before));
            let Some(writer) = writer.map(|number| self.lineage.entry(number)) else {
                steps.push(Step::NotWritten(file));
                return steps;
            };
            steps.push(Step::WrittenBy(writer));
            contents = self.back(writer.process, &mut steps);
        }
        steps
    }

    /// From a tainted process back to the contents that reached it or those that it depends on, and before which entry.
    fn back(&self, process: u32, steps: &mut Vec<Step<'a>>) -> Option<(&'a File, u64)> {
        let mut taint = self.tainted.get(&process)?;
        loop {
            steps.push(Step::Got(taint.entry, taint.way));
            taint = match taint.way {
                Way::Read(file) | Way::Program(file) | Way::Code(file) => {
                    return Some((file, taint.entry.number));
                }
                Way::From(other) | Way::Birth(other) => self.tainted.get(&other)?,
                Way::Device(_) => return None,
            };
        }
    }
}
