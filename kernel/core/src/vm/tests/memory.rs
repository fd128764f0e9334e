//! Memory that runs out: at every single allocation of a scenario, once.

use super::*;
use crate::errno::Errno;
use crate::vm::{MapPlace, STACK_LIMIT, Source};

const AT: u64 = (1 << 30) - 2 * PAGE;

/// Does a bit of everything; every step is checked, whether it succeeds or not.
fn scenario(
    world: &mut World,
    inode: InodeId,
    spaces: &mut Vec<AddressSpace>,
) -> Result<(), Errno> {
    spaces.push(AddressSpace::new(world.r())?);
    spaces[0].start_heap(0x2000_0000);
    spaces[0].start_stack(world.r(), RW, [STACK_LIMIT, u64::MAX])?;
    let file = Source::File { inode, offset: 0 };
    for (at, source) in
        [(AT, Source::Anonymous), (AT + 8 * PAGE, file), (AT + 16 * PAGE, Source::SharedAnonymous)]
    {
        spaces[0].map(world.r(), MapPlace::Fixed(at), 4 * PAGE, Protection::all(), source)?;
        check(world, &spaces[0]);
    }
    spaces[0].copy_out(world.r(), UserAddr(AT), &pattern(4 * PAGE_SIZE))?;
    spaces[0].copy_in(world.r(), UserAddr(AT + 8 * PAGE), &mut vec![0; 4 * PAGE_SIZE])?;
    spaces[0].copy_out(world.r(), UserAddr(AT + 9 * PAGE), &[1])?;
    check(world, &spaces[0]);
    let child = spaces[0].fork(world.r());
    check(world, &spaces[0]);
    spaces.push(child?);
    spaces[1].copy_out(world.r(), UserAddr(AT + PAGE), &[3; 2 * PAGE_SIZE])?;
    check(world, &spaces[1]);
    let moved = spaces[1].remap(world.r(), AT, 4 * PAGE, 9 * PAGE, 1, 0);
    check(world, &spaces[1]);
    let there = if moved.is_ok() { moved? } else { AT };
    let seen = read(world, &mut spaces[1], there, 4 * PAGE_SIZE);
    assert_eq!(seen[..PAGE_SIZE], pattern(PAGE_SIZE), "moved or not, the contents stay");
    assert_eq!(seen[PAGE_SIZE..3 * PAGE_SIZE], [3; 2 * PAGE_SIZE]);
    moved?;
    let grandchild = spaces[1].fork(world.r());
    check(world, &spaces[1]);
    spaces.push(grandchild?);
    Ok(())
}

#[test]
fn every_allocation_may_fail_and_nothing_is_lost() {
    let mut failures = 0;
    for left in 0.. {
        let mut world = World::new(200);
        let inode = world.image_file(&pattern(4 * PAGE_SIZE));
        let hidden = world.starve(left);
        let mut spaces = Vec::new();
        let result = scenario(&mut world, inode, &mut spaces);
        for space in spaces {
            check(&world, &space);
            space.release(world.r());
        }
        world.feed(hidden);
        world.storage.fs.unlink(InodeId::ROOT, b"image0", &mut world.storage.pool).unwrap();
        assert_eq!(world.storage.pool.free(), 200, "frames leaked with {left} to start from");
        match result {
            Ok(()) => break,
            Err(errno) => assert_eq!(errno, Errno::ENOMEM),
        }
        failures += 1;
    }
    assert!(failures > 20, "only {failures} allocations in all of that");
}

#[test]
fn a_fork_that_fails_leaves_the_parent_able_to_write() {
    let mut world = World::new(64);
    let mut space = world.space();
    space.map(world.r(), MapPlace::Fixed(AT), 2 * PAGE, RW, Source::Anonymous).unwrap();
    space.copy_out(world.r(), UserAddr(AT), &[1]).unwrap();
    let mut cpu = Cpu::default();
    cpu.access(&mut world, &mut space, AT, Access::Write).unwrap();
    for left in 0..4 {
        let hidden = world.starve(left);
        let failed = space.fork(world.r()).map(|child| child.release(world.r()));
        assert_eq!(failed.is_err(), left < 3, "a fork of one page takes three tables");
        assert_eq!(world.storage.pool.free(), left);
        cpu.check(&mut world, &space);
        let written = cpu.access(&mut world, &mut space, AT, Access::Write);
        assert!(written.is_ok(), "no frame is needed: nobody shares it");
        world.feed(hidden);
    }
    space.release(world.r());
}
