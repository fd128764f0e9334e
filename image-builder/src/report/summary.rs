//! The first page: the verdict, what it rests on, and the totals.

use super::contents::Contents;
use super::html::{count, hash, number, shown};
use super::page::area_anchor;
use super::products::Products;
use super::texts::{Area, Texts};
use super::unsafe_code;
use crate::ledger::verdict::Verdict;
use crate::published;
use maud::{Markup, html};

/// The verdict, with what it is about.
pub fn header(verdict: &Verdict, products: &Products<'_>) -> Markup {
    let good = verdict.findings.is_empty();
    let contents = products.contents;
    let ledger = products.lineage.ledger;
    html! {
        header.good[good].bad[!good] {
            p.kind { "Firmseed \u{b7} report on a ledger" }
            h1 { (title(verdict)) }
            p.verdict { (sentence(verdict)) }
            @if let Some(not_shown) = verdict.not_shown { p.verdict { "Not proved, as not all heads were given to compare with the consoles\u{2019}: " (not_shown) "." } }
            @if !good {
                ol.doubts { @for finding in &verdict.findings { li { (finding) } } }
            }
            @for note in &verdict.notes { p.note { "Note: " (note) } }
            dl.facts {
                dt { "Ledger\u{2019}s head" } dd { code { (hash(&ledger.head)) } @if !verdict.knows_own_head() { " compare it with your console" } @else if good { " as on the console" } }
                dt { "Image" } dd { code { (hash(&contents.sha256)) } " " (number(contents.size as u64)) " bytes" }
                dt { "\u{2014} its files" } dd { code { (hash(&contents.tar)) } " a tar, " (count(contents.files.len(), "file")) }
                dt { "\u{2014} its kernel" } dd { (published::describe(&contents.kernel)) ": " code { (hash(&contents.kernel)) } " " (number(contents.kernel_size)) " bytes" }
                @for head in &verdict.heads_not_compared {
                    @if Some(head) != verdict.head.as_ref() { dt { "\u{2014} continues" } dd { code { (head) } " compare it with that run\u{2019}s console" } }
                }
                dt { "Policy" } dd { strong { (ledger.policy) } " \u{2014} " (policy(&ledger.policy)) }
                dt { "End" } dd { "the machine stopped with status " (ledger.status) " after " (count(ledger.entries.len(), "entry").replace("entrys", "entries")) }
                @if let Some(results) = &verdict.results {
                    dt { "Results" } dd { (results.agree) " of " (results.listed) " files have the hashes that the image\u{2019}s /SHA256SUMS expects" }
                }
                @if let Some(artifacts) = &verdict.artifacts {
                    dt { "Brought out" } dd { (count(artifacts.files, "file")) " compared, "
                        (artifacts.as_written + artifacts.renamed + artifacts.of_image) " as the ledger says" }
                }
            }
        }
    }
}

fn title(verdict: &Verdict) -> &'static str {
    match verdict.verdict {
        "verified" => "Verified",
        "consistent" => "Consistent",
        _ => "In doubt",
    }
}

/// What was found, for somebody who reads one sentence.
fn sentence(verdict: &Verdict) -> Markup {
    let Some(contents) = verdict.contents.as_ref().filter(|_| verdict.findings.is_empty()) else {
        return html! { (count(verdict.findings.len(), "thing")) " keep this ledger from being believed:" };
    };
    let open = verdict.policy.as_deref() == Some("open");
    html! {
        "Image and ledger fit each other, the chain of hashes is whole, and everything that went in is in the image. "
        @if let (true, Some(head)) = (open, &verdict.continues) {
            "All " (count(contents.programs, "program")) " that ran derive from text, " (contents.programs_of_image)
            " of them made in the run with the head " (head) ", which left the files."
        } @else if open {
            "The policy was open: " (count(contents.programs_of_image, "program")) " of the image ran."
        } @else {
            "All " (count(contents.programs, "program")) " that ran derive from text: "
            (count(contents.programs_seeds, "seed")) " that the kernel decoded, and " (contents.programs_built) " built in the run."
        }
    }
}

fn policy(name: &str) -> &'static str {
    match name {
        "open" => "programs of the image were allowed to run",
        _ => "only decoded seeds, and files that the run itself made, may be executed",
    }
}

