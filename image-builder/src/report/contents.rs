//! The files of an image with their bytes, as [`Image`] knows them: what the page shows of the inputs.

use firmseed_formats::ledger::format::{Class, Content};
use firmseed_formats::ledger::parse::File;
use firmseed_formats::sha256::Digest;
use firmseed_verify::image::Image;
use std::collections::HashMap;

/// A regular file of the image.
pub struct ImageFile<'a> {
    /// Absolute.
    pub path: Vec<u8>,
    /// Computed from the bytes, whatever the index says.
    pub content: Content,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// An image's files and the facts of its index that the page tells.
pub struct Contents<'a> {
    /// Bytes of the image.
    pub size: usize,
    /// The hash of the image.
    pub sha256: Digest,
    /// The kernel's hash, as [`Image`] computes it.
    pub kernel: Digest,
    /// Its bytes.
    pub kernel_size: u64,
    /// The hash of its tar.
    pub tar: Digest,
    /// In the order of the tar.
    pub files: Vec<ImageFile<'a>>,
    expected: Vec<(Digest, Vec<u8>)>,
    by_hash: HashMap<Digest, usize>,
}

impl<'a> Contents<'a> {
    /// The files of `image`.
    pub fn new(image: &Image<'a>) -> Self {
        let with_bytes = |file: &File| ImageFile {
            bytes: image.at(&file.path).map_or(&[][..], |(_, bytes)| bytes),
            path: file.path.clone(),
            content: file.content,
        };
        let files: Vec<_> = image.files.iter().map(with_bytes).collect();
        let mut by_hash = HashMap::new();
        for (place, file) in files.iter().enumerate() {
            by_hash.entry(file.content.sha256).or_insert(place);
        }
        Contents {
            size: image.bytes.len(),
            sha256: crate::sha256(image.bytes),
            kernel: image.kernel,
            kernel_size: image.index.kernel.size,
            tar: image.index.tar.sha256,
            files,
            expected: image.expected.clone(),
            by_hash,
        }
    }

    /// The first file with these contents.
    pub fn with_hash(&self, sha256: &Digest) -> Option<usize> {
        self.by_hash.get(sha256).copied()
    }

    /// Does the image's /SHA256SUMS expect a file of this path and hash?
    pub fn expects(&self, path: &[u8], sha256: &Digest) -> bool {
        let listed = |(hash, name): &(Digest, Vec<u8>)| hash == sha256 && name == path;
        self.expected.iter().any(listed)
    }

    /// The file of this absolute path.
    pub fn at(&self, path: &[u8]) -> Option<usize> {
        self.files.iter().rposition(|file| file.path == path)
    }
}

/// How many bytes these are in all.
pub fn total<'c>(contents: impl Iterator<Item = &'c Content>) -> u128 {
    contents.map(|content| u128::from(content.size)).sum()
}

/// Can people read it?
pub fn is_text(content: &Content) -> bool {
    content.class == Class::Text
}
