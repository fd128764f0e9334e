//! The processor: everything that needs an instruction Rust has no word for.
//!
//! Assembly lives in the .s files beside this one; each .rs file wraps its part in safe functions.

use core::arch::global_asm;

pub mod cpu;
pub mod exception;
pub mod fp;
pub mod gic;
pub mod mmu;
pub mod psci;
pub mod semihosting;
pub mod sha256;
pub mod trap;

global_asm!(include_str!("boot.s"), options(raw));
global_asm!(include_str!("vectors.s"), options(raw));
global_asm!(include_str!("memory.s"), options(raw));
global_asm!(include_str!("fp.s"), options(raw));
global_asm!(include_str!("sha256.s"), options(raw));

unsafe extern "C" {
    safe static __image_start: u8;
    safe static __text_end: u8;
    safe static __rodata_end: u8;
    safe static __image_end: u8;
    safe static stack_guard: u8;
    safe static stack_top: u8;
}

/// Where boot.s found itself.
#[derive(Clone, Copy, Debug)]
pub struct BootState {
    /// x0 at entry: the device tree's physical address, if the loader passed one.
    pub device_tree: u64,
    /// Physical address of the image's first byte.
    pub image: u64,
    /// Exception level at entry.
    pub level: u64,
    /// Were the kernel's data the zeros that they are in the file, before boot.s made them so?
    pub data_were_zeros: bool,
}

/// Called by boot.s with the MMU on and a stack.
// SAFETY: the name is unique in the kernel; boot.s calls it once, with the arguments of the C convention.
#[unsafe(no_mangle)]
extern "C" fn kernel_main(device_tree: u64, image: u64, level: u64, data: u64) -> ! {
    crate::start(BootState { device_tree, image, level, data_were_zeros: data == 0 })
}

/// Offsets of the kernel's parts from its first byte.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// End of the code.
    pub text_end: u64,
    /// End of the constants.
    pub rodata_end: u64,
    /// End of the kernel: the index follows.
    pub end: u64,
}

/// The kernel's own parts, from the linker.
pub fn extent() -> Extent {
    let offset = |symbol: &'static u8| address(symbol) - kernel_base();
    Extent {
        text_end: offset(&__text_end),
        rodata_end: offset(&__rodata_end),
        end: offset(&__image_end),
    }
}

/// The address that the kernel is linked at.
pub fn kernel_base() -> u64 {
    address(&__image_start)
}

/// Where a static of the kernel, which was loaded at `image`, lies in memory.
pub fn physical_address<T>(image: u64, value: &'static T) -> u64 {
    image + (core::ptr::from_ref(value) as u64 - kernel_base())
}

/// Bytes of the whole image, from the header (boot.s, `image_size`).
pub fn image_size() -> u64 {
    let field: *const u8 = &raw const __image_start;
    // SAFETY: the header is 64 bytes long and read-only.
    let field = unsafe { field.add(16) };
    // SAFETY: as above; the header is aligned to pages.
    unsafe { field.cast::<u64>().read() }
}

/// The kernel stack: lowest usable address and one past the highest.
pub fn stack() -> (u64, u64) {
    (address(&stack_guard) + 4096, address(&stack_top))
}

fn address(symbol: &'static u8) -> u64 {
    core::ptr::from_ref(symbol) as u64
}
