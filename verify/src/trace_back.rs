//! Where does a file come from: by which programs it was made, from which texts, back to the seeds.
//!
//! The answer is a list of [`Origin`]s, the latest first: of the file, and of each program that took part. One says who
//! wrote the file, which files of the image went in, and through which further files. Each is told once; the last are
//! the seeds.

use crate::findings::path_text;
use crate::lineage::{Lineage, Run};
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::{Entry, File};
use firmseed_formats::sha256::{Digest, Hex};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One file, and what it was made of.
#[derive(Clone, Debug)]
pub struct Origin<'a> {
    /// The file.
    pub file: &'a File,
    /// The entry that wrote it: the first one with these contents, as its way back is the shortest. None for a seed, and
    /// for a file of the image.
    pub writer: Option<&'a Entry>,
    /// The hex0 text that a seed was made from.
    pub seed_text: Option<&'a File>,
    /// The files of the image that went in, in the order in which they were read.
    pub inputs: Vec<&'a File>,
    /// The files between.
    pub through: Vec<Through<'a>>,
    /// What the processes above the writer read: scripts. It got its arguments from them.
    pub scripts: Vec<&'a File>,
}

/// Files between the image and another file, made by runs of one program.
#[derive(Clone, Debug)]
pub struct Through<'a> {
    /// The program.
    pub program: &'a File,
    /// Its runs.
    pub runs: usize,
    /// What they made that went in.
    pub files: Vec<&'a File>,
}

/// Traces back the file of this name: a path, or at least 8 digits of a hash.
///
/// # Errors
/// The ledger does not know such a file, or several.
pub fn trace_back<'a>(lineage: &Lineage<'a>, name: &str) -> Result<Vec<Origin<'a>>, String> {
    let mut tracer = Tracer { lineage, queue: vec![find(lineage, name)?], done: HashSet::new() };
    let mut origins = Vec::new();
    while let Some((file, entry)) = tracer.next() {
        origins.push(tracer.origin(file, entry));
    }
    Ok(origins)
}

/// The file that is meant, and the entry that wrote it: 0 for a seed and for a file of the image.
fn find<'a>(lineage: &Lineage<'a>, name: &str) -> Result<(&'a File, u64), String> {
    let ledger = lineage.ledger;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_hash = name.len() >= 8 && name.bytes().all(is_digit);
    let is_meant = |file: &&File| match is_hash {
        true => Hex(&file.content.sha256).to_string().starts_with(name),
        false => path_text(&file.path) == name || file.path == name.as_bytes(),
    };
    let entries = || ledger.entries.iter();
    let wrote = entries().flat_map(|entry| &entry.wrote);
    let seeds = ledger.seeds.iter().flat_map(|seed| [&seed.program, &seed.text]);
    let read = entries().flat_map(|entry| &entry.reads);
    let others = seeds.chain(read).chain(entries().map(|entry| &entry.program));
    // Of a path the last contents; of contents the first time they were written.
    let mut found: Vec<&File> = wrote.filter(is_meant).collect();
    if !is_hash {
        found.reverse();
    }
    found.extend(others.filter(is_meant));
    let first = *found.first().ok_or_else(|| {
        let hint = "a path as in the ledger, or at least 8 digits of a SHA-256";
        format!("{name}: the ledger knows no such file; expected {hint}")
    })?;
    let hash = first.content.sha256;
    let other = found.iter().find(|file| file.content.sha256 != hash);
    if let Some(other) = other.filter(|_| is_hash) {
        let (one, other) = (Hex(&hash), Hex(&other.content.sha256));
        return Err(format!("{name}: several files begin so: {one} and {other}"));
    }
    let writer = lineage.writers_of(&hash).first().copied();
    Ok((first, writer.unwrap_or(0)))
}

struct Tracer<'l, 'a> {
    lineage: &'l Lineage<'a>,
    /// Files whose origins are wanted, with the entries that wrote them.
    queue: Vec<(&'a File, u64)>,
    done: HashSet<(Digest, u64)>,
}

/// What was met on the way from a file back to the image.
#[derive(Default)]
struct Gathered<'a> {
    /// How far each run was followed.
    upto: HashMap<usize, u64>,
    inputs: Vec<&'a File>,
    seen: HashSet<Digest>,
    /// Files that runs made on the way, by run.
    made: BTreeMap<usize, Vec<&'a File>>,
}

