//! The FAT32 volume that a Raspberry Pi's firmware reads. The format is the crate `fatfs`'s; this keeps it deterministic,
//! and puts right what `fatfs` 0.3 does to folders ([`mend_folder`]).

use super::mbr::SECTOR;
use fatfs::{Date, DateTime, FatType, FileSystem, FormatVolumeOptions, FsOptions, Time};
use std::collections::BTreeMap;
use std::io::{Cursor, Result, Write};

/// The only folder.
const FOLDER: &str = "overlays";

/// Files by their paths on the volume: names of ASCII characters, some in `overlays`.
pub type FatFiles = BTreeMap<String, Vec<u8>>;

/// The time of every file, the start of the kernel's own calendar: 2026-01-01, 00:00.
#[derive(Debug)]
struct FixedTime;

impl fatfs::TimeProvider for FixedTime {
    fn get_current_date(&self) -> Date {
        Date { year: 2026, month: 1, day: 1 }
    }

    fn get_current_date_time(&self) -> DateTime {
        let time = Time { hour: 0, min: 0, sec: 0, millis: 0 };
        DateTime { date: self.get_current_date(), time }
    }
}

/// Bytes of a volume that holds `files`, with some to spare.
pub fn room_for(files: &FatFiles) -> u64 {
    const CLUSTER: u64 = 4096; // of volumes up to 8 GiB; 512 below 260 MiB
    let cluster = |bytes: &Vec<u8>| (bytes.len() as u64).next_multiple_of(CLUSTER) + CLUSTER;
    let contents: u64 = files.values().map(cluster).sum();
    // Both tables: 8 bytes a cluster of 512 bytes at most.
    contents + contents / 32 + (4 << 20)
}

/// A volume of `size` bytes with `files`.
pub fn volume(size: u64, identifier: u32, files: &FatFiles) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(size).map_err(std::io::Error::other)?];
    let options = FormatVolumeOptions::new()
        .bytes_per_sector(SECTOR as u16)
        .fat_type(FatType::Fat32)
        .volume_id(identifier)
        .volume_label(*b"FIRMSEED   ");
    fatfs::format_volume(Cursor::new(&mut bytes[..]), options)?;
    let options = FsOptions::new().time_provider(&FixedTime);
    let system = FileSystem::new(Cursor::new(&mut bytes[..]), options)?;
    let inside = |path: &String| path.starts_with(FOLDER);
    let has_folder = files.keys().any(inside);
    if has_folder {
        system.root_dir().create_dir(FOLDER)?; // before all files: in the cluster after the root's
    }
    for (path, content) in files {
        let mut file = system.root_dir().create_file(path)?;
        file.write_all(content)?;
        file.flush()?;
    }
    system.stats()?; // counts the free clusters, which a fresh volume leaves to the first user
    system.unmount()?;
    if has_folder {
        mend_folder(&mut bytes)?;
    }
    Ok(bytes)
}

/// A folder begins with the entries `.` and `..`, and `..` of a folder in the root names cluster 0 (Microsoft's FAT
/// specification 1.03, "Directory Creation"). `fatfs` 0.3 puts an entry of a long name before each, and the root's number.
fn mend_folder(bytes: &mut [u8]) -> Result<()> {
    const ENTRY: usize = 32;
    const NAME: usize = 11;
    let half = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let (sectors_per_cluster, reserved, tables) =
        (usize::from(bytes[13]), half(14), usize::from(bytes[16]));
    let table = half(36) + (half(38) << 16);
    let root = reserved + tables * table;
    let start = (root + sectors_per_cluster) * SECTOR as usize;
    let entries = &mut bytes[start..start + 4 * ENTRY];
    let name_of = |number: usize| &entries[number * ENTRY..number * ENTRY + NAME];
    if name_of(1) != b".          " || name_of(3) != b"..         " {
        let text = "fatfs lays folders out in another way than version 0.3.6 did";
        return Err(std::io::Error::other(text));
    }
    entries.copy_within(ENTRY..2 * ENTRY, 0);
    entries.copy_within(3 * ENTRY..4 * ENTRY, ENTRY);
    for at in [20, 21, 26, 27] {
        entries[ENTRY + at] = 0; // the number of the parent's first cluster
    }
    // The other two are free.
    entries[2 * ENTRY..].fill(0);
    entries[2 * ENTRY] = 0xe5;
    entries[3 * ENTRY] = 0xe5;
    Ok(())
}
