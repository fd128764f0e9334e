//! The way of the parts into an image, and finding the index in one.
//!
//! kernel | index | symbols | tar, each at the next multiple of 4096, padding between. The index states
//! where the others begin, and its own length decides that: [`assemble`] grows it until both agree.

use crate::archive::{Body, ReadMember};
use crate::kernel::Kernel;
use crate::progress::Progress;
use crate::{Error, Result, sha256};
use firmseed_formats::escape::{Escape, Escaped};
use firmseed_formats::image::{self, ALIGNMENT, Index, OpenError, Policy, VERSION_LINE};
use firmseed_formats::sha256::{Digest, Hex};
use std::fmt::Write;

/// What the index says beside the facts about bytes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The path of PID 1.
    pub init: Vec<u8>,
    /// Its arguments, after its name.
    pub arguments: Vec<Vec<u8>>,
    /// Its environment, `NAME=VALUE`.
    pub environment: Vec<Vec<u8>>,
    /// Where it starts.
    pub cwd: Vec<u8>,
    /// Which programs may run.
    pub policy: Policy,
    /// The head of the run that left the files.
    pub continues: Option<Digest>,
    /// hex0 source and program path of each seed.
    pub seeds: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Settings {
    /// What an index says.
    pub fn of(index: &Index<'_>) -> Self {
        let bytes = |text: Escaped<'_>| text.bytes().collect::<Vec<u8>>();
        Settings {
            init: bytes(index.init),
            arguments: index.arguments().map(bytes).collect(),
            environment: index.environment().map(bytes).collect(),
            cwd: bytes(index.cwd),
            policy: index.policy,
            continues: index.continues,
            seeds: index.seeds().map(|seed| (bytes(seed.source), bytes(seed.program))).collect(),
        }
    }
}

/// The bytes of an image.
pub fn assemble(
    mut kernel: Kernel,
    tar: &[u8],
    entries: &[ReadMember],
    settings: &Settings,
    progress: &Progress,
) -> Result<Vec<u8>> {
    let hashes: Vec<Option<Digest>> = entries
        .iter()
        .map(|entry| match &entry.kind {
            Body::File { content, .. } => {
                progress.advance(content.len());
                Some(sha256(&tar[content.clone()]))
            }
            _ => None,
        })
        .collect();
    let tar_hash = sha256(tar);
    let index_at = kernel.flat.len().next_multiple_of(ALIGNMENT);
    // Larger offsets have more digits, so the room only ever grows, and by few pages: this ends soon.
    let mut room = ALIGNMENT;
    loop {
        let symbols_at = index_at + room;
        let tar_at = symbols_at + kernel.symbols.len().next_multiple_of(ALIGNMENT);
        let total = tar_at + tar.len();
        kernel.set_image_size(total as u64);
        let mut text = head(&kernel, symbols_at, (tar_at, tar.len(), &tar_hash), settings);
        for (entry, hash) in entries.iter().zip(&hashes) {
            text += &member_line(entry, hash.as_ref(), tar_at);
        }
        writeln!(text, "end {}", Hex(&sha256(text.as_bytes()))).expect(INFALLIBLE);
        if text.len() > room {
            room = text.len().next_multiple_of(ALIGNMENT);
            continue;
        }
        let mut image = Vec::with_capacity(total);
        for (part, at) in [
            (&kernel.flat[..], 0),
            (text.as_bytes(), index_at),
            (&kernel.symbols, symbols_at),
            (tar, tar_at),
        ] {
            image.resize(at, kernel.flavour.padding());
            image.extend_from_slice(part);
        }
        return Ok(image);
    }
}

const INFALLIBLE: &str = "writing to a String cannot fail";

fn head(
    kernel: &Kernel,
    symbols_at: usize,
    tar: (usize, usize, &Digest),
    settings: &Settings,
) -> String {
    let mut text = format!(
        "{VERSION_LINE}\nkernel {} {} {}\n",
        kernel.flat.len(),
        Hex(&kernel.hash()),
        kernel.name()
    );
    let mut line = |keyword: &str, fields: &[&dyn std::fmt::Display]| {
        text += keyword;
        for field in fields {
            write!(text, " {field}").expect(INFALLIBLE);
        }
        text.push('\n');
    };
    if !kernel.symbols.is_empty() {
        line("symbols", &[&symbols_at, &kernel.symbols.len(), &Hex(&sha256(&kernel.symbols))]);
    }
    line("tar", &[&tar.0, &tar.1, &Hex(tar.2)]);
    line("init", &[&Escape(&settings.init)]);
    settings.arguments.iter().for_each(|argument| line("arg", &[&Escape(argument)]));
    settings.environment.iter().for_each(|variable| line("env", &[&Escape(variable)]));
    line("cwd", &[&Escape(&settings.cwd)]);
    line("policy", &[&settings.policy]);
    if let Some(head) = &settings.continues {
        line("continues", &[&Hex(head)]);
    }
    settings
        .seeds
        .iter()
        .for_each(|(source, program)| line("seed", &[&Escape(source), &Escape(program)]));
    text
}

fn member_line(entry: &ReadMember, hash: Option<&Digest>, tar_at: usize) -> String {
    let path = Escape(&entry.path);
    match (&entry.kind, hash) {
        (Body::File { mode, content }, Some(hash)) => {
            format!(
                "file {} {mode:04o} {} {} {path}\n",
                Hex(hash),
                content.len(),
                tar_at + content.start
            )
        }
        (Body::Directory { mode }, _) => format!("dir {mode:04o} {path}\n"),
        (Body::Symlink { target }, _) => format!("symlink {path} {}\n", Escape(target)),
        (Body::Hardlink { target }, _) => format!("hardlink {path} {}\n", Escape(target)),
        (Body::Device { major, minor }, _) => format!("device {major} {minor} {path}\n"),
        (Body::File { .. }, None) => unreachable!("every file was hashed"),
    }
}

/// Where the index of `image` begins.
///
/// # Errors
/// It is no image.
pub fn find_index(image: &[u8]) -> Result<usize> {
    image::find_index(image).ok_or_else(|| Error::Image(OpenError::NoIndex.to_string()))
}

/// Finds and opens the index of `image`.
///
/// # Errors
/// It is no image, or the index is damaged.
pub fn open(image: &[u8]) -> Result<Index<'_>> {
    image::open(image).map_err(|error| Error::Image(error.to_string()))
}
