//! Numbers, groups, users, limits, and what the system says of itself.

use super::*;

#[test]
fn sessions_and_groups() {
    let mut rig = Rig::new();
    assert_eq!(rig.call(n::SETSID, &[]), fail(Errno::EPERM), "PID 1 leads its group already");
    let child = rig.fork();
    assert_eq!(rig.call(n::SETPGID, &[child.into(), 99]), fail(Errno::EPERM));
    assert_eq!(rig.call(n::SETPGID, &[99, 0]), fail(Errno::ESRCH));
    assert_eq!(rig.call(n::SETPGID, &[0, -1i64 as u64]), fail(Errno::EINVAL));
    rig.switch_to(child);
    assert_eq!(rig.call(n::GETSID, &[0]), 1);
    assert_eq!(rig.call(n::SETSID, &[]), child.into());
    assert_eq!(rig.call(n::GETPGID, &[0]), child.into());
    assert_eq!(rig.call(n::GETSID, &[1]), 1);
    assert_eq!(rig.call(n::GETPGID, &[77]), fail(Errno::ESRCH));
    let grandchild = rig.fork();
    rig.switch_to(grandchild);
    let path = rig.path("/init");
    rig.start(n::EXECVE, &[path, 0, 0]);
    rig.switch_to(child);
    assert_eq!(rig.call(n::SETPGID, &[grandchild.into(), 0]), fail(Errno::EACCES));
}

#[test]
fn users_are_kept_and_checked_among_themselves() {
    let mut rig = Rig::new();
    assert_eq!(rig.call(n::GETUID, &[]), 0);
    rig.done(n::SETRESGID, &[5, 6, 7]);
    rig.done(n::SETRESUID, &[u32::MAX.into(), 10, 20]);
    rig.done(n::GETRESUID, &[DATA, DATA + 4, DATA + 8]);
    assert_eq!([0, 4, 8].map(|at| rig.peek_u32(DATA + at)), [0, 10, 20]);
    assert_eq!((rig.call(n::GETEUID, &[]), rig.call(n::GETEGID, &[])), (10, 6));
    assert_eq!(rig.call(n::SETUID, &[99]), fail(Errno::EPERM));
    assert_eq!(rig.call(n::SETRESUID, &[0, 20, 0]), 0);
}

#[test]
fn the_system_says_what_it_is() {
    let mut rig = Rig::new();
    rig.done(n::UNAME, &[DATA]);
    assert_eq!(rig.peek(DATA, 6), b"Linux\0");
    assert_eq!(rig.peek(DATA + 130, 15), b"6.1.0-firmseed\0");
    assert_eq!(rig.peek(DATA + 260, 8), b"aarch64\0");
    rig.done(n::SYSINFO, &[DATA]);
    assert_eq!(rig.peek_word(DATA + 32), 4096 * 4096);
    assert_eq!(rig.peek_u32(DATA + 104), 1, "mem_unit");
    assert_eq!(rig.call(n::UNAME, &[8]), fail(Errno::EFAULT));
    assert_eq!(rig.call(n::SCHED_GETAFFINITY, &[0, 128, DATA]), 8);
    assert_eq!(rig.peek_word(DATA), 1);
    assert_eq!(rig.call(n::SCHED_GETAFFINITY, &[0, 4, DATA]), fail(Errno::EINVAL));
}

#[test]
fn limits_are_told() {
    let mut rig = Rig::new();
    rig.done(n::PRLIMIT64, &[0, 7, 0, DATA]);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 8)), (1024, 1024));
    rig.done(n::PRLIMIT64, &[0, 3, 0, DATA]);
    assert_eq!(rig.peek_word(DATA), 8 << 20);
    assert_eq!(rig.call(n::PRLIMIT64, &[0, 16, 0, DATA]), fail(Errno::EINVAL));
    rig.poke_words(DATA, &[2, 1]);
    assert_eq!(rig.call(n::PRLIMIT64, &[0, 3, DATA, 0]), fail(Errno::EINVAL));
}

#[test]
fn random_numbers_repeat_from_boot_to_boot() {
    let bytes = |_| {
        let mut rig = Rig::new();
        assert_eq!(rig.call(n::GETRANDOM, &[DATA, 300, 0]), 300);
        rig.peek(DATA, 300)
    };
    let [first, second] = [0, 1].map(bytes);
    assert_eq!(first, second);
    assert_ne!(first[..16], first[16..32]);
    let mut rig = Rig::new();
    assert_eq!(rig.call(n::GETRANDOM, &[DATA, 3, 8]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::GETRANDOM, &[8, 3, 0]), fail(Errno::EFAULT));
}

#[test]
fn names_of_processes_and_thread_calls() {
    let mut rig = Rig::new();
    rig.poke(DATA, b"a rather long name\0");
    rig.done(n::PRCTL, &[15, DATA]);
    rig.done(n::PRCTL, &[16, DATA]);
    assert_eq!(rig.peek(DATA, 16), b"a rather long n\0");
    assert_eq!(rig.call(n::PRCTL, &[9999]), fail(Errno::EINVAL));
    for end_of_memory in [u64::MAX, u64::MAX - 3] {
        assert_eq!(rig.call(n::PRCTL, &[15, end_of_memory]), fail(Errno::EFAULT));
    }
    assert_eq!(rig.call(n::SET_TID_ADDRESS, &[DATA]), 1);
    assert_eq!(rig.call(n::SET_ROBUST_LIST, &[DATA, 24]), 0);
    assert_eq!(rig.call(n::SET_ROBUST_LIST, &[DATA, 1]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::RSEQ, &[DATA]), fail(Errno::ENOSYS));
    assert!(!rig.output().contains("RSEQ"), "C libraries ask in every program");
}

#[test]
fn futexes_compare_wait_and_wake() {
    let mut rig = Rig::new();
    rig.poke(DATA, &7u32.to_le_bytes());
    assert_eq!(rig.call(n::FUTEX, &[DATA, 128, 8, 0]), fail(Errno::EAGAIN));
    assert_eq!(rig.call(n::FUTEX, &[DATA, 129, 8, 0]), 0);
    assert_eq!(rig.call(n::FUTEX, &[DATA + 1, 128, 8, 0]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::FUTEX, &[8, 128, 8, 0]), fail(Errno::EFAULT));
    rig.poke_words(DATA + 8, &[0, 1000]);
    assert_eq!(rig.start(n::FUTEX, &[DATA, 128, 7, DATA + 8]), Next::Idle { until: Some(1000) });
    rig.kernel.storage.machine.clock = 1000;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), fail(Errno::ETIMEDOUT));
}
