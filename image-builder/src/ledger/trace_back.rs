//! Where a file comes from, as JSON has it: what `firmseed_verify::trace_back` found, with names and hashes as text.

use crate::{Error, Result};
use firmseed_formats::ledger::parse::{Entry, File};
use firmseed_formats::sha256::Hex;
use firmseed_verify::findings::path_text;
use firmseed_verify::lineage::Lineage;
use firmseed_verify::trace_back;
use serde::Serialize;

/// A file on the way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedFile {
    /// A name that it had.
    pub path: String,
    /// `text`, `elf` or `data`.
    pub class: &'static str,
    /// Its hash.
    pub sha256: String,
    /// Its bytes.
    pub size: u64,
}

/// Who wrote a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Writer {
    /// The entry that says so.
    pub entry: u64,
    /// The name that the file had there.
    pub path: String,
    /// The process.
    pub process: u32,
    /// The program that it executed.
    pub program: NamedFile,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it was.
    pub cwd: String,
}

/// Files between the image and another file, made by runs of one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Through {
    /// The program.
    pub program: NamedFile,
    /// Its runs.
    pub runs: usize,
    /// What they made that went in.
    pub files: Vec<NamedFile>,
}

/// One file, and what it was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file.
    pub file: NamedFile,
    /// Who wrote it; none for a seed, and for a file of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer: Option<Writer>,
    /// The hex0 text that a seed was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_text: Option<NamedFile>,
    /// The files of the image that went in, in the order in which they were read.
    pub inputs: Vec<NamedFile>,
    /// The files between.
    pub through: Vec<Through>,
    /// What the processes above the writer read: scripts.
    pub scripts: Vec<NamedFile>,
}

/// A file traced back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceBack {
    /// The head of the ledger that tells it.
    pub head: String,
    /// The asked file first, the seeds last.
    #[serde(rename = "chapters")]
    pub origins: Vec<Origin>,
}

/// Traces back `file`: a path, or at least 8 digits of a hash.
///
/// # Errors
/// The ledger does not know such a file, or several.
pub fn trace_back(lineage: &Lineage<'_>, file: &str) -> Result<TraceBack> {
    let origins = trace_back::trace_back(lineage, file).map_err(Error::Request)?;
    Ok(TraceBack {
        head: Hex(&lineage.ledger.head).to_string(),
        origins: origins.iter().map(Origin::of).collect(),
    })
}

impl NamedFile {
    fn of(file: &File) -> Self {
        NamedFile {
            path: path_text(&file.path),
            class: file.content.class.name(),
            sha256: Hex(&file.content.sha256).to_string(),
            size: file.content.size,
        }
    }

    fn all(files: &[&File]) -> Vec<Self> {
        files.iter().map(|file| Self::of(file)).collect()
    }

    /// The beginning of its hash.
    pub fn short(&self) -> &str {
        &self.sha256[..12]
    }
}

impl Origin {
    fn of(origin: &trace_back::Origin<'_>) -> Self {
        let through = origin.through.iter().map(|through| Through {
            program: NamedFile::of(through.program),
            runs: through.runs,
            files: NamedFile::all(&through.files),
        });
        Origin {
            file: NamedFile::of(origin.file),
            writer: origin.writer.map(|entry| Writer::of(entry, origin.file)),
            seed_text: origin.seed_text.map(NamedFile::of),
            inputs: NamedFile::all(&origin.inputs),
            through: through.collect(),
            scripts: NamedFile::all(&origin.scripts),
        }
    }
}

impl Writer {
    fn of(entry: &Entry, file: &File) -> Self {
        let mut wrote = entry.wrote.iter();
        let there = wrote.find(|wrote| wrote.content == file.content);
        Writer {
            entry: entry.number,
            path: there.map_or_else(String::new, |wrote| path_text(&wrote.path)),
            process: entry.process,
            program: NamedFile::of(&entry.program),
            arguments: entry.arguments.iter().map(|text| path_text(text)).collect(),
            cwd: path_text(&entry.cwd),
        }
    }
}
