//! Scalar floating point: arithmetic, comparison, conversion, moves.

use super::lanes::{set_v, v, with_fp};
use crate::float::{Context, DOUBLE, Format, HALF, Order, Rounding, SINGLE};
use crate::integer::ones;
use crate::state::{SINK, State, ZERO};
use crate::word::{Word, bit, bits};
use std::cmp::Ordering;

fn format(word: Word) -> Format {
    if bit(word, 22) { DOUBLE } else { SINGLE }
}

/// Single or double: half precision has no arithmetic in ARMv8.0.
pub fn is_single_or_double(word: Word) -> bool {
    !bit(word, 23)
}

fn operand(state: &State, word: Word, low: u32) -> u64 {
    v(state, word, low) as u64 & ones(format(word).size())
}

/// The result of a scalar: the rest of the register is zero.
fn result(state: &mut State, word: Word, work: impl FnOnce(&mut Context, &State) -> u64) {
    let bits = with_fp(state, work);
    set_v(state, word, bits.into());
}

/// Is the word of "floating-point data-processing (1 source)" an instruction?
pub fn is_one_source(word: Word) -> bool {
    let (kind, opcode) = (bits(word, 23, 22), bits(word, 20, 15));
    match opcode {
        0b000100 => kind == 1 || kind == 3,
        0b000101 => kind == 0 || kind == 3,
        0b000111 => kind < 2,
        0..=3 | 8..=12 | 14 | 15 => kind < 2,
        _ => false,
    }
}

/// FMOV, FABS, FNEG, FSQRT, FCVT, FRINT.
pub fn one_source(state: &mut State, word: Word) {
    let opcode = bits(word, 20, 15);
    let from = match bits(word, 23, 22) {
        0 => SINGLE,
        1 => DOUBLE,
        _ => HALF,
    };
    let a = v(state, word, 5) as u64 & ones(from.size());
    result(state, word, |fp, _| match opcode {
        0 => a,
        1 => from.absolute(a),
        2 => from.negate(a),
        3 => fp.square_root(from, a),
        4 => fp.convert(from, SINGLE, a, fp.rounding()),
        5 => fp.convert(from, DOUBLE, a, fp.rounding()),
        7 => fp.convert(from, HALF, a, fp.rounding()),
        _ => {
            let rounding = match opcode & 7 {
                0 => Rounding::Nearest,
                1 => Rounding::Up,
                2 => Rounding::Down,
                3 => Rounding::Zero,
                4 => Rounding::Away,
                _ => fp.rounding(),
            };
            fp.integral(from, a, rounding, opcode == 14)
        }
    });
}

/// Is the word of "(2 source)" an instruction?
pub fn is_two_source(word: Word) -> bool {
    is_single_or_double(word) && bits(word, 15, 12) < 9
}

/// FMUL, FDIV, FADD, FSUB, FMAX, FMIN, FMAXNM, FMINNM, FNMUL.
pub fn two_source(state: &mut State, word: Word) {
    let format = format(word);
    result(state, word, |fp, state| {
        let (a, b) = (operand(state, word, 5), operand(state, word, 16));
        match bits(word, 15, 12) {
            0 => fp.multiply(format, a, b),
            1 => fp.divide(format, a, b),
            2 => fp.add(format, a, b),
            3 => fp.subtract(format, a, b),
            4 => fp.extreme(format, a, b, Ordering::Greater),
            5 => fp.extreme(format, a, b, Ordering::Less),
            6 => fp.extreme_number(format, a, b, Ordering::Greater),
            7 => fp.extreme_number(format, a, b, Ordering::Less),
            _ => format.negate(fp.multiply(format, a, b)),
        }
    });
}

/// FMADD, FMSUB, FNMADD, FNMSUB.
pub fn three_source(state: &mut State, word: Word) {
    let format = format(word);
    let (o1, o0) = (bit(word, 21), bit(word, 15));
    result(state, word, |fp, state| {
        let (a, b, c) =
            (operand(state, word, 5), operand(state, word, 16), operand(state, word, 10));
        let a = if o0 != o1 { format.negate(a) } else { a };
        let c = if o1 { format.negate(c) } else { c };
        fp.multiply_add(format, c, a, b)
    });
}

/// Is the word of "compare" an instruction?
pub fn is_compare(word: Word) -> bool {
    is_single_or_double(word) && bits(word, 2, 0) == 0
}

fn compare_operands(state: &mut State, word: Word, with_zero: bool, signals: bool) {
    let format = format(word);
    let order = with_fp(state, |fp, state| {
        let b = if with_zero { 0 } else { operand(state, word, 16) };
        fp.compare(format, operand(state, word, 5), b, signals)
    });
    state.nzcv = match order {
        Order::Less => 0b1000,
        Order::Equal => 0b0110,
        Order::Greater => 0b0010,
        Order::Unordered => 0b0011,
    } << 28;
}

