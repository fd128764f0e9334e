//! How much unsafe code the kernel has: the inventory docs/unsafe.md, as it was when this tool was built.
//!
//! `qemu/check-unsafe` compares that page with the kernel's sources in every test run.

const INVENTORY: &str = include_str!("../../../docs/unsafe.md");

/// Lines with unsafe code, and the files that they are in.
pub fn inventory() -> (u64, usize) {
    let count = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        cells.next()?;
        cells.next()?.parse::<u64>().ok()
    };
    let counts: Vec<u64> = INVENTORY.lines().filter_map(count).collect();
    (counts.iter().sum(), counts.len())
}
