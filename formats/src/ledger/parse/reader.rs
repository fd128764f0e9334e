//! A ledger line by line, block by block: what must stand where.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::super::format::{self, Class, Ending};
use super::fields::Fields;
use super::{Entry, Ledger, LedgerError, SeedRecord, link_with};
use crate::sha256::Digest;

/// A cursor over lines.
pub(super) struct Reader<'a, F> {
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
    /// At the start of `bytes`.
    pub fn new(bytes: &'a [u8], sha256: F) -> Self {
        Reader { bytes, at: 0, line: 0, block: 0, previous: None, sha256 }
    }

    /// All of it.
    pub fn ledger(&mut self) -> Result<Ledger, LedgerError> {
        self.exactly(format::VERSION_LINE)?;
        let files = self.fields("files", |fields| fields.hash())?;
        let init = self.fields("init", Fields::text)?;
        let arguments = self.all("arg", Fields::text)?;
        let environment = self.all("env", Fields::text)?;
        let cwd = self.fields("cwd", Fields::text)?;
        let policy = self.fields("policy", |fields| {
            let word = fields.word()?;
            match word {
                b"chain" | b"open" => Ok(String::from_utf8_lossy(word).into_owned()),
                _ => Err("`policy chain` or `policy open`"),
            }
        })?;
        let continues = match self.next_is("continues") {
            true => Some(self.fields("continues", |fields| fields.hash())?),
            false => None,
        };
        let mut seeds = Vec::new();
        while self.next_is("seed") {
            seeds.push(self.fields("seed", |fields| {
                let (program, text) = (fields.named(Class::Elf)?, fields.named(Class::Text)?);
                Ok(SeedRecord { program, text })
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
        let kernel = self.fields("kernel", |fields| fields.hash())?;
        if self.at < self.bytes.len() {
            self.line += 1;
            return Err(self.fault("nothing after the last line"));
        }
        Ok(Ledger {
            files,
            init,
            arguments,
            environment,
            cwd,
            policy,
            continues,
            seeds,
            entries,
            status,
            head,
            kernel,
        })
    }

    fn entry(&mut self, expected: u64) -> Result<Entry, LedgerError> {
        let line = self.line + 1;
        let number = self.fields("entry", |fields| match fields.number()? {
            number if number == expected => Ok(number),
            _ => Err("the number after that of the entry before"),
        })?;
        let (process, parent) =
            self.fields("process", |fields| Ok((fields.process()?, fields.process()?)))?;
        let program = self.fields("program", Fields::file)?;
        let cwd = self.fields("cwd", Fields::text)?;
        let arguments = self.all("arg", Fields::text)?;
        let environment =
            self.fields("environment", |fields| Ok((fields.number()?, fields.hash()?)))?;
        let reads = self.all("read", Fields::file)?;
        let mut code = Vec::new();
        while self.next_is("code") && !self.next_is(format::CODE_ANONYMOUS) {
            code.push(self.fields("code", Fields::file)?);
        }
        let code_anonymous = self.next_is(format::CODE_ANONYMOUS);
        if code_anonymous {
            self.exactly(format::CODE_ANONYMOUS)?;
        }
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
            code,
            code_anonymous,
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
            false => Err(self.fault(expected)),
        }
    }

    fn next_is(&self, keyword: &str) -> bool {
        self.bytes[self.at..]
            .strip_prefix(keyword.as_bytes())
            .is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'\n')))
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
        LedgerError { line: self.line, expected, found: show(text) }
    }

    /// Written again, the ledger must be the same bytes.
    pub fn compare_spelling(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let mut again = String::new();
        let written = ledger.write(&mut again, &self.sha256);
        if written.is_ok() && again.as_bytes() == self.bytes {
            return Ok(());
        }
        let newline = |byte: &u8| *byte == b'\n';
        let pairs = self.bytes.split(newline).zip(again.as_bytes().split(newline));
        self.line = 1 + pairs.take_while(|(found, expected)| found == expected).count();
        Err(self.fault("the one spelling of this line (docs/ledger.md)"))
    }
}

fn line_of(keyword: &str) -> &'static str {
    match keyword {
        "files" => "a line `files SHA256`",
        "init" => "a line `init PATH`",
        "kernel" => "a line `kernel SHA256` (the ledger is cut short)",
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
