//! Would the kernel accept it? Its own code is asked: what passes here, boots.
//!
//! This is the one place of the tool that calls `firmseed_core`: the reader of images ([`load`]), the file system, which
//! loads the tar here as it will at boot ([`files`]), and what makes seeds and starts PID 1 ([`review`]).

mod seeds;
mod startable;

use crate::archive::{self, Body, ReadMember};
use crate::layout::Settings;
use crate::{Error, Result, sha256};
use firmseed_core::fs::{Follow, Fs, InodeId};
use firmseed_core::image;
use firmseed_formats::image::{Flavour, Index, SeedKernel};
use firmseed_formats::sha256::Digest;
use firmseed_verify::origin::Start;
use seeds::{Placed, Problem};
use startable::StartFiles;

pub use firmseed_core::image::Fault;
pub use seeds::misspelled;

/// Asks the kernel's judge of images: every byte of `image`, whose index begins at `offset`.
///
/// # Errors
/// The one thing that is wrong, in the kernel's words.
pub fn load(
    flavour: Flavour,
    image: &'static [u8],
    offset: usize,
    kernel: &Digest,
) -> std::result::Result<(Index<'static>, Fs), Fault<'static>> {
    match flavour {
        Flavour::Compiled => image::load(image, offset, kernel, sha256),
        Flavour::Seed => image::load_as::<SeedKernel>(image, offset, kernel, sha256),
    }
}

/// The files of a tar, as the kernel loads them.
pub fn files(tar: &'static [u8]) -> Result<Fs> {
    let mut files =
        Fs::new().map_err(|errno| Error::Tar(format!("no memory for its files ({errno:?})")))?;
    files.add_tar(tar).map_err(|error| {
        Error::Tar(format!(
            "the kernel would refuse it: {}{error}",
            archive::name_at(tar, error.offset)
        ))
    })?;
    Ok(files)
}

/// `settings` against the files of `tar`: an error where the kernel could not start with them, else as the index is
/// to state them, and how PID 1 starts.
pub fn review(tar: &[u8], fs: Fs, settings: &Settings) -> Result<(Settings, Start)> {
    let entries = archive::read(tar)?;
    let mut review = Review { tar, entries: &entries, settings, fs };
    let (seeds, start) = review.all()?;
    let paths = seeds.into_iter().map(|seed| (seed.text, seed.program));
    let settings = Settings { seeds: paths.collect(), ..settings.clone() };
    Ok((settings, start))
}

/// Settings against the files.
struct Review<'a> {
    tar: &'a [u8],
    entries: &'a [ReadMember],
    settings: &'a Settings,
    fs: Fs,
}

impl Review<'_> {
    /// The seeds first, as at boot: PID 1 and its folder may be theirs.
    fn all(&mut self) -> Result<(Vec<Placed>, Start)> {
        let seeds = seeds::place(&mut self.fs, self.tar, self.entries, &self.settings.seeds)
            .map_err(|problem| self.explain(problem))?;
        let cwd = &self.settings.cwd;
        require_absolute("--cwd", cwd)?;
        let Some(folder) = self.find(cwd).filter(|cwd| self.fs.is_directory(*cwd)) else {
            return refuse(format!(
                "--cwd {} is no folder of the image{}",
                show(cwd),
                self.similar(cwd)
            ));
        };
        let start = self.init(folder, &seeds)?;
        Ok((seeds, start))
    }

    fn explain(&self, problem: Problem) -> Error {
        Error::Request(match problem {
            Problem::Other(text) => text,
            Problem::NoText(path) => {
                let hint = self.similar(&path);
                format!("the seed's text {} is no file of the image{hint}", show(&path))
            }
        })
    }

    /// PID 1 must be a program that the policy lets run, or a script for one.
    fn init(&self, cwd: InodeId, seeds: &[Placed]) -> Result<Start> {
        let init = &self.settings.init;
        require_absolute("--init", init)?;
        if self.find(init).is_none() {
            return refuse(format!(
                "--init {} is not in the image{}",
                show(init),
                self.similar(init)
            ));
        }
        let files = StartFiles {
            fs: &self.fs,
            tar: self.tar,
            entries: self.entries,
            seeds,
            cwd,
            policy: self.settings.policy,
        };
        files
            .start(init, &self.settings.arguments)
            .or_else(|problem| refuse(format!("--init {} {problem}", show(init))))
    }

    fn find(&self, path: &[u8]) -> Option<InodeId> {
        self.fs.resolve(InodeId::ROOT, path, Follow::Yes).ok()
    }

    /// A hint: members of the same name elsewhere, or whose names begin alike.
    fn similar(&self, path: &[u8]) -> String {
        let name = |path: &[u8]| {
            path.rsplit(|&b| b == b'/').next().unwrap_or_default().to_ascii_lowercase()
        };
        let wanted = name(path);
        let close = |entry: &&ReadMember| {
            let name = name(&entry.path);
            let is_program = !matches!(entry.kind, Body::Directory { .. } | Body::Device { .. });
            let alike = name.len().min(wanted.len()) >= 2
                && (name.starts_with(&wanted) || wanted.starts_with(&name));
            is_program && (name == wanted || alike)
        };
        let close = self.entries.iter().filter(close).take(5);
        let list: Vec<String> = close.map(|entry| format!("/{}", show(&entry.path))).collect();
        match list.is_empty() {
            true => String::new(),
            false => format!("; did you mean {}?", list.join(" or ")),
        }
    }
}

fn require_absolute(what: &str, path: &[u8]) -> Result<()> {
    match path.starts_with(b"/") && !path.contains(&0) {
        true => Ok(()),
        false => refuse(format!("{what} {}: expected an absolute path", show(path))),
    }
}

fn refuse<T>(text: String) -> Result<T> {
    Err(Error::Request(text))
}

fn show(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
