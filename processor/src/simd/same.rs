//! Advanced SIMD three same, vector and scalar: an element of the result from the elements at the same place.

use super::lanes::{
    build, count, float_log2, format, lane, saturate, set_v, signed, truth, v, with_fp,
};
use crate::float::{Context, Order};
use crate::state::State;
use crate::word::{Word, bit, bits};
use std::cmp::Ordering;

/// The destination's element, the operands' elements, the log2 of their size.
type Element = fn(&mut Context, u32, u64, u64, u64) -> u64;

/// What is done to elements.
#[derive(Clone, Copy)]
struct Operation {
    element: Element,
    /// Neighbours are the operands, of Vn and then of Vm.
    pairwise: bool,
    /// The bits of size that are allowed, of vectors and of scalars: 1 for bytes to 8 for doublewords.
    sizes: u32,
    scalar: u32,
}

const ALL: u32 = 15;
const UP_TO_WORDS: u32 = 7;
const DOUBLEWORDS: u32 = 8;
const FLOATS: u32 = 12;

const fn op(element: Element, sizes: u32, scalar: u32) -> Option<Operation> {
    Some(Operation { element, pairwise: false, sizes, scalar })
}

const fn pairs(element: Element, sizes: u32) -> Option<Operation> {
    Some(Operation { element, pairwise: true, sizes, scalar: 0 })
}

