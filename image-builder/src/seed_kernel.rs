//! The seed kernel at the start of an image: a loader of at most 400 bytes, and the kernel's own hex0 text behind it.
//!
//! loader | text | newlines up to a multiple of 4096. The loader is what its text `loader.hex0` stands for and ends
//! with a byte that is no text; everything behind it is. So a reader sees without help where the one ends, and the
//! loader, which decodes up to the first character that is no hex0, stops at the index: docs/image.md.

use crate::kernel::{self, Kernel};
use crate::{Error, Result, archive, published};
use firmseed_formats::escape::{Escape, Escaped};
use firmseed_formats::hex0::{self, Hex0Error};
use firmseed_formats::image::{ALIGNMENT, Flavour, IMAGE_SIZE_FIELD, Index, MemberKind};
use firmseed_formats::tar::{Archive, EntryKind};
use std::ops::Range;
use std::path::Path;

/// Most bytes of a loader.
pub const LOADER_LIMIT: usize = 400;
/// The texts in an image that has its own kernel among its files.
const LOADER: &str = "seed-kernel/loader.hex0";
const TEXT: &str = "seed-kernel/kernel.hex0";
/// Where a tar's header has its type.
const TYPE_FLAG: usize = 156;

/// Where loader, text and newlines lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Machine code.
    pub loader: Range<usize>,
    /// hex0, with its last newline.
    pub text: Range<usize>,
    /// Up to the index.
    pub newlines: Range<usize>,
}

/// What is wrong with bytes that ought to be a seed kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `loader` or `kernel text`.
    pub part: &'static str,
    /// The bytes concerned.
    pub range: Range<usize>,
    /// What is wrong with them.
    pub problem: String,
}

/// The kernel of the folder's `loader.hex0` and `kernel.hex0`.
pub fn read(folder: &Path) -> Result<Kernel> {
    let text = |name: &str| {
        let path = folder.join(name);
        let text = std::fs::read(&path).map_err(Error::io("read", &path))?;
        Ok((path, text))
    };
    let ((loader_path, loader), (text_path, text)) = (text("loader.hex0")?, text("kernel.hex0")?);
    let refused = |path: &Path, reason: String| Error::Kernel { path: path.to_owned(), reason };
    let loader = hex0::decode(&loader).map_err(|error| refused(&loader_path, error.to_string()))?;
    // What `examine` could not see from the bytes alone.
    if loader.len() > LOADER_LIMIT {
        let text = format!("it stands for {} bytes, at most {LOADER_LIMIT} can be", loader.len());
        return Err(refused(&loader_path, text));
    }
    if loader.last().copied().is_some_and(is_text) {
        let text = "its last byte is a character of text, so that nobody could see where it ends: put a byte of another kind behind it";
        return Err(refused(&loader_path, text.into()));
    }
    if let Some(at) = text.iter().position(|&byte| !is_text(byte)) {
        let line = 1 + text[..at].iter().filter(|&&byte| byte == b'\n').count();
        return Err(refused(&text_path, format!("line {line}: {}", no_text(at))));
    }
    if !text.ends_with(b"\n") || text.ends_with(b"\n\n") {
        let text = "expected one newline at its end, so that the index begins on a line of its own";
        return Err(refused(&text_path, text.into()));
    }
    let flat = assemble(&loader, &text);
    examine(&flat).map_err(|fault| match fault.part {
        "loader" => refused(&loader_path, fault.problem),
        _ => refused(&text_path, fault.problem),
    })?;
    Ok(Kernel { flat, symbols: Vec::new(), flavour: Flavour::Seed })
}

/// loader | text | newlines.
fn assemble(loader: &[u8], text: &[u8]) -> Vec<u8> {
    let mut flat = [loader, text].concat();
    flat.resize(flat.len().next_multiple_of(ALIGNMENT), b'\n');
    flat
}

/// Takes apart the bytes before an index.
pub fn examine(flat: &[u8]) -> std::result::Result<Parts, Fault> {
    let fault = |part, range, problem: &str| Fault { part, range, problem: problem.into() };
    if !kernel::has_header(flat) {
        let problem = "it has no arm64 Image header (\"ARM\\x64\" at byte 56)";
        return Err(fault("loader", 0..flat.len().min(64), problem));
    }
    let last_code = flat.iter().rposition(|&byte| !is_text(byte));
    let loader = last_code.expect("a header is no text") + 1;
    if loader > LOADER_LIMIT {
        // Of a loader that is too long, or of a text with an odd character in it.
        let odd = flat[LOADER_LIMIT..].iter().position(|&byte| !is_text(byte));
        let at = LOADER_LIMIT + odd.expect("the last one at least");
        let problem =
            format!("behind the {LOADER_LIMIT} bytes that a loader may have, {}", no_text(at));
        return Err(fault("kernel text", at..at + 1, &problem));
    }
    let text = loader..flat.iter().rposition(|&byte| byte != b'\n').map_or(0, |at| at + 2);
    let newlines = text.end..flat.len();
    if newlines.start > newlines.end || newlines.len() >= ALIGNMENT || text.len() < 2 {
        let problem = "expected text, one newline at its end, and then newlines up to the next multiple of 4096";
        return Err(fault("kernel text", loader..flat.len(), problem));
    }
    if let Err(error) = hex0::decoded_length(&flat[text.clone()]) {
        let range = line_of(&error, &flat[text.clone()]);
        let range = text.start + range.start..text.start + range.end;
        return Err(fault("kernel text", range, &error.to_string()));
    }
    Ok(Parts { loader: 0..loader, text, newlines })
}

