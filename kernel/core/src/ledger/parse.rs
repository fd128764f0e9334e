//! A ledger read back: every line, every link of the chain.
//!
//! What is read is written again with [`super::format`] and compared, so nothing but the one spelling passes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::format::{self, Class, Content, Ending};
use crate::image::Escaped;
use crate::sha256::Digest;

/// Contents with the name of a file that has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The contents.
    pub content: Content,
    /// An absolute path.
    pub path: Vec<u8>,
}

/// A program that the kernel made from hex0 text. The class of both contents is not in the ledger: ELF and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// What was made.
    pub program: File,
    /// What it was made from.
    pub text: File,
}

/// A piece of the life of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From 1.
    pub number: u64,
    /// The process.
    pub process: u32,
    /// Who started it; 0 for process 1.
    pub parent: u32,
    /// What it executes.
    pub program: File,
    /// Where it was when it started the program.
    pub cwd: Vec<u8>,
    /// argv.
    pub arguments: Vec<Vec<u8>>,
    /// Environment strings, and the hash of all.
    pub environment: (u64, Digest),
    /// Contents that went in.
    pub reads: Vec<File>,
    /// Devices and files of /proc that it read.
    pub devices: Vec<Vec<u8>>,
    /// Processes whose bytes it got.
    pub from: Vec<u32>,
    /// Contents that came out.
    pub wrote: Vec<File>,
    /// Why the entry ends.
    pub ending: Ending,
    /// Its link of the chain.
    pub chain: Digest,
    /// The line that it starts on, from 1.
    pub line: usize,
}

/// A whole ledger, its chain recomputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The hash of the image's tar.
    pub files: Digest,
    /// `chain` or `open`.
    pub policy: String,
    /// The programs that the kernel decoded.
    pub seeds: Vec<Seed>,
    /// What happened, in order.
    pub entries: Vec<Entry>,
    /// What the machine stopped with.
    pub status: i32,
    /// The last link of the chain.
    pub head: Digest,
}

/// Why a ledger was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerError {
    /// Counted from 1.
    pub line: usize,
    /// What should have been there.
    pub expected: &'static str,
    /// What was there; empty at the end of the file.
    pub found: String,
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ledger line {}: expected {}, found ",
            self.line, self.expected
        )?;
        match self.found.is_empty() {
            true => f.write_str("the end of the file"),
            false => write!(f, "\"{}\"", self.found),
        }
    }
}

impl core::error::Error for LedgerError {}

impl Ledger {
    /// Reads a ledger and recomputes its chain with `sha256`.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(bytes: &[u8], sha256: impl Fn(&[u8]) -> Digest) -> Result<Self, LedgerError> {
        let mut reader = Reader {
            bytes,
            at: 0,
            line: 0,
            block: 0,
            previous: None,
            sha256,
        };
        let ledger = reader.ledger()?;
        reader.compare_spelling(&ledger)?;
        Ok(ledger)
    }

    /// Writes all of it, as [`parse`](Self::parse) reads it.
    ///
    /// # Errors
    /// What `to` says.
    pub fn write(&self, to: &mut impl Write, sha256: impl Fn(&[u8]) -> Digest) -> fmt::Result {
        let mut previous = None;
        let mut finish = |to: &mut dyn Write, block: String| {
            let link = link_with(&sha256, previous.as_ref(), block.as_bytes());
            previous = Some(link);
            let mut line = String::new();
            format::chain(&mut line, &link)?;
            to.write_str(&block)?;
            to.write_str(&line)
        };
        let mut block = String::new();
        format::head(&mut block, &self.files, &self.policy)?;
        for seed in &self.seeds {
            let named = |file: &'_ File| (file.content, file.path.clone());
            let (program, text) = (named(&seed.program), named(&seed.text));
            format::seed(&mut block, (&program.0, &program.1), (&text.0, &text.1))?;
        }
        finish(to, block)?;
        for entry in &self.entries {
            let mut block = String::new();
            entry.write(&mut block)?;
            finish(to, block)?;
        }
        let mut block = String::new();
        format::end(&mut block, self.entries.len() as u64, self.status)?;
        finish(to, block)
    }
}

