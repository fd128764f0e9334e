//! What differs between hosts: names, modes, symbolic links. Here is what Unix has and other hosts have not, or otherwise.
//!
//! Elsewhere names are Unicode, and what is unpacked has the host's own modes. Reading a folder is Unix's alone
//! ([`crate::tree`]).

use crate::{Error, Result};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// A relative path of this host, as the bytes of a path in an image.
pub fn bytes_of(path: &Path) -> Vec<u8> {
    let parts: Vec<&[u8]> = path.iter().map(OsStr::as_encoded_bytes).collect();
    parts.join(&b'/')
}

/// Where the path of a member is below `folder`.
///
/// # Errors
/// This host cannot have a file of that name: to Windows `C:` and backslashes are more than names.
pub fn below(folder: &Path, path: &[u8]) -> Result<PathBuf> {
    let mut place = folder.to_owned();
    for part in path.split(|&byte| byte == b'/') {
        let name = system::name(part).filter(|name| {
            let mut parts = Path::new(name).components();
            parts.next() == Some(Component::Normal(name)) && parts.next().is_none()
        });
        place.push(name.ok_or_else(|| Error::Extract {
            member: String::from_utf8_lossy(path).into_owned(),
            reason: "this host cannot have a file of that name".into(),
        })?);
    }
    Ok(place)
}

pub use system::{create_with, give, link, set_mode};

#[cfg(unix)]
mod system {
    use std::ffi::OsStr;
    use std::fs::{OpenOptions, Permissions};
    use std::io::Result;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
    use std::path::Path;

    /// A name of this host, if the bytes are one.
    pub fn name(bytes: &[u8]) -> Option<&OsStr> {
        Some(OsStr::from_bytes(bytes))
    }

    /// New files will have the mode, less the umask.
    pub fn create_with(options: &mut OpenOptions, mode: u32) -> &mut OpenOptions {
        options.mode(mode)
    }

    /// The same for a temporary file.
    pub fn give<'a, 'b, 'c>(
        builder: &'c mut tempfile::Builder<'a, 'b>,
        mode: u32,
    ) -> &'c mut tempfile::Builder<'a, 'b> {
        builder.permissions(Permissions::from_mode(mode))
    }

    /// Sets a file's mode.
    pub fn set_mode(place: &Path, mode: u32) -> Result<()> {
        std::fs::set_permissions(place, Permissions::from_mode(mode))
    }

    /// Makes a symbolic link.
    pub fn link(target: &[u8], place: &Path) -> Result<()> {
        symlink(OsStr::from_bytes(target), place)
    }
}

#[cfg(not(unix))]
mod system {
    use std::ffi::OsStr;
    use std::fs::OpenOptions;
    use std::io::{Error, ErrorKind, Result};
    use std::path::Path;

    pub fn name(bytes: &[u8]) -> Option<&OsStr> {
        std::str::from_utf8(bytes).ok().map(OsStr::new)
    }

    pub fn create_with(options: &mut OpenOptions, _: u32) -> &mut OpenOptions {
        options
    }

    pub fn give<'a, 'b, 'c>(
        builder: &'c mut tempfile::Builder<'a, 'b>,
        _: u32,
    ) -> &'c mut tempfile::Builder<'a, 'b> {
        builder
    }

    pub fn set_mode(_: &Path, _: u32) -> Result<()> {
        Ok(())
    }

    pub fn link(_: &[u8], _: &Path) -> Result<()> {
        Err(Error::new(ErrorKind::Unsupported, "this host has no symbolic links as Unix has them"))
    }
}
