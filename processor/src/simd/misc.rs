//! Advanced SIMD two-register miscellaneous, vector and scalar: one operand.

use super::lanes::{
    build, count, float_log2, format, integer, lane, saturate, set_v, signed, truth, v, with_fp,
};
use super::same::{greater, greater_or_equal};
use crate::float::estimate::{unsigned_reciprocal, unsigned_reciprocal_root};
use crate::float::{Context, DOUBLE, HALF, Order, Rounding, SINGLE};
use crate::state::State;
use crate::word::{Word, bit, bits};

/// Opcodes of floating point have the upper bit of size as one of theirs.
fn is_float(word: Word) -> bool {
    let (opcode, upper) = (bits(word, 16, 12), bit(word, 23));
    matches!(opcode, 0b10110..=0b11111) || upper && matches!(opcode, 0b01100..=0b01111)
}

/// Is it an instruction?
pub fn is_allocated(word: Word) -> bool {
    let (u, size, opcode) = (bit(word, 29), bits(word, 23, 22), bits(word, 16, 12));
    let (is_scalar, full) = (bit(word, 28), bit(word, 30));
    if is_float(word) {
        let is_double = bit(word, 22);
        let fits = is_scalar || full || !is_double;
        return match (u, bit(word, 23), opcode) {
            (false, false, 0b10110 | 0b10111) => !is_scalar,
            (true, false, 0b10110) => is_double,
            (_, true, 0b11100) => !is_double && !is_scalar,
            (_, _, 0b11010 | 0b11011) | (_, false, 0b11100 | 0b11101) => fits,
            (_, true, 0b01100 | 0b01101 | 0b11101) | (false, true, 0b01110) => fits,
            (false, true, 0b11111) => is_scalar,
            (true, true, 0b11111) => !is_scalar && fits,
            (_, true, 0b01111) | (_, false, 0b11000 | 0b11001) | (_, true, 0b11001) => {
                !is_scalar && fits
            }
            (false, true, 0b11000) => !is_scalar && fits,
            _ => false,
        };
    }
    let is_doubleword = size == 3;
    let fits = full || !is_doubleword;
    match (u, opcode) {
        (_, 0b00011 | 0b00111) => is_scalar || fits,
        (_, 0b01000 | 0b01001 | 0b01011) | (false, 0b01010) => {
            if is_scalar {
                is_doubleword
            } else {
                fits
            }
        }
        (_, 0b10100) | (true, 0b10010) => !is_doubleword,
        _ if is_scalar => false,
        (false, 0b00000) => size < 3,
        (true, 0b00000) => size < 2,
        (false, 0b00001) => size == 0,
        (_, 0b00010 | 0b00110 | 0b00100) => size < 3,
        (false, 0b00101) => size == 0,
        (true, 0b00101) => size < 2,
        (false, 0b10010) | (true, 0b10011) => size < 3,
        _ => false,
    }
}

/// Does it.
pub fn execute(state: &mut State, word: Word) {
    let (opcode, u) = (bits(word, 16, 12), bit(word, 29));
    let (n, d) = (v(state, word, 5), v(state, word, 0));
    let result = with_fp(state, |fp, _| match (opcode, is_float(word)) {
        (0b10110 | 0b10111, _) => float_width(fp, word, n, d),
        (_, true) => {
            let log2 = float_log2(word);
            build(log2, count(word, log2), |at| float(fp, word, lane(n, log2, at)))
        }
        (0b10010..=0b10100, _) => width(fp, word, n, d),
        (0b00010 | 0b00110, _) => pairs(word, n, d),
        (0b00101, _) => build(0, count(word, 0), |at| {
            let byte = lane(n, 0, at) as u8;
            match (u, bits(word, 22, 22)) {
                (false, _) => byte.count_ones().into(),
                (true, 0) => (!byte).into(),
                (true, _) => byte.reverse_bits().into(),
            }
        }),
        (0b00000 | 0b00001, _) => {
            // Containers of 64, 32 or 16 bits, whose elements change places.
            let container = if opcode == 1 {
                1
            } else if u {
                2
            } else {
                3
            };
            let log2 = bits(word, 23, 22);
            let flip = (1 << (container - log2)) - 1;
            build(log2, count(word, log2), |at| lane(n, log2, at ^ flip))
        }
        _ => {
            let log2 = bits(word, 23, 22);
            build(log2, count(word, log2), |at| {
                element(fp, (opcode, u), log2, lane(n, log2, at), lane(d, log2, at))
            })
        }
    });
    set_v(state, word, result);
}

