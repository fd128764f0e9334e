//! The image in memory: its index, its symbols, and its files, each checked against its hash before it is used.

use alloc::format;
use alloc::string::{String, ToString};
use firmseed_core::fs::Fs;
use firmseed_core::image::{Index, Kind};

use crate::arch;
use crate::machine::sha256;

/// An image whose index is whole.
pub struct Image {
    bytes: &'static [u8],
    /// What the image holds.
    pub index: Index<'static>,
}

impl Image {
    /// Reads the index behind the kernel and checks its seal.
    ///
    /// # Errors
    /// A text that says what is damaged.
    pub fn open(bytes: &'static [u8]) -> Result<Self, String> {
        if bytes.len() as u64 <= arch::extent().end {
            return Err(
                "this is a kernel without an image: make one with image-builder build".to_string(),
            );
        }
        let index = Index::open(bytes, arch::extent().end as usize)
            .map_err(|error| format!("image damaged: {error}"))?;
        if !index.verify_seal(sha256) {
            return Err(
                "image damaged: the index does not have the hash that its last line says"
                    .to_string(),
            );
        }
        Ok(Image { bytes, index })
    }

    /// The kernel's symbols, if they are there and whole.
    pub fn symbols(&self) -> Option<&'static [u8]> {
        let part = self.index.symbols?;
        part.matches(self.bytes, sha256)
            .then(|| part.slice(self.bytes))?
    }

    /// The files. Contents stay in the tar, whose hash covers every byte of every file and header.
    ///
    /// # Errors
    /// A text that names what is damaged.
    pub fn unpack(&self) -> Result<Fs, String> {
        if !self.index.tar.matches(self.bytes, sha256) {
            return Err(self.name_damage()?);
        }
        let tar = self
            .index
            .tar
            .slice(self.bytes)
            .ok_or("image damaged: the tar is cut short")?;
        let mut files = Fs::new().map_err(|error| format!("no memory for files: {error:?}"))?;
        files
            .add_tar(tar)
            .map_err(|error| format!("image damaged: {error}"))?;
        Ok(files)
    }

    /// Says which part of a tar that has not its hash is damaged.
    fn name_damage(&self) -> Result<String, String> {
        for member in self.index.members() {
            let member = member.map_err(|error| format!("image damaged: {error}"))?;
            if let Kind::File { content, .. } = member.kind
                && !content.matches(self.bytes, sha256)
            {
                return Ok(format!(
                    "image damaged: {} does not have the hash that the index says",
                    member.path
                ));
            }
        }
        Ok("image damaged: a header of the tar; image-builder check says where".to_string())
    }
}
