//! Devices, each a small driver over [`mmio::Registers`].

pub mod gpio;
pub mod interrupts;
pub mod mailbox;
pub mod mmio;
pub mod sd;
pub mod timer;
pub mod uart;
pub mod virtio_block;
pub mod watchdog;
