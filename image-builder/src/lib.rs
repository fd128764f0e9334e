//! Firmware images as values: the library under the `image-builder` command.
//!
//! An image is an arm64 Image header and kernel, an index in text, the kernel's symbols and a plain
//! tar (`docs/image.md`). [`build`] makes one, [`check`] proves one against its own index, [`inspect`]
//! and [`extract`] show what is in it; [`port`] and [`sources`] bring users' programs along; [`ledger`], [`report`] and
//! [`sbom`] tell of images and ledgers. The formats are those of `firmseed_formats`, so the kernel and this tool cannot
//! disagree about them. Whether a ledger may be believed is `firmseed_verify`'s to say; whether the kernel would accept
//! an image is asked of its own code, in [`accept`].
//!
//! Layers, each uses only those above it (`tests/layers.rs` holds that):
//!
//! ```text
//! error        progress     published
//! host
//! archive      kernel       output       port         sbom         trace
//! layout       seed_kernel  sources      tree
//! accept       extract      inspect      unpacked
//! check        port_files   simulate
//! ledger       sd
//! continued    report
//! build
//! ```
#![forbid(unsafe_code)]

pub mod accept;
pub mod archive;
pub mod build;
pub mod check;
mod continued;
pub mod error;
pub mod extract;
mod host;
pub mod inspect;
pub mod kernel;
pub mod layout;
pub mod ledger;
pub mod output;
pub mod port;
pub mod port_files;
pub mod progress;
pub mod published;
pub mod report;
pub mod sbom;
pub mod sd;
pub mod seed_kernel;
pub mod simulate;
pub mod sources;
pub mod trace;
#[cfg(unix)]
pub mod tree;
pub mod unpacked;

/// Elsewhere a folder does not tell which of its files are programs.
#[cfg(not(unix))]
pub mod tree {
    use crate::archive::Member;
    use crate::{Error, Result};
    use std::path::Path;

    /// Refuses.
    pub fn read(root: &Path) -> Result<Vec<Member<Vec<u8>>>> {
        let reason = "this host's files have no modes as Unix has them; give a tar, with --tar";
        Err(Error::Tree { path: root.to_owned(), reason: reason.into() })
    }
}

pub use error::{Error, Result};

/// The SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> firmseed_formats::sha256::Digest {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}
