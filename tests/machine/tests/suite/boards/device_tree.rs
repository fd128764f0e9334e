//! Linux's device trees: what our parser finds is what fdtget says.

use super::fetch_for_boards;
use machine::{output, read, root, run, scratch, skip, try_shell};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A device tree in a file.
struct Blob(PathBuf);

impl Blob {
    fn get(&self, options: &[&str], words: &[&str]) -> String {
        let mut fdtget = Command::new("fdtget");
        let text = output(fdtget.args(options).arg(&self.0).args(words));
        text.trim_end_matches('\n').to_string()
    }

    fn text(&self, node: &str, property: &str) -> String {
        self.get(&[], &[node, property])
    }

    fn cells(&self, node: &str, property: &str) -> Vec<u64> {
        let text = self.get(&["-t", "x"], &[node, property]);
        let cell = |word| u64::from_str_radix(word, 16).expect("a cell");
        text.split_whitespace().map(cell).collect()
    }

    /// The bus's node of this kind; its name changes with the version of Linux.
    fn node_of(&self, bus: &str, kind: &str) -> String {
        let names = self.get(&["-l"], &[bus]);
        let mut nodes = names.lines().map(|name| format!("{bus}/{name}"));
        let is_it = |node: &String| {
            let kinds = self.get(&["-d", ""], &[node, "compatible"]);
            kinds.split(' ').any(|word| word == kind)
        };
        nodes.find(is_it).unwrap_or_else(|| panic!("no {kind} on {bus}"))
    }

    /// "START SIZE", in hexadecimal, of a region of a node on the bus, for the processor.
    fn place(&self, bus: &str, node: &str, region: usize) -> String {
        let cells = self.cells(node, "reg");
        let (address, size) = (cells[2 * region], cells[2 * region + 1]);
        // A child has one cell of address, the processor one or two.
        let above = self.cells("/", "#address-cells")[0] as usize;
        let ranges = self.cells(bus, "ranges");
        let at_processor = |range: &[u64]| {
            let parent = range[1..=above].iter().fold(0, |sum, cell| sum << 32 | cell);
            let length = range[above + 1];
            (range[0]..range[0] + length).contains(&address).then(|| address - range[0] + parent)
        };
        let found = ranges.chunks(above + 2).find_map(at_processor);
        format!("{:x} {size:x}", found.expect("a range of the bus"))
    }

    fn console(&self) -> String {
        let path = self.text("/chosen", "stdout-path");
        self.text("/aliases", path.split(':').next().expect("a word"))
    }
}

/// What our parser says.
fn parse(blob: &Blob) -> machine::Ended {
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "run",
            "--quiet",
            "--release",
            "--locked",
            "-p",
            "kernel",
            "--example",
            "board",
            "--",
        ])
        .arg(&blob.0)
        .current_dir(root());
    run(&mut cargo)
}

/// Facts of the kinds that are expected: nothing may lack, nothing may be beside them.
fn assert_parsed(name: &str, expected: impl FnOnce(&Blob) -> Vec<String>) {
    const KINDS: [&str; 9] =
        ["model", "memory", "unmapped", "console", "gicv2", "gicv3", "bcm2836", "timer", "power"];
    fetch_for_boards();
    let name = format!("{name}.dtb");
    let Some(path) = try_shell("boards_dtb", &[&name]) else {
        return skip(&format!("no {name} here: qemu/setup --boards says why"));
    };
    let blob = Blob(scratch().join("blob"));
    fs::write(&blob.0, read(path.trim_end())).expect("a file");
    let expected = expected(&blob);
    let said = parse(&blob).expect("our parser", 0).text();
    let is_known = |line: &&str| KINDS.iter().any(|kind| line.split(' ').next() == Some(kind));
    let got: Vec<&str> = said.lines().filter(is_known).collect();
    assert_eq!(got, expected, "what fdtget says");
}

#[test]
fn pi_3_is_found_as_fdtget_finds_it() {
    assert_parsed("bcm2837-rpi-3-b", |blob| {
        let place = |node: &str| blob.place("/soc", node, 0);
        let memory = blob.cells("/memory@0", "reg");
        vec![
            format!("model {}", blob.text("/", "model")),
            format!("memory {:x} {:x}", memory[0], memory[1]),
            format!("console mini {}", place(&blob.console())),
            format!("bcm2836 {}", place(&blob.node_of("/soc", "brcm,bcm2836-l1-intc"))),
            format!("timer {}", blob.cells("/timer", "interrupts")[4]),
            format!("power watchdog {}", place(&blob.node_of("/soc", "brcm,bcm2835-pm-wdt"))),
        ]
    });
}

/// Its memory has no size: the firmware writes it there.
#[test]
fn pi_4_is_found_as_fdtget_finds_it() {
    assert_parsed("bcm2711-rpi-4-b", |blob| {
        assert_eq!(blob.cells("/memory@0", "reg"), [0, 0, 0]);
        parse(blob).expect("no memory, no board", 1);
        let mut fdtput = Command::new("fdtput");
        output(fdtput.args(["-t", "x"]).arg(&blob.0).args([
            "/memory@0",
            "reg",
            "0",
            "0",
            "3b400000",
        ]));
        let place = |node: &str| blob.place("/soc", node, 0);
        let gic = blob.node_of("/soc", "arm,gic-400");
        vec![
            format!("model {}", blob.text("/", "model")),
            "memory 0 3b400000".to_string(),
            format!("console mini {}", place(&blob.console())),
            format!("gicv2 distributor {}", place(&gic)),
            format!("gicv2 processor {}", blob.place("/soc", &gic, 1)),
            format!("timer {}", blob.cells("/timer", "interrupts")[7] + 16),
            format!("power watchdog {}", place(&blob.node_of("/soc", "brcm,bcm2835-pm-wdt"))),
        ]
    });
}

#[test]
fn pi_5_is_found_as_fdtget_finds_it() {
    const SOC: &str = "/soc@107c000000";
    assert_parsed("bcm2712-rpi-5-b", |blob| {
        let console = blob.console();
        let gic = blob.node_of(SOC, "arm,gic-400");
        // The console of the debug connector is a PL011; the interrupt controller is a GIC-400.
        assert_eq!(blob.place(SOC, &console, 0), "107d001000 200");
        assert_eq!(blob.text(&console, "compatible"), "arm,pl011 arm,primecell");
        assert_eq!(blob.place(SOC, &gic, 0), "107fff9000 1000");
        let memory = blob.cells("/memory@0", "reg");
        vec![
            format!("model {}", blob.text("/", "model")),
            format!("memory {:x} {:x}", memory[1], memory[3]),
            format!("unmapped 0 {:x}", blob.cells("/reserved-memory/atf@0", "reg")[3]),
            format!("console pl011 {}", blob.place(SOC, &console, 0)),
            format!("gicv2 distributor {}", blob.place(SOC, &gic, 0)),
            format!("gicv2 processor {}", blob.place(SOC, &gic, 1)),
            format!("timer {}", blob.cells("/timer", "interrupts")[7] + 16),
            format!("power {}", blob.text("/psci", "method")),
        ]
    });
}
