//! System calls: from the number in x8 to the family that answers, and what becomes of the answer.
//!
//! A call returns a value, an error, or [`Stop::BLOCK`]: then the process waits and the same call is made
//! again, from its start, when the event or the deadline has come. A call therefore changes nothing before it
//! knows that it need not wait. `docs/syscalls.md` lists all calls.

mod boot;
mod console;
mod data;
mod directory;
mod execute;
mod fcntl;
mod frame;
mod futex;
mod identity;
mod information;
mod ioctl;
mod memory;
mod names;
pub mod numbers;
mod open;
mod policy;
mod poll;
mod proc_text;
pub(crate) mod quick;
mod signal;
mod spawn;
mod status;
mod time;
mod transfer;
pub(crate) mod user;
mod vector;
mod wait;

#[cfg(test)]
mod tests;

use crate::errno::Errno;
use crate::kernel::{Kernel, Printable, fnv1a, say};
use crate::machine::Machine;
use crate::process::{Event, Restart, State, Wait};
use numbers as n;

/// Why a call gave no value. One word, so that an [`Outcome`] travels in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop(u64);

impl Stop {
    /// It must wait: [`Kernel::block`] noted for what.
    pub(crate) const BLOCK: Stop = Stop(u64::MAX);
    /// The process has ended or has new registers: there is nobody to give a value to.
    pub(crate) const GONE: Stop = Stop(u64::MAX - 1);
}

/// It failed.
impl From<Errno> for Stop {
    fn from(errno: Errno) -> Stop {
        Stop(errno as u64)
    }
}

/// What a call returns.
pub(crate) type Outcome = Result<usize, Stop>;

/// The arguments x0 to x5.
pub(crate) type Arguments = [u64; 6];

/// With less left than this in the kernel's heap, calls that need memory fail with ENOMEM.
pub(crate) const HEAP_RESERVE: usize = 192 * 1024;