impl<'a> Tracer<'_, 'a> {
    /// The latest file whose origin was not told.
    fn next(&mut self) -> Option<(&'a File, u64)> {
        let done = &mut self.done;
        let is_new = |(file, entry): &(&File, u64)| !done.contains(&(file.content.sha256, *entry));
        self.queue.retain(is_new);
        let places = (0..self.queue.len()).rev();
        let place = places.max_by_key(|&place| self.queue[place].1)?;
        let (file, entry) = self.queue.swap_remove(place);
        done.insert((file.content.sha256, entry));
        Some((file, entry))
    }

    fn origin(&mut self, file: &'a File, entry: u64) -> Origin<'a> {
        let mut origin = Origin {
            file,
            writer: None,
            seed_text: None,
            inputs: Vec::new(),
            through: Vec::new(),
            scripts: Vec::new(),
        };
        if entry == 0 {
            let mut seeds = self.lineage.ledger.seeds.iter();
            let seed = seeds.find(|seed| seed.program.content == file.content);
            origin.seed_text = seed.map(|seed| &seed.text);
            return origin;
        }
        let run = self.lineage.run_of(entry).index;
        let mut gathered = Gathered::default();
        self.gather(run, entry, &mut gathered);
        origin.writer = Some(self.lineage.entry(entry));
        origin.through = self.through(&gathered);
        origin.inputs = gathered.inputs;
        origin.scripts = self.scripts(run, entry);
        origin
    }

    /// Follows the inputs of a run up to an entry, through all that was made on the way.
    fn gather(&mut self, run: usize, upto: u64, gathered: &mut Gathered<'a>) {
        let mut todo = vec![(run, upto)];
        while let Some((index, upto)) = todo.pop() {
            let before = gathered.upto.insert(index, upto).unwrap_or(0);
            if before >= upto {
                gathered.upto.insert(index, before);
                continue;
            }
            let run: &Run<'a> = &self.lineage.runs()[index];
            self.want_program(run);
            let is_new = |entry: &&&Entry| (before + 1..=upto).contains(&entry.number);
            for entry in run.entries.iter().filter(is_new) {
                for read in &entry.reads {
                    let is_new = gathered.seen.insert(read.content.sha256);
                    match self.first_writer(read, entry.number) {
                        Some(writer) => {
                            let maker = self.lineage.run_of(writer).index;
                            if is_new {
                                gathered.made.entry(maker).or_default().push(read);
                            }
                            todo.push((maker, writer));
                        }
                        None if is_new => gathered.inputs.push(read),
                        None => {}
                    }
                }
                let process = |source: usize| self.lineage.runs()[source].process;
                let sources = run.from.iter().copied();
                let sources = sources.filter(|&source| entry.from.contains(&process(source)));
                todo.extend(sources.map(|source| (source, entry.number)));
            }
        }
    }

    /// The origin of a run's program is wanted.
    fn want_program(&mut self, run: &Run<'a>) {
        let program = run.program();
        let mut seeds = self.lineage.ledger.seeds.iter();
        let is_seed = seeds.any(|seed| seed.program.content == program.content);
        let writer = self.first_writer(program, run.entries[0].number);
        self.queue.push((program, writer.filter(|_| !is_seed).unwrap_or(0)));
    }

    /// The first entry that wrote these contents: the one with the shortest way back.
    fn first_writer(&self, file: &File, before: u64) -> Option<u64> {
        let first = self.lineage.writers_of(&file.content.sha256).first();
        first.copied().filter(|&writer| writer < before)
    }

    fn through(&self, gathered: &Gathered<'a>) -> Vec<Through<'a>> {
        let mut programs: Vec<Through<'_>> = Vec::new();
        for (run, files) in &gathered.made {
            let program = self.lineage.runs()[*run].program();
            let hash = program.content.sha256;
            let known = programs.iter_mut().find(|known| known.program.content.sha256 == hash);
            let Some(known) = known else {
                let (runs, files) = (1, files.clone());
                programs.push(Through { program, runs, files });
                continue;
            };
            known.runs += 1;
            known.files.extend(files);
        }
        programs
    }

    /// What the processes that led to this run have read.
    fn scripts(&mut self, run: usize, entry: u64) -> Vec<&'a File> {
        let mut scripts = Vec::new();
        let mut origin = self.lineage.runs()[run].origin;
        while let Some(run) = origin.map(|origin| &self.lineage.runs()[origin]) {
            self.want_program(run);
            let entries = run.entries.iter().filter(|above| above.number < entry);
            for read in entries.flat_map(|entry| &entry.reads) {
                if read.content.class == Class::Text && !scripts.contains(&read) {
                    scripts.push(read);
                }
            }
            origin = run.origin;
        }
        scripts
    }
}
