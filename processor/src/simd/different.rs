//! Advanced SIMD three different, vector and scalar, and vector x indexed element where it is as wide: results twice as
//! wide as operands, or half as wide.

use super::lanes::{build, integer, lane, saturate, set_v, signed, v, with_fp};
use super::same::polynomial;
use crate::float::Context;
use crate::state::State;
use crate::word::{Word, bit, bits};

/// Is it an instruction?
pub fn is_allocated(word: Word) -> bool {
    let (opcode, size) = (bits(word, 15, 12), bits(word, 23, 22));
    let is_saturating = matches!(opcode, 0b1001 | 0b1011 | 0b1101);
    match opcode {
        _ if size == 3 => false,
        _ if is_saturating => size > 0 && !bit(word, 29),
        _ if bit(word, 28) => false,
        0b1110 => size == 0 && !bit(word, 29),
        0b1111 => false,
        _ => true,
    }
}

/// A product and its kin: long results.
pub fn long(
    fp: &mut Context,
    opcode: u32,
    unsigned: bool,
    log2: u32,
    (d, a, b): (u64, u64, u64),
) -> u64 {
    let (x, y) = (integer(a, log2, unsigned), integer(b, log2, unsigned));
    match opcode {
        0b0000 => (x + y) as u64,
        0b0010 => (x - y) as u64,
        0b0101 => d.wrapping_add((x - y).unsigned_abs() as u64),
        0b0111 => (x - y).unsigned_abs() as u64,
        0b1000 => d.wrapping_add((x * y) as u64),
        0b1010 => d.wrapping_sub((x * y) as u64),
        0b1100 => (x * y) as u64,
        0b1110 => polynomial(a, b),
        _ => {
            let product = saturate(fp, 2 * x * y, log2 + 1, false);
            let (sum, product) = (signed(d, log2 + 1), signed(product, log2 + 1));
            match opcode {
                0b1001 => saturate(fp, sum + product, log2 + 1, false),
                0b1011 => saturate(fp, sum - product, log2 + 1, false),
                _ => product as u64,
            }
        }
    }
}

/// Does it.
pub fn execute(state: &mut State, word: Word) {
    let (opcode, log2, unsigned) = (bits(word, 15, 12), bits(word, 23, 22), bit(word, 29));
    let (n, m, d) = (v(state, word, 5), v(state, word, 16), v(state, word, 0));
    let is_scalar = bit(word, 28);
    let wide = log2 + 1;
    let is_upper = bit(word, 30) && !is_scalar;
    // The second half of the narrow operands is where a "2" in the name says so.
    let half = |v: u128| if is_upper { v >> 64 } else { v };
    let lanes = if is_scalar { 1 } else { 8 >> log2 };
    let result = match opcode {
        0b0001 | 0b0011 => {
            let m = half(m);
            build(wide, lanes, |at| {
                let y = integer(lane(m, log2, at), log2, unsigned) as u64;
                let x = lane(n, wide, at);
                if opcode == 1 { x.wrapping_add(y) } else { x.wrapping_sub(y) }
            })
        }
        0b0100 | 0b0110 => {
            let width = 8 << log2;
            let rounding = if unsigned { 1 << (width - 1) } else { 0 };
            let narrow = build(log2, lanes, |at| {
                let (x, y) = (lane(n, wide, at), lane(m, wide, at));
                let sum = if opcode == 4 { x.wrapping_add(y) } else { x.wrapping_sub(y) };
                sum.wrapping_add(rounding) >> width
            });
            if is_upper { d & u128::from(u64::MAX) | narrow << 64 } else { narrow }
        }
        _ => {
            let (n, m) = (half(n), half(m));
            with_fp(state, |fp, _| {
                build(wide, lanes, |at| {
                    let elements = (lane(d, wide, at), lane(n, log2, at), lane(m, log2, at));
                    long(fp, opcode, unsigned, log2, elements)
                })
            })
        }
    };
    set_v(state, word, result);
}
