//! The watchdog of BCM283x and BCM2711: the only way to reset the chip, and, by a word to the firmware, to halt it.
//!
//! Not in the public manual; the registers are those that Linux's bcm2835_wdt and the firmware agree about.

use board::regions::Region;

use super::mmio::{MapError, Registers};

const CONTROL: u64 = 0x1c;
const STATUS: u64 = 0x20;
const COUNT: u64 = 0x24;
/// The upper byte of every write.
const PASSWORD: u32 = 0x5a00_0000;
const PASSWORD_MASK: u32 = 0xff00_0000;
const FULL_RESET: u32 = 0x20;
const RESET_MASK: u32 = 0x30;
/// Bits 0, 2, 4, 6, 8, 10: the number of the partition that the firmware boots from after the reset.
const PARTITION_MASK: u32 = 0x555;
/// Partition 63: the firmware halts the chip instead.
const PARTITION_HALT: u32 = 0x555;
/// About 0.15 ms: ticks of 1/65536 s.
const TICKS: u32 = 10;

/// What the firmware does after the reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It boots.
    Boot,
    /// It halts the chip.
    Halt,
}

/// Lets the watchdog reset the chip in a moment.
///
/// # Errors
/// When its registers cannot be mapped.
pub fn reset(region: Region, after: After) -> Result<(), MapError> {
    let registers = Registers::map(region)?;
    let partition = match after {
        After::Boot => 0,
        After::Halt => PARTITION_HALT,
    };
    let status = registers.read(STATUS) & !PARTITION_MASK & !PASSWORD_MASK;
    registers.write(STATUS, PASSWORD | status | partition);
    registers.write(COUNT, PASSWORD | TICKS);
    let control = registers.read(CONTROL) & !RESET_MASK & !PASSWORD_MASK;
    registers.write(CONTROL, PASSWORD | control | FULL_RESET);
    Ok(())
}
