//! What derives from text: the rule of `docs/ledger.md`, "The policy", for every content of a ledger.
//!
//! One pass over the entries. A process is **tainted** from the entry on in which something reaches it that does not
//! derive from text; it stays so, over execve too, as its arguments may carry bytes. Contents **derive from text** from
//! the first entry on in which an untainted process wrote them; seeds do from the beginning, if their texts do. So do
//! texts, but those that only tainted processes wrote: a text of hex digits is as good as the machine code that it
//! stands for. Of these only the ones derive whose hash a text of the image names ([`Image::vouches_for`]). Everything
//! that an entry depends on stands above it, so one pass is enough, and its cost is that of reading the ledger.
//!
//! The program's path can change between the lines of one process, so nothing here looks at names.

use crate::image::{Earlier, Image};
use crate::lineage::Lineage;
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

/// What something that does not derive from text has reached.
#[derive(Clone, Copy, Debug)]
pub enum Reached<'a> {
    /// These contents, by what stands above the entry of this number.
    Contents(&'a File, u64),
    /// This process.
    Process(u32),
}

#[derive(Clone, Copy)]
struct Taint<'a> {
    entry: &'a Entry,
    way: Way<'a>,
    /// Steps to the cause.
    depth: usize,
}

/// Contents that only tainted processes wrote (so far).
struct Tainted {
    /// The entry that wrote them first.
    since: u64,
    /// The one that is nearest to the cause.
    writer: u64,
    depth: usize,
}

impl Tainted {
    /// In an earlier run: no entry of this one is the first.
    const BEFORE: Self = Tainted { since: 0, writer: 0, depth: 0 };
}

/// Which contents of a ledger derive from text, and why others do not.
pub struct Derivation<'a> {
    lineage: &'a Lineage<'a>,
    image: &'a Image<'a>,
    processes: HashMap<u32, Taint<'a>>,
    /// From which entry on contents derive from text; 0 for seeds, and for what an earlier run has made.
    derived: HashMap<Digest, u64>,
    tainted: HashMap<Digest, Tainted>,
}

impl<'a> Derivation<'a> {
    /// Follows all of the ledger of a run of `image`.
    pub fn new(lineage: &'a Lineage<'a>, image: &'a Image<'a>) -> Self {
        let earlier = image.earlier.iter();
        let tainted = earlier.clone().flat_map(|run| &run.tainted);
        let derived = earlier.flat_map(|run| &run.derived);
        let mut derivation = Derivation {
            lineage,
            image,
            processes: HashMap::new(),
            derived: derived.map(|hash| (*hash, 0)).collect(),
            tainted: tainted.map(|hash| (*hash, Tainted::BEFORE)).collect(),
        };
        for seed in &lineage.ledger.seeds {
            // The kernel reads the text: no entry would tell that a tainted process of an earlier run wrote it.
            if derivation.derives(&seed.text.content, 1) {
                derivation.derived.insert(seed.program.content.sha256, 0);
            }
        }
        for entry in &lineage.ledger.entries {
            derivation.follow(entry);
        }
        derivation
    }

    /// What whoever continues this run must know of the files that it left.
    pub fn outcome(&self) -> Earlier {
        let tainted = self.tainted.keys();
        let tainted = tainted.filter(|hash| !self.derived.contains_key(*hash));
        let mut before = Vec::new();
        if let Some(earlier) = self.image.earlier {
            before.clone_from(&earlier.before);
            before.push(earlier.head);
        }
        Earlier {
            head: self.lineage.ledger.head,
            before,
            derived: self.derived.keys().copied().collect(),
            tainted: tainted.copied().collect(),
        }
    }

    fn follow(&mut self, entry: &'a Entry) {
        if !self.processes.contains_key(&entry.process)
            && let Some(taint) = self.taint_of(entry)
        {
            self.processes.insert(entry.process, taint);
        }
        let taint = self.processes.get(&entry.process).copied();
        for file in &entry.wrote {
            let (hash, writer) = (file.content.sha256, entry.number);
            match taint {
                _ if self.has_derived(&file.content, writer) => {}
                None => drop(self.derived.insert(hash, writer)),
                Some(taint) => {
                    let (since, depth) = (writer, taint.depth + 1);
                    let new = Tainted { since, writer, depth };
                    let known = self.tainted.entry(hash).or_insert(new);
                    if known.depth > depth {
                        (known.writer, known.depth) = (writer, depth);
                    }
                }
            }
        }
    }

