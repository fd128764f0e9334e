//! The story of one file: by which programs it was made, from which texts, back to the seeds.
//!
//! A story is a list of chapters, the latest first. A chapter tells of one file, the asked one or a program: who wrote
//! it, which files of the image went in, and through which further files. Its programs have chapters of their own, so that
//! each is told once; the last chapters are those of seeds.

use super::facts::path_text;
use super::lineage::{Lineage, Run};
use crate::{Error, Result};
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::File;
use firmseed_formats::sha256::{Digest, Hex};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A file in a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// A name that it had.
    pub path: String,
    /// `text`, `elf` or `data`.
    pub class: &'static str,
    /// Its hash.
    pub sha256: String,
    /// Its bytes.
    pub size: u64,
}

impl Told {
    fn new(file: &File) -> Self {
        Told {
            path: path_text(&file.path),
            class: file.content.class.name(),
            sha256: Hex(&file.content.sha256).to_string(),
            size: file.content.size,
        }
    }

    /// The beginning of its hash.
    pub fn short(&self) -> &str {
        &self.sha256[..12]
    }
}

/// Who wrote the file of a chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Writer {
    /// The entry that says so: the first one with these contents, as its story is the shortest.
    pub entry: u64,
    /// The name that the file had there.
    pub path: String,
    /// The process.
    pub process: u32,
    /// The program that it executed.
    pub program: Told,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it was.
    pub cwd: String,
}

/// Files between the image and a chapter's file, made by runs of one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Through {
    /// The program.
    pub program: Told,
    /// Its runs.
    pub runs: usize,
    /// What they made that went in.
    pub files: Vec<Told>,
}

/// One file, and what it was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// The file.
    pub file: Told,
    /// Who wrote it; none for a seed, and for a file of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer: Option<Writer>,
    /// The hex0 text that a seed was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_text: Option<Told>,
    /// The files of the image that went in, in the order in which they were read.
    pub inputs: Vec<Told>,
    /// The files between.
    pub through: Vec<Through>,
    /// What the processes above the writer read: scripts.
    pub scripts: Vec<Told>,
}

/// A file's story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Story {
    /// The head of the ledger that tells it.
    pub head: String,
    /// The asked file first, the seeds last.
    pub chapters: Vec<Chapter>,
}

/// The story of `file`: a path, or at least 8 digits of a hash.
///
/// # Errors
/// The ledger does not know such a file, or several.
pub fn trace_back(lineage: &Lineage<'_>, file: &str) -> Result<Story> {
    let (file, entry) = find(lineage, file)?;
    let mut teller = Teller {
        lineage,
        queue: vec![(file, entry)],
        told: HashSet::new(),
    };
    let mut chapters = Vec::new();
    while let Some((file, entry)) = teller.next() {
        chapters.push(teller.chapter(file, entry));
    }
    Ok(Story {
        head: Hex(&lineage.ledger.head).to_string(),
        chapters,
    })
}

/// The file that is meant, and the entry that wrote it: 0 for a seed and for a file of the image.
fn find<'a>(lineage: &Lineage<'a>, name: &str) -> Result<(&'a File, u64)> {
    let ledger = lineage.ledger;
    let is_hash = name.len() >= 8
        && name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let meant = |file: &File| match is_hash {
        true => Hex(&file.content.sha256).to_string().starts_with(name),
        false => path_text(&file.path) == name || file.path == name.as_bytes(),
    };
    let wrote = ledger
        .entries
        .iter()
        .flat_map(|entry| entry.wrote.iter().map(|file| (file, entry.number)));
    let seeds = ledger
        .seeds
        .iter()
        .flat_map(|seed| [(&seed.program, 0), (&seed.text, 0)]);
    let reads = ledger
        .entries
        .iter()
        .flat_map(|entry| entry.reads.iter().map(|file| (file, 0)));
    let programs = ledger.entries.iter().map(|entry| (&entry.program, 0));
    // Of a path the last contents; of contents the first time they were written.
    let mut found: Vec<(&File, u64)> = wrote.filter(|(file, _)| meant(file)).collect();
    if !is_hash {
        found.reverse();
    }
    found.extend(
        seeds
            .chain(reads)
            .chain(programs)
            .filter(|(file, _)| meant(file)),
    );
    let Some(&first) = found.first() else {
        let hint = "a path as in the ledger, or at least 8 digits of a SHA-256";
        return Err(Error::Request(format!(
            "{name}: the ledger knows no such file; expected {hint}"
        )));
    };
    let other = found
        .iter()
        .find(|(file, _)| file.content.sha256 != first.0.content.sha256);
    match other {
        Some((other, _)) if is_hash => {
            let text = format!(
                "{name}: several files begin so: {} and {}",
                Hex(&first.0.content.sha256),
                Hex(&other.content.sha256)
            );
            Err(Error::Request(text))
        }
        _ => Ok((
            first.0,
            lineage
                .writers_of(&first.0.content.sha256)
                .first()
                .copied()
                .unwrap_or(0),
        )),
    }
}

