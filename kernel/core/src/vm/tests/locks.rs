//! Locks, where a conformance program cannot look: frames that run out, pages that others have too.

use super::*;
use crate::errno::Errno;
use crate::vm::area::Lock;
use crate::vm::{MapPlace, Source};

const AT: u64 = 1 << 30;

#[test]
fn a_lock_that_finds_no_frame_says_so_and_stays() {
    let mut world = World::new(64);
    let mut space = world.space();
    space.map(world.r(), MapPlace::Fixed(AT), 32 * PAGE, RW, Source::Anonymous).unwrap();
    let hidden = world.starve(8);
    assert_eq!(space.lock(world.r(), AT, 32 * PAGE, Lock::Now), Err(Errno::EAGAIN));
    assert_eq!(space.locked_bytes(), 32 * PAGE);
    check(&world, &space);
    world.feed(hidden);
    assert_eq!(space.lock(world.r(), AT, 32 * PAGE, Lock::Now), Ok(()));
    assert_eq!(space.usage().resident_pages, 32);
    space.release(world.r());
    assert_eq!(world.storage.pool.free(), 64);
}

#[test]
fn a_lock_copies_what_a_child_has_too_and_the_child_has_none() {
    let mut world = World::new(64);
    let mut space = world.space();
    space.map(world.r(), MapPlace::Fixed(AT), 2 * PAGE, RW, Source::Anonymous).unwrap();
    space.lock(world.r(), AT, 2 * PAGE, Lock::Now).unwrap();
    space.copy_out(world.r(), UserAddr(AT), &[1]).unwrap();
    let mut cpu = Cpu::default();
    let before = cpu.access(&mut world, &mut space, AT, Access::Write).unwrap();
    let mut child = space.fork(world.r()).unwrap();
    assert_eq!((space.locked_bytes(), child.locked_bytes()), (2 * PAGE, 0));
    assert_eq!(cpu.access(&mut world, &mut space, AT, Access::Read), Ok(before));
    space.lock(world.r(), AT, PAGE, Lock::Now).unwrap();
    let after = cpu.access(&mut world, &mut space, AT, Access::Read).unwrap();
    assert_ne!(before, after, "a store must not fault any more");
    check(&world, &space);
    check(&world, &child);
    assert_eq!(read(&mut world, &mut space, AT, 1), [1]);
    assert_eq!(read(&mut world, &mut child, AT, 1), [1]);
    child.release(world.r());
    space.release(world.r());
    assert_eq!(world.storage.pool.free(), 64);
}
