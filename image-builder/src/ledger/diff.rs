//! Where do two ledgers part ways first, and why?
//!
//! All entries above the first that differs are equal, so what differs there has its cause there: contents that
//! no entry made (a changed file of the image), or a machine that does something else with the same.

use super::diff_files::{Changed, changed, maker, outcome, pairs, written_by};
use firmseed_formats::ledger::parse::{Entry, File, Ledger, SeedRecord};
use firmseed_formats::sha256::Hex;
use firmseed_verify::findings::{Named, Short, path_text};
use firmseed_verify::lineage::Lineage;
use serde::Serialize;

/// What differs first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// The images, but nothing that a process read.
    Image,
    /// Which programs may run.
    Policy,
    /// The run that left the files.
    Continues,
    /// A seed, or its text.
    Seed,
    /// Which process it is, or who started it: another order.
    Process,
    /// The program's contents.
    Program,
    /// The program's name, arguments, directory, environment.
    Arguments,
    /// What the process read.
    Input,
    /// Only what it wrote.
    Output,
    /// How it ended.
    Ending,
    /// One ledger ends where the other goes on.
    Length,
    /// What the machine stopped with.
    Status,
}

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// What differs.
    pub kind: DifferenceKind,
    /// In which entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// On which line of each ledger that entry begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<[usize; 2]>,
    /// The files that differ.
    pub files: Vec<Changed>,
    /// For people.
    pub text: Vec<String>,
}

/// What the comparison of two ledgers gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Are they the same, line for line?
    pub equal: bool,
    /// The head of each.
    pub heads: [String; 2],
    /// Where they part ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
    /// The paths at which the runs left different files, or only one of them left one.
    pub outcome: Vec<String>,
}

impl First {
    fn new(kind: DifferenceKind, text: impl Into<String>) -> Self {
        First { kind, entry: None, lines: None, files: Vec::new(), text: vec![text.into()] }
    }

    fn say(mut self, text: impl Into<String>) -> Self {
        self.text.push(text.into());
        self
    }
}

/// Compares `a` with `b`.
pub fn diff(a: &Ledger, b: &Ledger) -> Difference {
    Difference {
        equal: a.head == b.head,
        heads: [a, b].map(|ledger| Hex(&ledger.head).to_string()),
        first: (a.head != b.head).then(|| first(a, b)),
        outcome: outcome(a, b),
    }
}

fn first(a: &Ledger, b: &Ledger) -> First {
    if a.policy != b.policy {
        return First::new(
            DifferenceKind::Policy,
            format!("the policy is {} in A, {} in B", a.policy, b.policy),
        );
    }
    if a.continues != b.continues {
        let [a, b] = [a, b].map(|ledger| match &ledger.continues {
            Some(head) => format!("the run with the head {}", Short(head)),
            None => "no run".into(),
        });
        return First::new(DifferenceKind::Continues, format!("A continues {a}, B {b}"));
    }
    if let Some(difference) = seeds(&a.seeds, &b.seeds) {
        return difference;
    }
    let lineages = [Lineage::new(a), Lineage::new(b)];
    if let Some((one, other)) =
        a.entries.iter().zip(&b.entries).find(|(one, other)| !same(one, other))
    {
        let mut difference = entries(one, other, &lineages);
        difference.entry = Some(one.number);
        difference.lines = Some([one.line, other.line]);
        return difference;
    }
    match a.entries.len().cmp(&b.entries.len()) {
        std::cmp::Ordering::Less => longer("A", a, "B", b),
        std::cmp::Ordering::Greater => longer("B", b, "A", a),
        std::cmp::Ordering::Equal if a.status != b.status => First::new(
            DifferenceKind::Status,
            format!("the machine stops with status {} in A, {} in B", a.status, b.status),
        ),
        std::cmp::Ordering::Equal => First::new(
            DifferenceKind::Image,
            format!(
                "the images are different (tar {} in A, {} in B), but no process read or wrote anything else",
                Short(&a.files),
                Short(&b.files)
            ),
        ),
    }
}

fn same(one: &Entry, other: &Entry) -> bool {
    let bare = |entry: &Entry| Entry { chain: [0; 32], line: 0, ..entry.clone() };
    one.chain == other.chain || bare(one) == bare(other)
}

fn seeds(a: &[SeedRecord], b: &[SeedRecord]) -> Option<First> {
    if a.len() != b.len() {
        return Some(First::new(
            DifferenceKind::Seed,
            format!("A has {} seeds, B {}", a.len(), b.len()),
        ));
    }
    let (one, other) = a.iter().zip(b).find(|(one, other)| one != other)?;
    let mut difference = First::new(
        DifferenceKind::Seed,
        format!("the seed {} differs", path_text(&one.program.path)),
    );
    for (what, one, other) in
        [("text", &one.text, &other.text), ("program", &one.program, &other.program)]
    {
        if one != other {
            difference =
                difference.say(format!("its {what}: {} in A, {} in B", Named(one), Named(other)));
            difference.files.push(changed(&one.path, Some(one), Some(other), [None, None]));
        }
    }
    Some(difference)
}

fn longer(short: &str, ends: &Ledger, long: &str, goes_on: &Ledger) -> First {
    let next = &goes_on.entries[ends.entries.len()];
    let text = format!(
        "{short} ends after {} entries with status {}; {long} goes on with process {}, {}",
        ends.entries.len(),
        ends.status,
        next.process,
        command(next)
    );
    let mut difference = First::new(DifferenceKind::Length, text);
    difference.entry = Some(next.number);
    difference
}

