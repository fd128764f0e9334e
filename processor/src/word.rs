//! Words of code and their fields.

/// A word of code.
pub type Word = u32;

/// Bits `high` to `low` of a word.
#[inline(always)]
pub const fn bits(word: Word, high: u32, low: u32) -> u32 {
    (word >> low) & (u32::MAX >> (31 - (high - low)))
}

/// One bit of a word.
#[inline(always)]
pub const fn bit(word: Word, at: u32) -> bool {
    (word >> at) & 1 != 0
}

/// Bits `high` to `low`, with sign.
#[inline(always)]
pub const fn signed_bits(word: Word, high: u32, low: u32) -> i64 {
    (((word << (31 - high)) as i32) >> (31 - (high - low))) as i64
}

/// A register number from its five bits at `low`.
#[inline(always)]
pub const fn register(word: Word, low: u32) -> u8 {
    bits(word, low + 4, low) as u8
}
