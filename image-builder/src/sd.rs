//! SD cards for Raspberry Pis: an image with everything that the board's firmware wants around it.
//!
//! MBR | FAT32: kernel8.img (the image), config.txt, cmdline.txt, the firmware's files | a blank partition, into which
//! the kernel writes what its programs made, as a plain tar. docs/boards.md describes it for people.
//!
//! The same image, firmware, size and config give the same bytes: identifiers come from the image's SHA-256, times are
//! fixed, files are in the order of their names. [`results`] reads the second partition.

pub mod config;
pub mod fat;
pub mod firmware;
pub mod mbr;
pub mod results;

use crate::{Error, Result, check, output, sha256};
use firmware::{Board, Firmware};
use mbr::{Partition, SECTOR};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MIB: u64 = 1 << 20;
/// Both partitions begin at multiples of this: the unit in which cards erase.
const ALIGNMENT: u64 = 4 * MIB;
/// Below 32 MiB there are too few clusters for FAT32; some boards' ROMs read nothing else.
const LEAST_BOOT: u64 = 64 * MIB;
const LEAST_RESULTS: u64 = 32 * MIB;
/// A card that nobody gave a size has this much for results, at least.
const USUAL_RESULTS: u64 = 128 * MIB;
/// A sector's number has 32 bits in an MBR; half of what that reaches is more than any card.
const LARGEST: u64 = 1 << 40;

/// What is wanted.
#[derive(Debug)]
pub struct Request {
    /// The image.
    pub image: PathBuf,
    /// Folders with the firmware's files.
    pub firmware: Vec<PathBuf>,
    /// Boards that the card must start.
    pub boards: Vec<Board>,
    /// MiB of the card; a power of two that everything fits in where it is not said.
    pub size_mib: Option<u64>,
    /// A file with more lines for config.txt.
    pub config: Option<PathBuf>,
}

/// What was made.
#[derive(Debug)]
pub struct Card {
    /// Bytes in all.
    pub size: u64,
    /// Bytes for results.
    pub results: u64,
    /// Boards that it starts.
    pub boards: Vec<Board>,
    /// Boards that it does not start, with the files that are missing.
    pub without: Vec<(Board, Vec<&'static str>)>,
}

/// Writes the image of a card to `output`.
pub fn build(request: &Request, output: &Path) -> Result<Card> {
    let image = std::fs::read(&request.image).map_err(Error::io("read", &request.image))?;
    prove(&image, &request.image)?;
    let firmware = Firmware::find(&request.firmware)?;
    let (boards, without) = firmware.boards(&request.boards)?;
    let extra = match &request.config {
        Some(path) => std::fs::read(path).map_err(Error::io("read", path))?,
        None => Vec::new(),
    };

    let mut files = firmware.read()?;
    files.insert("config.txt".into(), config::text(&files, &extra));
    files.insert("cmdline.txt".into(), config::COMMAND_LINE.into());
    let hash = sha256(&image);
    files.insert("kernel8.img".into(), image);

    let boot_size = fat::room_for(&files).next_multiple_of(ALIGNMENT).max(LEAST_BOOT);
    let size = size(boot_size, request.size_mib)?;
    let partitions = [
        Partition::new(mbr::FAT32, ALIGNMENT, boot_size),
        Partition::new(mbr::RESULTS, ALIGNMENT + boot_size, size - ALIGNMENT - boot_size),
    ];
    let identifier = |at: usize| [hash[at], hash[at + 1], hash[at + 2], hash[at + 3]];
    let table = mbr::encode(identifier(0), &partitions);
    let volume = fat::volume(boot_size, u32::from_le_bytes(identifier(4)), &files)
        .map_err(Error::io("lay out the FAT volume of", output))?;
    output::replace(output, |file| {
        file.set_len(size)?;
        file.write_all(&table)?;
        write_sparse(file, ALIGNMENT, &volume)
    })?;
    Ok(Card { size, results: partitions[1].size(), boards, without })
}

/// Only a whole image goes onto a card: what is wrong with it shows worse on a board.
fn prove(image: &[u8], path: &Path) -> Result<()> {
    let card_error = |reason: String| Error::Card { path: path.to_owned(), reason };
    let report = check::check(image).map_err(|error| card_error(error.to_string()))?;
    match report.damage.first() {
        None => Ok(()),
        Some(finding) => Err(card_error(format!(
            "the image is damaged: {finding}; build it anew (image-builder check lists all {} findings)",
            report.damage.len()
        ))),
    }
}

/// Bytes of the card.
fn size(boot: u64, asked_mib: Option<u64>) -> Result<u64> {
    let Some(mib) = asked_mib else {
        return Ok((ALIGNMENT + boot + USUAL_RESULTS).next_power_of_two());
    };
    let least = (ALIGNMENT + boot + LEAST_RESULTS) / MIB;
    let most = LARGEST / MIB;
    if !(least..=most).contains(&mib) {
        return Err(Error::Request(format!(
            "--size {mib}: expected {least} to {most} MiB: {} MiB hold what boots, and {} MiB are the least for results",
            boot / MIB,
            LEAST_RESULTS / MIB
        )));
    }
    Ok(mib * MIB)
}

/// Writes `bytes` at `start` of a file that is zeros there; pieces that are zeros take no room on the disk.
fn write_sparse(file: &mut File, start: u64, bytes: &[u8]) -> std::io::Result<()> {
    const PIECE: usize = 128 * SECTOR as usize;
    for (number, piece) in bytes.chunks(PIECE).enumerate() {
        if piece.iter().any(|&byte| byte != 0) {
            file.seek(SeekFrom::Start(start + (number * PIECE) as u64))?;
            file.write_all(piece)?;
        }
    }
    Ok(())
}
