//! What a board wrote to its card: the tar in the second partition of a card, or of a card's image.

use super::mbr::{self, Partition, SECTOR};
use crate::archive::{self, BLOCK, Body};
use crate::{Error, Result, sha256};
use firmseed_formats::escape::Escape;
use firmseed_formats::sha256::Hex;
use firmseed_formats::tar::{Archive, Cause, TarError};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// So much is read at first; a longer tar doubles it.
const FIRST_PIECE: u64 = 16 << 20;

/// The tar, up to its end.
pub fn read(card: &Path) -> Result<Vec<u8>> {
    let wrong = |reason: String| Error::Card { path: card.to_owned(), reason };
    let mut file = File::open(card).map_err(Error::io("open", card))?;
    let partition = find(&mut file, card)?;
    let end = file.seek(SeekFrom::End(0)).map_err(Error::io("read", card))?;
    if end < partition.start() + partition.size() {
        return Err(wrong(format!(
            "it has {end} bytes, and its partition for results ends at {}: the copy was cut short",
            partition.start() + partition.size()
        )));
    }
    let mut length = FIRST_PIECE.min(partition.size());
    loop {
        let bytes =
            read_at(&mut file, partition.start(), length).map_err(Error::io("read", card))?;
        if bytes.iter().take(BLOCK).all(|&byte| byte == 0) {
            return Err(wrong(
                "its partition for results is blank: the machine did not come to its end, or could not write (its last lines on the serial port say why)"
                    .into(),
            ));
        }
        match end_of_tar(&bytes) {
            Ok(end) => return Ok(bytes[..end].to_vec()),
            Err(TarError { cause: Cause::Truncated { .. }, .. }) if length < partition.size() => {
                length = (length * 2).min(partition.size())
            }
            Err(error) => {
                return Err(wrong(format!(
                    "its partition for results holds no whole tar: {error}"
                )));
            }
        }
    }
}

/// A line for each file: its hash and path, as sha256sum writes them.
pub fn list(tar: &[u8]) -> Result<String> {
    let mut text = String::new();
    for entry in archive::read(tar)? {
        if let Body::File { content, .. } = entry.kind {
            let hash = sha256(&tar[content]);
            text += &format!("{}  {}\n", Hex(&hash), Escape(&entry.path));
        }
    }
    Ok(text)
}

fn find(file: &mut File, card: &Path) -> Result<Partition> {
    let wrong = |reason: &str| Error::Card { path: card.to_owned(), reason: reason.into() };
    let mut sector = [0; SECTOR as usize];
    file.read_exact(&mut sector)
        .map_err(|_| wrong("it is shorter than a sector: no card and no image of one"))?;
    let partitions = mbr::decode(&sector)
        .ok_or_else(|| wrong("its first sector is no partition table; name the whole card (/dev/sdX, not /dev/sdX2), or its image"))?;
    match partitions[1] {
        partition if partition.kind == mbr::RESULTS => Ok(partition),
        _ => Err(wrong(
            "its second partition is not of type DA, Firmseed's for results; image-builder sd makes such cards",
        )),
    }
}

fn read_at(file: &mut File, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    // A damaged card may claim more than there is memory for.
    let room = usize::try_from(length).map_err(std::io::Error::other)?;
    bytes.try_reserve_exact(room).map_err(std::io::Error::other)?;
    bytes.resize(room, 0);
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Where the tar at the start of `bytes` ends. After it may be anything: the rest of a longer one that was there before.
fn end_of_tar(bytes: &[u8]) -> std::result::Result<usize, TarError> {
    for entry in Archive::new(bytes) {
        let Err(error) = entry else { continue };
        let end = error.offset + 2 * BLOCK;
        let is_end = error.cause == Cause::BadEnd
            && bytes
                .get(error.offset..end)
                .is_some_and(|blocks| blocks.iter().all(|&byte| byte == 0));
        return if is_end { Ok(end) } else { Err(error) };
    }
    Ok(bytes.len())
}
