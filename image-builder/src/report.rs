//! One HTML page that tells a ledger to an auditor: the verdict, the graph from hex0 to the compiler, every entry, every text.
//!
//! The page needs nothing but itself: no server, no network, no script (the one that it has is for comfort). The same
//! inputs give the same bytes. What may be believed is [`crate::ledger::verdict`]'s to say; here it is only shown.

mod clusters;
mod code_lines;
mod contents;
mod costs;
mod counters;
mod details;
mod graph;
mod html;
mod layout;
mod page;
mod products;
mod roads;
mod summary;
mod texts;
mod unsafe_code;

use crate::ledger::verdict::{self, Verdict, verify};
use crate::{Error, Result};
use clusters::Clusters;
use contents::Contents;
use firmseed_formats::sha256::Digest;
use firmseed_verify::image::Earlier;
use firmseed_verify::lineage::Lineage;
use maud::html;
use page::Section;
use products::Products;
use std::path::Path;
use texts::Texts;

/// What the page is made of.
pub struct Request<'a> {
    /// The bytes of the image.
    pub image: &'a [u8],
    /// The bytes of the ledger.
    pub ledger: &'a [u8],
    /// The counters of the same run.
    pub counters: Option<&'a str>,
    /// Counters of a run of the same image whose time is guest instructions.
    pub instructions: Option<&'a str>,
    /// What the run left: compared with the ledger, and the source of texts that were unpacked in the run.
    pub artifacts: Option<&'a Path>,
    /// The heads that consoles showed: the run's, and those of the runs that it continues.
    pub heads: &'a [Digest],
    /// The run that the image continues.
    pub earlier: Option<&'a Earlier>,
}

/// A page, and whether the ledger may be believed.
pub struct Report {
    /// HTML.
    pub page: String,
    /// What stands at its top.
    pub verdict: Verdict,
}

/// Makes the page. A ledger in doubt gets one too, as long as it can be read.
///
/// # Errors
/// Image, ledger, counters or artifacts cannot be read.
pub fn report(request: &Request<'_>) -> Result<Report> {
    let verified = verify(&verdict::Request {
        image: request.image,
        ledger: request.ledger,
        artifacts: request.artifacts,
        heads: request.heads,
        earlier: request.earlier,
    })?;
    let verdict = verified.verdict;
    let ledger = verified.ledger.map_err(|error| Error::Image(error.to_string()))?;
    let contents = Contents::new(&verified.image?);
    let lineage = Lineage::new(&ledger);
    let products = Products::new(&lineage, &contents);
    let clusters = Clusters::new(&products);
    let texts = Texts::new(&products, request.artifacts)?;
    let read_counters = |text: Option<&str>| {
        text.map(|text| counters::parse(text, ledger.entries.len())).transpose()
    };
    let (times, counted) = (read_counters(request.counters)?, read_counters(request.instructions)?);

    let header = summary::header(&verdict, &products);
    let graph = html! {
        p { "Each box is a file, with its size in bytes and the beginning of its SHA-256; each sheet is text of the image, with its lines of code. "
            "A box leads to the entry that made it, a sheet to its text." }
        (graph::draw(&products, &clusters))
        p.legend {
            span.made { "made by this program" } span.read { "bytes that went in" } span.text { "text of the image that went in" }
            span.same { "\u{2261} the same bytes, made again" }
        }
    };
    let meetings = roads::meetings(&products);
    let mut sections = vec![
        Section {
            id: "trust",
            title: "What remains to be trusted",
            body: summary::trust(&contents, &texts),
        },
        Section {
            id: "totals",
            title: "Totals",
            body: summary::totals(&verdict, &products, &texts),
        },
        Section { id: "graph", title: "From text to compiler", body: graph },
        Section {
            id: "costs",
            title: "What it cost",
            body: costs::table(&products, times.as_deref(), counted.as_deref()),
        },
        Section { id: "made", title: "What was made", body: details::made(&products, &clusters) },
        Section { id: "entries", title: "Entries", body: details::runs(&products, &texts) },
        Section { id: "texts", title: "Texts", body: details::texts(&texts) },
    ];
    if !meetings.is_empty() {
        let after_graph =
            1 + sections.iter().position(|section| section.id == "graph").unwrap_or(0);
        sections.insert(
            after_graph,
            Section { id: "roads", title: "Two roads", body: roads::draw(&products, &meetings) },
        );
    }
    let title = format!("Firmseed ledger {}", &html::hash(&ledger.head)[..16]);
    Ok(Report { page: page::page(&title, &header, &sections), verdict })
}
