//! Firmseed's kernel without hardware: files, processes, system calls and formats, in safe Rust.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
mod boot;
pub mod console;
pub mod context;
pub mod elf;
pub mod errno;
pub mod exec;
mod fast_path;
pub mod files;
pub mod frames;
pub mod fs;
pub mod hex0;
pub mod image;
pub mod kernel;
pub mod ledger;
pub mod machine;
mod options;
pub mod paging;
pub mod process;
mod random;
pub mod run;
pub mod sha256;
mod stages;
pub mod storage;
pub mod syscall;
pub mod tar;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod text;
pub mod vm;
