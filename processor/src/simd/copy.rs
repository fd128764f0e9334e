//! Advanced SIMD copy, scalar copy, and modified immediate: DUP, INS, SMOV, UMOV, MOVI and its kin.

use super::lanes::{build, count, lane, set_v, signed, v};
use crate::float::{DOUBLE, SINGLE};
use crate::integer::ones;
use crate::state::{SINK, State, ZERO};
use crate::word::{Word, bit, bits};

/// log2 of an element's size, by the lowest bit that is set in imm5, and its index.
fn element(word: Word) -> (u32, u32) {
    let imm5 = bits(word, 20, 16);
    let log2 = imm5.trailing_zeros();
    (log2, imm5 >> (log2 + 1).min(31))
}

/// Is it an instruction?
pub fn is_allocated(word: Word) -> bool {
    let (log2, _) = element(word);
    let (full, opcode) = (bit(word, 30), bits(word, 14, 11));
    if log2 > 3 {
        return false;
    }
    match (bit(word, 28), bit(word, 29), opcode) {
        (true, false, 0) => true,
        (true, ..) => false,
        (_, true, _) | (_, _, 0b0011) => full,
        (_, _, 0b0000 | 0b0001) => full || log2 < 3,
        (_, _, 0b0101) => {
            if full {
                log2 < 3
            } else {
                log2 < 2
            }
        }
        (_, _, 0b0111) => full == (log2 == 3),
        _ => false,
    }
}

/// A general register as an operand.
fn general(state: &State, word: Word) -> u64 {
    let number = bits(word, 9, 5) as u8;
    state.x(if number == 31 { ZERO } else { number })
}

/// Does it.
pub fn execute(state: &mut State, word: Word) {
    let ((log2, index), opcode) = (element(word), bits(word, 14, 11));
    let (n, d) = (v(state, word, 5), v(state, word, 0));
    let insert = |value: u64| {
        let shift = index * (8 << log2);
        let mask = u128::from(ones(8 << log2)) << shift;
        d & !mask | u128::from(value) << shift & mask
    };
    let target = bits(word, 4, 0) as u8;
    let target = if target == 31 { SINK } else { target };
    match (bit(word, 29) && !bit(word, 28), opcode) {
        (true, from) => {
            let value = lane(n, log2, from >> log2);
            set_v(state, word, insert(value));
        }
        (_, 0b0000) => {
            let value = lane(n, log2, index);
            set_v(state, word, build(log2, count(word, log2), |_| value));
        }
        (_, 0b0001) => {
            let value = general(state, word);
            set_v(state, word, build(log2, count(word, log2), |_| value));
        }
        (_, 0b0011) => {
            let value = general(state, word);
            set_v(state, word, insert(value));
        }
        (_, 0b0101) => {
            let value = signed(lane(n, log2, index), log2) as u64;
            state.set_x(target, if bit(word, 30) { value } else { value & 0xffff_ffff });
        }
        _ => state.set_x(target, lane(n, log2, index)),
    }
}

/// Advanced SIMD modified immediate.
pub mod immediate {
    use super::*;

    /// Is it an instruction?
    pub fn is_allocated(word: Word) -> bool {
        // FMOV of a double is for 128 bits only.
        !(bits(word, 15, 12) == 15 && bit(word, 29) && !bit(word, 30))
    }

    /// AdvSIMDExpandImm.
    fn expand(word: Word) -> u64 {
        let imm = bits(word, 18, 16) << 5 | bits(word, 9, 5);
        let wide = u64::from(imm);
        let twice = |word: u64| word | word << 32;
        match (bits(word, 15, 12), bit(word, 29)) {
            (cmode @ 0..=7, _) => twice(wide << (8 * (cmode >> 1))),
            (cmode @ 8..=11, _) => (wide << (8 * (cmode >> 1 & 1))) * 0x0001_0001_0001_0001,
            (12, _) => twice(wide << 8 | 0xff),
            (13, _) => twice(wide << 16 | 0xffff),
            (14, false) => wide * 0x0101_0101_0101_0101,
            (14, true) => (0..8).filter(|at| imm >> at & 1 != 0).map(|at| 0xff << (8 * at)).sum(),
            (_, false) => twice(SINGLE.expand(imm)),
            (_, true) => DOUBLE.expand(imm),
        }
    }

    /// Does it.
    pub fn execute(state: &mut State, word: Word) {
        let value = expand(word);
        let value = u128::from(value) | u128::from(value) << 64;
        let (cmode, inverts, d) = (bits(word, 15, 12), bit(word, 29), v(state, word, 0));
        let changes = cmode & 1 != 0 && cmode < 12;
        let result = match (changes, inverts) {
            (true, false) => d | value,
            (true, true) => d & !value,
            (false, true) if cmode < 14 => !value,
            (false, _) => value,
        };
        let mask = if bit(word, 30) { u128::MAX } else { u64::MAX.into() };
        set_v(state, word, result & mask);
    }
}
