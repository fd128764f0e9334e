//! Who uses which part of RAM: decided once, at boot, from the board's regions.
//!
//! In the order of their making: page tables of the linear map, counts of the frame pool, heap (one contiguous
//! area in the first free region that is large enough), and everything else page frames. The device tree's memory
//! becomes frames too: what matters of it has been copied by then.

use board::regions::{Region, RegionList};
use core::fmt;
use firmseed_core::addr::{Frame, PhysAddr};
use firmseed_core::frames::FramePool;

use super::dma::DmaBuffer;
use super::heap;
use super::physical::{self, PhysicalMemory};
use crate::arch::mmu::{LINEAR_END, LinearMap, Rights};
use crate::arch::{self, Extent};

const PAGE: u64 = 4096;
const MIB: u64 = 1 << 20;
/// The heap is an eighth of memory, within these.
const HEAP: core::ops::RangeInclusive<u64> = 8 * MIB..=64 * MIB;

/// What is known before memory can be used.
pub struct Given<'b> {
    /// RAM.
    pub memory: &'b RegionList,
    /// Used by others.
    pub reserved: &'b RegionList,
    /// Not even to be mapped.
    pub unmapped: &'b RegionList,
    /// The whole image.
    pub image: Region,
    /// The device tree: free once it has been copied.
    pub device_tree: Region,
    /// Bytes for devices that read and write memory themselves.
    pub dma: u64,
}

/// Memory as the kernel uses it from here on; the heap is in use already.
pub struct Memory {
    /// The page frames.
    pub frames: PhysicalMemory,
    /// Which of them are free.
    pub pool: FramePool<'static>,
    /// The whole image, read-only.
    pub image: &'static [u8],
    /// For a device that reads and writes memory itself.
    pub dma: DmaBuffer,
}

/// Why memory cannot be used.
#[derive(Debug)]
pub enum PlanError {
    /// The image does not lie in RAM.
    ImageOutside(Region),
    /// No region is large enough.
    TooSmall {
        /// Bytes needed in one piece.
        needed: u64,
        /// Bytes free in all.
        free: u64,
    },
    /// The linear map does not reach that far, or its tables did not suffice.
    Map(Region),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::ImageOutside(image) => write!(
                f,
                "the image at {:#x} to {:#x} does not lie in the board's memory: give the machine more",
                image.start, image.end
            ),
            PlanError::TooSmall { needed, free } => write!(
                f,
                "too little memory: {} MiB needed in one piece, {} MiB free beside the image: give the machine more",
                needed.div_ceil(MIB),
                free / MIB
            ),
            PlanError::Map(region) => write!(
                f,
                "memory at {:#x} to {:#x} cannot be mapped: the kernel reaches up to {LINEAR_END:#x}",
                region.start, region.end
            ),
        }
    }
}

/// Maps RAM, starts the heap and says what is left. Call once.
///
/// # Errors
/// When there is too little memory, or it is where the kernel cannot reach.
pub fn carry_out(given: &Given<'_>) -> Result<Memory, PlanError> {
    let image = given.image.grow_to_pages();
    if !given.memory.contains(image) {
        return Err(PlanError::ImageOutside(image));
    }
    let mapped = given.memory.without(given.unmapped);
    let mut free = mapped.without(given.reserved);
    free.remove(image);
    let span = span(&free);

    let end = mapped.as_slice().last().map_or(0, |region| region.end);
    let tables_size = LinearMap::tables_for(end, mapped.as_slice().len() as u64 + 4);
    let counts_size = (span.size() / PAGE * size_of::<u32>() as u64).next_multiple_of(PAGE);
    let heap_size = (given.memory.size() / 8).clamp(*HEAP.start(), *HEAP.end()) & !(PAGE - 1);
    let needed = tables_size + counts_size + heap_size + given.dma;
    let mut now = free;
    now.remove(given.device_tree.grow_to_pages());
    let own = now.find(needed, PAGE).ok_or(PlanError::TooSmall { needed, free: free.size() })?;
    let tables = Region::new(own.start, tables_size);
    let counts = Region::new(tables.end, counts_size);
    let heap = Region::new(counts.end, heap_size);
    let dma = Region::new(heap.end, given.dma);
    free.remove(own);

    map_all(tables, &mapped, image)?;
    // SAFETY: `own` was free and is not any more; its parts are disjoint, and mapped read-write.
    heap::init(unsafe { physical::claim(heap) });
    // SAFETY: as for the heap.
    let dma = unsafe { DmaBuffer::new(dma) };
    // SAFETY: as for the heap; it begins with a page.
    let counts = unsafe { physical::claim_words(counts) };
    // SAFETY: the image is mapped; behind the kernel read-only. Of the kernel's own data nobody reads this slice.
    let image = unsafe { physical::view(given.image) };
    let first = Frame::containing(PhysAddr(span.start));
    let mut pool = FramePool::new(first, &mut counts[..(span.size() / PAGE) as usize]);
    let mut holes = RegionList::new();
    holes.add(span);
    own_holes(&mut pool, span.start, &holes.without(&free));
    Ok(Memory { frames: PhysicalMemory::take(span), pool, image, dma })
}

/// A new pool hands out its frames in ascending order: takes all up to the end of the last hole, gives back those
/// that are in none.
fn own_holes(pool: &mut FramePool<'_>, start: u64, holes: &RegionList) {
    let Some(last) = holes.as_slice().last() else {
        return;
    };
    let first = start / PAGE;
    for number in first..last.end / PAGE {
        let frame = pool.allocate().expect("the pool reaches to the end of its last hole");
        assert!(u64::from(frame.0) == number, "a new pool hands out its frames in ascending order");
    }
    let mut end = last.end;
    for hole in holes.as_slice().iter().rev() {
        release(pool, hole.end / PAGE..end / PAGE);
        end = hole.start;
    }
    release(pool, first..end / PAGE);
}

fn release(pool: &mut FramePool<'_>, numbers: core::ops::Range<u64>) {
    for number in numbers.rev() {
        pool.release(Frame(number as u32));
    }
}

fn span(regions: &RegionList) -> Region {
    match (regions.as_slice().first(), regions.as_slice().last()) {
        (Some(first), Some(last)) => Region { start: first.start, end: last.end },
        _ => Region::default(),
    }
}

/// RAM read-write, but the image's code, constants, index and tar read-only.
fn map_all(tables: Region, mapped: &RegionList, image: Region) -> Result<(), PlanError> {
    let mut map = LinearMap::new(tables).ok_or(PlanError::Map(tables))?;
    let mut map_region =
        |region: Region, rights| map.map(region, rights).ok_or(PlanError::Map(region));
    let mut others = *mapped;
    others.remove(image);
    for region in others.as_slice() {
        map_region(*region, Rights::ReadWrite)?;
    }
    let Extent { rodata_end, end, .. } = arch::extent();
    let at = |offset: u64| image.start + offset;
    let part = |start, end| Region { start, end };
    map_region(part(image.start, at(rodata_end)), Rights::ReadOnly)?;
    map_region(part(at(rodata_end), at(end)), Rights::ReadWrite)?;
    map_region(part(at(end), image.end), Rights::ReadOnly)
}
