//! What the board is made of: found in the device tree, or assumed where a board passes none.
//!
//! Plain data and parsing, no hardware access, so that a host can test it on any blob. The kernel binary
//! turns a [`Board`] into drivers. [`formats`] has the layouts that those share with firmware, cards and people.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod blob;
pub mod fallback;
pub mod formats;
pub mod regions;
#[cfg(test)]
mod tests;
mod translate;
pub mod tree;

use regions::{Region, RegionList};

/// Most virtio-mmio slots that are remembered: QEMU's virt has 32.
pub const VIRTIO_SLOTS: usize = 32;

/// The board, as far as the kernel uses it.
#[derive(Clone, Debug)]
pub struct Board<'a> {
    /// What it calls itself.
    pub model: &'a str,
    /// The kernel command line (/chosen/bootargs).
    pub arguments: &'a str,
    /// Random access memory.
    pub memory: RegionList,
    /// Parts of it that somebody else uses. May be mapped, must not be written.
    pub reserved: RegionList,
    /// Parts of it that must not even be mapped.
    pub unmapped: RegionList,
    /// The console's device.
    pub console: Option<Uart>,
    /// Who delivers the timer's interrupt.
    pub interrupts: Option<InterruptController>,
    /// The number of the virtual timer's interrupt there.
    pub timer_interrupt: u32,
    /// How to power off.
    pub power: Power,
    /// virtio-mmio slots, in the order of their addresses.
    pub virtio: RegionList,
    /// The pins, of a Raspberry Pi up to 4.
    pub gpio: Option<Gpio>,
    /// The property mailbox of its firmware.
    pub mailbox: Option<Region>,
    /// Controllers that an SD card may be behind: the first one that finds a card has it.
    pub sd: [Option<SdHost>; 2],
}

/// The pins of a BCM283x: functions alike, pulls not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpio {
    /// Raspberry Pi 1 to 3.
    Bcm2835(Region),
    /// Raspberry Pi 4.
    Bcm2711(Region),
}

/// An SD host controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SdHost {
    /// BCM283x: shares the card's pins with another controller. On Raspberry Pi 4 QEMU's card is behind this one, the
    /// board's is not.
    Emmc(Region),
    /// BCM2711: the card's own.
    Emmc2(Region),
}

/// A serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uart {
    /// ARM PrimeCell PL011.
    Pl011(Region),
    /// The 16550-like UART of the BCM283x auxiliary block.
    Mini(Region),
}

/// An interrupt controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterruptController {
    /// GICv1 or v2 (GIC-400).
    GicV2 {
        /// GICD.
        distributor: Region,
        /// GICC.
        processor: Region,
    },
    /// GICv3 or v4.
    GicV3 {
        /// GICD.
        distributor: Region,
        /// The first range of GICR frames.
        redistributors: Region,
    },
    /// The local controller of BCM2836 and BCM2837.
    Bcm2836(Region),
}

/// How the board is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// PSCI through HVC.
    PsciHvc,
    /// PSCI through SMC.
    PsciSmc,
    /// The power manager's watchdog of a BCM283x or BCM2711.
    Watchdog(Region),
    /// No way known: stop.
    Halt,
}

impl<'a> Board<'a> {
    /// A board of which nothing is known.
    pub const fn unknown() -> Self {
        Board {
            model: "unknown board",
            arguments: "",
            memory: RegionList::new(),
            reserved: RegionList::new(),
            unmapped: RegionList::new(),
            console: None,
            interrupts: None,
            timer_interrupt: 0,
            power: Power::Halt,
            virtio: RegionList::new(),
            gpio: None,
            mailbox: None,
            sd: [None; 2],
        }
    }

    /// The value of `name=value` on the command line; the last one counts.
    pub fn argument(&self, name: &str) -> Option<&'a str> {
        argument(self.arguments, name)
    }
}

/// The value of `name=value` among words separated by blanks; the last one counts.
pub fn argument<'a>(arguments: &'a str, name: &str) -> Option<&'a str> {
    arguments
        .split_ascii_whitespace()
        .filter_map(|word| word.strip_prefix(name)?.strip_prefix('='))
        .fold(None, |_, value| Some(value))
}
