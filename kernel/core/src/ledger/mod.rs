//! The ledger: what ran, what it read, what it wrote, each entry chained to the one before.
//!
//! `firmseed_formats::ledger` writes the lines (docs/ledger.md). `record` holds what is known
//! of a process and not told yet, `observe` is what the system calls report to, `memory` what they report files and code
//! in memory to, `entries` writes it down, `book` has the text and its chain. `content` looks into files.

pub(crate) mod book;
mod content;
mod entries;
mod memory;
mod observe;
pub(crate) mod record;

pub(crate) use content::content_of;
