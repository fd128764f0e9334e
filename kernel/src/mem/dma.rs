//! Memory that a device reads and writes: one contiguous region, at an address that the device is told.
//!
//! The processor's caches are coherent with the devices that use it (virtio). What the device wrote is read only
//! after a barrier.

use board::regions::Region;

use super::physical;
use crate::arch::cpu;

/// Memory shared with one device.
pub struct DmaBuffer {
    bytes: &'static mut [u8],
    physical: u64,
}

impl DmaBuffer {
    /// # Safety
    /// The linear map covers `region` read-write, and nobody else ever uses it.
    pub unsafe fn new(region: Region) -> Self {
        DmaBuffer {
            // SAFETY: the caller's promise.
            bytes: unsafe { physical::claim(region) },
            physical: region.start,
        }
    }

    /// The address that a device uses for the byte at `offset`.
    pub fn physical(&self, offset: usize) -> u64 {
        self.physical + offset as u64
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Stores bytes for the device.
    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.bytes[offset..offset + bytes.len()].copy_from_slice(bytes);
    }

    /// Fills a range with zeros.
    pub fn clear(&mut self, offset: usize, length: usize) {
        self.bytes[offset..offset + length].fill(0);
    }

    /// Loads a byte that the device may have changed.
    pub fn read(&self, offset: usize) -> u8 {
        let byte: *const u8 = &self.bytes[offset];
        // SAFETY: the pointer comes from a reference; volatile, because the device changes the byte.
        unsafe { byte.read_volatile() }
    }

    /// All that was written before is in memory for the device, all that is read after is read from it.
    pub fn barrier(&self) {
        cpu::memory_barrier();
    }
}
