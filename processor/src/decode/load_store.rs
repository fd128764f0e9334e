//! DDI 0487, C4.1, Loads and Stores.

use super::{Table, or_sp, read, rm, rn_or_sp, write};
use crate::encoding::Row;
use crate::op::{Exclusive, ExclusiveKind, Mode, Op, Piece, Step, Structures, Width};
use crate::word::{Word, bit, bits, signed_bits};

pub const TABLES: &[Table] = &[
    Table {
        title: "Advanced SIMD load/store multiple structures",
        rows: &[
            Row::new(
                "0Q0011000L000000ooooSSnnnnnttttt",
                "LD1 to LD4, ST1 to ST4 (multiple)",
                multiple,
            ),
            Row::new(
                "0Q0011001L0mmmmmooooSSnnnnnttttt",
                "LD1 to LD4, ST1 to ST4 (multiple, post-index)",
                multiple,
            ),
        ],
    },
    Table {
        title: "Advanced SIMD load/store single structure",
        rows: &[
            Row::new(
                "0Q0011010LR00000oooSssnnnnnttttt",
                "LD1 to LD4R, ST1 to ST4 (single)",
                single,
            ),
            Row::new(
                "0Q0011011LRmmmmmoooSssnnnnnttttt",
                "LD1 to LD4R, ST1 to ST4 (single, post-index)",
                single,
            ),
        ],
    },
    Table {
        title: "Load/store exclusive",
        rows: &[Row::new(
            "ss001000oLPsssssouuuuunnnnnttttt",
            "LDXR, STXR, LDXP, STXP, LDAR, STLR",
            exclusive,
        )],
    },
    Table {
        title: "Load register (literal)",
        rows: &[
            Row::new("00011000iiiiiiiiiiiiiiiiiiittttt", "LDR (literal)", literal),
            Row::new("01011000iiiiiiiiiiiiiiiiiiittttt", "LDR (literal, 64-bit)", literal),
            Row::new("10011000iiiiiiiiiiiiiiiiiiittttt", "LDRSW (literal)", literal),
            Row::new("11011000iiiiiiiiiiiiiiiiiiittttt", "PRFM (literal)", |_| Op::Nothing),
            Row::new("oo011100iiiiiiiiiiiiiiiiiiittttt", "LDR (literal, SIMD&FP)", literal_vector),
        ],
    },
    Table {
        title: "Load/store register pair",
        rows: &[
            Row::new("oo10100mmLiiiiiiiuuuuunnnnnttttt", "LDP, STP, LDPSW, LDNP, STNP", pair),
            Row::new(
                "oo10110mmLiiiiiiiuuuuunnnnnttttt",
                "LDP, STP, LDNP, STNP (SIMD&FP)",
                pair_vector,
            ),
        ],
    },
    Table {
        title: "Load/store register (unscaled immediate, post-indexed, pre-indexed)",
        rows: &[
            Row::new("ss111000oo0iiiiiiiii00nnnnnttttt", "LDUR, STUR", unscaled),
            Row::new("ss111000oo0iiiiiiiii01nnnnnttttt", "LDR, STR (post-indexed)", unscaled),
            Row::new("ss111000oo0iiiiiiiii10nnnnnttttt", "LDTR, STTR", unscaled),
            Row::new("ss111000oo0iiiiiiiii11nnnnnttttt", "LDR, STR (pre-indexed)", unscaled),
            Row::new("ss111100oo0iiiiiiiii00nnnnnttttt", "LDUR, STUR (SIMD&FP)", unscaled_vector),
            Row::new(
                "ss111100oo0iiiiiiiii01nnnnnttttt",
                "LDR, STR (post-indexed, SIMD&FP)",
                unscaled_vector,
            ),
            Row::new(
                "ss111100oo0iiiiiiiii11nnnnnttttt",
                "LDR, STR (pre-indexed, SIMD&FP)",
                unscaled_vector,
            ),
        ],
    },
    Table {
        title: "Load/store register (register offset)",
        rows: &[
            Row::new("ss111000oo1mmmmmeeeS10nnnnnttttt", "LDR, STR (register)", by_register),
            Row::new(
                "ss111100oo1mmmmmeeeS10nnnnnttttt",
                "LDR, STR (register, SIMD&FP)",
                by_register_vector,
            ),
        ],
    },
    Table {
        title: "Load/store register (unsigned immediate)",
        rows: &[
            Row::new("ss111001ooiiiiiiiiiiiinnnnnttttt", "LDR, STR (immediate)", scaled),
            Row::new(
                "ss111101ooiiiiiiiiiiiinnnnnttttt",
                "LDR, STR (immediate, SIMD&FP)",
                scaled_vector,
            ),
        ],
    },
];