/// By U, opcode, and for floating point the upper bit of size.
fn operation(word: Word) -> Option<Operation> {
    match (bits(word, 29, 29), bits(word, 15, 11)) {
        (0, 0b00000) => {
            op(|_, l, _, a, b| ((signed(a, l) + signed(b, l)) >> 1) as u64, UP_TO_WORDS, 0)
        }
        (1, 0b00000) => {
            op(|_, _, _, a, b| ((u128::from(a) + u128::from(b)) >> 1) as u64, UP_TO_WORDS, 0)
        }
        (0, 0b00001) => {
            op(|fp, l, _, a, b| saturate(fp, signed(a, l) + signed(b, l), l, false), ALL, ALL)
        }
        (1, 0b00001) => {
            op(|fp, l, _, a, b| saturate(fp, i128::from(a) + i128::from(b), l, true), ALL, ALL)
        }
        (0, 0b00010) => {
            op(|_, l, _, a, b| ((signed(a, l) + signed(b, l) + 1) >> 1) as u64, UP_TO_WORDS, 0)
        }
        (1, 0b00010) => {
            op(|_, _, _, a, b| ((u128::from(a) + u128::from(b) + 1) >> 1) as u64, UP_TO_WORDS, 0)
        }
        (0, 0b00100) => {
            op(|_, l, _, a, b| ((signed(a, l) - signed(b, l)) >> 1) as u64, UP_TO_WORDS, 0)
        }
        (1, 0b00100) => {
            op(|_, _, _, a, b| ((i128::from(a) - i128::from(b)) >> 1) as u64, UP_TO_WORDS, 0)
        }
        (0, 0b00101) => {
            op(|fp, l, _, a, b| saturate(fp, signed(a, l) - signed(b, l), l, false), ALL, ALL)
        }
        (1, 0b00101) => {
            op(|fp, l, _, a, b| saturate(fp, i128::from(a) - i128::from(b), l, true), ALL, ALL)
        }
        (0, 0b00110) => op(|_, l, _, a, b| truth(signed(a, l) > signed(b, l)), ALL, DOUBLEWORDS),
        (1, 0b00110) => op(|_, _, _, a, b| truth(a > b), ALL, DOUBLEWORDS),
        (0, 0b00111) => op(|_, l, _, a, b| truth(signed(a, l) >= signed(b, l)), ALL, DOUBLEWORDS),
        (1, 0b00111) => op(|_, _, _, a, b| truth(a >= b), ALL, DOUBLEWORDS),
        (0, 0b01000) => op(|_, l, _, a, b| shift(signed(a, l), b, false) as u64, ALL, DOUBLEWORDS),
        (1, 0b01000) => op(|_, _, _, a, b| shift(a.into(), b, false) as u64, ALL, DOUBLEWORDS),
        (0, 0b01001) => {
            op(|fp, l, _, a, b| saturate(fp, shift(signed(a, l), b, false), l, false), ALL, ALL)
        }
        (1, 0b01001) => {
            op(|fp, l, _, a, b| saturate(fp, shift(a.into(), b, false), l, true), ALL, ALL)
        }
        (0, 0b01010) => op(|_, l, _, a, b| shift(signed(a, l), b, true) as u64, ALL, DOUBLEWORDS),
        (1, 0b01010) => op(|_, _, _, a, b| shift(a.into(), b, true) as u64, ALL, DOUBLEWORDS),
        (0, 0b01011) => {
            op(|fp, l, _, a, b| saturate(fp, shift(signed(a, l), b, true), l, false), ALL, ALL)
        }
        (1, 0b01011) => {
            op(|fp, l, _, a, b| saturate(fp, shift(a.into(), b, true), l, true), ALL, ALL)
        }
        (0, 0b01100) => op(|_, l, _, a, b| signed(a, l).max(signed(b, l)) as u64, UP_TO_WORDS, 0),
        (1, 0b01100) => op(|_, _, _, a, b| a.max(b), UP_TO_WORDS, 0),
        (0, 0b01101) => op(|_, l, _, a, b| signed(a, l).min(signed(b, l)) as u64, UP_TO_WORDS, 0),
        (1, 0b01101) => op(|_, _, _, a, b| a.min(b), UP_TO_WORDS, 0),
        (0, 0b01110) => {
            op(|_, l, _, a, b| (signed(a, l) - signed(b, l)).unsigned_abs() as u64, UP_TO_WORDS, 0)
        }
        (1, 0b01110) => op(|_, _, _, a, b| a.abs_diff(b), UP_TO_WORDS, 0),
        (0, 0b01111) => op(
            |_, l, d, a, b| d.wrapping_add((signed(a, l) - signed(b, l)).unsigned_abs() as u64),
            UP_TO_WORDS,
            0,
        ),
        (1, 0b01111) => op(|_, _, d, a, b| d.wrapping_add(a.abs_diff(b)), UP_TO_WORDS, 0),
        (0, 0b10000) => op(|_, _, _, a, b| a.wrapping_add(b), ALL, DOUBLEWORDS),
        (1, 0b10000) => op(|_, _, _, a, b| a.wrapping_sub(b), ALL, DOUBLEWORDS),
        (0, 0b10001) => op(|_, _, _, a, b| truth(a & b != 0), ALL, DOUBLEWORDS),
        (1, 0b10001) => op(|_, _, _, a, b| truth(a == b), ALL, DOUBLEWORDS),
        (0, 0b10010) => op(|_, _, d, a, b| d.wrapping_add(a.wrapping_mul(b)), UP_TO_WORDS, 0),
        (1, 0b10010) => op(|_, _, d, a, b| d.wrapping_sub(a.wrapping_mul(b)), UP_TO_WORDS, 0),
        (0, 0b10011) => op(|_, _, _, a, b| a.wrapping_mul(b), UP_TO_WORDS, 0),
        (1, 0b10011) => op(|_, _, _, a, b| polynomial(a, b), 1, 0),
        (0, 0b10100) => pairs(|_, l, _, a, b| signed(a, l).max(signed(b, l)) as u64, UP_TO_WORDS),
        (1, 0b10100) => pairs(|_, _, _, a, b| a.max(b), UP_TO_WORDS),
        (0, 0b10101) => pairs(|_, l, _, a, b| signed(a, l).min(signed(b, l)) as u64, UP_TO_WORDS),
        (1, 0b10101) => pairs(|_, _, _, a, b| a.min(b), UP_TO_WORDS),
        (0, 0b10110) => op(|fp, l, _, a, b| double_high(fp, l, a, b, false), 6, 6),
        (1, 0b10110) => op(|fp, l, _, a, b| double_high(fp, l, a, b, true), 6, 6),
        (0, 0b10111) => pairs(|_, _, _, a, b| a.wrapping_add(b), ALL),
        (u, opcode @ 0b11000..) => float(u, bits(word, 23, 23), opcode),
        _ => None,
    }
}

