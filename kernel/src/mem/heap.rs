//! The kernel heap: one contiguous area, fixed at boot.
//!
//! Interrupts are masked in the kernel and one processor runs, so the lock is never contended.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;
use linked_list_allocator::Heap;
use spin::Mutex;

struct KernelHeap(Mutex<Heap>);

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(Mutex::new(Heap::empty()));

// SAFETY: Heap hands out disjoint, sufficiently aligned blocks of the area that `init` gave it.
unsafe impl GlobalAlloc for KernelHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0.lock().allocate_first_fit(layout).map_or(core::ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some(pointer) = NonNull::new(pointer) else {
            return;
        };
        // SAFETY: GlobalAlloc's contract: the block came from `alloc` with this layout.
        unsafe { self.0.lock().deallocate(pointer, layout) };
    }
}

/// Gives the heap its memory. Call once.
pub fn init(area: &'static mut [u8]) {
    let start = area.as_mut_ptr();
    let size = area.len();
    // SAFETY: the exclusive reference lives for ever, so the area is the heap's alone.
    unsafe { HEAP.0.lock().init(start, size) };
}

/// Bytes that are free, in however many pieces.
pub fn free() -> usize {
    HEAP.0.lock().free()
}
