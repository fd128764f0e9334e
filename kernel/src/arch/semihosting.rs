//! Files on the host through semihosting (ARM "Semihosting for AArch32 and AArch64" 2.0): the trace's way out.
//!
//! Only on request: without a host that listens, HLT is an undefined instruction.

use core::arch::asm;
use core::ffi::CStr;

const SYS_OPEN: u64 = 0x01;
const SYS_WRITE: u64 = 0x05;
const MODE_WRITE_BINARY: u64 = 5;

/// A file on the host, open for writing.
#[derive(Debug)]
pub struct HostFile {
    handle: u64,
}

impl HostFile {
    /// Creates or empties a file on the host.
    pub fn create(path: &CStr) -> Option<Self> {
        let parameters = [path.as_ptr() as u64, MODE_WRITE_BINARY, path.count_bytes() as u64];
        let handle = call(SYS_OPEN, &parameters);
        (handle != u64::MAX).then_some(HostFile { handle })
    }

    /// Writes all bytes; false if the host took fewer.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        let parameters = [self.handle, bytes.as_ptr() as u64, bytes.len() as u64];
        call(SYS_WRITE, &parameters) == 0
    }
}

fn call(operation: u64, parameters: &[u64; 3]) -> u64 {
    let result;
    // SAFETY: HLT 0xF000 reads the parameter block and what it points at, live for the call, and returns in x0.
    unsafe {
        asm!("hlt #0xf000", inout("x0") operation => result, in("x1") parameters, options(nostack));
    }
    result
}