    /// The shortest way by which something that does not derive from text reaches the process in this entry.
    fn taint_of(&self, entry: &'a Entry) -> Option<Taint<'a>> {
        let file = |way: fn(&'a File) -> Way<'a>| {
            move |file: &'a File| Some((self.depth_of(&file.content, entry.number)?, way(file)))
        };
        let process = |way: fn(u32) -> Way<'a>| {
            move |process: u32| Some((self.processes.get(&process)?.depth, way(process)))
        };
        let devices = entry.devices.iter().map(|device| (0, Way::Device(device)));
        let from = entry.from.iter().copied();
        let parent = Some(entry.parent).filter(|_| self.is_first(entry));
        let reads = entry.reads.iter().filter_map(file(Way::Read));
        let ways = reads
            .chain(devices)
            .chain(Some(&entry.program).and_then(file(Way::Program)))
            .chain(entry.code.iter().filter_map(file(Way::Code)))
            .chain(from.filter_map(process(Way::From)))
            .chain(parent.and_then(process(Way::Birth)));
        let (depth, way) = ways.min_by_key(|(depth, _)| *depth)?;
        let depth = depth + 1;
        Some(Taint { entry, way, depth })
    }

    /// Is this the process's first entry? Only then can its parent's memory matter: it was copied at the fork.
    fn is_first(&self, entry: &Entry) -> bool {
        let run = self.lineage.run_of(entry.number);
        let before = run.origin.map(|origin| self.lineage.runs()[origin].process);
        run.entries[0].number == entry.number && before != Some(entry.process)
    }

    /// How many steps lead from these contents to what does not derive from text; None if they do.
    fn depth_of(&self, content: &Content, before: u64) -> Option<usize> {
        let tainted = self.tainted.get(&content.sha256);
        let depth = tainted.map_or(0, |tainted| tainted.depth);
        (!self.derives(content, before)).then_some(depth)
    }

    /// Do these contents derive from text, by what the entries above `before` say?
    pub fn derives(&self, content: &Content, before: u64) -> bool {
        let tainted = || self.tainted.get(&content.sha256);
        let is_clean = || tainted().is_none_or(|tainted| tainted.since >= before);
        self.has_derived(content, before) || content.class == Class::Text && is_clean()
    }

    /// Did a seed, an untainted process above `before` or the image bring these contents?
    fn has_derived(&self, content: &Content, before: u64) -> bool {
        let since = self.derived.get(&content.sha256);
        since.is_some_and(|&since| since == 0 || since < before) || self.image.vouches_for(content)
    }

    /// Did anything that does not derive from text reach this process in the entries up to `entry`?
    pub fn is_tainted(&self, process: u32, entry: u64) -> bool {
        let taint = self.processes.get(&process);
        taint.is_some_and(|taint| taint.entry.number <= entry)
    }

    /// The steps back from contents or a process that something else than text reached, to the cause: the last one is
    /// [`Step::NotWritten`] or a device. None where nothing did.
    pub fn steps<'f>(&self, from: Reached<'f>) -> Vec<Step<'f>>
    where
        'a: 'f,
    {
        let (mut at, mut steps) = (from, Vec::new());
        loop {
            at = match at {
                Reached::Contents(file, before) => {
                    let Some(writer) = self.nearest_writer(&file.content.sha256, before) else {
                        steps.push(Step::NotWritten(file));
                        return steps;
                    };
                    steps.push(Step::WrittenBy(writer));
                    Reached::Process(writer.process)
                }
                Reached::Process(process) => {
                    let Some(taint) = self.processes.get(&process) else {
                        return steps;
                    };
                    steps.push(Step::Got(taint.entry, taint.way));
                    match taint.way {
                        Way::Read(file) | Way::Program(file) | Way::Code(file) => {
                            Reached::Contents(file, taint.entry.number)
                        }
                        Way::From(other) | Way::Birth(other) => Reached::Process(other),
                        Way::Device(_) => return steps,
                    }
                }
            };
        }
    }

    /// The entry above `before` that wrote these contents and is nearest to the cause.
    fn nearest_writer(&self, hash: &Digest, before: u64) -> Option<&'a Entry> {
        let tainted = self.tainted.get(hash).map(|tainted| tainted.writer);
        let nearest = tainted.filter(|writer| (1..before).contains(writer));
        let writer = nearest.or_else(|| self.lineage.writer_of(hash, before))?;
        Some(self.lineage.entry(writer))
    }
}
