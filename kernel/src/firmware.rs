//! The board, as the loader described it or as it must be guessed; and what its firmware says when asked.

use board::formats::property::Tag;
use board::regions::{Region, RegionList};
use board::tree::{self, HEADER_SIZE, TreeError};
use board::{Board, fallback};

use crate::arch::{BootState, cpu};
use crate::drivers::gpio::Pins;
use crate::drivers::mailbox::Mailbox;
use crate::drivers::timer::Timer;
use crate::drivers::uart::Uart;
use crate::mem::physical;

/// A board, and the memory that its description lies in.
pub struct Found {
    /// The board.
    pub board: Board<'static>,
    /// The device tree's memory; empty where there is none.
    pub device_tree: Region,
    /// Why the loader's device tree was not used, if it passed one.
    pub fault: Option<TreeError>,
    /// The firmware, where it can be asked.
    pub mailbox: Option<Mailbox>,
    /// The pins, where they can be wired.
    pub pins: Option<Pins>,
}

impl Found {
    fn new(
        entry: BootState,
        mut board: Board<'static>,
        device_tree: Region,
        fault: Option<TreeError>,
    ) -> Self {
        let timer = Timer::new();
        let mailbox = timer
            .zip(board.mailbox)
            .and_then(|(timer, region)| Mailbox::open(region, timer, entry.image));
        let pins = timer.zip(board.gpio).and_then(|(timer, gpio)| Pins::open(gpio, timer).ok());
        if let (true, Some(mailbox)) = (device_tree.is_empty(), mailbox) {
            ask_for_memory(mailbox, &mut board);
        }
        Found { board, device_tree, fault, mailbox, pins }
    }

    /// The console, wired and at its speed, ready to send.
    pub fn console(&self) -> Option<Uart> {
        const PL011_CLOCK: u32 = 2;
        const CORE_CLOCK: u32 = 4;
        /// The PL011 that the firmware's clock is of: a board may have others.
        const FIRST_PL011: u64 = 0x20_1000;
        let description = self.board.console?;
        // Pins that are known are those of a board whose ports are clocked as the firmware says.
        let clock = match (description, self.pins) {
            (board::Uart::Pl011(region), Some(pins)) if region.start & 0xff_ffff == FIRST_PL011 => {
                pins.route_pl011();
                self.clock_hertz(PL011_CLOCK)
            }
            (board::Uart::Mini(_), Some(pins)) => {
                pins.route_mini_uart();
                self.clock_hertz(CORE_CLOCK)
            }
            _ => None,
        };
        Uart::open(description, clock).ok()
    }

    fn clock_hertz(&self, clock: u32) -> Option<u32> {
        let [_, hertz] = self.mailbox?.ask(Tag::ClockRate, [clock, 0])?;
        Some(hertz)
    }
}

/// The firmware knows what a guess does not: how much memory there is. Without an answer the guess stays.
fn ask_for_memory(mailbox: Mailbox, board: &mut Board<'_>) {
    let region = |tag| {
        let [start, size] = mailbox.ask(tag, [0, 0])?;
        Some(Region::new(u64::from(start), u64::from(size)).shrink_to_pages())
    };
    if let Some(memory) = region(Tag::ArmMemory).filter(|memory| !memory.is_empty()) {
        board.memory = RegionList::new();
        board.memory.add(memory);
        board.memory.remove(region(Tag::VideoMemory).unwrap_or_default());
    }
}

/// Reads the device tree that the loader passed, or that QEMU left where memory begins, or guesses.
pub fn find(entry: BootState) -> Found {
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
            return Found::new(entry, board, device_tree, None);
        }
        Err(TreeError::Magic) => None, // nothing was passed
        Err(fault) => Some(fault),
    };
    let board = fallback::guess(entry.image, cpu::midr(), entry.level);
    Found::new(entry, board, Region::default(), fault)
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
