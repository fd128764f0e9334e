//! An image against its own index: whole or not, and damage is named by part and place.
//!
//! The judge is the kernel's own code ([`crate::accept`]): what passes here boots. Only where they refuse the image is damage looked for, more narrowly than
//! the kernel says it. What a hash alone cannot place (bytes of tar headers) is found by writing the tar anew: where
//! the new one has the hash that the index asks for, each byte that differs is the damage.

use crate::accept::{self, Fault};
use crate::archive::{self, BLOCK, Member};
use crate::kernel::{self, stated_image_size};
use crate::layout::Settings;
use crate::progress::Progress;
use crate::{Error, Result, layout, published, seed_kernel, sha256};
use firmseed_formats::escape::Escape;
use firmseed_formats::image::{
    ALIGNMENT, Flavour, IMAGE_SIZE_FIELD, Index, KernelName, MemberKind, Part,
};
use firmseed_formats::sha256::{Digest, Hex};
use firmseed_formats::tar::{self, Archive, TarError};
use firmseed_verify::origin::Start;
use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// One damage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Which part or member.
    pub part: String,
    /// The bytes of the image that are damaged, as narrowly as can be said.
    pub range: Range<usize>,
    /// What is wrong with them.
    pub problem: String,
}

impl fmt::Display for Damage {
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
    /// `the published kernel VERSION`, `another kernel`, or `a seed kernel` and how large it is.
    pub kernel: String,
    /// The hash of its bytes.
    pub kernel_sha256: String,
    /// What is no damage, but worth a line.
    pub notes: Vec<String>,
    /// What is wrong; none if the image is whole.
    #[serde(rename = "findings")]
    pub damage: Vec<Damage>,
    /// How PID 1 starts, if the image is whole.
    #[serde(skip)]
    pub start: Option<Start>,
}

/// Checks every byte of `image`. An error means that it is no image at all.
///
/// The image is copied and leaked: the kernel's file system keeps its pages for ever, and this process is short.
pub fn check(image: &[u8]) -> Result<Report> {
    let offset = layout::find_index(image)?;
    let kernel = kernel::hash(&image[..offset]);
    let flavour = Flavour::of(image, offset);
    let index = flavour.open(image, offset);
    let files = index.iter().flat_map(Index::members);
    let mut report = Report {
        size: image.len(),
        files: files
            .filter(
                |member| matches!(member, Ok(member) if matches!(member.kind, MemberKind::File { .. })),
            )
            .count(),
        kernel: seed_kernel::describe_any(flavour, &image[..offset]),
        kernel_sha256: Hex(&kernel).to_string(),
        notes: Vec::new(),
        damage: Vec::new(),
        start: None,
    };
    if let Ok(index) = &index
        && index.kernel_name == KernelName::Published
        && published::version_of(&kernel).is_none()
    {
        let text = "the index calls the kernel a published one; this tool's list (kernel/PUBLISHED) does not know it";
        report.notes.push(text.into());
    }
    let judged = judge(image.to_vec().leak(), offset, flavour, &kernel);
    let Err(fault) = judged.map(|start| report.start = Some(start)) else {
        if let Ok(index) = &index
            && index.kernel_name == KernelName::Seed
            && let Some(other) = seed_kernel::from_files(image, index)
            && kernel::hash(&other) != kernel
        {
            let text = "the image does not start the seed kernel that is among its files";
            report.notes.push(text.into());
        }
        return Ok(report);
    };
    let mut checker = Checker { image, flavour, damage: Vec::new() };
    match index {
        Ok(index) => checker.all(&index, offset),
        Err(error) => {
            let problem = format!("{error}; nothing else can be checked without the index");
            checker.add("index", text_range(image, offset), problem);
        }
    }
    // What has the right hash and is refused all the same cannot be said more narrowly.
    if checker.damage.is_empty() {
        checker.damage.push(fault);
    }
    report.damage = checker.damage;
    Ok(report)
}

/// How the kernel starts what is in `image`, or why it would not, in its own words.
fn judge(
    image: &'static [u8],
    offset: usize,
    flavour: Flavour,
    kernel: &Digest,
) -> std::result::Result<Start, Damage> {
    let damage =
        |part: &str, range, problem: String| Err(Damage { part: part.into(), range, problem });
    if stated_image_size(image) != Some(image.len() as u64) {
        let problem = "the field image_size is not the size of the image";
        return damage("kernel header", IMAGE_SIZE_FIELD, problem.into());
    }
    match accept::load(flavour, image, offset, kernel) {
        Err(fault) => {
            let (part, range) = place(image, offset, flavour, &fault);
            damage(&part, range, fault.to_string())
        }
        Ok((index, files)) => {
            if flavour == Flavour::Seed
                && let Err(fault) = seed_kernel::examine(&image[..offset])
            {
                return damage(fault.part, fault.range, fault.problem);
            }
            let settings = Settings::of(&index);
            let tar = index.tar.slice(image).expect("the kernel's loader has read it");
            if flavour == Flavour::Seed
                && let Some((part, problem)) = seed_kernel::beyond_it(&index, tar)
            {
                let text = offset..offset + index.text.len();
                let place = if part == "index" { text } else { range(&index.tar) };
                return damage(&part, place, problem);
            }
            let problem = match accept::review(tar, files, &settings) {
                Err(refused) => refused.to_string(),
                Ok((real, start)) => match accept::misspelled(&settings.seeds, &real.seeds) {
                    Some(problem) => problem,
                    None => return Ok(start),
                },
            };
            damage("index", offset..offset + index.text.len(), problem)
        }
    }
}

