//! In what images of one kernel differ from those of another, beside their first bytes.

use super::facts::KernelName;

/// A form of image. The kernel knows its own, [`Compiled`]; a tool knows both.
pub trait Form {
    /// The words for its kernels, in an error's text.
    const NAMES: &'static str;
    /// The byte between index, symbols and tar.
    const PADDING: u8;
    /// What a word for a kernel means; `None` where no kernel of this form is called so.
    fn name(word: &[u8]) -> Option<KernelName>;
}

/// Images of the compiled kernel.
#[derive(Clone, Copy, Debug)]
pub struct Compiled;

impl Form for Compiled {
    const NAMES: &'static str = "`published` or `other`";
    const PADDING: u8 = 0;

    fn name(word: &[u8]) -> Option<KernelName> {
        match word {
            b"published" => Some(KernelName::Published),
            b"other" => Some(KernelName::Other),
            _ => None,
        }
    }
}

/// Images of the kernel in hex0 text (docs/seed-image.md).
#[derive(Clone, Copy, Debug)]
pub struct SeedKernel;

impl Form for SeedKernel {
    const NAMES: &'static str = "`seed`";
    const PADDING: u8 = b'\n';

    fn name(word: &[u8]) -> Option<KernelName> {
        (word == b"seed").then_some(KernelName::Seed)
    }
}
