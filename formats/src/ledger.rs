//! The ledger of a run as text (docs/ledger.md): [`format`](mod@format) writes its lines, [`parse`] reads them back.

pub mod format;
pub mod parse;
#[cfg(test)]
mod tests;
