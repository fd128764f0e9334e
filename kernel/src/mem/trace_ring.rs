//! The trace's ring: defmt frames on their way to the host.
//!
//! defmt calls the logger below for each frame (`defmt::trace!` and its like); frames are encoded into a ring in
//! memory. A ring with a host file is written there when half full and at the end; one without keeps the newest.
//! Not called while tracing is off: callers check [`crate::trace::enabled`] first.

use alloc::vec::Vec;
use spin::{Mutex, Once};

use crate::arch::semihosting::HostFile;

/// Bytes of the ring.
const SIZE: usize = 64 << 10;

struct Ring {
    bytes: Vec<u8>,
    encoder: defmt::Encoder,
    file: Option<HostFile>,
}

/// Made at its first use: an empty `Vec` is not all zeros, as the kernel's data must be in the file (linker.ld).
static RING: Once<Mutex<Ring>> = Once::new();

fn ring() -> &'static Mutex<Ring> {
    RING.call_once(|| {
        Mutex::new(Ring { bytes: Vec::new(), encoder: defmt::Encoder::new(), file: None })
    })
}

/// Makes the ring and its way out.
pub fn open(file: HostFile) {
    let mut ring = ring().lock();
    ring.bytes.reserve_exact(SIZE);
    ring.file = Some(file);
}

/// Writes what is in the ring to the host.
pub fn flush() {
    ring().lock().flush();
}

impl Ring {
    fn store(bytes: &mut Vec<u8>, data: &[u8]) {
        let room = SIZE - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
    }

    fn flush(&mut self) {
        if let Some(file) = &mut self.file {
            file.write(&self.bytes);
            self.bytes.clear();
        }
    }
}

#[defmt::global_logger]
struct Logger;

// SAFETY: the kernel runs on one processor with interrupts masked, so frames cannot interleave; the state is behind
// a lock all the same.
unsafe impl defmt::Logger for Logger {
    fn acquire() {
        let Ring { bytes, encoder, .. } = &mut *ring().lock();
        encoder.start_frame(|data| Ring::store(bytes, data));
    }

    unsafe fn flush() {
        flush();
    }

    unsafe fn release() {
        let mut ring = ring().lock();
        let Ring { bytes, encoder, .. } = &mut *ring;
        encoder.end_frame(|data| Ring::store(bytes, data));
        if bytes.len() > SIZE / 2 {
            ring.flush();
        }
    }

    unsafe fn write(data: &[u8]) {
        let Ring { bytes, encoder, .. } = &mut *ring().lock();
        encoder.write(data, |data| Ring::store(bytes, data));
    }
}
