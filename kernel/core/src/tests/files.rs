//! Data of files: read, write, offsets, sizes, vectors, copies.

use super::*;

const SEEK_SET: u64 = 0;
const SEEK_CUR: u64 = 1;
const SEEK_END: u64 = 2;
const SEEK_DATA: u64 = 3;
const SEEK_HOLE: u64 = 4;

#[test]
fn what_was_written_is_read_byte_by_byte() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"hello");
    let fd = rig.opened("/tmp/a", 0);
    for &byte in b"hello" {
        assert_eq!(rig.read(fd, 1), [byte]);
    }
    assert_eq!(rig.read(fd, 1), []);
    assert_eq!(rig.write(fd, b"x"), fail(Errno::EBADF));
    assert_eq!(rig.call(n::READ, &[99, DATA, 1]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::READ, &[fd, 8, 1]), 0, "nothing is read, so nothing faults");
    rig.done(n::LSEEK, &[fd, 0, SEEK_SET]);
    assert_eq!(rig.call(n::READ, &[fd, 8, 1]), fail(Errno::EFAULT));
}

#[test]
fn writes_cross_pages_and_stop_at_bad_memory() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    let text: Vec<u8> = (0..20_000u32).map(|index| (index % 251) as u8).collect();
    assert_eq!(rig.write(fd, &text), 20_000);
    rig.done(n::LSEEK, &[fd, 100, SEEK_SET]);
    assert_eq!(rig.read(fd, 30_000), &text[100..]);
    // The last 16 bytes of the program's memory, then nothing.
    let end = BASE + MEMORY;
    assert_eq!(rig.call(n::WRITE, &[fd, end - 16, 4096]), 16);
    assert_eq!(rig.call(n::WRITE, &[fd, end, 4096]), fail(Errno::EFAULT));
}

#[test]
fn a_range_that_no_program_can_have_is_a_fault() {
    // As Linux says it: before it cuts the count, and at the end of a file too.
    let mut rig = Rig::new();
    let fault = fail(Errno::EFAULT);
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    let (reader, writer) = rig.pipe();
    let null = rig.opened("/dev/null", O_RDWR);
    let folder = rig.opened("/tmp", 0);
    rig.poke_words(DATA + 64, &[DATA, 1, DATA, 1 << 48]);
    for (address, count) in [(DATA, u64::MAX), (DATA, 1 << 48), (u64::MAX - 4, 4096)] {
        for fd in [fd, null, folder, reader] {
            assert_eq!(rig.call(n::READ, &[fd, address, count]), fault);
        }
        for fd in [fd, null, writer] {
            assert_eq!(rig.call(n::WRITE, &[fd, address, count]), fault);
        }
        assert_eq!(rig.call(n::PREAD64, &[fd, address, count, 0]), fault);
        assert_eq!(rig.call(n::PWRITE64, &[fd, address, count, 0]), fault);
    }
    assert_eq!(rig.call(n::READV, &[fd, DATA + 64, 2]), fault);
    assert_eq!(rig.call(n::WRITEV, &[fd, DATA + 64, 2]), fault);
    assert_eq!(rig.done(n::LSEEK, &[fd, 0, SEEK_END]), 0, "nothing was written");
    // What may not be done at all is said first.
    assert_eq!(rig.call(n::READ, &[writer, DATA, u64::MAX]), fail(Errno::EBADF));
    assert_eq!(rig.call(n::WRITE, &[folder, DATA, u64::MAX]), fail(Errno::EBADF));
}

#[test]
fn cutting_a_folder_is_refused() {
    let mut rig = Rig::new();
    for flags in [O_TRUNC, O_TRUNC | O_DIRECTORY] {
        assert_eq!(rig.open("/tmp", flags), fail(Errno::EISDIR));
    }
    rig.opened("/tmp", O_TRUNC | O_PATH);
}

