//! Addresses and pages: a newtype for each kind of number that could be taken for another.
//!
//! The translation granule is 4 KiB throughout (ARM DDI 0487, D8.2.1).

pub use firmseed_formats::page::{PAGE_SIZE, page_align_up};

/// log2 of [`PAGE_SIZE`].
pub const PAGE_SHIFT: u32 = 12;
/// One past the highest user address: 48 bits, four levels of tables.
pub const USER_END: u64 = 1 << 48;
/// One past the addresses that three levels of tables reach: programs that use none above need no fourth.
pub const LOW_END: u64 = 1 << 39;

/// The bytes of one page.
pub type Page = [u8; PAGE_SIZE];

/// A physical page frame: physical address / 4096.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame(pub u32);

impl Frame {
    /// The frame that holds `address`.
    pub const fn containing(address: PhysAddr) -> Self {
        Frame((address.0 >> PAGE_SHIFT) as u32)
    }

    /// The address of the frame's first byte.
    pub const fn start(self) -> PhysAddr {
        PhysAddr((self.0 as u64) << PAGE_SHIFT)
    }
}

/// A physical address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhysAddr(pub u64);

/// An address that a user program named: an allegation, not a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserAddr(pub u64);

impl UserAddr {
    /// The null pointer.
    pub const NULL: Self = UserAddr(0);

    /// Is this the null pointer?
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// `self + bytes`, or None past the end of the 64-bit space.
    pub fn checked_add(self, bytes: u64) -> Option<Self> {
        self.0.checked_add(bytes).map(UserAddr)
    }

    /// The first address of the page that holds this address.
    #[inline(always)]
    pub const fn page_start(self) -> Self {
        UserAddr(self.0 & !(PAGE_SIZE as u64 - 1))
    }

    /// Without the tag in its top byte, for which the processor does not care where bit 55 is clear (TCR_EL1.TBI0).
    #[inline(always)]
    pub const fn untagged(self) -> Self {
        if self.0 & 1 << 55 == 0 { UserAddr(self.0 & u64::MAX >> 8) } else { self }
    }

    /// Offset within the page, 0 to 4095.
    #[inline(always)]
    pub const fn page_offset(self) -> usize {
        (self.0 & (PAGE_SIZE as u64 - 1)) as usize
    }

    /// Is the address a multiple of the page size?
    pub const fn is_page_aligned(self) -> bool {
        self.page_offset() == 0
    }
}

/// Where the processor starts to walk the page tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root {
    /// The first table, for TTBR0_EL1.
    pub frame: Frame,
    /// Bits of addresses: 39 from level 1 on, 48 from level 0 on (64 - T0SZ).
    pub address_bits: u64,
}

impl Root {
    /// Three levels: the level 1 table.
    pub const fn low(frame: Frame) -> Self {
        Root { frame, address_bits: LOW_END.ilog2() as u64 }
    }
}
