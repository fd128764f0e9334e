//! The console: what the embedder shows and types.

use std::time::Duration;

/// A terminal.
pub trait Console: 'static {
    /// Shows bytes.
    fn write(&mut self, bytes: &[u8]);
    /// Waits for a byte, as long as `patience` lasts.
    fn read(&mut self, patience: Duration) -> Typed;
}

/// What came from the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A byte.
    Byte(u8),
    /// Its end.
    End,
    /// Nothing, in that time.
    Nothing,
}
