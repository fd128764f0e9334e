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
fn real_time_signals_queue_in_order_up_to_a_limit() {
    let mut pending = Pending::default();
    let [one, other] = [34, 35].map(|number| Signal::new(number).unwrap());
    let of = |value| Info { value, ..Info::default() };
    for value in [1, 2] {
        pending.raise(one, of(value));
        pending.raise(other, of(10 * value));
        pending.raise(Signal::HUP, of(100 * value));
    }
    assert_eq!([1, 2].map(|_| pending.take(one).value), [1, 2]);
    assert_eq!(pending.set(), other.bit() | Signal::HUP.bit());
    assert_eq!([1, 2].map(|_| pending.take(other).value), [10, 20]);
    assert_eq!((pending.take(Signal::HUP).value, pending.set()), (100, 0));
    for value in 0..2 * MOST_PENDING as u64 {
        pending.raise(one, of(value));
    }
    assert!(pending.is_full());
    let taken = core::iter::from_fn(|| (pending.set() != 0).then(|| pending.take(one)));
    assert_eq!(taken.count(), MOST_PENDING);
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