fn no_text(at: usize) -> String {
    format!("byte {at} is no text: only printable ASCII, tabs and newlines are")
}

/// What `head`, `less` and a reader take for text.
fn is_text(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\t' | b' '..=b'~')
}

/// The line that an error is about.
fn line_of(error: &Hex0Error, text: &[u8]) -> Range<usize> {
    let wanted = match *error {
        Hex0Error::Character { line, .. } | Hex0Error::HalfByte { line } => line,
        Hex0Error::NoMemory { .. } => return 0..text.len(),
    };
    let mut lines = text.split_inclusive(|&byte| byte == b'\n').scan(0, |at, line| {
        *at += line.len();
        Some(*at - line.len()..*at)
    });
    lines.nth(wanted - 1).unwrap_or(0..text.len())
}

/// What people are told of the kernel in the bytes before an index.
pub fn describe_any(flavour: Flavour, flat: &[u8]) -> String {
    if flavour == Flavour::Compiled {
        return published::describe(&kernel::hash(flat));
    }
    match examine(flat) {
        Ok(parts) => format!(
            "a seed kernel: {} bytes of loader, {} bytes of hex0 text",
            parts.loader.len(),
            parts.text.len()
        ),
        Err(_) => "a seed kernel, damaged".into(),
    }
}

/// The kernel's bytes by the texts among the image's files, image_size zero; none where it has not both.
pub fn from_files(image: &[u8], index: &Index<'_>) -> Option<Vec<u8>> {
    let bytes = |path: &str| match index.find(path.as_bytes())?.kind {
        MemberKind::File { content, .. } => content.slice(image),
        _ => None,
    };
    let loader = hex0::decode(bytes(LOADER)?).ok()?;
    Some(assemble(&loader, bytes(TEXT)?))
}

/// What this kernel would stop at, in an image that is whole: docs/seed-kernel.md, "What it leaves out".
pub fn beyond_it(index: &Index<'_>, tar: &[u8]) -> Option<(String, String)> {
    let escaped = |text: &Escaped<'_>| text.to_string().contains('%');
    let seeds = index.seeds().flat_map(|seed| [seed.source, seed.program]);
    let mut texts = [index.init, index.cwd]
        .into_iter()
        .chain(index.arguments())
        .chain(index.environment())
        .chain(seeds);
    if let Some(text) = texts.find(escaped) {
        let problem =
            format!("{text}: the seed kernel takes settings as they are written, without escapes");
        return Some(("index".into(), problem));
    }
    let entries = || Archive::new(tar).map_while(std::result::Result::ok);
    let member = entries().find_map(|entry| {
        let is_plain = !b"xgLK".contains(&tar[entry.offset + TYPE_FLAG]);
        let problem = match entry.kind {
            EntryKind::HardLink(_) | EntryKind::CharacterDevice { .. } => {
                "the seed kernel knows files, folders and symbolic links only"
            }
            _ if !is_plain => "its name or its link is too long for a ustar header, and the seed kernel reads no others",
            _ => return None,
        };
        let path = archive::path_at(tar, entry.offset)?;
        Some((format!("member {}", Escape(&path)), problem.into()))
    });
    // By these it sees that an image was cut off between two members.
    let end = entries().last().map_or(0, |entry| {
        let size = match entry.kind {
            EntryKind::File(bytes) => bytes.len(),
            _ => 0,
        };
        entry.offset + archive::BLOCK + size.next_multiple_of(archive::BLOCK)
    });
    member.or_else(|| {
        let problem = "it ends with more than the two blocks of zeros that the seed kernel wants behind the last member: make it with tar --blocking-factor=1";
        (tar.len() != end + 2 * archive::BLOCK).then(|| ("tar".into(), problem.into()))
    })
}

/// Each damage of `flat`, where `whole` is what it ought to be.
pub fn damage(flat: &[u8], whole: &[u8]) -> Vec<Fault> {
    let Ok(parts) = examine(whole) else {
        return Vec::new();
    };
    let named = [
        ("loader", parts.loader),
        ("kernel text", parts.text),
        ("newlines after the kernel text", parts.newlines),
    ];
    let faults = named.into_iter().filter_map(|(part, range)| {
        let mut odd = range.filter(|at| !IMAGE_SIZE_FIELD.contains(at) && flat[*at] != whole[*at]);
        let first = odd.next()?;
        let (count, last) = odd.fold((1, first), |(count, _), at| (count + 1, at));
        Some(Fault {
            part,
            range: first..last + 1,
            problem: format!(
                "{count} bytes are not what the image's own texts in seed-kernel/ say"
            ),
        })
    });
    faults.collect()
}
