//! The image's index: the text between the kernel and the tar that says what each byte of the image is.
//!
//! The kernel and `image-builder` both read it through [`Index::open`], so the format cannot drift
//! apart. The grammar, one line per fact, in this order (`docs/image.md` explains it to auditors):
//!
//! ```text
//! image   = "firmseed-index 2"
//!           "kernel" SIZE SHA256 ( "published" | "other" )
//!           [ "symbols" OFFSET SIZE SHA256 ]
//!           "tar" OFFSET SIZE SHA256
//!           "init" PATH { "arg" TEXT } { "env" TEXT }
//!           "cwd" PATH
//!           "policy" ( "chain" | "open" )
//!           [ "continues" SHA256 ]          the head of the run that left the files
//!           { "seed" PATH PATH }
//!           { member }                      in the order of the tar
//!           "end" SHA256                    of all bytes before this line
//! member  = "file" SHA256 MODE SIZE OFFSET PATH | "dir" MODE PATH
//!         | "symlink" PATH TEXT | "hardlink" PATH PATH | "device" MAJOR MINOR PATH
//! ```
//!
//! One blank separates fields; numbers are decimal, modes four octal digits, hashes 64 lower-case hex
//! digits; all offsets count from the image's first byte. There is one spelling for each index.
//! Reading an index allocates nothing. Bytes are an allegation until the kernel's `image::load` has compared them all.
//!
//! Images of another kernel have the same index but for what a [`Form`] says: the kernel's code has only its own.

mod facts;
mod find;
mod form;
mod text;

use crate::escape::Escaped;
use crate::number::lower_hex;
use crate::page::{PAGE_SIZE, ZEROS, page_align_up};
use crate::sha256::{self, Digest};
use core::ops::Range;
pub use facts::{KernelName, Member, MemberKind, Part, Policy, SeedLine};
pub use find::{Flavour, OpenError, find_index, open};
pub use form::{Compiled, Form, SeedKernel};
pub use text::IndexError;
use text::{Fields, Lines};

/// The first line of every index that this code reads.
pub const VERSION_LINE: &str = "firmseed-index 2";
/// Where a kernel's header states the size of its image: the one field in which images of one kernel differ.
pub const IMAGE_SIZE_FIELD: Range<usize> = 16..24;
/// Parts of an image begin at multiples of this.
pub const ALIGNMENT: usize = PAGE_SIZE;

/// An index whose head is understood; its members are read one at a time by [`Index::members`].
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    /// The kernel, at offset 0; its hash is [`kernel_hash`].
    pub kernel: Part,
    /// Is the kernel the published one? In the eyes of the tool that built the image.
    pub kernel_name: KernelName,
    /// The kernel's symbols, for [`symbol_at`].
    pub symbols: Option<Part>,
    /// The tar; the image ends with it.
    pub tar: Part,
    /// The path of PID 1.
    pub init: Escaped<'a>,
    /// Where PID 1 starts.
    pub cwd: Escaped<'a>,
    /// Which programs may run.
    pub policy: Policy,
    /// The head of the ledger of an earlier run, whose files the tar holds.
    pub continues: Option<Digest>,
    /// The text itself, with its last newline; without padding.
    pub text: &'a [u8],
    /// What all bytes before the `end` line must hash to.
    pub seal: Digest,
    arguments: Lines<'a>,
    environment: Lines<'a>,
    seeds: Lines<'a>,
    members: Lines<'a>,
    sealed_size: usize,
}