impl<M: Machine> Kernel<'_, M> {
    /// A call that takes more than a copy between two pages.
    #[inline(never)]
    fn long_call(&mut self) {
        self.settle_growth();
        let process = self.processes.at(self.current);
        let (number, arguments) = (process.registers.x[8], process.arguments());
        let outcome = self.dispatch(number, &arguments);
        self.finish_call(number, &arguments, outcome);
    }

    /// Makes the call of a woken process again.
    pub(crate) fn retry_call(&mut self) {
        let process = self.processes.at(self.current);
        let (number, arguments) = (process.registers.x[8], process.arguments());
        let outcome = self.dispatch(number, &arguments);
        if !matches!(outcome, Err(Stop::BLOCK | Stop::GONE)) {
            let process = self.processes.at_mut(self.current);
            process.state = State::Ready;
            process.deadline = None;
        }
        self.finish_call(number, &arguments, outcome);
    }

    #[inline]
    fn finish_call(&mut self, number: u64, arguments: &Arguments, outcome: Outcome) {
        let result = match outcome {
            Ok(value) => value as i64,
            Err(Stop::BLOCK) => return self.wait_or_interrupt(),
            Err(Stop::GONE) => return self.attention = true,
            Err(Stop(errno)) => (errno as i64).wrapping_neg(),
        };
        let process = self.processes.at_mut(self.current);
        process.registers.x[0] = result as u64;
        let pid = process.pid.0;
        self.storage
            .machine
            .trace_syscall(pid, number, arguments, result);
    }

    /// Notes what the current call waits for; its deadline is the process's `deadline`.
    pub(crate) fn block(&mut self, event: Event, restart: Restart) -> Stop {
        let deadline = self
            .processes
            .at(self.current)
            .deadline
            .filter(|&deadline| deadline != u64::MAX);
        self.wait = Wait {
            event,
            deadline,
            restart,
        };
        Stop::BLOCK
    }

    /// The absolute time at which the current call gives up. It is computed at the first try and kept for the others;
    /// `timeout` None waits for ever.
    #[inline(never)]
    pub(crate) fn deadline(&mut self, timeout: Option<u64>) -> u64 {
        let now = self.storage.machine.now();
        let process = self.processes.at_mut(self.current);
        *process
            .deadline
            .get_or_insert(timeout.map_or(u64::MAX, |timeout| now.saturating_add(timeout)))
    }

    /// The calls that a bootstrap chain makes by the million come first, and are inlined here.
    #[inline]
    fn dispatch(&mut self, number: u64, a: &Arguments) -> Outcome {
        match number {
            n::READ => self.sys_read(a[0], a[1], a[2]),
            n::WRITE => self.sys_write(a[0], a[1], a[2]),
            n::LSEEK => self.sys_lseek(a[0], a[1], a[2]),
            n::BRK => self.sys_brk(a[0]),
            _ => self.dispatch_other(number, a),
        }
    }

    #[inline(never)]
    fn dispatch_other(&mut self, number: u64, a: &Arguments) -> Outcome {
        if self.storage.machine.heap_free() < HEAP_RESERVE && !works_without_heap(number) {
            return Err(Errno::ENOMEM.into());
        }
        let outcome = self.dispatch_family(number, a);
        if !matches!(outcome, Err(Stop::BLOCK | Stop::GONE)) {
            self.processes.at_mut(self.current).deadline = None;
        }
        outcome
    }

    fn dispatch_family(&mut self, number: u64, a: &Arguments) -> Outcome {
        match number {
            // Data of open files.
            n::READV => self.sys_readv(a[0], a[1], a[2]),
            n::WRITEV => self.sys_writev(a[0], a[1], a[2]),
            n::PREAD64 => self.sys_pread(a[0], a[1], a[2], a[3]),
            n::PWRITE64 => self.sys_pwrite(a[0], a[1], a[2], a[3]),
            n::PREADV => self.sys_preadv(a[0], a[1], a[2], a[3]),
            n::PWRITEV => self.sys_pwritev(a[0], a[1], a[2], a[3]),
            n::PREADV2 => self.sys_preadv2(a),
            n::PWRITEV2 => self.sys_pwritev2(a),
            n::SENDFILE => self.sys_sendfile(a[0], a[1], a[2], a[3]),
            n::COPY_FILE_RANGE => self.sys_copy_file_range(a),
            n::TRUNCATE => self.sys_truncate(a[0], a[1]),
            n::FTRUNCATE => self.sys_ftruncate(a[0], a[1]),
            n::FALLOCATE => self.sys_fallocate(a[0], a[1], a[2], a[3]),
            n::FSYNC | n::FDATASYNC | n::SYNCFS => self.sys_fsync(a[0]),
            n::SYNC_FILE_RANGE | n::READAHEAD | n::FADVISE64 => self.sys_fsync(a[0]),
            n::SYNC => Ok(0),
            // Descriptors.
            n::OPENAT => self.sys_openat(a[0], a[1], a[2], a[3]),
            n::CLOSE => self.sys_close(a[0]),
            n::CLOSE_RANGE => self.sys_close_range(a[0], a[1], a[2]),
            n::DUP => self.sys_dup(a[0]),
            n::DUP3 => self.sys_dup3(a[0], a[1], a[2]),
            n::PIPE2 => self.sys_pipe2(a[0], a[1]),
            n::FCNTL => self.sys_fcntl(a[0], a[1], a[2]),
            n::FLOCK => self.sys_flock(a[0], a[1]),
            n::IOCTL => self.sys_ioctl(a[0], a[1], a[2]),
            n::PPOLL => self.sys_ppoll(a[0], a[1], a[2], a[3], a[4]),
            n::PSELECT6 => self.sys_pselect6(a),
            n::GETDENTS64 => self.sys_getdents64(a[0], a[1], a[2]),
            // Names and their attributes.
            n::NEWFSTATAT => self.sys_newfstatat(a[0], a[1], a[2], a[3]),
            n::FSTAT => self.sys_fstat(a[0], a[1]),
            n::STATX => self.sys_statx(a[0], a[1], a[2], a[3], a[4]),
            n::STATFS => self.sys_statfs(a[0], a[1]),
            n::FSTATFS => self.sys_fstatfs(a[0], a[1]),
            n::FACCESSAT => self.sys_faccessat(a[0], a[1], a[2], 0),
            n::FACCESSAT2 => self.sys_faccessat(a[0], a[1], a[2], a[3]),
            n::FCHMOD => self.sys_fchmod(a[0], a[1]),
            n::FCHMODAT => self.sys_fchmodat(a[0], a[1], a[2], 0),
            n::FCHMODAT2 => self.sys_fchmodat(a[0], a[1], a[2], a[3]),
            n::FCHOWN => self.sys_fchown(a[0], a[1], a[2]),
            n::FCHOWNAT => self.sys_fchownat(a[0], a[1], a[2], a[3], a[4]),
            n::UTIMENSAT => self.sys_utimensat(a[0], a[1], a[2], a[3]),
            n::UMASK => self.sys_umask(a[0]),
            n::MKDIRAT => self.sys_mkdirat(a[0], a[1], a[2]),
            n::MKNODAT => self.sys_mknodat(a[0], a[1], a[2], a[3]),
            n::UNLINKAT => self.sys_unlinkat(a[0], a[1], a[2]),
            n::SYMLINKAT => self.sys_symlinkat(a[0], a[1], a[2]),
            n::LINKAT => self.sys_linkat(a[0], a[1], a[2], a[3], a[4]),
            n::RENAMEAT => self.sys_renameat2(a[0], a[1], a[2], a[3], 0),
            n::RENAMEAT2 => self.sys_renameat2(a[0], a[1], a[2], a[3], a[4]),
            n::READLINKAT => self.sys_readlinkat(a[0], a[1], a[2], a[3]),
            n::CHDIR => self.sys_chdir(a[0]),
            n::FCHDIR => self.sys_fchdir(a[0]),
            n::GETCWD => self.sys_getcwd(a[0], a[1]),
            n::GETXATTR
            | n::LGETXATTR
            | n::FGETXATTR
            | n::LISTXATTR
            | n::LLISTXATTR
            | n::FLISTXATTR
            | n::SETXATTR
            | n::LSETXATTR
            | n::FSETXATTR
            | n::REMOVEXATTR
            | n::LREMOVEXATTR
            | n::FREMOVEXATTR => Err(Errno::EOPNOTSUPP.into()),
            // Memory.
            n::MMAP => self.sys_mmap(a),
            n::MUNMAP => self.sys_munmap(a[0], a[1]),
            n::MPROTECT => self.sys_mprotect(a[0], a[1], a[2]),
            n::MREMAP => self.sys_mremap(a),
            n::MADVISE => self.sys_madvise(a[0], a[1], a[2]),
            n::MSYNC => self.sys_msync(a[0], a[1], a[2]),
            n::MINCORE => self.sys_mincore(a[0], a[1], a[2]),
            n::MLOCK | n::MLOCK2 | n::MUNLOCK => self.sys_mlock(a[0], a[1]),
            n::MLOCKALL | n::MUNLOCKALL => Ok(0),
            n::MEMBARRIER => self.sys_membarrier(a[0]),
            // Processes.
            n::CLONE => self.sys_clone(a[0], a[1], a[2], a[3], a[4]),
            n::EXECVE => self.sys_execve(a[0], a[1], a[2]),
            n::EXECVEAT => self.sys_execveat(a[0], a[1], a[2], a[3], a[4]),
            n::EXIT | n::EXIT_GROUP => self.sys_exit(a[0]),
            n::WAIT4 => self.sys_wait4(a[0], a[1], a[2], a[3]),
            n::WAITID => self.sys_waitid(a[0], a[1], a[2], a[3], a[4]),
            n::SCHED_YIELD => self.sys_sched_yield(),
            n::FUTEX => self.sys_futex(a),
            n::SET_TID_ADDRESS => self.sys_set_tid_address(a[0]),
            n::SET_ROBUST_LIST => self.sys_set_robust_list(a[1]),
            // Signals.
            n::KILL => self.sys_kill(a[0], a[1]),
            n::TKILL => self.sys_tgkill(a[0], a[0], a[1]),
            n::TGKILL => self.sys_tgkill(a[0], a[1], a[2]),
            n::RT_SIGQUEUEINFO => self.sys_rt_sigqueueinfo(a[0], a[1], a[2]),
            n::SIGALTSTACK => self.sys_sigaltstack(a[0], a[1]),
            n::RT_SIGSUSPEND => self.sys_rt_sigsuspend(a[0], a[1]),
            n::RT_SIGACTION => self.sys_rt_sigaction(a[0], a[1], a[2], a[3]),
            n::RT_SIGPROCMASK => self.sys_rt_sigprocmask(a[0], a[1], a[2], a[3]),
            n::RT_SIGPENDING => self.sys_rt_sigpending(a[0], a[1]),
            n::RT_SIGTIMEDWAIT => self.sys_rt_sigtimedwait(a[0], a[1], a[2], a[3]),
            n::RT_SIGRETURN => self.sys_rt_sigreturn(),
            // Time.
            n::NANOSLEEP => self.sys_nanosleep(a[0], a[1]),
            n::CLOCK_NANOSLEEP => self.sys_clock_nanosleep(a[0], a[1], a[2], a[3]),
            n::CLOCK_GETTIME => self.sys_clock_gettime(a[0], a[1]),
            n::CLOCK_GETRES => self.sys_clock_getres(a[0], a[1]),
            n::CLOCK_SETTIME | n::SETTIMEOFDAY | n::CLOCK_ADJTIME => Err(Errno::EPERM.into()),
            n::GETTIMEOFDAY => self.sys_gettimeofday(a[0], a[1]),
            n::TIMES => self.sys_times(a[0]),
            n::GETRUSAGE => self.sys_getrusage(a[0], a[1]),
            n::GETITIMER => self.sys_getitimer(a[0], a[1]),
            n::SETITIMER => self.sys_setitimer(a[0], a[1], a[2]),
            _ => self.dispatch_identity(number, a),
        }
    }

    /// Who am I, where am I: calls that need no other subsystem.
    fn dispatch_identity(&mut self, number: u64, a: &Arguments) -> Outcome {
        match number {
            n::GETPID | n::GETTID => self.sys_getpid(),
            n::GETPPID => self.sys_getppid(),
            n::SETPGID => self.sys_setpgid(a[0], a[1]),
            n::GETPGID => self.sys_getpgid(a[0]),
            n::GETSID => self.sys_getsid(a[0]),
            n::SETSID => self.sys_setsid(),
            n::GETUID => self.sys_get_user(0),
            n::GETEUID => self.sys_get_user(1),
            n::GETGID => self.sys_get_group(0),
            n::GETEGID => self.sys_get_group(1),
            n::GETRESUID => self.sys_getresuid(a[0], a[1], a[2]),
            n::GETRESGID => self.sys_getresgid(a[0], a[1], a[2]),
            n::SETUID => self.sys_setuid(a[0]),
            n::SETGID => self.sys_setgid(a[0]),
            n::SETREUID => self.sys_setreuid(a[0], a[1]),
            n::SETREGID => self.sys_setregid(a[0], a[1]),
            n::SETRESUID => self.sys_setresuid(a[0], a[1], a[2]),
            n::SETRESGID => self.sys_setresgid(a[0], a[1], a[2]),
            n::SETFSUID => self.sys_get_user(1),
            n::SETFSGID => self.sys_get_group(1),
            n::GETGROUPS => Ok(0),
            n::SETGROUPS => Ok(0),
            n::CAPGET => self.sys_capget(a[0], a[1]),
            n::CAPSET => Ok(0),
            n::PRCTL => self.sys_prctl(a[0], a[1], a[2]),
            n::PERSONALITY => self.sys_personality(a[0]),
            n::GETPRIORITY => Ok(20),
            n::SETPRIORITY | n::IOPRIO_SET => Ok(0),
            n::IOPRIO_GET => Ok(0),
            n::SCHED_GETAFFINITY => self.sys_sched_getaffinity(a[0], a[1], a[2]),
            n::SCHED_SETAFFINITY => Ok(0),
            n::SCHED_GETSCHEDULER => Ok(0),
            n::SCHED_GETPARAM => self.sys_sched_getparam(a[1]),
            n::SCHED_SETSCHEDULER | n::SCHED_SETPARAM => Ok(0),
            n::SCHED_GET_PRIORITY_MAX | n::SCHED_GET_PRIORITY_MIN => Ok(0),
            n::GETCPU => self.sys_getcpu(a[0], a[1]),
            n::UNAME => self.sys_uname(a[0]),
            n::SYSINFO => self.sys_sysinfo(a[0]),
            n::GETRLIMIT => self.sys_prlimit64(0, a[0], 0, a[1]),
            n::SETRLIMIT => self.sys_prlimit64(0, a[0], a[1], 0),
            n::PRLIMIT64 => self.sys_prlimit64(a[0], a[1], a[2], a[3]),
            n::GETRANDOM => self.sys_getrandom(a[0], a[1], a[2]),
            n::MOUNT
            | n::UMOUNT2
            | n::PIVOT_ROOT
            | n::CHROOT
            | n::SETHOSTNAME
            | n::SETDOMAINNAME
            | n::REBOOT
            | n::SWAPON
            | n::SWAPOFF
            | n::ACCT
            | n::VHANGUP
            | n::UNSHARE
            | n::SETNS
            | n::PTRACE
            | n::SYSLOG => Err(Errno::EPERM.into()),
            // What a C library tries first and has a fallback for: no line on the console.
            n::RSEQ | n::CLONE3 => Err(Errno::ENOSYS.into()),
            n::SPLICE | n::TEE | n::VMSPLICE => Err(Errno::EINVAL.into()),
            _ => self.unknown_call(number),
        }
    }

    /// ENOSYS, and one line for each program and number.
    fn unknown_call(&mut self, number: u64) -> Outcome {
        let process = self.processes.at(self.current);
        let mut hash = fnv1a(&process.path);
        hash ^= number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if let Err(place) = self.reported.binary_search(&hash)
            && self.reported.try_reserve(1).is_ok()
        {
            self.reported.insert(place, hash);
            let name = n::name(number).unwrap_or("unknown");
            let (path, pid) = (Printable(&process.path), process.pid.0);
            let text = format_args!(
                "{path}: system call {number} ({name}) is not supported: ENOSYS (pid {pid})"
            );
            say(&mut self.storage.machine, text);
        }
        Err(Errno::ENOSYS.into())
    }
}

/// Calls that free memory or take none, so that programs can end in order when the heap is short.
fn works_without_heap(number: u64) -> bool {
    matches!(
        number,
        n::CLOSE
            | n::EXIT
            | n::EXIT_GROUP
            | n::MUNMAP
            | n::UNLINKAT
            | n::KILL
            | n::TGKILL
            | n::WAIT4
            | n::WAITID
            | n::READV
            | n::WRITEV
            | n::PREAD64
            | n::RT_SIGRETURN
            | n::RT_SIGACTION
            | n::RT_SIGPROCMASK
            | n::NANOSLEEP
            | n::CLOCK_NANOSLEEP
            | n::CLOCK_GETTIME
            | n::PPOLL
            | n::GETPID
            | n::FSTAT
    )
}
