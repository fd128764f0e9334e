//! The console: a serial port, written at once and polled for input. The kernel's own lines go through `println!`.
//!
//! Programs' bytes and the kernel's lines meet here, and `firmseed_core::console` keeps them apart. No lock: the kernel is not
//! interrupted, and who reports a fault in the middle of a byte must get through.
//!
//! What comes is kept in a ring until a program asks for it: the port itself holds 8 or 16 bytes.

use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicU16, Ordering};
use firmseed_core::console::Line;
use spin::{Mutex, Once};

use crate::drivers::uart::Uart;

static UART: Once<Uart> = Once::new();

/// The end of what was written, a [`Line`].
static LINE: AtomicU16 = AtomicU16::new(Line::FRESH.to_word());

static INPUT: Mutex<Ring> = Mutex::new(Ring { bytes: [0; RING_SIZE], first: 0, count: 0 });

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

/// Shows what is no line of the kernel's own, above all what programs print; nothing before the console is open.
pub fn write(bytes: &[u8]) {
    send(bytes, Line::foreign);
}

/// Each byte as `pass` lets it pass.
fn send(bytes: &[u8], mut pass: impl FnMut(&mut Line, u8) -> u8) {
    let Some(uart) = UART.get() else { return };
    let mut line = Line::from_word(LINE.load(Ordering::Relaxed));
    for byte in bytes {
        uart.send(pass(&mut line, *byte));
    }
    LINE.store(line.to_word(), Ordering::Relaxed);
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

/// Shows a line of the kernel's own, on a fresh one.
pub fn say(line: fmt::Arguments<'_>) {
    let mut console = Console;
    if !Line::from_word(LINE.load(Ordering::Relaxed)).is_fresh() {
        let _ = console.write_str("\n"); // the console never fails
    }
    let _ = writeln!(console, "{line}");
}

/// The kernel's own text: a line feed also returns the carriage.
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let own = |line: &mut Line, byte| {
            line.own(byte);
            byte
        };
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                send(b"\r\n", own);
            }
            send(line.as_bytes(), own);
        }
        Ok(())
    }
}

/// A line of the kernel's own on the console.
#[macro_export]
macro_rules! println {
    ($($text:tt)*) => { $crate::console::say(format_args!($($text)*)) };
}
