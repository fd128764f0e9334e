//! Texts in fields of the index and the ledger: bytes outside `!` to `~`, and `%`, as `%XX`; the empty text as a lone `%`.
//!
//! There is one spelling of each text, so that equal files are equal bytes.

use crate::number::capital_hex;
use core::fmt;

/// A field in its written form, every escape known to be well-formed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Escaped<'a>(&'a [u8]);

impl<'a> Escaped<'a> {
    /// Takes `encoded` if it is the one spelling that [`Escape`] writes.
    pub fn new(encoded: &'a [u8]) -> Option<Self> {
        if encoded == b"%" {
            return Some(Escaped(b""));
        }
        let mut rest = encoded;
        while let [first, tail @ ..] = rest {
            rest = tail;
            if *first == b'%' {
                let (pair, tail) = tail.split_at_checked(2)?;
                let value = u8::try_from(capital_hex(pair)?).ok()?;
                if !needs_escape(value) || value == 0 {
                    return None;
                }
                rest = tail;
            } else if needs_escape(*first) {
                return None;
            }
        }
        (!encoded.is_empty()).then_some(Escaped(encoded))
    }

    /// The bytes that are meant.
    pub fn bytes(self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let mut rest = self.0;
        core::iter::from_fn(move || match rest {
            [b'%', high, low, tail @ ..] => {
                rest = tail;
                u8::try_from(capital_hex(&[*high, *low])?).ok()
            }
            [first, tail @ ..] => {
                rest = tail;
                Some(*first)
            }
            [] => None,
        })
    }

    /// Is nothing meant?
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq<[u8]> for Escaped<'_> {
    fn eq(&self, other: &[u8]) -> bool {
        self.bytes().eq(other.iter().copied())
    }
}

impl<const N: usize> PartialEq<[u8; N]> for Escaped<'_> {
    fn eq(&self, other: &[u8; N]) -> bool {
        *self == other[..]
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = if self.is_empty() { b"%" } else { self.0 };
        written.iter().try_for_each(|&byte| fmt::Write::write_char(f, byte as char))
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Writes bytes as a field: the inverse of [`Escaped`].
#[derive(Clone, Copy, Debug)]
pub struct Escape<'a>(pub &'a [u8]);

impl fmt::Display for Escape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("%");
        }
        let mut rest = self.0;
        while let Some(&first) = rest.first() {
            let plain = rest.iter().position(|&byte| needs_escape(byte));
            let (run, later) = rest.split_at(plain.unwrap_or(rest.len()));
            if run.is_empty() {
                write!(f, "%{first:02X}")?;
                rest = &rest[1..];
            } else {
                // Only graphic ASCII is in a run.
                f.write_str(core::str::from_utf8(run).map_err(|_| fmt::Error)?)?;
                rest = later;
            }
        }
        Ok(())
    }
}

fn needs_escape(byte: u8) -> bool {
    !byte.is_ascii_graphic() || byte == b'%'
}
