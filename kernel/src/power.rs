//! The end of the machine: PSCI (ARM DEN 0022), a watchdog, QEMU's exit code by semihosting, or a stop.

use board::Power;
use qemu_exit::QEMUExit;
use spin::Once;

use crate::arch::{cpu, psci};
use crate::drivers::watchdog::{self, After};
use crate::{console, println};

/// How this machine ends: set once, when the board and the options are known.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// The board's way.
    pub power: Power,
    /// Where to.
    pub goal: Goal,
}

/// Where to, at the end: `exit=...` on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Power off.
    Off,
    /// Boot again.
    Reset,
    /// The exit status goes to QEMU. Where nobody listens that is an undefined instruction, so it is done only on request.
    Semihosting,
}

impl Goal {
    /// What `exit=` says.
    pub fn new(argument: Option<&str>) -> Self {
        match argument {
            Some("semihosting") => Goal::Semihosting,
            Some("reset") => Goal::Reset,
            _ => Goal::Off,
        }
    }
}

/// How long the watchdog may take.
const PATIENCE_SECONDS: u64 = 1;

static ENDING: Once<Ending> = Once::new();

/// Says how the machine ends.
pub fn set_ending(ending: Ending) {
    ENDING.call_once(|| ending);
}

/// Switches the machine off; `status` is QEMU's exit code where it can be passed.
pub fn off(status: u8) -> ! {
    if let Some(Ending { power, goal }) = ENDING.get() {
        console::drain();
        if *goal == Goal::Semihosting {
            qemu_exit::AArch64::new().exit(u32::from(status));
        }
        end(*power, *goal);
    }
    println!("firmseed: halted. This board has no power-off that the kernel knows: switch it off.");
    cpu::stop();
}

/// Returns where it does not work.
fn end(power: Power, goal: Goal) {
    let call: fn(u64) -> i64 = match power {
        Power::PsciHvc => psci::hvc,
        Power::PsciSmc => psci::smc,
        Power::Watchdog(region) => {
            let after = match goal {
                Goal::Reset => After::Boot,
                _ => After::Halt,
            };
            if watchdog::reset(region, after).is_ok() {
                let start = cpu::counter();
                let patience = PATIENCE_SECONDS * cpu::counter_frequency();
                while cpu::counter() - start < patience {}
            }
            return;
        }
        Power::Halt => return,
    };
    if call(psci::PSCI_VERSION) < 0 {
        println!("firmseed: the firmware does not answer PSCI calls");
        return;
    }
    call(match goal {
        Goal::Reset => psci::SYSTEM_RESET,
        _ => psci::SYSTEM_OFF,
    });
}
