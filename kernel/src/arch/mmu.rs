//! The kernel's own page tables, after boot.s has mapped the kernel itself.
//!
//! | virtual               | what                                                        | rights          |
//! |-----------------------|-------------------------------------------------------------|-----------------|
//! | 0xffff_ff80_0000_0000 | linear map: RAM at this address + physical, 2 MiB blocks    | rw or ro, never x |
//! | 0xffff_ffff_8000_0000 | the kernel, 4 KiB pages                                     | W^X by segment  |
//! | 0xffff_ffff_c000_0000 | windows of 2 MiB: devices, and what is read before the rest | rw or ro, never x |
//!
//! Nothing is mapped twice with different cacheability. Descriptor bits: ARM DDI 0487, D8.3.

use board::regions::Region;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::arch::cpu;

/// Virtual address of physical address zero in the linear map.
pub const LINEAR_BASE: u64 = 0xffff_ff80_0000_0000;
/// Physical addresses below this have a place in the linear map.
pub const LINEAR_END: u64 = 510 << 30;
const WINDOW_BASE: u64 = 0xffff_ffff_c000_0000;

/// Bytes of a block, and of a window.
pub const BLOCK: u64 = 2 << 20;
const PAGE: u64 = 4096;

const VALID: u64 = 1;
const TABLE: u64 = 1 << 1;
const DEVICE: u64 = 1 << 2; // AttrIndx 1
const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 3 << 8;
const ACCESSED: u64 = 1 << 10;
const NEVER_EXECUTE: u64 = 1 << 53 | 1 << 54; // PXN, UXN
const ADDRESS: u64 = 0x0000_ffff_ffff_f000;

#[repr(C, align(4096))]
struct Table([AtomicU64; 512]);

unsafe extern "C" {
    safe static kernel_l1: Table;
    safe static window_l2: Table;
    safe static identity_l1: Table;
}

/// What may be done with mapped memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Normal memory, read and written.
    ReadWrite,
    /// Normal memory, only read.
    ReadOnly,
    /// Device-nGnRE.
    Device,
}

impl Rights {
    fn bits(self) -> u64 {
        VALID
            | ACCESSED
            | NEVER_EXECUTE
            | match self {
                Rights::ReadWrite => INNER_SHAREABLE,
                Rights::ReadOnly => INNER_SHAREABLE | READ_ONLY,
                Rights::Device => DEVICE,
            }
    }
}

static NEXT_WINDOW: AtomicUsize = AtomicUsize::new(0);

/// Maps the 2 MiB blocks around a region for good, next to each other, unless they are; None when the
/// windows are used up.
/// Returns the virtual address of the region's first byte.
pub fn map_window(region: Region, rights: Rights) -> Option<u64> {
    let first = region.start & !(BLOCK - 1);
    let blocks = (region.end.max(region.start + 1) - first).div_ceil(BLOCK) as usize;
    if region.end > 1 << 48 {
        return None;
    }
    let entry = |block: usize| (first + block as u64 * BLOCK) | rights.bits();
    let holds = |(block, slot): (usize, &AtomicU64)| slot.load(Ordering::Relaxed) == entry(block);
    let used = NEXT_WINDOW.load(Ordering::Relaxed);
    let mut rows = window_l2.0.windows(blocks).take(used);
    let slot = match rows.position(|row| row.iter().enumerate().all(holds)) {
        Some(slot) => slot, // mapped already, for a neighbour
        None if blocks <= window_l2.0.len() - used => {
            for block in 0..blocks {
                window_l2.0[used + block].store(entry(block), Ordering::Relaxed);
            }
            NEXT_WINDOW.store(used + blocks, Ordering::Relaxed);
            cpu::publish_tables();
            used
        }
        None => return None,
    };
    Some(WINDOW_BASE + slot as u64 * BLOCK + (region.start - first))
}

/// Takes the one-to-one page of boot.s away: until a program runs, user space is empty.
pub fn retire_identity_map() {
    for entry in &identity_l1.0 {
        entry.store(0, Ordering::Relaxed);
    }
    cpu::publish_tables();
    cpu::invalidate_tlb();
}

/// Builder of the linear map. Its tables lie in one region of RAM, seen through windows until they map themselves.
pub struct LinearMap {
    physical: u64,
    window: u64,
    used: u64,
    size: u64,
}

impl LinearMap {
    /// A map whose tables come from `tables` (whole pages of RAM that nobody else uses).
    pub fn new(tables: Region) -> Option<Self> {
        Some(LinearMap {
            physical: tables.start,
            window: map_window(tables, Rights::ReadWrite)?,
            used: 0,
            size: tables.size(),
        })
    }

    /// Most bytes of tables that `regions` different ranges up to `end` can need: a level 2 table for each GiB, a
    /// level 3 table for each ragged end.
    pub const fn tables_for(end: u64, regions: u64) -> u64 {
        (end.div_ceil(1 << 30) + regions * 2 + 1) * PAGE
    }

    /// Maps whole pages. None when the tables' region is used up or an address has no place.
    #[must_use]
    pub fn map(&mut self, region: Region, rights: Rights) -> Option<()> {
        if region.end > LINEAR_END {
            return None;
        }
        let mut at = region.start;
        while at < region.end {
            let level1 = &kernel_l1.0[(at >> 30) as usize & 511];
            let level2 = &self.table_below(level1)?.0[(at >> 21) as usize & 511];
            if at.is_multiple_of(BLOCK) && region.end - at >= BLOCK {
                level2.store(at | rights.bits(), Ordering::Relaxed);
                at += BLOCK;
            } else {
                let level3 = &self.table_below(level2)?.0[(at >> 12) as usize & 511];
                level3.store(at | rights.bits() | TABLE, Ordering::Relaxed); // bit 1 says "page" there
                at += PAGE;
            }
        }
        cpu::publish_tables();
        Some(())
    }

    fn table_below(&mut self, entry: &AtomicU64) -> Option<&'static Table> {
        let value = entry.load(Ordering::Relaxed);
        if value & VALID != 0 {
            return Some(self.table_at((value & ADDRESS) - self.physical));
        }
        if self.used + PAGE > self.size {
            return None;
        }
        let offset = self.used;
        self.used += PAGE;
        let table = self.table_at(offset);
        for slot in &table.0 {
            slot.store(0, Ordering::Relaxed);
        }
        cpu::publish_tables(); // empty before it can be walked
        entry.store((self.physical + offset) | VALID | TABLE, Ordering::Relaxed);
        Some(table)
    }

    fn table_at(&self, offset: u64) -> &'static Table {
        assert!(
            offset < self.used && offset.is_multiple_of(PAGE),
            "a table outside of the tables' region"
        );
        let table = (self.window + offset) as *const Table;
        // SAFETY: the address is a page of the region that was given to `new` for tables alone and that a window
        // maps for good; its contents are atomics, for which all bits are valid.
        unsafe { &*table }
    }
}
