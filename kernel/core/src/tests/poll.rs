//! poll and select.

use super::*;

const POLLIN: u16 = 1;
const POLLOUT: u16 = 4;
const POLLHUP: u16 = 16;
const POLLNVAL: u16 = 32;

/// Writes `struct pollfd`s to DATA.
fn pollfds(rig: &mut Rig, files: &[(u64, u16)]) {
    for (index, (fd, events)) in files.iter().enumerate() {
        let word = u64::from(*fd as u32) | u64::from(*events) << 32;
        rig.poke_words(DATA + index as u64 * 8, &[word]);
    }
}

fn revents(rig: &mut Rig, index: u64) -> u16 {
    let bytes = rig.peek(DATA + index * 8 + 6, 2);
    u16::from_le_bytes([bytes[0], bytes[1]])
}

#[test]
fn ready_files_are_found_at_once() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    pollfds(&mut rig, &[(reader, POLLIN), (writer, POLLOUT), (99, POLLIN), (u64::MAX, POLLIN)]);
    assert_eq!(rig.call(n::PPOLL, &[DATA, 4, 0, 0, 0]), 2);
    assert_eq!([0, 1, 2, 3].map(|index| revents(&mut rig, index)), [0, POLLOUT, POLLNVAL, 0]);
    rig.done(n::CLOSE, &[writer]);
    pollfds(&mut rig, &[(reader, POLLIN)]);
    assert_eq!(rig.call(n::PPOLL, &[DATA, 1, 0, 0, 0]), 1);
    assert_eq!(revents(&mut rig, 0), POLLHUP);
    assert_eq!(rig.call(n::PPOLL, &[DATA, 2000, 0, 0, 0]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::PPOLL, &[8, 1, 0, 0, 0]), fail(Errno::EFAULT));
}

#[test]
fn a_poll_is_woken_by_a_write() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    let child = rig.fork();
    pollfds(&mut rig, &[(reader, POLLIN)]);
    rig.start(n::PPOLL, &[DATA, 1, 0, 0, 0]);
    assert_eq!(rig.pid(), child);
    rig.write(writer, b"x");
    rig.switch_to(1);
    assert_eq!((rig.result(), revents(&mut rig, 0)), (1, POLLIN));
}

#[test]
fn a_poll_gives_up_after_its_timeout() {
    let mut rig = Rig::new();
    let (reader, _) = rig.pipe();
    pollfds(&mut rig, &[(reader, POLLIN)]);
    rig.poke_words(DATA + 64, &[1, 500]);
    let next = rig.start(n::PPOLL, &[DATA, 1, DATA + 64, 0, 0]);
    assert_eq!(next, Next::Idle { until: Some(1_000_000_500) });
    rig.kernel.storage.machine.clock = 1_000_000_499;
    assert_eq!(rig.kernel.schedule(), Next::Idle { until: Some(1_000_000_500) });
    rig.kernel.storage.machine.clock = 1_000_000_500;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), 0);
    // No time at all: only look.
    rig.poke_words(DATA + 64, &[0, 0]);
    assert_eq!(rig.call(n::PPOLL, &[DATA, 1, DATA + 64, 0, 0]), 0);
    rig.poke_words(DATA + 64, &[0, 1_000_000_000]);
    assert_eq!(rig.call(n::PPOLL, &[DATA, 1, DATA + 64, 0, 0]), fail(Errno::EINVAL));
}

#[test]
fn select_marks_what_is_ready() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    rig.write(writer, b"x");
    let both = 1 << reader | 1 << writer;
    rig.poke_words(DATA, &[both, both, 0, 0, 0]);
    assert_eq!(rig.call(n::PSELECT6, &[64, DATA, DATA + 8, 0, DATA + 16, 0]), 2);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 8)), (1 << reader, 1 << writer));
    rig.poke_words(DATA, &[1 << 60]);
    assert_eq!(rig.call(n::PSELECT6, &[64, DATA, 0, 0, DATA + 16, 0]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::PSELECT6, &[-1i64 as u64, 0, 0, 0, DATA + 16, 0]), fail(Errno::EINVAL));
}
