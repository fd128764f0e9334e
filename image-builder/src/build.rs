//! From a folder or a tar, and a kernel, to an image; what could not boot is refused here.
//!
//! The judge is the kernel's own file system (`firmseed_core::fs`): it loads the tar, here as it will
//! at boot, and follows the path of PID 1 as exec will.

use crate::archive::{self, Entry, Kind};
use crate::kernel::{self, Kernel};
use crate::layout::{self, Settings};
use crate::progress::Progress;
use crate::seeds::{self, Placed, Problem};
use crate::sources::Seeker;
use crate::startable::{Files, Start};
use crate::{Error, Result, check, output, port, seed_kernel, tree};
use firmseed_core::fs::{Follow, Fs, InodeId};
use std::path::{Path, PathBuf};

/// Where the files come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder of the host.
    Tree(PathBuf),
    /// A plain tar, taken byte for byte.
    Tar(PathBuf),
}

/// The ports that a tree gets.
#[derive(Clone, Debug, Default)]
pub struct Ports {
    /// Their folders, in the order in which they are built.
    pub folders: Vec<PathBuf>,
    /// Where their tarballs are.
    pub seeker: Seeker,
}

/// Where the kernel comes from.
#[derive(Clone, Debug)]
pub enum KernelSource {
    /// The ELF file of the Rust kernel beside this tool.
    Default,
    /// Another ELF file of it.
    Elf(PathBuf),
    /// The folder with the seed kernel's texts.
    Seed(PathBuf),
}

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The files.
    pub source: Source,
    /// What a tree gets beside its own files.
    pub ports: Ports,
    /// How they are run.
    pub settings: Settings,
    /// What boots them.
    pub kernel: KernelSource,
}

/// What was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Bytes of the image.
    pub size: usize,
    /// Members of its tar.
    pub members: usize,
}

/// Builds the image and writes it to `path`, whole or not at all.
pub fn build(request: &Request, path: &Path) -> Result<Built> {
    let kernel = match &request.kernel {
        KernelSource::Default => Kernel::read(&kernel::default_path()?)?,
        KernelSource::Elf(path) => Kernel::read(path)?,
        KernelSource::Seed(folder) => seed_kernel::read(folder)?,
    };
    let tar = match &request.source {
        Source::Tree(root) => {
            let mut members = tree::read(root)?;
            port::add(&mut members, &request.ports.folders, &request.ports.seeker)?;
            archive::write(&members)?
        }
        Source::Tar(file) => std::fs::read(file).map_err(Error::io("read", file))?,
    };
    let (image, members) = image(kernel, tar, &request.settings)?;
    output::write_atomically(path, &image)?;
    Ok(Built {
        size: image.len(),
        members,
    })
}

/// The image of `kernel` and `tar`, in memory, and the number of its members.
///
/// The tar is leaked: the kernel's file system keeps its pages for ever, and this process is short.
pub fn image(kernel: Kernel, tar: Vec<u8>, settings: &Settings) -> Result<(Vec<u8>, usize)> {
    let tar: &'static [u8] = tar.leak();
    let entries = archive::read(tar)?;
    if let Some(odd) = settings
        .environment
        .iter()
        .find(|variable| !variable.contains(&b'='))
    {
        return refuse(format!("--env {}: expected NAME=VALUE", show(odd)));
    }
    let (settings, _) = review(tar, load(tar)?, settings)?;
    let progress = Progress::new("hashing", tar.len() as u64);
    let image = layout::assemble(kernel, tar, &entries, &settings, &progress)?;
    match check::check(&image)?.findings.first() {
        None => Ok((image, entries.len())),
        Some(finding) => refuse(format!("the kernel would refuse it: {finding}")),
    }
}

/// The files of a tar, as the kernel loads them.
fn load(tar: &'static [u8]) -> Result<Fs> {
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
pub(crate) fn review(tar: &[u8], fs: Fs, settings: &Settings) -> Result<(Settings, Start)> {
    let entries = archive::read(tar)?;
    let mut review = Review {
        tar,
        entries: &entries,
        settings,
        fs,
    };
    let (seeds, start) = review.all()?;
    let paths = seeds.into_iter().map(|seed| (seed.text, seed.program));
    let settings = Settings {
        seeds: paths.collect(),
        ..settings.clone()
    };
    Ok((settings, start))
}

/// Settings against the files.
struct Review<'a> {
    tar: &'a [u8],
    entries: &'a [Entry],
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
                format!(
                    "the seed's text {} is no file of the image{hint}",
                    show(&path)
                )
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
        let files = Files {
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
            path.rsplit(|&b| b == b'/')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let wanted = name(path);
        let close = |entry: &&Entry| {
            let name = name(&entry.path);
            let is_program = !matches!(entry.kind, Kind::Directory { .. } | Kind::Device { .. });
            let alike = name.len().min(wanted.len()) >= 2
                && (name.starts_with(&wanted) || wanted.starts_with(&name));
            is_program && (name == wanted || alike)
        };
        let close = self.entries.iter().filter(close).take(5);
        let list: Vec<String> = close
            .map(|entry| format!("/{}", show(&entry.path)))
            .collect();
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
