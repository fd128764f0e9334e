//! Why an image could not be made or read: each message says what, where, and what to do.

use std::path::{Path, PathBuf};
use thiserror::Error;

/// The result of everything in this library.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, Error)]
pub enum Error {
    /// The host refused to read or write.
    #[error("cannot {action} {}: {answer}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The host's answer. No `source` of the error: its text is in the message already.
        answer: std::io::Error,
    },
    /// The kernel ELF cannot become the head of an image.
    #[error("{} cannot serve as the kernel: {reason}", path.display())]
    Kernel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Something in the tree cannot go into a tar.
    #[error("{} cannot go into an image: {reason}", path.display())]
    Tree {
        /// The file in the tree.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The bytes are no tar, or one that the kernel does not read.
    #[error("not a plain tar: {0}")]
    Tar(String),
    /// What was asked for does not fit the files.
    #[error("{0}")]
    Request(String),
    /// The bytes are no image, or its index is damaged.
    #[error("{0}")]
    Image(String),
    /// The simulated machine did not come to PID 1's end.
    #[error(transparent)]
    Simulation(simulator::Failure),
    /// Not all that the simulated machine's console said was shown.
    #[error(
        "the console could not be written: {0}; the machine went on without it to the end of process 1, with status {1}"
    )]
    Console(String, u8),
    /// A port is not as docs/ports.md wants it.
    #[error("{}: {reason}", path.display())]
    Port {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A port's tarball is nowhere, or another file.
    #[error("{0}")]
    Source(String),
    /// An SD card that cannot be made, or cannot be read.
    #[error("{}: {reason}", path.display())]
    Card {
        /// The card, its image, or a file that should go onto it.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A member cannot be unpacked.
    #[error("cannot unpack member {member}: {reason}")]
    Extract {
        /// Its path, as the index writes it.
        member: String,
        /// Why not.
        reason: String,
    },
}

impl Error {
    /// An I/O error of `action` on `path`, for `map_err`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |answer| Error::Io { action, path, answer }
    }
}
