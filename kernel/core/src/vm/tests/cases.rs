//! Areas, one promise a test: what the random sequences do not pin down.

use super::*;
use crate::errno::Errno;
use crate::vm::areas::MAX_AREAS;
use crate::vm::{MMAP_TOP, MapPlace, STACK_GUARD, STACK_LIMIT, STACK_TOP, Source};

const AT: u64 = 0x40_0000;

pub fn map(world: &mut World, space: &mut AddressSpace, at: u64, pages: u64, source: Source) {
    let place = MapPlace::FixedNoReplace(at);
    assert_eq!(space.map(world.r(), place, pages * PAGE, RW, source), Ok(at));
}

#[test]
fn arguments_of_map_are_checked_as_linux_checks_them() {
    let mut world = World::new(64);
    let mut space = world.space();
    let inode = world.image_file(&pattern(PAGE_SIZE));
    let mut map = |place, length, source| space.map(world.r(), place, length, RW, source);
    assert_eq!(map(MapPlace::Hint(0), 0, Source::Anonymous), Err(Errno::EINVAL));
    assert_eq!(map(MapPlace::Hint(0), u64::MAX, Source::Anonymous), Err(Errno::ENOMEM));
    assert_eq!(map(MapPlace::Hint(0), USER_END, Source::Anonymous), Err(Errno::ENOMEM));
    assert_eq!(map(MapPlace::Fixed(AT + 1), PAGE, Source::Anonymous), Err(Errno::EINVAL));
    assert_eq!(map(MapPlace::Fixed(0), PAGE, Source::Anonymous), Err(Errno::EPERM));
    assert_eq!(
        map(MapPlace::Fixed(USER_END - PAGE), 2 * PAGE, Source::Anonymous),
        Err(Errno::ENOMEM)
    );
    assert_eq!(map(MapPlace::Fixed(!0xfff), 2 * PAGE, Source::Anonymous), Err(Errno::ENOMEM));
    let file = |offset| Source::File { inode, offset };
    assert_eq!(map(MapPlace::Hint(0), PAGE, file(1)), Err(Errno::EINVAL));
    assert_eq!(map(MapPlace::Hint(0), PAGE, file(!0xfff)), Err(Errno::EOVERFLOW));
    assert_eq!(map(MapPlace::Hint(0), PAGE, file(1 << 62)), Ok(MMAP_TOP - PAGE));
    // More than the machine has is refused where it could be written.
    assert_eq!(map(MapPlace::Hint(0), 65 * PAGE, Source::Anonymous), Err(Errno::ENOMEM));
    let reserve =
        space.map(world.r(), MapPlace::Hint(0), 1 << 30, Protection::empty(), Source::Anonymous);
    let reserve = reserve.unwrap();
    let all = space.protect(world.r(), reserve, 1 << 30, RW, u64::MAX);
    assert_eq!(all, Err(Errno::ENOMEM));
    check(&world, &space);
    space.release(world.r());
}

#[test]
fn mappings_come_top_down_and_go_into_the_highest_gap() {
    let mut world = World::new(64);
    let mut space = world.space();
    let mut map = |pages: u64| {
        space.map(world.r(), MapPlace::Hint(0), pages * PAGE, RW, Source::Anonymous).unwrap()
    };
    let (a, b, c) = (map(1), map(2), map(3));
    assert_eq!((a, b, c), (MMAP_TOP - PAGE, MMAP_TOP - 3 * PAGE, MMAP_TOP - 6 * PAGE));
    space.unmap(world.r(), b, 2 * PAGE).unwrap();
    let mut map = |pages: u64| {
        space.map(world.r(), MapPlace::Hint(0), pages * PAGE, RW, Source::Anonymous).unwrap()
    };
    assert_eq!(map(3), MMAP_TOP - 9 * PAGE);
    assert_eq!(map(2), b);
    assert_eq!(space.areas.len(), 1, "all of it is one area again");
    space.release(world.r());
}

