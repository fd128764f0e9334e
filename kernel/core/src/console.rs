//! Who said what on the console: the kernel's own lines begin with [`MARK`], and nothing that a program prints does.
//!
//! Kernel and programs share one stream of bytes, in pieces of any size, from any number of processes. [`Line`] stands at
//! its end: it knows whether a line is begun, and sees the mark coming whatever pieces it comes in. The last character of a
//! mark that is not the kernel's goes out as [`DOUBT`]; nothing is held back, and no column moves.
//!
//! A reader may drop what is not printable ASCII (carriage returns, zero bytes), take any such byte for the end of a line,
//! and strip blanks: he still finds no mark but the kernel's. Escape sequences may draw anything on a screen; read the bytes.

/// What the kernel's lines begin with, a blank after it.
pub const MARK: &[u8; 9] = b"firmseed:";

/// What a program's mark ends with.
pub const DOUBT: u8 = b'?';

/// The end of what is on the console so far, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line(
    /// Bit N, for each N below 9: the last N characters could be the first N of a mark at the beginning of a line.
    /// [`Line::BEGUN`] beside them.
    u16,
);

impl Line {
    /// A fresh line.
    pub const FRESH: Line = Line(1);
    /// The last byte was no line feed.
    const BEGUN: u16 = 1 << 15;

    /// The line as a word; a fresh one is zero, as the kernel's statics are at the start.
    pub const fn to_word(self) -> u16 {
        self.0 ^ Self::FRESH.0
    }

    /// What [`to_word`](Self::to_word) was.
    pub const fn from_word(word: u16) -> Self {
        Line(word ^ Self::FRESH.0)
    }

    /// Would the next byte be the first of its line?
    pub const fn is_fresh(self) -> bool {
        self.0 & Self::BEGUN == 0
    }

    /// A byte of the kernel's own goes out.
    pub const fn own(&mut self, byte: u8) {
        *self = match byte {
            b'\n' => Line::FRESH,
            _ => Line(Self::BEGUN),
        };
    }

    /// A program's byte, or the echo of a typed one; returns what goes out for it.
    pub fn foreign(&mut self, byte: u8) -> u8 {
        let seen = self.0 & !Self::BEGUN;
        let next = match byte {
            b'\n' => {
                *self = Line::FRESH;
                return byte;
            }
            b' ' => seen & 1,
            b'!'..=b'~' if seen == 0 => 0,
            b'!'..=b'~' => {
                let mut next = 0;
                for (place, &wanted) in MARK.iter().enumerate() {
                    next |= u16::from(byte == wanted) << place & seen;
                }
                next << 1
            }
            _ => seen | 1,
        };
        let is_mark = next >> MARK.len() != 0;
        self.0 = Self::BEGUN | if is_mark { 0 } else { next };
        if is_mark { DOUBT } else { byte }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    fn shown(text: &[u8]) -> Vec<u8> {
        let mut line = Line::FRESH;
        text.iter().map(|&byte| line.foreign(byte)).collect()
    }

    #[test]
    fn a_mark_at_the_beginning_of_a_line_shows_doubt() {
        for (printed, expected) in [
            ("firmseed: head", "firmseed? head"),
            ("x\nfirmseed: y\nfirmseed:", "x\nfirmseed? y\nfirmseed?"),
            ("x\rfirmseed: y", "x\rfirmseed? y"),
            ("firm\rseed: y", "firm\rseed? y"),
            ("fi\0rm\x7fseed\u{200b}: y", "fi\0rm\x7fseed\u{200b}? y"),
            (" \t firmseed: y", " \t firmseed? y"),
            ("firm\rfirmseed: y", "firm\rfirmseed? y"),
            ("firmfirmseed: y", "firmfirmseed: y"),
            ("see firmseed: docs", "see firmseed: docs"),
            ("firm\nseed: firmseed :", "firm\nseed: firmseed :"),
        ] {
            let found = String::from_utf8(shown(printed.as_bytes())).unwrap();
            assert_eq!(found, expected, "{printed:?}");
        }
    }

    #[test]
    fn a_line_is_fresh_after_a_line_feed_only() {
        let mut line = Line::FRESH;
        for (byte, fresh) in
            [(b'x', false), (b'\n', true), (b'\r', false), (b'\n', true), (0, false)]
        {
            line.foreign(byte);
            assert_eq!(line.is_fresh(), fresh, "after {byte}");
            let mut own = Line::FRESH;
            own.own(byte);
            assert_eq!(own.is_fresh(), fresh, "after the kernel's {byte}");
            assert_eq!(Line::from_word(line.to_word()), line);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Whatever is printed: no reader of the kinds above finds a mark, and nothing else is changed.
        #[test]
        fn no_reader_finds_a_mark(pieces in prop::collection::vec(prop::sample::select(&[
            "firmseed:", "firm", "seed", "f", ":", " ", "\r", "\n", "\0", "\t", "\u{b}", "\u{e4}", "x", "firmsee", "d:",
        ]), 0..40)) {
            let printed = pieces.concat();
            let shown = shown(printed.as_bytes());
            let is_printable = |byte: &u8| (b' '..=b'~').contains(byte);
            let dropped: Vec<u8> = shown.iter().copied().filter(|byte| is_printable(byte) || *byte == b'\n').collect();
            for lines in [dropped.split(|byte| *byte == b'\n').collect::<Vec<_>>(), shown.split(|byte| !is_printable(byte)).collect()] {
                for line in lines {
                    prop_assert!(!line.trim_ascii_start().starts_with(MARK), "{:?}", String::from_utf8_lossy(line));
                }
            }
            for (&before, &after) in printed.as_bytes().iter().zip(&shown) {
                prop_assert!(before == after || before == b':' && after == DOUBT);
            }
        }
    }
}
