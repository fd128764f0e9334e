//! Signals: handlers and their frames, masks, sending, interrupted calls.

use super::*;
use crate::context::Access;

const HANDLER: u64 = 0x40_0400;
const SA_SIGINFO: u64 = 4;
const SA_RESTORER: u64 = 0x0400_0000;
const SA_ONSTACK: u64 = 0x0800_0000;
const SA_RESTART: u64 = 0x1000_0000;
const SA_NODEFER: u64 = 0x4000_0000;
const SA_RESETHAND: u64 = 0x8000_0000;
const USR1: u64 = 10;
const USR2: u64 = 12;

fn handle(rig: &mut Rig, signal: u64, flags: u64) {
    rig.poke_words(DATA + 0x1000, &[HANDLER, flags, 0x40_0200, 0]);
    rig.done(n::RT_SIGACTION, &[signal, DATA + 0x1000, 0, 8]);
}

/// Sends a signal to the process itself; the handler starts at once.
fn raise(rig: &mut Rig, signal: u64) -> Next {
    let pid = rig.pid().into();
    rig.start(n::KILL, &[pid, signal])
}

#[test]
fn a_handler_runs_and_everything_comes_back() {
    let mut rig = Rig::new();
    handle(&mut rig, USR1, SA_SIGINFO);
    for index in 9..31 {
        rig.kernel.registers().x[index] = index as u64 * 1000;
    }
    rig.kernel.registers().pstate = 0x6000_0000;
    rig.kernel.storage.machine.fp.v[31] = 0x1234_5678_9abc_def0_u128 << 64;
    rig.kernel.storage.machine.fp.fpcr = 1 << 24;
    let (sp, pc) = (rig.kernel.registers().sp, rig.kernel.registers().pc);
    raise(&mut rig, USR1);
    let registers = rig.kernel.registers().clone();
    assert_eq!((registers.pc, registers.x[0]), (HANDLER, USR1));
    assert_eq!(registers.x[1], registers.sp);
    assert_eq!(registers.x[2], registers.sp + 128);
    assert_eq!(registers.sp % 16, 0);
    // siginfo: number, code SI_USER, sender; ucontext: x0 (the result of kill), x30, sp, pc, pstate.
    let frame = registers.sp;
    assert_eq!(
        (rig.peek_u32(frame), rig.peek_u32(frame + 8), rig.peek_u32(frame + 16)),
        (10, 0, 1)
    );
    let context = frame + 128 + 176;
    assert_eq!((rig.peek_word(context + 8), rig.peek_word(context + 8 + 240)), (0, 30_000));
    assert_eq!([256, 264, 272].map(|at| rig.peek_word(context + at)), [sp, pc, 0x6000_0000]);
    // The FP record, then the end of the list.
    assert_eq!((rig.peek_u32(context + 288), rig.peek_u32(context + 292)), (0x4650_8001, 528));
    assert_eq!(rig.peek_u32(context + 288 + 12), 1 << 24);
    assert_eq!(rig.peek_word(context + 288 + 16 + 31 * 16 + 8), 0x1234_5678_9abc_def0);
    assert_eq!(rig.peek_word(context + 288 + 528), 0);
    // The frame record for unwinding, and the return to the trampoline.
    assert_eq!(rig.peek_word(registers.x[29]), 29_000);
    assert_eq!(rig.peek_word(registers.x[29] + 8), 30_000);
    assert_eq!(rig.peek_u32(registers.x[30]), 0xd280_1168);
    assert_eq!(rig.peek_u32(registers.x[30] + 4), 0xd400_0001);

    rig.kernel.registers().x[5..31].fill(1);
    rig.kernel.registers().pstate = 0;
    rig.kernel.storage.machine.fp.v[31] = 5;
    rig.start(n::RT_SIGRETURN, &[]);
    let registers = rig.kernel.registers();
    assert_eq!((registers.sp, registers.pc, registers.pstate), (sp, pc, 0x6000_0000));
    assert_eq!((registers.x[0], registers.x[9], registers.x[30]), (0, 9000, 30_000));
    assert_eq!(rig.kernel.storage.machine.fp.v[31], 0x1234_5678_9abc_def0_u128 << 64);
    assert_eq!(rig.kernel.storage.machine.fp.fpcr, 1 << 24);
}

