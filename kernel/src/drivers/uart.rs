//! Serial ports, polled: ARM's PL011 (ARM DDI 0183) and the BCM283x mini-UART (BCM2835 ARM Peripherals, 2.2).
//!
//! 115200 baud, eight bits, no parity, set by us where the port's clock is known (Raspberry Pi 1 to 4); elsewhere as
//! the firmware left it. The receiver is polled every millisecond, in which 115200 baud bring 12 bytes: the FIFOs of both
//! ports hold that.

use board::Uart as Description;
use board::formats::baud;
use board::regions::Region;
use core::sync::atomic::{AtomicBool, Ordering};

use super::mmio::{MapError, Registers};
use crate::arch::cpu;

const PL011_DATA: u64 = 0x00;
const PL011_FLAGS: u64 = 0x18;
const PL011_BAUD_WHOLE: u64 = 0x24;
const PL011_BAUD_FRACTION: u64 = 0x28;
const PL011_LINE: u64 = 0x2c;
const PL011_CONTROL: u64 = 0x30;
const PL011_INTERRUPTS: u64 = 0x38;
const PL011_EIGHT_BITS: u32 = 3 << 5;
const PL011_FIFOS: u32 = 1 << 4;
const PL011_BUSY: u32 = 1 << 3;
const PL011_RECEIVE_EMPTY: u32 = 1 << 4;
const PL011_TRANSMIT_FULL: u32 = 1 << 5;
const PL011_ENABLE_ALL: u32 = 1 | 1 << 8 | 1 << 9;

// Offsets in the page of the auxiliary block; the device tree's node covers AUX_MU_IO to AUX_MU_BAUD.
const AUX_ENABLES: u64 = 0x04;
const MINI_DATA: u64 = 0x40;
const MINI_INTERRUPTS: u64 = 0x44;
const MINI_CLEAR: u64 = 0x48;
const MINI_LINE: u64 = 0x4c;
const MINI_MODEM: u64 = 0x50;
const MINI_LINE_STATUS: u64 = 0x54;
const MINI_CONTROL: u64 = 0x60;
const MINI_BAUD: u64 = 0x68;
const MINI_CLEAR_FIFOS: u32 = 6;
const MINI_EIGHT_BITS: u32 = 3;
const MINI_ENABLE: u32 = 3;
const MINI_RECEIVE_READY: u32 = 1;
const MINI_TRANSMIT_READY: u32 = 1 << 5;
const MINI_IDLE: u32 = 1 << 6;

/// How long a port may refuse a byte before it counts as dead: one that sends takes 90 microseconds. Long, for behind
/// an emulated port may be a person who reads page by page.
const PATIENCE_SECONDS: u64 = 10;

/// The port is dead: no byte waits for it any more, until it takes one again.
static DEAD: AtomicBool = AtomicBool::new(false);

/// A serial port that the kernel talks through.
#[derive(Clone, Copy, Debug)]
pub enum Uart {
    /// ARM PrimeCell PL011.
    Pl011(Registers),
    /// The BCM283x auxiliary UART, with its block's page.
    Mini(Registers),
}

impl Uart {
    /// Maps the port and lets it send and receive; `clock_hertz`, where it is known, gives its speed.
    ///
    /// # Errors
    /// When it cannot be mapped.
    pub fn open(description: Description, clock_hertz: Option<u32>) -> Result<Self, MapError> {
        match description {
            Description::Pl011(region) => {
                let uart = Uart::Pl011(Registers::map(region)?);
                uart.set_up_pl011(clock_hertz.and_then(baud::pl011));
                Ok(uart)
            }
            Description::Mini(region) => {
                let page = Region::new(region.start & !4095, 4096);
                let uart = Uart::Mini(Registers::map(page)?);
                if let Some(divisor) = clock_hertz.and_then(baud::mini) {
                    uart.set_up_mini(divisor);
                }
                Ok(uart)
            }
        }
    }

