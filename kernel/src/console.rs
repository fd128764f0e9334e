//! The console: a serial port, written at once and polled for input. The kernel's own lines go through `println!`.

use core::fmt;
use spin::Once;

use crate::drivers::uart::Uart;

static UART: Once<Uart> = Once::new();

/// Makes `uart` the console. The first call counts.
pub fn open(uart: Uart) {
    UART.call_once(|| uart);
}

/// Writes bytes as they are; nothing before the console is open.
pub fn write(bytes: &[u8]) {
    if let Some(uart) = UART.get() {
        for byte in bytes {
            uart.send(*byte);
        }
    }
}

/// A byte that has come.
pub fn read() -> Option<u8> {
    UART.get()?.receive()
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
