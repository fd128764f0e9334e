//! The files that a run left: a folder as `qemu/run --out` makes it, or a tar.

use crate::archive::{self, Body};
use crate::{Error, Result, host};
use firmseed_verify::results::Artifact;
use std::path::Path;
use walkdir::WalkDir;

/// Every regular file at `path`.
///
/// # Errors
/// They cannot be read.
pub fn read(path: &Path) -> Result<Vec<Artifact>> {
    match path.is_dir() {
        true => of_folder(path),
        false => of_tar(&std::fs::read(path).map_err(Error::io("read", path))?),
    }
}

fn of_tar(tar: &[u8]) -> Result<Vec<Artifact>> {
    let file = |member: archive::ReadMember| match member.kind {
        Body::File { content, .. } => {
            Some(Artifact { path: [b"/", &member.path[..]].concat(), bytes: tar[content].to_vec() })
        }
        _ => None,
    };
    Ok(archive::read(tar)?.into_iter().filter_map(file).collect())
}

fn of_folder(folder: &Path) -> Result<Vec<Artifact>> {
    let mut artifacts = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Tree {
            path: error.path().unwrap_or(folder).to_owned(),
            reason: error.to_string(),
        })?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(folder);
            let below = below.expect("a walk stays below its root");
            artifacts.push(Artifact {
                path: [b"/", &host::bytes_of(below)[..]].concat(),
                bytes: std::fs::read(entry.path()).map_err(Error::io("read", entry.path()))?,
            });
        }
    }
    Ok(artifacts)
}
