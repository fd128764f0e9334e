//! May a ledger be believed? The part of the host tools that an auditor must trust (docs/audit.md, docs/ledger.md).
//!
//! It is read in this order; each file asks one question, by one public function:
//!
//! 1. `firmseed_formats::ledger`: is every line well-formed, and the chain of hashes right? `Ledger::parse`
//! 2. [`image`]: what is in the image? [`Image::open`](image::Image::open)
//! 3. [`origin`]: is this a ledger of a run of this image? [`origin::check`]
//! 4. [`processes`]: do processes begin, go on and end as processes do? [`processes::check`]
//! 5. [`contents`]: was everything that was read and run there before? [`contents::check`]
//! 6. [`lineage`] and [`derive`](mod@derive): what derives from text? [`Derivation::new`](derive::Derivation::new)
//! 7. [`executed`]: does everything that ran? [`executed::check`]
//! 8. [`results`]: are the files that came out those, and the expected ones? [`results::expected`], [`results::artifacts`]
//! 9. [`verify`]: all of it. [`verify::verify`]
//! 10. [`trace_back`]: where does a file come from? [`trace_back::trace_back`]
//!
//! What it cannot know: whether the kernel told the truth. No file is opened here and nothing is printed; whoever calls
//! brings the bytes, and says how the image's first program starts, which only the kernel's own code can tell.
//!
//! Layers, each uses only those above it (`tests/shape.rs` holds that, and the number of lines):
//!
//! ```text
//! findings
//! image        lineage
//! contents     derive        origin      processes     trace_back
//! explain
//! executed     results
//! verify
//! ```
#![forbid(unsafe_code)]

pub mod contents;
pub mod derive;
pub mod executed;
mod explain;
pub mod findings;
pub mod image;
pub mod lineage;
pub mod origin;
pub mod processes;
pub mod results;
pub mod trace_back;
pub mod verify;
