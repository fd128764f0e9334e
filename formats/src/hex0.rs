//! hex0 text: pairs of hexadecimal digits, comments from `#` or `;` to the end of the line.
//!
//! White space (space, tab, CR, LF) may stand between pairs, not inside one: half a byte is always a
//! slip. The seeds of the chain are stored in this form and decoded when they are executed.

use alloc::vec::Vec;

/// Why a text is not hex0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hex0Error {
    /// A character that belongs to neither a pair nor a comment.
    #[error(
        "line {line}: expected a pair of hex digits, white space or a comment, found byte {byte:#04x}; write text after # or ;"
    )]
    Character {
        /// Line, from 1.
        line: usize,
        /// The byte found.
        byte: u8,
    },
    /// A digit without its second one.
    #[error("line {line}: half a byte: a hex digit must be followed at once by a second one")]
    HalfByte {
        /// Line, from 1.
        line: usize,
    },
    /// The kernel heap cannot hold the bytes.
    #[error("no memory for {bytes} decoded bytes; give the machine more memory")]
    NoMemory {
        /// Length of the decoded bytes.
        bytes: usize,
    },
}

/// The bytes that `text` stands for.
///
/// # Errors
/// The first thing in the text that is not hex0, or no memory.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, Hex0Error> {
    let length = decoded_length(text)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Hex0Error::NoMemory { bytes: length })?;
    for byte in Decoder::new(text) {
        bytes.push(byte?);
    }
    Ok(bytes)
}

/// How many bytes `text` stands for. Checks the whole text.
///
/// # Errors
/// The first thing in the text that is not hex0.
pub fn decoded_length(text: &[u8]) -> Result<usize, Hex0Error> {
    let mut length = 0;
    for byte in Decoder::new(text) {
        byte?;
        length += 1;
    }
    Ok(length)
}

/// The decoded bytes one after the other; ends after the first error.
pub struct Decoder<'a> {
    rest: core::slice::Iter<'a, u8>,
    line: usize,
}

impl<'a> Decoder<'a> {
    /// Decodes from the start of `text`.
    pub fn new(text: &'a [u8]) -> Self {
        Decoder { rest: text.iter(), line: 1 }
    }

    fn fail(&mut self, error: Hex0Error) -> Option<Result<u8, Hex0Error>> {
        self.rest = [].iter();
        Some(Err(error))
    }
}

impl Iterator for Decoder<'_> {
    type Item = Result<u8, Hex0Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut comment = false;
        loop {
            let line = self.line;
            match *self.rest.next()? {
                b'\n' => {
                    comment = false;
                    self.line += 1;
                }
                _ if comment => {}
                b'#' | b';' => comment = true,
                b' ' | b'\t' | b'\r' => {}
                byte => {
                    let Some(high) = digit(byte) else {
                        return self.fail(Hex0Error::Character { line, byte });
                    };
                    let Some(low) = self.rest.next().and_then(|&second| digit(second)) else {
                        return self.fail(Hex0Error::HalfByte { line });
                    };
                    return Some(Ok(high << 4 | low));
                }
            }
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write;
    use std::string::{String, ToString};

    #[test]
    fn decodes_pairs_and_skips_comments() {
        let text = b"# title 41\n7f45 4C46 ; zz 00\r\n\t00 fF;x\n; last 11";
        assert_eq!(decode(text).unwrap(), [0x7f, 0x45, 0x4c, 0x46, 0x00, 0xff]);
        assert_eq!(decode(b"").unwrap(), []);
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(decode(b"00\n0g"), Err(Hex0Error::HalfByte { line: 2 }));
        assert_eq!(decode(b"00\n\n1 2"), Err(Hex0Error::HalfByte { line: 3 }));
        assert_eq!(decode(b"0"), Err(Hex0Error::HalfByte { line: 1 }));
        assert_eq!(decode(b"1;2"), Err(Hex0Error::HalfByte { line: 1 }));
        let error = decode(b"00 # a\n00\nfoo").unwrap_err();
        assert_eq!(error, Hex0Error::HalfByte { line: 3 });
        let error = decode(b"00 # a\n00\nxoo").unwrap_err();
        assert_eq!(error, Hex0Error::Character { line: 3, byte: b'x' });
        assert!(error.to_string().starts_with("line 3: "));
    }

    #[test]
    fn nothing_follows_an_error() {
        let mut decoder = Decoder::new(b"00 x 11");
        assert_eq!(decoder.next(), Some(Ok(0)));
        assert!(decoder.next().unwrap().is_err());
        assert_eq!(decoder.next(), None);
    }

    proptest! {
        #[test]
        fn round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..300), width in 1usize..9) {
            let mut text = String::new();
            for chunk in bytes.chunks(width) {
                for byte in chunk {
                    write!(text, "{byte:02X} ").unwrap();
                }
                writeln!(text, "# {chunk:?}").unwrap();
            }
            prop_assert_eq!(decode(text.as_bytes()).unwrap(), bytes);
        }

        #[test]
        fn any_text_ends(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&text);
        }
    }
}
