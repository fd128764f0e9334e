//! Firmseed's kernel without hardware: files, processes, system calls and formats, in safe Rust.
//!
//! Layers, each uses only those above it: `addr`, `errno` · `console`, `context`, `machine`, `frames` ·
//! formats (`tar`, `image`, `hex0`, `sha256`, `elf`) · `fs` · `vm` · `process` · `syscall` · `kernel`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
pub mod console;
pub mod context;
pub mod elf;
pub mod errno;
pub mod exec;
pub mod frames;
pub mod fs;
pub mod hex0;
pub mod image;
pub mod kernel;
pub mod ledger;
pub mod machine;
pub mod paging;
pub mod pipe;
pub mod process;
pub mod sha256;
mod stages;
pub mod storage;
pub mod syscall;
pub mod tar;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
pub mod vm;