/// The part and the bytes that a fault is about.
fn place(
    image: &[u8],
    offset: usize,
    flavour: Flavour,
    fault: &Fault<'_>,
) -> (String, Range<usize>) {
    let Ok(index) = flavour.open(image, offset) else {
        return ("index".into(), text_range(image, offset));
    };
    let tar = range(&index.tar);
    let header = |at: usize| tar.start + at..(tar.start + at + BLOCK).min(tar.end);
    match fault {
        Fault::Tar(TarError { offset, .. }) | Fault::NoText { offset } => {
            let bytes = &image[tar.clone()];
            let name = archive::path_at(bytes, *offset);
            let part = name.map_or("tar".into(), |path| format!("member {}", Escape(&path)));
            (part, header(*offset))
        }
        Fault::Disagree { line, offset } => {
            let mut members = index.members().map_while(std::result::Result::ok);
            let named = members.find(|member| Some(member.line) == *line);
            let part = named.map_or("tar".into(), |member| format!("member {}", member.path));
            (part, offset.map_or(tar.clone(), header))
        }
        _ => ("image".into(), 0..image.len()),
    }
}

/// From `start` to the first byte that is no text.
fn text_range(image: &[u8], start: usize) -> Range<usize> {
    let rest = &image[start..];
    // That byte too: it may be the damage.
    let size = rest.iter().position(|&byte| byte == 0).map_or(rest.len(), |at| at + 1);
    start..start + size
}

const WRONG_HASH: &str = "its bytes do not hash to what the index says";

struct Checker<'a> {
    image: &'a [u8],
    flavour: Flavour,
    damage: Vec<Damage>,
}

impl<'a> Checker<'a> {
    fn add(&mut self, part: impl Into<String>, range: Range<usize>, problem: impl Into<String>) {
        self.damage.push(Damage { part: part.into(), range, problem: problem.into() });
    }

    fn all(&mut self, index: &Index<'a>, offset: usize) {
        let index_end = offset + index.text.len();
        if !index.verify_seal(sha256) {
            self.add("index", offset..index_end, "it does not hash to what its last line says; other findings may only follow from this one");
        }
        self.kernel(index, offset);
        let first = index.symbols.as_ref().unwrap_or(&index.tar);
        let padding = self.flavour.padding();
        self.padding("the index", index_end..range(first).start, padding);
        if let Some(symbols) = &index.symbols {
            self.part("symbols", symbols);
            let room = range(symbols).end..range(&index.tar).start;
            self.padding("the symbols", room, padding);
        }
        self.tar(index);
    }

    fn kernel(&mut self, index: &Index<'a>, offset: usize) {
        let kernel = &self.image[..offset];
        if kernel::hash(kernel) == index.kernel.sha256 {
            return;
        }
        if self.flavour == Flavour::Seed {
            // The texts among the files say what it ought to be, where they have the hash.
            let whole = seed_kernel::from_files(self.image, index).filter(|whole| {
                whole.len() == offset && kernel::hash(whole) == index.kernel.sha256
            });
            let exact = whole.map_or(Vec::new(), |whole| seed_kernel::damage(kernel, &whole));
            if !exact.is_empty() {
                return exact.into_iter().for_each(|fault| self.fault(fault));
            }
        }
        self.add("kernel", 0..offset, WRONG_HASH);
        if self.flavour == Flavour::Seed
            && let Err(fault) = seed_kernel::examine(kernel)
        {
            self.fault(fault);
        }
    }

    fn fault(&mut self, fault: seed_kernel::Fault) {
        self.add(fault.part, fault.range, fault.problem);
    }

    fn part(&mut self, name: &str, part: &Part) {
        if !part.matches(self.image, sha256) {
            self.add(name, range(part), WRONG_HASH);
        }
    }

    /// Bytes between two parts, or after a file, are all `expected`.
    fn padding(&mut self, after: &str, range: Range<usize>, expected: u8) {
        let odd: Vec<usize> = range.filter(|&at| self.image[at] != expected).collect();
        if let (Some(first), Some(last)) = (odd.first(), odd.last()) {
            let name = match expected {
                0 => "zero",
                _ => "newlines",
            };
            let problem = format!("{} bytes are not {name}", odd.len());
            self.add(format!("padding after {after}"), *first..last + 1, problem);
        }
    }