fn element(fp: &mut Context, (opcode, u): (u32, bool), log2: u32, a: u64, d: u64) -> u64 {
    let (x, width) = (signed(a, log2), 8 << log2);
    match (opcode, u) {
        (0b00011, false) => saturate(fp, i128::from(a) + signed(d, log2), log2, false),
        (0b00011, true) => saturate(fp, x + i128::from(d), log2, true),
        (0b00100, false) => {
            let folded = (x ^ x >> 127) as u64;
            u64::from((folded << (64 - width)).leading_zeros().min(width)) - 1
        }
        (0b00100, true) => (a << (64 - width)).leading_zeros().min(width).into(),
        (0b00111, false) => saturate(fp, x.abs(), log2, false),
        (0b00111, true) => saturate(fp, -x, log2, false),
        (0b01000, false) => truth(x > 0),
        (0b01000, true) => truth(x >= 0),
        (0b01001, false) => truth(x == 0),
        (0b01001, true) => truth(x <= 0),
        (0b01010, _) => truth(x < 0),
        (_, false) => x.unsigned_abs() as u64,
        (_, true) => (-x) as u64,
    }
}

/// SADDLP, SADALP and their kin.
fn pairs(word: Word, n: u128, d: u128) -> u128 {
    let (log2, u) = (bits(word, 23, 22), bit(word, 29));
    let of = |at| integer(lane(n, log2, at), log2, u);
    build(log2 + 1, count(word, log2) / 2, |at| {
        let sum = (of(2 * at) + of(2 * at + 1)) as u64;
        if bit(word, 14) { lane(d, log2 + 1, at).wrapping_add(sum) } else { sum }
    })
}

/// XTN, SQXTN, UQXTN, SQXTUN, SHLL.
fn width(fp: &mut Context, word: Word, n: u128, d: u128) -> u128 {
    let (log2, u, opcode) = (bits(word, 23, 22), bit(word, 29), bits(word, 16, 12));
    let is_upper = bit(word, 30) && !bit(word, 28);
    let lanes = if bit(word, 28) { 1 } else { 8 >> log2 };
    if opcode == 0b10011 {
        let n = if is_upper { n >> 64 } else { n };
        return build(log2 + 1, lanes, |at| lane(n, log2, at) << (8 << log2));
    }
    let narrow = build(log2, lanes, |at| {
        let value = lane(n, log2 + 1, at);
        match (opcode, u) {
            (0b10010, false) => value,
            (0b10010, true) => saturate(fp, signed(value, log2 + 1), log2, true),
            _ => saturate(fp, integer(value, log2 + 1, u), log2, u),
        }
    });
    if is_upper { d & u128::from(u64::MAX) | narrow << 64 } else { narrow }
}

/// FCVTN, FCVTXN, FCVTL.
fn float_width(fp: &mut Context, word: Word, n: u128, d: u128) -> u128 {
    let is_upper = bit(word, 30) && !bit(word, 28);
    let log2 = 1 + bits(word, 22, 22);
    let lanes = if bit(word, 28) { 1 } else { 8 >> log2 };
    let (narrow, wide) = if log2 == 1 { (HALF, SINGLE) } else { (SINGLE, DOUBLE) };
    let rounding = if bit(word, 29) { Rounding::Odd } else { fp.rounding() };
    if bits(word, 16, 12) == 0b10111 {
        let n = if is_upper { n >> 64 } else { n };
        return build(log2 + 1, lanes, |at| fp.convert(narrow, wide, lane(n, log2, at), rounding));
    }
    let result = build(log2, lanes, |at| fp.convert(wide, narrow, lane(n, log2 + 1, at), rounding));
    if is_upper { d & u128::from(u64::MAX) | result << 64 } else { result }
}