#[test]
fn a_signal_waits_while_its_handler_runs() {
    let mut rig = Rig::new();
    handle(&mut rig, USR1, 0);
    raise(&mut rig, USR1);
    let first = rig.kernel.registers().sp;
    assert_eq!(rig.call(n::KILL, &[1, USR1]), 0, "blocked: no second handler");
    assert_eq!(rig.kernel.registers().sp, first);
    rig.start(n::RT_SIGRETURN, &[]);
    assert_eq!(rig.kernel.registers().pc, HANDLER, "now it comes");
    rig.start(n::RT_SIGRETURN, &[]);
    assert_ne!(rig.kernel.registers().pc, HANDLER);

    handle(&mut rig, USR1, SA_NODEFER);
    raise(&mut rig, USR1);
    let first = rig.kernel.registers().sp;
    raise(&mut rig, USR1);
    assert!(rig.kernel.registers().sp < first, "nested");
}

#[test]
fn flags_of_actions() {
    let mut rig = Rig::new();
    handle(&mut rig, USR1, SA_RESETHAND | SA_RESTORER);
    raise(&mut rig, USR1);
    assert_eq!(rig.kernel.registers().x[30], 0x40_0200);
    rig.done(n::RT_SIGACTION, &[USR1, 0, DATA, 8]);
    assert_eq!(rig.peek_word(DATA), 0);
    assert_eq!(rig.call(n::RT_SIGACTION, &[9, DATA, 0, 8]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::RT_SIGACTION, &[65, 0, 0, 8]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::RT_SIGACTION, &[USR1, 0, 0, 16]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::RT_SIGACTION, &[USR1, 8, 0, 8]), fail(Errno::EFAULT));
}

#[test]
fn the_alternate_stack() {
    let mut rig = Rig::new();
    let stack = 0x45_0000;
    rig.poke_words(DATA, &[stack, 0, 0x4000]);
    rig.done(n::SIGALTSTACK, &[DATA, 0]);
    handle(&mut rig, USR1, SA_ONSTACK);
    let sp = rig.kernel.registers().sp;
    raise(&mut rig, USR1);
    let inside = rig.kernel.registers().sp;
    assert!(inside > stack && inside < stack + 0x4000);
    rig.done(n::SIGALTSTACK, &[0, DATA]);
    assert_eq!((rig.peek_word(DATA), rig.peek_u32(DATA + 8)), (stack, 1));
    assert_eq!(rig.call(n::SIGALTSTACK, &[DATA, 0]), fail(Errno::EPERM));
    rig.start(n::RT_SIGRETURN, &[]);
    assert_eq!(rig.kernel.registers().sp, sp);
    rig.poke_words(DATA, &[stack, 0, 100]);
    assert_eq!(rig.call(n::SIGALTSTACK, &[DATA, 0]), fail(Errno::ENOMEM));
}

#[test]
fn an_interrupted_read_fails_or_starts_again() {
    for (flags, restarts) in [(0, false), (SA_RESTART, true)] {
        let mut rig = Rig::new();
        let (reader, writer) = rig.pipe();
        handle(&mut rig, USR1, flags);
        let child = rig.fork();
        rig.kernel.registers().pc = 0x40_0100;
        rig.start(n::READ, &[reader, DATA, 1]);
        assert_eq!(rig.pid(), child);
        rig.done(n::KILL, &[1, USR1]);
        rig.switch_to(1);
        assert_eq!(rig.kernel.registers().pc, HANDLER);
        rig.start(n::RT_SIGRETURN, &[]);
        let registers = rig.kernel.registers();
        if restarts {
            assert_eq!(
                (registers.pc, registers.x[0], registers.x[8]),
                (0x40_00fc, reader, n::READ)
            );
        } else {
            assert_eq!((registers.pc, registers.x[0] as i64), (0x40_0100, fail(Errno::EINTR)));
        }
        rig.switch_to(child);
        rig.write(writer, b"x");
    }
}

