//! Processes: fork, vfork, exit, scheduling, what is left at the end.

use super::*;
use crate::context::{Access, FpState};

#[test]
fn a_fork_is_a_copy() {
    let mut rig = Rig::new();
    rig.poke(DATA, b"before");
    rig.kernel.registers().x[18] = 18;
    rig.kernel.registers().tpidr = 77;
    let child = rig.fork();
    assert_eq!(child, 2);
    rig.poke(DATA, b"parent");
    rig.switch_to(child);
    assert_eq!(rig.result(), 0);
    assert_eq!((rig.kernel.registers().x[18], rig.kernel.registers().tpidr), (18, 77));
    assert_eq!(rig.peek(DATA, 6), b"before");
    assert_eq!(rig.call(n::GETPID, &[]), child.into());
    assert_eq!(rig.call(n::GETPPID, &[]), 1);
}

#[test]
fn clone_sets_stack_thread_pointer_and_numbers() {
    let mut rig = Rig::new();
    const SETTLS: u64 = 0x8_0000;
    const PARENT_SETTID: u64 = 0x10_0000;
    const CHILD_SETTID: u64 = 0x100_0000;
    rig.poke_words(DATA, &[0, 0]);
    let flags = 17 | SETTLS | PARENT_SETTID | CHILD_SETTID;
    let child = rig.done(n::CLONE, &[flags, 0x45_0000, DATA, 99, DATA + 8]) as u32;
    assert_eq!((rig.peek_u32(DATA), rig.peek_u32(DATA + 8)), (child, 0));
    rig.switch_to(child);
    assert_eq!(rig.peek_u32(DATA + 8), child);
    assert_eq!((rig.kernel.registers().sp, rig.kernel.registers().tpidr), (0x45_0000, 99));
    // As on Linux, a bad address is the program's own loss.
    rig.done(n::CLONE, &[17 | PARENT_SETTID, 0, 8]);
}

#[test]
fn a_vfork_child_borrows_memory_until_it_ends() {
    let mut rig = Rig::new();
    rig.start(n::CLONE, &VFORK);
    let child = rig.pid();
    assert_eq!((child, rig.result()), (2, 0));
    rig.poke(DATA, b"written by the child");
    assert_eq!(rig.tick(), Next::Run);
    assert_eq!(rig.pid(), child, "the parent waits");
    rig.start(n::EXIT, &[3]);
    assert_eq!((rig.pid(), rig.result()), (1, child.into()));
    assert_eq!(rig.peek(DATA, 20), b"written by the child");
}

#[test]
fn a_vfork_child_gives_memory_back_at_execve() {
    let mut rig = Rig::new();
    let path = rig.path("/init");
    rig.start(n::CLONE, &VFORK);
    let child = rig.pid();
    rig.poke(DATA, b"mark");
    rig.start(n::EXECVE, &[path, 0, 0]);
    assert_eq!(rig.pid(), child);
    rig.poke(DATA, b"mine");
    rig.switch_to(1);
    assert_eq!(rig.result(), child.into());
    assert_eq!(rig.peek(DATA, 4), b"mark");
    rig.switch_to(child);
    assert_eq!(rig.peek(DATA, 4), b"mine");
}

#[test]
fn vforks_nest_and_survive_the_death_of_the_lender() {
    let mut rig = Rig::new();
    let middle = rig.fork();
    rig.switch_to(middle);
    rig.start(n::CLONE, &VFORK);
    let child = rig.pid();
    rig.start(n::CLONE, &VFORK);
    let grandchild = rig.pid();
    assert_ne!(grandchild, child);
    rig.tick();
    rig.switch_to(1);
    rig.done(n::KILL, &[child.into(), 9]);
    rig.switch_to(grandchild);
    rig.poke(DATA, b"still there");
    rig.start(n::EXIT, &[0]);
    rig.switch_to(middle);
    assert_eq!(rig.result(), child.into());
}

