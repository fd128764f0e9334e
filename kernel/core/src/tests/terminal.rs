//! The terminal: lines, keys, jobs, settings.

use super::*;

const TCGETS: u64 = 0x5401;
const TCSETS: u64 = 0x5402;
const TIOCGPGRP: u64 = 0x540f;
const TIOCSPGRP: u64 = 0x5410;
const TIOCGWINSZ: u64 = 0x5413;
const FIONREAD: u64 = 0x541b;

/// Types, and lets the kernel look.
fn typed(rig: &mut Rig, text: &str) -> Next {
    rig.type_in(text);
    rig.tick()
}

#[test]
fn a_line_is_read_when_it_is_complete() {
    let mut rig = Rig::new();
    assert_eq!(rig.start(n::READ, &[0, DATA, 100]), Next::Idle { until: None });
    rig.type_in("helo\x7fp\r");
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), 5);
    assert_eq!(rig.peek(DATA, 5), b"help\n");
    assert_eq!(rig.output(), "helo\x08 \x08p\r\n");
}

#[test]
fn a_line_is_read_in_pieces_and_lines_one_by_one() {
    let mut rig = Rig::new();
    typed(&mut rig, "first line\nsecond\n");
    assert_eq!(rig.read(0, 5), b"first");
    rig.done(n::IOCTL, &[0, FIONREAD, DATA]);
    assert_eq!(rig.peek_u32(DATA), 13);
    assert_eq!(rig.read(0, 100), b" line\n");
    assert_eq!(rig.read(0, 100), b"second\n");
}

#[test]
fn keys_edit_the_line() {
    let mut rig = Rig::new();
    typed(&mut rig, "one two\x17three\x15four\n");
    assert_eq!(rig.read(0, 100), b"four\n");
    typed(&mut rig, "one two\x17three\n");
    assert_eq!(rig.read(0, 100), b"one three\n");
    typed(&mut rig, "abc\x04");
    assert_eq!(rig.read(0, 100), b"abc");
    typed(&mut rig, "\x04");
    assert_eq!(rig.read(0, 100), b"");
    typed(&mut rig, "\u{e4}\u{fc}\x7f\n");
    assert_eq!(rig.read(0, 100), "\u{e4}\n".as_bytes());
}

#[test]
fn control_c_kills_the_job_and_spares_the_shell() {
    let mut rig = Rig::new();
    let child = rig.fork();
    rig.start(n::WAIT4, &[u64::MAX, DATA, 0, 0]);
    assert_eq!(rig.pid(), child);
    typed(&mut rig, "half a line\x03");
    assert_eq!((rig.pid(), rig.result()), (1, child.into()));
    assert_eq!(rig.peek_u32(DATA), 2);
    assert!(rig.output().ends_with("half a line^C"), "{}", rig.output());
    assert_eq!(rig.start(n::READ, &[0, DATA, 100]), Next::Idle { until: None });
}

#[test]
fn raw_mode_gives_every_key() {
    let mut rig = Rig::new();
    rig.done(n::IOCTL, &[0, TCGETS, DATA]);
    let mut termios = rig.peek(DATA, 36);
    assert_eq!(termios[17 + 4], 4, "VEOF is ^D");
    // No ICANON, ECHO, ISIG; VMIN 1.
    termios[12] &= !(0o1 | 0o2 | 0o10);
    rig.poke(DATA, &termios);
    rig.done(n::IOCTL, &[0, TCSETS, DATA]);
    typed(&mut rig, "\x03x");
    assert_eq!(rig.read(0, 100), b"\x03x");
    assert_eq!(rig.output(), "");
    // VMIN 0, VTIME 2: a read waits for 0.2 s at most.
    termios[17 + 5] = 2;
    termios[17 + 6] = 0;
    rig.poke(DATA, &termios);
    rig.done(n::IOCTL, &[0, TCSETS, DATA]);
    assert_eq!(rig.start(n::READ, &[0, DATA, 1]), Next::Idle { until: Some(200_000_000) });
    rig.kernel.storage.machine.clock = 200_000_000;
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), 0);
}