#[test]
fn seek_knows_holes() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    assert_eq!(rig.call(n::LSEEK, &[fd, 1 << 20, SEEK_SET]), 1 << 20);
    rig.write(fd, b"end");
    assert_eq!(rig.call(n::LSEEK, &[fd, 0, SEEK_END]), (1 << 20) + 3);
    assert_eq!(rig.call(n::LSEEK, &[fd, -3i64 as u64, SEEK_CUR]), 1 << 20);
    assert_eq!(rig.call(n::LSEEK, &[fd, 0, SEEK_DATA]), 1 << 20);
    assert_eq!(rig.call(n::LSEEK, &[fd, 0, SEEK_HOLE]), 0);
    assert_eq!(rig.call(n::LSEEK, &[fd, -1i64 as u64, SEEK_SET]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::LSEEK, &[fd, i64::MAX as u64, SEEK_END]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::LSEEK, &[fd, 0, 9]), fail(Errno::EINVAL));
    let (reader, _) = rig.pipe();
    assert_eq!(rig.call(n::LSEEK, &[reader, 0, SEEK_SET]), fail(Errno::ESPIPE));
    rig.done(n::LSEEK, &[fd, 1 << 19, SEEK_SET]);
    assert_eq!(rig.read(fd, 10), [0; 10]);
    rig.done(n::LSEEK, &[fd, i64::MAX as u64, SEEK_SET]);
    assert_eq!(rig.write(fd, b"x"), fail(Errno::EINVAL));
}

#[test]
fn append_writes_at_the_end() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"one");
    let fd = rig.opened("/tmp/a", O_WRONLY | O_APPEND);
    rig.write(fd, b"two");
    rig.done(n::LSEEK, &[fd, 0, SEEK_SET]);
    rig.write(fd, b"three");
    let fd = rig.opened("/tmp/a", 0);
    assert_eq!(rig.read(fd, 100), b"onetwothree");
}

#[test]
fn positioned_calls_leave_the_offset() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"0123456789");
    let fd = rig.opened("/tmp/a", O_RDWR);
    assert_eq!(rig.call(n::PREAD64, &[fd, DATA, 3, 4]), 3);
    assert_eq!(rig.peek(DATA, 3), b"456");
    rig.poke(DATA, b"xy");
    assert_eq!(rig.call(n::PWRITE64, &[fd, DATA, 2, 8]), 2);
    assert_eq!(rig.read(fd, 100), b"01234567xy");
    assert_eq!(rig.call(n::PREAD64, &[fd, DATA, 3, -1i64 as u64]), fail(Errno::EINVAL));
    let (reader, writer) = rig.pipe();
    assert_eq!(rig.call(n::PREAD64, &[reader, DATA, 3, 0]), fail(Errno::ESPIPE));
    assert_eq!(rig.call(n::PWRITE64, &[writer, DATA, 3, 0]), fail(Errno::ESPIPE));
}

#[test]
fn vectors_are_gathered_and_scattered() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    rig.poke(DATA, b"abcdefgh");
    rig.poke_words(DATA + 64, &[DATA, 3, DATA, 0, DATA + 5, 3]);
    assert_eq!(rig.call(n::WRITEV, &[fd, DATA + 64, 3]), 6);
    assert_eq!(rig.call(n::PWRITEV, &[fd, DATA + 64, 1, 6]), 3);
    rig.done(n::LSEEK, &[fd, 0, SEEK_SET]);
    rig.poke_words(DATA + 64, &[DATA + 128, 4, DATA + 256, 100]);
    assert_eq!(rig.call(n::READV, &[fd, DATA + 64, 2]), 9);
    assert_eq!(rig.peek(DATA + 128, 4), b"abcf");
    assert_eq!(rig.peek(DATA + 256, 5), b"ghabc");
    assert_eq!(rig.call(n::READV, &[fd, DATA + 64, 1025]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::READV, &[fd, 8, 1]), fail(Errno::EFAULT));
    for (lengths, errno) in [
        ([i64::MAX as u64, 1], Errno::EFAULT),
        ([1 << 63, 1], Errno::EINVAL),
        ([i64::MAX as u64, u64::MAX], Errno::EINVAL),
    ] {
        rig.poke_words(DATA + 64, &[DATA, lengths[0], DATA, lengths[1]]);
        assert_eq!(rig.call(n::WRITEV, &[fd, DATA + 64, 2]), fail(errno));
    }
}

