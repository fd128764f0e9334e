//! The counters beside a ledger: what each entry cost.
//!
//! A line has the totals of its process so far (docs/ledger.md); what an entry cost is the difference to the line
//! before of the same process.

use crate::{Error, Result};
use std::collections::HashMap;

/// What something cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// System calls.
    pub syscalls: u64,
    /// Page faults.
    pub faults: u64,
    /// Pages of memory at the most.
    pub peak_pages: u64,
    /// Nanoseconds; guest instructions in a file from a machine that counts them as time.
    pub time: u64,
}

/// [`parse`] makes sure that the costs of all entries can be added.
impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.syscalls += other.syscalls;
        self.faults += other.faults;
        self.peak_pages = self.peak_pages.max(other.peak_pages);
        self.time += other.time;
    }
}

/// The cost of each entry, in order. `entries` is how many the ledger has.
pub fn parse(text: &str, entries: usize) -> Result<Vec<Cost>> {
    let mut costs: Vec<Cost> = Vec::new();
    let mut totals: HashMap<u64, Cost> = HashMap::new();
    let mut all = Cost::default();
    for (place, line) in text.lines().enumerate() {
        let fault = |expected: &str| {
            Error::Request(format!(
                "counters line {}: expected {expected}, found \"{line}\"",
                place + 1
            ))
        };
        let shape = "entry N process N syscalls N faults N peak-pages N time-ns N";
        let (process, total) = read_line(line, place as u64 + 1).ok_or_else(|| fault(shape))?;
        let before = totals.insert(process, total).unwrap_or_default();
        let since = |now: u64, before: u64| now.checked_sub(before);
        let cost = || {
            Some(Cost {
                syscalls: since(total.syscalls, before.syscalls)?,
                faults: since(total.faults, before.faults)?,
                peak_pages: total.peak_pages,
                time: since(total.time, before.time)?,
            })
        };
        let cost = cost().ok_or_else(|| fault("totals that do not fall"))?;
        all =
            all.checked_add(cost).ok_or_else(|| fault("sums below 2^64 of all entries so far"))?;
        costs.push(cost);
    }
    match costs.len() == entries {
        true => Ok(costs),
        false => Err(Error::Request(format!(
            "the counters are of another run: {} lines for the ledger's {entries} entries",
            costs.len()
        ))),
    }
}

impl Cost {
    fn checked_add(self, other: Self) -> Option<Self> {
        Some(Cost {
            syscalls: self.syscalls.checked_add(other.syscalls)?,
            faults: self.faults.checked_add(other.faults)?,
            peak_pages: self.peak_pages.max(other.peak_pages),
            time: self.time.checked_add(other.time)?,
        })
    }
}

fn read_line(line: &str, entry: u64) -> Option<(u64, Cost)> {
    let mut words = line.split(' ');
    let mut field =
        |name: &str| (words.next()? == name).then(|| words.next()?.parse::<u64>().ok())?;
    let number = field("entry")?;
    let process = field("process")?;
    let cost = Cost {
        syscalls: field("syscalls")?,
        faults: field("faults")?,
        peak_pages: field("peak-pages")?,
        time: field("time-ns")?,
    };
    (number == entry && words.next().is_none()).then_some((process, cost))
}
