//! The image in memory: each byte of it is compared with what the index says before anything else is done with it.

use alloc::format;
use alloc::string::{String, ToString};
use firmseed_core::fs::Fs;
use firmseed_core::image;
use firmseed_formats::image::{Index, KernelName, kernel_hash};
use firmseed_formats::sha256::{Digest, Hex};

use crate::arch::{self, BootState};
use crate::machine::{sha256, sha256_compression};
use crate::println;

/// An image that is whole.
pub struct Image {
    bytes: &'static [u8],
    /// What the image holds.
    pub index: Index<'static>,
    /// Its files. Contents stay in the tar.
    pub files: Fs,
    /// The hash of this kernel, as measured.
    pub kernel: Digest,
}

impl Image {
    /// Measures this kernel, and reads what follows it. Says so when the kernel is not the published one.
    ///
    /// # Errors
    /// A text that says what is damaged.
    pub fn open(bytes: &'static [u8], entry: BootState) -> Result<Self, String> {
        let extent = arch::extent();
        if bytes.len() as u64 <= extent.end {
            return Err(
                "this is a kernel without an image: make one with image-builder build".to_string()
            );
        }
        if !entry.data_were_zeros {
            return Err("image damaged: the kernel: its data are not zeros in the file".to_string());
        }
        let constant = &bytes[..extent.rodata_end as usize];
        let kernel = kernel_hash(constant, extent.end, sha256_compression());
        let (index, files) = image::load(bytes, extent.end as usize, &kernel, sha256)
            .map_err(|fault| format!("image damaged: {fault}"))?;
        if index.kernel_name == KernelName::Other {
            println!("firmseed: the kernel is not a published one: sha256 {}", Hex(&kernel));
        }
        Ok(Image { bytes, index, files, kernel })
    }

    /// The kernel's symbols, if there are any.
    pub fn symbols(&self) -> Option<&'static [u8]> {
        self.index.symbols?.slice(self.bytes)
    }
}
