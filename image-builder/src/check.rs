//! An image against its own index: every byte is covered, and damage is named by part and place.
//!
//! kernel, symbols, tar, and each file's contents by their hashes, the index by its seal, padding by
//! being zero, the tar's headers by saying the same as the index. What a hash alone cannot place
//! (bytes of tar headers) is found by writing the tar anew: where the new one has the hash that the
//! index asks for, each byte that differs is the damage.

use crate::archive::{self, BLOCK, Entry, Member};
use crate::kernel::stated_image_size;
use crate::progress::Progress;
use crate::{Error, Result, layout, seeds, sha256};
use firmseed_core::image::{ALIGNMENT, Index, Kind, Part};
use firmseed_core::tar::{self, Archive, TarError};
use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which part or member.
    pub part: String,
    /// The bytes of the image that are damaged, as narrowly as can be said.
    pub range: Range<usize>,
    /// What is wrong with them.
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.range;
        match end - start {
            1 => write!(f, "{} (byte {start}): {}", self.part, self.problem),
            _ => write!(
                f,
                "{} (bytes {start} to {}): {}",
                self.part,
                end.saturating_sub(1),
                self.problem
            ),
        }
    }
}

/// What was checked.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Bytes of the image.
    pub size: usize,
    /// Files whose contents were hashed.
    pub files: usize,
    /// What is wrong; none if the image is whole.
    pub findings: Vec<Finding>,
}

/// Checks every byte of `image`. An error means that it is no image at all.
pub fn check(image: &[u8]) -> Result<Report> {
    let offset = layout::find_index(image)?;
    let mut checker = Checker {
        image,
        findings: Vec::new(),
        files: 0,
    };
    match Index::open(image, offset) {
        Ok(index) => checker.all(&index, offset),
        Err(error) => {
            let problem = format!("{error}; nothing else can be checked without the index");
            checker.add("index", text_range(image, offset), problem);
        }
    }
    Ok(Report {
        size: image.len(),
        files: checker.files,
        findings: checker.findings,
    })
}

/// From `start` to the first byte that is no text.
fn text_range(image: &[u8], start: usize) -> Range<usize> {
    let rest = &image[start..];
    // That byte too: it may be the damage.
    let size = rest
        .iter()
        .position(|&byte| byte == 0)
        .map_or(rest.len(), |at| at + 1);
    start..start + size
}

struct Checker<'a> {
    image: &'a [u8],
    findings: Vec<Finding>,
    files: usize,
}

impl<'a> Checker<'a> {
    fn add(&mut self, part: impl Into<String>, range: Range<usize>, problem: impl Into<String>) {
        self.findings.push(Finding {
            part: part.into(),
            range,
            problem: problem.into(),
        });
    }

    fn all(&mut self, index: &Index<'a>, offset: usize) {
        let index_end = offset + index.text.len();
        if !index.verify_seal(sha256) {
            self.add("index", offset..index_end, "it does not hash to what its last line says; other findings may only follow from this one");
        }
        self.part("kernel", &index.kernel);
        if stated_image_size(self.image) != Some(self.image.len() as u64) {
            self.add(
                "kernel header",
                16..24,
                "the field image_size is not the size of the image",
            );
        }
        self.padding("the kernel", range(&index.kernel).end, offset);
        let first = index.symbols.as_ref().unwrap_or(&index.tar);
        self.padding("the index", index_end, range(first).start);
        if let Some(symbols) = &index.symbols {
            self.part("symbols", symbols);
            self.padding("the symbols", range(symbols).end, range(&index.tar).start);
        }
        self.tar(index);
    }

    fn part(&mut self, name: &str, part: &Part) {
        if !part.matches(self.image, sha256) {
            self.add(
                name,
                range(part),
                "its bytes do not hash to what the index says",
            );
        }
    }

    /// Bytes between two parts are zeros.
    fn padding(&mut self, after: &str, start: usize, end: usize) {
        let odd: Vec<usize> = (start..end).filter(|&at| self.image[at] != 0).collect();
        if let (Some(first), Some(last)) = (odd.first(), odd.last()) {
            let problem = format!("{} bytes are not zero", odd.len());
            self.add(format!("padding after {after}"), *first..last + 1, problem);
        }
    }

