//! Firmseed's kernel without hardware: files, processes and system calls, in safe Rust.
//!
//! Layers, each uses only those above it: `addr`, `errno` · `console`, `context`, `machine`, `frames` ·
//! `fs` · `vm` · `process` · `syscall` · `kernel`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
pub mod console;
pub mod context;
pub mod errno;
pub mod exec;
pub mod frames;
pub mod fs;
pub mod image;
pub mod kernel;
pub mod ledger;
pub mod machine;
pub mod paging;
pub mod pipe;
pub mod process;
mod stages;
pub mod syscall;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
pub mod vm;
