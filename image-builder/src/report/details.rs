//! What was made, every run with its entries, and the texts: the parts of the page that one opens.

use super::clusters::Clusters;
use super::html::{count, hash, number, readable, shown};
use super::page::{area_anchor, cluster_anchor, maker_anchor, run_anchor, text_anchor};
use super::products::{Maker, Products, Source};
use super::texts::{Area, Text, Texts};
use firmseed_formats::ledger::parse::{Entry, File};
use firmseed_verify::lineage::Run;
use maud::{Markup, html};

/// The table of products, with whole hashes.
pub fn made(products: &Products<'_>, clusters: &Clusters) -> Markup {
    html! {
        p { "Every program that ran, and every file that the image\u{2019}s /SHA256SUMS names, in the order of making. \u{2713}: its hash is the one that "
            "/SHA256SUMS expects. What came between is folded." }
        table.products {
            thead { tr { th { "By" } th { "File" } th.number { "Bytes" } th { "SHA-256" } } }
            @for (place, cluster) in clusters.all.iter().enumerate() {
                tbody id=(cluster_anchor(place)) {
                    @for (row, &product) in cluster.cards.iter().enumerate() {
                        tr { td { @if row == 0 { (products.program_name(cluster.maker)) } } (product_cells(products, product)) }
                    }
                    @if !cluster.folded.is_empty() {
                        tr {
                            td { @if cluster.cards.is_empty() { (products.program_name(cluster.maker)) } }
                            td colspan="3" { details {
                                summary { (count(cluster.folded.len(), if cluster.cards.is_empty() { "file" } else { "further file" })) }
                                table { @for &product in &cluster.folded { tr { (product_cells(products, product)) } } }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn product_cells(products: &Products<'_>, place: usize) -> Markup {
    let product = &products.all[place];
    let also = match product.names.as_slice() {
        [_] => String::new(),
        [_, other] => format!("copied to {}", shown(other)),
        names => format!("copied to {} other names", names.len() - 1),
    };
    let names: Vec<String> = product.names.iter().map(|name| shown(name)).collect();
    html! {
        td {
            a href={ "#" (maker_anchor(product.maker)) } { (shown(product.names[0])) }
            @if !product.expected.is_empty() { span.mark { " \u{2713}" } }
            @if let Some(twin) = product.twin { div.also { "\u{2261} " (shown(products.all[twin].names[0])) } }
            @if !also.is_empty() { div.also title=(names.join("\n")) { (also) } }
        }
        td.number { (number(product.content.size)) }
        td.hash { (hash(&product.content.sha256)) }
    }
}

/// Every run, each to be opened.
pub fn runs(products: &Products<'_>, texts: &Texts) -> Markup {
    let ledger = products.lineage.ledger;
    html! {
        p { "What one program did in one process is one line here; it has one or more entries in the ledger. Processes are numbered by the kernel." }
        div.runs {
            div.heading { span { "Entry" } span { "Process" } span { "Program and arguments" } span.number { "Read" } span.number { "Wrote" } span { "End" } }
            @for (place, seed) in ledger.seeds.iter().enumerate() {
                details {
                    summary { span { "seed" } span {} span.command { b { (shown(&seed.program.path)) } " decoded by the kernel from " (shown(&seed.text.path)) }
                        span.number { "1" } span.number { "1" } span {} }
                    div.body id=(maker_anchor(Maker::Kernel(place))) {
                        p { "The kernel turned this text into this program before the first process started, by the rules of hex0: two digits are a byte, the rest is comment." }
                        h4 { "Read" } table.files { (text_row(products, texts, &seed.text)) }
                        h4 { "Wrote" } table.files { tr { td { "elf" } td { (shown(&seed.program.path)) } td.number { (number(seed.program.content.size)) }
                            td.hash { (hash(&seed.program.content.sha256)) } } }
                    }
                }
            }
            @for run in products.lineage.runs() { (one_run(products, texts, run)) }
        }
    }
}

/// The contents that went into a run, in order.
fn reads<'a>(run: &Run<'a>) -> impl Iterator<Item = &'a File> {
    run.entries.iter().flat_map(|entry| &entry.reads)
}

/// The contents that came out, in order.
fn wrote<'a>(run: &Run<'a>) -> impl Iterator<Item = &'a File> {
    run.entries.iter().flat_map(|entry| &entry.wrote)
}

/// The devices and files of /proc that it read.
fn devices<'a>(run: &Run<'a>) -> impl Iterator<Item = &'a Vec<u8>> {
    run.entries.iter().flat_map(|entry| &entry.devices)
}

fn one_run(products: &Products<'_>, texts: &Texts, run: &Run<'_>) -> Markup {
    let arguments: Vec<String> =
        run.entries[0].arguments.iter().skip(1).map(|argument| shown(argument)).collect();
    let (first, last) = (run.entries[0].number, run.end().number);
    let ending = run.end().ending.to_string();
    let well = ending == "exit 0" || ending == "exec";
    html! {
        details {
            summary {
                span { (first) @if last > first { "\u{2013}" (last) } }
                span { (run.process) }
                span.command { b { (shown(&run.program().path)) } " " (arguments.join(" ")) }
                span.number { (reads(run).count()) }
                span.number { (wrote(run).count()) }
                span.wrong[!well] { (ending) }
            }
            div.body id=(run_anchor(run.index)) {
                a.back href="#graph" { "graph" }
                dl {
                    dt { "Program" } dd { (source_link(products, texts, products.programs[run.index], run.program())) " \u{b7} "
                        (number(run.program().content.size)) " bytes" br; code { (hash(&run.program().content.sha256)) } }
                    dt { "Started by" } dd {
                        @match run.origin {
                            Some(origin) => { @let origin = &products.lineage.runs()[origin];
                                a href={ "#" (run_anchor(origin.index)) } { "process " (origin.process) ", " (shown(&origin.program().path)) } }
                            None => { "the kernel" }
                        }
                    }
                    dt { "In" } dd { (shown(&run.entries[0].cwd)) }
                    dt { "Arguments" } dd.arguments { @for argument in &run.entries[0].arguments { code { (shown(argument)) } " " } }
                    dt { "Environment" } dd { (count(run.entries[0].environment.0 as usize, "string")) ", " code { (hash(&run.entries[0].environment.1)) } }
                    @if devices(run).next().is_some() {
                        dt { "Devices read" } dd { @for device in devices(run) { code { (shown(device)) } " " } }
                    }
                    @if !run.from.is_empty() {
                        dt { "Bytes from" } dd { @for &other in &run.from { @let other = &products.lineage.runs()[other];
                            a href={ "#" (run_anchor(other.index)) } { "process " (other.process) ", " (shown(&other.program().path)) } " " } }
                    }
                    dt { "End" } dd { (ending) }
                    dt { "Chain" } dd { @for entry in &run.entries { (link(entry)) } }
                }
                @if reads(run).next().is_some() {
                    h4 { "Read" }
                    table.files { @for file in reads(run) { (text_row(products, texts, file)) } }
                }
                @if wrote(run).next().is_some() {
                    h4 { "Wrote" }
                    table.files { @for file in wrote(run) { (wrote_row(products, run, file)) } }
                }
            }
        }
    }
}

fn link(entry: &Entry) -> Markup {
    html! { "entry " (entry.number) ", line " (entry.line) ": " code { (hash(&entry.chain)) } br; }
}

/// A file with a link to its text or its maker.
fn source_link(products: &Products<'_>, texts: &Texts, source: Source, file: &File) -> Markup {
    let path = shown(&file.path);
    match source {
        _ if texts.holds(&file.content.sha256) => {
            html! { a href={ "#" (text_anchor(&file.content.sha256)) } { (path) } }
        }
        Source::Product(product) => {
            html! { a href={ "#" (maker_anchor(products.all[product].maker)) } { (path) } }
        }
        _ => html! { (path) },
    }
}

fn text_row(products: &Products<'_>, texts: &Texts, file: &File) -> Markup {
    let source = products.source_of(file);
    let origin = match source {
        Source::Image(_) => "image",
        Source::Product(_) => "made",
        Source::Unknown => "unknown",
    };
    html! { tr {
        td { (file.content.class) } td { (source_link(products, texts, source, file)) span.also { " " (origin) } }
        td.number { (number(file.content.size)) } td.hash { (hash(&file.content.sha256)) }
    } }
}

fn wrote_row(products: &Products<'_>, run: &Run<'_>, file: &File) -> Markup {
    let product = products.made_by(run.index, &file.content);
    html! { tr {
        td { (file.content.class) }
        td { (shown(&file.path))
            @match product {
                Some(product) => {
                    @if !product.expected.is_empty() { span.also { " as /SHA256SUMS expects" } }
                    @if product.executions > 0 { span.also { ", ran " (count(product.executions, "time")) } }
                    @if let Some(twin) = product.twin { span.also { ", the same bytes as " (shown(products.all[twin].names[0])) } }
                }
                None => { span.also { " a copy of what it read" } }
            }
        }
        td.number { (number(file.content.size)) } td.hash { (hash(&file.content.sha256)) }
    } }
}

/// All texts, by folder.
pub fn texts(texts: &Texts) -> Markup {
    html! {
        p { "Each text that a program read, once. Bytes that a page cannot show, or would show in another order, stand as "
            code { "\u{27e8}U+202E\u{27e9}" } "." }
        @for (folder, area) in &texts.image { (folder_of_texts(folder, area, "")) }
        @for (folder, area) in &texts.made { (folder_of_texts(folder, area, "-made")) }
        @if !texts.unread.is_empty() {
            details {
                summary { "Read by no program: " (count(texts.unread.len(), "text")) }
                div { table.files { @for (path, content) in &texts.unread {
                    tr { td { (shown(path)) } td.number { (number(content.size)) } td.hash { (hash(&content.sha256)) } }
                } } }
            }
        }
    }
}

fn folder_of_texts(folder: &[u8], area: &Area, suffix: &str) -> Markup {
    html! {
        div.folder id={ (area_anchor(folder)) (suffix) } {
            h3 { (shown(folder)) @if !suffix.is_empty() { span.area { " unpacked or patched in the run" } } }
            @for (path, content) in &area.data {
                p.data { (shown(path)) " \u{b7} not a text \u{b7} " (number(content.size)) " bytes" br; code { (hash(&content.sha256)) } }
            }
            @for text in &area.texts { (one_text(text)) }
        }
    }
}

fn one_text(text: &Text) -> Markup {
    let lines = match text.lines {
        Some((all, code)) => format!("{}, {} of code", count(all, "line"), number(code as u64)),
        None => "not among the products".to_owned(),
    };
    html! {
        @match &text.bytes {
            Some(bytes) => {
                details.text {
                    summary { b { (shown(&text.path)) } span.also { " " (lines) " \u{b7} " (number(text.content.size)) " bytes" } }
                    div.body id=(text_anchor(&text.content.sha256)) {
                        p.hash { (hash(&text.content.sha256)) }
                        (listing(bytes))
                    }
                }
            }
            None => { p.data { b { (shown(&text.path)) } span.also { " " (lines) " \u{b7} " (number(text.content.size)) " bytes" } br; code { (hash(&text.content.sha256)) } } }
        }
    }
}

/// A text beside its line numbers.
fn listing(bytes: &[u8]) -> Markup {
    let text = readable(bytes);
    let numbers: Vec<String> =
        (1..=text.split_inclusive('\n').count()).map(|line| line.to_string()).collect();
    html! {
        // A newline right behind the tag is the parser's: this one keeps the text's own first one.
        div.listing { pre.lines aria-hidden="true" { (numbers.join("\n")) } pre.code tabindex="0" { "\n" (text) } }
    }
}
