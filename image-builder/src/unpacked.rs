//! What comes out of a port's tarball: `CONTENTS.sha256` in its folder, as `sha256sum -c` reads it.
//!
//! Who unpacks a tarball has read what is no text, so nothing that it writes derives from text by itself
//! (`docs/ledger.md`, "The policy"). This list is the text that vouches for its output: the machine checks it after
//! unpacking, and `verify` takes the hashes that stand in it. It is made from the pinned file and from nothing else.

use crate::archive::{self, Body};
use crate::port::{Pin, Port};
use crate::sources::Seeker;
use crate::{Error, Result, output, sha256};
use firmseed_formats::ledger::format::Class;
use firmseed_formats::sha256::Hex;
use firmseed_verify::image::content_of;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;

/// The list's name in a port's folder.
pub const LIST: &str = "CONTENTS.sha256";

/// A file that unpacks to more than this is refused: no machine of ours has that memory.
const MOST: u64 = 4 << 30;

/// Writes the list of `port` and returns where it is and how many lines it has; None where nothing is to be unpacked.
pub fn write(port: &Port, seeker: &Seeker) -> Result<Option<(PathBuf, usize)>> {
    let Some(pin) = &port.source else {
        return Ok(None);
    };
    let content = seeker.find(port, pin)?.content;
    if is_text(&content) {
        return Ok(None);
    }
    let text = list(port, pin, &content)?;
    let path = port.folder.join(LIST);
    output::write_atomically(&path, text.as_bytes())?;
    Ok(Some((path, text.lines().count())))
}

/// Has `port` the list that goes with `content`, what its pin stands for? One that this tool cannot make is taken as it is.
pub fn check(port: &Port, pin: &Pin, content: &[u8]) -> Result<()> {
    if is_text(content) {
        return Ok(());
    }
    let path = port.folder.join(LIST);
    let advice = format!("run `image-builder contents {}`", port.folder.display());
    let fault = |reason: String| {
        let path = path.clone();
        Error::Port { path, reason }
    };
    let found = match std::fs::read(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!(
                "{} is no text, and this list of what comes out of it is missing: {advice}, and let build.kaem check it",
                pin.file
            );
            return Err(fault(text));
        }
        Err(error) => return Err(Error::io("read", &path)(error)),
    };
    match list(port, pin, content) {
        Ok(made) if made.as_bytes() != found => {
            let text = format!("this is not what comes out of {}: {advice}", pin.file);
            Err(fault(text))
        }
        Ok(_) | Err(Error::Tar(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Lines `HASH  PATH`, in the order of the paths, for the regular files below the folder in which it is unpacked.
fn list(port: &Port, pin: &Pin, content: &[u8]) -> Result<String> {
    let tar = unpack(content, &pin.file)?;
    let mut files = BTreeMap::new();
    for member in archive::read(&tar)? {
        if let Body::File { content, .. } = member.kind {
            files.insert(member.path, sha256(&tar[content]));
        }
    }
    for name in pin.uses.iter().flatten() {
        if !files.keys().any(|path| is_used(path, name)) {
            return Err(Error::Port {
                path: port.folder.join("port.toml"),
                reason: format!("uses = {name:?}: nothing of that name is in {}", pin.file),
            });
        }
    }
    let mut text = String::new();
    for (path, hash) in &files {
        let used = |names: &Vec<String>| names.iter().any(|name| is_used(path, name));
        if !pin.uses.as_ref().is_none_or(used) {
            continue;
        }
        let path = std::str::from_utf8(path)
            .ok()
            .filter(|path| !path.contains(|c: char| c.is_control() || c == '\\'));
        let Some(path) = path else {
            return Err(Error::Source(format!(
                "{}: a name in it cannot stand in a list for sha256sum (a backslash, a control character, or not UTF-8); \
                 say in port.toml with `uses = [...]` which files the port needs",
                pin.file
            )));
        };
        // A String takes everything.
        let _ = writeln!(text, "{}  {path}", Hex(hash));
    }
    Ok(text)
}

/// Does `name`, a file's path or a folder's with a `/` at its end, stand for the file at `path`?
fn is_used(path: &[u8], name: &str) -> bool {
    match name.ends_with('/') {
        true => path.starts_with(name.as_bytes()),
        false => path == name.as_bytes(),
    }
}

/// The tar in `content`, by the formats that the chain's tools unpack.
fn unpack(content: &[u8], name: &str) -> Result<Vec<u8>> {
    let reader: Box<dyn Read + '_> = match content {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(content)),
        [b'B', b'Z', b'h', ..] => Box::new(bzip2::read::MultiBzDecoder::new(content)),
        _ => Box::new(content),
    };
    let mut tar = Vec::new();
    let read = reader.take(MOST + 1).read_to_end(&mut tar);
    read.map_err(|error| Error::Source(format!("{name} cannot be unpacked: {error}")))?;
    match tar.len() as u64 > MOST {
        true => Err(Error::Source(format!("{name} unpacks to more than {MOST} bytes"))),
        false => Ok(tar),
    }
}

fn is_text(content: &[u8]) -> bool {
    content_of(content).class == Class::Text
}
