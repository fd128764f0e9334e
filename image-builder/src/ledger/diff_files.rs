//! The files that differ between two entries, and who made them.

use firmseed_formats::ledger::parse::{Entry, File, Ledger, SeedRecord};
use firmseed_formats::sha256::Hex;
use firmseed_verify::findings::path_text;
use firmseed_verify::lineage::Lineage;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A file as two ledgers have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its path.
    pub path: String,
    /// Its SHA-256 in each; none where that ledger has no such file here.
    pub sha256: [Option<String>; 2],
    /// The entries above that wrote these contents; none for files of the image.
    pub written_by: [Option<u64>; 2],
}

/// The files that differ, by path: what A has there, what B has.
pub fn pairs<'e>(
    a: &'e [File],
    b: &'e [File],
) -> impl Iterator<Item = (&'e [u8], Option<&'e File>, Option<&'e File>)> {
    let mut paths = Vec::new();
    for file in a.iter().chain(b) {
        if !paths.contains(&file.path.as_slice()) {
            paths.push(file.path.as_slice());
        }
    }
    // A file may be read more than once, changed in between.
    let all = |files: &'e [File], path: &[u8]| -> Vec<&'e File> {
        files.iter().filter(|file| file.path == path).collect()
    };
    paths.into_iter().flat_map(move |path| {
        let (ours, theirs) = (all(a, path), all(b, path));
        let longest = ours.len().max(theirs.len());
        let pair = move |place: usize| (path, ours.get(place).copied(), theirs.get(place).copied());
        (0..longest).map(pair).filter(|(_, one, other)| one != other).collect::<Vec<_>>()
    })
}

pub fn changed(
    path: &[u8],
    a: Option<&File>,
    b: Option<&File>,
    written_by: [Option<u64>; 2],
) -> Changed {
    let hash = |file: Option<&File>| file.map(|file| Hex(&file.content.sha256).to_string());
    Changed { path: path_text(path), sha256: [hash(a), hash(b)], written_by }
}

pub fn written_by(file: &File, entry: &Entry, lineage: &Lineage<'_>) -> Option<u64> {
    lineage.writer_of(&file.content.sha256, entry.number)
}

pub fn maker(file: &File, entry: &Entry, lineage: &Lineage<'_>) -> String {
    let is_seed = |seed: &SeedRecord| seed.program.content == file.content;
    match written_by(file, entry, lineage) {
        Some(entry) => format!("written by entry {entry}"),
        None if lineage.ledger.seeds.iter().any(is_seed) => "a seed".into(),
        None => "of the image".into(),
    }
}

/// The paths at which the last contents are not the same.
pub fn outcome(a: &Ledger, b: &Ledger) -> Vec<String> {
    let last = |ledger: &Ledger| -> BTreeMap<Vec<u8>, _> {
        let wrote = ledger.entries.iter().flat_map(|entry| &entry.wrote);
        wrote.map(|file| (file.path.clone(), file.content)).collect()
    };
    let (a, b) = (last(a), last(b));
    let paths: BTreeSet<&Vec<u8>> = a.keys().chain(b.keys()).collect();
    paths
        .into_iter()
        .filter(|path| a.get(*path) != b.get(*path))
        .map(|path| path_text(path))
        .collect()
}
