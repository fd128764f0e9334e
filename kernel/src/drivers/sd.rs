//! An SD card behind an SD Host Controller (SD Specifications, Part A2, 3.00): the Arasan one of BCM283x ("EMMC"), and
//! BCM2711's ("EMMC2"). Polled, every byte moved by the processor, 512-byte sectors, four data lines, 25 MHz.
//!
//! Nothing here knows partitions: `results/card.rs` does, and is the only caller. No wait is without an end.

use board::SdHost;
use board::formats::property::Tag;
use board::formats::sd::{self, Command};
use core::fmt;

use super::gpio::Pins;
use super::mailbox::Mailbox;
use super::mmio::{MapError, Registers};
use super::timer::Timer;

// Registers, as 32-bit words: BCM2835 knows no other accesses.
const BLOCKS: u64 = 0x04;
const ARGUMENT: u64 = 0x08;
const COMMAND: u64 = 0x0c;
const RESPONSE: u64 = 0x10;
const DATA: u64 = 0x20;
const STATE: u64 = 0x24;
const HOST_CONTROL: u64 = 0x28;
const CLOCK_CONTROL: u64 = 0x2c;
const EVENTS: u64 = 0x30;
const EVENTS_SEEN: u64 = 0x34;
const EVENTS_SIGNALLED: u64 = 0x38;

const COMMAND_BUSY: u32 = 1 << 0;
const DATA_BUSY: u32 = 1 << 1;
const FOUR_LINES: u32 = 1 << 1;
const POWER_3V3: u32 = 0xf << 8;
const CLOCK_INTERNAL: u32 = 1 << 0;
const CLOCK_STABLE: u32 = 1 << 1;
const CLOCK_TO_CARD: u32 = 1 << 2;
const LONGEST_TIMEOUT: u32 = 0xe << 16;
const RESET_ALL: u32 = 1 << 24;
const RESET_LINES: u32 = 3 << 25;
const COMMAND_COMPLETE: u32 = 1 << 0;
const TRANSFER_COMPLETE: u32 = 1 << 1;
const WRITE_READY: u32 = 1 << 4;
const READ_READY: u32 = 1 << 5;
const ERRORS: u32 = 0xffff_8000;
const ERROR_COMMAND_TIMEOUT: u32 = 1 << 16;

/// Bytes of a sector.
pub const SECTOR: usize = 512;
/// Sectors in one transfer.
const MAX_SECTORS: usize = 128;
/// The clock while the card has no address, and after.
const SLOW_HERTZ: u32 = 400_000;
const FAST_HERTZ: u32 = 25_000_000;
const MILLISECOND: u64 = 1_000_000;
/// A card may take a second to start (4.2.3), half of one to write a block (4.6.2.2): twice that.
const PATIENCE: u64 = 2_000 * MILLISECOND;

/// Why a card cannot be used, or no more.
#[derive(Clone, Copy, Debug)]
pub enum SdError {
    /// The controller's registers cannot be mapped.
    Map(MapError),
    /// The firmware does not say how fast the controller is clocked.
    NoClock,
    /// The controller does not come to this.
    Stuck(&'static str),
    /// No card answers.
    NoCard,
    /// The card does not come to its end of starting.
    NoStart,
    /// Its description of itself is of no kind that is known.
    Unknown,
    /// It is protected.
    WriteProtected,
    /// A command failed.
    Failed {
        /// Its number.
        command: u8,
        /// The controller's interrupt status.
        events: u32,
    },
    /// The card reported an error.
    Refused {
        /// To the command with this number.
        command: u8,
        /// Its status (R1).
        status: u32,
    },
}

impl fmt::Display for SdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SdError::Map(error) => error.fmt(f),
            SdError::NoClock => write!(f, "the firmware does not tell its controller's clock"),
            SdError::Stuck(what) => write!(f, "its controller hangs: {what}"),
            SdError::NoCard => write!(f, "there is none"),
            SdError::NoStart => write!(f, "it does not start"),
            SdError::Unknown => write!(f, "it describes itself in an unknown way"),
            SdError::WriteProtected => write!(f, "it is write-protected"),
            SdError::Failed { command, events } => {
                write!(f, "command {command} fails (controller {events:#010x})")
            }
            SdError::Refused { command, status } => {
                write!(f, "it refuses command {command} (status {status:#010x})")
            }
        }
    }
}

/// A card that is ready to be read and written.
pub struct Card {
    registers: Registers,
    timer: Timer,
    /// The controller's clock.
    base_hertz: u32,
    /// Between two writes of registers: BCM2835 loses the second where it comes within two of the card's clocks.
    pause_nanoseconds: u64,
    /// Its address, in the upper half.
    address: u32,
    counts_in_blocks: bool,
    /// Its size.
    pub sectors: u64,
}

