//! The machine as a program: `firmseed_core`, the kernel without hardware, over `processor`, an interpreter of AArch64.
//!
//! From power-on to the status of PID 1, as in the kernel's own `run.rs`: the image is judged, its files are loaded, programs
//! run until PID 1 has ended. What is missing is the hardware: no boot code, no MMU but a walk of the tables in `ram`, no
//! drivers. Time is counted in instructions, a nanosecond each. Where nobody can run it is the host's as long as somebody may
//! type, and jumps where the console has ended.
//!
//! Layers, each uses only those above it (`tests/layers.rs` holds it):
//!
//! ```text
//! console ram
//! machine
//! run
//! ```
#![forbid(unsafe_code)]

mod console;
mod machine;
mod ram;
mod run;

pub use console::{Console, Typed};
pub use run::{Ended, Failure, Results, Settings, run};