struct Teller<'l, 'a> {
    lineage: &'l Lineage<'a>,
    /// Files that want a chapter, with the entries that wrote them.
    queue: Vec<(&'a File, u64)>,
    told: HashSet<(Digest, u64)>,
}

/// What a chapter's runs had in common with nobody else.
#[derive(Default)]
struct Gathered<'a> {
    /// How far each run was followed.
    upto: HashMap<usize, u64>,
    inputs: Vec<&'a File>,
    seen: HashSet<Digest>,
    /// Files that runs made on the way, by run.
    made: BTreeMap<usize, Vec<&'a File>>,
}

impl<'l, 'a> Teller<'l, 'a> {
    /// The latest file that was not told of.
    fn next(&mut self) -> Option<(&'a File, u64)> {
        let told = &mut self.told;
        self.queue
            .retain(|(file, entry)| !told.contains(&(file.content.sha256, *entry)));
        let place = (0..self.queue.len())
            .rev()
            .max_by_key(|&place| self.queue[place].1)?;
        let (file, entry) = self.queue.swap_remove(place);
        told.insert((file.content.sha256, entry));
        Some((file, entry))
    }

    fn chapter(&mut self, file: &'a File, entry: u64) -> Chapter {
        let ledger = self.lineage.ledger;
        let mut chapter = Chapter {
            file: Told::new(file),
            writer: None,
            seed_text: None,
            inputs: Vec::new(),
            through: Vec::new(),
            scripts: Vec::new(),
        };
        if entry == 0 {
            let seed = ledger
                .seeds
                .iter()
                .find(|seed| seed.program.content == file.content);
            chapter.seed_text = seed.map(|seed| Told::new(&seed.text));
            return chapter;
        }
        let writer = self.lineage.entry(entry);
        chapter.writer = Some(Writer {
            entry,
            path: writer
                .wrote
                .iter()
                .find(|wrote| wrote.content == file.content)
                .map_or_else(String::new, |wrote| path_text(&wrote.path)),
            process: writer.process,
            program: Told::new(&writer.program),
            arguments: writer
                .arguments
                .iter()
                .map(|text| path_text(text))
                .collect(),
            cwd: path_text(&writer.cwd),
        });
        let run = self.lineage.run_of(entry).index;
        let mut gathered = Gathered::default();
        self.gather(run, entry, &mut gathered);
        chapter.inputs = gathered.inputs.iter().map(|file| Told::new(file)).collect();
        chapter.through = self.through(&gathered);
        chapter.scripts = self.scripts(run, entry);
        chapter
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
            for entry in run
                .entries
                .iter()
                .filter(|entry| (before + 1..=upto).contains(&entry.number))
            {
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
                let sources = run
                    .from
                    .iter()
                    .filter(|&&source| entry.from.contains(&self.lineage.runs()[source].process));
                todo.extend(sources.map(|&source| (source, entry.number)));
            }
        }
    }

    /// A run's program wants a chapter.
    fn want_program(&mut self, run: &Run<'a>) {
        let program = run.program();
        let is_seed = self
            .lineage
            .ledger
            .seeds
            .iter()
            .any(|seed| seed.program.content == program.content);
        let writer = self
            .first_writer(program, run.first_entry())
            .filter(|_| !is_seed);
        self.queue.push((program, writer.unwrap_or(0)));
    }

    /// The first entry that wrote these contents: the one with the shortest story.
    fn first_writer(&self, file: &File, before: u64) -> Option<u64> {
        let first = self.lineage.writers_of(&file.content.sha256).first();
        first.copied().filter(|&writer| writer < before)
    }

    fn through(&self, gathered: &Gathered<'a>) -> Vec<Through> {
        let mut programs: Vec<Through> = Vec::new();
        for (run, files) in &gathered.made {
            let program = Told::new(self.lineage.runs()[*run].program());
            let files = files.iter().map(|file| Told::new(file));
            match programs
                .iter_mut()
                .find(|known| known.program.sha256 == program.sha256)
            {
                Some(known) => {
                    known.runs += 1;
                    known.files.extend(files);
                }
                None => programs.push(Through {
                    program,
                    runs: 1,
                    files: files.collect(),
                }),
            }
        }
        programs
    }

    /// What the processes that led to this run have read: it got its arguments from them.
    fn scripts(&mut self, run: usize, entry: u64) -> Vec<Told> {
        let mut scripts = Vec::new();
        let mut origin = self.lineage.runs()[run].origin;
        while let Some(run) = origin.map(|origin| &self.lineage.runs()[origin]) {
            self.want_program(run);
            let entries = run.entries.iter().filter(|above| above.number < entry);
            let reads = entries
                .flat_map(|entry| &entry.reads)
                .filter(|file| file.content.class == Class::Text);
            for told in reads.map(Told::new) {
                if !scripts.contains(&told) {
                    scripts.push(told);
                }
            }
            origin = run.origin;
        }
        scripts
    }
}
