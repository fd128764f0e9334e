//! The tar on the console, for boards that have nothing else: lines of `board::formats::lines` between two of the
//! kernel's own.
//!
//! ```text
//! firmseed: results begin: SIZE bytes in COUNT lines
//! 0000001 1a2b3c4d <64 characters of base64>
//! ...
//! firmseed: results end: sha256 HASH
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use board::formats::lines::{self, BYTES, MAX_LENGTH};
use firmseed_core::kernel::Kernel;
use firmseed_formats::sha256::Sha256;

use super::{Facts, each_chunk};
use crate::machine::{ThisMachine, sha256_compression};
use crate::{console, println};

/// Sends all of it.
pub fn write(kernel: &mut Kernel<'_, ThisMachine>, facts: &Facts) -> Result<(), String> {
    println!(
        "firmseed: results begin: {} bytes in {} lines",
        facts.size,
        facts.size.div_ceil(BYTES as u64)
    );
    let mut number = 0;
    let mut rest = Vec::with_capacity(BYTES);
    each_chunk(kernel, &mut |mut bytes| {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BYTES - rest.len()));
            rest.extend_from_slice(now);
            bytes = later;
            if rest.len() == BYTES {
                number += 1;
                send(number, &rest);
                rest.clear();
            }
        }
        Ok(())
    })?;
    if !rest.is_empty() {
        send(number + 1, &rest);
    }
    println!("firmseed: results end: {facts}");
    Ok(())
}

fn send(number: u32, bytes: &[u8]) {
    let compress = sha256_compression();
    let mut line = [0; MAX_LENGTH];
    let length = lines::write(&mut line, number, bytes, |parts| {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part, compress);
        }
        hash.finish(compress)
    });
    console::write(&line[..length]);
    console::write(b"\r\n");
}