    /// The line's settings may be changed only while the port is off and has sent all (3.3.8).
    fn set_up_pl011(&self, divisor: Option<(u32, u32)>) {
        let Uart::Pl011(registers) = self else { return };
        let control = registers.read(PL011_CONTROL);
        let Some((whole, fraction)) = divisor else {
            registers.write(PL011_CONTROL, control | PL011_ENABLE_ALL);
            return;
        };
        if control & 1 != 0 {
            self.drain();
        }
        registers.write(PL011_CONTROL, 0);
        registers.write(PL011_INTERRUPTS, 0);
        registers.write(PL011_LINE, 0); // empties the FIFOs
        registers.write(PL011_BAUD_WHOLE, whole);
        registers.write(PL011_BAUD_FRACTION, fraction);
        registers.write(PL011_LINE, PL011_EIGHT_BITS | PL011_FIFOS);
        registers.write(PL011_CONTROL, PL011_ENABLE_ALL);
    }

    fn set_up_mini(&self, divisor: u32) {
        let Uart::Mini(registers) = self else { return };
        let enabled = registers.read(AUX_ENABLES);
        if enabled & 1 != 0 {
            self.drain();
        }
        registers.write(AUX_ENABLES, enabled | 1); // before, its registers cannot be reached
        registers.write(MINI_CONTROL, 0);
        registers.write(MINI_INTERRUPTS, 0);
        registers.write(MINI_LINE, MINI_EIGHT_BITS);
        registers.write(MINI_MODEM, 0);
        registers.write(MINI_CLEAR, MINI_CLEAR_FIFOS);
        registers.write(MINI_BAUD, divisor);
        registers.write(MINI_CONTROL, MINI_ENABLE);
    }

    /// Switches the receiver's FIFO on. What has come and was not taken may be lost.
    pub fn buffer_input(&self) {
        if let Uart::Pl011(registers) = self
            && registers.read(PL011_LINE) & PL011_FIFOS == 0
        {
            self.drain();
            let control = registers.read(PL011_CONTROL);
            registers.write(PL011_CONTROL, 0);
            registers.write(PL011_LINE, PL011_EIGHT_BITS | PL011_FIFOS);
            registers.write(PL011_CONTROL, control);
        }
    }

    /// Sends a byte; waits while the port is busy. A dead port loses it.
    pub fn send(&self, byte: u8) {
        let ready = || match self {
            Uart::Pl011(registers) => registers.read(PL011_FLAGS) & PL011_TRANSMIT_FULL == 0,
            Uart::Mini(registers) => registers.read(MINI_LINE_STATUS) & MINI_TRANSMIT_READY != 0,
        };
        if !wait(ready) {
            return;
        }
        match self {
            Uart::Pl011(registers) => registers.write(PL011_DATA, u32::from(byte)),
            Uart::Mini(registers) => registers.write(MINI_DATA, u32::from(byte)),
        }
    }

    /// Waits until all is sent.
    pub fn drain(&self) {
        wait(|| match self {
            Uart::Pl011(registers) => registers.read(PL011_FLAGS) & PL011_BUSY == 0,
            Uart::Mini(registers) => registers.read(MINI_LINE_STATUS) & MINI_IDLE != 0,
        });
    }

    /// A byte that has come.
    pub fn receive(&self) -> Option<u8> {
        match self {
            Uart::Pl011(registers) => (registers.read(PL011_FLAGS) & PL011_RECEIVE_EMPTY == 0)
                .then(|| registers.read(PL011_DATA) as u8),
            Uart::Mini(registers) => (registers.read(MINI_LINE_STATUS) & MINI_RECEIVE_READY != 0)
                .then(|| registers.read(MINI_DATA) as u8),
        }
    }
}

/// Waits for the port, at most [`PATIENCE_SECONDS`] while it is not dead yet; is it ready?
fn wait(ready: impl Fn() -> bool) -> bool {
    if ready() {
        DEAD.store(false, Ordering::Relaxed);
        return true;
    }
    let patience = match DEAD.load(Ordering::Relaxed) {
        true => 0,
        false => PATIENCE_SECONDS * cpu::counter_frequency(),
    };
    let start = cpu::counter();
    while cpu::counter() - start < patience {
        if ready() {
            return true;
        }
    }
    DEAD.store(true, Ordering::Relaxed);
    false
}
