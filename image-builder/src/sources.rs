//! Finding the tarballs that ports pin, and keeping them outside the repository.
//!
//! A file is what its SHA-256 says, wherever it comes from, and nothing else: every place's file is
//! hashed before anybody sees it. The places, in order: the port's own folder, the folders that the
//! user names, the cache, Debian's source package, upstream's address. Only the last two need a
//! network, and what they bring goes to the cache.

use crate::port::{Pin, Port};
use crate::{Error, Result, output, sha256};
use firmseed_formats::sha256::Hex;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How curl fetches: nothing but https, one address where it has {} or [] too, and an end where nothing comes for a minute (curl(1)).
const CURL: [&str; 15] = [
    "--fail",
    "--location",
    "--max-redirs",
    "10",
    "--proto",
    "=https",
    "--proto-redir",
    "=https",
    "--globoff",
    "--speed-limit",
    "1",
    "--speed-time",
    "60",
    "--silent",
    "--show-error",
];

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Seeker {
    /// Folders that the user names.
    pub folders: Vec<PathBuf>,
    /// The cache: `ports/SHA256/FILE` below it. Without one, [`default_cache`].
    pub cache: Option<PathBuf>,
    /// The command that, given `--source PACKAGE`, fetches a Debian source package and prints the folder it is in.
    pub debian: Option<PathBuf>,
    /// Ask no network.
    pub offline: bool,
}

/// A file that is what its port pins.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it lies for good.
    pub path: PathBuf,
    /// What is in it.
    pub content: Vec<u8>,
}

/// `$FIRMSEED_CACHE`, or `firmseed` in `$XDG_CACHE_HOME`, or in `~/.cache`; as qemu/lib/common.sh has it.
pub fn default_cache() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(cache) = variable("FIRMSEED_CACHE") {
        return Ok(cache.into());
    }
    let caches = variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")));
    caches.map(|caches| caches.join("firmseed")).ok_or_else(|| {
        let text = "no cache folder: HOME is not set; name one with --cache DIR";
        Error::Request(text.into())
    })
}

impl Seeker {
    /// The file that `port` pins.
    pub fn find(&self, port: &Port, pin: &Pin) -> Result<Found> {
        let own = port.folder.join(&pin.file);
        if let Some(content) = read(&own)? {
            verify(&own, &content, port, pin, "replace it")?;
            return Ok(Found { path: own, content });
        }
        let root = self.cache.clone().map_or_else(default_cache, Ok)?;
        let kept = root.join("ports").join(&pin.sha256).join(&pin.file);
        for folder in &self.folders {
            let path = folder.join(&pin.file);
            if let Some(content) = read(&path)? {
                verify(&path, &content, port, pin, "replace it")?;
                return keep(content, kept);
            }
        }
        if let Some(content) = read(&kept)? {
            verify(&kept, &content, port, pin, "remove it to fetch it again")?;
            let path = kept;
            return Ok(Found { path, content });
        }
        let mut tried = Vec::new();
        if !self.offline {
            for fetch in [Self::ask_debian, Self::ask_upstream] {
                match fetch(self, pin, &root) {
                    Ok(None) => {}
                    Ok(Some((from, content))) => {
                        verify(&from, &content, port, pin, "upstream's file or the pin is wrong")?;
                        return keep(content, kept);
                    }
                    Err(reason) => tried.push(reason),
                }
            }
        }
        Err(self.nowhere(port, pin, &kept, &tried))
    }

