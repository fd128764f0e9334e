//! Pages: what parts of an image and segments of a program are rounded to.

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;

/// `bytes` rounded up to whole pages, or None on overflow.
pub fn page_align_up(bytes: u64) -> Option<u64> {
    bytes.checked_add(PAGE_SIZE as u64 - 1).map(|sum| sum & !(PAGE_SIZE as u64 - 1))
}

/// A piece of zeros, for whoever must hash or write many. It is bytes of the kernel: there is no more of it, and no other.
pub static ZEROS: [u8; 512] = [0; 512];
