//! What is assumed where no usable device tree was passed: told by where the loader put the kernel, and by the CPU.
//!
//! | loaded at          | CPU        | assumed                                      |
//! |--------------------|------------|----------------------------------------------|
//! | 0x4000_0000 or up  | any        | QEMU virt; its tree lies at 0x4000_0000      |
//! | below              | Cortex-A53 | Raspberry Pi 3, 896 MiB for the processor    |
//! | below              | Cortex-A72 | Raspberry Pi 4, 896 MiB                      |
//! | below              | Cortex-A76 | Raspberry Pi 5, 896 MiB                      |
//!
//! The memory of a Pi is what is left below 1 GiB under every usual split with the GPU (gpu_mem up to 128), until
//! its firmware has been asked through the mailbox.

use crate::regions::{Region, RegionList};
use crate::{Board, Gpio, InterruptController, Power, SdHost, Uart};

/// Where QEMU virt's memory, and with it a device tree that nobody pointed at, begins.
pub const VIRT_MEMORY: u64 = 0x4000_0000;

const CORTEX_A72: u64 = 0xd08;
const CORTEX_A76: u64 = 0xd0b;
const PI_MEMORY: u64 = 896 << 20;
/// The firmware's own code, and on Raspberry Pi 5 all of Trusted Firmware, below the lowest place of a kernel: the
/// other cores wait there.
const FIRMWARE_END: u64 = 0x8_0000;
// Offsets of devices, the same since Raspberry Pi 1.
const MAILBOX: u64 = 0xb880;
const POWER_MANAGER: u64 = 0x10_0000;
const GPIO: u64 = 0x20_0000;
const PL011: u64 = 0x20_1000;
const EMMC: u64 = 0x30_0000;
const EMMC2: u64 = 0x34_0000;

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
        CORTEX_A72 => {
            const IO: u64 = 0xfe00_0000;
            Board {
                gpio: Some(Gpio::Bcm2711(Region::new(IO + GPIO, 0x1000))),
                sd: [
                    Some(SdHost::Emmc2(Region::new(IO + EMMC2, 0x100))),
                    Some(SdHost::Emmc(Region::new(IO + EMMC, 0x100))),
                ],
                interrupts: Some(gic(0xff84_1000, 0xff84_2000)),
                timer_interrupt: 27,
                ..pi("Raspberry Pi 4 (assumed: no device tree)", IO)
            }
        }
        CORTEX_A76 => Board {
            console: Some(Uart::Pl011(Region::new(0x10_7d00_1000, 0x1000))),
            interrupts: Some(gic(0x10_7fff_9000, 0x10_7fff_a000)),
            timer_interrupt: 27,
            power: Power::PsciSmc,
            mailbox: None,
            ..pi("Raspberry Pi 5 (assumed: no device tree)", 0)
        },
        _ => {
            const IO: u64 = 0x3f00_0000;
            Board {
                gpio: Some(Gpio::Bcm2835(Region::new(IO + GPIO, 0x1000))),
                sd: [None, Some(SdHost::Emmc(Region::new(IO + EMMC, 0x100)))],
                interrupts: Some(InterruptController::Bcm2836(Region::new(0x4000_0000, 0x100))),
                timer_interrupt: 3,
                ..pi("Raspberry Pi 3 (assumed: no device tree)", IO)
            }
        }
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

/// What Raspberry Pi 1 to 4 have in common, their devices from `io` on.
fn pi(model: &'static str, io: u64) -> Board<'static> {
    let mut memory = RegionList::new();
    memory.add(Region::new(0, PI_MEMORY));
    let mut reserved = RegionList::new();
    reserved.add(Region::new(0, FIRMWARE_END));
    Board {
        model,
        memory,
        reserved,
        console: Some(Uart::Pl011(Region::new(io + PL011, 0x1000))),
        power: Power::Watchdog(Region::new(io + POWER_MANAGER, 0x114)),
        mailbox: Some(Region::new(io + MAILBOX, 0x40)),
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
        assert!(guess(0x8_0000, 0x410f_d034, 2).model.starts_with("Raspberry Pi 3"));
        assert!(guess(0x20_0000, 0x410f_d083, 2).model.starts_with("Raspberry Pi 4"));
        assert!(guess(0x20_0000, 0x414f_d0b1, 2).model.starts_with("Raspberry Pi 5"));
        let pi_4 = guess(0x20_0000, 0x410f_d083, 2);
        assert_eq!(pi_4.interrupts, Some(gic(0xff84_1000, 0xff84_2000)));
        assert_eq!(pi_4.power, Power::Watchdog(Region::new(0xfe10_0000, 0x114)));
        assert!(guess(0x4020_0000, 0x410f_d034, 2).model.starts_with("QEMU virt"));
    }
}
