//! Memory calls as programs make them; what they do inside is tested in `vm`.

use super::*;

const PRIVATE_ANONYMOUS: u64 = 0x22;
const SHARED_ANONYMOUS: u64 = 0x21;

#[test]
fn memory_is_mapped_and_unmapped() {
    let mut rig = Rig::new();
    let at = rig.done(n::MMAP, &[0, 10_000, 3, PRIVATE_ANONYMOUS, u64::MAX, 0]);
    assert_eq!(rig.peek(at, 12_288), vec![0; 12_288]);
    rig.poke(at, b"x");
    rig.done(n::MPROTECT, &[at, 4096, 1]);
    let fd = rig.opened("/dev/zero", 0);
    assert_eq!(rig.call(n::READ, &[fd, at, 1]), fail(Errno::EFAULT));
    rig.done(n::MUNMAP, &[at, 12_288]);
    assert_eq!(rig.call(n::UNAME, &[at + 4096]), fail(Errno::EFAULT));
    for arguments in [
        [0, 0, 3, PRIVATE_ANONYMOUS, u64::MAX, 0],
        [0, 4096, 3, 0x20, u64::MAX, 0],
        [0, 4096, 3, PRIVATE_ANONYMOUS, u64::MAX, 1],
    ] {
        assert_eq!(rig.call(n::MMAP, &arguments), fail(Errno::EINVAL), "{arguments:x?}");
    }
    assert_eq!(rig.call(n::MUNMAP, &[at + 1, 4096]), fail(Errno::EINVAL));
}

#[test]
fn files_are_mapped() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", &[9; 5000]);
    let fd = rig.opened("/tmp/a", 0);
    let at = rig.done(n::MMAP, &[0, 8192, 3, 2, fd, 0]);
    rig.done(n::CLOSE, &[fd]);
    assert_eq!(rig.peek(at + 4990, 20), [[9; 10], [0; 10]].concat());
    rig.poke(at, b"private");
    let fd = rig.opened("/tmp/a", 0);
    assert_eq!(rig.read(fd, 1), [9]);
    let writer = rig.opened("/tmp/a", O_WRONLY);
    assert_eq!(rig.call(n::MMAP, &[0, 4096, 1, 2, writer, 0]), fail(Errno::EACCES));
    assert_eq!(rig.call(n::MMAP, &[0, 4096, 1, 2, 99, 0]), fail(Errno::EBADF));
    let (reader, _) = rig.pipe();
    assert_eq!(rig.call(n::MMAP, &[0, 4096, 1, 2, reader, 0]), fail(Errno::ENODEV));
}

#[test]
fn shared_memory_is_shared_with_a_child() {
    let mut rig = Rig::new();
    let at = rig.done(n::MMAP, &[0, 4096, 3, SHARED_ANONYMOUS, u64::MAX, 0]);
    let child = rig.fork();
    rig.poke(at, b"seen");
    rig.switch_to(child);
    assert_eq!(rig.peek(at, 4), b"seen");
}

#[test]
fn the_break_moves() {
    let mut rig = Rig::new();
    let start = rig.done(n::BRK, &[0]);
    assert_eq!(rig.done(n::BRK, &[start + 5000]), start + 5000);
    rig.poke(start + 4990, b"heap");
    assert_eq!(rig.done(n::BRK, &[8]), start + 5000, "nonsense changes nothing");
}

#[test]
fn advice_and_questions() {
    let mut rig = Rig::new();
    let at = rig.done(n::MMAP, &[0, 8192, 3, PRIVATE_ANONYMOUS, u64::MAX, 0]);
    rig.poke(at, b"x");
    rig.done(n::MINCORE, &[at, 8192, DATA]);
    assert_eq!(rig.peek(DATA, 2), [1, 0]);
    assert_eq!(rig.call(n::MINCORE, &[at, 8192, u64::MAX]), fail(Errno::EFAULT));
    rig.done(n::MADVISE, &[at, 4096, 4]);
    assert_eq!(rig.peek(at, 1), [0]);
    assert_eq!(rig.call(n::MSYNC, &[at, 8192, 4]), 0);
    assert_eq!(rig.call(n::MSYNC, &[at, 8192, 5]), fail(Errno::EINVAL));
    assert_eq!(rig.call(n::MSYNC, &[at + (1 << 30), 8192, 4]), fail(Errno::ENOMEM));
    assert_eq!(rig.call(n::MLOCK, &[at, 100]), 0);
    assert_eq!(rig.call(n::MEMBARRIER, &[0]), 0x1ff);
    assert_eq!(rig.call(n::MEMBARRIER, &[3]), fail(Errno::EINVAL));
}