impl<'a> Index<'a> {
    /// Reads the index at `offset` of `image` (the end of the kernel, page-aligned), and checks that
    /// kernel, index, symbols and tar lie one after the other and fill the image.
    pub fn open(image: &'a [u8], offset: usize) -> Result<Self, IndexError<'a>> {
        Self::open_as::<Compiled>(image, offset)
    }

    /// The same for an image of the form `F`.
    pub fn open_as<F: Form>(image: &'a [u8], offset: usize) -> Result<Self, IndexError<'a>> {
        let mut lines = Lines::new(image.get(offset..).unwrap_or_default());
        let first = lines.require()?;
        if first.text != VERSION_LINE.as_bytes() {
            return Err(first.fault("the line `firmseed-index 2`"));
        }
        let (kernel, kernel_name) = head(&mut lines, "kernel", |f| {
            let kernel = Part { offset: 0, size: f.decimal()?, sha256: f.hash()? };
            match F::name(f.word()?) {
                Some(name) => Ok((kernel, name)),
                None => Err(f.fault(F::NAMES)),
            }
        })?;
        let symbols = match lines.peek()?.keyword() {
            b"symbols" => Some(head(&mut lines, "symbols", part)?),
            _ => None,
        };
        let tar = head(&mut lines, "tar", part)?;
        let init = head(&mut lines, "init", Fields::absolute_path)?;
        let arguments = lines.take_section("arg", &|f| f.text().map(drop))?;
        let environment = lines.take_section("env", &|f| f.text().map(drop))?;
        let cwd = head(&mut lines, "cwd", Fields::absolute_path)?;
        let policy = head(&mut lines, "policy", |f| match f.word()? {
            b"chain" => Ok(Policy::Chain),
            b"open" => Ok(Policy::Open),
            _ => Err(f.fault("`chain` or `open`")),
        })?;
        let continues = match lines.peek()?.keyword() {
            b"continues" => Some(head(&mut lines, "continues", Fields::hash)?),
            _ => None,
        };
        let seeds = lines.take_section("seed", &|f| seed(f).map(drop))?;
        let members = lines.take_until("end")?;
        let sealed_size = lines.offset();
        let seal = head(&mut lines, "end", Fields::hash)?;
        let text = &image[offset..offset + lines.offset()];
        let index = Index {
            kernel,
            kernel_name,
            symbols,
            tar,
            init,
            cwd,
            policy,
            continues,
            text,
            seal,
            arguments,
            environment,
            seeds,
            members,
            sealed_size,
        };
        index.check_layout(image, offset)?;
        Ok(index)
    }

    /// The kernel, in whole pages, ends where the index begins; each further part begins where the one before it ends.
    fn check_layout(&self, image: &'a [u8], offset: usize) -> Result<(), IndexError<'a>> {
        let aligned = |end: Option<u64>| end.and_then(page_align_up);
        if self.kernel.size != offset as u64 {
            return Err(self.fault_at("kernel", "as SIZE the place where the index begins"));
        }
        let mut end = aligned(Some((offset + self.text.len()) as u64));
        if let Some(symbols) = self.symbols {
            if Some(symbols.offset) != end {
                return Err(
                    self.fault_at("symbols", "an OFFSET at the index's end, rounded up to 4096")
                );
            }
            end = aligned(symbols.end());
        }
        if Some(self.tar.offset) != end {
            return Err(
                self.fault_at("tar", "an OFFSET at the end of the part before, rounded up to 4096")
            );
        }
        if self.tar.end() != Some(image.len() as u64) {
            return Err(self.fault_at(
                "tar",
                "OFFSET + SIZE to be the size of the image (cut short, or longer than built?)",
            ));
        }
        Ok(())
    }

    /// An error about the first line that begins with `keyword`.
    fn fault_at(&self, keyword: &str, expected: &'static str) -> IndexError<'a> {
        let mut lines = Lines::new(self.text).map_while(Result::ok);
        let line = lines.find(|line| line.keyword() == keyword.as_bytes());
        line.expect("a line that was parsed is there").fault(expected)
    }

    /// Does the index hash to what its last line says?
    pub fn verify_seal(&self, sha256: impl FnOnce(&[u8]) -> Digest) -> bool {
        sha256(&self.text[..self.sealed_size]) == self.seal
    }

    /// The arguments of PID 1, after its name.
    pub fn arguments(&self) -> impl Iterator<Item = Escaped<'a>> + use<'a> {
        self.arguments.read(Fields::text)
    }

    /// The environment of PID 1, `NAME=VALUE` each.
    pub fn environment(&self) -> impl Iterator<Item = Escaped<'a>> + use<'a> {
        self.environment.read(Fields::text)
    }

    /// The seeds, in the order in which they are to be decoded.
    pub fn seeds(&self) -> impl Iterator<Item = SeedLine<'a>> + use<'a> {
        self.seeds.read(seed)
    }

    /// The members, in the order of the tar. After an error nothing follows.
    pub fn members(&self) -> Members<'a> {
        Members { lines: Some(self.members), tar: self.tar }
    }

    /// The member at `path` (decoded, in the index's form); of several the last, as tar unpacks them.
    pub fn find(&self, path: &[u8]) -> Option<Member<'a>> {
        self.members().map_while(Result::ok).filter(|member| member.path == *path).last()
    }
}

/// The members of an [`Index`].
#[derive(Clone, Debug)]
pub struct Members<'a> {
    lines: Option<Lines<'a>>,
    tar: Part,
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<Member<'a>, IndexError<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.lines.as_mut()?.next()?.and_then(|line| {
            let mut fields = Fields::new(line);
            let member = member(&mut fields, &self.tar)?;
            fields.end()?;
            Ok(member)
        });
        if item.is_err() {
            self.lines = None;
        }
        Some(item)
    }
}

