//! Advanced SIMD shift by immediate, vector and scalar; conversions of fixed-point numbers are among them.

use super::lanes::{build, count, format, integer, lane, saturate, set_v, signed, v, with_fp};
use crate::float::Rounding;
use crate::integer::ones;
use crate::state::State;
use crate::word::{Word, bit, bits};

/// log2 of the elements' size: by the highest bit that is set in immh.
fn log2_of(word: Word) -> u32 {
    31 - bits(word, 22, 19).leading_zeros()
}

/// Is it an instruction?
pub fn is_allocated(word: Word) -> bool {
    if bits(word, 22, 19) == 0 {
        return false;
    }
    let (log2, u, is_scalar, full) = (log2_of(word), bit(word, 29), bit(word, 28), bit(word, 30));
    let is_doubleword = log2 == 3;
    let fits = if is_scalar { is_doubleword } else { full || !is_doubleword };
    match bits(word, 15, 11) {
        0b00000 | 0b00010 | 0b00100 | 0b00110 | 0b01010 => fits,
        0b01000 => u && fits,
        0b01100 => u && (is_scalar || full || !is_doubleword),
        0b01110 => is_scalar || full || !is_doubleword,
        0b10000 | 0b10001 => !is_doubleword && (u || !is_scalar),
        0b10010 | 0b10011 => !is_doubleword,
        0b10100 => !is_doubleword && !is_scalar,
        0b11100 | 0b11111 => log2 >= 2 && (is_scalar || full || !is_doubleword),
        _ => false,
    }
}

/// A shift to the right, by 1 to 64.
fn right(value: i128, by: u32, rounds: bool) -> i128 {
    let half = if rounds { 1 << (by - 1) } else { 0 };
    (value + half) >> by
}

/// Does it.
pub fn execute(state: &mut State, word: Word) {
    let (log2, u, opcode) = (log2_of(word), bit(word, 29), bits(word, 15, 11));
    let width = 8 << log2;
    let immediate = bits(word, 22, 16);
    let (by, left) = (2 * width - immediate, immediate.wrapping_sub(width));
    let (n, d) = (v(state, word, 5), v(state, word, 0));
    let count = count(word, log2);
    let is_scalar = bit(word, 28);
    let is_upper = bit(word, 30) && !is_scalar;
    let rounds = opcode & 4 != 0;
    let result = with_fp(state, |fp, _| match opcode {
        0b00000 | 0b00100 => {
            build(log2, count, |at| right(integer(lane(n, log2, at), log2, u), by, rounds) as u64)
        }
        0b00010 | 0b00110 => build(log2, count, |at| {
            let shifted = right(integer(lane(n, log2, at), log2, u), by, rounds) as u64;
            lane(d, log2, at).wrapping_add(shifted)
        }),
        0b01000 => build(log2, count, |at| {
            let mask = (u128::from(ones(width)) >> by) as u64;
            let shifted = (u128::from(lane(n, log2, at)) >> by) as u64;
            lane(d, log2, at) & !mask | shifted
        }),
        0b01010 if u => build(log2, count, |at| {
            let mask = ones(width) << left;
            lane(d, log2, at) & !mask | lane(n, log2, at) << left
        }),
        0b01010 => build(log2, count, |at| lane(n, log2, at) << left),
        0b01100 => build(log2, count, |at| {
            saturate(fp, signed(lane(n, log2, at), log2) << left, log2, true)
        }),
        0b01110 => build(log2, count, |at| {
            saturate(fp, integer(lane(n, log2, at), log2, u) << left, log2, u)
        }),
        0b10000..=0b10011 => {
            let lanes = if is_scalar { 1 } else { 8 >> log2 };
            let rounds = opcode & 1 != 0;
            let narrow = build(log2, lanes, |at| {
                let value = lane(n, log2 + 1, at);
                // Signed to unsigned where U and not the saturating opcode; unsigned where both.
                match (opcode & 2 != 0, u) {
                    (false, false) => right(value.into(), by, rounds) as u64,
                    (false, true) => {
                        saturate(fp, right(signed(value, log2 + 1), by, rounds), log2, true)
                    }
                    (true, unsigned) => {
                        let value = integer(value, log2 + 1, unsigned);
                        saturate(fp, right(value, by, rounds), log2, unsigned)
                    }
                }
            });
            if is_upper { d & u128::from(u64::MAX) | narrow << 64 } else { narrow }
        }
        0b10100 => {
            let n = if is_upper { n >> 64 } else { n };
            build(log2 + 1, 8 >> log2, |at| (integer(lane(n, log2, at), log2, u) << left) as u64)
        }
        0b11100 => build(log2, count, |at| {
            fp.from_fixed(format(log2), integer(lane(n, log2, at), log2, u), by)
        }),
        _ => build(log2, count, |at| {
            fp.to_fixed(format(log2), lane(n, log2, at), (width, by, !u), Rounding::Zero)
        }),
    });
    set_v(state, word, result);
}
