//! Calls that the kernel does not have: an error, and one line on the console that says in words what is missing.

use super::{Outcome, table};
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::{Machine, say};
use crate::text::Printable;

/// What a program wanted, by the beginning of the call's name.
const FEATURES: &[(&str, &str)] = &[
    ("IO_URING", "asynchronous I/O (io_uring)"),
    ("IO_", "asynchronous I/O"),
    ("INOTIFY", "watching files (inotify)"),
    ("SHM", "System V shared memory"),
    ("MSG", "System V message queues"),
    ("SEM", "System V semaphores"),
    ("MQ_", "POSIX message queues"),
    ("BPF", "bpf"),
    ("PERF_", "performance counters (perf)"),
    ("SECCOMP", "system call filters (seccomp)"),
    ("USERFAULTFD", "userfaultfd"),
    ("QUOTACTL", "disk quotas"),
];

impl<M: Machine> Kernel<'_, M> {
    /// ENOSYS, and one line for each program and number.
    #[inline(never)]
    pub(super) fn unknown_call(&mut self, number: u64) -> Outcome {
        if self.is_first_report(number) {
            let name = table::name(number).unwrap_or("unknown");
            let process = self.processes.current();
            let (path, pid) = (Printable(&process.path), process.pid.0);
            let machine = &mut self.storage.machine;
            match FEATURES.iter().find(|(start, _)| name.starts_with(start)) {
                Some((_, feature)) => say(
                    machine,
                    format_args!("{path}: {feature} is not supported: ENOSYS (pid {pid})"),
                ),
                None => say(
                    machine,
                    format_args!(
                        "{path}: system call {number} ({name}) is not supported: ENOSYS (pid {pid})"
                    ),
                ),
            }
        }
        Err(Errno::ENOSYS.into())
    }

    /// A part of a call that is not supported, by its name: a line once for each program.
    #[inline(never)]
    pub(super) fn report_unsupported(&mut self, name: &str, errno: Errno) {
        if self.is_first_report(fnv1a(name.as_bytes())) {
            let process = self.processes.current();
            let (path, pid) = (Printable(&process.path), process.pid.0);
            say(
                &mut self.storage.machine,
                format_args!("{path}: {name} is not supported: {errno} (pid {pid})"),
            );
        }
    }

    /// A C library that looks up a user asks for a socket of AF_UNIX and goes on without: no line for that.
    pub(super) fn no_socket(&mut self, family: u64) -> Outcome {
        const AF_UNIX: u64 = 1;
        if family != AF_UNIX && self.is_first_report(table::SOCKET) {
            let process = self.processes.current();
            let (path, pid) = (Printable(&process.path), process.pid.0);
            say(
                &mut self.storage.machine,
                format_args!("{path}: there is no network: EAFNOSUPPORT (pid {pid})"),
            );
        }
        Err(Errno::EAFNOSUPPORT.into())
    }

    /// Has this program not been told of this call before?
    fn is_first_report(&mut self, number: u64) -> bool {
        let mut hash = fnv1a(&self.processes.current().path);
        hash ^= number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let Err(place) = self.reported.binary_search(&hash) else {
            return false;
        };
        let has_room = self.reported.try_reserve(1).is_ok();
        if has_room {
            self.reported.insert(place, hash);
        }
        has_room
    }
}

/// FNV-1a, 64 bits: a number for a text.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}