    /// From Debian's source package, where the pin names one.
    fn ask_debian(&self, pin: &Pin, cache: &Path) -> Fetched {
        let (Some(package), Some(command)) = (&pin.debian, &self.debian) else {
            return Ok(None);
        };
        let run = Command::new(command)
            .args(["--source", package])
            .env("FIRMSEED_CACHE", cache)
            .stderr(std::process::Stdio::inherit())
            .output();
        let show = format!("{} --source {package}", command.display());
        let run = run.map_err(|error| format!("{show}: {error}"))?;
        let folder = String::from_utf8_lossy(&run.stdout);
        if !run.status.success() {
            return Err(format!("{show}: {}", run.status));
        }
        let path = Path::new(folder.trim_end()).join(&pin.file);
        match std::fs::read(&path) {
            Ok(content) => Ok(Some((path, content))),
            Err(error) => Err(format!("{show}: it has no {}: {error}", pin.file)),
        }
    }

    /// From upstream, where the pin says where that is, with the user's own curl: by https only, also where that leads on,
    /// and no more than the pin's size.
    fn ask_upstream(&self, pin: &Pin, _: &Path) -> Fetched {
        let (Some(url), Some(size)) = (&pin.url, pin.size) else {
            return Ok(None);
        };
        let mut run = match Command::new("curl").args(CURL).arg(url).stdout(Stdio::piped()).spawn()
        {
            Ok(run) => run,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(format!("{url}: curl is not here to fetch it"));
            }
            Err(error) => return Err(format!("curl {url}: {error}")),
        };
        let mut content = Vec::new();
        let output = run.stdout.take().expect("piped above");
        let read = output.take(size.saturating_add(1)).read_to_end(&mut content);
        // Whoever sends too much is not heard to the end: the pipe is closed, and curl ends.
        let status = run.wait().map_err(|error| format!("curl {url}: {error}"))?;
        read.map_err(|error| format!("curl {url}: {error}"))?;
        if content.len() as u64 > size {
            return Err(format!("{url}: it sends more than the {size} bytes of the pin"));
        }
        match status.success() {
            true => Ok(Some((url.into(), content))),
            false => Err(format!("curl {url}: {status}")),
        }
    }

    fn nowhere(&self, port: &Port, pin: &Pin, kept: &Path, tried: &[String]) -> Error {
        let mut text = format!("{}, which port {} pins, is not here", pin.file, port.name);
        let places = [&port.folder].into_iter().chain(&self.folders);
        places.for_each(|place| text += &format!("\n  not in {}", place.display()));
        text += &format!("\n  not in the cache: {}", kept.display());
        tried.iter().for_each(|reason| text += &format!("\n  {reason}"));
        if self.offline {
            text += "\n  not fetched: --offline";
        } else if tried.is_empty() {
            text +=
                "\n  its port.toml names no place that it can be fetched from here (debian, url)";
        }
        text += "\n  put the file into a folder and name that with --sources DIR";
        Error::Source(text)
    }
}

/// Nothing where the pin does not name the place; otherwise the file and where it came from, or why not.
type Fetched = std::result::Result<Option<(PathBuf, Vec<u8>)>, String>;

/// The bytes of `path`, if there is such a file.
fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}

/// `content` is what `pin` says, or an error with both hashes.
fn verify(path: &Path, content: &[u8], port: &Port, pin: &Pin, advice: &str) -> Result<()> {
    let (path, toml) = (path.display(), port.folder.join("port.toml"));
    let found = Hex(&sha256(content)).to_string();
    if found != pin.sha256 {
        return Err(Error::Source(format!(
            "{path} is not the file that {} pins\n  expected sha256 {}\n  found sha256    {found} ({} bytes)\n  {advice}",
            toml.display(),
            pin.sha256,
            content.len()
        )));
    }
    if let Some(size) = pin.size.filter(|size| *size != content.len() as u64) {
        let (toml, real) = (toml.display(), content.len());
        return Err(Error::Source(format!(
            "{toml} says size = {size}, but {path}, which has its sha256, has {real} bytes"
        )));
    }
    Ok(())
}

fn keep(content: Vec<u8>, path: PathBuf) -> Result<Found> {
    let folder = path.parent().expect("a file in the cache has a folder");
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    output::write_atomically(&path, &content)?;
    Ok(Found { path, content })
}
