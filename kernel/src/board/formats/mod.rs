//! Layouts that the kernel shares with the world outside: plain data, tested on the host.

pub mod baud;
pub mod lines;
pub mod mbr;
pub mod property;
pub mod sd;
