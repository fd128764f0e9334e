//! A text that grows as long as the heap allows, and bytes shown so that no terminal is upset.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::errno::Errno;
use firmseed_formats::page::ZEROS;

/// Takes what `write!` gives; refuses, and keeps what it has, when there is no memory.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// The text so far.
    pub bytes: Vec<u8>,
}

impl Text {
    pub const fn new() -> Self {
        Text { bytes: Vec::new() }
    }

    /// Adds bytes: a line of the ledger comes in many small pieces.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        /// Texts are lines: the first bytes of one make room for more.
        const ROOM: usize = 256;
        if self.bytes.capacity() - self.bytes.len() < bytes.len() {
            self.bytes.try_reserve(bytes.len().max(ROOM)).map_err(|_| fmt::Error)?;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// Bytes that a program chose, shown without what could upset a terminal.
pub(crate) struct Printable<'b>(pub &'b [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0.iter().take(256) {
            let shown =
                if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '?' };
            f.write_char(shown)?;
        }
        Ok(())
    }
}

/// Bytes in the heap, to be filled.
pub(crate) fn zeros(length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    // Copies, because resize stores byte by byte where it is compiled for size.
    while bytes.len() < length {
        bytes.extend_from_slice(&ZEROS[..ZEROS.len().min(length - bytes.len())]);
    }
    Ok(bytes)
}