    fn tar(&mut self, index: &Index<'a>) {
        let before = self.damage.len();
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
            if let MemberKind::File { content, .. } = member.kind {
                let name = format!("file {}", member.path);
                self.part(&name, &content);
                let end = range(&content).end;
                let padded = (end - index.tar.offset as usize).next_multiple_of(BLOCK)
                    + index.tar.offset as usize;
                self.padding(&name, end..padded.min(self.image.len()), 0);
                progress.advance(content.size as usize);
            }
        }
        let contents_are_whole = self.damage.len() == before;
        let tar = range(&index.tar);
        let bytes = &self.image[tar.clone()];
        let intact = sha256(bytes) == index.tar.sha256;
        if !intact && contents_are_whole && !self.rewritten(index, bytes, tar.start) {
            self.headers(index, bytes, tar.start);
        }
        if !intact && self.damage.len() == before {
            self.add("tar", tar.clone(), "it does not hash to what the index says, outside the files' contents: a header or the end");
        }
    }

    /// Writes the tar anew from the index. True if that gives the tar that the index hashed; then each
    /// difference is the damage.
    fn rewritten(&mut self, index: &Index<'a>, tar: &[u8], start: usize) -> bool {
        let members: Option<Vec<Member<&[u8]>>> =
            index.members().map(|member| self.to_write(&member.ok()?)).collect();
        let Some(Ok(whole)) = members.map(|members| archive::write(&members)) else {
            return false;
        };
        if whole.len() != tar.len() || sha256(&whole) != index.tar.sha256 {
            return false;
        }
        let contents = contents(index);
        let differs = |range: &Range<usize>| tar[range.clone()] != whole[range.clone()];
        for (gap, name) in
            gaps(&contents, start, tar.len()).into_iter().filter(|(gap, _)| differs(gap))
        {
            let odd = gap.clone().filter(|&at| tar[at] != whole[at]).collect::<Vec<_>>();
            let (first, last) = (odd[0], odd[odd.len() - 1]);
            self.add(
                name,
                start + first..start + last + 1,
                format!("{} bytes differ from what was built", odd.len()),
            );
        }
        true
    }

    fn to_write(&self, member: &firmseed_formats::image::Member<'a>) -> Option<Member<&'a [u8]>> {
        let bytes = |text: firmseed_formats::escape::Escaped<'_>| text.bytes().collect::<Vec<u8>>();
        let kind = match member.kind {
            MemberKind::File { content, mode } => {
                archive::Body::File { mode, content: content.slice(self.image)? }
            }
            MemberKind::Directory { mode } => archive::Body::Directory { mode },
            MemberKind::Symlink { target } => archive::Body::Symlink { target: bytes(target) },
            MemberKind::Hardlink { target } => archive::Body::Hardlink { target: bytes(target) },
            MemberKind::Device { .. } => return None,
        };
        Some(Member { path: bytes(member.path), kind })
    }

    /// A foreign tar's headers: those that make no sense, by the kernel's own reader.
    fn headers(&mut self, index: &Index<'a>, tar: &[u8], start: usize) {
        for (gap, name) in gaps(&contents(index), start, tar.len()) {
            // One gap may hold several members: folders and links before the next file.
            let entries = Archive::new(&tar[gap.start..]);
            let in_gap = |entry: &std::result::Result<tar::TarEntry<'_>, TarError>| match entry {
                Ok(entry) => {
                    entry.offset < gap.len() && !matches!(entry.kind, tar::EntryKind::File(_))
                }
                Err(_) => true,
            };
            if let Some(error) = entries.take_while(in_gap).find_map(std::result::Result::err) {
                let at = gap.start + error.offset;
                self.add(
                    name,
                    start + at..start + gap.end.max(at + BLOCK),
                    error.cause.to_string(),
                );
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
    let files =
        index.members().map_while(|member| member.ok()).filter_map(|member| match member.kind {
            MemberKind::File { content, .. } => Some((member.path.to_string(), range(&content))),
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
        gaps.push((at..from.max(at), format!("tar headers before the contents of {path}")));
        at = to.next_multiple_of(BLOCK).min(tar_size);
    }
    gaps.push((at..tar_size, "tar headers after the last file, or the tar's end".into()));
    gaps
}

/// The error of a check that found something, for an exit code.
pub fn verdict(report: &Report) -> Result<()> {
    match report.damage.len() {
        0 => Ok(()),
        count => Err(Error::Image(format!("{count} problems found"))),
    }
}

const _: () = assert!(
    ALIGNMENT.is_multiple_of(BLOCK),
    "contents are padded alike in the tar and in the image"
);
