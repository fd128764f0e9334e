//! RAM through the linear map: page frames as safe slices.

use board::regions::Region;
use core::sync::atomic::{AtomicBool, Ordering};
use firmseed_core::addr::{Frame, PAGE_SIZE, Page};
use firmseed_core::machine::Memory;

use crate::arch::mmu::{LINEAR_BASE, Rights, map_window};

unsafe extern "C" {
    fn zero_page(page: &mut Page);
}

/// The page frames of one region of RAM, all in the linear map. There is one such value.
///
/// The frame pool owns the region; frames in it that belong to somebody else (the image, the heap) are owned in the
/// pool from the start and never handed out.
pub struct PhysicalMemory {
    first: u32,
    count: u32,
}

static TAKEN: AtomicBool = AtomicBool::new(false);

impl PhysicalMemory {
    /// The frames of `region`: whole pages of RAM, mapped read-write except where the pool never hands them out.
    ///
    /// # Panics
    /// When called twice.
    pub fn take(region: Region) -> Self {
        assert!(!TAKEN.swap(true, Ordering::Relaxed), "physical memory has one owner");
        PhysicalMemory {
            first: (region.start / PAGE_SIZE as u64) as u32,
            count: (region.size() / PAGE_SIZE as u64) as u32,
        }
    }

    #[inline(always)]
    fn address(&self, frame: Frame) -> u64 {
        assert!(frame.0.wrapping_sub(self.first) < self.count, "a frame outside of the pool");
        linear_address(frame.start().0)
    }
}

impl Memory for PhysicalMemory {
    #[inline(always)]
    fn page(&self, frame: Frame) -> &Page {
        let page = self.address(frame) as *const Page;
        // SAFETY: the frame is in the mapped region, and only this value, borrowed here, reaches it.
        unsafe { &*page }
    }

    #[inline(always)]
    fn page_mut(&mut self, frame: Frame) -> &mut Page {
        let page = self.address(frame) as *mut Page;
        // SAFETY: as in `page`, borrowed exclusively.
        unsafe { &mut *page }
    }

    fn copy(
        &mut self,
        from: Frame,
        from_offset: usize,
        to: Frame,
        to_offset: usize,
        length: usize,
    ) {
        if from == to {
            let page = self.page_mut(from);
            return page.copy_within(from_offset..from_offset + length, to_offset);
        }
        assert!(from_offset.max(to_offset) + length <= PAGE_SIZE);
        let source = self.address(from) as *const u8;
        let target = self.address(to) as *mut u8;
        // SAFETY: the offset lies in the page.
        let source = unsafe { source.add(from_offset) };
        // SAFETY: the offset lies in the page.
        let target = unsafe { target.add(to_offset) };
        // SAFETY: both ranges lie in different pages of the mapped region, borrowed exclusively through `self`.
        unsafe { core::ptr::copy_nonoverlapping(source, target, length) };
    }

    fn zero(&mut self, frame: Frame) {
        let page = self.page_mut(frame);
        // SAFETY: memory.s writes one page.
        unsafe { zero_page(page) };
    }
}

/// Where the linear map shows a physical address.
pub fn linear_address(physical: u64) -> u64 {
    LINEAR_BASE + physical
}

/// A region of RAM as bytes, for good.
///
/// # Safety
/// The linear map covers `region` read-write, and nobody else ever uses it.
pub unsafe fn claim(region: Region) -> &'static mut [u8] {
    let start = linear_address(region.start) as *mut u8;
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(start, region.size() as usize) }
}

/// The same as 32-bit words.
///
/// # Safety
/// As for [`claim`]; the region starts on a multiple of four.
pub unsafe fn claim_words(region: Region) -> &'static mut [u32] {
    let start = linear_address(region.start) as *mut u32;
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(start, region.size() as usize / size_of::<u32>()) }
}

/// Part of the image as bytes.
///
/// # Safety
/// The linear map covers `region` read-only, for good.
pub unsafe fn view(region: Region) -> &'static [u8] {
    let start = linear_address(region.start) as *const u8;
    // SAFETY: the caller's promise; every other mapping of it is read-only too.
    unsafe { core::slice::from_raw_parts(start, region.size() as usize) }
}

/// Memory that the loader wrote, through a window: before the linear map is there.
pub fn view_early(region: Region) -> Option<&'static [u8]> {
    let start = map_window(region, Rights::ReadOnly)? as *const u8;
    // SAFETY: the window is there for good, and nobody writes there: while the kernel plans the use of memory it
    // keeps off the device tree, and afterwards nobody reads this slice.
    Some(unsafe { core::slice::from_raw_parts(start, region.size() as usize) })
}