impl Entry {
    fn write(&self, to: &mut String) -> fmt::Result {
        format::entry(to, self.number, self.process, self.parent)?;
        format::file(to, "program", &self.program.content, &self.program.path)?;
        format::text(to, "cwd", &self.cwd)?;
        for argument in &self.arguments {
            format::text(to, "arg", argument)?;
        }
        format::environment(to, self.environment.0, &self.environment.1)?;
        for file in &self.reads {
            format::file(to, "read", &file.content, &file.path)?;
        }
        for device in &self.devices {
            format::text(to, "device", device)?;
        }
        for process in &self.from {
            format::from(to, *process)?;
        }
        for file in &self.wrote {
            format::file(to, "wrote", &file.content, &file.path)?;
        }
        writeln!(to, "{}", self.ending)
    }
}

fn link_with(sha256: impl Fn(&[u8]) -> Digest, previous: Option<&Digest>, block: &[u8]) -> Digest {
    let mut message = Vec::new();
    if let Some(previous) = previous {
        message.extend_from_slice(&crate::sha256::to_hex(previous));
        message.push(b'\n');
    }
    message.extend_from_slice(block);
    sha256(&message)
}

/// A cursor over lines.
struct Reader<'a, F> {
    bytes: &'a [u8],
    /// The start of the next line.
    at: usize,
    /// Lines taken.
    line: usize,
    /// The start of the current block.
    block: usize,
    previous: Option<Digest>,
    sha256: F,
}

impl<'a, F: Fn(&[u8]) -> Digest> Reader<'a, F> {
    fn ledger(&mut self) -> Result<Ledger, LedgerError> {
        self.exactly(format::VERSION_LINE)?;
        let files = self.fields("files", |fields| fields.hash())?;
        let policy = self.fields("policy", |fields| {
            let word = fields.word()?;
            match word {
                b"chain" | b"open" => Ok(String::from_utf8_lossy(word).into_owned()),
                _ => Err("`policy chain` or `policy open`"),
            }
        })?;
        let mut seeds = Vec::new();
        while self.next_is("seed") {
            seeds.push(self.fields("seed", |fields| {
                let (program, text) = (fields.named(Class::Elf)?, fields.named(Class::Text)?);
                Ok(Seed { program, text })
            })?);
        }
        self.chain()?;
        let mut entries = Vec::new();
        while self.next_is("entry") {
            entries.push(self.entry(entries.len() as u64 + 1)?);
        }
        let status = self.fields("end", |fields| {
            if fields.number()? != entries.len() as u64 {
                return Err("the number of entries above");
            }
            fields.status()
        })?;
        let head = self.chain()?;
        if self.at < self.bytes.len() {
            self.line += 1;
            return Err(self.fault("nothing after the last line"));
        }
        Ok(Ledger {
            files,
            policy,
            seeds,
            entries,
            status,
            head,
        })
    }

    fn entry(&mut self, expected: u64) -> Result<Entry, LedgerError> {
        let line = self.line + 1;
        let number = self.fields("entry", |fields| match fields.number()? {
            number if number == expected => Ok(number),
            _ => Err("the number after that of the entry before"),
        })?;
        let (process, parent) = self.fields("process", |fields| {
            Ok((fields.process()?, fields.process()?))
        })?;
        let program = self.fields("program", Fields::file)?;
        let cwd = self.fields("cwd", Fields::text)?;
        let arguments = self.all("arg", Fields::text)?;
        let environment = self.fields("environment", |fields| {
            Ok((fields.number()?, fields.hash()?))
        })?;
        let reads = self.all("read", Fields::file)?;
        let devices = self.all("device", Fields::text)?;
        let from = self.all("from", Fields::process)?;
        let wrote = self.all("wrote", Fields::file)?;
        let ending = self.ending()?;
        let chain = self.chain()?;
        Ok(Entry {
            number,
            process,
            parent,
            program,
            cwd,
            arguments,
            environment,
            reads,
            devices,
            from,
            wrote,
            ending,
            chain,
            line,
        })
    }

