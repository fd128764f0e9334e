//! The largest and smallest numbers that a ledger and its counters can hold, through every command that reads them: an
//! answer or a clear refusal, never a panic.

use crate::common::Bench;
use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::Ending;

const EXTREMES: [u64; 5] = [0, 1, 1 << 63, u64::MAX - 1, u64::MAX];

/// Every number of the ledger that is not fixed by its place is `size`, as far as it fits.
fn extreme(size: u64, policy: Policy) -> Chain {
    let mut chain = Chain::of(&files(), policy);
    for entry in &mut chain.ledger.entries {
        let files = entry.reads.iter_mut().chain(&mut entry.wrote);
        for file in files.chain(&mut entry.code).chain([&mut entry.program]) {
            file.content.size = size;
        }
        entry.environment.0 = size;
        if entry.process == 4 {
            entry.process = size as u32;
            entry.parent = (size >> 32) as u32;
            entry.from = vec![size as u32, 1];
            entry.ending = Ending::Killed(size as u8);
        }
    }
    for seed in &mut chain.ledger.seeds {
        (seed.program.content.size, seed.text.content.size) = (size, size);
    }
    chain.ledger.status = size as i32;
    chain
}

fn counters(entries: usize, number: u64) -> String {
    let line = |entry| {
        format!(
            "entry {entry} process {entry} syscalls {number} faults {number} peak-pages {number} time-ns {number}\n"
        )
    };
    (1..=entries).map(line).collect()
}

#[test]
fn no_number_stops_a_command() {
    let bench = Bench::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(bench.path(name), bytes).unwrap();
    for (size, policy) in
        EXTREMES.into_iter().flat_map(|size| [(size, Policy::Chain), (size, Policy::Open)])
    {
        let chain = extreme(size, policy);
        write("a.img", &chain.image);
        write("a.ledger", chain.text().as_bytes());
        write("true.ledger", Chain::of(&files(), policy).text().as_bytes());
        write("a.counters", counters(5, size).as_bytes());
        for (command, codes) in [
            (&["verify", "a.img", "a.ledger"][..], &[1][..]),
            (&["verify", "--json", "a.img", "a.ledger", "."], &[1]),
            (&["report", "a.img", "a.ledger"], &[1]),
            (&["report", "a.img", "a.ledger", "--counters", "a.counters"], &[1, 2]),
            (&["report", "a.img", "a.ledger", "--instructions", "a.counters"], &[1, 2]),
            (&["provenance", "a.img", "a.ledger"], &[1]),
            (&["trace-back", "a.ledger", "/bin/hello"], &[0]),
            (&["trace-back", "--json", "a.ledger", "/bin/hello"], &[0]),
            (&["diff", "a.ledger", "true.ledger"], &[1]),
            (&["diff", "--json", "true.ledger", "a.ledger"], &[1]),
            (&["sbom", "a.img"], &[0]),
        ] {
            let run = bench.run(command);
            let output = run.get_output();
            let errors = String::from_utf8_lossy(&output.stderr);
            let code = output.status.code();
            assert!(
                code.is_some_and(|code| codes.contains(&code)) && !errors.contains("panicked"),
                "{command:?} with {size}: {code:?}\n{errors}"
            );
        }
    }
}

/// The ledger's sizes are the kernel's word: their sums have more than 64 bits, and the page shows them.
#[test]
fn sums_of_sizes_are_right() {
    let bench = Bench::new();
    let chain = extreme(u64::MAX, Policy::Chain);
    std::fs::write(bench.path("a.ledger"), chain.text()).unwrap();
    let trace =
        crate::common::stdout(&bench.run(&["trace-back", "a.ledger", "/bin/hello"]).success());
    // Four texts: the seed's, the compiler's, the script, the source.
    let sum = u128::from(u64::MAX) * 4;
    assert!(trace.contains(&format!("({sum} bytes)")), "{trace}");
}

/// Counters that cannot be added are refused, with their line.
#[test]
fn counters_that_overflow_are_refused() {
    let bench = Bench::new();
    let chain = Chain::new();
    std::fs::write(bench.path("a.img"), &chain.image).unwrap();
    std::fs::write(bench.path("a.ledger"), chain.text()).unwrap();
    let report = ["report", "a.img", "a.ledger", "--counters", "a.counters"];
    std::fs::write(bench.path("a.counters"), counters(5, u64::MAX / 5)).unwrap();
    bench.run(&report).success();
    std::fs::write(bench.path("a.counters"), counters(5, u64::MAX / 5 + 1)).unwrap();
    let text = crate::common::stderr(&bench.run(&report).code(2));
    assert!(
        text.contains("counters line 5: expected sums below 2^64 of all entries so far"),
        "{text}"
    );
}
