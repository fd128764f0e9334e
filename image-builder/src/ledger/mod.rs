//! What this tool says of ledgers, on top of `firmseed_verify`: verdicts, traces and differences for people and as JSON,
//! provenance.

pub mod artifacts;
pub mod diff;
mod diff_files;
mod diff_text;
pub mod earlier;
pub mod provenance;
pub mod trace_back;
pub mod trace_back_text;
pub mod verdict;
mod verdict_text;
