//! Calls that are in no table.

use super::{Outcome, table};
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::{Machine, say};
use crate::text::Printable;

impl<M: Machine> Kernel<'_, M> {
    /// ENOSYS, and one line for each program and number.
    #[inline(never)]
    pub(super) fn unknown_call(&mut self, number: u64) -> Outcome {
        let process = self.processes.current();
        let mut hash = fnv1a(&process.path);
        hash ^= number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if let Err(place) = self.reported.binary_search(&hash)
            && self.reported.try_reserve(1).is_ok()
        {
            self.reported.insert(place, hash);
            let name = table::name(number).unwrap_or("unknown");
            let (path, pid) = (Printable(&process.path), process.pid.0);
            let text = format_args!(
                "{path}: system call {number} ({name}) is not supported: ENOSYS (pid {pid})"
            );
            say(&mut self.storage.machine, text);
        }
        Err(Errno::ENOSYS.into())
    }
}

/// FNV-1a, 64 bits: a number for a path.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}
