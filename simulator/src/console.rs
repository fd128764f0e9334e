//! The console: what the embedder shows and types.

/// A terminal.
pub trait Console: 'static {
    /// Shows bytes.
    fn write(&mut self, bytes: &[u8]);
    /// Waits for a byte; None where no more will come.
    fn read(&mut self) -> Option<u8>;
}