impl Card {
    /// Starts controller and card.
    ///
    /// # Errors
    /// Why the card cannot be written.
    pub fn open(
        host: SdHost,
        mailbox: &Mailbox,
        pins: Option<Pins>,
        timer: Timer,
    ) -> Result<Self, SdError> {
        const EMMC_CLOCK: u32 = 1;
        const EMMC2_CLOCK: u32 = 12;
        /// Raspberry Pi 4: 3.3 V on the card's lines, for the firmware may have gone to 1.8.
        const EXPANDER_LOW_VOLTAGE: u32 = 132;
        let (region, clock) = match host {
            SdHost::Emmc(region) => {
                if let Some(pins) = pins {
                    pins.route_card();
                }
                (region, EMMC_CLOCK)
            }
            SdHost::Emmc2(region) => {
                mailbox.ask(Tag::SetGpioState, [EXPANDER_LOW_VOLTAGE, 0]);
                timer.pause(5 * MILLISECOND);
                (region, EMMC2_CLOCK)
            }
        };
        mailbox.ask(Tag::SetClockState, [clock, 1]);
        let base_hertz = match mailbox.ask(Tag::ClockRate, [clock, 0]) {
            Some([_, hertz]) if hertz >= SLOW_HERTZ => hertz,
            _ => return Err(SdError::NoClock),
        };
        let mut card = Card {
            registers: Registers::map(region).map_err(SdError::Map)?,
            timer,
            base_hertz,
            pause_nanoseconds: 0,
            address: 0,
            counts_in_blocks: false,
            sectors: 0,
        };
        card.start_controller()?;
        card.start_card()?;
        Ok(card)
    }

    fn start_controller(&mut self) -> Result<(), SdError> {
        self.write(CLOCK_CONTROL, RESET_ALL);
        self.wait_clear(CLOCK_CONTROL, RESET_ALL, "reset")?;
        self.write(HOST_CONTROL, POWER_3V3);
        self.timer.pause(2 * MILLISECOND); // power has to rise
        self.set_clock(SLOW_HERTZ)?;
        self.write(EVENTS_SIGNALLED, 0);
        self.write(EVENTS_SEEN, !0);
        self.write(EVENTS, !0);
        self.timer.pause(MILLISECOND); // the card wants 74 clocks before its first command (6.4.1)
        Ok(())
    }

    /// From power-on to the transfer state (4.2).
    fn start_card(&mut self) -> Result<(), SdError> {
        self.command(sd::GO_IDLE, 0)?;
        let knows_version_2 = match self.command(sd::SEND_IF_COND, sd::IF_COND) {
            Ok([answer, ..]) if answer & 0xfff == sd::IF_COND => true,
            Ok(_) => return Err(SdError::Unknown), // not for 3.3 V
            Err(SdError::Failed { events, .. }) if events & ERROR_COMMAND_TIMEOUT != 0 => {
                self.command(sd::GO_IDLE, 0)?; // an old card is confused now
                false
            }
            Err(error) => return Err(error),
        };
        let deadline = self.timer.now() + PATIENCE;
        self.counts_in_blocks = loop {
            let answer = match self.command(sd::SEND_OP_COND, sd::op_cond(knows_version_2)) {
                Err(SdError::Failed { events, .. }) if events & ERROR_COMMAND_TIMEOUT != 0 => {
                    return Err(SdError::NoCard);
                }
                other => other?,
            };
            if let Some(counts_in_blocks) = sd::started(answer[0]) {
                break counts_in_blocks;
            }
            if self.timer.now() > deadline {
                return Err(SdError::NoStart);
            }
            self.timer.pause(MILLISECOND);
        };
        self.command(sd::ALL_SEND_CID, 0)?;
        self.address = self.command(sd::SEND_ADDRESS, 0)?[0] & 0xffff_0000;
        let registers = self.command(sd::SEND_CSD, self.address)?;
        let card = sd::card_data(registers).ok_or(SdError::Unknown)?;
        if card.write_protected {
            return Err(SdError::WriteProtected);
        }
        self.sectors = card.sectors;
        self.set_clock(FAST_HERTZ)?;
        self.command(sd::SELECT, self.address)?;
        self.wait_ready()?;
        self.command(sd::SET_BLOCK_LENGTH, SECTOR as u32)?;
        self.command(sd::SET_BUS_WIDTH, 2)?;
        self.write(HOST_CONTROL, POWER_3V3 | FOUR_LINES);
        Ok(())
    }

    /// Reads whole sectors.
    ///
    /// # Errors
    /// Why they are not there.
    pub fn read(&mut self, mut sector: u32, bytes: &mut [u8]) -> Result<(), SdError> {
        for part in bytes.chunks_mut(MAX_SECTORS * SECTOR) {
            self.start_transfer(sd::READ_BLOCKS, sector, part.len())?;
            for block in part.chunks_exact_mut(SECTOR) {
                self.wait_event(sd::READ_BLOCKS, READ_READY)?;
                for word in block.chunks_exact_mut(4) {
                    word.copy_from_slice(&self.registers.read(DATA).to_le_bytes());
                }
            }
            self.wait_event(sd::READ_BLOCKS, TRANSFER_COMPLETE)?;
            sector += (part.len() / SECTOR) as u32;
        }
        Ok(())
    }

