//! The FAT32 volume that a Raspberry Pi's firmware reads. The format is the crate `fatfs`'s; this keeps it deterministic.

use super::mbr::SECTOR;
use fatfs::{Date, DateTime, FatType, FileSystem, FormatVolumeOptions, FsOptions, Time};
use std::collections::BTreeMap;
use std::io::{Cursor, Result, Write};

/// Files by their paths on the volume: no folder deeper than one, names of ASCII characters.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The time of every file, the start of the kernel's own calendar: 2026-01-01, 00:00.
#[derive(Debug)]
struct FixedTime;

impl fatfs::TimeProvider for FixedTime {
    fn get_current_date(&self) -> Date {
        Date {
            year: 2026,
            month: 1,
            day: 1,
        }
    }

    fn get_current_date_time(&self) -> DateTime {
        let time = Time {
            hour: 0,
            min: 0,
            sec: 0,
            millis: 0,
        };
        DateTime {
            date: self.get_current_date(),
            time,
        }
    }
}

/// Bytes of a volume that holds `files`, with some to spare.
pub fn room_for(files: &Files) -> u64 {
    const CLUSTER: u64 = 4096; // of volumes up to 8 GiB; 512 below 260 MiB
    let cluster = |bytes: &Vec<u8>| (bytes.len() as u64).next_multiple_of(CLUSTER) + CLUSTER;
    let contents: u64 = files.values().map(cluster).sum();
    // Both tables: 8 bytes a cluster of 512 bytes at most.
    contents + contents / 32 + (4 << 20)
}

/// A volume of `size` bytes with `files`.
pub fn volume(size: u64, identifier: u32, files: &Files) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(size).map_err(std::io::Error::other)?];
    let options = FormatVolumeOptions::new()
        .bytes_per_sector(SECTOR as u16)
        .fat_type(FatType::Fat32)
        .volume_id(identifier)
        .volume_label(*b"FIRMSEED   ");
    fatfs::format_volume(Cursor::new(&mut bytes[..]), options)?;
    let options = FsOptions::new().time_provider(&FixedTime);
    let system = FileSystem::new(Cursor::new(&mut bytes[..]), options)?;
    for (path, content) in files {
        if let Some((folder, _)) = path.split_once('/') {
            system.root_dir().create_dir(folder)?;
        }
        let mut file = system.root_dir().create_file(path)?;
        file.write_all(content)?;
        file.flush()?;
    }
    system.stats()?; // counts the free clusters, which a fresh volume leaves to the first user
    system.unmount()?;
    Ok(bytes)
}