    fn ending(&mut self) -> Result<Ending, LedgerError> {
        const EXPECTED: &str = "goes-on, exec, exit STATUS or killed SIGNAL";
        let line = self.take()?;
        let mut fields = Fields(Some(line));
        let byte =
            |fields: &mut Fields| u8::try_from(fields.number()?).map_err(|_| "a number below 256");
        let ending = match fields.word() {
            Ok(b"goes-on") => Ok(Ending::GoesOn),
            Ok(b"exec") => Ok(Ending::Exec),
            Ok(b"exit") => byte(&mut fields).map(Ending::Exit),
            Ok(b"killed") => byte(&mut fields).map(Ending::Killed),
            _ => Err(EXPECTED),
        };
        match (ending, fields.0) {
            (Ok(ending), None) => Ok(ending),
            (Err(expected), _) => Err(self.fault(expected)),
            (Ok(_), Some(_)) => Err(self.fault(EXPECTED)),
        }
    }

    /// The line that ends a block: its hash must be that of the block.
    fn chain(&mut self) -> Result<Digest, LedgerError> {
        let block = &self.bytes[self.block..self.at];
        let said = self.fields("chain", |fields| fields.hash())?;
        let link = link_with(&self.sha256, self.previous.as_ref(), block);
        if said != link {
            return Err(self.fault("the hash of the lines above and of the chain before them"));
        }
        self.previous = Some(link);
        self.block = self.at;
        Ok(link)
    }

    fn all<T>(
        &mut self,
        keyword: &'static str,
        read: impl Fn(&mut Fields<'a>) -> Result<T, &'static str>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut found = Vec::new();
        while self.next_is(keyword) {
            found.push(self.fields(keyword, &read)?);
        }
        Ok(found)
    }

    /// Reads a line that begins with `keyword`.
    fn fields<T>(
        &mut self,
        keyword: &'static str,
        read: impl FnOnce(&mut Fields<'a>) -> Result<T, &'static str>,
    ) -> Result<T, LedgerError> {
        let mut fields = Fields(Some(self.take()?));
        if fields.word() != Ok(keyword.as_bytes()) {
            return Err(self.fault(line_of(keyword)));
        }
        match read(&mut fields) {
            Ok(value) if fields.0.is_none() => Ok(value),
            Ok(_) => Err(self.fault("the end of the line after the last field")),
            Err(expected) => Err(self.fault(expected)),
        }
    }

    fn exactly(&mut self, expected: &'static str) -> Result<(), LedgerError> {
        match self.take()? == expected.as_bytes() {
            true => Ok(()),
            false => Err(self.fault("firmseed-ledger 1")),
        }
    }

    fn next_is(&self, keyword: &str) -> bool {
        self.bytes[self.at..]
            .strip_prefix(keyword.as_bytes())
            .is_some_and(|rest| rest.first() == Some(&b' '))
    }

    /// The next line without its newline.
    fn take(&mut self) -> Result<&'a [u8], LedgerError> {
        self.line += 1;
        let rest = &self.bytes[self.at..];
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(length) => {
                self.at += length + 1;
                Ok(&rest[..length])
            }
            None => {
                self.at = self.bytes.len();
                Err(LedgerError {
                    line: self.line,
                    expected: "a line that ends in a newline (the ledger is cut short)",
                    found: show(rest),
                })
            }
        }
    }

    /// The current line is not what it should be.
    fn fault(&self, expected: &'static str) -> LedgerError {
        let lines = self.bytes.split(|&byte| byte == b'\n');
        let text = lines.into_iter().nth(self.line - 1).unwrap_or_default();
        LedgerError {
            line: self.line,
            expected,
            found: show(text),
        }
    }