/// The floating-point operations: U, the upper bit of size, opcode.
fn float(u: u32, upper: u32, opcode: u32) -> Option<Operation> {
    match (u, upper, opcode) {
        (0, 0, 0b11000) => {
            op(|fp, l, _, a, b| fp.extreme_number(format(l), a, b, Ordering::Greater), FLOATS, 0)
        }
        (0, 1, 0b11000) => {
            op(|fp, l, _, a, b| fp.extreme_number(format(l), a, b, Ordering::Less), FLOATS, 0)
        }
        (0, 0, 0b11001) => op(|fp, l, d, a, b| fp.multiply_add(format(l), d, a, b), FLOATS, 0),
        (0, 1, 0b11001) => {
            op(|fp, l, d, a, b| fp.multiply_add(format(l), d, format(l).negate(a), b), FLOATS, 0)
        }
        (0, 0, 0b11010) => op(|fp, l, _, a, b| fp.add(format(l), a, b), FLOATS, 0),
        (0, 1, 0b11010) => op(|fp, l, _, a, b| fp.subtract(format(l), a, b), FLOATS, 0),
        (0, 0, 0b11011) => {
            op(|fp, l, _, a, b| fp.multiply_extended(format(l), a, b), FLOATS, FLOATS)
        }
        (0, 0, 0b11100) => op(
            |fp, l, _, a, b| truth(fp.compare(format(l), a, b, false) == Order::Equal),
            FLOATS,
            FLOATS,
        ),
        (0, 0, 0b11110) => {
            op(|fp, l, _, a, b| fp.extreme(format(l), a, b, Ordering::Greater), FLOATS, 0)
        }
        (0, 1, 0b11110) => {
            op(|fp, l, _, a, b| fp.extreme(format(l), a, b, Ordering::Less), FLOATS, 0)
        }
        (0, 0, 0b11111) => op(|fp, l, _, a, b| fp.reciprocal_step(format(l), a, b), FLOATS, FLOATS),
        (0, 1, 0b11111) => op(|fp, l, _, a, b| fp.root_step(format(l), a, b), FLOATS, FLOATS),
        (1, 0, 0b11000) => {
            pairs(|fp, l, _, a, b| fp.extreme_number(format(l), a, b, Ordering::Greater), FLOATS)
        }
        (1, 1, 0b11000) => {
            pairs(|fp, l, _, a, b| fp.extreme_number(format(l), a, b, Ordering::Less), FLOATS)
        }
        (1, 0, 0b11010) => pairs(|fp, l, _, a, b| fp.add(format(l), a, b), FLOATS),
        (1, 1, 0b11010) => {
            op(|fp, l, _, a, b| format(l).absolute(fp.subtract(format(l), a, b)), FLOATS, FLOATS)
        }
        (1, 0, 0b11011) => op(|fp, l, _, a, b| fp.multiply(format(l), a, b), FLOATS, 0),
        (1, 0, 0b11100) => op(|fp, l, _, a, b| greater_or_equal(fp, l, a, b), FLOATS, FLOATS),
        (1, 1, 0b11100) => op(|fp, l, _, a, b| greater(fp, l, a, b), FLOATS, FLOATS),
        (1, 0, 0b11101) => op(
            |fp, l, _, a, b| greater_or_equal(fp, l, format(l).absolute(a), format(l).absolute(b)),
            FLOATS,
            FLOATS,
        ),
        (1, 1, 0b11101) => op(
            |fp, l, _, a, b| greater(fp, l, format(l).absolute(a), format(l).absolute(b)),
            FLOATS,
            FLOATS,
        ),
        (1, 0, 0b11110) => {
            pairs(|fp, l, _, a, b| fp.extreme(format(l), a, b, Ordering::Greater), FLOATS)
        }
        (1, 1, 0b11110) => {
            pairs(|fp, l, _, a, b| fp.extreme(format(l), a, b, Ordering::Less), FLOATS)
        }
        (1, 0, 0b11111) => op(|fp, l, _, a, b| fp.divide(format(l), a, b), FLOATS, 0),
        _ => None,
    }
}

/// FCMGE of elements.
pub fn greater_or_equal(fp: &mut Context, log2: u32, a: u64, b: u64) -> u64 {
    truth(matches!(fp.compare(format(log2), a, b, true), Order::Greater | Order::Equal))
}

/// FCMGT of elements.
pub fn greater(fp: &mut Context, log2: u32, a: u64, b: u64) -> u64 {
    truth(fp.compare(format(log2), a, b, true) == Order::Greater)
}

/// To the left by the lowest byte of `by`, which has a sign; to the right it may round.
fn shift(value: i128, by: u64, rounds: bool) -> i128 {
    let by = i32::from(by as i8);
    match by {
        // Beyond 64 bits nothing changes any more, but that it is too much.
        0.. if value == 0 => 0,
        0..=63 => value << by,
        64.. => value.signum() << 126,
        _ => {
            let by = by.unsigned_abs().min(120);
            let half = if rounds { 1 << (by - 1) } else { 0 };
            (value + half) >> by
        }
    }
}

