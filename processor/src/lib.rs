//! AArch64 as EL0 sees it, as a program: an interpreter in safe Rust, written from the Arm Architecture Reference Manual
//! (ARM DDI 0487). It knows nothing of the kernel: [`Memory`](memory::Memory) is the embedder's, and so is what follows
//! a [`Stop`].
//!
//! It is ARMv8.0-A with CRC32, of Advanced SIMD and floating point what `decode/vector.rs` lists; any other word stops it
//! as undefined. Where the manual leaves a choice, it does as a Cortex-A53 or says undefined.
//!
//! Layers, each uses only those above it (`tests/layers.rs` holds it):
//!
//! ```text
//! memory state word
//! integer
//! float
//! simd
//! op
//! encoding
//! decode stop
//! code
//! exclusive structures
//! run
//! processor
//! ```
#![forbid(unsafe_code)]

mod code;
pub mod decode;
pub mod encoding;
mod exclusive;
pub mod float;
pub mod integer;
pub mod memory;
pub mod op;
mod processor;
mod run;
mod simd;
pub mod state;
mod stop;
mod structures;
pub mod word;

pub use processor::Processor;
pub use stop::Stop;
