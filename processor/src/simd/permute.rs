//! Advanced SIMD permute, extract, and table lookup: ZIP, UZP, TRN, EXT, TBL, TBX.

use super::lanes::{build, count, lane, set_v, v};
use crate::state::State;
use crate::word::{Word, bit, bits};

/// Is ZIP, UZP or TRN an instruction?
pub fn is_allocated(word: Word) -> bool {
    let is_known = matches!(bits(word, 14, 12), 1..=3 | 5..=7);
    is_known && (bit(word, 30) || bits(word, 23, 22) != 3)
}

/// ZIP, UZP, TRN.
pub fn execute(state: &mut State, word: Word) {
    let (log2, part) = (bits(word, 23, 22), bits(word, 14, 14));
    let (n, m) = (v(state, word, 5), v(state, word, 16));
    let count = count(word, log2);
    let of = |odd: u32, at: u32| lane(if odd != 0 { m } else { n }, log2, at);
    let result = match bits(word, 13, 12) {
        1 => build(log2, count, |at| {
            let from = 2 * at + part;
            of(u32::from(from >= count), from % count)
        }),
        2 => build(log2, count, |at| of(at & 1, (at & !1) + part)),
        _ => build(log2, count, |at| of(at & 1, at / 2 + part * count / 2)),
    };
    set_v(state, word, result);
}

/// Is EXT an instruction?
pub fn is_extract(word: Word) -> bool {
    bit(word, 30) || !bit(word, 14)
}

/// EXT.
pub fn extract(state: &mut State, word: Word) {
    let (n, m, from) = (v(state, word, 5), v(state, word, 16), bits(word, 14, 11));
    let bytes = count(word, 0);
    let result = build(0, bytes, |at| match at + from {
        place if place < bytes => lane(n, 0, place),
        place => lane(m, 0, place - bytes),
    });
    set_v(state, word, result);
}

/// TBL and TBX.
pub fn look_up(state: &mut State, word: Word) {
    let first = bits(word, 9, 5);
    let entries = 16 * (bits(word, 14, 13) + 1);
    let (m, d) = (v(state, word, 16), v(state, word, 0));
    let keeps = bit(word, 12);
    let result = build(0, count(word, 0), |at| {
        let index = lane(m, 0, at) as u32;
        match index < entries {
            true => lane(state.v[((first + index / 16) & 31) as usize], 0, index % 16),
            false if keeps => lane(d, 0, at),
            false => 0,
        }
    });
    set_v(state, word, result);
}
