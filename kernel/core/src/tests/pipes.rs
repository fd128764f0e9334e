//! Pipes and descriptors: blocking, both ends, dup, fcntl.

use super::*;

#[test]
fn a_reader_waits_for_the_writer() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    let child = rig.fork();
    assert_eq!(rig.start(n::READ, &[reader, DATA, 10]), Next::Run);
    assert_eq!(rig.pid(), child, "the parent waits");
    assert_eq!(rig.write(writer, b"late"), 4);
    rig.switch_to(1);
    assert_eq!(rig.result(), 4);
    assert_eq!(rig.peek(DATA, 4), b"late");
}

#[test]
fn the_end_of_the_writers_is_the_end_of_the_file() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    let child = rig.fork();
    rig.done(n::CLOSE, &[writer]);
    rig.start(n::READ, &[reader, DATA, 10]);
    assert_eq!(rig.pid(), child);
    rig.start(n::EXIT, &[0]);
    assert_eq!((rig.pid(), rig.result()), (1, 0));
}

#[test]
fn a_long_write_goes_on_where_it_was() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    let child = rig.fork();
    rig.poke(DATA, &[7; 100_000]);
    rig.start(n::WRITE, &[writer, DATA, 100_000]);
    assert_eq!(rig.pid(), child);
    let mut total = 0;
    while total < 100_000 {
        let count = rig.done(n::READ, &[reader, DATA, 30_000]);
        assert!(rig.peek(DATA, count as usize).iter().all(|&byte| byte == 7));
        total += count;
        if total < 100_000 {
            rig.tick();
            rig.switch_to(child);
        }
    }
    assert_eq!(total, 100_000);
    rig.switch_to(1);
    assert_eq!(rig.result(), 100_000);
}

#[test]
fn a_long_vector_goes_on_behind_empty_segments() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    let child = rig.fork();
    rig.poke(DATA + 0x100, b"start");
    rig.poke_words(DATA, &[DATA + 0x100, 5, DATA, 0, DATA + 0x100, 70_000, DATA, 0]);
    rig.start(n::WRITEV, &[writer, DATA, 4]);
    assert_eq!(rig.pid(), child);
    let mut total = 0;
    while total < 70_005 {
        total += rig.done(n::READ, &[reader, DATA + 0x100, 60_000]);
        if total < 70_005 {
            rig.tick();
            rig.switch_to(child);
        }
    }
    rig.switch_to(1);
    assert_eq!(rig.result(), 70_005);
}

#[test]
fn a_broken_pipe_signals_and_fails() {
    let mut rig = Rig::new();
    let (reader, writer) = rig.pipe();
    rig.done(n::CLOSE, &[reader]);
    // PID 1 is spared by the default action; a child is not.
    assert_eq!(rig.write(writer, b"x"), fail(Errno::EPIPE));
    let child = rig.fork();
    rig.switch_to(child);
    rig.poke(DATA, b"x");
    rig.start(n::WRITE, &[writer, DATA, 1]);
    assert_eq!(rig.pid(), 1);
    assert_eq!(rig.call(n::WAIT4, &[child.into(), DATA, 0, 0]), child.into());
    assert_eq!(rig.peek_u32(DATA), 13);
}

#[test]
fn nonblocking_pipes_say_eagain() {
    let mut rig = Rig::new();
    rig.done(n::PIPE2, &[DATA, O_NONBLOCK | O_CLOEXEC]);
    let (reader, writer) = (rig.peek_u32(DATA).into(), rig.peek_u32(DATA + 4).into());
    assert_eq!(rig.call(n::READ, &[reader, DATA, 1]), fail(Errno::EAGAIN));
    assert_eq!(rig.call(n::WRITE, &[writer, DATA, 100_000]), 65_536);
    assert_eq!(rig.call(n::WRITE, &[writer, DATA, 1]), fail(Errno::EAGAIN));
    assert_eq!(rig.call(n::FCNTL, &[reader, 1, 0]), 1);
    assert_eq!(rig.call(n::FCNTL, &[reader, 3, 0]), O_NONBLOCK as i64);
    assert_eq!(rig.call(n::READ, &[writer, DATA, 1]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::WRITE, &[reader, DATA, 1]), fail(Errno::EBADF));
    rig.done(n::IOCTL, &[reader, 0x541b, DATA]);
    assert_eq!(rig.peek_u32(DATA), 65_536);
    assert_eq!(rig.call(n::PIPE2, &[DATA, 1]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::PIPE2, &[8, 0]), fail(Errno::EFAULT));
}

