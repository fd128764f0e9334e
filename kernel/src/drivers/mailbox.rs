//! Questions to the VideoCore firmware of a Raspberry Pi, through mailbox 0 and 1, channel 8.
//!
//! The message lies in memory that the VideoCore reads and writes past the processor's caches: its lines are cleaned and
//! invalidated before and after. It has lines of its own, so that nothing else goes with them.

use board::formats::property::{self, Tag};
use board::regions::Region;
use core::sync::atomic::{AtomicU32, Ordering};

use super::mmio::Registers;
use super::timer::Timer;
use crate::arch::{self, cpu};

const READ: u64 = 0x00;
const READ_STATUS: u64 = 0x18;
const WRITE: u64 = 0x20;
const WRITE_STATUS: u64 = 0x38;
const FULL: u32 = 1 << 31;
const EMPTY: u32 = 1 << 30;
const PROPERTY_CHANNEL: u32 = 8;
/// The VideoCore's view of memory that goes past its own second-level cache.
const UNCACHED_ALIAS: u64 = 0xc000_0000;
/// Addresses that it can be told: memory of the first GiB.
const REACH: u64 = 1 << 30;
const PATIENCE_NANOSECONDS: u64 = 1_000_000_000;

/// As long as the longest cache line that the architecture's processors here have, twice: nothing shares them.
#[repr(align(128))]
struct Message([AtomicU32; 32]);
static MESSAGE: Message = Message([const { AtomicU32::new(0) }; 32]);

/// The mailbox of a firmware that has not been asked yet.
#[derive(Clone, Copy, Debug)]
pub struct Mailbox {
    registers: Registers,
    timer: Timer,
    /// What is written to the mailbox: the message's address, and the channel.
    ticket: u32,
}

impl Mailbox {
    /// Maps the mailbox; None where that cannot be, or the kernel (at `image`) lies where the VideoCore does not reach.
    pub fn open(region: Region, timer: Timer, image: u64) -> Option<Self> {
        let address = arch::physical_address(image, &MESSAGE);
        (address + size_of::<Message>() as u64 <= REACH).then_some(())?;
        Some(Mailbox {
            registers: Registers::map(region).ok()?,
            timer,
            ticket: (address | UNCACHED_ALIAS) as u32 | PROPERTY_CHANNEL,
        })
    }

    /// Asks; None where the firmware does not answer in time, or does not know.
    pub fn ask(&self, tag: Tag, value: [u32; 2]) -> Option<[u32; 2]> {
        for (word, slot) in property::request(tag, value).iter().zip(&MESSAGE.0) {
            slot.store(*word, Ordering::Relaxed);
        }
        cpu::clean_and_invalidate(&MESSAGE);
        self.wait(WRITE_STATUS, FULL)?;
        self.registers.write(WRITE, self.ticket);
        loop {
            self.wait(READ_STATUS, EMPTY)?;
            if self.registers.read(READ) == self.ticket {
                break; // else: an answer that nobody waits for
            }
        }
        cpu::clean_and_invalidate(&MESSAGE); // what was fetched meanwhile is old
        let mut message = [0; property::WORDS];
        for (word, slot) in message.iter_mut().zip(&MESSAGE.0) {
            *word = slot.load(Ordering::Relaxed);
        }
        property::answer(&message, tag)
    }

    fn wait(&self, status: u64, bit: u32) -> Option<()> {
        self.timer
            .wait(PATIENCE_NANOSECONDS, || self.registers.read(status) & bit == 0)
            .then_some(())
    }
}
