//! Elements of a vector register.

use crate::float::{Context, DOUBLE, Format, SINGLE};
use crate::integer::ones;
use crate::state::State;
use crate::word::{Word, bit, bits};

/// FPSR.QC: something was saturated.
const SATURATED: u32 = 1 << 27;

/// The element `index` of `1 << log2` bytes.
#[inline(always)]
pub fn lane(v: u128, log2: u32, index: u32) -> u64 {
    (v >> (index * (8 << log2))) as u64 & ones(8 << log2)
}

/// The same, with sign.
#[inline(always)]
pub fn signed(value: u64, log2: u32) -> i128 {
    let above = 64 - (8 << log2);
    ((value << above) as i64 >> above).into()
}

/// An integer of either kind.
#[inline(always)]
pub fn integer(value: u64, log2: u32, unsigned: bool) -> i128 {
    if unsigned { value.into() } else { signed(value, log2) }
}

/// A vector of `count` elements.
#[inline(always)]
pub fn build(log2: u32, count: u32, mut element: impl FnMut(u32) -> u64) -> u128 {
    let mut v = 0;
    for index in 0..count {
        v |= u128::from(element(index) & ones(8 << log2)) << (index * (8 << log2));
    }
    v
}

/// Elements in a register: one of a scalar instruction (bit 28), else as many as 64 or 128 bits (Q) have.
#[inline(always)]
pub fn count(word: Word, log2: u32) -> u32 {
    match (bit(word, 28), bit(word, 30)) {
        (true, _) => 1,
        (false, true) => 16 >> log2,
        (false, false) => 8 >> log2,
    }
}

/// `value` in `1 << log2` bytes, saturated.
pub fn saturate(fp: &mut Context, value: i128, log2: u32, unsigned: bool) -> u64 {
    let width = 8u32 << log2;
    let (least, greatest) = match unsigned {
        true => (0, (1 << width) - 1),
        false => (-(1i128 << (width - 1)), (1i128 << (width - 1)) - 1),
    };
    let clamped = value.clamp(least, greatest);
    if clamped != value {
        fp.status |= SATURATED;
    }
    clamped as u64 & ones(width)
}

/// All ones, or zero.
pub fn truth(is: bool) -> u64 {
    if is { u64::MAX } else { 0 }
}

/// The format of elements of 4 or 8 bytes.
pub fn format(log2: u32) -> Format {
    if log2 == 3 { DOUBLE } else { SINGLE }
}

/// log2 of the bytes of floating-point elements, by the bit `sz`.
pub fn float_log2(word: Word) -> u32 {
    2 + bits(word, 22, 22)
}

/// A vector register.
#[inline(always)]
pub fn v(state: &State, word: Word, low: u32) -> u128 {
    state.v[(word >> low) as usize & 31]
}

/// Writes Vd.
#[inline(always)]
pub fn set_v(state: &mut State, word: Word, value: u128) {
    state.v[word as usize & 31] = value;
}

/// Runs `work` with FPCR and FPSR, and keeps the flags.
#[inline(always)]
pub fn with_fp<T>(state: &mut State, work: impl FnOnce(&mut Context, &State) -> T) -> T {
    let mut fp = Context::new(state.fpcr, state.fpsr);
    let result = work(&mut fp, state);
    state.fpsr = fp.status;
    result
}
