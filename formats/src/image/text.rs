//! The index as lines of fields: lexing, escapes, and errors that say line, expected and found.
//!
//! A line is printable ASCII and ends in a newline; [`Lines`] refuses anything else. A field never
//! holds a blank ([`crate::escape`]).

use crate::escape::Escaped;
use crate::number::{lower_hex, number};
use crate::sha256::Digest;
use core::ascii;
use core::fmt::{self, Write};

/// Where and why an index was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexError<'a> {
    /// Counted from 1.
    pub line: u32,
    /// Bytes from the start of the index to the start of that line.
    pub offset: usize,
    /// What should have been there.
    pub expected: &'static str,
    /// What was there.
    pub found: &'a [u8],
}

impl fmt::Display for IndexError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More of a line than this helps nobody.
        const SHOWN: usize = 80;
        let shown = &self.found[..self.found.len().min(SHOWN)];
        let dots = if shown.len() < self.found.len() { "..." } else { "" };
        let (line, expected) = (self.line, self.expected);
        write!(f, "index line {line}: expected {expected}, found \"")?;
        let mut bytes = shown.iter().flat_map(|&byte| ascii::escape_default(byte));
        bytes.try_for_each(|byte| f.write_char(byte.into()))?;
        write!(f, "{dots}\"")
    }
}

impl core::error::Error for IndexError<'_> {}

/// One line without its newline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub number: u32,
    pub offset: usize,
    pub text: &'a [u8],
}

impl<'a> Line<'a> {
    /// The bytes before the first blank.
    pub fn keyword(&self) -> &'a [u8] {
        self.text.split(|&byte| byte == b' ').next().unwrap_or_default()
    }

    pub fn fault(&self, expected: &'static str) -> IndexError<'a> {
        IndexError { line: self.number, offset: self.offset, expected, found: self.text }
    }
}

/// A cursor over lines, from `offset` to the end of `text`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    number: u32,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Lines { text, offset: 0, number: 1 }
    }

    /// Bytes that were consumed.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The next line, which must be there.
    pub fn require(&mut self) -> Result<Line<'a>, IndexError<'a>> {
        let number = self.number;
        let offset = self.offset;
        self.next().unwrap_or(Err(IndexError {
            line: number,
            offset,
            expected: "one more line",
            found: b"",
        }))
    }

    pub fn peek(&self) -> Result<Line<'a>, IndexError<'a>> {
        self.clone().require()
    }

    /// The fields of the next line, which must begin with `keyword`, after that.
    pub fn fields_of(&mut self, keyword: &'static str) -> Result<Fields<'a>, IndexError<'a>> {
        let mut fields = Fields::new(self.require()?);
        match fields.word()? == keyword.as_bytes() {
            true => Ok(fields),
            false => Err(fields.fault(keyword)),
        }
    }

    /// Passes over the lines that begin with `keyword`, each checked by `check`, and returns them.
    pub fn take_section(
        &mut self,
        keyword: &'static str,
        check: &dyn Fn(&mut Fields<'a>) -> Result<(), IndexError<'a>>,
    ) -> Result<Self, IndexError<'a>> {
        let start = *self;
        while self.peek()?.keyword() == keyword.as_bytes() {
            let mut fields = self.fields_of(keyword)?;
            check(&mut fields)?;
            fields.end()?;
        }
        Ok(Lines { text: &self.text[..self.offset], ..start })
    }

    /// Passes over all lines before the one that begins with `keyword`, unchecked, and returns them.
    pub fn take_until(&mut self, keyword: &str) -> Result<Self, IndexError<'a>> {
        let start = *self;
        while self.peek()?.keyword() != keyword.as_bytes() {
            self.require()?;
        }
        Ok(Lines { text: &self.text[..self.offset], ..start })
    }

    /// What `read` makes of each line of a section that [`Lines::take_section`] has checked.
    pub fn read<T>(
        self,
        read: impl Fn(&mut Fields<'a>) -> Result<T, IndexError<'a>>,
    ) -> impl Iterator<Item = T> {
        self.map_while(move |line| {
            let mut fields = Fields::new(line.ok()?);
            fields.word().ok()?; // the keyword
            read(&mut fields).ok()
        })
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>, IndexError<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.offset..];
        if rest.is_empty() {
            return None;
        }
        let size = rest.iter().position(|byte| !matches!(byte, b' '..=b'~')).unwrap_or(rest.len());
        let line = Line { number: self.number, offset: self.offset, text: &rest[..size] };
        if rest.get(size) != Some(&b'\n') {
            // Show the odd byte too, so that the message says which it is.
            let found = &rest[..rest.len().min(size + 1)];
            return Some(
                Err(Line { text: found, ..line }.fault("printable ASCII up to a newline")),
            );
        }
        self.offset += size + 1;
        self.number += 1;
        Some(Ok(line))
    }
}

