//! User page tables: three or four levels of 4 KiB tables (ARM DDI 0487, D8.2 and D8.3).
//!
//! A table is a frame of the pool with one owner, seen as 512 little-endian words. Level 1 has 1 GiB a word, level 2
//! 2 MiB, level 3 one page. Blocks are not used. Three levels reach 39 bits, which is all that most programs use: a level 0
//! table (512 GiB a word, 48 bits), whose first word is that level 1 table, comes with the first page above.
//!
//! Invariants: only a level 3 word refers to a page; a table exists only under an address range that its
//! owner knows about and hands to [`Tables::prune`], which therefore need not look for empty tables.
//! Nothing here touches the TLB: that is [`vm`](crate::vm)'s, which knows what was valid before. A word that
//! goes from invalid to valid needs neither TLB maintenance nor a barrier: a walk that misses it faults again.
//!
//! Asked of the processor's set-up: TCR_EL1 with T0SZ as [`Root`] says and TG0 = 4 KiB; MAIR_EL1 attribute 0 = normal
//! memory, write back, read and write allocate (0xff); attribute 1 = device-nGnRE (0x04), never used here.

#[cfg(test)]
mod tests;

use core::sync::atomic::{Ordering, fence};

use crate::addr::{Frame, LOW_END, PAGE_SHIFT, PAGE_SIZE, Root, USER_END};
use crate::errno::Errno;
use crate::frames::FramePool;
use crate::machine::Memory;

/// Bytes that one level 3 table spans: 2 MiB.
pub const TABLE_SPAN: u64 = 1 << LEVEL_2;
/// log2 of the bytes that a word of a table spans, by level.
const LEVEL_0: u32 = 39;
const LEVEL_1: u32 = 30;
const LEVEL_2: u32 = 21;
const LEVEL_BITS: u32 = 9;
/// Words in a table.
const WORDS: usize = 512;

bitflags::bitflags! {
    /// What a program may do with a page: PROT_* of mmap(2), the same bits.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Protection: u8 {
        /// PROT_READ
        const READ = 1;
        /// PROT_WRITE; the hardware cannot but let it be read too.
        const WRITE = 2;
        /// PROT_EXEC; the page is readable too, as on Linux without execute-only memory.
        const EXECUTE = 4;
    }
}

impl Protection {
    /// May a page with this protection be read, in effect?
    pub const fn readable(self) -> bool {
        !self.is_empty()
    }

    /// May it be written?
    pub const fn writable(self) -> bool {
        self.contains(Protection::WRITE)
    }

    /// The same for a page that cannot be written yet: what may be written may be read.
    pub const fn before_a_write(self) -> Self {
        match self.writable() {
            true => self.difference(Protection::WRITE).union(Protection::READ),
            false => self,
        }
    }

    /// May it be executed?
    pub const fn executable(self) -> bool {
        self.contains(Protection::EXECUTE)
    }
}

/// A word of a table: a descriptor (ARM DDI 0487, D8.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageEntry(u64);

const VALID: u64 = 1 << 0;
/// In levels 1 and 2: a table follows; in level 3: a page.
const TABLE_OR_PAGE: u64 = 1 << 1;
/// AttrIndx, bits 4:2: attribute 0 of MAIR_EL1, normal write-back memory.
const ATTRIBUTE_NORMAL: u64 = 0 << 2;
/// `AP[1]`: EL0 has access.
const AP_EL0: u64 = 1 << 6;
/// `AP[2]`: nobody may write.
const AP_READ_ONLY: u64 = 1 << 7;
/// SH, bits 9:8: inner shareable.
const INNER_SHAREABLE: u64 = 0b11 << 8;
/// AF: no fault on first use.
const ACCESSED: u64 = 1 << 10;
/// nG: the translation belongs to one address space.
const NOT_GLOBAL: u64 = 1 << 11;
/// PXN: never executed at EL1.
const PXN: u64 = 1 << 53;
/// UXN: not executed at EL0.
const UXN: u64 = 1 << 54;
/// Output address, bits 47:12.
const ADDRESS: u64 = 0x0000_ffff_ffff_f000;