/// Carry-less product of bytes.
pub fn polynomial(a: u64, b: u64) -> u64 {
    (0..8).filter(|at| b >> at & 1 != 0).fold(0, |sum, at| sum ^ a << at)
}

/// SQDMULH and SQRDMULH: the upper half of twice the product.
pub fn double_high(fp: &mut Context, log2: u32, a: u64, b: u64, rounds: bool) -> u64 {
    let width = 8 << log2;
    let half = if rounds { 1 << (width - 1) } else { 0 };
    saturate(fp, (2 * signed(a, log2) * signed(b, log2) + half) >> width, log2, false)
}

fn log2_of(word: Word) -> u32 {
    match bits(word, 15, 14) {
        3 => float_log2(word),
        _ => bits(word, 23, 22),
    }
}

/// AND and its kin look at no elements.
fn is_bitwise(word: Word) -> bool {
    bits(word, 15, 11) == 0b00011 && !bit(word, 28)
}

/// Is it an instruction?
pub fn is_allocated(word: Word) -> bool {
    if is_bitwise(word) {
        return true;
    }
    let log2 = log2_of(word);
    let is_single_double = log2 == 3 && !bit(word, 30);
    operation(word).is_some_and(|operation| match bit(word, 28) {
        true => operation.scalar >> log2 & 1 != 0,
        false => operation.sizes >> log2 & 1 != 0 && !is_single_double,
    })
}

/// Does it.
pub fn execute(state: &mut State, word: Word) {
    let (n, m, d) = (v(state, word, 5), v(state, word, 16), v(state, word, 0));
    if is_bitwise(word) {
        let result = match (bits(word, 29, 29), bits(word, 23, 22)) {
            (0, 0) => n & m,
            (0, 1) => n & !m,
            (0, 2) => n | m,
            (0, _) => n | !m,
            (1, 0) => n ^ m,
            (1, 1) => d & n | !d & m,
            (1, 2) => d & !m | n & m,
            _ => d & m | n & !m,
        };
        let mask = if bit(word, 30) { u128::MAX } else { u64::MAX.into() };
        return set_v(state, word, result & mask);
    }
    let Some(Operation { element, pairwise, .. }) = operation(word) else { return };
    let log2 = log2_of(word);
    let count = count(word, log2);
    let result = with_fp(state, |fp, _| {
        build(log2, count, |at| {
            let (a, b) = if pairwise {
                let (from, at) = if 2 * at < count { (n, 2 * at) } else { (m, 2 * at - count) };
                (lane(from, log2, at), lane(from, log2, at + 1))
            } else {
                (lane(n, log2, at), lane(m, log2, at))
            };
            element(fp, log2, lane(d, log2, at), a, b)
        })
    });
    set_v(state, word, result);
}

/// Advanced SIMD scalar pairwise.
pub mod pairwise {
    use super::*;

    fn element(word: Word) -> Option<Element> {
        match (bit(word, 29), bit(word, 23), bits(word, 16, 12)) {
            (false, true, 0b11011) if bit(word, 22) => Some(|_, _, _, a, b| a.wrapping_add(b)),
            (true, upper, 0b01100) => Some(match upper {
                false => |fp, l, _, a, b| fp.extreme_number(format(l), a, b, Ordering::Greater),
                true => |fp, l, _, a, b| fp.extreme_number(format(l), a, b, Ordering::Less),
            }),
            (true, false, 0b01101) => Some(|fp, l, _, a, b| fp.add(format(l), a, b)),
            (true, upper, 0b01111) => Some(match upper {
                false => |fp, l, _, a, b| fp.extreme(format(l), a, b, Ordering::Greater),
                true => |fp, l, _, a, b| fp.extreme(format(l), a, b, Ordering::Less),
            }),
            _ => None,
        }
    }

    /// Is it an instruction?
    pub fn is_allocated(word: Word) -> bool {
        element(word).is_some()
    }

    /// Does it.
    pub fn execute(state: &mut State, word: Word) {
        let Some(element) = element(word) else { return };
        let (log2, n) = (float_log2(word), v(state, word, 5));
        let result = with_fp(state, |fp, _| {
            element(fp, log2, 0, lane(n, log2, 0), lane(n, log2, 1))
                & crate::integer::ones(8 << log2)
        });
        set_v(state, word, result.into());
    }
}