/// Rt as a target.
fn target(word: Word) -> u8 {
    write(bits(word, 4, 0))
}

/// Rt as a source.
fn source(word: Word) -> u8 {
    read(bits(word, 4, 0))
}

/// Rt of the vector registers.
fn vector(word: Word) -> u8 {
    bits(word, 4, 0) as u8
}

/// What `size` and `opc` of a load or store of a general register mean.
enum Transfer {
    Store(u8),
    Load(Width),
    Prefetch,
}

fn transfer(word: Word) -> Option<Transfer> {
    let size = bits(word, 31, 30);
    Some(match (size, bits(word, 23, 22)) {
        (_, 0) => Transfer::Store(size as u8),
        (0, 1) => Transfer::Load(Width::B),
        (1, 1) => Transfer::Load(Width::H),
        (2, 1) => Transfer::Load(Width::W),
        (3, 1) => Transfer::Load(Width::X),
        (0, 2) => Transfer::Load(Width::SignedB),
        (1, 2) => Transfer::Load(Width::SignedH),
        (2, 2) => Transfer::Load(Width::SignedW),
        (0, 3) => Transfer::Load(Width::SignedBtoW),
        (1, 3) => Transfer::Load(Width::SignedHtoW),
        (3, 2) => Transfer::Prefetch,
        _ => return None,
    })
}

fn at_offset(word: Word, mode: Mode, offset: i32) -> Op {
    let n = rn_or_sp(word);
    let (target, source) = (target(word), source(word));
    // With writeback, a base that is also loaded or stored is CONSTRAINED UNPREDICTABLE: undefined here.
    if mode != Mode::Offset && bits(word, 4, 0) == bits(word, 9, 5) && n < 31 {
        return Op::Undefined(word);
    }
    match (transfer(word), mode) {
        (Some(Transfer::Load(Width::X)), Mode::Offset) => Op::LoadX { t: target, n, offset },
        (Some(Transfer::Load(Width::W)), Mode::Offset) => Op::LoadW { t: target, n, offset },
        (Some(Transfer::Load(Width::B)), Mode::Offset) => Op::LoadB { t: target, n, offset },
        (Some(Transfer::Load(width)), _) => Op::Load { t: target, n, width, mode, offset },
        (Some(Transfer::Store(3)), Mode::Offset) => Op::StoreX { t: source, n, offset },
        (Some(Transfer::Store(2)), Mode::Offset) => Op::StoreW { t: source, n, offset },
        (Some(Transfer::Store(0)), Mode::Offset) => Op::StoreB { t: source, n, offset },
        (Some(Transfer::Store(log2_size)), _) => {
            Op::Store { t: source, n, log2_size, mode, offset }
        }
        (Some(Transfer::Prefetch), Mode::Offset) => Op::Nothing,
        _ => Op::Undefined(word),
    }
}

fn mode_of(word: Word) -> Mode {
    match bits(word, 11, 10) {
        1 => Mode::Post,
        3 => Mode::Pre,
        _ => Mode::Offset,
    }
}

fn unscaled(word: Word) -> Op {
    let is_unprivileged = bits(word, 11, 10) == 2;
    if is_unprivileged && matches!(transfer(word), Some(Transfer::Prefetch)) {
        return Op::Undefined(word);
    }
    at_offset(word, mode_of(word), signed_bits(word, 20, 12) as i32)
}

fn scaled(word: Word) -> Op {
    let offset = bits(word, 21, 10) << bits(word, 31, 30);
    at_offset(word, Mode::Offset, offset as i32)
}

fn by_register(word: Word) -> Op {
    let (n, m, extend) = (rn_or_sp(word), rm(word), bits(word, 15, 13) as u8);
    if extend & 2 == 0 {
        return Op::Undefined(word);
    }
    let left = (bits(word, 12, 12) * bits(word, 31, 30)) as u8;
    match transfer(word) {
        Some(Transfer::Load(width)) => {
            Op::LoadRegister { t: target(word), n, m, width, extend, left }
        }
        Some(Transfer::Store(log2_size)) => {
            Op::StoreRegister { t: source(word), n, m, log2_size, extend, left }
        }
        Some(Transfer::Prefetch) => Op::Nothing,
        None => Op::Undefined(word),
    }
}

