//! The ledger: what ran, what it read, what it wrote, each entry chained to the one before.

pub mod format;
pub mod parse;
#[cfg(test)]
mod tests;
