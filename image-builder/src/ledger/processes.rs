//! Do the processes of a ledger begin, go on and end as processes do?

use super::facts::{Check, Doubts, path_text};
use super::lineage::same_start;
use firmseed_formats::ledger::format::Ending;
use firmseed_formats::ledger::parse::{Entry, Ledger};
use std::collections::HashMap;

/// What is known of a process.
struct Process<'a> {
    last: &'a Entry,
    /// An entry of each program that it ran.
    starts: Vec<&'a Entry>,
    /// Has it started a program of its own? Before, it has its parent's.
    has_executed: bool,
}

/// Checks all entries; returns how many processes there are.
pub fn check(ledger: &Ledger, doubts: &mut Doubts) -> usize {
    let mut processes: HashMap<u32, Process<'_>> = HashMap::new();
    let mut order = Vec::new();
    for entry in &ledger.entries {
        let has_executed = match processes.get(&entry.process) {
            Some(process) => goes_on(process, entry, doubts),
            None => {
                order.push(entry.process);
                begins(&processes, entry, doubts)
            }
        };
        for source in entry
            .from
            .iter()
            .filter(|source| !processes.contains_key(source))
        {
            let text = format!("it got bytes of process {source}, which has no entry above");
            doubts.at(Check::Processes, entry, text);
        }
        let has_executed = has_executed || entry.ending == Ending::Exec;
        let starts = processes
            .remove(&entry.process)
            .map_or(Vec::new(), |process| process.starts);
        let mut process = Process {
            last: entry,
            starts,
            has_executed,
        };
        if process
            .starts
            .last()
            .is_none_or(|start| !same_start(start, entry))
        {
            process.starts.push(entry);
        }
        processes.insert(entry.process, process);
    }
    for process in order.iter().map(|number| &processes[number]) {
        if !has_ended(process.last) {
            let (number, path) = (process.last.process, path_text(&process.last.program.path));
            let text = format!(
                "process {number}, {path}, never ends: expected `exit` or `killed` in an entry below"
            );
            doubts.at(Check::Processes, process.last, text);
        }
    }
    gaps(&order, doubts);
    ends(ledger, doubts);
    order.len()
}

/// Numbers are handed out one after the other: where one is missing, a process is.
fn gaps(processes: &[u32], doubts: &mut Doubts) {
    let mut numbers = processes.to_vec();
    numbers.sort_unstable();
    let mut last = 0;
    for number in numbers {
        let missing = match number.saturating_sub(last) {
            0 | 1 => None,
            2 => Some(format!("process {}", number - 1)),
            _ => Some(format!("processes {} to {}", last + 1, number - 1)),
        };
        if let Some(missing) = missing {
            let text = format!(
                "{missing}: no entry, though there is a process {number}; numbers have no gaps"
            );
            doubts.add(Check::Processes, text);
        }
        last = number;
    }
}

/// The first entry of a process. True if it has executed a program of its own.
fn begins(processes: &HashMap<u32, Process<'_>>, entry: &Entry, doubts: &mut Doubts) -> bool {
    let Entry {
        process, parent, ..
    } = *entry;
    match (process, parent) {
        (1, 0) => return true,
        (1, _) => doubts.at(
            Check::Processes,
            entry,
            format!("process 1 has the parent {parent}, expected 0"),
        ),
        (0, _) => doubts.at(Check::Processes, entry, "there is no process 0"),
        (_, 0) => doubts.at(
            Check::Processes,
            entry,
            format!("process {process} has no parent; only process 1 has none"),
        ),
        _ if parent >= process => {
            let text = format!("process {process} is older than its parent {parent}");
            doubts.at(Check::Processes, entry, text);
        }
        _ => match processes.get(&parent) {
            None => {
                let text = format!(
                    "process {process} was started by process {parent}, which has no entry above"
                );
                doubts.at(Check::Processes, entry, text);
            }
            // The same program twice cannot be told from a fork; then a second program needs a line `exec`, which is right too.
            Some(parent) => {
                return !parent
                    .starts
                    .iter()
                    .rev()
                    .any(|start| same_start(start, entry));
            }
        },
    }
    false
}

/// A further entry. True if the process has executed a program of its own.
fn goes_on(process: &Process<'_>, entry: &Entry, doubts: &mut Doubts) -> bool {
    let last = process.last;
    let number = entry.process;
    if has_ended(last) {
        let text = format!(
            "process {number} goes on after its end in entry {}",
            last.number
        );
        doubts.at(Check::Processes, entry, text);
    }
    if last.parent != entry.parent {
        let text = format!(
            "process {number} has the parent {}, in entry {} it was {}",
            entry.parent, last.number, last.parent
        );
        doubts.at(Check::Processes, entry, text);
    }
    let same = same_start(last, entry);
    if !same && last.ending == Ending::GoesOn && process.has_executed {
        let text = format!(
            "process {number} executes something else than in entry {}, which does not end with `exec`",
            last.number
        );
        doubts.at(Check::Processes, entry, text);
    }
    process.has_executed || !same
}

/// The end of the machine is that of process 1.
fn ends(ledger: &Ledger, doubts: &mut Doubts) {
    let Some((first, last)) = ledger.entries.first().zip(ledger.entries.last()) else {
        return doubts.add(Check::Processes, "there is no entry: nothing ran");
    };
    if first.process != 1 {
        doubts.at(
            Check::Processes,
            first,
            format!(
                "the first entry is of process {}, expected process 1",
                first.process
            ),
        );
    }
    if last.process != 1 {
        let text = format!(
            "the last entry is of process {}, expected the end of process 1",
            last.process
        );
        return doubts.at(Check::Processes, last, text);
    }
    let expected = match last.ending {
        Ending::Exit(status) => i32::from(status),
        Ending::Killed(signal) => 128 + i32::from(signal),
        Ending::GoesOn | Ending::Exec => return, // named already
    };
    if ledger.status != expected {
        let text = format!(
            "the machine stopped with status {}, but process 1 says {}",
            ledger.status, last.ending
        );
        doubts.at(Check::Processes, last, text);
    }
}

fn has_ended(entry: &Entry) -> bool {
    matches!(entry.ending, Ending::Exit(_) | Ending::Killed(_))
}