/// Size and direction of a vector register's load or store: opc<1>:size is the size.
fn vector_transfer(word: Word) -> Option<(u8, bool)> {
    let log2_size = (bits(word, 23, 23) << 2 | bits(word, 31, 30)) as u8;
    (log2_size <= 4).then_some((log2_size, bit(word, 22)))
}

fn vector_at_offset(word: Word, mode: Mode, offset: impl FnOnce(u8) -> i32) -> Op {
    let (t, n) = (vector(word), rn_or_sp(word));
    match vector_transfer(word) {
        Some((log2_size, true)) => Op::LoadV { t, n, log2_size, mode, offset: offset(log2_size) },
        Some((log2_size, false)) => Op::StoreV { t, n, log2_size, mode, offset: offset(log2_size) },
        None => Op::Undefined(word),
    }
}

fn unscaled_vector(word: Word) -> Op {
    vector_at_offset(word, mode_of(word), |_| signed_bits(word, 20, 12) as i32)
}

fn scaled_vector(word: Word) -> Op {
    vector_at_offset(word, Mode::Offset, |log2_size| (bits(word, 21, 10) << log2_size) as i32)
}

fn by_register_vector(word: Word) -> Op {
    let (t, n, m, extend) = (vector(word), rn_or_sp(word), rm(word), bits(word, 15, 13) as u8);
    if extend & 2 == 0 {
        return Op::Undefined(word);
    }
    let scaled = |log2_size: u8| bits(word, 12, 12) as u8 * log2_size;
    match vector_transfer(word) {
        Some((log2_size, true)) => {
            Op::LoadVRegister { t, n, m, log2_size, extend, left: scaled(log2_size) }
        }
        Some((log2_size, false)) => {
            Op::StoreVRegister { t, n, m, log2_size, extend, left: scaled(log2_size) }
        }
        None => Op::Undefined(word),
    }
}

fn literal(word: Word) -> Op {
    let offset = signed_bits(word, 23, 5) as i32 * 4;
    let width = match bits(word, 31, 30) {
        0 => Width::W,
        1 => Width::X,
        _ => Width::SignedW,
    };
    Op::LoadLiteral { t: target(word), width, offset }
}

fn literal_vector(word: Word) -> Op {
    let offset = signed_bits(word, 23, 5) as i32 * 4;
    match bits(word, 31, 30) {
        3 => Op::Undefined(word),
        opc => Op::LoadVLiteral { t: vector(word), log2_size: 2 + opc as u8, offset },
    }
}

/// Mode of a pair: non-temporal pairs are plain ones with a hint.
fn pair_mode(word: Word) -> Mode {
    match bits(word, 24, 23) {
        1 => Mode::Post,
        3 => Mode::Pre,
        _ => Mode::Offset,
    }
}

fn pair(word: Word) -> Op {
    let (mode, is_load) = (pair_mode(word), bit(word, 22));
    let n = rn_or_sp(word);
    let (first, second) = (bits(word, 4, 0), bits(word, 14, 10));
    let base = bits(word, 9, 5);
    let opc = bits(word, 31, 30);
    let is_no_allocate = bits(word, 24, 23) == 0;
    let unpredictable = (is_load && first == second)
        || (mode != Mode::Offset && n < 31 && (base == first || base == second));
    if opc == 3 || unpredictable || (opc == 1 && (!is_load || is_no_allocate)) {
        return Op::Undefined(word);
    }
    let scale = if opc == 2 { 8 } else { 4 };
    let offset = signed_bits(word, 21, 15) as i16 * scale;
    match (opc, is_load) {
        (2, true) => Op::LoadPair { t: write(first), t2: write(second), n, mode, offset },
        (2, false) => Op::StorePair { t: read(first), t2: read(second), n, mode, offset },
        (_, true) => {
            let signed = opc == 1;
            Op::LoadPair32 { t: write(first), t2: write(second), n, mode, signed, offset }
        }
        (_, false) => Op::StorePair32 { t: read(first), t2: read(second), n, mode, offset },
    }
}

