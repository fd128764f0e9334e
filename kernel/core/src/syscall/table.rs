//! The table of system calls: number, name, arguments, and which method of what answers. Dispatch, the names in traces, the
//! fuzzer's list and the tables of docs/syscalls.md are made from it.
//!
//! Numbers are those of AArch64 Linux (asm-generic/unistd.h). A row is
//! `NAME = number (arguments) [handler] flag;`: the handler is a method of one of [`grant`](super::grant)'s, `yes(value)`, or
//! `no(error)`. Flags: `first`, the calls that a chain makes by the million, which are inlined before the others;
//! `always`, those that free memory or take none, so that programs can end in order when the heap is short.

use super::Outcome;
use super::grant::User;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::storage::HEAP_RESERVE;

/// Calls with the same line in docs/syscalls.md.
pub struct Group {
    /// The part of the page.
    pub section: &'static str,
    /// `supported`, `partly` or `not`.
    pub state: &'static str,
    /// What is left out, and remarks.
    pub remarks: &'static str,
    /// The calls.
    pub calls: &'static [Call],
}

/// One call.
pub struct Call {
    /// What a program puts into x8.
    pub number: u64,
    /// Its name, in capitals.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: &'static [&'static str],
}

/// What a row's handler gives.
macro_rules! outcome {
    ($kernel:ident; yes($value:expr)) => {
        Ok($value)
    };
    ($kernel:ident; no($errno:ident)) => {
        Err(Errno::$errno.into())
    };
    ($kernel:ident; $grant:ident.$handler:ident($($value:expr),*)) => {
        $kernel.$grant().$handler($($value),*)
    };
}

/// Does a row have this flag?
macro_rules! has_flag {
    (first, first) => {
        true
    };
    (always, always) => {
        true
    };
    ($wanted:ident, $($other:ident)?) => {
        false
    };
}

macro_rules! calls {
    ($(section $section:literal {
        $($state:ident $remarks:literal {
            $($name:ident = $number:literal ($($argument:ident),*) [$($handler:tt)*] $($flag:ident)?;)*
        })*
    })* no lines { $($unknown:ident = $unknown_number:literal,)* }) => {
        $($($(
            #[allow(missing_docs, reason = "the man page of this name, section 2")]
            pub const $name: u64 = $number;
        )*)*)*
        $(
            #[allow(missing_docs, reason = "the man page of this name, section 2")]
            pub const $unknown: u64 = $unknown_number;
        )*

        /// All that stands in docs/syscalls.md.
        pub static GROUPS: &[Group] = &[$($(Group {
            section: $section,
            state: stringify!($state),
            remarks: $remarks,
            calls: &[$(Call {
                number: $number,
                name: stringify!($name),
                arguments: &[$(stringify!($argument)),*],
            }),*],
        },)*)*];

        /// The numbers of all calls, those without a line too. No array of texts: it would be pointers for the most part.
        static NUMBERS: &[u16] = &[$($($($number,)*)*)* $($unknown_number,)*];
        /// Their names, in the same order.
        static NAMES: &str = concat!($($($(stringify!($name), " ",)*)*)* $(stringify!($unknown), " ",)*);

        /// The name of a call, in capitals as it stands here.
        pub fn name(number: u64) -> Option<&'static str> {
            let place = NUMBERS.iter().position(|&known| u64::from(known) == number)?;
            NAMES.split(' ').nth(place)
        }

        /// Does it free memory, or take none?
        fn works_without_heap(number: u64) -> bool {
            match number {
                $($($($number => has_flag!(always, $($flag)?),)*)*)*
                _ => false,
            }
        }

        impl<M: Machine> Kernel<'_, M> {
            /// Answers one of the calls that come first, as if there were no others. None: it is another.
            #[inline(always)]
            pub(super) fn answer_first(&mut self, number: u64, a: &[u64; 6]) -> Option<Outcome> {
                let kernel = self;
                $($($(
                    if has_flag!(first, $($flag)?) && number == $number {
                        let [$($argument,)* ..] = *a;
                        return Some(outcome!(kernel; $($handler)*));
                    }
                )*)*)*
                None
            }

            /// Answers any call.
            #[inline(never)]
            pub(super) fn answer(&mut self, number: u64, a: &[u64; 6]) -> Outcome {
                if self.storage.machine.heap_free() < HEAP_RESERVE && !works_without_heap(number) {
                    return Err(Errno::ENOMEM.into());
                }
                let kernel = self;
                // Looked up here, the compiler need not look it up again in each arm.
                let _ = kernel.processes.current_mut();
                match number {
                    $($($(
                        $number if !has_flag!(first, $($flag)?) => {
                            let [$($argument,)* ..] = *a;
                            outcome!(kernel; $($handler)*)
                        }
                    )*)*)*
                    _ => kernel.unknown_call(number),
                }
            }
        }
    };
}

