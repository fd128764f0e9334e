//! What is assumed where no usable device tree was passed: told by where the loader put the kernel, and by the CPU.
//!
//! | loaded at          | CPU        | assumed                                      |
//! |--------------------|------------|----------------------------------------------|
//! | 0x4000_0000 or up  | any        | QEMU virt; its tree lies at 0x4000_0000      |
//! | below              | Cortex-A53 | Raspberry Pi 3, 896 MiB for the processor    |
//! | below              | Cortex-A72 | Raspberry Pi 4, 896 MiB                      |
//! | below              | Cortex-A76 | Raspberry Pi 5, 896 MiB                      |
//!
//! The memory of a Pi is what is left below 1 GiB under every usual split with the GPU (gpu_mem up to 128).

use crate::regions::{Region, RegionList};
use crate::{Board, InterruptController, Power, Uart};

/// Where QEMU virt's memory, and with it a device tree that nobody pointed at, begins.
pub const VIRT_MEMORY: u64 = 0x4000_0000;

const CORTEX_A72: u64 = 0xd08;
const CORTEX_A76: u64 = 0xd0b;
const PI_MEMORY: u64 = 896 << 20;

/// The board that `midr` (MIDR_EL1), the load address and the exception level at entry suggest.
pub fn guess(load_address: u64, midr: u64, level: u64) -> Board<'static> {
    if load_address >= VIRT_MEMORY {
        // QEMU answers PSCI itself: to HVC, but to SMC where the guest may have EL2, and not at all below EL3.
        return virt(match level {
            1 => Power::PsciHvc,
            2 => Power::PsciSmc,
            _ => Power::Halt,
        });
    }
    match (midr >> 4) & 0xfff {
        CORTEX_A72 => pi(
            "Raspberry Pi 4 (assumed: no device tree)",
            0xfe20_1000,
            gic(0xff84_1000, 0xff84_2000),
            27,
        ),
        CORTEX_A76 => pi(
            "Raspberry Pi 5 (assumed: no device tree)",
            0x10_7d00_1000,
            gic(0x10_7fff_9000, 0x10_7fff_a000),
            27,
        ),
        _ => pi(
            "Raspberry Pi 3 (assumed: no device tree)",
            0x3f20_1000,
            InterruptController::Bcm2836(Region::new(0x4000_0000, 0x100)),
            3,
        ),
    }
}

fn virt(power: Power) -> Board<'static> {
    let mut memory = RegionList::new();
    memory.add(Region::new(VIRT_MEMORY, 128 << 20)); // QEMU's default
    Board {
        model: "QEMU virt (assumed: no device tree)",
        memory,
        console: Some(Uart::Pl011(Region::new(0x0900_0000, 0x1000))),
        interrupts: Some(gic(0x0800_0000, 0x0801_0000)),
        timer_interrupt: 27,
        power,
        ..Board::unknown()
    }
}

fn pi(
    model: &'static str,
    uart: u64,
    interrupts: InterruptController,
    timer_interrupt: u32,
) -> Board<'static> {
    let mut memory = RegionList::new();
    memory.add(Region::new(0, PI_MEMORY));
    let mut reserved = RegionList::new();
    reserved.add(Region::new(0, 0x1000)); // where the other cores wait
    Board {
        model,
        memory,
        reserved,
        console: Some(Uart::Pl011(Region::new(uart, 0x1000))),
        interrupts: Some(interrupts),
        timer_interrupt,
        ..Board::unknown()
    }
}

const fn gic(distributor: u64, processor: u64) -> InterruptController {
    InterruptController::GicV2 {
        distributor: Region::new(distributor, 0x1000),
        processor: Region::new(processor, 0x1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_tells_the_pi() {
        assert!(
            guess(0x8_0000, 0x410f_d034, 2)
                .model
                .starts_with("Raspberry Pi 3")
        );
        assert!(
            guess(0x20_0000, 0x410f_d083, 2)
                .model
                .starts_with("Raspberry Pi 4")
        );
        assert!(
            guess(0x20_0000, 0x414f_d0b1, 2)
                .model
                .starts_with("Raspberry Pi 5")
        );
        assert!(
            guess(0x4020_0000, 0x410f_d034, 2)
                .model
                .starts_with("QEMU virt")
        );
    }
}
