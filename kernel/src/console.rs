//! The console: a serial port, written at once and polled for input. The kernel's own lines go through `println!`.
//!
//! What comes is kept in a ring until a program asks for it: the port itself holds 8 or 16 bytes.

use core::fmt;
use spin::{Mutex, Once};

use crate::drivers::uart::Uart;

static UART: Once<Uart> = Once::new();

static INPUT: Mutex<Ring> = Mutex::new(Ring {
    bytes: [0; RING_SIZE],
    first: 0,
    count: 0,
});

/// Bytes that nobody has asked for yet.
struct Ring {
    bytes: [u8; RING_SIZE],
    first: usize,
    count: usize,
}

const RING_SIZE: usize = 1024;

/// Makes `uart` the console. The first call counts.
pub fn open(uart: Uart) {
    UART.call_once(|| uart);
    poll(); // the next step drops what is in the port
    uart.buffer_input();
}

/// Takes what has come from the port. Where nobody asks for so long that the ring is full, it stays there.
pub fn poll() {
    let Some(uart) = UART.get() else { return };
    let ring = &mut *INPUT.lock();
    while ring.count < RING_SIZE
        && let Some(byte) = uart.receive()
    {
        ring.bytes[(ring.first + ring.count) % RING_SIZE] = byte;
        ring.count += 1;
    }
}

/// Writes bytes as they are; nothing before the console is open.
pub fn write(bytes: &[u8]) {
    if let Some(uart) = UART.get() {
        for byte in bytes {
            uart.send(*byte);
        }
    }
}

/// Waits until all that was written is out.
pub fn drain() {
    if let Some(uart) = UART.get() {
        uart.drain();
    }
}

/// A byte that has come.
pub fn read() -> Option<u8> {
    let ring = &mut *INPUT.lock();
    ring.count = ring.count.checked_sub(1)?;
    let byte = ring.bytes[ring.first];
    ring.first = (ring.first + 1) % RING_SIZE;
    Some(byte)
}

/// The kernel's own text: a line feed also returns the carriage.
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                write(b"\r\n");
            }
            write(line.as_bytes());
        }
        Ok(())
    }
}

/// A line on the console.
#[macro_export]
macro_rules! println {
    () => { $crate::println!("") };
    ($($text:tt)*) => {{
        use core::fmt::Write as _;
        let _ = writeln!($crate::console::Console, $($text)*); // the console never fails
    }};
}