impl PageEntry {
    /// No page.
    pub const NONE: Self = PageEntry(0);

    /// A page of user memory. Without any right it stays valid but out of EL0's reach.
    #[inline(always)]
    pub const fn page(frame: Frame, protection: Protection) -> Self {
        let mut bits = VALID
            | TABLE_OR_PAGE
            | ATTRIBUTE_NORMAL
            | INNER_SHAREABLE
            | ACCESSED
            | NOT_GLOBAL
            | PXN;
        if protection.readable() {
            bits |= AP_EL0;
        }
        if !protection.writable() {
            bits |= AP_READ_ONLY;
        }
        if !protection.executable() {
            bits |= UXN;
        }
        PageEntry(bits | frame.start().0)
    }

    const fn table(frame: Frame) -> Self {
        PageEntry(VALID | TABLE_OR_PAGE | frame.start().0)
    }

    /// The frame that it refers to, if it is valid.
    #[inline(always)]
    pub const fn frame(self) -> Option<Frame> {
        if self.0 & VALID == 0 {
            return None;
        }
        Some(Frame(((self.0 & ADDRESS) >> PAGE_SHIFT) as u32))
    }

    /// Can EL0 read the page?
    pub const fn readable(self) -> bool {
        self.0 & (VALID | AP_EL0) == VALID | AP_EL0
    }

    /// Can EL0 write to it?
    pub const fn writable(self) -> bool {
        self.0 & (VALID | AP_EL0 | AP_READ_ONLY) == VALID | AP_EL0
    }

    /// Can EL0 execute it?
    pub const fn executable(self) -> bool {
        self.readable() && self.0 & UXN == 0
    }

    /// The same page, not to be written.
    pub const fn read_only(self) -> Self {
        PageEntry(self.0 | AP_READ_ONLY)
    }

    /// The descriptor's bits.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

/// Where a level 3 word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageEntryPlace {
    table: Frame,
    index: usize,
}

impl PageEntryPlace {
    /// Where the word of the page at `address` stands, if the same table translates it.
    pub fn of_same_table(self, address: u64) -> Self {
        PageEntryPlace { table: self.table, index: index_at(address, PAGE_SHIFT) }
    }

    /// The word.
    #[inline(always)]
    pub fn get(self, memory: &impl Memory) -> PageEntry {
        load(memory, self.table, self.index)
    }

    /// Changes the word.
    #[inline(always)]
    pub fn set(self, memory: &mut impl Memory, entry: PageEntry) {
        store(memory, self.table, self.index, entry);
    }
}

/// Pages in a row that one level 3 table translates: those that were not looked at yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first page's address.
    pub start: u64,
    /// One past the last page.
    pub end: u64,
    table: Frame,
}

/// A page that has a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// Its address.
    pub address: u64,
    /// Its frame.
    pub frame: Frame,
    /// Its word.
    pub entry: PageEntry,
    /// Where the word stands.
    pub slot: PageEntryPlace,
}

impl Span {
    /// Goes on behind the next page that has a frame, and returns it. Absent pages cost a few instructions each.
    #[inline(always)]
    pub fn next_present(&mut self, memory: &impl Memory) -> Option<Present> {
        let (words, _) = memory.page(self.table).as_chunks::<8>();
        while self.start < self.end {
            let address = self.start;
            self.start = address.wrapping_add(PAGE_SIZE as u64);
            let index = index_at(address, PAGE_SHIFT);
            let entry = PageEntry(u64::from_le_bytes(words[index]));
            if let Some(frame) = entry.frame() {
                let slot = PageEntryPlace { table: self.table, index };
                return Some(Present { address, frame, entry, slot });
            }
        }
        None
    }
}

