//! A folder of the host as members of a tar: the same folder gives the same members on every machine.
//!
//! Kept: names, contents, the owner's permission bits, symbolic links, hard links, empty folders.
//! Left out, because it differs from one checkout to the next: times, owners, and what the umask
//! decides. Group and others get the owner's bits without write; set-id bits stay, and a sticky
//! folder (`/tmp`) stays open to all.

use crate::archive::{Body, Member};
use crate::{Error, Result};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use walkdir::WalkDir;

/// The members of the folder `root`, ordered by path, bytewise.
pub fn read(root: &Path) -> Result<Vec<Member<Vec<u8>>>> {
    if !std::fs::metadata(root).map_err(Error::io("read", root))?.is_dir() {
        return Err(Error::Tree {
            path: root.to_owned(),
            reason: "expected a folder; a tar goes with --tar".into(),
        });
    }
    let mut found = Vec::new();
    for entry in WalkDir::new(root).min_depth(1).follow_root_links(true) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(root).to_owned();
            Error::Tree { path, reason: error.to_string() }
        })?;
        let path = entry.path().strip_prefix(root).expect("a walk stays below its root");
        found.push((path.as_os_str().as_bytes().to_vec(), entry));
    }
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0));

    // Only looked up, never iterated: its order does not matter.
    let mut first_names = HashMap::new();
    found
        .into_iter()
        .map(|(path, entry)| {
            let meta = entry.metadata().map_err(|error| Error::Tree {
                path: entry.path().to_owned(),
                reason: error.to_string(),
            })?;
            let linked = meta.is_file() && meta.nlink() > 1;
            let first = linked.then(|| {
                first_names.entry((meta.dev(), meta.ino())).or_insert_with(|| path.clone()).clone()
            });
            let kind = match first {
                Some(target) if target != path => Body::Hardlink { target },
                _ => kind(entry.path(), &meta)?,
            };
            Ok(Member { path, kind })
        })
        .collect()
}

fn kind(path: &Path, meta: &Metadata) -> Result<Body<Vec<u8>>> {
    let mode = portable_mode(meta);
    let file_type = meta.file_type();
    if file_type.is_file() {
        let content = std::fs::read(path).map_err(Error::io("read", path))?;
        return Ok(Body::File { mode, content });
    }
    if file_type.is_dir() {
        return Ok(Body::Directory { mode });
    }
    if file_type.is_symlink() {
        let target = std::fs::read_link(path).map_err(Error::io("read the link", path))?;
        return Ok(Body::Symlink { target: OsStr::as_bytes(target.as_os_str()).to_vec() });
    }
    let what = match () {
        () if file_type.is_socket() => "a socket",
        () if file_type.is_fifo() => "a named pipe",
        () if file_type.is_block_device() => "a block device",
        () => "a character device",
    };
    let reason = format!(
        "it is {what}; only files, folders and links can (the kernel makes /dev itself): remove it from the tree"
    );
    Err(Error::Tree { path: path.to_owned(), reason })
}

/// The permission bits without what the umask of a checkout decides.
fn portable_mode(meta: &Metadata) -> u16 {
    let mode = (meta.mode() & 0o7777) as u16;
    if meta.is_dir() && mode & 0o1000 != 0 {
        return mode;
    }
    let owner = mode >> 6 & 0o7;
    (mode & 0o7000) | owner << 6 | (owner & 0o5) << 3 | (owner & 0o5)
}