    /// Written again, the ledger must be the same bytes.
    fn compare_spelling(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let mut again = String::new();
        let written = ledger.write(&mut again, &self.sha256);
        if written.is_ok() && again.as_bytes() == self.bytes {
            return Ok(());
        }
        let newline = |byte: &u8| *byte == b'\n';
        let pairs = self
            .bytes
            .split(newline)
            .zip(again.as_bytes().split(newline));
        self.line = 1 + pairs
            .take_while(|(found, expected)| found == expected)
            .count();
        Err(self.fault("the one spelling of this line (docs/ledger.md)"))
    }
}

fn line_of(keyword: &str) -> &'static str {
    match keyword {
        "files" => "a line `files SHA256`",
        "policy" => "a line `policy chain` or `policy open`",
        "seed" => "a line `seed ...`",
        "process" => "a line `process PID PARENT`",
        "program" => "a line `program CLASS SHA256 SIZE PATH`",
        "cwd" => "a line `cwd PATH`",
        "environment" => "a line `environment COUNT SHA256`",
        "chain" => "a line `chain SHA256`",
        "end" => "a line `entry NUMBER`, or `end ENTRIES STATUS`",
        _ => "another line",
    }
}

fn show(text: &[u8]) -> String {
    /// More of a line than this helps nobody.
    const SHOWN: usize = 120;
    let mut shown = String::new();
    // A String takes everything.
    let _ = write!(shown, "{}", text[..text.len().min(SHOWN)].escape_ascii());
    if text.len() > SHOWN {
        shown.push_str("...");
    }
    shown
}

/// The blank-separated fields of a line that are still to be read.
struct Fields<'a>(Option<&'a [u8]>);

impl<'a> Fields<'a> {
    fn word(&mut self) -> Result<&'a [u8], &'static str> {
        let rest = self.0.ok_or("one more field")?;
        let size = rest.iter().position(|&byte| byte == b' ');
        self.0 = size.map(|size| &rest[size + 1..]);
        Ok(&rest[..size.unwrap_or(rest.len())])
    }

    fn number(&mut self) -> Result<u64, &'static str> {
        let word = core::str::from_utf8(self.word()?).unwrap_or_default();
        word.parse().map_err(|_| "a decimal number below 2^64")
    }

    fn process(&mut self) -> Result<u32, &'static str> {
        u32::try_from(self.number()?).map_err(|_| "a process number")
    }

    fn status(&mut self) -> Result<i32, &'static str> {
        let word = core::str::from_utf8(self.word()?).unwrap_or_default();
        word.parse().map_err(|_| "an exit status")
    }

    fn hash(&mut self) -> Result<Digest, &'static str> {
        const EXPECTED: &str = "a SHA-256 of 64 lower-case hex digits";
        let word = self.word()?;
        let mut hash = [0; 32];
        if word.len() != 64 {
            return Err(EXPECTED);
        }
        for (byte, pair) in hash.iter_mut().zip(word.chunks_exact(2)) {
            let digits = core::str::from_utf8(pair).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).map_err(|_| EXPECTED)?;
        }
        Ok(hash)
    }

    fn text(&mut self) -> Result<Vec<u8>, &'static str> {
        Escaped::new(self.word()?)
            .map(|text| text.bytes().collect())
            .ok_or(
                "bytes outside `!` to `~`, and `%`, as %XX (capitals, not %00); an empty text as %",
            )
    }

    fn file(&mut self) -> Result<File, &'static str> {
        let class = match self.word()? {
            b"text" => Class::Text,
            b"elf" => Class::Elf,
            b"data" => Class::Data,
            _ => return Err("text, elf or data"),
        };
        self.named(class)
    }

    /// Hash, size and path of contents of this class.
    fn named(&mut self, class: Class) -> Result<File, &'static str> {
        let (sha256, size) = (self.hash()?, self.number()?);
        Ok(File {
            content: Content {
                class,
                sha256,
                size,
            },
            path: self.text()?,
        })
    }
}
