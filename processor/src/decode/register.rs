//! DDI 0487, C4.1, Data Processing -- Register.

use super::{Table, rd, rd_or_sp, read, rm, rn, rn_or_sp};
use crate::encoding::Row;
use crate::op::{Logic, Op, Otherwise, Sum};
use crate::state::ZERO;
use crate::word::{Word, bit, bits};

pub const TABLES: &[Table] = &[
    Table {
        title: "Data-processing (2 source)",
        rows: &[
            Row::new("s0011010110mmmmm00001snnnnnddddd", "UDIV, SDIV", divide),
            Row::new("s0011010110mmmmm0010oonnnnnddddd", "LSLV, LSRV, ASRV, RORV", shift),
            Row::new("s0011010110mmmmm010Cssnnnnnddddd", "CRC32, CRC32C", crc32),
        ],
    },
    Table {
        title: "Data-processing (1 source)",
        rows: &[
            Row::new("s1011010110000000000oonnnnnddddd", "RBIT, REV16, REV32, REV", reverse),
            Row::new("s101101011000000000100nnnnnddddd", "CLZ", reverse),
            Row::new("s101101011000000000101nnnnnddddd", "CLS", reverse),
        ],
    },
    Table {
        title: "Logical (shifted register)",
        rows: &[Row::new(
            "soo01010hhNmmmmmaaaaaannnnnddddd",
            "AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS (shifted register)",
            logical,
        )],
    },
    Table {
        title: "Add/subtract (shifted register)",
        rows: &[Row::new(
            "soo01011hh0mmmmmaaaaaannnnnddddd",
            "ADD, ADDS, SUB, SUBS (shifted register)",
            add_shifted,
        )],
    },
    Table {
        title: "Add/subtract (extended register)",
        rows: &[Row::new(
            "soo01011001mmmmmeeeaaannnnnddddd",
            "ADD, ADDS, SUB, SUBS (extended register)",
            add_extended,
        )],
    },
    Table {
        title: "Add/subtract (with carry)",
        rows: &[Row::new("soo11010000mmmmm000000nnnnnddddd", "ADC, ADCS, SBC, SBCS", add_carry)],
    },
    Table {
        title: "Conditional compare (register)",
        rows: &[Row::new("so111010010mmmmmcccc00nnnnn0ffff", "CCMN, CCMP (register)", compare)],
    },
    Table {
        title: "Conditional compare (immediate)",
        rows: &[Row::new("so111010010iiiiicccc10nnnnn0ffff", "CCMN, CCMP (immediate)", compare)],
    },
    Table {
        title: "Conditional select",
        rows: &[Row::new("so011010100mmmmmcccc0onnnnnddddd", "CSEL, CSINC, CSINV, CSNEG", select)],
    },
    Table {
        title: "Data-processing (3 source)",
        rows: &[
            Row::new("s0011011000mmmmmoaaaaannnnnddddd", "MADD, MSUB", multiply),
            Row::new(
                "10011011u01mmmmmoaaaaannnnnddddd",
                "SMADDL, SMSUBL, UMADDL, UMSUBL",
                multiply,
            ),
            Row::new("10011011u10mmmmm0aaaaannnnnddddd", "SMULH, UMULH", multiply),
        ],
    },
];

fn divide(word: Word) -> Op {
    let (d, n, m, wide) = (rd(word), rn(word), rm(word), bit(word, 31));
    match bit(word, 10) {
        false => Op::DivideUnsigned { d, n, m, wide },
        true => Op::DivideSigned { d, n, m, wide },
    }
}

fn shift(word: Word) -> Op {
    let shift = bits(word, 11, 10) as u8;
    Op::ShiftVariable { d: rd(word), n: rn(word), m: rm(word), shift, wide: bit(word, 31) }
}

fn crc32(word: Word) -> Op {
    let size = bits(word, 11, 10);
    if bit(word, 31) != (size == 3) {
        return Op::Undefined(word);
    }
    let castagnoli = bit(word, 12);
    Op::Crc32 { d: rd(word), n: rn(word), m: rm(word), bytes: 1 << size, castagnoli }
}

