//! Power-off: PSCI (ARM DEN 0022), QEMU's exit code by semihosting, or a stop.

use board::Power;
use qemu_exit::QEMUExit;
use spin::Once;

use crate::arch::{cpu, psci};
use crate::println;

/// How this machine ends: set once, when the board and the options are known.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// The board's way.
    pub power: Power,
    /// The exit status goes to QEMU by semihosting. Where nobody listens that is an undefined instruction, so it
    /// is done only on request (`exit=semihosting`).
    pub semihosting: bool,
}

static ENDING: Once<Ending> = Once::new();

/// Says how the machine ends.
pub fn set_ending(ending: Ending) {
    ENDING.call_once(|| ending);
}

/// Switches the machine off; `status` is QEMU's exit code where it can be passed.
pub fn off(status: u8) -> ! {
    if let Some(ending) = ENDING.get() {
        if ending.semihosting {
            qemu_exit::AArch64::new().exit(u32::from(status));
        }
        let conduit: Option<fn(u64) -> i64> = match ending.power {
            Power::PsciHvc => Some(psci::hvc),
            Power::PsciSmc => Some(psci::smc),
            Power::Halt => None,
        };
        if let Some(call) = conduit {
            if call(psci::PSCI_VERSION) < 0 {
                println!("firmseed: the firmware does not answer PSCI calls");
            } else {
                call(psci::SYSTEM_OFF);
            }
        }
    }
    println!("firmseed: halted. This board has no power-off that the kernel knows: switch it off.");
    cpu::stop();
}