#[test]
fn slices_go_round() {
    let mut rig = Rig::new();
    let (a, b) = (rig.fork(), rig.fork());
    let mut order = Vec::new();
    for _ in 0..6 {
        order.push(rig.pid());
        rig.tick();
    }
    assert_eq!(order, [1, a, b, 1, a, b]);
    rig.switch_to(1);
    rig.start(n::SCHED_YIELD, &[]);
    assert_eq!(rig.pid(), a);
}

#[test]
fn floating_point_registers_follow_the_process() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.kernel.storage.machine.fp.v[3] = 1;
    rig.switch_to(child);
    assert_eq!(rig.kernel.storage.machine.fp.v[3], 0);
    rig.kernel.storage.machine.fp.v[3] = 2;
    rig.switch_to(1);
    assert_eq!(rig.kernel.storage.machine.fp.v[3], 1);
    rig.switch_to(child);
    assert_eq!(rig.kernel.storage.machine.fp.v[3], 2);
    let path = rig.path("/init");
    rig.start(n::EXECVE, &[path, 0, 0]);
    assert_eq!(rig.kernel.storage.machine.fp, FpState::default());
}

#[test]
fn the_end_of_pid_1_is_the_end() {
    let mut rig = Rig::new();
    rig.fork();
    rig.fork();
    assert_eq!(rig.start(n::EXIT_GROUP, &[0x107]), Next::Halt { status: 7 });
    assert_eq!(rig.kernel.processes.count(), 1);
    assert_eq!(rig.kernel.files.open.count(), 0);
}

#[test]
fn everything_is_given_back() {
    let mut rig = Rig::new();
    // But for what the ledger grows by.
    let free = |rig: &Rig| {
        let ledger = &rig.kernel.ledger;
        let pages = |file| rig.kernel.storage.fs.size(file).div_ceil(4096) as usize;
        rig.kernel.storage.pool.free() + pages(ledger.text()) + pages(ledger.counters())
    };
    // Once, so that what stays (the page of /tmp/a) is there.
    let mut before = 0;
    for round in 0..3 {
        let child = rig.fork();
        rig.switch_to(child);
        rig.file("/tmp/a", b"x");
        let (reader, writer) = rig.pipe();
        rig.write(writer, b"never read");
        rig.start(n::CLONE, &VFORK);
        let path = rig.path("/init");
        rig.start(n::EXECVE, &[path, 0, 0]);
        let grandchild = rig.pid();
        rig.poke(DATA, &[1; 8192]);
        rig.done(n::CLOSE, &[reader]);
        rig.start(n::EXIT, &[0]);
        rig.switch_to(child);
        assert_eq!(rig.result(), grandchild.into());
        rig.start(n::EXIT, &[0]);
        rig.switch_to(1);
        for _ in 0..2 {
            assert!(rig.done(n::WAIT4, &[u64::MAX, 0, 0, 0]) > 0);
        }
        assert_eq!(rig.kernel.processes.count(), 1);
        assert_eq!(rig.kernel.files.open.count(), 1);
        if round == 0 {
            before = free(&rig);
        }
        assert_eq!(free(&rig), before, "round {round}");
    }
}

#[test]
fn a_fault_that_nobody_handles_kills_with_a_line() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.switch_to(child);
    rig.kernel.registers().pc = 0x40_1234;
    rig.kernel.handle(Trap::Fault { address: 0x10, access: Access::Write });
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.pid(), 1);
    assert!(
        rig.output().contains("/init: SIGSEGV at pc 0x401234, address 0x10 (pid 2)"),
        "{}",
        rig.output()
    );
    rig.done(n::WAIT4, &[child.into(), DATA, 0, 0]);
    assert_eq!(rig.peek_u32(DATA), 11);
}

#[test]
fn a_fault_in_mapped_memory_is_answered() {
    let mut rig = Rig::new();
    rig.kernel.handle(Trap::Fault { address: DATA, access: Access::Write });
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert!(!rig.output().contains("SIGSEGV"));
    rig.done(n::GETRUSAGE, &[0, DATA]);
    assert_eq!(rig.peek_word(DATA + 64), 1);
}

