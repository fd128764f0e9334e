//! Seeds against the files: each is decoded into a program, which is put in place, as the kernel does it at boot.
//!
//! What `build` and `check` let pass here boots: the judges are the kernel's own decoder and file
//! system. A seed's text is a file of the image itself, so that `verify` can decode it again.

use crate::archive::{Body, ReadMember};
use firmseed_core::errno::Errno;
use firmseed_core::fs::{Follow, Fs, InodeId};
use firmseed_formats::elf::{Elf, ElfError};
use firmseed_formats::hex0;

/// A seed as the index states it: the one spelling of both paths that the ledger will have too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its text, an absolute path of a file of the tar.
    pub text: Vec<u8>,
    /// Its program, an absolute path without links, dots and doubled slashes.
    pub program: Vec<u8>,
    /// The program in the files.
    pub file: InodeId,
    /// Its bytes.
    pub code: Vec<u8>,
}

/// Why a seed cannot be, and for which of its two paths a name that is alike would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such text.
    NoText(Vec<u8>),
    /// Anything else, as a sentence.
    Other(String),
}

/// Decodes the seeds in their order and puts their programs into `fs`, which holds the tar with `entries`.
pub fn place(
    fs: &mut Fs,
    tar: &[u8],
    entries: &[ReadMember],
    seeds: &[(Vec<u8>, Vec<u8>)],
) -> Result<Vec<Placed>, Problem> {
    let mut placed: Vec<Placed> = Vec::new();
    for (text, program) in seeds {
        if !program.starts_with(b"/") || program.contains(&0) {
            let text = format!("the seed's program {}: expected an absolute path", show(program));
            return Err(Problem::Other(text));
        }
        let (path, source) =
            text_of(fs, tar, entries, text).ok_or_else(|| Problem::NoText(text.clone()))?;
        let code = hex0::decode(source)
            .map_err(|error| Problem::Other(format!("the seed's text {}: {error}", show(text))))?;
        if let Err(error) = parse(&code) {
            // A script would run, but a ledger has only programs for seeds.
            let reason = match code.starts_with(b"\x7fELF") {
                true => error.to_string(),
                false => "its bytes do not begin with \\x7fELF".into(),
            };
            return Err(Problem::Other(format!(
                "the seed's text {} stands for no ELF program that the kernel can load: {reason}",
                show(text)
            )));
        }
        let file = fs
            .create_program(program)
            .map_err(|errno| Problem::Other(occupied(&placed, fs, program, errno)))?;
        let program = fs.path_of(file).map_err(|errno| {
            Problem::Other(format!("the seed's program {}: {errno:?}", show(program)))
        })?;
        placed.push(Placed { text: path, program, file, code });
    }
    Ok(placed)
}

/// The ELF file `code`, if the kernel can load it.
///
/// # Errors
/// Why it cannot.
pub fn parse(code: &[u8]) -> Result<Elf, ElfError> {
    Elf::parse(code.len() as u64, |offset, buffer| {
        // Within the file, and so within memory: the reader promises it.
        let start = offset as usize;
        buffer.copy_from_slice(&code[start..start + buffer.len()]);
    })
}

/// The member of the tar that `file` is: its path there, and its bytes.
pub fn member<'t>(
    fs: &Fs,
    tar: &'t [u8],
    entries: &'t [ReadMember],
    file: InodeId,
) -> Option<(&'t [u8], &'t [u8])> {
    let is_it = |path: &[u8]| fs.resolve(InodeId::ROOT, path, Follow::No) == Ok(file);
    // The last: a member replaces an earlier one of its name.
    entries.iter().rev().find_map(|entry| match &entry.kind {
        Body::File { content, .. } if is_it(&entry.path) => {
            Some((&entry.path[..], &tar[content.clone()]))
        }
        _ => None,
    })
}

/// What is wrong with the paths `stated` in an index, where they lead to those of `real`.
pub fn misspelled(stated: &[(Vec<u8>, Vec<u8>)], real: &[(Vec<u8>, Vec<u8>)]) -> Option<String> {
    let paths = |seeds| {
        let seeds: &[(Vec<u8>, Vec<u8>)] = seeds;
        seeds.iter().flat_map(|(text, program)| [text, program])
    };
    let (stated, real) = paths(stated).zip(paths(real)).find(|(stated, real)| stated != real)?;
    Some(format!(
        "the seed's path {} is spelled {} in a ledger, so that `verify` could not follow it: build the image anew",
        show(stated),
        show(real)
    ))
}

/// The text at `path` (from the root): the name under which the tar has it, and its bytes.
fn text_of<'t>(
    fs: &Fs,
    tar: &'t [u8],
    entries: &'t [ReadMember],
    path: &[u8],
) -> Option<(Vec<u8>, &'t [u8])> {
    let file = fs.resolve(InodeId::ROOT, path, Follow::Yes).ok()?;
    let (path, text) = member(fs, tar, entries, file)?;
    Some(([b"/", path].concat(), text))
}

/// Why `program` cannot be made.
fn occupied(placed: &[Placed], fs: &Fs, program: &[u8], errno: Errno) -> String {
    let there = fs.resolve(InodeId::ROOT, program, Follow::No).ok();
    let twice = placed.iter().any(|seed| Some(seed.file) == there);
    let reason = match errno {
        Errno::EEXIST if twice => "an earlier seed has the same program: give each its own",
        Errno::EEXIST if is_kernels(fs, there) => {
            "the kernel itself makes a file of this name at boot: choose another path"
        }
        Errno::EEXIST => {
            "the image brings a file of this name, and the kernel overwrites none: leave it out of the tree, or choose another path"
        }
        Errno::EISDIR => "expected the path of a file, not of a folder",
        Errno::ENOTDIR => "a part of the path is no folder",
        Errno::ENOENT => {
            "a part of the path is a link to nothing, or a folder in which nothing can be made"
        }
        Errno::ELOOP => "a part of the path is a link that leads in a circle",
        Errno::ENAMETOOLONG => "the path or a part of it is too long",
        _ => "the kernel cannot make it",
    };
    format!("the seed's program {}: {reason} ({errno:?})", show(program))
}

/// Is it there without any image: a device, /proc?
fn is_kernels(fs: &Fs, there: Option<InodeId>) -> bool {
    let path = there.and_then(|there| fs.path_of(there).ok());
    path.zip(Fs::new().ok())
        .is_some_and(|(path, bare)| bare.resolve(InodeId::ROOT, &path, Follow::No).is_ok())
}

fn show(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
