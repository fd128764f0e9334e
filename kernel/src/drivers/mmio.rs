//! Device registers: the one place that reads and writes them.
//!
//! Each access keeps its place among those to other devices and to memory: what was written before is there when a
//! device is told of it, and what a device says comes before what is read next. Within one device the mapping
//! (Device-nGnRE) sees to that; between two, BCM2835's bus does not (BCM2835 ARM Peripherals, 1.3).

use board::regions::Region;
use core::fmt;

use crate::arch::cpu;
use crate::arch::mmu::{Rights, map_window};

/// The registers of one device, mapped for good as device memory.
#[derive(Clone, Copy, Debug)]
pub struct Registers {
    base: u64,
    size: u64,
}

/// No room to map a device.
#[derive(Clone, Copy, Debug)]
pub struct MapError(Region);

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the device at {:#x} ({:#x} bytes) cannot be mapped: the kernel has windows of 1 GiB in all",
            self.0.start,
            self.0.size()
        )
    }
}

impl Registers {
    /// Maps the device at `region`.
    ///
    /// # Errors
    /// When the kernel's windows are used up.
    pub fn map(region: Region) -> Result<Self, MapError> {
        let base = map_window(region, Rights::Device).ok_or(MapError(region))?;
        Ok(Registers { base, size: region.size() })
    }

    /// Reads the 32-bit register at `offset`. Once for all drivers, as `write` is: a device is slower than a call.
    #[inline(never)]
    pub fn read(&self, offset: u64) -> u32 {
        let register = self.register(offset) as *const u32;
        // SAFETY: `map` mapped the device; `register` checked bounds and alignment. Device memory outlives all.
        let value = unsafe { register.read_volatile() };
        cpu::read_barrier();
        value
    }

    /// Writes the 32-bit register at `offset`.
    #[inline(never)]
    pub fn write(&self, offset: u64, value: u32) {
        let register = self.register(offset) as *mut u32;
        cpu::write_barrier();
        // SAFETY: as in `read`; what a device does with a value is its driver's business.
        unsafe { register.write_volatile(value) };
    }

    /// Writes the 8-bit register at `offset`.
    pub fn write_byte(&self, offset: u64, value: u8) {
        let register = self.register(offset & !3) + (offset & 3);
        cpu::write_barrier();
        // SAFETY: as in `write`.
        unsafe { (register as *mut u8).write_volatile(value) };
    }

    /// The registers from `offset` on.
    pub fn part(&self, offset: u64, size: u64) -> Self {
        assert!(offset + size <= self.size && offset.is_multiple_of(4), "no such registers");
        Registers { base: self.base + offset, size }
    }

    #[inline(always)]
    fn register(&self, offset: u64) -> u64 {
        assert!(offset + 4 <= self.size && offset.is_multiple_of(4), "no such register");
        self.base + offset
    }
}
