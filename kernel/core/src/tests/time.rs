//! Clocks, sleeping, timers.

use super::*;

const SECOND: u64 = 1_000_000_000;

#[test]
fn clocks_tell_the_image_s_time() {
    let mut rig = Rig::new();
    rig.kernel.storage.machine.clock = 3 * SECOND + 5;
    rig.done(n::CLOCK_GETTIME, &[0, DATA]);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 8)), (1_000_000_003, 5));
    rig.done(n::CLOCK_GETTIME, &[1, DATA]);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 8)), (3, 5));
    rig.done(n::GETTIMEOFDAY, &[DATA, 0]);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 8)), (1_000_000_003, 0));
    assert_eq!(rig.call(n::CLOCK_GETTIME, &[50, DATA]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::CLOCK_GETTIME, &[1, 8]), fail(Errno::EFAULT));
    rig.done(n::CLOCK_GETRES, &[1, DATA]);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 8)), (0, 1));
    assert_eq!(rig.call(n::CLOCK_SETTIME, &[0, DATA]), fail(Errno::EPERM));
}

#[test]
fn processor_time_is_charged_to_who_ran() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.kernel.storage.machine.clock += 2 * SECOND;
    rig.switch_to(child);
    rig.kernel.storage.machine.clock += SECOND;
    rig.done(n::CLOCK_GETTIME, &[2, DATA]);
    assert_eq!(rig.peek_word(DATA), 1);
    rig.start(n::EXIT, &[0]);
    rig.done(n::WAIT4, &[u64::MAX, 0, 0, 0]);
    rig.done(n::TIMES, &[DATA]);
    assert_eq!((rig.peek_word(DATA), rig.peek_word(DATA + 16)), (200, 100));
    rig.done(n::GETRUSAGE, &[-1i64 as u64, DATA]);
    assert_eq!(rig.peek_word(DATA), 1);
    assert_eq!(rig.call(n::GETRUSAGE, &[7, DATA]), fail(Errno::EINVAL));
}

#[test]
fn a_sleeper_sleeps_as_long_as_it_asked() {
    let mut rig = Rig::new();
    rig.poke_words(DATA, &[2, 0]);
    assert_eq!(rig.start(n::NANOSLEEP, &[DATA, 0]), Next::Idle { until: Some(2 * SECOND) });
    rig.kernel.storage.machine.clock = 2 * SECOND;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), 0);
    // Until a time that has passed: no wait.
    assert_eq!(rig.call(n::CLOCK_NANOSLEEP, &[1, 1, DATA, 0]), 0);
    rig.poke_words(DATA, &[3, 0]);
    assert_eq!(
        rig.start(n::CLOCK_NANOSLEEP, &[1, 1, DATA, 0]),
        Next::Idle { until: Some(3 * SECOND) }
    );
    rig.kernel.storage.machine.clock = 3 * SECOND;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    rig.poke_words(DATA, &[-1i64 as u64, 0]);
    assert_eq!(rig.call(n::NANOSLEEP, &[DATA, 0]), fail(Errno::EINVAL));
}

#[test]
fn a_signal_ends_a_sleep_and_says_what_is_left() {
    let mut rig = Rig::new();
    rig.poke_words(DATA + 64, &[0x40_0078, 0, 0, 0]);
    rig.done(n::RT_SIGACTION, &[14, DATA + 64, 0, 8]);
    rig.poke_words(DATA + 64, &[0, 0, 1, 0]);
    rig.done(n::SETITIMER, &[0, DATA + 64, 0]);
    rig.poke_words(DATA, &[5, 0]);
    assert_eq!(rig.start(n::NANOSLEEP, &[DATA, DATA + 16]), Next::Idle { until: Some(SECOND) });
    rig.kernel.storage.machine.clock = SECOND;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), 14, "the handler runs");
    assert_eq!(rig.peek_word(DATA + 16), 4);
    rig.start(n::RT_SIGRETURN, &[]);
    assert_eq!(rig.result(), fail(Errno::EINTR));
}

#[test]
fn an_interval_timer_comes_again() {
    let mut rig = Rig::new();
    rig.poke_words(DATA, &[0, 250_000, 1, 0]);
    rig.done(n::SETITIMER, &[0, DATA, 0]);
    rig.done(n::GETITIMER, &[0, DATA]);
    assert_eq!([0, 8, 16, 24].map(|at| rig.peek_word(DATA + at)), [0, 250_000, 1, 0]);
    // Block SIGALRM and watch it become pending, twice.
    rig.poke_words(DATA, &[1 << 13]);
    rig.done(n::RT_SIGPROCMASK, &[0, DATA, 0, 8]);
    for time in [SECOND, SECOND + 250_000_000] {
        rig.kernel.storage.machine.clock = time;
        rig.tick();
        rig.poke_words(DATA, &[1 << 13]);
        assert_eq!(rig.call(n::RT_SIGTIMEDWAIT, &[DATA, 0, 0, 8]), 14);
    }
    assert_eq!(rig.call(n::SETITIMER, &[3, DATA, 0]), fail(Errno::EINVAL));
}

#[test]
fn files_are_stamped_with_the_time_of_the_last_tick() {
    let mut rig = Rig::new();
    rig.kernel.storage.machine.clock = 7 * SECOND + 3;
    rig.tick();
    rig.file("/tmp/a", b"x");
    let path = rig.path("/tmp/a");
    rig.done(n::NEWFSTATAT, &[AT_FDCWD, path, DATA, 0]);
    assert_eq!((rig.peek_word(DATA + 88), rig.peek_word(DATA + 96)), (1_000_000_007, 3));
    // A sleeper wakes without a tick.
    rig.poke_words(DATA, &[2, 0]);
    rig.start(n::NANOSLEEP, &[DATA, 0]);
    rig.kernel.storage.machine.clock += 3 * SECOND;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    rig.file("/tmp/b", b"x");
    let path = rig.path("/tmp/b");
    rig.done(n::NEWFSTATAT, &[AT_FDCWD, path, DATA, 0]);
    assert_eq!(rig.peek_word(DATA + 88), 1_000_000_010);
}
