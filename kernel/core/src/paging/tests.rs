//! Tests of the page tables: descriptor bits, walks, pruning.

use super::*;
use crate::testing::FakeMemory;

const RW: Protection = Protection::READ.union(Protection::WRITE);
const RX: Protection = Protection::READ.union(Protection::EXECUTE);

#[test]
fn descriptor_bits_are_those_of_the_manual() {
    let frame = Frame(0x1_2345);
    // upper attributes | address | nG AF SH AP NS AttrIndx | page, valid
    assert_eq!(PageEntry::page(frame, RW).bits(), 0x0060_0000_1234_5f43);
    assert_eq!(PageEntry::page(frame, RX).bits(), 0x0020_0000_1234_5fc3);
    assert_eq!(PageEntry::page(frame, Protection::READ).bits(), 0x0060_0000_1234_5fc3);
    assert_eq!(PageEntry::page(frame, Protection::empty()).bits(), 0x0060_0000_1234_5f83);
    assert_eq!(PageEntry::table(frame).bits(), 0x1234_5003);
}

#[test]
fn rights_are_read_back() {
    let rights = |entry: PageEntry| (entry.readable(), entry.writable(), entry.executable());
    let page = |protection| PageEntry::page(Frame(7), protection);
    assert_eq!(rights(page(RW)), (true, true, false));
    assert_eq!(rights(page(RX)), (true, false, true));
    assert_eq!(rights(page(Protection::all()).read_only()), (true, false, true));
    assert_eq!(rights(page(Protection::EXECUTE)), (true, false, true));
    assert_eq!(rights(page(Protection::WRITE)), (true, true, false));
    assert_eq!(rights(page(Protection::empty())), (false, false, false));
    assert_eq!(rights(PageEntry::NONE), (false, false, false));
    assert_eq!(page(Protection::empty()).frame(), Some(Frame(7)));
    assert_eq!(PageEntry::NONE.frame(), None);
    assert_eq!(PageEntry::page(Frame(u32::MAX), RW).frame(), Some(Frame(u32::MAX)));
}

#[test]
fn a_page_is_found_where_it_was_put_and_nowhere_else() {
    let (mut memory, mut pool) = FakeMemory::with_pool(16);
    let mut tables = Tables::new(&mut pool, &mut memory).unwrap();
    for address in [0, 0x40_0000, 0x7f_ffff_f000] {
        assert_eq!(tables.find(&memory, address), None);
        let slot = tables.ensure(&mut pool, &mut memory, address).unwrap();
        assert_eq!(slot.get(&memory), PageEntry::NONE);
        slot.set(&mut memory, PageEntry::page(Frame(9), RW));
        assert_eq!(tables.find(&memory, address + 0xfff), Some(slot));
    }
    assert_eq!(tables.count(), 1 + 2 + 3);
    assert_eq!(tables.find(&memory, 0x1000).unwrap().get(&memory), PageEntry::NONE);
    assert_eq!(tables.find(&memory, USER_END), None);
    assert_eq!(tables.find(&memory, u64::MAX), None);
}

#[test]
fn spans_skip_what_has_no_table_and_prune_frees_only_inside_the_hole() {
    let (mut memory, mut pool) = FakeMemory::with_pool(16);
    let free = pool.free();
    let mut tables = Tables::new(&mut pool, &mut memory).unwrap();
    tables.ensure(&mut pool, &mut memory, 0x40_0000).unwrap();
    tables.ensure(&mut pool, &mut memory, 0x80_0000).unwrap();
    tables.ensure(&mut pool, &mut memory, 5 << 30).unwrap();
    let ranges: std::vec::Vec<_> =
        core::iter::successors(tables.next_span(&memory, 0x40_3000, USER_END), |span| {
            tables.next_span(&memory, span.end, USER_END)
        })
        .map(|span| (span.start, span.end, (span.end - span.start) >> PAGE_SHIFT))
        .collect();
    assert_eq!(
        ranges,
        [
            (0x40_3000, 0x60_0000, 509),
            (0x80_0000, 0xa0_0000, 512),
            (5 << 30, (5 << 30) + TABLE_SPAN, 512)
        ]
    );
    // Pages above 0x90_0000 are still used: that table and its directory stay.
    let range = (0x40_0000, 0x90_0000);
    assert!(tables.prune(&mut pool, &mut memory, range, (0, 0x90_0000)));
    assert!(tables.find(&memory, 0x40_0000).is_none());
    assert!(tables.find(&memory, 0x80_0000).is_some());
    assert!(!tables.prune(&mut pool, &mut memory, range, (0, 0x90_0000)));
    assert!(tables.prune(&mut pool, &mut memory, (0, USER_END), (0, USER_END)));
    tables.release(&mut pool);
    assert_eq!(pool.free(), free);
}

#[test]
fn no_frame_left_leaves_tables_that_can_be_pruned() {
    for spare in 1..3 {
        let (mut memory, mut pool) = FakeMemory::with_pool(spare);
        let mut tables = Tables::new(&mut pool, &mut memory).unwrap();
        assert_eq!(tables.ensure(&mut pool, &mut memory, 0x40_0000), Err(Errno::ENOMEM));
        tables.prune(&mut pool, &mut memory, (0x40_0000, 0x40_1000), (0, USER_END));
        tables.release(&mut pool);
        assert_eq!(pool.free(), spare);
    }
}

#[test]
fn present_pages_are_found_in_order_and_once() {
    let (mut memory, mut pool) = FakeMemory::with_pool(16);
    let mut tables = Tables::new(&mut pool, &mut memory).unwrap();
    let page = |index: u64| 0x20_0000 + index * PAGE_SIZE as u64;
    for index in [0, 7, 8, 511] {
        let slot = tables.ensure(&mut pool, &mut memory, page(index)).unwrap();
        slot.set(&mut memory, PageEntry::page(Frame(index as u32), RW));
    }
    let present = |start, end| {
        let mut span = tables.next_span(&memory, page(start), page(end)).unwrap();
        let mut found = std::vec::Vec::new();
        while let Some(next) = span.next_present(&memory) {
            assert_eq!(next.slot.get(&memory), next.entry);
            assert_eq!(next.address, page(u64::from(next.frame.0)));
            found.push(next.frame.0);
        }
        assert_eq!(span.next_present(&memory), None);
        found
    };
    assert_eq!(present(0, 512), [0, 7, 8, 511]);
    assert_eq!(present(1, 8), [7]);
    assert_eq!(present(8, 511), [8]);
    assert_eq!(present(9, 511), []);
    assert_eq!(present(511, 512), [511]);
}
