//! From a folder or a tar, and a kernel, to an image; what could not boot is refused here.
//!
//! The judge is the kernel's own code ([`crate::accept`]).

use crate::kernel::{self, Kernel};
use crate::layout::{self, Settings};
use crate::ledger::earlier::{EarlierRun, follow};
use crate::progress::Progress;
use crate::sources::Seeker;
use crate::{
    Error, Result, accept, archive, check, continued, output, port_files, seed_kernel, tree,
};
use std::path::{Path, PathBuf};

/// Where the files come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder of the host.
    Tree(PathBuf),
    /// A plain tar, taken byte for byte.
    Tar(PathBuf),
    /// What the last of these runs left, each of which continues the one before.
    Earlier(Vec<EarlierRun>),
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
    let ports = &request.ports;
    let tar_with_ports = |mut members| {
        port_files::add(&mut members, &ports.folders, &ports.seeker)?;
        archive::write(&members)
    };
    let mut settings = request.settings.clone();
    let tar = match &request.source {
        Source::Tree(root) => tar_with_ports(tree::read(root)?)?,
        Source::Earlier(runs) => {
            settings.continues = follow(runs)?.map(|run| run.head);
            let last = runs.last().ok_or_else(|| Error::Request("no run to continue".into()))?;
            tar_with_ports(continued::members(last, &ports.folders)?)?
        }
        Source::Tar(file) => std::fs::read(file).map_err(Error::io("read", file))?,
    };
    let (image, members) = image(kernel, tar, &settings)?;
    output::write_atomically(path, &image)?;
    Ok(Built { size: image.len(), members })
}

/// The image of `kernel` and `tar`, in memory, and the number of its members.
///
/// The tar is leaked: the kernel's file system keeps its pages for ever, and this process is short.
pub fn image(kernel: Kernel, tar: Vec<u8>, settings: &Settings) -> Result<(Vec<u8>, usize)> {
    let tar: &'static [u8] = tar.leak();
    let entries = archive::read(tar)?;
    if let Some(odd) = settings.environment.iter().find(|variable| !variable.contains(&b'=')) {
        return refuse(format!("--env {}: expected NAME=VALUE", show(odd)));
    }
    let (settings, _) = accept::review(tar, accept::files(tar)?, settings)?;
    let progress = Progress::new("hashing", tar.len() as u64);
    let image = layout::assemble(kernel, tar, &entries, &settings, &progress)?;
    match check::check(&image)?.damage.first() {
        None => Ok((image, entries.len())),
        Some(damage) => refuse(format!("the kernel would refuse it: {damage}")),
    }
}

fn refuse<T>(text: String) -> Result<T> {
    Err(Error::Request(text))
}

fn show(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}
