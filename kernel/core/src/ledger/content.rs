//! What is in a file: hashed and looked through where its bytes lie.

use crate::addr::PAGE_SIZE;
use crate::fs::{Chunk, Fs, HOLES_MAX, InodeId};
use crate::machine::Machine;
use firmseed_formats::ledger::format::{Class, Content, ContentHasher};
use firmseed_formats::page::ZEROS;

/// Hash, size and class of a regular file, or of the target of a symbolic link. With holes larger than [`HOLES_MAX`] a
/// file is [`Class::Sparse`]: any program can make exabytes of zeros in one call, and nobody has the time to hash them.
pub(super) fn look_at(fs: &Fs, machine: &impl Machine, file: InodeId) -> Content {
    match fs.readlink(file) {
        Ok(target) => {
            let mut hasher = ContentHasher::new();
            hasher.update(target, machine.sha256());
            hasher.finish(machine.sha256())
        }
        Err(_) if fs.holes(file) > HOLES_MAX => sparse(fs, machine, file),
        Err(_) => whole(fs, machine, file),
    }
}

/// All bytes.
#[cfg_attr(target_os = "none", optimize(speed))]
fn whole(fs: &Fs, machine: &impl Machine, file: InodeId) -> Content {
    let compress = machine.sha256();
    let mut hasher = ContentHasher::new();
    let mut offset = 0;
    loop {
        let bytes = match fs.chunk(file, offset, PAGE_SIZE) {
            Chunk::END => return hasher.finish(compress),
            Chunk::Zero { length } => &ZEROS[..length.min(ZEROS.len())],
            chunk => bytes_of(chunk, machine),
        };
        hasher.update(bytes, compress);
        offset += bytes.len() as u64;
    }
}

/// The data between holes, each piece after its offset, and the size at the end; numbers as eight bytes, the lowest first.
fn sparse(fs: &Fs, machine: &impl Machine, file: InodeId) -> Content {
    let compress = machine.sha256();
    let mut hasher = ContentHasher::new();
    let mut offset = 0;
    let mut after_hole = true;
    loop {
        let chunk = fs.chunk(file, offset, usize::MAX);
        match chunk {
            Chunk::END => break,
            Chunk::Zero { .. } => after_hole = true,
            _ => {
                if after_hole {
                    hasher.update(&offset.to_le_bytes(), compress);
                }
                after_hole = false;
                hasher.update(bytes_of(chunk, machine), compress);
            }
        }
        offset += chunk.len() as u64;
    }
    let size = fs.size(file);
    hasher.update(&size.to_le_bytes(), compress);
    Content { class: Class::Sparse, size, ..hasher.finish(compress) }
}

/// The bytes of a piece that is no hole.
fn bytes_of<'b>(chunk: Chunk<'b>, machine: &'b impl Machine) -> &'b [u8] {
    match chunk {
        Chunk::Bytes(bytes) => bytes,
        Chunk::Frame { frame, offset, length } => &machine.page(frame)[offset..offset + length],
        Chunk::Zero { .. } => &[],
    }
}
