//! The board, as the loader described it or as it must be guessed.

use board::regions::Region;
use board::tree::{self, HEADER_SIZE, TreeError};
use board::{Board, fallback};

use crate::arch::{Entry, cpu};
use crate::mem::physical;

/// A board, and the memory that its description lies in.
pub struct Found {
    /// The board.
    pub board: Board<'static>,
    /// The device tree's memory; empty where there is none.
    pub device_tree: Region,
    /// Why the loader's device tree was not used, if it passed one.
    pub fault: Option<TreeError>,
}

/// Reads the device tree that the loader passed, or that QEMU left where memory begins, or guesses.
pub fn find(entry: Entry) -> Found {
    let passed = read_tree(entry.device_tree);
    let at_start_of_memory = || match entry.image >= fallback::VIRT_MEMORY {
        true => read_tree(fallback::VIRT_MEMORY),
        false => Err(TreeError::Magic),
    };
    let result = match passed {
        Err(TreeError::Magic) => at_start_of_memory(),
        other => other,
    };
    let fault = match result {
        Ok((board, device_tree)) => {
            return Found {
                board,
                device_tree,
                fault: None,
            };
        }
        Err(TreeError::Magic) => None, // nothing was passed
        Err(fault) => Some(fault),
    };
    Found {
        board: fallback::guess(entry.image, cpu::midr(), entry.level),
        device_tree: Region::default(),
        fault,
    }
}

fn read_tree(address: u64) -> Result<(Board<'static>, Region), TreeError> {
    if address == 0 || !address.is_multiple_of(8) {
        return Err(TreeError::Magic); // the boot protocol wants eight-byte alignment
    }
    let header =
        physical::view_early(Region::new(address, HEADER_SIZE as u64)).ok_or(TreeError::Magic)?;
    let size = tree::claimed_size(header.first_chunk().ok_or(TreeError::Magic)?)?;
    let region = Region::new(address, size as u64);
    let blob = physical::view_early(region).ok_or(TreeError::Magic)?;
    Ok((tree::parse(blob)?, region))
}