calls! {
    section "Data of files" {
        supported "a blocking write to a pipe takes all bytes, as on Linux" {
            READ = 63 (fd, buffer, count) [io.sys_read(fd, buffer, count)] first;
            WRITE = 64 (fd, buffer, count) [io.sys_write(fd, buffer, count)] first;
            READV = 65 (fd, vector, count) [io.sys_readv(fd, vector, count)] always;
            WRITEV = 66 (fd, vector, count) [io.sys_writev(fd, vector, count)] always;
        }
        supported "" {
            PREAD64 = 67 (fd, buffer, count, offset) [io.sys_pread(fd, buffer, count, offset)] always;
            PWRITE64 = 68 (fd, buffer, count, offset) [io.sys_pwrite(fd, buffer, count, offset)];
            PREADV = 69 (fd, vector, count, offset) [io.sys_preadv(fd, vector, count, offset)];
            PWRITEV = 70 (fd, vector, count, offset) [io.sys_pwritev(fd, vector, count, offset)];
        }
        partly "RWF_NOWAIT, RWF_APPEND: EOPNOTSUPP" {
            PREADV2 = 286 (fd, vector, count, offset, _high, flags) [io.sys_preadv2(fd, vector, count, offset, flags)];
            PWRITEV2 = 287 (fd, vector, count, offset, _high, flags) [io.sys_pwritev2(fd, vector, count, offset, flags)];
        }
        supported "SEEK_DATA and SEEK_HOLE see holes page by page" {
            LSEEK = 62 (fd, offset, whence) [io.sys_lseek(fd, offset, whence)] first;
        }
        supported "the source is a regular file, or for sendfile a text of /proc that is not of a process, else EINVAL: programs fall back to read and write" {
            SENDFILE = 71 (out, input, offset, count) [io.sys_sendfile(out, input, offset, count)];
            COPY_FILE_RANGE = 285 (input, input_offset, out, output_offset, length, flags)
                [io.sys_copy_file_range(input, input_offset, out, output_offset, length, flags)];
        }
        supported "" {
            TRUNCATE = 45 (path, length) [io.sys_truncate(path, length)];
            FTRUNCATE = 46 (fd, length) [io.sys_ftruncate(fd, length)];
        }
        partly "modes 0, KEEP_SIZE, and PUNCH_HOLE with it, as on a tmpfs; pages come with the writes, so a later write can still give ENOSPC" {
            FALLOCATE = 47 (fd, mode, offset, length) [io.sys_fallocate(fd, mode, offset, length)];
        }
        supported "memory is all there is: nothing to do" {
            SYNC = 81 () [yes(0)];
            FSYNC = 82 (fd) [io.sys_fsync(fd)];
            FDATASYNC = 83 (fd) [io.sys_fsync(fd)];
            SYNC_FILE_RANGE = 84 (fd, offset, length, flags) [io.sys_sync_file_range(fd, offset, length, flags)];
            READAHEAD = 213 (fd) [io.sys_readahead(fd)];
            FADVISE64 = 223 (fd, _offset, length, advice) [io.sys_fadvise64(fd, length, advice)];
            SYNCFS = 267 (fd) [io.sys_syncfs(fd)];
        }
        supported "bytes are copied" {
            VMSPLICE = 75 (fd, vector, count, flags) [io.sys_vmsplice(fd, vector, count, flags)];
            SPLICE = 76 (input, input_offset, out, output_offset, length, flags)
                [io.sys_splice((input, input_offset), (out, output_offset), length, flags)];
            TEE = 77 (input, out, length, flags) [io.sys_tee(input, out, length, flags)];
        }
    }
    section "Descriptors" {
        partly "O_ASYNC, O_DIRECT (of a text of /proc: EINVAL), O_NOATIME, O_SYNC are kept and do nothing" {
            OPENAT = 56 (directory, path, flags, mode) [io.sys_openat(directory, path, flags, mode)];
        }
        partly "MFD_HUGETLB: EINVAL" {
            MEMFD_CREATE = 279 (name, flags) [io.sys_memfd_create(name, flags)];
        }
        supported "1024 descriptors at most, or RLIMIT_NOFILE" {
            CLOSE = 57 (fd) [io.sys_close(fd)] always;
            CLOSE_RANGE = 436 (first, last, flags) [io.sys_close_range(first, last, flags)];
            DUP = 23 (fd) [io.sys_dup(fd)];
            DUP3 = 24 (old, new, flags) [io.sys_dup3(old, new, flags)];
        }
        partly "64 KiB, atomic up to 4096 bytes" {
            PIPE2 = 59 (fds, flags) [io.sys_pipe2(fds, flags)];
        }
        partly "F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETPIPE_SZ, F_SETPIPE_SZ (up to 64 KiB: EPERM), F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_ADD_SEALS, F_GET_SEALS; F_SETOWN, F_GETOWN, F_SETOWN_EX, F_GETOWN_EX, F_SETSIG, F_GETSIG are kept, no SIGIO is sent; leases: EINVAL" {
            FCNTL = 25 (fd, command, argument) [io.sys_fcntl(fd, command, argument)];
        }
        supported "on a socket always granted" {
            FLOCK = 32 (fd, operation) [io.sys_flock(fd, operation)];
        }
        partly "FIONREAD, FIONBIO, FIOCLEX, FIONCLEX; of a terminal TCGETS, TCSETS, TCSETSW, TCSETSF, TCFLSH, TCSBRK, TCXONC, TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP, TIOCSPGRP, TIOCSCTTY, TIOCNOTTY, TIOCGSID, TIOCOUTQ; else ENOTTY" {
            IOCTL = 29 (fd, request, argument) [io.sys_ioctl(fd, request, argument)];
        }
        supported "" {
            PSELECT6 = 72 (count, read, write, except, timeout, mask)
                [io.sys_pselect6(count, [read, write, except], timeout, mask)];
            PPOLL = 73 (fds, count, timeout, mask, set_size) [io.sys_ppoll(fds, count, timeout, mask, set_size)] always;
        }
        supported "in the order of creation" {
            GETDENTS64 = 61 (fd, entries, size) [io.sys_getdents64(fd, entries, size)];
        }
        supported "" {
            EVENTFD2 = 19 (count, flags) [io.sys_eventfd2(count, flags)];
            EPOLL_CREATE1 = 20 (flags) [io.sys_epoll_create1(flags)];
            EPOLL_CTL = 21 (epoll, operation, fd, event) [io.sys_epoll_ctl(epoll, operation, fd, event)];
            EPOLL_PWAIT = 22 (epoll, events, count, timeout, mask, set_size)
                [io.sys_epoll_pwait(epoll, (events, count), timeout, mask, set_size)];
            EPOLL_PWAIT2 = 441 (epoll, events, count, timeout, mask, set_size)
                [io.sys_epoll_pwait2(epoll, (events, count), timeout, mask, set_size)];
            SIGNALFD4 = 74 (fd, set, set_size, flags) [io.sys_signalfd4(fd, set, set_size, flags)];
            TIMERFD_CREATE = 85 (clock, flags) [io.sys_timerfd_create(clock, flags)];
            TIMERFD_SETTIME = 86 (fd, flags, new, old) [io.sys_timerfd_settime(fd, flags, new, old)];
            TIMERFD_GETTIME = 87 (fd, value) [io.sys_timerfd_gettime(fd, value)];
            PIDFD_SEND_SIGNAL = 424 (fd, signal, info, flags) [io.sys_pidfd_send_signal(fd, signal, info, flags)];
            PIDFD_OPEN = 434 (pid, flags) [io.sys_pidfd_open(pid, flags)];
        }
        partly "pairs of AF_UNIX only, 64 KiB for each way; descriptors and credentials in messages: EINVAL and a line" {
            SOCKETPAIR = 199 (domain, kind, protocol, fds) [io.sys_socketpair(domain, kind, protocol, fds)];
            GETSOCKNAME = 204 (fd, address, length) [io.sys_getsockname(fd, address, length)];
            GETPEERNAME = 205 (fd, address, length) [io.sys_getsockname(fd, address, length)];
            SENDTO = 206 (fd, buffer, count, flags, address, length)
                [io.sys_sendto(fd, buffer, count, flags, (address, length))];
            RECVFROM = 207 (fd, buffer, count, flags, address, length)
                [io.sys_recvfrom(fd, buffer, count, flags, (address, length))];
            SETSOCKOPT = 208 (fd, level, option) [io.sys_setsockopt(fd, level, option)];
            GETSOCKOPT = 209 (fd, level, option, value, length) [io.sys_getsockopt(fd, level, option, value, length)];
            SHUTDOWN = 210 (fd, how) [io.sys_shutdown(fd, how)];
            SENDMSG = 211 (fd, message, flags) [kernel.sys_sendmsg(fd, message, flags)];
            RECVMSG = 212 (fd, message, flags) [io.sys_recvmsg(fd, message, flags)];
        }
        not "EAFNOSUPPORT: there is no network, and no socket has a name" {
            SOCKET = 198 (family) [kernel.no_socket(family)];
        }
    }
    section "Names and attributes" {
        supported "statx without birth time; atime changes by utimensat only" {
            NEWFSTATAT = 79 (directory, path, stat, flags) [names.sys_newfstatat(directory, path, stat, flags)];
            FSTAT = 80 (fd, stat) [names.sys_fstat(fd, stat)] always;
            STATX = 291 (directory, path, flags, mask, statx) [names.sys_statx(directory, path, flags, mask, statx)];
        }
        supported "one file system, in memory, with tmpfs's number; /proc, pipes, sockets and what else has no name have Linux's numbers and no sizes" {
            STATFS = 43 (path, statfs) [names.sys_statfs(path, statfs)];
            FSTATFS = 44 (fd, statfs) [names.sys_fstatfs(fd, statfs)];
        }
        supported "" {
            FACCESSAT = 48 (directory, path, mode) [names.sys_faccessat(directory, path, mode, 0)];
            FACCESSAT2 = 439 (directory, path, mode, flags) [names.sys_faccessat(directory, path, mode, flags)];
        }
        supported "" {
            FCHMOD = 52 (fd, mode) [names.sys_fchmod(fd, mode)];
            FCHMODAT = 53 (directory, path, mode) [names.sys_fchmodat(directory, path, mode, 0)];
            FCHMODAT2 = 452 (directory, path, mode, flags) [names.sys_fchmodat(directory, path, mode, flags)];
            FCHOWNAT = 54 (directory, path, user, group, flags) [names.sys_fchownat(directory, path, user, group, flags)];
            FCHOWN = 55 (fd, user, group) [names.sys_fchown(fd, user, group)];
            UTIMENSAT = 88 (directory, path, times, flags) [names.sys_utimensat(directory, path, times, flags)];
            UMASK = 166 (mask) [process.sys_umask(mask)];
        }
        supported "" {
            MKDIRAT = 34 (directory, path, mode) [io.sys_mkdirat(directory, path, mode)];
            UNLINKAT = 35 (directory, path, flags) [io.sys_unlinkat(directory, path, flags)] always;
            SYMLINKAT = 36 (target, directory, path) [io.sys_symlinkat(target, directory, path)];
            LINKAT = 37 (old_directory, old, new_directory, new, flags)
                [io.sys_linkat(old_directory, old, new_directory, new, flags)];
            READLINKAT = 78 (directory, path, buffer, size) [io.sys_readlinkat(directory, path, buffer, size)];
        }
        partly "regular files, FIFOs, nodes of the kernel's own devices; else EPERM" {
            MKNODAT = 33 (directory, path, mode, device) [io.sys_mknodat(directory, path, mode, device)];
        }
        supported "NOREPLACE and EXCHANGE; WHITEOUT: EINVAL" {
            RENAMEAT = 38 (old_directory, old, new_directory, new)
                [io.sys_renameat2(old_directory, old, new_directory, new, 0)];
            RENAMEAT2 = 276 (old_directory, old, new_directory, new, flags)
                [io.sys_renameat2(old_directory, old, new_directory, new, flags)];
        }
        supported "" {
            GETCWD = 17 (buffer, size) [io.sys_getcwd(buffer, size)];
            CHDIR = 49 (path) [names.sys_chdir(path)];
            FCHDIR = 50 (fd) [names.sys_fchdir(fd)];
        }
        not "EOPNOTSUPP, as a file system without extended attributes" {
            SETXATTR = 5 () [no(EOPNOTSUPP)];
            LSETXATTR = 6 () [no(EOPNOTSUPP)];
            FSETXATTR = 7 () [no(EOPNOTSUPP)];
            GETXATTR = 8 () [no(EOPNOTSUPP)];
            LGETXATTR = 9 () [no(EOPNOTSUPP)];
            FGETXATTR = 10 () [no(EOPNOTSUPP)];
            LISTXATTR = 11 () [no(EOPNOTSUPP)];
            LLISTXATTR = 12 () [no(EOPNOTSUPP)];
            FLISTXATTR = 13 () [no(EOPNOTSUPP)];
            REMOVEXATTR = 14 () [no(EOPNOTSUPP)];
            LREMOVEXATTR = 15 () [no(EOPNOTSUPP)];
            FREMOVEXATTR = 16 () [no(EOPNOTSUPP)];
        }
        not "EPERM" {
            UMOUNT2 = 39 () [no(EPERM)];
            MOUNT = 40 () [no(EPERM)];
            PIVOT_ROOT = 41 () [no(EPERM)];
            CHROOT = 51 () [no(EPERM)];
        }
    }
    section "Memory" {
        supported "" {
            BRK = 214 (address) [caller.sys_brk(address)] first;
            MUNMAP = 215 (address, length) [caller.sys_munmap(address, length)] always;
            MPROTECT = 226 (address, length, protection) [kernel.sys_mprotect(address, length, protection)];
        }
        partly "MAYMOVE, FIXED; DONTUNMAP, an old length of 0 and growth of shared memory without a file: EINVAL" {
            MREMAP = 216 (old, old_length, new_length, flags, new)
                [io.sys_mremap(old, old_length, new_length, flags, new)];
        }
        partly "a private mapping may show later changes of its file or not; MAP_GROWSDOWN does nothing, there are no huge pages" {
            MMAP = 222 (address, length, protection, flags, fd, offset)
                [kernel.sys_mmap(address, length, protection, flags, fd, offset)];
        }
        partly "MADV_DONTNEED, MADV_FREE; hints do nothing; what a fork would see, MADV_REMOVE and MADV_POPULATE_*: EINVAL" {
            MADVISE = 233 (address, length, advice) [caller.sys_madvise(address, length, advice)];
        }
        supported "nothing is ever swapped: a lock brings pages in, keeps advice from dropping them, and counts against RLIMIT_MEMLOCK" {
            MSYNC = 227 (address, length, flags) [caller.sys_msync(address, length, flags)];
            MINCORE = 232 (address, length, vector) [caller.sys_mincore(address, length, vector)];
            MLOCK = 228 (address, length) [caller.sys_mlock(address, length)];
            MLOCK2 = 284 (address, length, flags) [caller.sys_mlock2(address, length, flags)];
            MUNLOCK = 229 (address, length) [caller.sys_munlock(address, length)];
            MLOCKALL = 230 (flags) [caller.sys_mlockall(flags)];
            MUNLOCKALL = 231 () [caller.sys_munlockall()];
        }
        supported "one processor: nothing to do but to register" {
            MEMBARRIER = 283 (command, flags) [caller.sys_membarrier(command, flags)];
        }
    }
    section "Processes" {
        partly "processes (fork, vfork, posix_spawn's CLONE_VM with CLONE_VFORK) and threads, which have memory, files, directory and handlers in common; stack, TLS, the TID flags, CLONE_PARENT, CLONE_PIDFD. Other sharing and namespaces: EINVAL and a line" {
            CLONE = 220 (flags, stack, parent_tid, tls, child_tid)
                [kernel.sys_clone(flags, stack, parent_tid, tls, child_tid)];
        }
        not "ENOSYS without a line: C libraries fall back to clone" {
            CLONE3 = 435 () [no(ENOSYS)];
        }
        supported "static AArch64 programs (ET_EXEC, static PIE) and `#!` scripts; a program with an interpreter: ENOENT and a line. Under the policy `chain`, a program that is part of the image: EACCES and a line (docs/ledger.md, also for mmap and mprotect)" {
            EXECVE = 221 (path, argv, envp) [kernel.sys_execve(path, argv, envp)];
            EXECVEAT = 281 (directory, path, argv, envp, flags) [kernel.sys_execveat(directory, path, argv, envp, flags)];
        }
        supported "rusage has time, peak memory and faults; the kernel's time counts as the program's" {
            EXIT = 93 (status) [kernel.sys_exit(status)] always;
            EXIT_GROUP = 94 (status) [kernel.sys_exit_group(status)] always;
            WAIT4 = 260 (pid, status, options, usage) [jobs.sys_wait4(pid, status, options, usage)] always;
            WAITID = 95 (kind, id, info, options, usage) [kernel.sys_waitid(kind, id, info, options, usage)] always;
        }
        partly "WAIT, WAKE, WAIT_BITSET, WAKE_BITSET, REQUEUE, CMP_REQUEUE, WAKE_OP, in the order of waiting; priority inheritance: ENOSYS and a line" {
            FUTEX = 98 (address, operation, value, second, other, third)
                [kernel.sys_futex(address, operation, value, second, other, third)];
        }
        supported "numbers of threads lie above those of all processes" {
            SET_TID_ADDRESS = 96 (address) [process.sys_set_tid_address(address)];
            SET_ROBUST_LIST = 99 (head, size) [process.sys_set_robust_list(head, size)];
            GET_ROBUST_LIST = 100 (thread, head, size) [jobs.sys_get_robust_list(thread, head, size)];
        }
        not "ENOSYS without a line: C libraries go on without" {
            RSEQ = 293 () [no(ENOSYS)];
        }
        supported "one processor" {
            SCHED_YIELD = 124 () [processes.sys_sched_yield()];
            SCHED_SETAFFINITY = 122 (pid, size, mask) [jobs.sys_sched_setaffinity(pid, size, mask)];
            SCHED_GETAFFINITY = 123 (pid, size, mask) [jobs.sys_sched_getaffinity(pid, size, mask)];
            GETCPU = 168 (processor, node) [caller.sys_getcpu(processor, node)];
        }
        partly "kept and told for each thread, within RLIMIT_NICE and RLIMIT_RTPRIO, without effect: round robin in slices of 10 ms is all there is; no SCHED_DEADLINE" {
            SCHED_SETPARAM = 118 (pid, parameters) [jobs.sys_sched_setparam(pid, parameters)];
            SCHED_SETSCHEDULER = 119 (pid, policy, parameters) [jobs.sys_sched_setscheduler(pid, policy, parameters)];
            SCHED_GETSCHEDULER = 120 (pid) [processes.sys_sched_getscheduler(pid)];
            SCHED_GETPARAM = 121 (pid, parameters) [jobs.sys_sched_getparam(pid, parameters)];
            SCHED_GET_PRIORITY_MAX = 125 (policy) [processes.sys_priority_limit(policy, 98)];
            SCHED_GET_PRIORITY_MIN = 126 (policy) [processes.sys_priority_limit(policy, 0)];
            SCHED_RR_GET_INTERVAL = 127 (pid, interval) [jobs.sys_sched_rr_get_interval(pid, interval)];
            SCHED_SETATTR = 274 (pid, attributes, flags) [jobs.sys_sched_setattr(pid, attributes, flags)];
            SCHED_GETATTR = 275 (pid, attributes, size, flags) [jobs.sys_sched_getattr(pid, attributes, size, flags)];
            SETPRIORITY = 140 (which, who, nice) [processes.sys_setpriority(which, who, nice)];
            GETPRIORITY = 141 (which, who) [processes.sys_getpriority(which, who)];
        }
        partly "accepted, without effect" {
            IOPRIO_SET = 30 (which, who, priority) [processes.sys_ioprio_set(which, who, priority)];
            IOPRIO_GET = 31 (which, who) [processes.sys_ioprio_get(which, who)];
        }
    }
    section "Signals" {
        supported "SA_SIGINFO, RESTART, NODEFER, RESETHAND, ONSTACK, RESTORER, NOCLDSTOP, NOCLDWAIT" {
            RT_SIGACTION = 134 (signal, new, old, set_size) [caller.sys_rt_sigaction(signal, new, old, set_size)] always;
        }
        supported "SS_AUTODISARM of sigaltstack: EINVAL" {
            RT_SIGPROCMASK = 135 (how, new, old, set_size) [caller.sys_rt_sigprocmask(how, new, old, set_size)] always;
            RT_SIGPENDING = 136 (set, set_size) [caller.sys_rt_sigpending(set, set_size)];
            RT_SIGSUSPEND = 133 (mask, set_size) [caller.sys_rt_sigsuspend(mask, set_size)];
            RT_SIGTIMEDWAIT = 137 (set, info, timeout, set_size) [caller.sys_rt_sigtimedwait(set, info, timeout, set_size)];
            RT_SIGRETURN = 139 () [jobs.sys_rt_sigreturn()] always;
            SIGALTSTACK = 132 (new, old) [caller.sys_sigaltstack(new, old)];
        }
        supported "at most 4096 real-time signals pend: then EAGAIN, or they count once" {
            KILL = 129 (pid, signal) [processes.sys_kill(pid, signal)] always;
            TKILL = 130 (thread, signal) [processes.sys_tkill(thread, signal)];
            TGKILL = 131 (group, thread, signal) [processes.sys_tgkill(group, thread, signal)] always;
            RT_SIGQUEUEINFO = 138 (pid, signal, info) [io.sys_rt_sigqueueinfo(pid, signal, info)];
            RT_TGSIGQUEUEINFO = 240 (group, thread, signal, info) [io.sys_rt_tgsigqueueinfo(group, thread, signal, info)];
        }
    }
    section "Time" {
        supported "CLOCK_REALTIME starts at a constant of the image, not at the day's date" {
            CLOCK_GETTIME = 113 (clock, time) [jobs.sys_clock_gettime(clock, time)] always;
            CLOCK_GETRES = 114 (clock, resolution) [jobs.sys_clock_getres(clock, resolution)];
            GETTIMEOFDAY = 169 (time, zone) [jobs.sys_gettimeofday(time, zone)];
            TIMES = 153 (times) [jobs.sys_times(times)];
            GETRUSAGE = 165 (who, usage) [jobs.sys_getrusage(who, usage)];
        }
        supported "" {
            NANOSLEEP = 101 (request, remaining) [caller.sys_nanosleep(request, remaining)] always;
            CLOCK_NANOSLEEP = 115 (clock, flags, request, remaining)
                [jobs.sys_clock_nanosleep(clock, flags, request, remaining)] always;
        }
        supported "those that count processor time are looked at when a slice ends" {
            GETITIMER = 102 (which, value) [jobs.sys_getitimer(which, value)];
            SETITIMER = 103 (which, new, old) [jobs.sys_setitimer(which, new, old)];
            TIMER_CREATE = 107 (clock, event, timer) [jobs.sys_timer_create(clock, event, timer)];
            TIMER_GETTIME = 108 (timer, value) [jobs.sys_timer_gettime(timer, value)];
            TIMER_GETOVERRUN = 109 (timer) [jobs.sys_timer_getoverrun(timer)];
            TIMER_SETTIME = 110 (timer, flags, new, old) [jobs.sys_timer_settime(timer, flags, new, old)];
            TIMER_DELETE = 111 (timer) [jobs.sys_timer_delete(timer)];
        }
        not "EPERM" {
            CLOCK_SETTIME = 112 () [no(EPERM)];
            SETTIMEOFDAY = 170 () [no(EPERM)];
            CLOCK_ADJTIME = 266 () [no(EPERM)];
            ADJTIMEX = 171 () [no(EPERM)];
        }
    }
    section "Who and what" {
        supported "" {
            GETPID = 172 () [process.sys_getpid()] always;
            GETTID = 178 () [process.sys_gettid()];
            GETPPID = 173 () [process.sys_getppid()];
            SETPGID = 154 (pid, group) [processes.sys_setpgid(pid, group)];
            GETPGID = 155 (pid) [processes.sys_getpgid(pid)];
            GETSID = 156 (pid) [processes.sys_getsid(pid)];
            SETSID = 157 () [processes.sys_setsid()];
        }
        supported "" {
            SETREGID = 143 (real, effective) [caller.sys_setregid(real, effective)];
            SETGID = 144 (group) [caller.sys_setgid(group)];
            SETREUID = 145 (real, effective) [caller.sys_setreuid(real, effective)];
            SETUID = 146 (user) [caller.sys_setuid(user)];
            SETRESUID = 147 (real, effective, saved) [caller.sys_setresuid(real, effective, saved)];
            GETRESUID = 148 (real, effective, saved) [caller.sys_getresuid(real, effective, saved)];
            SETRESGID = 149 (real, effective, saved) [caller.sys_setresgid(real, effective, saved)];
            GETRESGID = 150 (real, effective, saved) [caller.sys_getresgid(real, effective, saved)];
            SETFSUID = 151 (user) [caller.sys_setfsuid(user)];
            SETFSGID = 152 (group) [caller.sys_setfsgid(group)];
            GETUID = 174 () [process.sys_get_user(0)];
            GETEUID = 175 () [process.sys_get_user(1)];
            GETGID = 176 () [process.sys_get_group(0)];
            GETEGID = 177 () [process.sys_get_group(1)];
        }
        supported "" {
            GETGROUPS = 158 (count, list) [caller.sys_getgroups(count, list)];
            SETGROUPS = 159 (count, list) [caller.sys_setgroups(count, list)];
        }
        partly "of processes; files have none, and the inheritable set has no effect" {
            CAPGET = 90 (header, data) [jobs.sys_capget(header, data)];
            CAPSET = 91 (header, data) [caller.sys_capset(header, data)];
        }
        supported "Linux, 6.1.0-firmseed, aarch64" {
            UNAME = 160 (names) [caller.sys_uname(names)];
        }
        supported "" {
            SYSINFO = 179 (info) [jobs.sys_sysinfo(info)];
        }
        partly "kept; CPU, NPROC, NOFILE, FSIZE, AS, DATA (heap and private mappings that may be written), STACK, NICE and RTPRIO have effect; no core files are written" {
            GETRLIMIT = 163 (resource, old) [io.sys_prlimit64(0, resource, 0, old)];
            SETRLIMIT = 164 (resource, new) [io.sys_prlimit64(0, resource, new, 0)];
            PRLIMIT64 = 261 (pid, resource, new, old) [io.sys_prlimit64(pid, resource, new, old)];
        }
        partly "names, dumpable, keepcaps, no_new_privs, capability reads, parent death signal, subreaper; timer slack and huge pages are kept and do nothing; else EINVAL" {
            PRCTL = 167 (option, argument, second, third, fourth) [caller.sys_prctl(option, argument, [second, third, fourth])];
        }
        partly "kept, without effect" {
            PERSONALITY = 92 (persona) [caller.sys_personality(persona)];
        }
        supported "**deterministic**: the same bytes in every boot, from SplitMix64. A chain must give the same bytes every time, so there is no entropy here; nothing secret may be made of it. `/dev/random`, `/dev/urandom` and AT_RANDOM are the same" {
            GETRANDOM = 278 (buffer, count, flags) [io.sys_getrandom(buffer, count, flags)];
        }
        not "EPERM" {
            VHANGUP = 58 () [no(EPERM)];
            ACCT = 89 () [no(EPERM)];
            UNSHARE = 97 () [no(EPERM)];
            SYSLOG = 116 () [no(EPERM)];
            PTRACE = 117 () [no(EPERM)];
            REBOOT = 142 () [no(EPERM)];
            SETHOSTNAME = 161 () [no(EPERM)];
            SETDOMAINNAME = 162 () [no(EPERM)];
            SWAPON = 224 () [no(EPERM)];
            SWAPOFF = 225 () [no(EPERM)];
            SETNS = 268 () [no(EPERM)];
        }
    }
    // In no table: ENOSYS, and a line on the console with the name.
    no lines {
        IO_SETUP = 0, IO_DESTROY = 1, INOTIFY_INIT1 = 26, INOTIFY_ADD_WATCH = 27, INOTIFY_RM_WATCH = 28,
        QUOTACTL = 60, SHMGET = 194, BIND = 200, LISTEN = 201, ACCEPT = 202, CONNECT = 203,
        PERF_EVENT_OPEN = 241, ACCEPT4 = 242, SECCOMP = 277, BPF = 280, USERFAULTFD = 282,
        IO_URING_SETUP = 425, OPENAT2 = 437, FUTEX_WAITV = 449,
    }
}
