//! What the random sequences consist of.

use proptest::prelude::*;

use super::PAGE;
use std::vec;

use super::random::PAGES;
use crate::addr::PAGE_SIZE;

#[derive(Clone, Copy, Debug)]
pub enum From {
    Zeros,
    Shared,
    File(usize, u64),
    ReadOnlyFile(usize, u64),
}

#[derive(Clone, Copy, Debug)]
pub enum Op {
    Map {
        page: u64,
        pages: u64,
        protection: u8,
        from: From,
        place: u8,
    },
    Unmap {
        page: u64,
        pages: u64,
    },
    Protect {
        page: u64,
        pages: u64,
        protection: u8,
    },
    Drop {
        page: u64,
        pages: u64,
    },
    Remap {
        page: u64,
        pages: u64,
        new_pages: u64,
        target: Option<u64>,
    },
    Break {
        bytes: u64,
    },
    CopyOut {
        page: u64,
        offset: usize,
        length: usize,
        value: u8,
    },
    CopyIn {
        page: u64,
        offset: usize,
        length: usize,
    },
    Store {
        page: u64,
        value: u8,
    },
    Load {
        page: u64,
    },
    Fetch {
        page: u64,
    },
    Fork,
    Exit,
    Switch(usize),
    WriteFile {
        file: usize,
        at: usize,
        value: u8,
    },
    /// Only this many frames are left for the operation after it.
    Starve(usize),
}

pub fn op() -> impl Strategy<Value = Op> {
    let page = 0..PAGES + 8;
    let pages = 1..12u64;
    let protection = prop_oneof![4 => Just(3u8), 2 => Just(1), 1 => Just(0), 1 => Just(5), 1 => Just(7), 1 => Just(4)];
    let from = prop_oneof![
        3 => Just(From::Zeros),
        1 => Just(From::Shared),
        2 => (0..2usize, 0..6u64).prop_map(|(file, page)| From::File(file, page)),
        1 => (0..2usize, 0..6u64).prop_map(|(file, page)| From::ReadOnlyFile(file, page)),
    ];
    prop_oneof![
        6 => (page.clone(), pages.clone(), protection.clone(), from, 0..4u8)
            .prop_map(|(page, pages, protection, from, place)| Op::Map { page, pages, protection, from, place }),
        3 => (page.clone(), pages.clone()).prop_map(|(page, pages)| Op::Unmap { page, pages }),
        4 => (page.clone(), pages.clone(), protection)
            .prop_map(|(page, pages, protection)| Op::Protect { page, pages, protection }),
        1 => (page.clone(), pages.clone()).prop_map(|(page, pages)| Op::Drop { page, pages }),
        2 => (page.clone(), pages.clone(), 1..14u64, proptest::option::of(0..PAGES))
            .prop_map(|(page, pages, new_pages, target)| Op::Remap { page, pages, new_pages, target }),
        2 => (0..6 * PAGE).prop_map(|bytes| Op::Break { bytes }),
        8 => (page.clone(), 0..PAGE_SIZE, 1..3 * PAGE_SIZE, any::<u8>())
            .prop_map(|(page, offset, length, value)| Op::CopyOut { page, offset, length, value }),
        8 => (page.clone(), 0..PAGE_SIZE, 1..3 * PAGE_SIZE)
            .prop_map(|(page, offset, length)| Op::CopyIn { page, offset, length }),
        8 => (page.clone(), any::<u8>()).prop_map(|(page, value)| Op::Store { page, value }),
        6 => page.clone().prop_map(|page| Op::Load { page }),
        3 => page.prop_map(|page| Op::Fetch { page }),
        2 => Just(Op::Fork),
        1 => Just(Op::Exit),
        2 => (0..4usize).prop_map(Op::Switch),
        2 => (0..2usize, 0..5 * PAGE_SIZE, any::<u8>())
            .prop_map(|(file, at, value)| Op::WriteFile { file, at, value }),
        3 => (0..4usize).prop_map(Op::Starve),
    ]
}
