//! The texts that went in, with their lines counted, and embedded in the page as far as there is room.
//!
//! Texts of the image come first, then those that the run unpacked, where the artifacts have them.

use super::code_lines::{all_lines, code_lines};
use super::contents::{is_text, total};
use super::products::{Products, Source, folder_of};
use crate::{Error, Result};
use firmseed_formats::ledger::format::Content;
use firmseed_formats::sha256::Digest;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use walkdir::WalkDir;

/// More than this of text makes a page slow to open and to send.
const ROOM: usize = 3_500_000;

/// A text that some process read.
pub struct Text {
    /// Where it lies, in the image or in the machine.
    pub path: Vec<u8>,
    /// Its hash and size.
    pub content: Content,
    /// Its bytes, where they are known and there is room.
    pub bytes: Option<Vec<u8>>,
    /// Lines, and lines of code; None where the bytes are not known.
    pub lines: Option<(usize, usize)>,
}

/// The texts of one folder.
#[derive(Default)]
pub struct Area {
    /// By path.
    pub texts: Vec<Text>,
    /// Files of the image in this folder that were read and are no texts.
    pub data: Vec<(Vec<u8>, Content)>,
}

/// What there is to read.
#[derive(Default)]
pub struct Sum {
    /// Texts.
    pub texts: usize,
    /// Their bytes.
    pub bytes: u128,
    /// Their lines.
    pub lines: usize,
    /// Lines without comments and blanks.
    pub code: usize,
}

/// All texts that were read.
pub struct Texts {
    /// Those of the image, by folder.
    pub image: BTreeMap<Vec<u8>, Area>,
    /// Those that the run made itself by unpacking and patching, by the folder of the image that they belong to.
    pub made: BTreeMap<Vec<u8>, Area>,
    /// Texts of the image that nobody read.
    pub unread: Vec<(Vec<u8>, Content)>,
    embedded: HashSet<Digest>,
}

impl Texts {
    /// Collects what the runs of `products` read; `artifacts` is a folder with what the run left.
    pub fn new(products: &Products<'_>, artifacts: Option<&Path>) -> Result<Self> {
        let mut texts = Texts {
            image: BTreeMap::new(),
            made: BTreeMap::new(),
            unread: Vec::new(),
            embedded: HashSet::new(),
        };
        let mut read: BTreeSet<Source> = products.reads.iter().flatten().copied().collect();
        let seeds = products.lineage.ledger.seeds.iter();
        read.extend(
            seeds.filter_map(|seed| products.contents.at(&seed.text.path)).map(Source::Image),
        );
        let mut room = ROOM;
        for (place, file) in products.contents.files.iter().enumerate() {
            if !read.contains(&Source::Image(place)) {
                if is_text(&file.content) {
                    texts.unread.push((file.path.clone(), file.content));
                }
                continue;
            }
            let area = texts.image.entry(folder_of(&file.path)).or_default();
            match is_text(&file.content) {
                true => area.texts.push(Text::new(
                    &file.path,
                    file.content,
                    Some(file.bytes),
                    &mut room,
                    &mut texts.embedded,
                )),
                false => area.data.push((file.path.clone(), file.content)),
            }
        }
        let bytes_of = artifacts.map_or(Ok(HashMap::new()), read_folder)?;
        let mut known = HashSet::new();
        for source in read {
            let Source::Product(place) = source else {
                continue;
            };
            let product = &products.all[place];
            let hash = product.content.sha256;
            // What the chain is to make is told elsewhere: macro assembly that a compiler wrote is no source.
            if is_text(&product.content) && product.expected.is_empty() && known.insert(hash) {
                let area = texts.made.entry(product.area.clone()).or_default();
                let bytes = bytes_of.get(&hash).map(Vec::as_slice);
                area.texts.push(Text::new(
                    product.names[0],
                    product.content,
                    bytes,
                    &mut room,
                    &mut texts.embedded,
                ));
            }
        }
        for area in texts.made.values_mut() {
            area.texts.sort_by(|one, other| one.path.cmp(&other.path));
        }
        Ok(texts)
    }

    /// All texts of the image that were read.
    pub fn sum(&self) -> Sum {
        let mut sum = Sum::default();
        for area in self.image.values() {
            let (lines, code, _) = area.lines();
            sum.texts += area.texts.len();
            sum.bytes += area.bytes();
            sum.lines += lines;
            sum.code += code;
        }
        sum
    }

    /// Is this text in the page?
    pub fn holds(&self, sha256: &Digest) -> bool {
        self.embedded.contains(sha256)
    }
}

impl Text {
    fn new(
        path: &[u8],
        content: Content,
        bytes: Option<&[u8]>,
        room: &mut usize,
        embedded: &mut HashSet<Digest>,
    ) -> Self {
        let fits = bytes.filter(|bytes| bytes.len() <= *room && embedded.insert(content.sha256));
        *room -= fits.map_or(0, <[u8]>::len);
        Text {
            path: path.to_vec(),
            content,
            bytes: fits.map(<[u8]>::to_vec),
            lines: bytes.map(|bytes| (all_lines(bytes), code_lines(path, bytes))),
        }
    }
}

impl Area {
    /// Bytes of its texts.
    pub fn bytes(&self) -> u128 {
        total(self.texts.iter().map(|text| &text.content))
    }

    /// Lines, and lines of code, of the texts whose bytes are known; and whether these are all.
    pub fn lines(&self) -> (usize, usize, bool) {
        let known = self.texts.iter().filter_map(|text| text.lines);
        let (all, code) =
            known.clone().fold((0, 0), |sum, lines| (sum.0 + lines.0, sum.1 + lines.1));
        (all, code, known.count() == self.texts.len())
    }
}

/// The files below a folder, by the hash of their bytes: names do not matter.
fn read_folder(folder: &Path) -> Result<HashMap<Digest, Vec<u8>>> {
    let mut files = HashMap::new();
    for entry in WalkDir::new(folder) {
        let entry = entry.map_err(|error| Error::Tree {
            path: error.path().unwrap_or(folder).to_owned(),
            reason: error.to_string(),
        })?;
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).map_err(Error::io("read", entry.path()))?;
            files.insert(crate::sha256(&bytes), bytes);
        }
    }
    Ok(files)
}
