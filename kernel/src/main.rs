//! Firmseed's kernel: from the loader's jump to the first program, and from its end to power-off.
//!
//! Layers, each uses only those below it: this file · `run` · `results` · `firmware`, `image`, `options`, `machine`,
//! `trace`, `power` · `console` · `drivers` · `mem` · `arch`. (A failing `arch` reports on the `console`, the one way back.)
//! The rules of the system are in `firmseed_core`; here is only what needs hardware.
#![no_std]
#![no_main]
// The kernel is built small; what a program waits for is built for speed. qemu/build has other unstable features already.
#![feature(optimize_attribute)]

extern crate alloc;

mod arch;
mod console;
mod drivers;
mod firmware;
mod image;
mod machine;
mod mem;
mod options;
mod power;
mod results;
mod run;
mod trace;

use arch::BootState;

/// Exit status of a machine that never came to its first program, or could not bring out what it wrote.
const FAILED: u8 = 254;

/// Called by boot.s, through `arch`.
fn start(entry: BootState) -> ! {
    let found = firmware::find(entry);
    if let Some(uart) = found.console() {
        console::open(uart);
    }
    println!(
        "firmseed: {}, {} MiB, entered at EL{}",
        found.board.model,
        found.board.memory.size() >> 20,
        entry.level
    );
    power::set_ending(power::Ending {
        power: found.board.power,
        goal: power::Goal::new(found.board.argument("exit")),
    });
    if let Some(fault) = &found.fault {
        fail(format_args!("{fault}. Pass an intact device tree, or none."));
    }
    let memory = match run::find_memory(entry, &found) {
        Ok(memory) => memory,
        Err(error) => fail(format_args!("{error}")),
    };
    match run::run(entry, &found, memory) {
        Ok(status) => {
            trace::finish();
            power::off(status)
        }
        Err(error) => fail(format_args!("{error}")),
    }
}

/// Says what failed, and ends.
fn fail(why: core::fmt::Arguments<'_>) -> ! {
    println!("firmseed: failed: {why}");
    trace::finish();
    power::off(FAILED);
}
