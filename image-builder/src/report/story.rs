//! What a run of the machine made: artifacts, who made each of them, and which of them went into which.
//!
//! An **artifact** is a file's contents as one run left them under one name. A run that only wrote down again what it
//! had read made no artifact: its output is one more name of what it copied. Everything is in the ledger's order.

use super::contents::Contents;
use super::html::shown;
use crate::ledger::lineage::{Lineage, Run};
use firmseed_core::ledger::format::Content;
use firmseed_core::ledger::parse::File;
use firmseed_core::sha256::Digest;
use std::collections::{BTreeSet, HashMap};

/// Where an artifact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// The kernel decoded this seed.
    Kernel(usize),
    /// This run wrote it.
    Run(usize),
}

/// Where bytes that a run read come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A file of the image.
    Image(usize),
    /// Something made on the machine.
    Artifact(usize),
    /// Neither: the ledger is not of this image, or says nonsense. The verdict tells.
    Unknown,
}

/// Something made on the machine.
#[derive(Clone, Debug)]
pub struct Artifact<'a> {
    /// Its bytes' hash, size and class.
    pub content: Content,
    /// The name it was made under, then those of its copies.
    pub names: Vec<&'a [u8]>,
    /// Who made it.
    pub maker: Maker,
    /// An earlier artifact with the same bytes, made another time.
    pub twin: Option<usize>,
    /// Does the image's /SHA256SUMS expect these bytes under one of the names?
    pub expected: bool,
    /// How often it was run as a program.
    pub executions: usize,
    /// The folder of the image whose texts it stands for.
    pub area: Vec<u8>,
}

/// A ledger, told from the side of what was made.
pub struct Story<'a> {
    /// The runs.
    pub lineage: &'a Lineage<'a>,
    /// The image.
    pub contents: &'a Contents<'a>,
    /// In the order in which they were made.
    pub artifacts: Vec<Artifact<'a>>,
    /// For each run what it executes.
    pub programs: Vec<Source>,
    /// For each run what it read, without repetitions.
    pub reads: Vec<Vec<Source>>,
    /// For each run the folder of the image that its work belongs to.
    pub areas: Vec<Vec<u8>>,
    current: HashMap<&'a [u8], Source>,
    latest: HashMap<Digest, usize>,
}

impl<'a> Story<'a> {
    /// Follows the ledger from its beginning.
    pub fn new(lineage: &'a Lineage<'a>, contents: &'a Contents<'a>) -> Self {
        let count = lineage.runs().len();
        let mut story = Story {
            lineage,
            contents,
            artifacts: Vec::new(),
            programs: vec![Source::Unknown; count],
            reads: vec![Vec::new(); count],
            areas: vec![Vec::new(); count],
            current: HashMap::new(),
            latest: HashMap::new(),
        };
        for (place, file) in contents.files.iter().enumerate() {
            story.current.insert(&file.path, Source::Image(place));
        }
        for (place, seed) in lineage.ledger.seeds.iter().enumerate() {
            let area = folder_of(&seed.text.path);
            story.make(&seed.program, Maker::Kernel(place), area);
        }
        let mut begun = BTreeSet::new();
        for entry in &lineage.ledger.entries {
            let run = lineage.run_of(entry.number);
            if begun.insert(run.index) {
                story.programs[run.index] = story.resolve(&entry.program);
                if let Source::Artifact(program) = story.programs[run.index] {
                    story.artifacts[program].executions += 1;
                }
            }
            for file in &entry.reads {
                let source = story.resolve(file);
                if !story.reads[run.index].contains(&source) {
                    story.reads[run.index].push(source);
                }
            }
            story.areas[run.index] = story.area_of(run);
            for file in &entry.wrote {
                story.wrote(run, file);
            }
        }
        for artifact in &mut story.artifacts {
            let listed = |(hash, path): &(Digest, Vec<u8>)| {
                *hash == artifact.content.sha256 && artifact.names.contains(&path.as_slice())
            };
            artifact.expected = contents.expected.iter().any(listed);
        }
        story
    }

