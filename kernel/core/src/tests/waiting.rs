//! Waiting for children, and what happens when nothing can ever happen.

use super::*;

const WNOHANG: u64 = 1;
const WEXITED: u64 = 4;
const WNOWAIT: u64 = 0x0100_0000;

#[test]
fn a_parent_waits_for_its_child() {
    let mut rig = Rig::new();
    assert_eq!(rig.call(n::WAIT4, &[u64::MAX, DATA, 0, 0]), fail(Errno::ECHILD));
    let child = rig.fork();
    assert_eq!(rig.call(n::WAIT4, &[u64::MAX, DATA, WNOHANG, 0]), 0);
    assert_eq!(rig.call(n::WAIT4, &[99, DATA, 0, 0]), fail(Errno::ECHILD));
    assert_eq!(rig.call(n::WAIT4, &[u64::MAX, DATA, 0x100, 0]), fail(Errno::EINVAL));
    rig.start(n::WAIT4, &[u64::MAX, DATA, 0, DATA + 64]);
    assert_eq!(rig.pid(), child);
    rig.start(n::EXIT_GROUP, &[42]);
    assert_eq!((rig.pid(), rig.result()), (1, child.into()));
    assert_eq!(rig.peek_u32(DATA), 42 << 8);
    assert!(rig.peek_word(DATA + 64 + 32) > 0, "ru_maxrss");
    assert_eq!(rig.call(n::WAIT4, &[u64::MAX, DATA, 0, 0]), fail(Errno::ECHILD));
}

#[test]
fn waitid_fills_siginfo_as_linux_does() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.poke(DATA, &[0xff; 128]);
    assert_eq!(rig.call(n::WAITID, &[0, 0, DATA, WEXITED | WNOHANG, 0]), 0);
    assert_eq!(rig.peek(DATA, 20), [0; 20]);
    rig.switch_to(child);
    rig.start(n::EXIT, &[9]);
    for options in [WEXITED | WNOWAIT, WEXITED] {
        assert_eq!(rig.call(n::WAITID, &[1, child.into(), DATA, options, 0]), 0);
        assert_eq!([0, 4, 8, 12].map(|at| rig.peek_u32(DATA + at)), [17, 0, 1, 0]);
        assert_eq!([16, 20, 24].map(|at| rig.peek_u32(DATA + at)), [child, 0, 9]);
    }
    assert_eq!(rig.call(n::WAITID, &[0, 0, DATA, WEXITED, 0]), fail(Errno::ECHILD));
    assert_eq!(rig.call(n::WAITID, &[9, 0, DATA, WEXITED, 0]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::WAITID, &[0, 0, DATA, 0, 0]), fail(Errno::EINVAL));
}

#[test]
fn groups_are_waited_for_separately() {
    let mut rig = Rig::new();
    let (a, b) = (rig.fork(), rig.fork());
    rig.done(n::SETPGID, &[b.into(), b.into()]);
    for child in [a, b] {
        rig.switch_to(child);
        rig.start(n::EXIT, &[1]);
    }
    rig.switch_to(1);
    assert_eq!(rig.call(n::WAIT4, &[-i64::from(b) as u64, 0, 0, 0]), b.into());
    assert_eq!(rig.call(n::WAIT4, &[0, 0, 0, 0]), a.into());
}

#[test]
fn orphans_become_children_of_pid_1() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.switch_to(child);
    let grandchild = rig.fork();
    rig.start(n::EXIT, &[0]);
    rig.switch_to(grandchild);
    assert_eq!(rig.call(n::GETPPID, &[]), 1);
    rig.start(n::EXIT, &[5]);
    rig.switch_to(1);
    assert_eq!(rig.call(n::WAIT4, &[child.into(), 0, 0, 0]), child.into());
    assert_eq!(rig.call(n::WAIT4, &[u64::MAX, DATA, 0, 0]), grandchild.into());
    assert_eq!(rig.peek_u32(DATA), 5 << 8);
}

#[test]
fn children_of_the_careless_leave_nothing() {
    let mut rig = Rig::new();
    rig.poke_words(DATA, &[1, 0, 0, 0]);
    rig.done(n::RT_SIGACTION, &[17, DATA, 0, 8]);
    let child = rig.fork();
    rig.start(n::WAIT4, &[u64::MAX, 0, 0, 0]);
    assert_eq!(rig.pid(), child);
    rig.start(n::EXIT, &[0]);
    assert_eq!((rig.pid(), rig.result()), (1, fail(Errno::ECHILD)));
    assert_eq!(rig.kernel.processes.count(), 1);
}

#[test]
fn stopped_children_are_reported_when_asked_for() {
    const WUNTRACED: u64 = 2;
    const WCONTINUED: u64 = 8;
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.done(n::KILL, &[child.into(), 19]);
    assert_eq!(rig.tick(), Next::Run);
    assert_eq!(rig.pid(), 1);
    assert_eq!(rig.call(n::WAIT4, &[child.into(), DATA, WNOHANG, 0]), 0);
    assert_eq!(rig.call(n::WAIT4, &[child.into(), DATA, WUNTRACED, 0]), child.into());
    assert_eq!(rig.peek_u32(DATA), 19 << 8 | 0x7f);
    assert_eq!(rig.call(n::WAIT4, &[child.into(), DATA, WUNTRACED | WNOHANG, 0]), 0);
    rig.done(n::KILL, &[child.into(), 18]);
    assert_eq!(rig.call(n::WAIT4, &[child.into(), DATA, WCONTINUED, 0]), child.into());
    assert_eq!(rig.peek_u32(DATA), 0xffff);
    rig.switch_to(child);
}

#[test]
fn a_deadlock_is_reported_instead_of_a_silent_wait() {
    let mut rig = Rig::new();
    let (reader, _writer) = rig.pipe();
    let child = rig.fork();
    rig.start(n::WAIT4, &[u64::MAX, 0, 0, 0]);
    assert_eq!(rig.pid(), child);
    assert_eq!(rig.start(n::READ, &[reader, DATA, 1]), Next::Halt { status: 255 });
    let output = rig.output();
    assert!(output.contains("deadlock"), "{output}");
    assert!(output.contains("pid 1 (parent 0) /init waits in WAIT4 for a child"), "{output}");
    assert!(output.contains("pid 2 (parent 1) /init waits in READ for a pipe"), "{output}");
}