#[test]
fn descriptors_are_duplicated() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"shared offset");
    let fd = rig.opened("/tmp/a", 0);
    assert_eq!(rig.call(n::DUP, &[fd]), 4);
    assert_eq!(rig.call(n::FCNTL, &[fd, 0, 10]), 10);
    assert_eq!(rig.call(n::FCNTL, &[fd, 1030, 10]), 11);
    assert_eq!(rig.call(n::FCNTL, &[11, 1, 0]), 1);
    assert_eq!(rig.call(n::DUP3, &[fd, 20, O_CLOEXEC]), 20);
    assert_eq!(rig.call(n::DUP3, &[fd, fd, 0]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::DUP3, &[fd, 1024, 0]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::DUP, &[30]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::FCNTL, &[fd, 0, 1024]), fail(Errno::EINVAL));
    rig.read(4, 7);
    rig.done(n::CLOSE, &[fd]);
    assert_eq!(rig.read(20, 100), b"offset");
    assert_eq!(rig.call(n::CLOSE, &[fd]), fail(Errno::EBADF));
    rig.done(n::CLOSE_RANGE, &[4, 10, 0]);
    assert_eq!(rig.call(n::DUP, &[4]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::DUP, &[11]), 3);
}

#[test]
fn the_flags_of_an_open_file() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_WRONLY | O_TRUNC);
    const LARGE_FILE: u64 = 0o400000;
    assert_eq!(rig.done(n::FCNTL, &[fd, 3, 0]), O_WRONLY | LARGE_FILE);
    rig.done(n::FCNTL, &[fd, 4, O_APPEND | O_RDWR]);
    assert_eq!(rig.done(n::FCNTL, &[fd, 3, 0]), O_WRONLY | O_APPEND | LARGE_FILE);
    assert_eq!(rig.call(n::FCNTL, &[fd, 999, 0]), fail(Errno::EINVAL));
    rig.poke(DATA, &[1, 0, 0, 0]);
    assert_eq!(rig.call(n::FCNTL, &[fd, 6, DATA]), 0);
    assert_eq!(rig.call(n::FCNTL, &[fd, 6, 8]), fail(Errno::EFAULT));
    rig.done(n::FCNTL, &[fd, 5, DATA]);
    assert_eq!(rig.peek(DATA, 2), [2, 0]);
    assert_eq!(rig.call(n::FLOCK, &[fd, 2]), 0);
}

#[test]
fn a_process_has_so_many_descriptors_and_no_more() {
    let mut rig = Rig::new();
    while rig.call(n::DUP, &[0]) >= 0 {}
    assert_eq!(rig.call(n::DUP, &[0]), fail(Errno::EMFILE));
    assert_eq!(rig.open("/tmp/new", O_CREAT), fail(Errno::EMFILE));
    assert_eq!(rig.call(n::PIPE2, &[DATA, 0]), fail(Errno::EMFILE));
    rig.done(n::CLOSE, &[5]);
    assert_eq!(rig.call(n::PIPE2, &[DATA, 0]), fail(Errno::EMFILE), "a pipe takes two");
    assert_eq!(rig.open("/tmp/new", 0), fail(Errno::ENOENT), "the failed open made no file");
    assert_eq!(rig.call(n::DUP, &[0]), 5);
}
