//! The trace: system calls and events as defmt frames, for `image-builder trace` on the host.
//!
//! Off unless the command line says `trace=semihosting[:PATH]`. The console stays plain text.

use alloc::ffi::CString;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::arch::semihosting::HostFile;
use crate::mem::trace_ring;

static ENABLED: AtomicBool = AtomicBool::new(false);

/// Is anybody to see the trace?
#[inline]
pub fn enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// Starts the trace into a file on the host.
///
/// # Errors
/// A text that says why not.
pub fn start(target: &str) -> Result<(), &'static str> {
    let path = match target.split_once(':') {
        Some(("semihosting", path)) if !path.is_empty() => path,
        None if target == "semihosting" => "trace",
        _ => return Err("the only channel is trace=semihosting or trace=semihosting:PATH"),
    };
    let path = CString::new(path).map_err(|_| "the path holds a NUL")?;
    let file = HostFile::create(&path).ok_or("the host cannot create the file")?;
    trace_ring::open(file);
    ENABLED.store(true, Ordering::Relaxed);
    defmt::info!("trace starts");
    Ok(())
}

/// Brings out what is still in memory.
pub fn finish() {
    if enabled() {
        trace_ring::flush();
    }
}

/// A system call is over.
#[cold]
pub fn syscall(pid: u32, number: u64, arguments: &[u64; 6], result: i64) {
    let [a, b, c, d, e, f] = *arguments;
    defmt::trace!(
        "pid {=u32} call {=u64} ({=u64:#x}, {=u64:#x}, {=u64:#x}, {=u64:#x}, {=u64:#x}, {=u64:#x}) = {=i64}",
        pid,
        number,
        a,
        b,
        c,
        d,
        e,
        f,
        result
    );
}