    fn tar(&mut self, index: &Index<'a>) {
        let before = self.findings.len();
        let progress = Progress::new("checking", index.tar.size);
        for member in index.members() {
            let member = match member {
                Ok(member) => member,
                Err(error) => {
                    let start = index.text.as_ptr() as usize - self.image.as_ptr() as usize;
                    let problem = format!("{error}; the members after it were not checked");
                    return self.add("index", start..start + index.text.len(), problem);
                }
            };
            if let Kind::File { content, .. } = member.kind {
                self.files += 1;
                let name = format!("file {}", member.path);
                self.part(&name, &content);
                let end = range(&content).end;
                let padded = (end - index.tar.offset as usize).next_multiple_of(BLOCK)
                    + index.tar.offset as usize;
                self.padding(&name, end, padded.min(self.image.len()));
                progress.advance(content.size as usize);
            }
        }
        let contents_are_whole = self.findings.len() == before;
        let tar = range(&index.tar);
        let bytes = &self.image[tar.clone()];
        let intact = sha256(bytes) == index.tar.sha256;
        if !intact && contents_are_whole && !self.rewritten(index, bytes, tar.start) {
            self.headers(index, bytes, tar.start);
        }
        if !intact && self.findings.len() == before {
            self.add("tar", tar.clone(), "it does not hash to what the index says, outside the files' contents: a header or the end");
        }
        match archive::read(bytes) {
            Ok(entries) => {
                self.agreement(index, &entries, tar);
                if self.findings.len() == before {
                    let start = index.text.as_ptr() as usize - self.image.as_ptr() as usize;
                    for problem in seeds::problems(index, bytes, &entries) {
                        self.add("seeds", start..start + index.text.len(), problem);
                    }
                }
            }
            Err(error) if self.findings.len() == before => self.add("tar", tar, error.to_string()),
            Err(_) => {} // already named
        }
    }

    /// Writes the tar anew from the index. True if that gives the tar that the index hashed; then each
    /// difference is the damage.
    fn rewritten(&mut self, index: &Index<'a>, tar: &[u8], start: usize) -> bool {
        let members: Option<Vec<Member<&[u8]>>> = index
            .members()
            .map(|member| self.to_write(&member.ok()?))
            .collect();
        let Some(Ok(whole)) = members.map(|members| archive::write(&members)) else {
            return false;
        };
        if whole.len() != tar.len() || sha256(&whole) != index.tar.sha256 {
            return false;
        }
        let contents = contents(index);
        let differs = |range: &Range<usize>| tar[range.clone()] != whole[range.clone()];
        for (gap, name) in gaps(&contents, start, tar.len())
            .into_iter()
            .filter(|(gap, _)| differs(gap))
        {
            let odd = gap
                .clone()
                .filter(|&at| tar[at] != whole[at])
                .collect::<Vec<_>>();
            let (first, last) = (odd[0], odd[odd.len() - 1]);
            self.add(
                name,
                start + first..start + last + 1,
                format!("{} bytes differ from what was built", odd.len()),
            );
        }
        true
    }

    fn to_write(&self, member: &firmseed_core::image::Member<'a>) -> Option<Member<&'a [u8]>> {
        let bytes = |text: firmseed_core::image::Escaped<'_>| text.bytes().collect::<Vec<u8>>();
        let kind = match member.kind {
            Kind::File { content, mode } => archive::Kind::File {
                mode,
                content: content.slice(self.image)?,
            },
            Kind::Directory { mode } => archive::Kind::Directory { mode },
            Kind::Symlink { target } => archive::Kind::Symlink {
                target: bytes(target),
            },
            Kind::Hardlink { target } => archive::Kind::Hardlink {
                target: bytes(target),
            },
            Kind::Device { .. } => return None,
        };
        Some(Member {
            path: bytes(member.path),
            kind,
        })
    }

    /// A foreign tar's headers: those that make no sense, by the kernel's own reader.
    fn headers(&mut self, index: &Index<'a>, tar: &[u8], start: usize) {
        for (gap, name) in gaps(&contents(index), start, tar.len()) {
            // One gap may hold several members: folders and links before the next file.
            let entries = Archive::new(&tar[gap.start..]);
            let in_gap = |entry: &std::result::Result<tar::Entry<'_>, TarError>| match entry {
                Ok(entry) => {
                    entry.offset < gap.len() && !matches!(entry.kind, tar::EntryKind::File(_))
                }
                Err(_) => true,
            };
            if let Some(error) = entries
                .take_while(in_gap)
                .find_map(std::result::Result::err)
            {
                let at = gap.start + error.offset;
                self.add(
                    name,
                    start + at..start + gap.end.max(at + BLOCK),
                    error.cause.to_string(),
                );
            }
        }
    }

