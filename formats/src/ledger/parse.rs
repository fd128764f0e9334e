//! A ledger read back: every line, every link of the chain.
//!
//! `fields` reads a line, `reader` knows which line must stand where. What is read is written again with [`super::format`] and compared, so nothing but the one spelling passes.

mod fields;
mod reader;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::format::{self, Content, Ending};
use crate::sha256::Digest;
use reader::Reader;

/// Contents with the name of a file that has them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct File {
    /// The contents.
    pub content: Content,
    /// An absolute path.
    pub path: Vec<u8>,
}

/// A program that the kernel made from hex0 text. The class of both contents is not in the ledger: ELF and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedRecord {
    /// What was made.
    pub program: File,
    /// What it was made from.
    pub text: File,
}

/// A piece of the life of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From 1.
    pub number: u64,
    /// The process.
    pub process: u32,
    /// Who started it; 0 for process 1.
    pub parent: u32,
    /// What it executes.
    pub program: File,
    /// Where it was when it started the program.
    pub cwd: Vec<u8>,
    /// argv.
    pub arguments: Vec<Vec<u8>>,
    /// Environment strings, and the hash of all.
    pub environment: (u64, Digest),
    /// Contents that went in.
    pub reads: Vec<File>,
    /// Contents of files that it mapped as code.
    pub code: Vec<File>,
    /// Was memory made executable that is not only a file's?
    pub code_anonymous: bool,
    /// Devices and files of /proc that it read.
    pub devices: Vec<Vec<u8>>,
    /// Processes whose bytes it got.
    pub from: Vec<u32>,
    /// Contents that came out.
    pub wrote: Vec<File>,
    /// Why the entry ends.
    pub ending: Ending,
    /// Its link of the chain.
    pub chain: Digest,
    /// The line that it starts on, from 1.
    pub line: usize,
}

/// A whole ledger, its chain recomputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The hash of the image's tar.
    pub files: Digest,
    /// The path of the first program.
    pub init: Vec<u8>,
    /// Its arguments, after its name.
    pub arguments: Vec<Vec<u8>>,
    /// Its environment.
    pub environment: Vec<Vec<u8>>,
    /// Where it starts.
    pub cwd: Vec<u8>,
    /// `chain` or `open`.
    pub policy: String,
    /// The head of the run that left the image's files.
    pub continues: Option<Digest>,
    /// The programs that the kernel decoded.
    pub seeds: Vec<SeedRecord>,
    /// What happened, in order.
    pub entries: Vec<Entry>,
    /// What the machine stopped with.
    pub status: i32,
    /// The last link of the chain.
    pub head: Digest,
    /// The kernel's hash, as it measured itself. The chain does not cover it: two kernels may reach one head.
    pub kernel: Digest,
}

/// Why a ledger was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerError {
    /// Counted from 1.
    pub line: usize,
    /// What should have been there.
    pub expected: &'static str,
    /// What was there; empty at the end of the file.
    pub found: String,
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ledger line {}: expected {}, found ", self.line, self.expected)?;
        match self.found.is_empty() {
            true => f.write_str("the end of the file"),
            false => write!(f, "\"{}\"", self.found),
        }
    }
}

impl core::error::Error for LedgerError {}

impl Ledger {
    /// Reads a ledger and recomputes its chain with `sha256`.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(bytes: &[u8], sha256: impl Fn(&[u8]) -> Digest) -> Result<Self, LedgerError> {
        let mut reader = Reader::new(bytes, sha256);
        let ledger = reader.ledger()?;
        reader.compare_spelling(&ledger)?;
        Ok(ledger)
    }

    /// Writes all of it, as [`parse`](Self::parse) reads it.
    ///
    /// # Errors
    /// What `to` says.
    pub fn write(&self, to: &mut impl Write, sha256: impl Fn(&[u8]) -> Digest) -> fmt::Result {
        let mut previous = None;
        let mut finish = |to: &mut dyn Write, block: String| {
            let link = link_with(&sha256, previous.as_ref(), block.as_bytes());
            previous = Some(link);
            let mut line = String::new();
            format::chain(&mut line, &link)?;
            to.write_str(&block)?;
            to.write_str(&line)
        };
        let mut block = String::new();
        let settings = format::Settings {
            init: &self.init,
            arguments: &self.arguments,
            environment: &self.environment,
            cwd: &self.cwd,
            policy: &self.policy,
            continues: self.continues.as_ref(),
        };
        format::head(&mut block, &self.files, &settings)?;
        for seed in &self.seeds {
            let named = |file: &'_ File| (file.content, file.path.clone());
            let (program, text) = (named(&seed.program), named(&seed.text));
            format::seed(&mut block, (&program.0, &program.1), (&text.0, &text.1))?;
        }
        finish(to, block)?;
        for entry in &self.entries {
            let mut block = String::new();
            entry.write(&mut block)?;
            finish(to, block)?;
        }
        let mut block = String::new();
        format::end(&mut block, self.entries.len() as u64, self.status)?;
        finish(to, block)?;
        format::kernel(to, &self.kernel)
    }
}

impl Entry {
    fn write(&self, to: &mut String) -> fmt::Result {
        format::entry(to, self.number, self.process, self.parent)?;
        format::file(to, "program", &self.program.content, &self.program.path)?;
        format::text(to, "cwd", &self.cwd)?;
        for argument in &self.arguments {
            format::text(to, "arg", argument)?;
        }
        format::environment(to, self.environment.0, &self.environment.1)?;
        for file in &self.reads {
            format::file(to, "read", &file.content, &file.path)?;
        }
        for file in &self.code {
            format::file(to, "code", &file.content, &file.path)?;
        }
        if self.code_anonymous {
            writeln!(to, "{}", format::CODE_ANONYMOUS)?;
        }
        for device in &self.devices {
            format::text(to, "device", device)?;
        }
        for process in &self.from {
            format::from(to, *process)?;
        }
        for file in &self.wrote {
            format::file(to, "wrote", &file.content, &file.path)?;
        }
        writeln!(to, "{}", self.ending)
    }
}

fn link_with(sha256: impl Fn(&[u8]) -> Digest, previous: Option<&Digest>, block: &[u8]) -> Digest {
    let mut message = Vec::new();
    if let Some(previous) = previous {
        message.extend_from_slice(&crate::sha256::to_hex(previous));
        message.push(b'\n');
    }
    message.extend_from_slice(block);
    sha256(&message)
}
