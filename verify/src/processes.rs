//! Do the processes of a ledger begin, go on and end as processes do?

use crate::findings::{Check, Findings, path_text};
use crate::lineage::{Start, start};
use firmseed_formats::ledger::format::Ending;
use firmseed_formats::ledger::parse::{Entry, Ledger};
use std::collections::{HashMap, HashSet};

/// What is known of a process.
struct Process<'a> {
    last: &'a Entry,
    /// The programs that it ran.
    starts: HashSet<Start<'a>>,
    /// Has it started a program of its own? Before, it has its parent's.
    has_executed: bool,
}

/// Checks all entries; returns how many processes there are.
pub fn check(ledger: &Ledger, findings: &mut Findings) -> usize {
    let mut processes: HashMap<u32, Process<'_>> = HashMap::new();
    let mut order = Vec::new();
    for entry in &ledger.entries {
        let mut say = |text: String| findings.at(Check::Processes, entry, text);
        let has_executed = match processes.get(&entry.process) {
            Some(process) => goes_on(process, entry, &mut say),
            None => {
                order.push(entry.process);
                begins(&processes, entry, &mut say)
            }
        };
        for source in entry.from.iter().filter(|source| !processes.contains_key(source)) {
            say(format!("it got bytes of process {source}, which has no entry above"));
        }
        let before = processes.remove(&entry.process);
        let mut starts = before.map_or(HashSet::new(), |process| process.starts);
        starts.insert(start(entry));
        let process = Process {
            last: entry,
            starts,
            has_executed: has_executed || entry.ending == Ending::Exec,
        };
        processes.insert(entry.process, process);
    }
    for last in order.iter().map(|number| processes[number].last) {
        if !has_ended(last) {
            let (number, path) = (last.process, path_text(&last.program.path));
            let text = format!(
                "process {number}, {path}, never ends: expected `exit` or `killed` in an entry below"
            );
            findings.at(Check::Processes, last, text);
        }
    }
    gaps(&order, findings);
    ends(ledger, findings);
    order.len()
}

/// Numbers are handed out one after the other: where one is missing, a process is.
fn gaps(processes: &[u32], findings: &mut Findings) {
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
            findings.add(Check::Processes, text);
        }
        last = number;
    }
}

/// The first entry of a process. True if it has executed a program of its own.
fn begins(
    processes: &HashMap<u32, Process<'_>>,
    entry: &Entry,
    say: &mut impl FnMut(String),
) -> bool {
    let (process, parent) = (entry.process, entry.parent);
    say(match (process, parent) {
        (1, 0) => return true,
        (1, _) => format!("process 1 has the parent {parent}, expected 0"),
        (0, _) => "there is no process 0".into(),
        (_, 0) => format!("process {process} has no parent; only process 1 has none"),
        _ if parent >= process => format!("process {process} is older than its parent {parent}"),
        _ => match processes.get(&parent) {
            None => format!(
                "process {process} was started by process {parent}, which has no entry above"
            ),
            // The same program twice cannot be told from a fork; then a second program needs a line `exec`, which is right too.
            Some(parent) => {
                return !parent.starts.contains(&start(entry));
            }
        },
    });
    false
}

/// A further entry. True if the process has executed a program of its own.
fn goes_on(process: &Process<'_>, entry: &Entry, say: &mut impl FnMut(String)) -> bool {
    let last = process.last;
    let (number, above) = (entry.process, last.number);
    if has_ended(last) {
        say(format!("process {number} goes on after its end in entry {above}"));
    }
    let (parent, before) = (entry.parent, last.parent);
    if parent != before {
        say(format!("process {number} has the parent {parent}, in entry {above} it was {before}"));
    }
    let same = start(last) == start(entry);
    if !same && last.ending == Ending::GoesOn && process.has_executed {
        say(format!(
            "process {number} executes something else than in entry {above}, which does not end with `exec`"
        ));
    }
    process.has_executed || !same
}

/// The end of the machine is that of process 1.
fn ends(ledger: &Ledger, findings: &mut Findings) {
    let Some((first, last)) = ledger.entries.first().zip(ledger.entries.last()) else {
        return findings.add(Check::Processes, "there is no entry: nothing ran");
    };
    let (process, end, status) = (first.process, last.process, ledger.status);
    if process != 1 {
        let text = format!("the first entry is of process {process}, expected process 1");
        findings.at(Check::Processes, first, text);
    }
    if end != 1 {
        let text = format!("the last entry is of process {end}, expected the end of process 1");
        return findings.at(Check::Processes, last, text);
    }
    let expected = match last.ending {
        Ending::Exit(status) => i32::from(status),
        Ending::Killed(signal) => 128 + i32::from(signal),
        Ending::GoesOn | Ending::Exec => return, // named already
    };
    if status != expected {
        let ending = last.ending;
        let text = format!("the machine stopped with status {status}, but process 1 says {ending}");
        findings.at(Check::Processes, last, text);
    }
}

fn has_ended(entry: &Entry) -> bool {
    matches!(entry.ending, Ending::Exit(_) | Ending::Killed(_))
}
