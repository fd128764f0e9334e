//! A text that grows as long as the heap allows.

use alloc::vec::Vec;
use core::fmt::{self, Write};

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
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes.try_reserve(text.len()).map_err(|_| fmt::Error)?;
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