#[test]
fn sigsuspend_waits_under_another_mask() {
    let mut rig = Rig::new();
    handle(&mut rig, USR1, 0);
    let child = rig.fork();
    rig.poke_words(DATA, &[1 << (USR1 - 1) | 1 << (USR2 - 1)]);
    rig.done(n::RT_SIGPROCMASK, &[2, DATA, 0, 8]);
    rig.poke_words(DATA, &[1 << (USR2 - 1)]);
    rig.start(n::RT_SIGSUSPEND, &[DATA, 8]);
    assert_eq!(rig.pid(), child);
    rig.done(n::KILL, &[1, USR2]);
    rig.done(n::KILL, &[1, USR1]);
    rig.switch_to(1);
    assert_eq!(rig.kernel.registers().pc, HANDLER);
    rig.start(n::RT_SIGRETURN, &[]);
    assert_eq!(rig.result(), fail(Errno::EINTR));
    rig.done(n::RT_SIGPROCMASK, &[0, 0, DATA, 8]);
    assert_eq!(rig.peek_word(DATA), 1 << (USR1 - 1) | 1 << (USR2 - 1));
    rig.done(n::RT_SIGPENDING, &[DATA, 8]);
    assert_eq!(rig.peek_word(DATA), 1 << (USR2 - 1));
    // And sigtimedwait takes it, with who sent it.
    rig.poke_words(DATA, &[1 << (USR2 - 1)]);
    assert_eq!(rig.call(n::RT_SIGTIMEDWAIT, &[DATA, DATA + 64, 0, 8]), USR2 as i64);
    assert_eq!(rig.peek_u32(DATA + 64 + 16), child);
    rig.poke_words(DATA + 64, &[0, 0]);
    assert_eq!(rig.call(n::RT_SIGTIMEDWAIT, &[DATA, 0, DATA + 64, 8]), fail(Errno::EAGAIN));
}

#[test]
fn sigtimedwait_is_woken_by_a_blocked_signal() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.poke_words(DATA, &[1 << (USR1 - 1)]);
    rig.done(n::RT_SIGPROCMASK, &[0, DATA, 0, 8]);
    rig.start(n::RT_SIGTIMEDWAIT, &[DATA, 0, 0, 8]);
    assert_eq!(rig.pid(), child);
    rig.done(n::TGKILL, &[1, 1, USR1]);
    rig.switch_to(1);
    assert_eq!(rig.result(), USR1 as i64);
}

#[test]
fn a_handled_fault_tells_the_address() {
    let mut rig = Rig::new();
    handle(&mut rig, 11, SA_SIGINFO);
    rig.kernel.handle(Trap::Fault { address: 0x8, access: Access::Read });
    assert_eq!(rig.kernel.schedule(), Next::Run);
    let frame = rig.kernel.registers().sp;
    assert_eq!(rig.kernel.registers().pc, HANDLER);
    assert_eq!(
        (rig.peek_u32(frame), rig.peek_u32(frame + 8), rig.peek_word(frame + 16)),
        (11, 1, 8)
    );
    assert_eq!(rig.peek_word(frame + 128 + 176), 8, "fault_address");
    assert!(!rig.output().contains("SIGSEGV"), "handled, so no line");
    // A second fault inside the handler finds the signal blocked: that kills.
    let next = {
        rig.kernel.handle(Trap::Fault { address: 0x8, access: Access::Read });
        rig.kernel.schedule()
    };
    assert_eq!(next, Next::Halt { status: 128 + 11 });
}

#[test]
fn traps_have_their_signals() {
    let write = crate::context::Access::Write;
    for (trap, signal) in [
        (Trap::Alignment { address: 1 }, 7),
        (Trap::Undefined, 4),
        (Trap::Breakpoint, 5),
        (Trap::Other { esr: 0x2c << 26 }, 8),
        (Trap::Other { esr: 0 }, 4),
        (Trap::Fault { address: u64::MAX, access: write }, 11),
    ] {
        let mut rig = Rig::new();
        rig.kernel.handle(trap);
        assert_eq!(rig.kernel.schedule(), Next::Halt { status: 128 + signal }, "{trap:?}");
    }
}