fn pair_vector(word: Word) -> Op {
    let (mode, is_load, opc) = (pair_mode(word), bit(word, 22), bits(word, 31, 30));
    let (t, t2, n) = (vector(word), bits(word, 14, 10) as u8, rn_or_sp(word));
    if opc == 3 || (is_load && t == t2) {
        return Op::Undefined(word);
    }
    let log2_size = 2 + opc as u8;
    let offset = (signed_bits(word, 21, 15) as i16) << log2_size;
    match is_load {
        true => Op::LoadVPair { t, t2, n, mode, log2_size, offset },
        false => Op::StoreVPair { t, t2, n, mode, log2_size, offset },
    }
}

/// Rs and Rt2 are ones where an instruction has none ("should be one").
fn exclusive(word: Word) -> Op {
    let log2_size = bits(word, 31, 30) as u8;
    let (is_ordered, is_load, is_pair) = (bit(word, 23), bit(word, 22), bit(word, 21));
    let (t, t2, s, n) =
        (bits(word, 4, 0), bits(word, 14, 10), bits(word, 20, 16), bits(word, 9, 5));
    let kind = match (is_ordered, is_load, is_pair) {
        (false, true, false) => ExclusiveKind::LoadExclusive,
        (false, true, true) => ExclusiveKind::LoadExclusivePair,
        (false, false, false) => ExclusiveKind::StoreExclusive,
        (false, false, true) => ExclusiveKind::StoreExclusivePair,
        (true, true, false) if bit(word, 15) => ExclusiveKind::Load,
        (true, false, false) if bit(word, 15) => ExclusiveKind::Store,
        _ => return Op::Undefined(word),
    };
    let unpredictable = match kind {
        ExclusiveKind::StoreExclusive => s == t || (s == n && n != 31),
        ExclusiveKind::StoreExclusivePair => s == t || s == t2 || (s == n && n != 31),
        ExclusiveKind::LoadExclusivePair => t == t2,
        _ => false,
    };
    if unpredictable || (is_pair && log2_size < 2) {
        return Op::Undefined(word);
    }
    let place = if is_load { write } else { read };
    Op::Exclusive(Exclusive {
        t: place(t),
        t2: place(t2),
        n: or_sp(n),
        s: write(s),
        log2_size,
        kind,
    })
}

/// The base's step of a post-indexed structure: by Rm, or by what was moved.
fn step(word: Word) -> Step {
    match (bit(word, 23), bits(word, 20, 16)) {
        (false, _) => Step::Stays,
        (true, 31) => Step::Size,
        (true, m) => Step::Register(m as u8),
    }
}

fn multiple(word: Word) -> Op {
    let (repeat, registers) = match bits(word, 15, 12) {
        0b0000 => (1, 4),
        0b0010 => (4, 1),
        0b0100 => (1, 3),
        0b0110 => (3, 1),
        0b0111 => (1, 1),
        0b1000 => (1, 2),
        0b1010 => (2, 1),
        _ => return Op::Undefined(word),
    };
    let (log2_size, full) = (bits(word, 11, 10) as u8, bit(word, 30));
    if log2_size == 3 && !full && registers != 1 {
        return Op::Undefined(word);
    }
    Op::Structures(Structures {
        t: vector(word),
        n: rn_or_sp(word),
        step: step(word),
        is_load: bit(word, 22),
        log2_size,
        full,
        registers,
        what: Piece::All { repeat },
    })
}

fn single(word: Word) -> Op {
    let (opcode, is_load) = (bits(word, 15, 13), bit(word, 22));
    let registers = ((opcode & 1) << 1 | bits(word, 21, 21)) as u8 + 1;
    let (s, size) = (bits(word, 12, 12), bits(word, 11, 10));
    // Q, S and size, from their upper bits on, are the element's index.
    let index = (bits(word, 30, 30) << 3 | s << 2 | size) as u8;
    let (log2_size, what) = match (opcode >> 1, size) {
        (0, _) => (0, Piece::One { index }),
        (1, 0 | 2) => (1, Piece::One { index: index >> 1 }),
        (2, 0) => (2, Piece::One { index: index >> 2 }),
        (2, 1) if s == 0 => (3, Piece::One { index: index >> 3 }),
        (3, _) if is_load && s == 0 => (size as u8, Piece::Replicate),
        _ => return Op::Undefined(word),
    };
    Op::Structures(Structures {
        t: vector(word),
        n: rn_or_sp(word),
        step: step(word),
        is_load,
        log2_size,
        full: bit(word, 30),
        registers,
        what,
    })
}
