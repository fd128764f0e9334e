//! DDI 0487, C4.1, Branches, Exception Generating and System instructions; and Reserved.

use super::{Table, read, rn, write};
use crate::encoding::Row;
use crate::op::{Op, SystemRegister};
use crate::word::{Word, bit, bits, signed_bits};

pub const TABLES: &[Table] = &[
    Table {
        title: "Reserved",
        rows: &[Row::new("0000000000000000iiiiiiiiiiiiiiii", "UDF", Op::Undefined)],
    },
    Table {
        title: "Conditional branch (immediate)",
        rows: &[Row::new("01010100iiiiiiiiiiiiiiiiiii0cccc", "B.cond", branch_if)],
    },
    Table {
        title: "Exception generation",
        rows: &[
            Row::new("11010100000iiiiiiiiiiiiiiii00001", "SVC", |_| Op::SupervisorCall),
            Row::new("11010100001iiiiiiiiiiiiiiii00000", "BRK", |_| Op::Breakpoint),
        ],
    },
    Table {
        title: "Hints",
        rows: &[Row::new(
            "11010101000000110010mmmmooo11111",
            "NOP, YIELD, WFE, WFI, SEV, SEVL",
            |_| Op::Nothing,
        )],
    },
    Table {
        title: "Barriers",
        rows: &[
            Row::new("11010101000000110011mmmm01011111", "CLREX", |_| Op::ClearExclusive),
            Row::new("11010101000000110011mmmm10011111", "DSB", |_| Op::Nothing),
            Row::new("11010101000000110011mmmm10111111", "DMB", |_| Op::Nothing),
            Row::new("11010101000000110011mmmm11011111", "ISB", |_| Op::SynchronizeCode),
        ],
    },
    Table {
        title: "System instructions",
        rows: &[
            Row::new("110101010000101101110100001ttttt", "DC ZVA", zero_block),
            Row::new("110101010000101101110101001ttttt", "IC IVAU", invalidate_code),
            Row::new("110101010000101101111010001ttttt", "DC CVAC", |_| Op::Nothing),
            Row::new("110101010000101101111011001ttttt", "DC CVAU", |_| Op::Nothing),
            Row::new("110101010000101101111110001ttttt", "DC CIVAC", |_| Op::Nothing),
        ],
    },
    Table {
        title: "System register move",
        rows: &[
            Row::new("110101010011101101000010000ttttt", "MRS (NZCV)", |word| {
                read_system(word, SystemRegister::Flags)
            }),
            Row::new("110101010001101101000010000ttttt", "MSR (NZCV)", |word| {
                write_system(word, SystemRegister::Flags)
            }),
            Row::new("110101010011101101000100000ttttt", "MRS (FPCR)", |word| {
                read_system(word, SystemRegister::Fpcr)
            }),
            Row::new("110101010001101101000100000ttttt", "MSR (FPCR)", |word| {
                write_system(word, SystemRegister::Fpcr)
            }),
            Row::new("110101010011101101000100001ttttt", "MRS (FPSR)", |word| {
                read_system(word, SystemRegister::Fpsr)
            }),
            Row::new("110101010001101101000100001ttttt", "MSR (FPSR)", |word| {
                write_system(word, SystemRegister::Fpsr)
            }),
            Row::new("110101010011101111010000010ttttt", "MRS (TPIDR_EL0)", |word| {
                read_system(word, SystemRegister::ThreadPointer)
            }),
            Row::new("110101010001101111010000010ttttt", "MSR (TPIDR_EL0)", |word| {
                write_system(word, SystemRegister::ThreadPointer)
            }),
            Row::new("110101010011101111010000011ttttt", "MRS (TPIDRRO_EL0)", |word| {
                read_system(word, SystemRegister::ThreadPointerReadOnly)
            }),
            Row::new("110101010011101111100000000ttttt", "MRS (CNTFRQ_EL0)", |word| {
                read_system(word, SystemRegister::CounterFrequency)
            }),
            Row::new("110101010011101111100000010ttttt", "MRS (CNTVCT_EL0)", |word| {
                read_system(word, SystemRegister::Counter)
            }),
            Row::new("110101010011101100000000001ttttt", "MRS (CTR_EL0)", |word| {
                read_system(word, SystemRegister::CacheType)
            }),
            Row::new("110101010011101100000000111ttttt", "MRS (DCZID_EL0)", |word| {
                read_system(word, SystemRegister::ZeroBlockSize)
            }),
        ],
    },
    Table {
        title: "Unconditional branch (register)",
        rows: &[
            Row::new("1101011000011111000000nnnnn00000", "BR", branch_register),
            Row::new("1101011000111111000000nnnnn00000", "BLR", branch_register),
            Row::new("1101011001011111000000nnnnn00000", "RET", branch_register),
        ],
    },
    Table {
        title: "Unconditional branch (immediate)",
        rows: &[
            Row::new("000101iiiiiiiiiiiiiiiiiiiiiiiiii", "B", branch),
            Row::new("100101iiiiiiiiiiiiiiiiiiiiiiiiii", "BL", branch),
        ],
    },
    Table {
        title: "Compare and branch (immediate)",
        rows: &[Row::new("s011010oiiiiiiiiiiiiiiiiiiittttt", "CBZ, CBNZ", compare_branch)],
    },
    Table {
        title: "Test and branch (immediate)",
        rows: &[Row::new("b011011obbbbbiiiiiiiiiiiiiittttt", "TBZ, TBNZ", test_branch)],
    },
];

fn branch(word: Word) -> Op {
    let offset = signed_bits(word, 25, 0) * 4;
    match bit(word, 31) {
        false => Op::Branch { offset },
        true => Op::BranchLink { offset },
    }
}

fn branch_if(word: Word) -> Op {
    let offset = signed_bits(word, 23, 5) as i32 * 4;
    Op::BranchIf { condition: bits(word, 3, 0) as u8, offset }
}

fn compare_branch(word: Word) -> Op {
    let offset = signed_bits(word, 23, 5) as i32 * 4;
    Op::CompareBranch { t: rt(word), wide: bit(word, 31), if_zero: !bit(word, 24), offset }
}

fn test_branch(word: Word) -> Op {
    let tested = (bits(word, 31, 31) << 5 | bits(word, 23, 19)) as u8;
    let offset = signed_bits(word, 18, 5) as i32 * 4;
    Op::TestBranch { t: rt(word), bit: tested, if_zero: !bit(word, 24), offset }
}

fn branch_register(word: Word) -> Op {
    Op::BranchRegister { n: rn(word), link: bits(word, 22, 21) == 1 }
}

fn zero_block(word: Word) -> Op {
    Op::ZeroBlock { t: rt(word) }
}

fn invalidate_code(word: Word) -> Op {
    Op::InvalidateCode { t: rt(word) }
}

fn read_system(word: Word, register: SystemRegister) -> Op {
    Op::ReadSystem { t: write(bits(word, 4, 0)), register }
}

fn write_system(word: Word, register: SystemRegister) -> Op {
    Op::WriteSystem { t: rt(word), register }
}

/// Rt, where it is read.
fn rt(word: Word) -> u8 {
    read(bits(word, 4, 0))
}