#[test]
fn a_stack_without_room_for_the_frame_kills() {
    let mut rig = Rig::new();
    handle(&mut rig, USR1, 0);
    rig.kernel.registers().sp = 0x1000;
    assert_eq!(raise(&mut rig, USR1), Next::Halt { status: 139 });
    let mut rig = Rig::new();
    rig.kernel.registers().sp = 8;
    assert_eq!(rig.start(n::RT_SIGRETURN, &[]), Next::Halt { status: 139 });
}

#[test]
fn kill_finds_processes_and_groups() {
    let mut rig = Rig::new();
    let (a, b) = (rig.fork(), rig.fork());
    rig.done(n::SETPGID, &[a.into(), a.into()]);
    rig.done(n::SETPGID, &[b.into(), a.into()]);
    assert_eq!(rig.call(n::KILL, &[a.into(), 0]), 0);
    assert_eq!(rig.call(n::KILL, &[77, 0]), fail(Errno::ESRCH));
    assert_eq!(rig.call(n::KILL, &[-77i64 as u64, 0]), fail(Errno::ESRCH));
    assert_eq!(rig.call(n::KILL, &[a.into(), 65]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::TGKILL, &[a.into(), 0, 9]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::TGKILL, &[a.into(), b.into(), 9]), fail(Errno::ESRCH));
    rig.done(n::KILL, &[-i64::from(a) as u64, 15]);
    rig.tick();
    rig.switch_to(1);
    for _ in 0..2 {
        rig.done(n::WAIT4, &[u64::MAX, DATA, 0, 0]);
        assert_eq!(rig.peek_u32(DATA), 15);
    }
    // PID 1 is not killed by what it does not handle.
    assert_eq!(rig.call(n::KILL, &[1, 15]), 0);
    assert_eq!(rig.call(n::KILL, &[1, 9]), 0);
}

#[test]
fn sigchld_tells_what_happened() {
    let mut rig = Rig::new();
    handle(&mut rig, 17, SA_SIGINFO);
    let child = rig.fork();
    rig.switch_to(child);
    rig.start(n::EXIT, &[6]);
    assert_eq!((rig.pid(), rig.kernel.registers().pc), (1, HANDLER));
    let frame = rig.kernel.registers().sp;
    assert_eq!([0, 8, 16, 24].map(|at| rig.peek_u32(frame + at)), [17, 1, child, 6]);
}

#[test]
fn signals_after_fork_and_exec() {
    let mut rig = Rig::new();
    handle(&mut rig, USR1, 0);
    rig.poke_words(DATA, &[1, 0, 0, 0]);
    rig.done(n::RT_SIGACTION, &[USR2, DATA, 0, 8]);
    rig.poke_words(DATA, &[1 << 14]);
    rig.done(n::RT_SIGPROCMASK, &[0, DATA, 0, 8]);
    rig.done(n::KILL, &[1, 15]);
    let path = rig.path("/init");
    rig.start(n::EXECVE, &[path, 0, 0]);
    rig.done(n::RT_SIGACTION, &[USR1, 0, DATA, 8]);
    assert_eq!(rig.peek_word(DATA), 0);
    rig.done(n::RT_SIGACTION, &[USR2, 0, DATA, 8]);
    assert_eq!(rig.peek_word(DATA), 1);
    rig.done(n::RT_SIGPROCMASK, &[0, 0, DATA, 8]);
    assert_eq!(rig.peek_word(DATA), 1 << 14);
}

#[test]
fn a_killed_sleeper_never_returns() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.switch_to(child);
    rig.poke_words(DATA, &[100, 0]);
    rig.start(n::NANOSLEEP, &[DATA, 0]);
    assert_eq!(rig.pid(), 1);
    rig.done(n::KILL, &[child.into(), 9]);
    rig.start(n::WAIT4, &[child.into(), DATA, 0, 0]);
    assert_eq!((rig.pid(), rig.result()), (1, child.into()));
    assert_eq!(rig.peek_u32(DATA), 9);
}
