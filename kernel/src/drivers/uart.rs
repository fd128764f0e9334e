//! Serial ports, polled: ARM's PL011 (ARM DDI 0183) and the BCM283x mini-UART (BCM2835 ARM Peripherals, 2.2).
//!
//! Speed and pins are as the firmware left them. The receiver is polled every millisecond, in which 115200
//! baud bring 12 bytes: the FIFOs of both ports hold that.

use board::Uart as Description;

use super::mmio::{MapError, Registers};

const PL011_DATA: u64 = 0x00;
const PL011_FLAGS: u64 = 0x18;
const PL011_LINE: u64 = 0x2c;
const PL011_CONTROL: u64 = 0x30;
const PL011_EIGHT_BITS: u32 = 3 << 5;
const PL011_FIFOS: u32 = 1 << 4;
const PL011_BUSY: u32 = 1 << 3;
const PL011_RECEIVE_EMPTY: u32 = 1 << 4;
const PL011_TRANSMIT_FULL: u32 = 1 << 5;
const PL011_ENABLE_ALL: u32 = 1 | 1 << 8 | 1 << 9;

// The device tree's node covers AUX_MU_IO to AUX_MU_BAUD.
const MINI_DATA: u64 = 0x00;
const MINI_LINE_STATUS: u64 = 0x14;
const MINI_RECEIVE_READY: u32 = 1;
const MINI_TRANSMIT_READY: u32 = 1 << 5;

/// A serial port that the kernel talks through.
#[derive(Clone, Copy, Debug)]
pub enum Uart {
    /// ARM PrimeCell PL011.
    Pl011(Registers),
    /// The BCM283x auxiliary UART.
    Mini(Registers),
}

impl Uart {
    /// Maps the port and lets it send and receive.
    ///
    /// # Errors
    /// When it cannot be mapped.
    pub fn open(description: Description) -> Result<Self, MapError> {
        Ok(match description {
            Description::Pl011(region) => {
                let registers = Registers::map(region)?;
                let control = registers.read(PL011_CONTROL);
                registers.write(PL011_CONTROL, control | PL011_ENABLE_ALL);
                Uart::Pl011(registers)
            }
            Description::Mini(region) => Uart::Mini(Registers::map(region)?),
        })
    }

    /// Switches the receiver's FIFO on. What has come and was not taken may be lost.
    pub fn buffer_input(&self) {
        if let Uart::Pl011(registers) = self
            && registers.read(PL011_LINE) & PL011_FIFOS == 0
        {
            // The line's settings may be changed only while the port is off and has sent all.
            while registers.read(PL011_FLAGS) & PL011_BUSY != 0 {}
            let control = registers.read(PL011_CONTROL);
            registers.write(PL011_CONTROL, 0);
            registers.write(PL011_LINE, PL011_EIGHT_BITS | PL011_FIFOS);
            registers.write(PL011_CONTROL, control);
        }
    }

    /// Sends a byte; waits while the port is busy.
    pub fn send(&self, byte: u8) {
        match self {
            Uart::Pl011(registers) => {
                while registers.read(PL011_FLAGS) & PL011_TRANSMIT_FULL != 0 {}
                registers.write(PL011_DATA, u32::from(byte));
            }
            Uart::Mini(registers) => {
                while registers.read(MINI_LINE_STATUS) & MINI_TRANSMIT_READY == 0 {}
                registers.write(MINI_DATA, u32::from(byte));
            }
        }
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
