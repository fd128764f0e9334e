//! The fields of a line.

use alloc::vec::Vec;

use super::super::format::{Class, Content};
use super::File;
use crate::escape::Escaped;
use crate::sha256::Digest;

/// The blank-separated fields of a line that are still to be read.
pub(super) struct Fields<'a>(pub Option<&'a [u8]>);

impl<'a> Fields<'a> {
    pub fn word(&mut self) -> Result<&'a [u8], &'static str> {
        let rest = self.0.ok_or("one more field")?;
        let size = rest.iter().position(|&byte| byte == b' ');
        self.0 = size.map(|size| &rest[size + 1..]);
        Ok(&rest[..size.unwrap_or(rest.len())])
    }

    pub fn number(&mut self) -> Result<u64, &'static str> {
        let word = core::str::from_utf8(self.word()?).unwrap_or_default();
        word.parse().map_err(|_| "a decimal number below 2^64")
    }

    pub fn process(&mut self) -> Result<u32, &'static str> {
        u32::try_from(self.number()?).map_err(|_| "a process number")
    }

    pub fn status(&mut self) -> Result<i32, &'static str> {
        let word = core::str::from_utf8(self.word()?).unwrap_or_default();
        word.parse().map_err(|_| "an exit status")
    }

    pub fn hash(&mut self) -> Result<Digest, &'static str> {
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

    pub fn text(&mut self) -> Result<Vec<u8>, &'static str> {
        Escaped::new(self.word()?).map(|text| text.bytes().collect()).ok_or(
            "bytes outside `!` to `~`, and `%`, as %XX (capitals, not %00); an empty text as %",
        )
    }

    pub fn file(&mut self) -> Result<File, &'static str> {
        let class = match self.word()? {
            b"text" => Class::Text,
            b"elf" => Class::Elf,
            b"data" => Class::Data,
            b"sparse" => Class::Sparse,
            _ => return Err("text, elf, data or sparse"),
        };
        self.named(class)
    }

    /// Hash, size and path of contents of this class.
    pub fn named(&mut self, class: Class) -> Result<File, &'static str> {
        let (sha256, size) = (self.hash()?, self.number()?);
        Ok(File { content: Content { class, sha256, size }, path: self.text()? })
    }
}
