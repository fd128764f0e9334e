//! Finding the index in an image, and which kernel's image it is.
//!
//! The kernel knows from its own linker script where its index is; a tool looks for it.

use super::form::{Compiled, Form, SeedKernel};
use super::text::IndexError;
use super::{ALIGNMENT, Index, VERSION_LINE};
use core::fmt;

/// Which of the two kernels an image is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// The one in Rust.
    Compiled,
    /// The one in hex0.
    Seed,
}

impl Flavour {
    /// That of the image with its index at `offset`, by the word in its line `kernel`. Where that makes no sense, by what
    /// is before the index: text, or the zeros of the Rust kernel's data.
    pub fn of(image: &[u8], offset: usize) -> Self {
        let mut lines = image[offset..].split(|&byte| byte == b'\n').skip(1);
        let line = lines.next();
        let word = line.and_then(|line| line.split(|&byte| byte == b' ').nth(3));
        match word {
            Some(b"seed") => Flavour::Seed,
            Some(b"published" | b"other") => Flavour::Compiled,
            _ if image[offset - 1] == b'\n' => Flavour::Seed,
            _ => Flavour::Compiled,
        }
    }

    /// The byte between the parts of an image.
    pub const fn padding(self) -> u8 {
        match self {
            Flavour::Compiled => Compiled::PADDING,
            Flavour::Seed => SeedKernel::PADDING,
        }
    }

    /// Opens the index at `offset` of an image.
    pub fn open(self, image: &[u8], offset: usize) -> Result<Index<'_>, IndexError<'_>> {
        match self {
            Flavour::Compiled => Index::open(image, offset),
            Flavour::Seed => Index::open_as::<SeedKernel>(image, offset),
        }
    }
}

/// Why an image has no index that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError<'a> {
    /// There is none.
    NoIndex,
    /// It is damaged.
    Index(IndexError<'a>),
}

impl fmt::Display for OpenError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::NoIndex => write!(
                f,
                "no Firmseed image: no page of it begins with the line `{VERSION_LINE}` (is it an older format, or another file?)"
            ),
            OpenError::Index(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OpenError<'_> {}

/// Finds and opens the index of `image`.
///
/// # Errors
/// There is none, or it is damaged.
pub fn open(image: &[u8]) -> Result<Index<'_>, OpenError<'_>> {
    let offset = find_index(image).ok_or(OpenError::NoIndex)?;
    let index = Flavour::of(image, offset).open(image, offset);
    index.map_err(OpenError::Index)
}

/// Where the index of `image` begins: at the page that begins with the version line and whose `kernel` line puts the
/// index just there. A page that has only one of the two is taken next, so that damage in either line can be named.
pub fn find_index(image: &[u8]) -> Option<usize> {
    let mut damaged = None;
    for at in (ALIGNMENT..image.len()).step_by(ALIGNMENT) {
        let page = &image[at..];
        let versioned = page.starts_with(VERSION_LINE.as_bytes());
        let kernel_end = page.get(VERSION_LINE.len() + 1..).and_then(kernel_size);
        let consistent = kernel_end == Some(at);
        match (versioned, consistent) {
            (true, true) => return Some(at),
            (false, false) => {}
            (false, true) => damaged = Some(at),
            (true, false) => damaged = damaged.or(Some(at)),
        }
    }
    damaged
}

/// The SIZE of what looks like a line `kernel SIZE SHA256 NAME`.
fn kernel_size(line: &[u8]) -> Option<usize> {
    let fields = line.strip_prefix(b"kernel ")?;
    let digits = fields.iter().take(20).position(|&byte| byte == b' ')?;
    core::str::from_utf8(&fields[..digits]).ok()?.parse().ok()
}
