//! Shows a device tree blob as the kernel reads it, a fact a line: `cargo run -p kernel --example board -- FILE`.
//!
//! tests/machine (boards/device_tree.rs) compares it with what `fdtget` says of the same blob. Regions are START SIZE, in hexadecimal.

use board::regions::{Region, RegionList};
use board::{Board, InterruptController, Power, Uart, tree};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("board: expected the path of a device tree blob");
        return ExitCode::FAILURE;
    };
    let blob = match std::fs::read(&path) {
        Ok(blob) => blob,
        Err(error) => {
            eprintln!("board: cannot read {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    };
    match tree::parse(&blob) {
        Ok(board) => {
            show(&board);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("board: {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

fn show(board: &Board<'_>) {
    println!("model {}", board.model);
    list("memory", &board.memory);
    list("reserved", &board.reserved);
    list("unmapped", &board.unmapped);
    match board.console {
        Some(Uart::Pl011(place)) => one("console pl011", place),
        Some(Uart::Mini(place)) => one("console mini", place),
        None => println!("console none"),
    }
    match board.interrupts {
        Some(InterruptController::GicV2 { distributor, processor }) => {
            one("gicv2 distributor", distributor);
            one("gicv2 processor", processor);
        }
        Some(InterruptController::GicV3 { distributor, redistributors }) => {
            one("gicv3 distributor", distributor);
            one("gicv3 redistributors", redistributors);
        }
        Some(InterruptController::Bcm2836(place)) => one("bcm2836", place),
        None => println!("interrupts none"),
    }
    println!("timer {}", board.timer_interrupt);
    match board.power {
        Power::PsciHvc => println!("power hvc"),
        Power::PsciSmc => println!("power smc"),
        Power::Watchdog(place) => one("power watchdog", place),
        Power::Halt => println!("power none"),
    }
    if let Some(place) = board.mailbox {
        one("mailbox", place);
    }
}

fn list(name: &str, regions: &RegionList) {
    regions.as_slice().iter().for_each(|region| one(name, *region));
}

fn one(name: &str, region: Region) {
    println!("{name} {:x} {:x}", region.start, region.size());
}