#[test]
fn files_are_cut_and_lengthened() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"0123456789");
    let fd = rig.opened("/tmp/a", O_RDWR);
    rig.done(n::FTRUNCATE, &[fd, 4]);
    rig.done(n::FTRUNCATE, &[fd, 8]);
    assert_eq!(rig.read(fd, 100), b"0123\0\0\0\0");
    rig.done(n::FALLOCATE, &[fd, 0, 4, 12]);
    assert_eq!(rig.call(n::LSEEK, &[fd, 0, SEEK_END]), 16);
    let path = rig.path("/tmp/a");
    rig.done(n::TRUNCATE, &[path, 2]);
    assert_eq!(rig.call(n::LSEEK, &[fd, 0, SEEK_END]), 2);
    assert_eq!(rig.call(n::FTRUNCATE, &[fd, -1i64 as u64]), fail(Errno::EINVAL));
    let path = rig.path("/tmp");
    assert_eq!(rig.call(n::TRUNCATE, &[path, 2]), fail(Errno::EISDIR));
    let fd = rig.opened("/tmp/a", 0);
    assert_eq!(rig.call(n::FTRUNCATE, &[fd, 0]), fail(Errno::EINVAL));
}

#[test]
fn files_are_copied_inside_the_kernel() {
    let mut rig = Rig::new();
    let text: Vec<u8> = (0..9000u32).map(|index| (index % 253) as u8).collect();
    rig.file("/tmp/a", &text);
    let from = rig.opened("/tmp/a", 0);
    let to = rig.opened("/tmp/b", O_CREAT | O_RDWR);
    assert_eq!(rig.call(n::SENDFILE, &[to, from, 0, 8999]), 8999);
    assert_eq!(rig.call(n::SENDFILE, &[to, from, 0, 8999]), 1);
    rig.done(n::LSEEK, &[to, 0, SEEK_SET]);
    assert_eq!(rig.read(to, 10_000), text);
    rig.poke_words(DATA, &[100]);
    rig.poke_words(DATA + 8, &[0]);
    assert_eq!(rig.call(n::COPY_FILE_RANGE, &[from, DATA, to, DATA + 8, 50, 0]), 50);
    assert_eq!(rig.peek_word(DATA), 150);
    assert_eq!(rig.call(n::PREAD64, &[to, DATA, 50, 0]), 50);
    assert_eq!(rig.peek(DATA, 50), &text[100..150]);
    let (reader, writer) = rig.pipe();
    assert_eq!(rig.call(n::SENDFILE, &[writer, reader, 0, 1]), fail(Errno::EINVAL));
    rig.poke_words(DATA, &[0]);
    assert_eq!(rig.call(n::SENDFILE, &[writer, from, DATA, 5]), 5);
    assert_eq!(rig.read(reader, 10), &text[..5]);
}

#[test]
fn devices_read_and_write_as_they_should() {
    let mut rig = Rig::new();
    let fd = rig.opened("/dev/null", O_RDWR);
    assert_eq!(rig.write(fd, b"gone"), 4);
    assert_eq!(rig.read(fd, 4), []);
    let fd = rig.opened("/dev/zero", O_RDWR);
    rig.poke(DATA, &[7; 5000]);
    assert_eq!(rig.read(fd, 5000), [0; 5000]);
    let fd = rig.opened("/dev/full", O_RDWR);
    assert_eq!(rig.write(fd, b"x"), fail(Errno::ENOSPC));
    let fd = rig.opened("/dev/urandom", 0);
    let first = rig.read(fd, 16);
    assert_ne!(first, rig.read(fd, 16));
    let fd = rig.opened("/dev/console", O_RDWR);
    rig.write(fd, b"shown\n");
    assert!(rig.output().ends_with("shown\r\n"));
}

#[test]
fn a_full_memory_is_a_full_device() {
    let mut rig = Rig::with_frames(120);
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    let mut written = 0;
    let error = loop {
        let count = rig.write(fd, &[1; 4096]);
        if count < 0 {
            break count;
        }
        written += count;
    };
    assert_eq!(error, fail(Errno::ENOSPC));
    assert!(written > 4096 * 10);
    rig.done(n::FTRUNCATE, &[fd, 0]);
    assert_eq!(rig.write(fd, b"again"), 5);
}
