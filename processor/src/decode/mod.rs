//! From a word to an operation: the tables of DDI 0487, C4.1, one file for each of its main groups.
//!
//! The manual names the rows. Where a word belongs to two, the first counts: immh zero is the modified immediate's.

mod branch;
mod immediate;
mod load_store;
mod register;
pub(crate) mod vector;

use crate::encoding::Row;
use crate::op::Op;
use crate::state::{SINK, SP, ZERO};
use crate::word::{Word, bits};
use std::sync::LazyLock;

/// A table and the title of its section.
pub struct Table {
    /// The group in C4.1.
    pub title: &'static str,
    /// Its rows.
    pub rows: &'static [Row],
}

/// All tables.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    [immediate::TABLES, branch::TABLES, load_store::TABLES, register::TABLES, vector::TABLES]
        .into_iter()
        .flatten()
}

/// The row of a word.
pub fn find(word: Word) -> Option<&'static Row> {
    // op0 of C4.1, table C4-1, is in bits 28 to 25.
    static BY_GROUP: LazyLock<[Vec<&'static Row>; 16]> = LazyLock::new(|| {
        std::array::from_fn(|group| {
            let group = (group as Word) << 25;
            let rows = tables().flat_map(|table| table.rows);
            rows.filter(|row| (row.value ^ group) & row.mask & (15 << 25) == 0).collect()
        })
    });
    let group = bits(word, 28, 25) as usize;
    BY_GROUP[group].iter().copied().find(|row| row.matches(word))
}

/// What the word does.
pub fn decode(word: Word) -> Op {
    find(word).map_or(Op::Undefined(word), |row| (row.decode)(word))
}

/// A register that is read, where 31 is XZR.
fn read(number: u32) -> u8 {
    let number = number as u8 & 31;
    if number == 31 { ZERO } else { number }
}

/// A register that is written, where 31 is XZR.
fn write(number: u32) -> u8 {
    let number = number as u8 & 31;
    if number == 31 { SINK } else { number }
}

/// A register, where 31 is SP.
fn or_sp(number: u32) -> u8 {
    let number = number as u8 & 31;
    if number == 31 { SP } else { number }
}

/// Rd, which may not be SP.
fn rd(word: Word) -> u8 {
    write(bits(word, 4, 0))
}

/// Rd, which may be SP.
fn rd_or_sp(word: Word) -> u8 {
    or_sp(bits(word, 4, 0))
}

/// Rn.
fn rn(word: Word) -> u8 {
    read(bits(word, 9, 5))
}

/// Rn, which may be SP.
fn rn_or_sp(word: Word) -> u8 {
    or_sp(bits(word, 9, 5))
}

/// Rm.
fn rm(word: Word) -> u8 {
    read(bits(word, 20, 16))
}
