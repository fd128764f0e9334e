//! Advanced SIMD vector x indexed element, and scalar x indexed element: one element of Vm with all of Vn.

use super::different::long;
use super::lanes::{build, count, format, lane, set_v, v, with_fp};
use super::same::double_high;
use crate::state::State;
use crate::word::{Word, bit, bits};

fn is_float(opcode: u32) -> bool {
    matches!(opcode, 0b0001 | 0b0101 | 0b1001)
}

/// Is it an instruction?
pub fn is_allocated(word: Word) -> bool {
    let (opcode, size, u, is_scalar) =
        (bits(word, 15, 12), bits(word, 23, 22), bit(word, 29), bit(word, 28));
    if is_float(opcode) {
        let is_double = size == 3;
        return size >= 2
            && (!u || opcode == 0b1001)
            && !(is_double && (bit(word, 21) || !is_scalar && !bit(word, 30)));
    }
    let is_sized = size == 1 || size == 2;
    match (u, opcode) {
        (false, 0b0011 | 0b0111 | 0b1011..=0b1101) => is_sized,
        (false, 0b1000) | (true, 0b0000 | 0b0100) | (_, 0b0010 | 0b0110 | 0b1010) => {
            is_sized && !is_scalar
        }
        _ => false,
    }
}

/// Does it.
pub fn execute(state: &mut State, word: Word) {
    let (opcode, u) = (bits(word, 15, 12), bit(word, 29));
    let is_double = bits(word, 23, 22) == 3;
    let log2 = bits(word, 23, 22);
    let (h, l, mm) = (bits(word, 11, 11), bits(word, 21, 21), bits(word, 20, 20));
    let (index, register) = match log2 {
        1 => (h << 2 | l << 1 | mm, bits(word, 19, 16)),
        2 => (h << 1 | l, bits(word, 20, 16)),
        _ => (h, bits(word, 20, 16)),
    };
    let (n, d) = (v(state, word, 5), v(state, word, 0));
    let y = lane(state.v[register as usize], log2, index);
    let count = count(word, log2);
    let is_scalar = bit(word, 28);
    let result = with_fp(state, |fp, _| match (opcode, u) {
        (0b0001 | 0b0101 | 0b1001, _) => build(log2, count, |at| {
            let (x, d) = (lane(n, log2, at), lane(d, log2, at));
            let format = format(if is_double { 3 } else { 2 });
            match (opcode, u) {
                (0b0001, _) => fp.multiply_add(format, d, x, y),
                (0b0101, _) => fp.multiply_add(format, d, format.negate(x), y),
                (_, false) => fp.multiply(format, x, y),
                (_, true) => fp.multiply_extended(format, x, y),
            }
        }),
        (0b1000, _) => build(log2, count, |at| lane(n, log2, at).wrapping_mul(y)),
        (0b0000 | 0b0100, _) => build(log2, count, |at| {
            let (product, d) = (lane(n, log2, at).wrapping_mul(y), lane(d, log2, at));
            if opcode == 0 { d.wrapping_add(product) } else { d.wrapping_sub(product) }
        }),
        (0b1100 | 0b1101, _) => {
            build(log2, count, |at| double_high(fp, log2, lane(n, log2, at), y, opcode == 0b1101))
        }
        _ => {
            let n = if bit(word, 30) && !is_scalar { n >> 64 } else { n };
            let lanes = if is_scalar { 1 } else { 8 >> log2 };
            // The codes of "three different" for the same products.
            let opcode = match opcode {
                0b0010 => 0b1000,
                0b0110 => 0b1010,
                0b1010 => 0b1100,
                0b0011 => 0b1001,
                0b0111 => 0b1011,
                _ => 0b1101,
            };
            build(log2 + 1, lanes, |at| {
                let elements = (lane(d, log2 + 1, at), lane(n, log2, at), y);
                long(fp, opcode, u, log2, elements)
            })
        }
    });
    set_v(state, word, result);
}
