//! Archives by hand, for tests.

use super::BLOCK;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

/// A header by hand, with its checksum.
pub fn header(name: &[u8], type_flag: u8, size: usize, edit: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    block[..name.len()].copy_from_slice(name);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[156] = type_flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    edit(&mut block);
    sign(&mut block);
    block
}

/// A member with its data.
pub fn member(name: &[u8], type_flag: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, type_flag, data.len(), |_| {});
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

/// An archive with its end.
pub fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = members.concat();
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    bytes
}

/// Puts the checksum into a header.
pub fn sign(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}