    /// Whose bytes these are: by name where the name still has these bytes, else by hash.
    fn resolve(&self, file: &File) -> Source {
        let named = self.current.get(file.path.as_slice()).copied();
        let same = |source: &Source| self.content(*source) == Some(&file.content);
        let made = || self.latest.get(&file.content.sha256).copied();
        let carried = || self.contents.with_hash(&file.content.sha256);
        named
            .filter(same)
            .or_else(|| made().map(Source::Artifact))
            .or_else(|| carried().map(Source::Image))
            .unwrap_or(Source::Unknown)
    }

    /// Where these bytes come from, looked at from the end of the run.
    pub fn source_of(&self, file: &File) -> Source {
        self.resolve(file)
    }

    /// The contents behind a source.
    pub fn content(&self, source: Source) -> Option<&Content> {
        match source {
            Source::Image(file) => Some(&self.contents.files[file].content),
            Source::Artifact(artifact) => Some(&self.artifacts[artifact].content),
            Source::Unknown => None,
        }
    }

    fn wrote(&mut self, run: &Run<'a>, file: &'a File) {
        let same = |&source: &Source| self.content(source) == Some(&file.content);
        let copied = self.reads[run.index].iter().copied().find(same);
        match copied {
            Some(source) => {
                self.current.insert(&file.path, source);
                if let Source::Artifact(artifact) = source
                    && !self.artifacts[artifact]
                        .names
                        .contains(&file.path.as_slice())
                {
                    self.artifacts[artifact].names.push(&file.path);
                }
            }
            None => self.make(file, Maker::Run(run.index), self.areas[run.index].clone()),
        }
    }

    fn make(&mut self, file: &'a File, maker: Maker, area: Vec<u8>) {
        let place = self.artifacts.len();
        let same = |artifact: &Artifact| artifact.content == file.content;
        let twin = self.artifacts.iter().position(same);
        self.current.insert(&file.path, Source::Artifact(place));
        self.latest.insert(file.content.sha256, place);
        self.artifacts.push(Artifact {
            content: file.content,
            names: vec![&file.path],
            maker,
            twin,
            expected: false,
            executions: 0,
            area,
        });
    }

    /// The folder that a run's work belongs to: the port whose build it is part of; else that of the texts it read; else
    /// that of its program, which then did what it is for.
    fn area_of(&self, run: &Run<'a>) -> Vec<u8> {
        let mut next = Some(run);
        while let Some(one) = next {
            let port = self
                .folders(one)
                .find(|folder| folder.starts_with(b"/ports/"));
            if let Some(port) = port {
                return port.to_vec();
            }
            next = one.origin.map(|origin| &self.lineage.runs()[origin]);
        }
        let own = self.folders(run).filter(|folder| is_deep(folder)).max();
        own.map(<[u8]>::to_vec)
            .unwrap_or_else(|| match self.programs[run.index] {
                Source::Artifact(program) => self.artifacts[program].area.clone(),
                Source::Image(file) => folder_of(&self.contents.files[file].path),
                Source::Unknown => b"/".to_vec(),
            })
    }

    fn folders(&self, run: &Run<'a>) -> impl Iterator<Item = &[u8]> {
        let reads = self.reads[run.index].iter();
        reads.filter_map(|source| match source {
            Source::Image(file) => Some(folder_slice(&self.contents.files[*file].path)),
            _ => None,
        })
    }

    /// The name of an artifact: without its folder, and with a second one that is as good.
    pub fn label(&self, artifact: usize) -> String {
        let artifact = &self.artifacts[artifact];
        let base = |name: &[u8]| shown(name.rsplit(|&byte| byte == b'/').next().unwrap_or(name));
        match artifact.names.as_slice() {
            [name, other] if base(name) != base(other) => {
                format!("{} = {}", base(name), base(other))
            }
            [name, ..] => base(name),
            [] => String::new(),
        }
    }
}

/// The folder of an image's path that stands for a stage: two levels deep where there are two.
pub fn folder_of(path: &[u8]) -> Vec<u8> {
    folder_slice(path).to_vec()
}

fn folder_slice(path: &[u8]) -> &[u8] {
    let mut slashes = path
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, byte)| **byte == b'/');
    let first = slashes.next();
    let end = slashes.next().or(first).map_or(1, |(place, _)| place);
    &path[..end.min(path.len())]
}

fn is_deep(folder: &[u8]) -> bool {
    folder.iter().filter(|&&byte| byte == b'/').count() > 1
}