/// A cursor over the blank-separated fields of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    line: Line<'a>,
    rest: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    pub fn new(line: Line<'a>) -> Self {
        Fields { line, rest: Some(line.text) }
    }

    pub fn line_number(&self) -> u32 {
        self.line.number
    }

    pub fn fault(&self, expected: &'static str) -> IndexError<'a> {
        self.line.fault(expected)
    }

    /// The next field, not empty.
    pub fn word(&mut self) -> Result<&'a [u8], IndexError<'a>> {
        let rest = self.rest.ok_or(self.fault("one more field"))?;
        let size = rest.iter().position(|&byte| byte == b' ');
        let word = &rest[..size.unwrap_or(rest.len())];
        self.rest = size.map(|size| &rest[size + 1..]);
        if word.is_empty() {
            return Err(self.fault("fields separated by one blank each"));
        }
        Ok(word)
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), IndexError<'a>> {
        match self.rest {
            None => Ok(()),
            Some(_) => Err(self.fault("the end of the line after the last field")),
        }
    }

    /// A decimal number without superfluous zeros.
    pub fn decimal(&mut self) -> Result<u64, IndexError<'a>> {
        let word = self.word()?;
        let canonical = word == b"0" || word[0] != b'0';
        canonical
            .then(|| number(word, 10))
            .flatten()
            .ok_or(self.fault("a decimal number below 2^64 without leading zeros"))
    }

    /// A decimal number of 32 bits.
    pub fn decimal_u32(&mut self) -> Result<u32, IndexError<'a>> {
        u32::try_from(self.decimal()?).map_err(|_| self.fault("a decimal number below 2^32"))
    }

    /// Four octal digits.
    pub fn mode(&mut self) -> Result<u16, IndexError<'a>> {
        let word = self.word()?;
        let value = if word.len() == 4 { number(word, 8) } else { None };
        value
            .and_then(|mode| u16::try_from(mode).ok())
            .ok_or(self.fault("a mode of four octal digits"))
    }

    /// 64 lower-case hex digits.
    pub fn hash(&mut self) -> Result<Digest, IndexError<'a>> {
        let word = self.word()?;
        let fault = self.fault("a SHA-256 of 64 lower-case hex digits");
        let mut hash = [0; 32];
        if word.len() != 64 {
            return Err(fault);
        }
        for (byte, pair) in hash.iter_mut().zip(word.chunks_exact(2)) {
            let value = lower_hex(pair).and_then(|value| u8::try_from(value).ok());
            *byte = value.ok_or(fault)?;
        }
        Ok(hash)
    }

    /// An escaped text that may be empty.
    pub fn text(&mut self) -> Result<Escaped<'a>, IndexError<'a>> {
        let word = self.word()?;
        Escaped::new(word).ok_or(self.fault(
            "bytes outside `!` to `~`, and `%`, as %XX (capitals, not %00); an empty text as %",
        ))
    }

    /// An escaped path from the root.
    pub fn absolute_path(&mut self) -> Result<Escaped<'a>, IndexError<'a>> {
        let path = self.text()?;
        if path.bytes().next() != Some(b'/') {
            return Err(self.fault("an absolute path"));
        }
        Ok(path)
    }

    /// An escaped path that is not empty.
    pub fn path(&mut self) -> Result<Escaped<'a>, IndexError<'a>> {
        let path = self.text()?;
        if path.is_empty() {
            return Err(self.fault("a path that is not empty"));
        }
        Ok(path)
    }
}