#[test]
fn a_fork_bomb_meets_a_limit() {
    let mut rig = Rig::with_frames(600);
    let mut children = 0;
    let error = loop {
        let result = rig.call(n::CLONE, &FORK);
        if result < 0 {
            break result;
        }
        children += 1;
    };
    assert_eq!(error, fail(Errno::ENOMEM));
    assert!(children > 10);
    rig.done(n::KILL, &[u64::MAX, 9]);
    rig.tick();
    rig.switch_to(1);
    for _ in 0..children {
        rig.done(n::WAIT4, &[u64::MAX, 0, 0, 0]);
    }
    assert_eq!(rig.call(n::WAIT4, &[u64::MAX, 0, 0, 0]), fail(Errno::ECHILD));
    rig.fork();
}

#[test]
fn a_short_heap_refuses_calls_that_allocate() {
    let mut rig = Rig::new();
    rig.kernel.storage.machine.heap_free = crate::storage::HEAP_RESERVE - 1;
    assert_eq!(rig.call(n::CLONE, &FORK), fail(Errno::ENOMEM));
    assert_eq!(rig.open("/tmp/a", O_CREAT), fail(Errno::ENOMEM));
    assert_eq!(rig.call(n::CLOSE, &[2]), 0);
    rig.kernel.storage.machine.heap_free = usize::MAX;
    rig.fork();
}

#[test]
fn an_unknown_call_is_said_once_for_each_program() {
    let mut rig = Rig::new();
    for _ in 0..3 {
        assert_eq!(rig.call(26, &[]), fail(Errno::ENOSYS));
        assert_eq!(rig.call(n::SOCKET, &[2]), fail(Errno::EAFNOSUPPORT));
        assert_eq!(rig.call(n::SOCKET, &[1]), fail(Errno::EAFNOSUPPORT));
        assert_eq!(rig.call(4000, &[]), fail(Errno::ENOSYS));
    }
    let child = rig.fork();
    rig.switch_to(child);
    assert_eq!(rig.call(26, &[]), fail(Errno::ENOSYS));
    let output = rig.output();
    for line in ["/init: watching files (inotify) is not supported", "/init: there is no network"] {
        assert_eq!(output.matches(line).count(), 1, "{output}");
    }
    assert_eq!(output.matches("system call 4000 (unknown)").count(), 1, "{output}");
}

#[test]
fn a_descriptor_in_a_message_is_refused_in_words_and_once() {
    let mut rig = Rig::new();
    assert_eq!(rig.call(n::SOCKETPAIR, &[1, 1, 0, DATA]), 0);
    let socket = u64::from(rig.peek_u32(DATA));
    // struct msghdr without bytes, with one header: its length, SOL_SOCKET, SCM_RIGHTS, descriptor 0.
    let mut header = 20u64.to_le_bytes().to_vec();
    header.extend([1u32, 1, 0, 0].map(u32::to_le_bytes).as_flattened());
    rig.poke(DATA + 100, &header);
    rig.poke_words(DATA + 200, &[0, 0, 0, 0, DATA + 100, 24, 0]);
    for _ in 0..3 {
        assert_eq!(rig.call(n::SENDMSG, &[socket, DATA + 200, 0]), fail(Errno::EINVAL));
    }
    let line = "/init: a descriptor or credentials in a message (SCM_RIGHTS, SCM_CREDENTIALS) is not supported: EINVAL";
    assert_eq!(rig.output().matches(line).count(), 1, "{}", rig.output());
    // A descriptor that is closed is the caller's mistake, and no matter of support.
    rig.poke(DATA + 116, &99u32.to_le_bytes());
    assert_eq!(rig.call(n::SENDMSG, &[socket, DATA + 200, 0]), fail(Errno::EBADF));
}
