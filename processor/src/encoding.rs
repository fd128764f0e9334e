//! A row of a decode table: which words are an instruction, what it is called, how it is decoded.

use crate::op::Op;
use crate::word::Word;

/// Words that share their fixed bits.
#[derive(Clone, Copy)]
pub struct Row {
    /// The bits that are fixed.
    pub mask: Word,
    /// Their values.
    pub value: Word,
    /// The instruction's name in DDI 0487, C6.2 or C7.2.
    pub name: &'static str,
    /// From a word to what is done for it; [`Op::Undefined`] where the fields are not allocated.
    pub decode: fn(Word) -> Op,
}

impl Row {
    /// `bits` is the encoding diagram from bit 31 down: `0` and `1` are fixed, each letter is a bit of a field.
    pub const fn new(bits: &'static str, name: &'static str, decode: fn(Word) -> Op) -> Self {
        let bits = bits.as_bytes();
        assert!(bits.len() == 32, "an encoding has 32 bits");
        let (mut mask, mut value, mut at) = (0, 0, 0);
        while at < 32 {
            let bit = 1 << (31 - at);
            match bits[at] {
                b'0' => mask |= bit,
                b'1' => {
                    mask |= bit;
                    value |= bit;
                }
                letter => assert!(letter.is_ascii_alphabetic(), "0, 1, or the letter of a field"),
            }
            at += 1;
        }
        Row { mask, value, name, decode }
    }

    /// Is the word one of this row's?
    pub const fn matches(&self, word: Word) -> bool {
        word & self.mask == self.value
    }
}