/// The tables of one address space.
#[derive(Debug)]
pub struct Tables {
    /// Level 1, of the addresses below [`LOW_END`].
    low: Frame,
    /// Level 0, once there was a page above.
    top: Option<Frame>,
    count: usize,
}

impl Tables {
    /// An empty root.
    ///
    /// # Errors
    /// ENOMEM when no frame is left.
    pub fn new(pool: &mut FramePool, memory: &mut impl Memory) -> Result<Self, Errno> {
        let low = pool.allocate_zeroed(memory)?;
        Ok(Tables { low, top: None, count: 1 })
    }

    /// The frame of the level 1 table of low addresses: stays the same for life.
    pub fn low(&self) -> Frame {
        self.low
    }

    /// Where the processor starts to walk.
    pub fn root(&self) -> Root {
        match self.top {
            None => Root::low(self.low),
            Some(frame) => Root { frame, address_bits: USER_END.ilog2().into() },
        }
    }

    /// How many frames the tables take.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Where the word of the page at `address` stands, if there is a table for it.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn find(&self, memory: &impl Memory, address: u64) -> Option<PageEntryPlace> {
        let level1 = match address < LOW_END {
            true => self.low,
            false => self.high_table(memory, address)?,
        };
        let level2 = load(memory, level1, index_at(address, LEVEL_1)).frame()?;
        let table = load(memory, level2, index_at(address, LEVEL_2)).frame()?;
        Some(PageEntryPlace { table, index: index_at(address, PAGE_SHIFT) })
    }

    /// The level 1 table of an address that three levels do not reach.
    #[inline(never)]
    fn high_table(&self, memory: &impl Memory, address: u64) -> Option<Frame> {
        let top = self.top.filter(|_| address < USER_END)?;
        load(memory, top, index_at(address, LEVEL_0)).frame()
    }

    /// The same, and makes the tables that lack. After a failure new tables may stay: they lie under
    /// an address that the caller knows about, so `prune` finds them. With the first page above [`LOW_END`] the root is
    /// another.
    ///
    /// # Errors
    /// ENOMEM when no frame is left.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn ensure(
        &mut self,
        pool: &mut FramePool,
        memory: &mut impl Memory,
        address: u64,
    ) -> Result<PageEntryPlace, Errno> {
        let level1 = match address < LOW_END {
            true => self.low,
            false => self.ensure_high(pool, memory, address)?,
        };
        let level2 = self.ensure_next(pool, memory, level1, index_at(address, LEVEL_1))?;
        let table = self.ensure_next(pool, memory, level2, index_at(address, LEVEL_2))?;
        Ok(PageEntryPlace { table, index: index_at(address, PAGE_SHIFT) })
    }

    #[inline(never)]
    fn ensure_high(
        &mut self,
        pool: &mut FramePool,
        memory: &mut impl Memory,
        address: u64,
    ) -> Result<Frame, Errno> {
        assert!(address < USER_END, "the caller has an area at the address");
        let top = match self.top {
            Some(top) => top,
            None => {
                let top = pool.allocate_zeroed(memory)?;
                store(memory, top, 0, PageEntry::table(self.low));
                self.top = Some(top);
                self.count += 1;
                top
            }
        };
        self.ensure_next(pool, memory, top, index_at(address, LEVEL_0))
    }

    #[cfg_attr(target_os = "none", optimize(speed))]
    fn ensure_next(
        &mut self,
        pool: &mut FramePool,
        memory: &mut impl Memory,
        table: Frame,
        index: usize,
    ) -> Result<Frame, Errno> {
        if let Some(next) = load(memory, table, index).frame() {
            return Ok(next);
        }
        let next = pool.allocate_zeroed(memory)?;
        // The walker may run ahead at any time: it must not find the table before its zeros (DMB ISH).
        fence(Ordering::Release);
        store(memory, table, index, PageEntry::table(next));
        self.count += 1;
        Ok(next)
    }

    /// The first pages at or after `start` and before `end` (both page aligned) that have a level 3 table.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn next_span(&self, memory: &impl Memory, start: u64, end: u64) -> Option<Span> {
        let end = end.min(USER_END);
        let mut at = start;
        while at < end {
            let level1 = match at < LOW_END {
                true => Some(self.low),
                false => self.high_table(memory, at),
            };
            let level1_end = end.min(boundary_after(at, LEVEL_0));
            let Some(level1) = level1 else {
                at = level1_end;
                continue;
            };
            while at < level1_end {
                let level2_end = end.min(boundary_after(at, LEVEL_1));
                let Some(level2) = load(memory, level1, index_at(at, LEVEL_1)).frame() else {
                    at = level2_end;
                    continue;
                };
                while at < level2_end {
                    let table_end = end.min(boundary_after(at, LEVEL_2));
                    if let Some(table) = load(memory, level2, index_at(at, LEVEL_2)).frame() {
                        return Some(Span { start: at, end: table_end, table });
                    }
                    at = table_end;
                }
            }
        }
        None
    }

    /// Frees the tables that touch `range` and translate nothing outside of `hole`, which holds no page any more. Returns
    /// whether a table went, so that the caller drops walk caches.
    pub fn prune(
        &mut self,
        pool: &mut FramePool,
        memory: &mut impl Memory,
        (start, end): (u64, u64),
        hole: (u64, u64),
    ) -> bool {
        let before = self.count;
        if start < LOW_END {
            self.prune_below(pool, memory, (self.low, LEVEL_1), (start, end.min(LOW_END)), hole);
        }
        if let Some(top) = self.top.filter(|_| end > LOW_END) {
            self.prune_below(pool, memory, (top, LEVEL_0), (start.max(LOW_END), end), hole);
        }
        self.count != before
    }

    /// The same below a table, whose words span `1 << span` bytes each.
    fn prune_below(
        &mut self,
        pool: &mut FramePool,
        memory: &mut impl Memory,
        (table, span): (Frame, u32),
        (start, end): (u64, u64),
        hole: (u64, u64),
    ) {
        let mut at = start;
        while at < end {
            let next_at = boundary_after(at, span);
            let index = index_at(at, span);
            if let Some(below) = load(memory, table, index).frame() {
                if span > LEVEL_2 {
                    let range = (at, end.min(next_at));
                    self.prune_below(pool, memory, (below, span - LEVEL_BITS), range, hole);
                }
                if hole.0 <= next_at - (1 << span) && next_at <= hole.1 {
                    store(memory, table, index, PageEntry::NONE);
                    pool.release(below);
                    self.count -= 1;
                }
            }
            at = next_at;
        }
    }

    /// Frees the last tables.
    pub fn release(self, pool: &mut FramePool) {
        let last = 1 + usize::from(self.top.is_some());
        assert_eq!(self.count, last, "a page table outlived the areas that it served");
        pool.release(self.low);
        if let Some(top) = self.top {
            pool.release(top);
        }
    }
}

#[inline(always)]
const fn index_at(address: u64, span: u32) -> usize {
    (address >> span) as usize & (WORDS - 1)
}

/// The first address after the one that a table's word spans.
#[inline(always)]
const fn boundary_after(address: u64, span: u32) -> u64 {
    ((address >> span) + 1) << span
}

#[inline(always)]
fn load(memory: &impl Memory, table: Frame, index: usize) -> PageEntry {
    const { assert!(PAGE_SIZE == WORDS * 8) };
    let (words, _) = memory.page(table).as_chunks::<8>();
    PageEntry(u64::from_le_bytes(words[index]))
}

#[inline(always)]
fn store(memory: &mut impl Memory, table: Frame, index: usize, entry: PageEntry) {
    let (words, _) = memory.page_mut(table).as_chunks_mut::<8>();
    words[index] = entry.0.to_le_bytes();
}
