//! Memory, and the walk of the user tables in it, as the processor's MMU makes it (ARM DDI 0487, D8.2 and D8.3).
//!
//! The walk is written anew from the manual, for 39 and 48 bits with 4 KiB granule: `firmseed_core::paging` makes the
//! tables, and none of its code is used here.

use firmseed_core::addr::{Frame, PAGE_SIZE, Page, Root};
use firmseed_core::machine::Memory;
use processor::memory::{self, Access};

/// Descriptor bits (D8.3.1): valid, table or page, `AP[1]`, `AP[2]`, AF, UXN, and the output address.
const VALID: u64 = 1;
const TABLE_OR_PAGE: u64 = 1 << 1;
const EL0: u64 = 1 << 6;
const READ_ONLY: u64 = 1 << 7;
const ACCESSED: u64 = 1 << 10;
const EXECUTE_NEVER: u64 = 1 << 54;
const ADDRESS: u64 = 0x0000_ffff_ffff_f000;

/// Page frames, and TTBR0_EL1.
pub struct Ram {
    pages: Vec<Page>,
    /// The first table, once there is one, and TCR_EL1.T0SZ.
    pub root: Option<Root>,
}

impl Ram {
    /// `frames` frames of zeros: the host gives memory for those that are used.
    pub fn new(frames: usize) -> Self {
        Ram { pages: vec![[0; PAGE_SIZE]; frames], root: None }
    }

    fn descriptor(&self, table: Frame, index: usize) -> u64 {
        let (words, _) = self.page(table).as_chunks::<8>();
        u64::from_le_bytes(words[index])
    }

    fn walk(&self, address: u64, access: Access) -> Option<u32> {
        let root = self.root.filter(|root| address >> root.address_bits == 0)?;
        let mut table = root.frame;
        let levels = if root.address_bits > 39 { &[39, 30, 21, 12][..] } else { &[30, 21, 12] };
        for &shift in levels {
            let entry = self.descriptor(table, (address >> shift) as usize % 512);
            // A block, without the second bit, is nothing that this kernel makes.
            if entry & (VALID | TABLE_OR_PAGE) != VALID | TABLE_OR_PAGE {
                return None;
            }
            let next = ((entry & ADDRESS) >> 12) as u32;
            if shift == 12 {
                let allowed = entry & EL0 != 0
                    && entry & ACCESSED != 0
                    && match access {
                        Access::Read => true,
                        Access::Write => entry & READ_ONLY == 0,
                        Access::Execute => entry & EXECUTE_NEVER == 0,
                    };
                return allowed.then_some(next);
            }
            table = Frame(next);
        }
        None
    }
}

impl Memory for Ram {
    #[inline(always)]
    fn page(&self, frame: Frame) -> &Page {
        &self.pages[frame.0 as usize]
    }

    #[inline(always)]
    fn page_mut(&mut self, frame: Frame) -> &mut Page {
        &mut self.pages[frame.0 as usize]
    }

    fn copy(
        &mut self,
        from: Frame,
        from_offset: usize,
        to: Frame,
        to_offset: usize,
        length: usize,
    ) {
        assert!(from_offset.max(to_offset) + length <= PAGE_SIZE, "within a page");
        let source = from.0 as usize * PAGE_SIZE + from_offset;
        let target = to.0 as usize * PAGE_SIZE + to_offset;
        self.pages.as_flattened_mut().copy_within(source..source + length, target);
    }
}

impl memory::Memory for Ram {
    fn translate(&mut self, address: u64, access: Access) -> Option<u32> {
        self.walk(address, access)
    }

    #[inline(always)]
    fn page(&self, frame: u32) -> &Page {
        &self.pages[frame as usize]
    }

    #[inline(always)]
    fn page_mut(&mut self, frame: u32) -> &mut Page {
        &mut self.pages[frame as usize]
    }
}
