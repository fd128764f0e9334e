//! The ledger: what ran, what it read, what it wrote, each entry chained to the one before.
//!
//! `format` writes the lines, `parse` reads them back (docs/ledger.md). In the kernel, `record` holds what is known
//! of a process and not told yet, `observe` is what the system calls report to, `memory` what they report files and code
//! in memory to, `entries` writes it down, `book` has the text and its chain. `content` looks into files.

pub(crate) mod book;
mod content;
mod entries;
pub mod format;
mod memory;
mod observe;
pub mod parse;
pub(crate) mod record;
#[cfg(test)]
mod tests;

pub(crate) use content::content_of;