#[test]
fn jobs_take_turns_with_the_terminal() {
    let mut rig = Rig::new();
    rig.done(n::IOCTL, &[0, TIOCGPGRP, DATA]);
    assert_eq!(rig.peek_u32(DATA), 1);
    let child = rig.fork();
    rig.done(n::SETPGID, &[child.into(), child.into()]);
    rig.poke(DATA, &child.to_le_bytes());
    rig.done(n::IOCTL, &[0, TIOCSPGRP, DATA]);
    // The shell is in the background now. As PID 1 it is not stopped, but reading fails.
    assert_eq!(rig.call(n::READ, &[0, DATA, 1]), fail(Errno::EIO));
    typed(&mut rig, "\x1a");
    assert_eq!(rig.call(n::WAIT4, &[child.into(), DATA, 2, 0]), child.into());
    assert_eq!(rig.peek_u32(DATA), 20 << 8 | 0x7f);
    rig.poke(DATA, &99u32.to_le_bytes());
    assert_eq!(rig.call(n::IOCTL, &[0, TIOCSPGRP, DATA]), fail(Errno::ESRCH));
}

#[test]
fn what_is_no_terminal_says_so() {
    let mut rig = Rig::new();
    rig.done(n::IOCTL, &[0, TIOCGWINSZ, DATA]);
    assert_eq!(rig.peek(DATA, 4), [24, 0, 80, 0]);
    let (reader, _) = rig.pipe();
    assert_eq!(rig.call(n::IOCTL, &[reader, TCGETS, DATA]), fail(Errno::ENOTTY));
    let fd = rig.opened("/dev/null", O_RDWR);
    assert_eq!(rig.call(n::IOCTL, &[fd, TCGETS, DATA]), fail(Errno::ENOTTY));
    assert_eq!(rig.call(n::IOCTL, &[0, 0xdead, DATA]), fail(Errno::ENOTTY));
    assert_eq!(rig.call(n::IOCTL, &[0, TCGETS, 8]), fail(Errno::EFAULT));
}

#[test]
fn nonblocking_and_polled_reads() {
    let mut rig = Rig::new();
    let fd = rig.opened("/dev/tty", O_RDWR | O_NONBLOCK);
    assert_eq!(rig.call(n::READ, &[fd, DATA, 1]), fail(Errno::EAGAIN));
    rig.poke_words(DATA, &[1 << 32 | fd]);
    assert_eq!(rig.start(n::PPOLL, &[DATA, 1, 0, 0, 0]), Next::Idle { until: None });
    rig.type_in("x");
    assert_eq!(rig.kernel.schedule(), Next::Idle { until: None }, "half a line is nothing");
    rig.type_in("\n");
    assert_eq!(rig.kernel.schedule(), Next::Run);
    assert_eq!(rig.result(), 1);
}

#[test]
fn nobody_reads_and_nothing_breaks() {
    let mut rig = Rig::new();
    typed(&mut rig, &"y".repeat(10_000));
    typed(&mut rig, "\n");
    assert!(rig.output().contains('\x07'));
    assert_eq!(rig.read(0, 10_000).len(), 4097);
}

#[test]
fn lines_wait_in_the_device_while_enough_is_kept() {
    let mut rig = Rig::new();
    typed(&mut rig, &"a line of twenty ch\n".repeat(500));
    for number in 0..500 {
        assert_eq!(rig.read(0, 100), b"a line of twenty ch\n", "line {number}");
    }
    assert!(!rig.output().contains('\x07'));
}

#[test]
fn what_programs_print_is_told_from_what_the_kernel_says() {
    let mut rig = Rig::new();
    let console = rig.opened("/dev/console", O_RDWR);
    rig.write(1, b"firm");
    rig.write(console, b"seed\r");
    rig.fork();
    for piece in [b":", b" ", b"y"] {
        rig.write(2, piece);
    }
    // The call that does not exist is told by the kernel, on a line of its own.
    rig.start(1111, &[]);
    rig.write(1, b"firmseed: z\n");
    // An echo is no line of the kernel's either.
    typed(&mut rig, "firmseed:\n");
    let shown = rig.output();
    let lines: Vec<&str> = shown.split("\r\n").collect();
    assert_eq!(lines[0], "firmseed\r? y", "{shown}");
    assert!(lines[1].starts_with("firmseed: ") && lines[1].contains("1111"), "{shown}");
    assert_eq!(lines[2..], ["firmseed? z", "firmseed?", ""], "{shown}");
}