/// The first entries that differ.
fn entries(a: &Entry, b: &Entry, lineages: &[Lineage<'_>; 2]) -> First {
    if (a.process, a.parent) != (b.process, b.parent) {
        return First::new(
            DifferenceKind::Process,
            format!("in A it is process {} (of {}), {}", a.process, a.parent, command(a)),
        )
        .say(format!("in B it is process {} (of {}), {}", b.process, b.parent, command(b)))
        .say("another order, or a process that only one run has; all above is equal");
    }
    let who = format!("process {}, {}", a.process, command(a));
    if a.program.content != b.program.content {
        let mut difference =
            First::new(DifferenceKind::Program, format!("{who}: it is another program"))
                .say(format!(
                    "A runs {}, {}",
                    Named(&a.program),
                    maker(&a.program, a, &lineages[0])
                ))
                .say(format!(
                    "B runs {}, {}",
                    Named(&b.program),
                    maker(&b.program, b, &lineages[1])
                ));
        let written_by =
            [written_by(&a.program, a, &lineages[0]), written_by(&b.program, b, &lineages[1])];
        difference.files.push(changed(
            &a.program.path,
            Some(&a.program),
            Some(&b.program),
            written_by,
        ));
        return difference;
    }
    let starts = |entry: &Entry| {
        (entry.program.path.clone(), entry.cwd.clone(), entry.arguments.clone(), entry.environment)
    };
    if starts(a) != starts(b) {
        return arguments(a, b);
    }
    let inputs = |entry: &Entry| (entry.reads.clone(), entry.devices.clone(), entry.from.clone());
    if inputs(a) != inputs(b) {
        return input(a, b, &who, lineages);
    }
    if a.wrote != b.wrote {
        let mut difference = First::new(
            DifferenceKind::Output,
            format!("{who}: the same program with the same inputs wrote something else"),
        )
        .say("not deterministic, or one of the machines or ledgers is wrong");
        difference.files = pairs(&a.wrote, &b.wrote)
            .map(|(path, one, other)| changed(path, one, other, [None, None]))
            .collect();
        return difference;
    }
    First::new(
        DifferenceKind::Ending,
        format!("{who}: ends with `{}` in A, with `{}` in B", a.ending, b.ending),
    )
}

fn arguments(a: &Entry, b: &Entry) -> First {
    let mut difference = First::new(
        DifferenceKind::Arguments,
        format!("process {}: the same program, started another way", a.process),
    );
    let lists = [
        ("program", path_text(&a.program.path), path_text(&b.program.path)),
        ("arguments", command(a), command(b)),
        ("directory", path_text(&a.cwd), path_text(&b.cwd)),
        ("environment", Short(&a.environment.1).to_string(), Short(&b.environment.1).to_string()),
    ];
    for (what, one, other) in lists.into_iter().filter(|(_, one, other)| one != other) {
        difference =
            difference.say(format!("{what} in A: {one}")).say(format!("{what} in B: {other}"));
    }
    difference.say(format!(
        "they come from process {}, which did the same in both runs as far as the ledgers tell",
        a.parent
    ))
}

/// Other inputs: which, and who made them.
fn input(a: &Entry, b: &Entry, who: &str, lineages: &[Lineage<'_>; 2]) -> First {
    let mut difference =
        First::new(DifferenceKind::Input, format!("{who}: it read something else"));
    let mut made = false;
    for (path, one, other) in pairs(&a.reads, &b.reads) {
        let by = [
            one.and_then(|file| written_by(file, a, &lineages[0])),
            other.and_then(|file| written_by(file, b, &lineages[1])),
        ];
        made |= by != [None, None];
        let side =
            |name: &str, file: Option<&File>, entry: &Entry, lineage: &Lineage<'_>| match file {
                Some(file) => format!(
                    "{name}: {}, {}, {} bytes",
                    Short(&file.content.sha256),
                    maker(file, entry, lineage),
                    file.content.size
                ),
                None => format!("{name}: does not read it"),
            };
        difference = difference.say(format!("input {}", path_text(path)));
        difference.text.push(format!("  {}", side("A", one, a, &lineages[0])));
        difference.text.push(format!("  {}", side("B", other, b, &lineages[1])));
        difference.files.push(changed(path, one, other, by));
    }
    if a.devices != b.devices {
        difference = difference.say(format!(
            "devices: A reads {}, B {}",
            texts(&a.devices),
            texts(&b.devices)
        ));
    }
    if a.from != b.from {
        difference = difference.say(format!("bytes of processes: A {:?}, B {:?}", a.from, b.from));
    }
    let changed: Vec<&str> = difference.files.iter().map(|file| file.path.as_str()).collect();
    let cause = match (made, changed.is_empty()) {
        (false, false) => format!("first cause: {} in the image", changed.join(", ")),
        _ => format!(
            "first cause: entry {}: all above is equal, so the process chose otherwise",
            a.number
        ),
    };
    difference.say(cause)
}

/// A command line, as far as a line on the screen holds it.
pub fn command(entry: &Entry) -> String {
    const SHOWN: usize = 120;
    let text = texts(&entry.arguments);
    match text.get(..SHOWN) {
        Some(start) => format!("{start}..."),
        None => text,
    }
}

fn texts(texts: &[Vec<u8>]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| path_text(text)).collect();
    texts.join(" ")
}
