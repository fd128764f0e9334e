//! Devices, each a small driver over [`mmio::Registers`].

pub mod interrupts;
pub mod mmio;
pub mod timer;
pub mod uart;
pub mod virtio_block;
