//! Files that QEMU takes for SD cards, partitioned by sfdisk.

use crate::{output, run, scratch, system_command};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Bytes of a sector.
pub const SECTOR: usize = 512;

/// A card in a folder of its own.
pub struct Card {
    /// The folder.
    pub folder: PathBuf,
    /// The card.
    pub path: PathBuf,
}

impl Card {
    /// A card with the partitions that sfdisk's lines say, full of numbers elsewhere.
    pub fn full(mib: usize, partitions: &[&str]) -> Self {
        let numbers = (0..mib << 18).flat_map(|number| (number as u32).to_le_bytes());
        let mut bytes: Vec<u8> = numbers.collect();
        bytes[..SECTOR].fill(0);
        let card = Self::unwritten();
        fs::write(&card.path, bytes).expect("a card");
        card.partition(partitions);
        card
    }

    /// A card of zeros, which takes no room.
    pub fn sparse(mib: u64, partitions: &[&str]) -> Self {
        let card = Self::unwritten();
        let file = File::create(&card.path).expect("a card");
        file.set_len(mib << 20).expect("a sparse file");
        card.partition(partitions);
        card
    }

    /// A card that `image-builder sd` is to write.
    pub fn unwritten() -> Self {
        let folder = scratch();
        let path = folder.join("card");
        Self { folder, path }
    }

    fn partition(&self, partitions: &[&str]) {
        if partitions.is_empty() {
            return;
        }
        let mut child = system_command("sfdisk")
            .arg("--quiet")
            .arg(&self.path)
            .stdin(Stdio::piped())
            .spawn()
            .expect("sfdisk starts");
        let table = format!("label: dos\n{}\n", partitions.join("\n"));
        let mut input = child.stdin.take().expect("its input");
        input.write_all(table.as_bytes()).expect("sfdisk reads");
        drop(input);
        assert!(child.wait().expect("a child").success(), "sfdisk: {table}");
    }

    /// Bytes in place of what is at this sector.
    pub fn write(&self, sector: usize, bytes: &[u8]) {
        let file = File::options().write(true).open(&self.path);
        let offset = (sector * SECTOR) as u64;
        file.and_then(|file| file.write_all_at(bytes, offset)).expect("a card that can be written");
    }

    /// These sectors.
    pub fn read(&self, sectors: Range<usize>) -> Vec<u8> {
        let mut bytes = vec![0; sectors.len() * SECTOR];
        let file = File::open(&self.path);
        file.and_then(|file| file.read_exact_at(&mut bytes, (sectors.start * SECTOR) as u64))
            .expect("a card with these sectors");
        bytes
    }

    /// What sfdisk says of its partitions.
    pub fn table(&self) -> String {
        output(system_command("sfdisk").arg("--dump").arg(&self.path))
    }

    /// The sectors of a partition, by that table: 1 is the first.
    pub fn sectors(&self, number: usize) -> Range<usize> {
        let table = self.table();
        let entry = table
            .lines()
            .filter_map(|line| line.split_once(" : ").map(|(_, entry)| entry))
            .nth(number - 1)
            .expect("the partition");
        let field = |name: &str| -> usize {
            let (_, value) = entry.split_once(name).expect("a field of sfdisk's");
            let digits = value.split(',').next().expect("a value").trim();
            digits.parse().expect("a number")
        };
        let (start, size) = (field("start="), field("size="));
        start..start + size
    }

    /// Unpacks the tar that begins at this sector as a person would: tar finds its end.
    pub fn unpack(&self, sector: usize, name: &str) -> PathBuf {
        let folder = self.folder.join(name);
        fs::create_dir(&folder).expect("a new folder");
        let mut file = File::open(&self.path).expect("a card");
        let offset = (sector * SECTOR) as u64;
        file.seek(SeekFrom::Start(offset)).expect("such a sector");
        let mut tar = Command::new("tar");
        tar.args(["-x", "-C"]).arg(&folder).stdin(file);
        run(&mut tar).expect("tar", 0);
        folder
    }
}
