//! The files of the Raspberry Pi's firmware among those of the folders that the user names. They are not free software:
//! the project has none of them, and takes only what the boards read.

use super::fat::FatFiles;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// More than any version of the firmware has: who names another folder learns it early.
const MOST_BYTES: u64 = 256 << 20;

/// A family of boards with the same needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// Raspberry Pi 3, 3+, Zero 2 W, Compute Module 3.
    Pi3,
    /// Raspberry Pi 4, 400, Compute Module 4.
    Pi4,
    /// Raspberry Pi 5, 500, Compute Module 5.
    Pi5,
}

impl Board {
    /// All of them.
    pub const ALL: [Board; 3] = [Board::Pi3, Board::Pi4, Board::Pi5];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Board::Pi3 => "Raspberry Pi 3",
            Board::Pi4 => "Raspberry Pi 4",
            Board::Pi5 => "Raspberry Pi 5",
        }
    }

    /// The files without which it does not come to the kernel, or the kernel knows too little.
    pub fn needs(self) -> &'static [&'static str] {
        match self {
            Board::Pi3 => &["bootcode.bin", "start.elf", "fixup.dat"],
            // The first stage is in the board's own EEPROM.
            Board::Pi4 => &["start4.elf", "fixup4.dat"],
            // So is all of the firmware; its peripherals are only found by the device tree.
            Board::Pi5 => &["bcm2712-rpi-5-b.dtb"],
        }
    }
}

/// The firmware's files by their names on the card.
#[derive(Debug)]
pub struct Firmware {
    files: BTreeMap<String, PathBuf>,
    folders: Vec<PathBuf>,
}

impl Firmware {
    /// Looks for them in `folders` and in `overlays` there.
    pub fn find(folders: &[PathBuf]) -> Result<Self> {
        let mut firmware = Firmware { files: BTreeMap::new(), folders: folders.to_vec() };
        for folder in folders {
            firmware.add_folder(folder, "")?;
            let overlays = folder.join("overlays");
            if overlays.is_dir() {
                firmware.add_folder(&overlays, "overlays/")?;
            }
        }
        Ok(firmware)
    }

    fn add_folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in
            fs::read_dir(folder).map_err(Error::io("read the firmware's folder", folder))?
        {
            let path = entry.map_err(Error::io("read", folder))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue; // no name of the firmware
            };
            let name = format!("{prefix}{name}");
            if !is_of_interest(&name) || !path.is_file() {
                continue;
            }
            // FAT knows no difference between upper and lower case.
            let same = self.files.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
            if let Some((_, first)) = same {
                return Err(Error::Card {
                    path: path.clone(),
                    reason: format!(
                        "the card already has {name} from {}; name only one of the folders, or remove one of the files",
                        first.display()
                    ),
                });
            }
            self.files.insert(name, path);
        }
        Ok(())
    }

    /// The boards that these files start, and what the others lack. `wanted` ones must be among the former; where
    /// none is wanted, one of any kind.
    #[expect(clippy::type_complexity, reason = "two lists, named by the caller")]
    pub fn boards(
        &self,
        wanted: &[Board],
    ) -> Result<(Vec<Board>, Vec<(Board, Vec<&'static str>)>)> {
        let missing = |board: Board| -> Vec<&'static str> {
            let needs = board.needs().iter().copied();
            needs.filter(|name| !self.files.contains_key(*name)).collect()
        };
        let (complete, without): (Vec<_>, Vec<_>) = Board::ALL
            .map(|board| (board, missing(board)))
            .into_iter()
            .partition(|(_, missing)| missing.is_empty());
        let complete: Vec<Board> = complete.into_iter().map(|(board, _)| board).collect();
        let refused =
            without.iter().filter(|(board, _)| wanted.contains(board) || complete.is_empty());
        let lines: Vec<String> = refused
            .map(|(board, missing)| format!("the {} needs {}", board.name(), missing.join(", ")))
            .collect();
        if lines.is_empty() {
            return Ok((complete, without));
        }
        let folders: Vec<String> =
            self.folders.iter().map(|folder| folder.display().to_string()).collect();
        Err(Error::Request(format!(
            "files of the firmware are missing in {}: {} (docs/boards.md says where they come from)",
            folders.join(", "),
            lines.join("; ")
        )))
    }

    /// Their contents.
    pub fn read(&self) -> Result<FatFiles> {
        let mut files = FatFiles::new();
        let mut total = 0;
        for (name, path) in &self.files {
            total += fs::metadata(path).map_err(Error::io("read", path))?.len();
            if total > MOST_BYTES {
                return Err(Error::Card {
                    path: path.clone(),
                    reason: format!(
                        "with it the firmware's files have {} MiB, and {} MiB are allowed; is this the firmware's folder?",
                        total >> 20,
                        MOST_BYTES >> 20
                    ),
                });
            }
            let bytes = fs::read(path).map_err(Error::io("read", path))?;
            if bytes.is_empty() {
                return Err(Error::Card {
                    path: path.clone(),
                    reason: "it is empty; fetch the firmware anew".into(),
                });
            }
            files.insert(name.clone(), bytes);
        }
        Ok(files)
    }
}

/// Does a board read a file of this name, or is it the licence that must go with the others?
fn is_of_interest(name: &str) -> bool {
    let between = |prefix: &str, suffix: &str| {
        name.len() >= prefix.len() + suffix.len()
            && name.starts_with(prefix)
            && name.ends_with(suffix)
            && name.is_ascii()
    };
    match name.strip_prefix("overlays/") {
        Some(_) => between("overlays/", ".dtbo") || name == "overlays/overlay_map.dtb",
        None => {
            ["bootcode.bin", "LICENCE.broadcom", "COPYING.linux"].contains(&name)
                || between("start", ".elf")
                || between("fixup", ".dat")
                || between("bcm27", ".dtb")
                || between("bcm28", ".dtb")
        }
    }
}
