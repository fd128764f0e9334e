//! The ledger: what ran, what it read, what it wrote, each entry chained to the one before.
//!
//! `format` writes the lines, `parse` reads them back (docs/ledger.md). In the kernel, `record` holds what is known
//! of a process and not told yet, `book` the text and its chain, and `observe` is what the system calls report to.

pub(crate) mod book;
pub mod format;
mod observe;
pub mod parse;
pub(crate) mod record;
#[cfg(test)]
mod tests;

pub(crate) use observe::content_of;