/// What no check here can show.
pub fn trust(contents: &Contents<'_>, texts: &Texts) -> Markup {
    let (lines, files) = unsafe_code::inventory();
    let sum = texts.sum();
    html! {
        p { "A ledger is what the kernel says. The verdict shows that it is whole, fits the image, and tells a story without gaps. What it rests on:" }
        table.trust {
            tr { th { "The kernel" } td { "wrote the ledger and ran the programs: " (number(contents.kernel_size)) " bytes, with " (lines)
                " lines of unsafe Rust in " (files) " files (docs/unsafe.md of this tool\u{2019}s version). Rust\u{2019}s compiler made it." }
                td.shows { "The same chain on Linux, and a TinyCC that gcc seeded, give the same hashes." } }
            tr { th { "The machine" } td { "the processor or QEMU, and what started the kernel." }
                td.shows { "Another processor, another emulator, a board: the same head." } }
            tr { th { "The texts" } td { (number(sum.lines as u64)) " lines, " (number(sum.code as u64)) " without comments and blanks, do what they say, and nothing else." }
                td.shows { "Read them: all that some program read are " a href="#texts" { "in this page" } "." } }
            tr { th { "This page" } td { "image-builder compared image and ledger, and wrote it." }
                td.shows { "docs/ledger.md computes the head with awk and sha256sum; tar unpacks the image." } }
        }
    }
}

/// The sums that an auditor asks for.
pub fn totals(verdict: &Verdict, products: &Products<'_>, texts: &Texts) -> Markup {
    let sum = texts.sum();
    let ledger = products.lineage.ledger;
    let row = |folder: &[u8], area: &Area, made: bool| {
        html! {
            @if !area.texts.is_empty() {
                tr.made[made] {
                    td { a href={ "#" (area_anchor(folder)) @if made { "-made" } } { (shown(folder)) @if made { ", unpacked" } } }
                    td.number { (number(area.texts.len() as u64)) } td.number { (number(area.bytes())) }
                    @let (all, code, complete) = area.lines();
                    @let at_least = if complete { "" } else { "\u{2265} " };
                    td.number { (at_least) (number(all as u64)) } td.number { (at_least) (number(code as u64)) }
                }
            }
            @for (path, content) in &area.data {
                tr.data { td { (shown(path)) } td.number { "data" } td.number { (number(content.size)) } td {} td {} }
            }
        }
    };
    html! {
        div.columns {
            table {
                caption { "Texts to trust: those that some program read" }
                thead { tr { th { "Folder" } th.number { "Texts" } th.number { "Bytes" } th.number { "Lines" } th.number { "Of code" } } }
                @for (folder, area) in &texts.image { (row(folder, area, false)) }
                tr.sum { td { "The image\u{2019}s texts" } td.number { (number(sum.texts as u64)) } td.number { (number(sum.bytes)) }
                    td.number { (number(sum.lines as u64)) } td.number { (number(sum.code as u64)) } }
                @for (folder, area) in &texts.made { (row(folder, area, true)) }
            }
            table {
                caption { "The run" }
                @if let Some(counts) = &verdict.ledger {
                    tr { td { "Entries of the ledger" } td.number { (number(counts.entries as u64)) } }
                    tr { td { "Processes" } td.number { (number(counts.processes as u64)) } }
                }
                @if let Some(counts) = &verdict.contents {
                    tr { td { "Different programs that ran" } td.number { (number(counts.programs as u64)) } }
                    tr { td { "of these, seeds decoded from hex0 text" } td.number { (number(counts.programs_seeds as u64)) } }
                    tr { td { "built in the run" } td.number { (number(counts.programs_built as u64)) } }
                    tr { td { "files of the image" } td.number { (number(counts.programs_of_image as u64)) } }
                    tr { td { "Different inputs from the image" } td.number { (number(counts.inputs_of_image as u64)) } }
                    tr { td { "of these, texts" } td.number { (number(counts.inputs_of_image_texts as u64)) } }
                    tr { td { "Different files written" } td.number { (number(counts.outputs as u64)) } }
                    tr { td { "Reads of devices" } td.number { (number(counts.devices as u64)) } }
                }
                tr { td { "Files written, with each version" } td.number { (number(ledger.entries.iter().map(|entry| entry.wrote.len() as u64).sum::<u64>())) } }
                tr { td { "Texts of the image that nobody read" } td.number { (number(texts.unread.len() as u64)) } }
            }
        }
        p.small { "Lines of code: without comments and blanks, counted as stage0/lines does. The build scripts are among the texts; README files and the "
            "like are not, as no program read them." }
    }
}
