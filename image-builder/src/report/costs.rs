//! What each part of the run cost: the table with bars.

use super::counters::Cost;
use super::html::{duration, instructions, number, shown};
use super::products::{Products, Source};
use maud::{Markup, html};
use std::collections::{HashMap, HashSet};

/// What programs did that made nothing of note.
const OTHER: &str = "scripts, copies, checks";

/// The costs of one program's work for one folder.
struct Row {
    area: Vec<u8>,
    program: String,
    processes: usize,
    time: Cost,
    instructions: Cost,
}

/// The table; empty without counters.
pub fn table(products: &Products<'_>, times: Option<&[Cost]>, counted: Option<&[Cost]>) -> Markup {
    let Some(main) = times.or(counted) else {
        return html! {
            p { "No counters were given: " code { "image-builder report --counters FILE" } " adds what each part cost." }
        };
    };
    let rows = rows(products, main, counted);
    let total = rows.iter().fold(Cost::default(), |mut total, row| {
        total += row.time;
        total
    });
    let counted_total: u64 = rows.iter().map(|row| row.instructions.time).sum();
    let most = rows.iter().map(|row| row.time.time).max().unwrap_or(0);
    let most_counted = rows.iter().map(|row| row.instructions.time).max().unwrap_or(0);
    html! {
        p { "By folder of the image and program. Calls of the kernel, page faults, and the most memory that a process had, in KiB." }
        table.costs {
            thead { tr {
                th { "Folder" } th { "Program" } th.number { "Runs" }
                @if times.is_some() { th colspan="2" { "Time" } }
                @if counted.is_some() { th colspan="2" { "Instructions" } }
                th.number { "Calls" } th.number { "Faults" } th.number { "KiB" }
            } }
            @for (place, row) in rows.iter().enumerate() {
                tr.last[rows.get(place + 1).is_none_or(|next| next.area != row.area)] {
                    td { @if place == 0 || rows[place - 1].area != row.area { (shown(&row.area)) } }
                    td { (row.program) }
                    td.number { (number(row.processes as u64)) }
                    @if times.is_some() {
                        td.bar { (bar(row.time.time, most)) } td.number { (duration(row.time.time)) }
                    }
                    @if counted.is_some() {
                        td.bar { (bar(row.instructions.time, most_counted)) } td.number { (instructions(row.instructions.time)) }
                    }
                    td.number { (number(row.time.syscalls)) }
                    td.number { (number(row.time.faults)) }
                    td.number { (number(kibibytes(&row.time))) }
                }
            }
            tfoot { tr {
                td { "All" } td {} td.number { (number(rows.iter().map(|row| row.processes as u64).sum::<u64>())) }
                @if times.is_some() { td {} td.number { (duration(total.time)) } }
                @if counted.is_some() { td {} td.number { (instructions(counted_total)) } }
                td.number { (number(total.syscalls)) } td.number { (number(total.faults)) } td.number { (number(kibibytes(&total))) }
            } }
        }
    }
}

/// A page has 4 KiB.
fn kibibytes(cost: &Cost) -> u128 {
    u128::from(cost.peak_pages) * 4
}

fn rows(products: &Products<'_>, main: &[Cost], counted: Option<&[Cost]>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut known = HashMap::new();
    let makers: HashSet<(Source, &[u8])> = makers(products);
    for run in products.lineage.runs() {
        let area = products.areas[run.index].clone();
        let program = products.programs[run.index];
        // What made nothing of note is one row: shells, copies, checks.
        let name = match (program, makers.contains(&(program, area.as_slice()))) {
            (Source::Product(product), true) => products.label(product),
            (Source::Image(file), true) => shown(&products.contents.files[file].path),
            _ => OTHER.to_owned(),
        };
        let row = *known.entry((area.clone(), name.clone())).or_insert_with(|| {
            rows.push(Row {
                area,
                program: name,
                processes: 0,
                time: Cost::default(),
                instructions: Cost::default(),
            });
            rows.len() - 1
        });
        rows[row].processes += 1;
        for entry in &run.entries {
            let place = entry.number as usize - 1;
            rows[row].time += main[place];
            rows[row].instructions += counted.map_or(Cost::default(), |counted| counted[place]);
        }
    }
    // Folders in the order in which something was made for them, and in each the programs likewise, the rest last.
    let made = |row: &Row, area: &[u8]| row.area == area && row.program != OTHER;
    let first = |area: &[u8]| rows.iter().position(|row| made(row, area)).unwrap_or(rows.len());
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&row| {
        (first(&rows[row].area), rows[row].area.clone(), rows[row].program == OTHER, row)
    });
    let mut slots: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    order.into_iter().filter_map(|row| slots[row].take()).collect()
}

/// Which programs made products for which folders.
fn makers<'s>(products: &'s Products<'_>) -> HashSet<(Source, &'s [u8])> {
    let made = products.all.iter().filter_map(|product| match product.maker {
        super::products::Maker::Run(run) => Some((products.programs[run], product.area.as_slice())),
        super::products::Maker::Kernel(_) => None,
    });
    made.collect()
}

/// A bar, in thousandths of the longest one.
fn bar(value: u64, most: u64) -> Markup {
    let share = (u128::from(value) * 1000).checked_div(u128::from(most)).unwrap_or(0);
    html! {
        svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width=(if value > 0 { share.max(4) } else { 0 }) height="10" {}
        }
    }
}