    /// The tar must say what the index says: the kernel reads both.
    fn agreement(&mut self, index: &Index<'a>, entries: &[Entry], tar: Range<usize>) {
        let members: Vec<_> = index.members().map_while(|member| member.ok()).collect();
        if members.len() != entries.len() {
            let problem = format!(
                "it has {} members, the index names {}",
                entries.len(),
                members.len()
            );
            return self.add("tar", tar, problem);
        }
        let start = tar.start;
        for (member, entry) in members.iter().zip(entries) {
            if !agree(member, entry, start) {
                let problem = format!(
                    "the index (line {}) and the tar's header disagree about it",
                    member.line
                );
                let place = match &entry.kind {
                    archive::Kind::File { content, .. } => {
                        start + content.start - BLOCK..start + content.start
                    }
                    _ => tar.clone(),
                };
                self.add(format!("member {}", member.path), place, problem);
            }
        }
    }
}

fn range(part: &Part) -> Range<usize> {
    let end = part.end().expect("the index was opened against this image");
    part.offset as usize..end as usize
}

/// Path and range in the image of each file's contents.
fn contents(index: &Index<'_>) -> Vec<(String, Range<usize>)> {
    let files = index
        .members()
        .map_while(|member| member.ok())
        .filter_map(|member| match member.kind {
            Kind::File { content, .. } => Some((member.path.to_string(), range(&content))),
            _ => None,
        });
    files.collect()
}

/// What lies between the contents: ranges of the tar, and a name for each.
fn gaps(
    contents: &[(String, Range<usize>)],
    start: usize,
    tar_size: usize,
) -> Vec<(Range<usize>, String)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    for (path, content) in contents {
        let (from, to) = (content.start - start, content.end - start);
        gaps.push((
            at..from.max(at),
            format!("tar headers before the contents of {path}"),
        ));
        at = to.next_multiple_of(BLOCK).min(tar_size);
    }
    gaps.push((
        at..tar_size,
        "tar headers after the last file, or the tar's end".into(),
    ));
    gaps
}

fn agree(member: &firmseed_core::image::Member<'_>, entry: &Entry, start: usize) -> bool {
    let same_kind = match (&member.kind, &entry.kind) {
        (
            Kind::File { content, mode },
            archive::Kind::File {
                mode: stated,
                content: found,
            },
        ) => mode == stated && range(content) == (start + found.start..start + found.end),
        (Kind::Directory { mode }, archive::Kind::Directory { mode: stated }) => mode == stated,
        (Kind::Symlink { target }, archive::Kind::Symlink { target: found }) => {
            *target == found[..]
        }
        (Kind::Hardlink { target }, archive::Kind::Hardlink { target: found }) => {
            *target == found[..]
        }
        (
            Kind::Device { major, minor },
            archive::Kind::Device {
                major: driver,
                minor: number,
            },
        ) => (major, minor) == (driver, number),
        _ => false,
    };
    same_kind && member.path == entry.path[..]
}

/// The error of a check that found something, for an exit code.
pub fn verdict(report: &Report) -> Result<()> {
    match report.findings.len() {
        0 => Ok(()),
        count => Err(Error::Image(format!("{count} problems found"))),
    }
}

const _: () = assert!(
    ALIGNMENT.is_multiple_of(BLOCK),
    "contents are padded alike in the tar and in the image"
);
