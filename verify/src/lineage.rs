//! The graph behind a ledger: runs, who wrote what they read, and who started them.
//!
//! A **run** is what one program did in one process, from its execve (or its fork) to the next execve or the end. It is
//! one or more entries. A run gets bytes in three ways, and all of them are edges of the graph: by the contents that it
//! read and its own program ([`Lineage::writer_of`] says which entry wrote such contents), by memory or arguments of the
//! run that it comes from ([`Run::origin`]), by pipes and shared memory ([`Run::from`]).
//!
//! Every edge leads to an entry above, so whoever follows edges comes to an end.

use firmseed_formats::ledger::format::Ending;
use firmseed_formats::ledger::parse::{Entry, File, Ledger};
use firmseed_formats::sha256::Digest;
use std::collections::{HashMap, HashSet};

/// What one program did in one process.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// Its place in [`Lineage::runs`].
    pub index: usize,
    /// The process.
    pub process: u32,
    /// Its entries, in order; at least one.
    pub entries: Vec<&'a Entry>,
    /// The run that it comes from: the program that the process ran before, else the parent's program when the process
    /// first appears. None for the first run of process 1.
    pub origin: Option<usize>,
    /// The runs whose bytes it got by pipes and shared memory, without repetitions.
    pub from: Vec<usize>,
}

impl<'a> Run<'a> {
    /// What it executes.
    pub fn program(&self) -> &'a File {
        &self.entries[0].program
    }

    /// Its last entry, which says how it ended.
    pub fn end(&self) -> &'a Entry {
        self.entries[self.entries.len() - 1]
    }
}

/// All runs of a ledger, and who wrote which contents.
#[derive(Clone, Debug)]
pub struct Lineage<'a> {
    /// Whose it is.
    pub ledger: &'a Ledger,
    runs: Vec<Run<'a>>,
    /// For each entry its run.
    run_of_entry: Vec<usize>,
    /// For each contents the entries that wrote them, ascending.
    writers: HashMap<Digest, Vec<u64>>,
}

impl<'a> Lineage<'a> {
    /// The graph of `ledger`, whose entries are numbered from 1 as `Ledger::parse` has checked. It takes a ledger that
    /// makes no sense too: an edge to a process that never was is left out. The checks name such things.
    pub fn new(ledger: &'a Ledger) -> Self {
        let mut lineage = Lineage {
            ledger,
            runs: Vec::new(),
            run_of_entry: Vec::with_capacity(ledger.entries.len()),
            writers: HashMap::new(),
        };
        // The run that each process is in, and who is known to have given bytes to whom.
        let (mut current, mut known) = (HashMap::new(), HashSet::new());
        for entry in &ledger.entries {
            let run = lineage.place(entry, &mut current);
            lineage.run_of_entry.push(run);
            for source in entry.from.iter().filter_map(|process| current.get(process).copied()) {
                if known.insert((run, source)) {
                    lineage.runs[run].from.push(source);
                }
            }
            for file in &entry.wrote {
                let writers = lineage.writers.entry(file.content.sha256).or_default();
                if writers.last() != Some(&entry.number) {
                    writers.push(entry.number);
                }
            }
        }
        lineage
    }

    /// Adds `entry` to the run of its process, or begins another one.
    fn place(&mut self, entry: &'a Entry, current: &mut HashMap<u32, usize>) -> usize {
        let before = current.get(&entry.process).copied();
        if let Some(run) = before
            && continues(self.runs[run].end(), entry)
        {
            self.runs[run].entries.push(entry);
            return run;
        }
        let index = self.runs.len();
        self.runs.push(Run {
            index,
            process: entry.process,
            entries: vec![entry],
            origin: before.or_else(|| current.get(&entry.parent).copied()),
            from: Vec::new(),
        });
        current.insert(entry.process, index);
        index
    }

    /// All runs, in the order of their first entries.
    pub fn runs(&self) -> &[Run<'a>] {
        &self.runs
    }

    /// The run that an entry belongs to.
    pub fn run_of(&self, entry: u64) -> &Run<'a> {
        &self.runs[self.run_of_entry[entry as usize - 1]]
    }

    /// The entry of this number.
    pub fn entry(&self, number: u64) -> &'a Entry {
        &self.ledger.entries[number as usize - 1]
    }

    /// The last entry above `before` that wrote these contents.
    pub fn writer_of(&self, sha256: &Digest, before: u64) -> Option<u64> {
        let writers = self.writers_of(sha256);
        let above = writers.partition_point(|&entry| entry < before);
        above.checked_sub(1).map(|place| writers[place])
    }

    /// All entries that wrote these contents, ascending.
    pub fn writers_of(&self, sha256: &Digest) -> &[u64] {
        self.writers.get(sha256).map_or(&[], Vec::as_slice)
    }
}

/// Is `next`, of the same process, the same run as `last`? After `exec` it is not. A forked process starts its first
/// program without such a line.
fn continues(last: &Entry, next: &Entry) -> bool {
    last.ending == Ending::GoesOn && start(last) == start(next)
}

/// A program, and how it is started.
pub type Start<'a> = (&'a File, &'a [u8], &'a [Vec<u8>], &'a (u64, Digest));

/// What an entry tells of it.
pub fn start(entry: &Entry) -> Start<'_> {
    let Entry { program, cwd, arguments, environment, .. } = entry;
    (program, cwd, arguments, environment)
}
