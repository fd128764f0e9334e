//! Firmseed's kernel without hardware: files, processes and system calls, in safe Rust.
//!
//! Layers, each uses only those above it, and the parts of one have no circle (`tests/layers.rs` holds it):
//!
//! ```text
//! addr context console errno random
//! text machine pieces
//! frames
//! paging fs
//! storage image
//! vm
//! exec process
//! options files
//! ledger
//! stages
//! kernel
//! syscall
//! fast_path
//! boot run
//! ```
#![no_std]
// The kernel is built small (Cargo.toml); what the profile of a chain shows on top is built for speed.
#![cfg_attr(target_os = "none", feature(optimize_attribute))]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
mod boot;
pub mod console;
pub mod context;
pub mod errno;
pub mod exec;
mod fast_path;
pub mod files;
pub mod frames;
pub mod fs;
pub mod image;
pub mod kernel;
pub mod ledger;
pub mod machine;
mod options;
pub mod paging;
mod pieces;
pub mod process;
mod random;
pub mod run;
mod stages;
pub mod storage;
pub mod syscall;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod text;
pub mod vm;