#[test]
fn the_heap_grows_by_bytes_and_stops_at_its_neighbour() {
    let mut world = World::new(64);
    let mut space = world.space();
    space.start_heap(AT);
    assert_eq!(space.brk(world.r(), 0), AT);
    for end in AT..AT + 3 * PAGE + 5 {
        assert_eq!(space.brk(world.r(), end), end);
    }
    assert_eq!(space.areas.len(), 1);
    assert_eq!(space.areas.next(0).unwrap().end, AT + 4 * PAGE);
    space.copy_out(world.r(), UserAddr(AT + 2 * PAGE), &[7; 100]).unwrap();
    // What shrinks away is gone, what comes back is zero.
    assert_eq!(space.brk(world.r(), AT + PAGE), AT + PAGE);
    assert_eq!(space.brk(world.r(), AT + 4 * PAGE), AT + 4 * PAGE);
    assert_eq!(read(&mut world, &mut space, AT + 2 * PAGE, 100), vec![0; 100]);
    // One page stays free before the next area.
    map(&mut world, &mut space, AT + 8 * PAGE, 1, Source::Anonymous);
    assert_eq!(space.brk(world.r(), AT + 7 * PAGE), AT + 7 * PAGE);
    assert_eq!(space.brk(world.r(), AT + 7 * PAGE + 1), AT + 7 * PAGE);
    // Not below its start, not past the machine's memory, not past user space.
    for bad in [AT - 1, AT + 65 * PAGE, USER_END, u64::MAX] {
        assert_eq!(space.brk(world.r(), bad), AT + 7 * PAGE);
    }
    assert_eq!(space.brk(world.r(), AT), AT);
    assert_eq!(space.areas.len(), 1);
    check(&world, &space);
    space.release(world.r());
}

#[test]
fn the_stack_grows_to_its_limit_and_not_into_its_neighbour() {
    let mut world = World::new(64);
    let mut space = world.space();
    space.start_stack(world.r(), RW, [STACK_LIMIT, u64::MAX]).unwrap();
    let mut fault = |address| space.fault(world.r(), address, Access::Write);
    assert_eq!(fault(STACK_TOP - 8), Ok(()));
    assert_eq!(fault(STACK_TOP - 20 * PAGE), Ok(()));
    assert_eq!(fault(STACK_TOP - STACK_LIMIT), Ok(()));
    assert_eq!(fault(STACK_TOP - STACK_LIMIT - 1), Err(FaultError::NotMapped));
    assert_eq!(fault(STACK_TOP), Err(FaultError::NotMapped));
    check(&world, &space);
    space.release(world.r());

    let mut space = world.space();
    space.start_stack(world.r(), RW, [STACK_LIMIT, u64::MAX]).unwrap();
    let neighbour = STACK_TOP - STACK_LIMIT / 2;
    map(&mut world, &mut space, neighbour, 1, Source::Anonymous);
    let lowest = neighbour + PAGE + STACK_GUARD;
    assert_eq!(space.fault(world.r(), lowest - 1, Access::Write), Err(FaultError::NotMapped));
    assert_eq!(space.fault(world.r(), lowest, Access::Write), Ok(()));
    space.release(world.r());
}

#[test]
fn mprotect_changes_what_lies_before_a_hole() {
    let mut world = World::new(64);
    let mut space = world.space();
    map(&mut world, &mut space, AT, 2, Source::Anonymous);
    let result = space.protect(world.r(), AT + PAGE, 2 * PAGE, Protection::READ, u64::MAX);
    assert_eq!(result, Err(Errno::ENOMEM));
    assert_eq!(space.fault(world.r(), AT + PAGE, Access::Write), Err(FaultError::Denied));
    assert_eq!(space.fault(world.r(), AT, Access::Write), Ok(()));
    assert_eq!(space.protect(world.r(), AT + 1, PAGE, RW, u64::MAX), Err(Errno::EINVAL));
    assert_eq!(space.protect(world.r(), AT, u64::MAX, RW, u64::MAX), Err(Errno::ENOMEM));
    assert_eq!(space.protect(world.r(), AT, 0, RW, u64::MAX), Ok(()));
    space.release(world.r());
}