/// What has a floating-point element as its operand, or as its result.
fn float(fp: &mut Context, word: Word, a: u64) -> u64 {
    let log2 = float_log2(word);
    let (format, width) = (format(log2), 8 << log2);
    let (u, upper, opcode) = (bit(word, 29), bit(word, 23), bits(word, 16, 12));
    match (u, upper, opcode) {
        (false, true, 0b01100) => greater(fp, log2, a, 0),
        (true, true, 0b01100) => greater_or_equal(fp, log2, a, 0),
        (false, true, 0b01101) => truth(fp.compare(format, a, 0, false) == Order::Equal),
        (true, true, 0b01101) => greater_or_equal(fp, log2, 0, a),
        (false, true, 0b01110) => greater(fp, log2, 0, a),
        (false, true, 0b01111) => format.absolute(a),
        (true, true, 0b01111) => format.negate(a),
        (_, _, 0b11000 | 0b11001) => {
            let rounding = match (u, upper, opcode & 1) {
                (false, false, 0) => Rounding::Nearest,
                (false, false, _) => Rounding::Down,
                (false, true, 0) => Rounding::Up,
                (false, true, _) => Rounding::Zero,
                (true, false, 0) => Rounding::Away,
                _ => fp.rounding(),
            };
            fp.integral(format, a, rounding, u && !upper && opcode & 1 != 0)
        }
        (_, _, 0b11010 | 0b11011) => {
            let rounding = match (upper, opcode & 1) {
                (false, 0) => Rounding::Nearest,
                (false, _) => Rounding::Down,
                (true, 0) => Rounding::Up,
                (true, _) => Rounding::Zero,
            };
            fp.to_fixed(format, a, (width, 0, !u), rounding)
        }
        (_, false, 0b11100) => fp.to_fixed(format, a, (width, 0, !u), Rounding::Away),
        (_, false, 0b11101) => fp.from_fixed(format, integer(a, log2, u), 0),
        (false, true, 0b11100) => unsigned_reciprocal(a as u32).into(),
        (true, true, 0b11100) => unsigned_reciprocal_root(a as u32).into(),
        (false, true, 0b11101) => fp.reciprocal_estimate(format, a),
        (true, true, 0b11101) => fp.reciprocal_root_estimate(format, a),
        (false, _, _) => fp.reciprocal_exponent(format, a),
        (true, _, _) => fp.square_root(format, a),
    }
}

/// Advanced SIMD across lanes.
pub mod across {
    use super::*;
    use std::cmp::Ordering;

    fn is_float(word: Word) -> bool {
        matches!(bits(word, 16, 12), 0b01100 | 0b01111)
    }

    /// Is it an instruction?
    pub fn is_allocated(word: Word) -> bool {
        let (size, full, u) = (bits(word, 23, 22), bit(word, 30), bit(word, 29));
        match bits(word, 16, 12) {
            0b01100 | 0b01111 => u && full && size & 1 == 0,
            0b00011 | 0b01010 | 0b11010 => size < 2 || size == 2 && full,
            0b11011 => !u && (size < 2 || size == 2 && full),
            _ => false,
        }
    }

    /// Does it.
    pub fn execute(state: &mut State, word: Word) {
        let (opcode, u, n) = (bits(word, 16, 12), bit(word, 29), v(state, word, 5));
        if is_float(word) {
            let wanted = if bit(word, 23) { Ordering::Less } else { Ordering::Greater };
            let result = with_fp(state, |fp, _| {
                let mut best = |a, b| match opcode {
                    0b01100 => fp.extreme_number(SINGLE, a, b, wanted),
                    _ => fp.extreme(SINGLE, a, b, wanted),
                };
                // Reduce: halves first.
                let low = best(lane(n, 2, 0), lane(n, 2, 1));
                let high = best(lane(n, 2, 2), lane(n, 2, 3));
                best(low, high)
            });
            return set_v(state, word, result.into());
        }
        let log2 = bits(word, 23, 22);
        let all = (0..count(word, log2)).map(|at| integer(lane(n, log2, at), log2, u));
        let (result, log2) = match opcode {
            0b00011 => (all.sum(), log2 + 1),
            0b01010 => (all.max().unwrap_or_default(), log2),
            0b11010 => (all.min().unwrap_or_default(), log2),
            _ => (all.sum::<i128>(), log2),
        };
        set_v(state, word, build(log2, 1, |_| result as u64));
    }
}