fn reverse(word: Word) -> Op {
    let (opcode, wide) = (bits(word, 15, 10) as u8, bit(word, 31));
    if opcode == 3 && !wide {
        return Op::Undefined(word);
    }
    Op::Reverse { d: rd(word), n: rn(word), opcode, wide }
}

fn logical(word: Word) -> Op {
    let (wide, amount) = (bit(word, 31), bits(word, 15, 10) as u8);
    if !wide && amount > 31 {
        return Op::Undefined(word);
    }
    let (d, n, m) = (rd(word), rn(word), rm(word));
    let (invert, shift) = (bit(word, 21), bits(word, 23, 22) as u8);
    let what = match bits(word, 30, 29) {
        0 => Logic::And,
        1 if n == ZERO && amount == 0 && !invert => {
            return match wide {
                true => Op::MoveRegister { d, m },
                false => Op::MoveRegister32 { d, m },
            };
        }
        1 => Logic::Or,
        2 => Logic::Xor,
        _ => Logic::AndSetFlags,
    };
    Op::Logical { d, n, m, what, invert, wide, shift, amount }
}

fn sum(word: Word) -> Sum {
    Sum { subtract: bit(word, 30), set_flags: bit(word, 29), wide: bit(word, 31) }
}

fn add_shifted(word: Word) -> Op {
    let (sum, shift, amount) = (sum(word), bits(word, 23, 22) as u8, bits(word, 15, 10) as u8);
    if shift == 3 || (!sum.wide && amount > 31) {
        return Op::Undefined(word);
    }
    let (d, n, m) = (rd(word), rn(word), rm(word));
    match (sum, shift, amount) {
        (Sum { set_flags: false, wide: true, subtract: false }, 0, _) => {
            Op::Add64 { d, n, m, left: amount }
        }
        (Sum { set_flags: false, wide: true, subtract: true }, 0, _) => {
            Op::Sub64 { d, n, m, left: amount }
        }
        (Sum { set_flags: true, subtract: true, wide: true }, _, 0) => Op::Subs64 { d, n, m },
        (Sum { set_flags: true, subtract: true, wide: false }, _, 0) => Op::Subs32 { d, n, m },
        _ => Op::SumShifted { d, n, m, sum, shift, amount },
    }
}

fn add_extended(word: Word) -> Op {
    let (sum, extend, left) = (sum(word), bits(word, 15, 13) as u8, bits(word, 12, 10) as u8);
    if left > 4 {
        return Op::Undefined(word);
    }
    let d = if sum.set_flags { rd(word) } else { rd_or_sp(word) };
    Op::SumExtended { d, n: rn_or_sp(word), m: rm(word), sum, extend, left }
}

fn add_carry(word: Word) -> Op {
    Op::SumCarry { d: rd(word), n: rn(word), m: rm(word), sum: sum(word) }
}

fn compare(word: Word) -> Op {
    let sum = Sum { set_flags: true, ..sum(word) };
    let (n, condition, flags) = (rn(word), bits(word, 15, 12) as u8, bits(word, 3, 0) as u8);
    match bit(word, 11) {
        false => Op::CompareRegister { n, m: rm(word), sum, condition, flags },
        true => Op::CompareImmediate { n, value: bits(word, 20, 16) as u8, sum, condition, flags },
    }
}

fn select(word: Word) -> Op {
    let otherwise = match (bit(word, 30), bit(word, 10)) {
        (false, false) => Otherwise::Same,
        (false, true) => Otherwise::Increment,
        (true, false) => Otherwise::Invert,
        (true, true) => Otherwise::Negate,
    };
    let (d, n, m, wide) = (rd(word), rn(word), rm(word), bit(word, 31));
    Op::Select { d, n, m, condition: bits(word, 15, 12) as u8, otherwise, wide }
}

/// `opcode` is op31 and o0, as the manual's table has them.
fn multiply(word: Word) -> Op {
    let (d, n, m, a) = (rd(word), rn(word), rm(word), read(bits(word, 14, 10)));
    let opcode = (bits(word, 23, 21) << 1 | bits(word, 15, 15)) as u8;
    match (opcode, bit(word, 31)) {
        (0, true) => Op::MultiplyAdd64 { d, n, m, a },
        (_, wide) => Op::Multiply { d, n, m, a, opcode, wide },
    }
}
