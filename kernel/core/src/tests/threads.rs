//! Threads: turns, numbers, ends, signals, futexes.

use super::*;
use crate::process::{Ending, State};

/// Another thread of the current process, with a stack of its own.
fn thread(rig: &mut Rig) -> u32 {
    rig.done(n::CLONE, &[THREAD[0], 0x45_0000]) as u32
}

fn tid(rig: &mut Rig) -> u32 {
    rig.kernel.processes.current().thread.tid.0
}

fn switch_to_thread(rig: &mut Rig, wanted: u32) {
    for _ in 0..100 {
        if tid(rig) == wanted {
            return;
        }
        assert_eq!(rig.tick(), Next::Run);
    }
    panic!("thread {wanted} never runs");
}

#[test]
fn threads_have_registers_and_fp_of_their_own_and_all_else_in_common() {
    let mut rig = Rig::new();
    rig.kernel.storage.machine.fp.v[3] = 1;
    let other = thread(&mut rig);
    rig.kernel.registers().x[19] = 5;
    rig.kernel.storage.machine.fp.v[3] = 2;
    switch_to_thread(&mut rig, other);
    assert_eq!((rig.pid(), rig.kernel.registers().x[19]), (1, 0));
    assert_eq!(rig.kernel.storage.machine.fp.v[3], 1);
    assert_eq!(rig.done(n::GETPID, &[]), 1);
    assert_eq!(rig.done(n::GETTID, &[]), u64::from(other));
    rig.poke(DATA, b"common");
    switch_to_thread(&mut rig, 1);
    assert_eq!(rig.kernel.storage.machine.fp.v[3], 2);
    assert_eq!(rig.peek(DATA, 6), b"common");
}

#[test]
fn numbers_of_threads_leave_no_gap_among_those_of_processes() {
    let mut rig = Rig::new();
    assert!(thread(&mut rig) > 2);
    assert_eq!(rig.fork(), 2);
}

#[test]
fn the_last_threads_status_is_the_processs() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.switch_to(child);
    let other = thread(&mut rig);
    switch_to_thread(&mut rig, child);
    rig.start(n::EXIT, &[5]);
    switch_to_thread(&mut rig, other);
    rig.start(n::EXIT, &[9]);
    assert_eq!(rig.done(n::WAIT4, &[child.into(), DATA]), child.into());
    assert_eq!(rig.peek_u32(DATA), 9 << 8);
}

#[test]
fn execve_ends_the_others() {
    let mut rig = Rig::new();
    let other = thread(&mut rig);
    let path = rig.path("/init");
    switch_to_thread(&mut rig, other);
    rig.start(n::EXECVE, &[path, 0, 0]);
    let process = rig.kernel.processes.current();
    assert_eq!((process.threads().count(), process.thread.tid), (1, Pid(1)));
}

#[test]
fn a_wake_counts_though_the_word_has_not_changed() {
    let mut rig = Rig::new();
    let other = thread(&mut rig);
    rig.start(n::FUTEX, &[DATA, 0, 0]);
    assert_eq!(tid(&mut rig), other);
    assert_eq!(rig.done(n::FUTEX, &[DATA, 129, 1]), 0, "a private call");
    assert_eq!(rig.done(n::FUTEX, &[DATA, 1, 9]), 1);
    switch_to_thread(&mut rig, 1);
    assert_eq!(rig.result(), 0);
}

#[test]
fn the_same_address_of_another_process_is_another_futex() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.start(n::FUTEX, &[DATA, 0, 0]);
    assert_eq!(rig.pid(), child);
    assert_eq!(rig.done(n::FUTEX, &[DATA, 1, 9]), 0);
}

#[test]
fn the_end_of_a_thread_is_told_and_its_locks_are_free() {
    const CLEARTID: u64 = 0x20_0000;
    const HEAD: u64 = DATA + 0x100;
    const LOCK: u64 = DATA + 0x200;
    let mut rig = Rig::new();
    let flags = THREAD[0] | CLEARTID;
    let other = rig.done(n::CLONE, &[flags, 0x45_0000, 0, 0, DATA]) as u32;
    rig.poke_words(DATA, &[u64::from(other)]);
    // One lock, whose word lies 8 bytes behind its entry; one that it was just taking is free.
    rig.poke_words(HEAD, &[LOCK, 8, LOCK + 0x80]);
    rig.poke_words(LOCK, &[HEAD, u64::from(other) | 0x8000_0000]);
    rig.start(n::FUTEX, &[DATA, 0, other.into()]);
    assert_eq!(tid(&mut rig), other);
    rig.done(n::SET_ROBUST_LIST, &[HEAD, 24]);
    rig.start(n::EXIT, &[0]);
    assert_eq!((tid(&mut rig), rig.result()), (1, 0));
    assert_eq!((rig.peek_u32(DATA), rig.peek_u32(LOCK + 8)), (0, 0xc000_0000));
}

#[test]
fn a_signal_goes_to_a_thread_that_does_not_block_it() {
    let mut rig = Rig::new();
    rig.poke_words(DATA, &[0x40_0100, 0x0400_0000, 0, 0]);
    rig.done(n::RT_SIGACTION, &[10, DATA, 0, 8]);
    let other = thread(&mut rig);
    rig.poke_words(DATA, &[1 << 9]);
    rig.done(n::RT_SIGPROCMASK, &[0, DATA, 0, 8]);
    rig.done(n::KILL, &[1, 10]);
    assert_eq!(tid(&mut rig), 1, "it blocks it");
    switch_to_thread(&mut rig, other);
    assert_eq!(rig.kernel.registers().pc, 0x40_0100);
}

#[test]
fn a_kill_ends_all_threads() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.switch_to(child);
    thread(&mut rig);
    rig.start(n::TKILL, &[child.into(), 9]);
    rig.switch_to(1);
    let slot = rig.kernel.processes.find(Pid(child)).unwrap();
    let process = rig.kernel.processes.at(slot);
    assert!(matches!(process.thread.state, State::Zombie(Ending::Killed(_))));
    assert_eq!(process.threads().count(), 1);
}

#[test]
fn what_is_not_supported_says_its_name_once() {
    let mut rig = Rig::new();
    for _ in 0..2 {
        assert_eq!(rig.call(n::CLONE, &[0x2_0011]), fail(Errno::EINVAL));
        assert_eq!(rig.call(n::FUTEX, &[DATA, 6]), fail(Errno::ENOSYS));
    }
    assert_eq!(rig.output().matches("CLONE_NEWNS is not supported").count(), 1);
    assert_eq!(rig.output().matches("FUTEX_LOCK_PI is not supported").count(), 1);
}
