//! Writing a file whole or not at all: to a temporary neighbour first, then renamed.

use crate::{Error, Result, host};
use std::fs::File;
use std::io::{Result as IoResult, Write};
use std::path::Path;

/// Puts `bytes` into `path`. Nothing half-written is ever seen under that name.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, |file| file.write_all(bytes))
}

/// Makes `path` the file that `write` fills. Nothing half-written is ever seen under that name. What is no regular file is
/// never replaced; a link to one stays, and its file is.
pub fn replace(path: &Path, write: impl FnOnce(&mut File) -> IoResult<()>) -> Result<()> {
    let is_there = std::fs::symlink_metadata(path).is_ok();
    if is_there && !std::fs::metadata(path).is_ok_and(|meta| meta.is_file()) {
        let text =
            "exists and is not a regular file; name a file to write (to a device, copy it with dd)";
        return Err(Error::Request(format!("{} {text}", path.display())));
    }
    let target = match is_there {
        true => std::fs::canonicalize(path).map_err(Error::io("find", path))?,
        false => path.to_owned(),
    };
    let path = target.as_path();
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // The mode less the umask, as for any new file.
    let mut file = host::give(builder.prefix(".image-builder-"), 0o666)
        .tempfile_in(folder)
        .map_err(Error::io("create a file in", folder))?;
    write(file.as_file_mut()).map_err(Error::io("write", file.path()))?;
    file.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}
