//! The pins of a BCM283x (BCM2835 ARM Peripherals, 6; BCM2711 ARM Peripherals, 5): which device each is wired to.
//!
//! Three routes are set, and only those: the console to the header's pins 8 and 10, and the SD card to the EMMC.

use board::Gpio as Description;

use super::mmio::{MapError, Registers};
use super::timer::Timer;

const FUNCTION_SELECT: u64 = 0x00;
const BCM2835_PULL: u64 = 0x94;
const BCM2835_PULL_CLOCK: u64 = 0x98;
const BCM2711_PULL: u64 = 0xe4;

/// What a pin does; the numbers are those of its three bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Input = 0,
    Alternate0 = 4,
    Alternate3 = 7,
    Alternate5 = 2,
}

/// The resistor at a pin; the numbers are BCM2835's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pull {
    None = 0,
    Up = 2,
}

/// The pins, ready to be wired.
#[derive(Clone, Copy, Debug)]
pub struct Pins {
    registers: Registers,
    is_bcm2711: bool,
    timer: Timer,
}

impl Pins {
    /// Maps the pins' registers.
    ///
    /// # Errors
    /// When they cannot be mapped.
    pub fn open(description: Description, timer: Timer) -> Result<Self, MapError> {
        let (region, is_bcm2711) = match description {
            Description::Bcm2835(region) => (region, false),
            Description::Bcm2711(region) => (region, true),
        };
        Ok(Pins { registers: Registers::map(region)?, is_bcm2711, timer })
    }

    /// GPIO 14 sends and 15 receives for the PL011, which the firmware may have wired to the Bluetooth chip.
    pub fn route_pl011(&self) {
        self.release(32..=33, Function::Alternate3);
        self.route_console(Function::Alternate0);
    }

    /// The same for the mini-UART.
    pub fn route_mini_uart(&self) {
        self.release(32..=33, Function::Alternate5);
        self.route_console(Function::Alternate5);
    }

    /// GPIO 48 to 53, the card's, go to the EMMC. The wireless chip's pins leave it, and get nothing else. On BCM2711 the
    /// card has pins that are none of these.
    pub fn route_card(&self) {
        if self.is_bcm2711 {
            return;
        }
        self.release(34..=39, Function::Alternate3);
        // Away from the other controller first, all of them: QEMU moves its card only then.
        for pin in 48..=53 {
            self.set_function(pin, Function::Input);
        }
        for pin in 48..=53 {
            // The clock is driven, command and data are pulled up (Physical Layer 6.00, 3.6).
            self.set_pull(pin, if pin == 48 { Pull::None } else { Pull::Up });
            self.set_function(pin, Function::Alternate3);
        }
    }

    fn route_console(&self, function: Function) {
        self.set_pull(14, Pull::None);
        self.set_pull(15, Pull::Up); // a line that nobody drives is idle
        self.set_function(14, function);
        self.set_function(15, function);
    }

    /// Takes pins from a device that gets others.
    fn release(&self, pins: core::ops::RangeInclusive<u64>, function: Function) {
        for pin in pins {
            let (register, shift) = select(pin);
            if (self.registers.read(register) >> shift) & 7 == function as u32 {
                self.set_function(pin, Function::Input);
            }
        }
    }

    fn set_function(&self, pin: u64, function: Function) {
        let (register, shift) = select(pin);
        let others = self.registers.read(register) & !(7 << shift);
        self.registers.write(register, others | (function as u32) << shift);
    }

    fn set_pull(&self, pin: u64, pull: Pull) {
        if self.is_bcm2711 {
            let (register, shift) = (BCM2711_PULL + pin / 16 * 4, pin % 16 * 2);
            let others = self.registers.read(register) & !(3 << shift);
            let code = (pull == Pull::Up) as u32;
            self.registers.write(register, others | code << shift);
            return;
        }
        // The sequence of 6.1, GPPUD: each step lasts 150 cycles of a slow clock at least.
        let clock = BCM2835_PULL_CLOCK + pin / 32 * 4;
        self.registers.write(BCM2835_PULL, pull as u32);
        self.timer.pause(1_000);
        self.registers.write(clock, 1 << (pin % 32));
        self.timer.pause(1_000);
        self.registers.write(BCM2835_PULL, Pull::None as u32);
        self.registers.write(clock, 0);
    }
}

/// Register and place of a pin's function.
const fn select(pin: u64) -> (u64, u64) {
    (FUNCTION_SELECT + pin / 10 * 4, pin % 10 * 3)
}
