//! Unpacking the files of an image, or of a tar, below a new folder, wherever a hostile one would like them to go.
//!
//! The folder is empty at the start, paths with `..` are refused, and symbolic links are made last:
//! so no path that is written to can lead through a link, and nothing that exists is overwritten.

use crate::archive::{self, Body};
use crate::progress::Progress;
use crate::{Error, Result, host, layout, sha256};
use firmseed_formats::escape::Escape;
use firmseed_formats::image::{self as index};
use firmseed_formats::sha256::Digest;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What was unpacked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    /// Files, with hard links.
    pub files: usize,
    /// Members that were passed over: devices.
    pub skipped: Vec<String>,
}

/// Unpacks the members of `image` below `folder`, which is made, or is empty. Each file's contents
/// are verified before they are written.
pub fn extract(image: &[u8], folder: &Path) -> Result<Extracted> {
    let index = layout::open(image)?;
    let mut members = Members::new();
    for member in index.members() {
        let member = member.map_err(|error| Error::Image(error.to_string()))?;
        let kind = match member.kind {
            index::MemberKind::File { content, mode } => {
                let bytes = content.slice(image).expect("the index was opened against this image");
                let content = Content { bytes, sha256: Some(content.sha256) };
                Body::File { mode, content }
            }
            index::MemberKind::Directory { mode } => Body::Directory { mode },
            index::MemberKind::Symlink { target } => {
                Body::Symlink { target: target.bytes().collect() }
            }
            index::MemberKind::Hardlink { target } => {
                Body::Hardlink { target: target.bytes().collect() }
            }
            index::MemberKind::Device { major, minor } => Body::Device { major, minor },
        };
        members.insert(member.path.bytes().collect(), kind);
    }
    unpack(&members, folder)
}

/// Unpacks a tar below `folder`, which is made, or is empty.
pub fn extract_tar(tar: &[u8], folder: &Path) -> Result<Extracted> {
    let mut members = Members::new();
    for entry in archive::read(tar)? {
        let kind = entry.kind.map(|content| Content { bytes: &tar[content], sha256: None });
        members.insert(entry.path, kind);
    }
    unpack(&members, folder)
}

/// A file's bytes, and what they must hash to where that is known.
struct Content<'a> {
    bytes: &'a [u8],
    sha256: Option<Digest>,
}

/// By path: as tar does, the last member of a path wins; folders come before what is in them.
type Members<'a> = BTreeMap<Vec<u8>, Body<Content<'a>>>;

fn unpack(members: &Members<'_>, folder: &Path) -> Result<Extracted> {
    prepare(folder)?;
    let sizes = members.values().map(|kind| match kind {
        Body::File { content, .. } => content.bytes.len() as u64,
        _ => 0,
    });
    let progress = Progress::new("unpacking", sizes.sum());
    let mut extracted = Extracted::default();
    let mut folder_modes = Vec::new();

    for (path, kind) in members {
        let place = place(folder, path)?;
        match kind {
            Body::File { content, mode } => {
                if content.sha256.is_some_and(|hash| hash != sha256(content.bytes)) {
                    return fail(
                        path,
                        "its contents do not match the index; run image-builder check",
                    );
                }
                write_new(&place, content.bytes, *mode)?;
                progress.advance(content.bytes.len());
                extracted.files += 1;
            }
            Body::Directory { mode } => {
                fs::create_dir_all(&place).map_err(Error::io("make the folder", &place))?;
                folder_modes.push((place, *mode));
            }
            Body::Device { .. } => extracted.skipped.push(Escape(path).to_string()),
            Body::Symlink { .. } | Body::Hardlink { .. } => {}
        }
    }
    for (path, kind) in members {
        if let Body::Hardlink { target } = kind {
            hard_link(folder, path, target, members)?;
            extracted.files += 1;
        }
    }
    for (path, kind) in members {
        if let Body::Symlink { target } = kind {
            make_symlink(&place(folder, path)?, target)?;
        }
    }
    // Last and deepest first: a folder without the write bit would refuse what goes into it.
    for (place, mode) in folder_modes.into_iter().rev() {
        set_mode(&place, mode)?;
    }
    Ok(extracted)
}

/// Makes the folder, or sees that it is empty.
pub fn prepare(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
    let mut entries = fs::read_dir(folder).map_err(Error::io("read the folder", folder))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Error::Request(format!(
            "{} is not empty; name a new or empty folder",
            folder.display()
        ))),
    }
}

/// Where `path` goes below `folder`; its parents are made.
fn place(folder: &Path, path: &[u8]) -> Result<PathBuf> {
    let shown = || String::from_utf8_lossy(path).into_owned();
    let mut parts = path.split(|&b| b == b'/');
    if path != b"." && parts.any(|part| matches!(part, b"" | b"." | b"..")) {
        return Err(Error::Extract {
            member: shown(),
            reason: "its path is absolute, climbs with `..`, or is not the shortest".into(),
        });
    }
    if path == b"." {
        return Ok(folder.to_owned());
    }
    let place = host::below(folder, path)?;
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).map_err(Error::io("make the folder", parent))?;
    }
    Ok(place)
}

/// Creates a file that must not exist yet, which also means that no link is followed.
fn write_new(place: &Path, bytes: &[u8], mode: u16) -> Result<()> {
    let mut file = host::create_with(fs::OpenOptions::new().write(true).create_new(true), 0o600)
        .open(place)
        .map_err(Error::io("create", place))?;
    file.write_all(bytes).map_err(Error::io("write", place))?;
    set_mode(place, mode)
}

/// The mode without set-id bits: the file's owner here is whoever unpacks.
fn set_mode(place: &Path, mode: u16) -> Result<()> {
    host::set_mode(place, u32::from(mode & 0o1777)).map_err(Error::io("set the mode of", place))
}

fn make_symlink(place: &Path, target: &[u8]) -> Result<()> {
    host::link(target, place).map_err(Error::io("make the link", place))
}

fn hard_link(folder: &Path, path: &[u8], target: &[u8], members: &Members<'_>) -> Result<()> {
    // Chains of links lead to a file, a symbolic link or nowhere, in at most as many steps as there are members.
    let mut target = target;
    for _ in 0..members.len() {
        match members.get(target) {
            Some(Body::Hardlink { target: next }) => target = next,
            Some(Body::File { .. }) => {
                let (from, to) = (place(folder, target)?, place(folder, path)?);
                return fs::hard_link(&from, &to).map_err(Error::io("make the link", &to));
            }
            Some(Body::Symlink { target }) => return make_symlink(&place(folder, path)?, target),
            _ => break,
        }
    }
    fail(path, "it is a hard link to what is no file among the members")
}

fn fail<T>(path: &[u8], reason: &str) -> Result<T> {
    Err(Error::Extract { member: Escape(path).to_string(), reason: reason.into() })
}
