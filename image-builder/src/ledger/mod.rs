//! Reading ledgers: who made what from what, and whether that may be believed (`docs/ledger.md`).
//!
//! [`lineage`] turns entries into a graph of runs, [`derive`] follows it to tell what derives from text. On these
//! two stand the rest and `image-builder report`.

mod contents;
pub mod derive;
pub mod diff;
mod diff_files;
mod diff_text;
pub mod facts;
pub mod lineage;
mod processes;
pub mod provenance;
mod results;
pub mod story;
pub mod story_page;
mod verdict;
pub mod verify;