/// FCMP, FCMPE.
pub fn compare(state: &mut State, word: Word) {
    compare_operands(state, word, bit(word, 3), bit(word, 4));
}

/// FCCMP, FCCMPE.
pub fn compare_if(state: &mut State, word: Word) {
    match state.holds(bits(word, 15, 12) as u8) {
        true => compare_operands(state, word, false, bit(word, 4)),
        false => state.nzcv = bits(word, 3, 0) << 28,
    }
}

/// FCSEL.
pub fn select(state: &mut State, word: Word) {
    let low = if state.holds(bits(word, 15, 12) as u8) { 5 } else { 16 };
    let chosen = operand(state, word, low);
    set_v(state, word, chosen.into());
}

/// FMOV of an immediate.
pub fn immediate(state: &mut State, word: Word) {
    set_v(state, word, format(word).expand(bits(word, 20, 13)).into());
}

fn general(state: &State, word: Word) -> u64 {
    let number = bits(word, 9, 5) as u8;
    state.x(if number == 31 { ZERO } else { number })
}

fn set_general(state: &mut State, word: Word, value: u64) {
    let number = bits(word, 4, 0) as u8;
    let place = if number == 31 { SINK } else { number };
    state.set_x(place, if bit(word, 31) { value } else { value & 0xffff_ffff });
}

fn number(state: &State, word: Word, unsigned: bool) -> i128 {
    let value = general(state, word);
    match (bit(word, 31), unsigned) {
        (true, true) => value.into(),
        (true, false) => (value as i64).into(),
        (false, true) => (value as u32).into(),
        (false, false) => (value as i32).into(),
    }
}

/// Is the word of "conversion between floating-point and integer" an instruction?
pub fn is_integer(word: Word) -> bool {
    let (wide, kind) = (bit(word, 31), bits(word, 23, 22));
    match (bits(word, 20, 19), bits(word, 18, 16)) {
        (0, 6 | 7) => kind == u32::from(wide),
        (1, 6 | 7) => wide && kind == 2,
        (0, _) => kind < 2,
        (_, 0 | 1) => kind < 2,
        _ => false,
    }
}

/// FCVTNS and its kin, SCVTF, UCVTF, FMOV.
pub fn integer(state: &mut State, word: Word) {
    let (mode, opcode) = (bits(word, 20, 19), bits(word, 18, 16));
    let (format, width) = (format(word), if bit(word, 31) { 64 } else { 32 });
    match (mode, opcode) {
        (0, 6) => {
            let value = v(state, word, 5) as u64;
            set_general(state, word, value);
        }
        (0, 7) => {
            let value = general(state, word) & ones(width);
            set_v(state, word, value.into());
        }
        (1, 6) => {
            let value = (v(state, word, 5) >> 64) as u64;
            set_general(state, word, value);
        }
        (1, 7) => {
            let value = u128::from(general(state, word)) << 64;
            let low = v(state, word, 0) & u128::from(u64::MAX);
            set_v(state, word, low | value);
        }
        (_, 2 | 3) => {
            let value = number(state, word, opcode == 3);
            result(state, word, |fp, _| fp.from_fixed(format, value, 0));
        }
        _ => {
            let rounding = match (opcode, mode) {
                (4 | 5, _) => Rounding::Away,
                (_, 0) => Rounding::Nearest,
                (_, 1) => Rounding::Up,
                (_, 2) => Rounding::Down,
                _ => Rounding::Zero,
            };
            let a = operand(state, word, 5);
            let shape = (width, 0, opcode & 1 == 0);
            let value = with_fp(state, |fp, _| fp.to_fixed(format, a, shape, rounding));
            set_general(state, word, value);
        }
    }
}

/// Is the word of "conversion between floating-point and fixed-point" an instruction?
pub fn is_fixed(word: Word) -> bool {
    let is_known = matches!((bits(word, 20, 19), bits(word, 18, 16)), (0, 2 | 3) | (3, 0 | 1));
    is_known && is_single_or_double(word) && (bit(word, 31) || bit(word, 15))
}

/// SCVTF, UCVTF, FCVTZS, FCVTZU with a point.
pub fn fixed(state: &mut State, word: Word) {
    let (format, width) = (format(word), if bit(word, 31) { 64 } else { 32 });
    let (opcode, fraction) = (bits(word, 18, 16), 64 - bits(word, 15, 10));
    if opcode & 2 != 0 {
        let value = number(state, word, opcode == 3);
        return result(state, word, |fp, _| fp.from_fixed(format, value, fraction));
    }
    let a = operand(state, word, 5);
    let shape = (width, fraction, opcode == 0);
    let value = with_fp(state, |fp, _| fp.to_fixed(format, a, shape, Rounding::Zero));
    set_general(state, word, value);
}
