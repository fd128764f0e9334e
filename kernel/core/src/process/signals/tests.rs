//! The order of delivery, and what masks and execve do.

use super::*;
use crate::fs::InodeId;
use crate::process::descriptors::Descriptors;

fn process() -> alloc::boxed::Box<Process> {
    Process::init(Pid(1), InodeId::ROOT, Descriptors::default())
}

#[test]
fn faults_are_delivered_first_and_ignored_signals_never() {
    let mut process = process();
    for signal in [Signal::HUP, Signal::SEGV, Signal::CHLD] {
        process.signals.pending.raise(signal, Info::default());
    }
    assert_eq!(process.take_deliverable().map(|found| found.0), Some(Signal::SEGV));
    assert_eq!(process.take_deliverable().map(|found| found.0), Some(Signal::HUP));
    assert!(!process.has_deliverable());
    assert_eq!(process.take_deliverable(), None);
}

#[test]
fn kill_and_stop_cannot_be_blocked() {
    let mut process = process();
    process.thread.signals.set_blocked(u64::MAX);
    process.signals.pending.raise(Signal::INT, Info::default());
    assert!(!process.has_deliverable());
    process.signals.pending.raise(Signal::KILL, Info::default());
    assert_eq!(process.take_deliverable().map(|found| found.0), Some(Signal::KILL));
}

#[test]
fn ignoring_a_pending_signal_drops_it() {
    let mut process = process();
    process.thread.signals.set_blocked(Signal::INT.bit());
    process.signals.pending.raise(Signal::INT, Info::default());
    process.set_action(Signal::INT, Action { handler: IGNORE, ..Action::default() });
    assert_eq!(process.pending(), 0);
}

#[test]
fn exec_keeps_ignored_signals_and_drops_handlers() {
    let mut process = process();
    process.set_action(Signal::INT, Action { handler: 0x1000, ..Action::default() });
    process.set_action(Signal::HUP, Action { handler: IGNORE, flags: 7, ..Action::default() });
    process.signals.reset_for_exec();
    assert_eq!(process.signals.action(Signal::INT), Action::default());
    assert_eq!(
        process.signals.action(Signal::HUP),
        Action { handler: IGNORE, ..Action::default() }
    );
}
