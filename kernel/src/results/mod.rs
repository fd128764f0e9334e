//! What the machine's programs wrote, and the ledger, on their way out: one tar, to each place that takes it.
//!
//! `results=` on the command line names places, separated by commas:
//!
//! | word     | place                                                                                     |
//! |----------|-------------------------------------------------------------------------------------------|
//! | `auto`   | where there is one, a blank virtio disk and an SD card's partition for results (default)  |
//! | `none`   | nowhere                                                                                   |
//! | `virtio` | a blank virtio disk                                                                       |
//! | `sd`     | an SD card's partition for results                                                        |
//! | `serial` | the console, as lines of base64                                                           |
//!
//! A place that is named must be there, or the machine ends before the first program starts; `auto` says what is
//! missing and goes on. What cannot be written at the end ends the machine with status 254.

mod card;
mod disk;
mod serial;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};
use firmseed_core::errno::Errno;
use firmseed_core::fs::{LeftOut, Selection, export_tar};
use firmseed_core::kernel::Kernel;
use firmseed_formats::sha256::{self, Sha256};

use crate::drivers::timer::Timer;
use crate::drivers::virtio_block::Disk;
use crate::firmware::Found;
use crate::machine::{ThisMachine, sha256_compression};
use crate::println;
use card::ResultsPartition;

/// Bytes that go to a place at once.
const CHUNK: usize = 64 << 10;

/// The places that take the tar.
pub struct Results {
    disk: Option<Disk>,
    card: Option<ResultsPartition>,
    serial: bool,
}

/// The tar, before it is written. Shown: its hash.
struct Facts {
    size: u64,
    hash: [u8; 32],
}

impl Results {
    /// Opens the places that `wanted` (`results=`) names. `open_disk` is None where there is no virtio disk.
    ///
    /// # Errors
    /// A text: a word that is none, or a place that is named and not there.
    pub fn open(
        wanted: Option<&str>,
        found: &Found,
        timer: Timer,
        open_disk: Option<impl FnOnce() -> Result<Disk, String>>,
    ) -> Result<Self, String> {
        let mut results = Results { disk: None, card: None, serial: false };
        let wanted = wanted.unwrap_or("auto");
        let (mut virtio, mut sd) = (Wish::Not, Wish::Not);
        for word in wanted.split(',') {
            match word {
                "auto" => {
                    virtio = virtio.or_if_there(open_disk.is_some());
                    sd = sd.or_if_there(found.board.sd != [None; 2]);
                }
                "none" => {}
                "virtio" => virtio = Wish::Must,
                "sd" => sd = Wish::Must,
                "serial" => results.serial = true,
                _ => {
                    return Err(format!(
                        "results={wanted}: '{word}' is none of auto, none, virtio, sd, serial"
                    ));
                }
            }
        }
        let without = |wish, why: String| match wish {
            Wish::Must => Err(format!("results={wanted}: nothing can be written to {why}")),
            _ => {
                println!("firmseed: nothing will be written to {why}");
                Ok(())
            }
        };
        if virtio != Wish::Not {
            let opened = open_disk.ok_or_else(|| "there is none".to_string());
            match opened.and_then(|open| open()) {
                Ok(disk) => results.disk = Some(disk),
                Err(why) => without(virtio, format!("a disk: {why}"))?,
            }
        }
        if sd != Wish::Not {
            match ResultsPartition::open(found, timer) {
                Ok(card) => results.card = Some(card),
                Err(why) => without(sd, format!("the SD card: {why}"))?,
            }
        }
        Ok(results)
    }

    /// Writes the tar to each place; one that fails does not keep it from the others.
    ///
    /// # Errors
    /// A text: where it is not, and why; or what is not in it.
    pub fn write(self, kernel: &mut Kernel<'_, ThisMachine>) -> Result<(), String> {
        if self.disk.is_none() && self.card.is_none() && !self.serial {
            return Ok(());
        }
        let left_out = LeftOut::of(kernel.parts().2, Selection::Written)
            .map_err(|errno| format!("the tar cannot be made: {errno}"))?;
        let mut failures = String::new();
        let mut note = |place, written: Result<(), String>| {
            if let Err(why) = written {
                let separator = if failures.is_empty() { "" } else { "; to " };
                for part in [separator, place, ": ", &why] {
                    failures.push_str(part);
                }
            }
        };
        if let Some(disk) = self.disk {
            note("the disk", disk::write(disk, kernel));
        }
        if self.card.is_some() || self.serial {
            let facts = measure(kernel)?;
            if let Some(card) = self.card {
                note("the SD card", card.write(kernel, &facts));
            }
            if self.serial {
                note("the console", serial::write(kernel, &facts));
            }
        }
        match (failures.is_empty(), left_out.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(left_out.to_string()),
            (false, true) => Err(format!("results could not be written to {failures}")),
            (false, false) => {
                Err(format!("results could not be written to {failures}; {left_out}"))
            }
        }
    }
}

/// Is a place to be written to?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Not,
    IfThere,
    Must,
}

impl Wish {
    fn or_if_there(self, is_there: bool) -> Self {
        match (self, is_there) {
            (Wish::Not, true) => Wish::IfThere,
            _ => self,
        }
    }
}

/// The tar's size and hash.
fn measure(kernel: &mut Kernel<'_, ThisMachine>) -> Result<Facts, String> {
    let compress = sha256_compression();
    let mut hash = Sha256::new();
    let mut size = 0;
    each_chunk(kernel, &mut |bytes| {
        size += bytes.len() as u64;
        hash.update(bytes, compress);
        Ok(())
    })?;
    Ok(Facts { size, hash: hash.finish(compress) })
}

/// Gives the tar to `place` in pieces of [`CHUNK`] bytes; the last one is shorter, a multiple of 512.
fn each_chunk(
    kernel: &mut Kernel<'_, ThisMachine>,
    place: &mut dyn FnMut(&[u8]) -> Result<(), String>,
) -> Result<(), String> {
    let mut failure = None;
    let mut chunk = Vec::with_capacity(CHUNK);
    let ledger = kernel.ledger_files();
    let (machine, _, files) = kernel.parts();
    let exported = export_tar(files, machine, Selection::Written, &ledger, &mut |mut bytes| {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - chunk.len()));
            chunk.extend_from_slice(now);
            bytes = later;
            if chunk.len() == CHUNK {
                place(&chunk).map_err(|why| {
                    failure = Some(why);
                    Errno::EIO
                })?;
                chunk.clear();
            }
        }
        Ok(())
    });
    match (exported, failure) {
        (_, Some(why)) => Err(why),
        (Err(errno), None) => Err(format!("the tar cannot be made: {errno}")),
        (Ok(_), None) if chunk.is_empty() => Ok(()),
        (Ok(_), None) => place(&chunk),
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256 ")?;
        let digits = sha256::to_hex(&self.hash);
        digits.iter().try_for_each(|digit| f.write_char(char::from(*digit)))
    }
}