    /// Writes whole sectors; returns when the card has programmed them.
    ///
    /// # Errors
    /// Why they are not all on the card.
    pub fn write_sectors(&mut self, mut sector: u32, bytes: &[u8]) -> Result<(), SdError> {
        for part in bytes.chunks(MAX_SECTORS * SECTOR) {
            self.start_transfer(sd::WRITE_BLOCKS, sector, part.len())?;
            for block in part.chunks_exact(SECTOR) {
                self.wait_event(sd::WRITE_BLOCKS, WRITE_READY)?;
                for word in block.chunks_exact(4) {
                    let word = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
                    self.registers.write(DATA, word);
                }
            }
            self.wait_event(sd::WRITE_BLOCKS, TRANSFER_COMPLETE)?;
            self.wait_ready()?;
            sector += (part.len() / SECTOR) as u32;
        }
        Ok(())
    }

    fn start_transfer(
        &mut self,
        command: Command,
        sector: u32,
        length: usize,
    ) -> Result<(), SdError> {
        assert!(length > 0 && length.is_multiple_of(SECTOR), "whole sectors");
        self.write(BLOCKS, ((length / SECTOR) as u32) << 16 | SECTOR as u32);
        let address = match self.counts_in_blocks {
            true => sector,
            false => sector * SECTOR as u32, // such cards end at 2 GiB
        };
        self.command(command, address).map(|_| ())
    }

    /// Waits until the card is through with what it was given.
    fn wait_ready(&mut self) -> Result<(), SdError> {
        let deadline = self.timer.now() + PATIENCE;
        while !sd::ready(self.command(sd::SEND_STATUS, self.address)?[0]) {
            if self.timer.now() > deadline {
                return Err(SdError::Stuck("the card stays busy"));
            }
        }
        Ok(())
    }

    /// One command, with its prefix where it is an application command; the response registers.
    fn command(&mut self, command: Command, argument: u32) -> Result<[u32; 4], SdError> {
        if command.application {
            self.command(sd::APPLICATION, self.address)?;
        }
        let busy = match command.has_data() {
            true => COMMAND_BUSY | DATA_BUSY,
            false => COMMAND_BUSY,
        };
        self.wait_clear(STATE, busy, "busy before a command")?;
        self.write(EVENTS, !0);
        self.write(ARGUMENT, argument);
        self.write(COMMAND, command.word());
        self.wait_event(command, COMMAND_COMPLETE)?;
        let response = [0, 4, 8, 12].map(|offset| self.registers.read(RESPONSE + offset));
        if command.answers_status() && sd::status_errors(response[0]) != 0 {
            return Err(SdError::Refused { command: command.index, status: response[0] });
        }
        Ok(response)
    }

    /// Waits for an event, and takes it. After an error the controller is ready for another command.
    fn wait_event(&mut self, command: Command, event: u32) -> Result<(), SdError> {
        let mut events = 0;
        self.timer.wait(PATIENCE, || {
            events = self.registers.read(EVENTS);
            events & (event | ERRORS) != 0
        });
        if events & ERRORS == 0 && events & event != 0 {
            self.write(EVENTS, event);
            return Ok(());
        }
        let clock = self.registers.read(CLOCK_CONTROL);
        self.write(CLOCK_CONTROL, clock | RESET_LINES);
        self.wait_clear(CLOCK_CONTROL, RESET_LINES, "reset of its lines")?;
        self.write(EVENTS, !0);
        Err(SdError::Failed { command: command.index, events })
    }

    /// Clocks the card; the clock stands still while it changes.
    fn set_clock(&mut self, hertz: u32) -> Result<(), SdError> {
        let clock = sd::clock_divider(self.base_hertz, hertz) | LONGEST_TIMEOUT | CLOCK_INTERNAL;
        self.pause_nanoseconds = 3_000_000_000 / u64::from(hertz);
        self.write(CLOCK_CONTROL, clock);
        let registers = self.registers;
        let stable = || registers.read(CLOCK_CONTROL) & CLOCK_STABLE != 0;
        if !self.timer.wait(PATIENCE, stable) {
            return Err(SdError::Stuck("its clock does not settle"));
        }
        self.write(CLOCK_CONTROL, clock | CLOCK_TO_CARD);
        Ok(())
    }

    fn wait_clear(&self, register: u64, bits: u32, what: &'static str) -> Result<(), SdError> {
        let clear = || self.registers.read(register) & bits == 0;
        match self.timer.wait(PATIENCE, clear) {
            true => Ok(()),
            false => Err(SdError::Stuck(what)),
        }
    }

    fn write(&self, register: u64, value: u32) {
        self.registers.write(register, value);
        self.timer.pause(self.pause_nanoseconds);
    }
}