/// One line of the head: `keyword`, then what `read` takes, then nothing.
fn head<'a, T>(
    lines: &mut Lines<'a>,
    keyword: &'static str,
    read: impl FnOnce(&mut Fields<'a>) -> Result<T, IndexError<'a>>,
) -> Result<T, IndexError<'a>> {
    let mut fields = lines.fields_of(keyword)?;
    let value = read(&mut fields)?;
    fields.end()?;
    Ok(value)
}

fn part<'a>(fields: &mut Fields<'a>) -> Result<Part, IndexError<'a>> {
    Ok(Part { offset: fields.decimal()?, size: fields.decimal()?, sha256: fields.hash()? })
}

fn seed<'a>(fields: &mut Fields<'a>) -> Result<SeedLine<'a>, IndexError<'a>> {
    Ok(SeedLine { source: fields.path()?, program: fields.path()? })
}

fn member<'a>(fields: &mut Fields<'a>, tar: &Part) -> Result<Member<'a>, IndexError<'a>> {
    let line = fields.line_number();
    let (kind, path) = match fields.word()? {
        b"file" => {
            let sha256 = fields.hash()?;
            let mode = fields.mode()?;
            let size = fields.decimal()?;
            let content = Part { offset: fields.decimal()?, size, sha256 };
            let inside = content.offset >= tar.offset
                && content.end().is_some_and(|end| Some(end) <= tar.end());
            if !inside {
                return Err(fields.fault("an OFFSET and SIZE that lie in the tar"));
            }
            (MemberKind::File { content, mode }, fields.path()?)
        }
        b"dir" => (MemberKind::Directory { mode: fields.mode()? }, fields.path()?),
        b"symlink" => {
            let path = fields.path()?;
            (MemberKind::Symlink { target: fields.text()? }, path)
        }
        b"hardlink" => {
            let path = fields.path()?;
            (MemberKind::Hardlink { target: fields.path()? }, path)
        }
        b"device" => {
            let major = fields.decimal_u32()?;
            let minor = fields.decimal_u32()?;
            (MemberKind::Device { major, minor }, fields.path()?)
        }
        _ => return Err(fields.fault("`file`, `dir`, `symlink`, `hardlink`, `device` or `end`")),
    };
    Ok(Member { path, kind, line })
}

/// The hash of a kernel: that of its bytes with [`IMAGE_SIZE_FIELD`] taken as zeros, and of zeros after them up to
/// `size`. So it is the same in every image of one kernel, and for a kernel whose data, zeros in the file, are in use.
pub fn kernel_hash(bytes: &[u8], size: u64, compress: sha256::Compress) -> Digest {
    let mut hash = sha256::Sha256::new();
    let field = IMAGE_SIZE_FIELD.start.min(bytes.len())..IMAGE_SIZE_FIELD.end.min(bytes.len());
    hash.update(&bytes[..field.start], compress);
    hash.update(&ZEROS[..field.len()], compress);
    hash.update(&bytes[field.end..], compress);
    let mut left = size.saturating_sub(bytes.len() as u64);
    while left > 0 {
        let part = left.min(ZEROS.len() as u64);
        hash.update(&ZEROS[..part as usize], compress);
        left -= part;
    }
    hash.finish(compress)
}

/// The symbol that holds `offset` (from the kernel's start) in a symbol part, and the distance into
/// it. The part is lines of `HEX NAME`, offsets ascending; a damaged line ends the search.
pub fn symbol_at(symbols: &[u8], offset: u64) -> Option<(&[u8], u64)> {
    let mut best = None;
    for line in symbols.split(|&byte| byte == b'\n') {
        let blank = line.iter().position(|&byte| byte == b' ');
        let entry = blank.and_then(|at| Some((lower_hex(&line[..at])?, &line[at + 1..])));
        match entry {
            Some((start, name)) if start <= offset => best = Some((name, offset - start)),
            _ => break,
        }
    }
    best
}

#[cfg(test)]
mod tests;
