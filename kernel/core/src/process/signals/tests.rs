//! The order of delivery, and what masks and execve do.

use super::*;

#[test]
fn faults_are_delivered_first_and_ignored_signals_never() {
    let mut signals = Signals::default();
    for signal in [Signal::HUP, Signal::SEGV, Signal::CHLD] {
        signals.raise(signal, Info::default());
    }
    assert_eq!(signals.take_deliverable().map(|found| found.0), Some(Signal::SEGV));
    assert_eq!(signals.take_deliverable().map(|found| found.0), Some(Signal::HUP));
    assert!(!signals.has_deliverable());
    assert_eq!(signals.take_deliverable(), None);
}

#[test]
fn kill_and_stop_cannot_be_blocked() {
    let mut signals = Signals::default();
    signals.set_blocked(u64::MAX);
    signals.raise(Signal::INT, Info::default());
    assert!(!signals.has_deliverable());
    signals.raise(Signal::KILL, Info::default());
    assert_eq!(signals.take_deliverable().map(|found| found.0), Some(Signal::KILL));
}

#[test]
fn ignoring_a_pending_signal_drops_it() {
    let mut signals = Signals::default();
    signals.set_blocked(Signal::INT.bit());
    signals.raise(Signal::INT, Info::default());
    signals.set_action(Signal::INT, Action { handler: IGNORE, ..Action::default() });
    assert_eq!(signals.pending, 0);
}

#[test]
fn exec_keeps_ignored_signals_and_drops_handlers() {
    let mut signals = Signals::default();
    signals.set_action(Signal::INT, Action { handler: 0x1000, ..Action::default() });
    signals.set_action(Signal::HUP, Action { handler: IGNORE, flags: 7, ..Action::default() });
    signals.reset_for_exec();
    assert_eq!(signals.action(Signal::INT), Action::default());
    assert_eq!(signals.action(Signal::HUP), Action { handler: IGNORE, ..Action::default() });
}
