//! DDI 0487, C4.1, Data Processing -- Immediate.

use super::{Table, rd, rd_or_sp, read, rn, rn_or_sp, write};
use crate::encoding::Row;
use crate::integer::bit_mask;
use crate::op::{Mask, Op};
use crate::word::{Word, bit, bits, signed_bits};

pub const TABLES: &[Table] = &[
    Table {
        title: "PC-rel. addressing",
        rows: &[
            Row::new("0ii10000iiiiiiiiiiiiiiiiiiiddddd", "ADR", adr),
            Row::new("1ii10000iiiiiiiiiiiiiiiiiiiddddd", "ADRP", adrp),
        ],
    },
    Table {
        title: "Add/subtract (immediate)",
        rows: &[Row::new(
            "soo100010hiiiiiiiiiiiinnnnnddddd",
            "ADD, ADDS, SUB, SUBS (immediate)",
            add,
        )],
    },
    Table {
        title: "Logical (immediate)",
        rows: &[Row::new(
            "soo100100Nrrrrrrssssssnnnnnddddd",
            "AND, ORR, EOR, ANDS (immediate)",
            logical,
        )],
    },
    Table {
        title: "Move wide (immediate)",
        rows: &[Row::new("soo100101hhiiiiiiiiiiiiiiiiddddd", "MOVN, MOVZ, MOVK", move_wide)],
    },
    Table {
        title: "Bitfield",
        rows: &[Row::new("soo100110Nrrrrrrssssssnnnnnddddd", "SBFM, BFM, UBFM", bitfield)],
    },
    Table {
        title: "Extract",
        rows: &[Row::new("s00100111N0mmmmmiiiiiinnnnnddddd", "EXTR", extract)],
    },
];

fn page_relative(word: Word) -> i64 {
    signed_bits(word, 23, 5) << 2 | i64::from(bits(word, 30, 29))
}

fn adr(word: Word) -> Op {
    Op::Address { d: rd(word), offset: page_relative(word) }
}

fn adrp(word: Word) -> Op {
    Op::PageAddress { d: rd(word), offset: page_relative(word) << 12 }
}

fn add(word: Word) -> Op {
    let (wide, subtract, set_flags) = (bit(word, 31), bit(word, 30), bit(word, 29));
    let value = bits(word, 21, 10) << (12 * bits(word, 22, 22));
    let n = rn_or_sp(word);
    let d = if set_flags { rd(word) } else { rd_or_sp(word) };
    match (set_flags, subtract, wide) {
        (false, false, true) => Op::AddImmediate64 { d, n, value: u64::from(value) },
        (false, true, true) => Op::AddImmediate64 { d, n, value: u64::from(value).wrapping_neg() },
        (false, false, false) => Op::AddImmediate32 { d, n, value },
        (false, true, false) => Op::AddImmediate32 { d, n, value: value.wrapping_neg() },
        (true, false, _) => Op::AddsImmediate { d, n, wide, value },
        (true, true, true) => Op::SubsImmediate64 { d, n, value },
        (true, true, false) => Op::SubsImmediate32 { d, n, value },
    }
}

fn logical(word: Word) -> Op {
    let wide = bit(word, 31);
    let mask = bit_mask(bits(word, 22, 22), bits(word, 15, 10), bits(word, 21, 16), wide);
    let Some(bits_of_mask) = mask else { return Op::Undefined(word) };
    let (n, value) = (rn(word), Mask::new(bits_of_mask));
    match bits(word, 30, 29) {
        0 => Op::AndImmediate { d: rd_or_sp(word), n, value: bits_of_mask },
        1 => Op::OrImmediate { d: rd_or_sp(word), n, wide, value },
        2 => Op::XorImmediate { d: rd_or_sp(word), n, wide, value },
        _ => Op::AndsImmediate { d: rd(word), n, wide, value },
    }
}

fn move_wide(word: Word) -> Op {
    let (wide, half) = (bit(word, 31), bits(word, 22, 21));
    if !wide && half > 1 {
        return Op::Undefined(word);
    }
    let value = u64::from(bits(word, 20, 5)) << (16 * half);
    let d = rd(word);
    match (bits(word, 30, 29), wide) {
        (0, true) => Op::Move { d, value: !value },
        (0, false) => Op::Move { d, value: u64::from(!value as u32) },
        (2, _) => Op::Move { d, value },
        (3, _) if d == write(31) => Op::Nothing,
        (3, _) => {
            Op::MoveKeepBits { d, wide, shift: 16 * half as u8, value: bits(word, 20, 5) as u16 }
        }
        _ => Op::Undefined(word),
    }
}

fn bitfield(word: Word) -> Op {
    let wide = bit(word, 31);
    let (r, s) = (bits(word, 21, 16), bits(word, 15, 10));
    if bit(word, 22) != wide || (!wide && (r > 31 || s > 31)) {
        return Op::Undefined(word);
    }
    let size = if wide { 64 } else { 32 };
    let (from, to, width) = if s >= r { (r, 0, s - r + 1) } else { (0, size - r, s + 1) };
    let (d, n) = (rd(word), rn(word));
    let (from, to, width) = (from as u8, to as u8, width as u8);
    match bits(word, 30, 29) {
        0 => Op::SignedField { d, n, from, to, width, wide },
        // Of XZR nothing is kept that could be read: places for reading and writing are two.
        1 if d == write(31) => Op::Nothing,
        1 => Op::InsertField { d, n, from, to, width, wide },
        2 => Op::UnsignedField { d, n, from, to, width },
        _ => Op::Undefined(word),
    }
}

fn extract(word: Word) -> Op {
    let (wide, lsb) = (bit(word, 31), bits(word, 15, 10) as u8);
    if bit(word, 22) != wide || (!wide && lsb > 31) {
        return Op::Undefined(word);
    }
    Op::Extract { d: rd(word), n: rn(word), m: read(bits(word, 20, 16)), lsb, wide }
}
