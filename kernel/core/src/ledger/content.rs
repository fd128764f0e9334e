//! What is in a file: hashed and looked through where its bytes lie, once for each version.

use super::format::{Content, ContentHasher};
use crate::fs::{Chunk, Fs, InodeId, ZEROS};
use crate::machine::Machine;

/// Hash, size and class of a regular file: computed once for each version.
pub(crate) fn content_of(fs: &mut Fs, machine: &impl Machine, file: InodeId) -> Content {
    if let Some(content) = fs.known_content(file) {
        return content;
    }
    let compress = machine.sha256();
    let mut hasher = ContentHasher::new();
    let mut offset = 0;
    loop {
        let bytes = match fs.chunk(file, offset, ZEROS.len()) {
            Chunk::END => break,
            Chunk::Bytes(bytes) => bytes,
            Chunk::Zero { length } => &ZEROS[..length],
            Chunk::Frame {
                frame,
                offset,
                length,
            } => &machine.page(frame)[offset..offset + length],
        };
        hasher.update(bytes, compress);
        offset += bytes.len() as u64;
    }
    let content = hasher.finish(compress);
    fs.know_content(file, content);
    content
}
