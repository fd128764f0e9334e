//! DDI 0487, C4.1, Data Processing -- Scalar Floating-Point and Advanced SIMD.

use super::Table;
use crate::encoding::Row;
use crate::op::Op;
use crate::simd::{by_element, copy, different, misc, permute, same, scalar, shift};
use crate::state::State;
use crate::word::Word;

/// What only registers see, where it is an instruction.
fn when(is_allocated: bool, execute: fn(&mut State, Word), word: Word) -> Op {
    if is_allocated { Op::Registers(execute, word) } else { Op::Undefined(word) }
}

pub const TABLES: &[Table] = &[
    Table {
        title: "Conversion between floating-point and fixed-point",
        rows: &[Row::new(
            "s0011110tt0rroooffffffnnnnnddddd",
            "SCVTF, UCVTF, FCVTZS, FCVTZU (fixed-point)",
            |word| when(scalar::is_fixed(word), scalar::fixed, word),
        )],
    },
    Table {
        title: "Conversion between floating-point and integer",
        rows: &[Row::new(
            "s0011110tt1rrooo000000nnnnnddddd",
            "FCVTNS and its kin, SCVTF, UCVTF, FMOV (general)",
            |word| when(scalar::is_integer(word), scalar::integer, word),
        )],
    },
    Table {
        title: "Floating-point data-processing (1 source)",
        rows: &[Row::new(
            "00011110tt1oooooo10000nnnnnddddd",
            "FMOV, FABS, FNEG, FSQRT, FCVT, FRINT",
            |word| when(scalar::is_one_source(word), scalar::one_source, word),
        )],
    },
    Table {
        title: "Floating-point compare",
        rows: &[Row::new("00011110tt1mmmmm001000nnnnnooooo", "FCMP, FCMPE", |word| {
            when(scalar::is_compare(word), scalar::compare, word)
        })],
    },
    Table {
        title: "Floating-point immediate",
        rows: &[Row::new("00011110tt1iiiiiiii10000000ddddd", "FMOV (scalar, immediate)", |word| {
            when(scalar::is_single_or_double(word), scalar::immediate, word)
        })],
    },
    Table {
        title: "Floating-point conditional compare",
        rows: &[Row::new("00011110tt1mmmmmcccc01nnnnnoffff", "FCCMP, FCCMPE", |word| {
            when(scalar::is_single_or_double(word), scalar::compare_if, word)
        })],
    },
    Table {
        title: "Floating-point data-processing (2 source)",
        rows: &[Row::new(
            "00011110tt1mmmmmoooo10nnnnnddddd",
            "FADD, FSUB, FMUL, FNMUL, FDIV, FMAX, FMIN, FMAXNM, FMINNM",
            |word| when(scalar::is_two_source(word), scalar::two_source, word),
        )],
    },
    Table {
        title: "Floating-point conditional select",
        rows: &[Row::new("00011110tt1mmmmmcccc11nnnnnddddd", "FCSEL", |word| {
            when(scalar::is_single_or_double(word), scalar::select, word)
        })],
    },
    Table {
        title: "Floating-point data-processing (3 source)",
        rows: &[Row::new(
            "00011111ttommmmmoaaaaannnnnddddd",
            "FMADD, FMSUB, FNMADD, FNMSUB",
            |word| when(scalar::is_single_or_double(word), scalar::three_source, word),
        )],
    },
    Table {
        title: "Advanced SIMD table lookup",
        rows: &[Row::new("0Q001110000mmmmm0llo00nnnnnddddd", "TBL, TBX", |word| {
            when(true, permute::look_up, word)
        })],
    },
    Table {
        title: "Advanced SIMD permute",
        rows: &[Row::new("0Q001110ss0mmmmm0ooo10nnnnnddddd", "ZIP, UZP, TRN", |word| {
            when(permute::is_allocated(word), permute::execute, word)
        })],
    },
    Table {
        title: "Advanced SIMD extract",
        rows: &[Row::new("0Q101110000mmmmm0iiii0nnnnnddddd", "EXT", |word| {
            when(permute::is_extract(word), permute::extract, word)
        })],
    },
    Table {
        title: "Advanced SIMD copy, and scalar copy",
        rows: &[
            Row::new("0Qo01110000iiiii0jjjj1nnnnnddddd", "DUP, INS, SMOV, UMOV", |word| {
                when(copy::is_allocated(word), copy::execute, word)
            }),
            Row::new("01o11110000iiiii0jjjj1nnnnnddddd", "DUP (element, scalar)", |word| {
                when(copy::is_allocated(word), copy::execute, word)
            }),
        ],
    },
    Table {
        title: "Advanced SIMD three same, and scalar three same",
        rows: &[
            Row::new("0QU01110ss1mmmmmooooo1nnnnnddddd", "ADD (vector) and its kin", |word| {
                when(same::is_allocated(word), same::execute, word)
            }),
            Row::new("01U11110ss1mmmmmooooo1nnnnnddddd", "ADD (scalar) and its kin", |word| {
                when(same::is_allocated(word), same::execute, word)
            }),
        ],
    },
    Table {
        title: "Advanced SIMD two-register miscellaneous, and scalar two-register miscellaneous",
        rows: &[
            Row::new("0QU01110ss10000ooooo10nnnnnddddd", "ABS (vector) and its kin", |word| {
                when(misc::is_allocated(word), misc::execute, word)
            }),
            Row::new("01U11110ss10000ooooo10nnnnnddddd", "ABS (scalar) and its kin", |word| {
                when(misc::is_allocated(word), misc::execute, word)
            }),
        ],
    },
    Table {
        title: "Advanced SIMD across lanes, and scalar pairwise",
        rows: &[
            Row::new("0QU01110ss11000ooooo10nnnnnddddd", "ADDV and its kin", |word| {
                when(misc::across::is_allocated(word), misc::across::execute, word)
            }),
            Row::new("01U11110ss11000ooooo10nnnnnddddd", "ADDP (scalar) and its kin", |word| {
                when(same::pairwise::is_allocated(word), same::pairwise::execute, word)
            }),
        ],
    },
    Table {
        title: "Advanced SIMD three different, and scalar three different",
        rows: &[
            Row::new("0QU01110ss1mmmmmoooo00nnnnnddddd", "SADDL and its kin", |word| {
                when(different::is_allocated(word), different::execute, word)
            }),
            Row::new(
                "01U11110ss1mmmmmoooo00nnnnnddddd",
                "SQDMLAL, SQDMLSL, SQDMULL (scalar)",
                |word| when(different::is_allocated(word), different::execute, word),
            ),
        ],
    },
    Table {
        title: "Advanced SIMD modified immediate",
        rows: &[Row::new(
            "0Qo0111100000abccccc01defghddddd",
            "MOVI, MVNI, ORR, BIC, FMOV (vector, immediate)",
            |word| when(copy::immediate::is_allocated(word), copy::immediate::execute, word),
        )],
    },
    Table {
        title: "Advanced SIMD shift by immediate, and scalar shift by immediate",
        rows: &[
            Row::new("0QU011110hhhhbbbooooo1nnnnnddddd", "SSHR and its kin", |word| {
                when(shift::is_allocated(word), shift::execute, word)
            }),
            Row::new("01U111110hhhhbbbooooo1nnnnnddddd", "SSHR (scalar) and its kin", |word| {
                when(shift::is_allocated(word), shift::execute, word)
            }),
        ],
    },
    Table {
        title: "Advanced SIMD vector x indexed element, and scalar x indexed element",
        rows: &[
            Row::new("0QU01111ssLMmmmmooooH0nnnnnddddd", "MUL (by element) and its kin", |word| {
                when(by_element::is_allocated(word), by_element::execute, word)
            }),
            Row::new(
                "01U11111ssLMmmmmooooH0nnnnnddddd",
                "FMUL (scalar, by element) and its kin",
                |word| when(by_element::is_allocated(word), by_element::execute, word),
            ),
        ],
    },
];
