//! What Firmseed's files look like, for everybody who writes or reads them: the kernel, `image-builder`, the fuzz targets.
//!
//! Each format is read and written by one module, so that it cannot drift apart. Nothing here knows of a kernel, a file
//! system or a terminal; no reader panics, whatever the bytes.
//!
//! Layers, each uses only those above it (`tests/layers.rs` holds that):
//!
//! ```text
//! page     number   sha256
//! escape
//! elf      hex0     image     ledger     tar
//! ```
#![no_std]
#![cfg_attr(target_os = "none", feature(optimize_attribute))]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod elf;
pub mod escape;
pub mod hex0;
pub mod image;
pub mod ledger;
pub mod number;
pub mod page;
pub mod sha256;
pub mod tar;
