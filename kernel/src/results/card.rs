//! The tar on an SD card, in the second partition, from its first sector on. No other sector is ever written.
//!
//! Half a tar never looks like one: the partition's first sector becomes zeros at the start of the machine, and is
//! written last, after all others have been read back and have the right hash.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use board::formats::mbr::{self, Partition};
use firmseed_core::kernel::Kernel;
use firmseed_formats::sha256::Sha256;

use super::{CHUNK, Facts, each_chunk};
use crate::drivers::sd::{Card, SECTOR, SdError};
use crate::drivers::timer::Timer;
use crate::firmware::Found;
use crate::machine::{ThisMachine, sha256_compression};
use crate::println;

/// Where a tar says that it is one.
const MAGIC: core::ops::Range<usize> = 257..262;

/// A card's partition for results.
pub struct ResultsPartition {
    card: Card,
    partition: Partition,
}

impl ResultsPartition {
    /// Finds it, and takes away what an earlier run left there.
    ///
    /// # Errors
    /// Why nothing can be written, as the end of a sentence about the card.
    pub fn open(found: &Found, timer: Timer) -> Result<Self, String> {
        let mailbox = found.mailbox.ok_or("the firmware cannot be asked for its clock")?;
        let open = |host| Card::open(host, &mailbox, found.pins, timer);
        let mut card = match found.board.sd {
            [Some(own), Some(other)] => open(own).or_else(|error| match error {
                SdError::NoCard => open(other),
                error => Err(error),
            }),
            [Some(host), None] | [None, Some(host)] => open(host),
            [None, None] => return Err("this board has no slot that the kernel knows".into()),
        }
        .map_err(text)?;
        let mut sector = [0; SECTOR];
        card.read(0, &mut sector).map_err(text)?;
        let partition = mbr::results_partition(&sector, card.sectors).map_err(text)?;
        let mut results = ResultsPartition { card, partition };
        results.read(0, &mut sector)?;
        if sector[MAGIC] == *b"ustar" {
            results.write_sectors(0, &[0; SECTOR])?;
        } else if sector != [0; SECTOR] {
            return Err("its second partition holds something that is no tar: fill its first sector with zeros".into());
        }
        Ok(results)
    }

    /// Writes the tar, and sees that it is there.
    ///
    /// # Errors
    /// Why not.
    pub fn write(
        mut self,
        kernel: &mut Kernel<'_, ThisMachine>,
        facts: &Facts,
    ) -> Result<(), String> {
        let room = u64::from(self.partition.count) * SECTOR as u64;
        if facts.size > room {
            return Err(format!(
                "{} bytes are needed, its second partition has {room}: make it larger",
                facts.size
            ));
        }
        let mut first = [0; SECTOR];
        let mut next = 0;
        each_chunk(kernel, &mut |bytes| {
            let later = match next {
                0 => {
                    first.copy_from_slice(&bytes[..SECTOR]);
                    SECTOR
                }
                _ => 0,
            };
            self.write_sectors(next + (later / SECTOR) as u32, &bytes[later..])?;
            next += (bytes.len() / SECTOR) as u32;
            Ok(())
        })?;
        if self.hash(&first, next)? != facts.hash {
            return Err(
                "it reads back other bytes than were written: the card is worn or a fake".into()
            );
        }
        self.write_sectors(0, &first)?;
        let mut back = [0; SECTOR];
        self.read(0, &mut back)?;
        if back != first {
            return Err("it does not keep the partition's first sector".into());
        }
        println!("firmseed: results on the SD card: {} bytes, {facts}", facts.size);
        Ok(())
    }

    /// The hash of `first`, and of what the card has behind the partition's first sector, up to sector `end`.
    fn hash(&mut self, first: &[u8; SECTOR], end: u32) -> Result<[u8; 32], String> {
        let compress = sha256_compression();
        let mut hash = Sha256::new();
        hash.update(first, compress);
        let mut chunk = vec![0; CHUNK];
        let mut next = 1;
        while next < end {
            let count = (end - next).min((CHUNK / SECTOR) as u32);
            let bytes = &mut chunk[..count as usize * SECTOR];
            self.read(next, bytes)?;
            hash.update(bytes, compress);
            next += count;
        }
        Ok(hash.finish(compress))
    }

    fn read(&mut self, sector: u32, bytes: &mut [u8]) -> Result<(), String> {
        let sector = self.inside(sector, bytes.len());
        self.card.read(sector, bytes).map_err(text)
    }

    fn write_sectors(&mut self, sector: u32, bytes: &[u8]) -> Result<(), String> {
        let sector = self.inside(sector, bytes.len());
        self.card.write_sectors(sector, bytes).map_err(text)
    }

    /// The card's number of a sector of the partition.
    fn inside(&self, sector: u32, length: usize) -> u32 {
        let end = u64::from(sector) + length.div_ceil(SECTOR) as u64;
        assert!(end <= u64::from(self.partition.count), "a sector outside of the partition");
        self.partition.first + sector
    }
}

fn text(error: impl core::fmt::Display) -> String {
    error.to_string()
}