#[test]
fn mremap_refuses_what_linux_refuses() {
    let mut world = World::new(64);
    let mut space = world.space();
    map(&mut world, &mut space, AT, 2, Source::Anonymous);
    map(&mut world, &mut space, AT + 3 * PAGE, 1, Source::SharedAnonymous);
    let mut remap = |old, length, new_length, flags, to| {
        space.remap(world.r(), old, length, new_length, flags, to)
    };
    assert_eq!(remap(AT, PAGE, PAGE, 8, 0), Err(Errno::EINVAL));
    assert_eq!(remap(AT, PAGE, PAGE, 2, AT + 8 * PAGE), Err(Errno::EINVAL));
    assert_eq!(remap(AT + 1, PAGE, PAGE, 1, 0), Err(Errno::EINVAL));
    assert_eq!(remap(AT, PAGE, 0, 1, 0), Err(Errno::EINVAL));
    assert_eq!(remap(AT, 0, PAGE, 1, 0), Err(Errno::EINVAL));
    assert_eq!(remap(AT, PAGE, u64::MAX, 1, 0), Err(Errno::EINVAL));
    assert_eq!(remap(AT, PAGE, USER_END, 1, 0), Err(Errno::ENOMEM));
    assert_eq!(remap(AT, PAGE, PAGE, 3, AT), Err(Errno::EINVAL));
    assert_eq!(remap(AT, PAGE, PAGE, 3, USER_END), Err(Errno::EINVAL));
    assert_eq!(remap(AT, 3 * PAGE, 4 * PAGE, 1, 0), Err(Errno::EFAULT));
    assert_eq!(remap(AT, 2 * PAGE, 4 * PAGE, 0, 0), Err(Errno::ENOMEM));
    assert_eq!(remap(AT, 2 * PAGE, 3 * PAGE, 0, 0), Ok(AT));
    assert_eq!(remap(AT + 3 * PAGE, PAGE, 2 * PAGE, 1, 0), Err(Errno::EINVAL));
    space.release(world.r());
}

#[test]
fn a_process_can_have_so_many_areas_and_still_unmap_them() {
    let mut world = World::new(64);
    let mut space = world.space();
    let mut count = 0;
    let full = loop {
        assert!(count <= MAX_AREAS as u64, "no limit");
        let place = MapPlace::Fixed(AT + 2 * count * PAGE);
        match space.map(world.r(), place, PAGE, RW, Source::Anonymous) {
            Ok(_) => count += 1,
            Err(errno) => break errno,
        }
    };
    assert_eq!(full, Errno::ENOMEM);
    assert!(count as usize >= MAX_AREAS - 2);
    space.unmap(world.r(), AT, 2 * count * PAGE).unwrap();
    assert_eq!(space.areas.len(), 0);
    space.release(world.r());
}

#[test]
fn tables_go_with_the_areas_that_needed_them() {
    let mut world = World::new(64);
    let mut space = world.space();
    for at in (0..40).map(|index| AT + (index << 30)) {
        map(&mut world, &mut space, at, 1, Source::Anonymous);
        space.copy_out(world.r(), UserAddr(at), &[1]).unwrap();
        space.unmap(world.r(), at, PAGE).unwrap();
        assert_eq!(space.usage().table_pages, 1);
    }
    assert_eq!(space.usage().peak_pages, 1);
    space.release(world.r());
}

#[test]
fn a_file_area_that_grows_shows_more_of_its_file() {
    let mut world = World::new(64);
    let mut space = world.space();
    let bytes = pattern(6 * PAGE_SIZE);
    let inode = world.image_file(&bytes);
    let source = Source::File { inode, offset: PAGE };
    map(&mut world, &mut space, AT, 2, source);
    let (length, longer) = (2 * PAGE, 4 * PAGE);
    let at = space.remap(world.r(), AT, length, longer, 0, 0);
    assert_eq!(at, Ok(AT), "there is room behind it");
    map(&mut world, &mut space, AT + longer, 1, Source::Anonymous);
    let at = space.remap(world.r(), AT, longer, 5 * PAGE, 1, 0).unwrap();
    assert_ne!(at, AT);
    assert_eq!(read(&mut world, &mut space, at, 5 * PAGE_SIZE), bytes[PAGE_SIZE..]);
    assert_eq!(space.fault(world.r(), AT, Access::Read), Err(FaultError::NotMapped));
    space.release(world.r());
}
