//! Copies between user memory and the kernel.

use super::*;
use crate::errno::Errno;
use crate::fs::Chunk;
use crate::vm::{MapPlace, Source};

const AT: u64 = 0x40_0000;

/// Three pages that may be written, then one that may be read, then nothing.
fn mapped(world: &mut World) -> AddressSpace {
    let mut space = world.space();
    let mut map = |at, pages: u64, protection| {
        let place = MapPlace::Fixed(at);
        space.map(world.r(), place, pages * PAGE, protection, Source::Anonymous).unwrap();
    };
    map(AT, 3, RW);
    map(AT + 3 * PAGE, 1, Protection::READ);
    space
}

#[test]
fn bytes_cross_pages_unchanged() {
    let mut world = World::new(64);
    let mut space = mapped(&mut world);
    let bytes = pattern(PAGE_SIZE + 1000);
    let at = AT + PAGE - 500;
    space.copy_out(world.r(), UserAddr(at), &bytes).unwrap();
    assert_eq!(read(&mut world, &mut space, at, bytes.len()), bytes);
    assert_eq!(read(&mut world, &mut space, at - 1, 1), [0]);
    assert_eq!(read(&mut world, &mut space, at + bytes.len() as u64, 1), [0]);
    space.copy_in(world.r(), UserAddr(u64::MAX), &mut []).unwrap();
    space.release(world.r());
}

#[test]
fn what_the_program_may_not_touch_is_efault_wherever_it_lies() {
    let mut world = World::new(64);
    let mut space = mapped(&mut world);
    let kernel = 0xffff_ff80_4000_0000;
    for bad in [
        0,
        1,
        AT - 1,
        AT + 4 * PAGE - 1,
        AT + 4 * PAGE,
        USER_END - 1,
        USER_END,
        kernel,
        u64::MAX - 1,
        u64::MAX,
    ] {
        let mut bytes = [0xee; 2];
        assert_eq!(
            space.copy_in(world.r(), UserAddr(bad), &mut bytes),
            Err(Errno::EFAULT),
            "{bad:#x}"
        );
        assert_eq!(
            space.copy_out(world.r(), UserAddr(bad), &bytes),
            Err(Errno::EFAULT),
            "{bad:#x}"
        );
    }
    assert_eq!(space.copy_out(world.r(), UserAddr(AT + 3 * PAGE), &[1]), Err(Errno::EFAULT));
    check(&world, &space);
    space.release(world.r());
}

#[test]
fn a_chunk_stops_at_the_first_bad_page() {
    let mut world = World::new(64);
    let mut space = mapped(&mut world);
    let bytes: &'static [u8] = pattern(2 * PAGE_SIZE).leak();
    let chunk = |at, chunk, world: &mut World, space: &mut AddressSpace| {
        space.copy_out_chunk(world.r(), UserAddr(at), chunk)
    };
    let at = AT + 2 * PAGE - 10;
    // The page is known already: that must not lead over its end.
    space.copy_out(world.r(), UserAddr(at), &[0]).unwrap();
    assert_eq!(chunk(at, Chunk::Bytes(bytes), &mut world, &mut space), Ok(PAGE_SIZE + 10));
    assert_eq!(read(&mut world, &mut space, at, PAGE_SIZE + 10), bytes[..PAGE_SIZE + 10]);
    assert_eq!(chunk(at + 4, Chunk::Zero { length: 9 }, &mut world, &mut space), Ok(9));
    let mut expected = bytes[..20].to_vec();
    expected[4..13].fill(0);
    assert_eq!(read(&mut world, &mut space, at, 20), expected);
    let frame = world.storage.pool.allocate().unwrap();
    world.storage.machine.page_mut(frame)[100..150].fill(9);
    let piece = Chunk::Frame { frame, offset: 100, length: 50 };
    assert_eq!(chunk(AT + PAGE - 20, piece, &mut world, &mut space), Ok(50));
    assert_eq!(
        read(&mut world, &mut space, AT + PAGE - 21, 52),
        [vec![0], vec![9; 50], vec![0]].concat()
    );
    assert_eq!(chunk(AT + 3 * PAGE, piece, &mut world, &mut space), Err(Errno::EFAULT));
    assert_eq!(chunk(AT, Chunk::END, &mut world, &mut space), Ok(0));
    world.storage.pool.release(frame);
    space.release(world.r());
}

#[test]
fn a_string_ends_at_its_nul_or_is_too_long() {
    let mut world = World::new(64);
    let mut space = mapped(&mut world);
    let at = AT + PAGE - 3;
    space.copy_out(world.r(), UserAddr(at), b"/bin/sh\0x").unwrap();
    let mut buffer = [0xee; 16];
    assert_eq!(space.copy_in_string(world.r(), UserAddr(at), &mut buffer), Ok(7));
    assert_eq!(buffer[..9], *b"/bin/sh\0\xee");
    assert_eq!(space.copy_in_string(world.r(), UserAddr(at), &mut buffer[..8]), Ok(7));
    let short = space.copy_in_string(world.r(), UserAddr(at), &mut buffer[..7]);
    assert_eq!(short, Err(Errno::ENAMETOOLONG));
    assert_eq!(space.string_length(world.r(), UserAddr(at), 8), Ok(Some(7)));
    assert_eq!(space.string_length(world.r(), UserAddr(at), 7), Ok(None));
    // No NUL before the last page's end.
    let end = AT + 3 * PAGE;
    space.unmap(world.r(), end, PAGE).unwrap();
    space.copy_out(world.r(), UserAddr(end - 5), b"abcde").unwrap();
    assert_eq!(space.copy_in_string(world.r(), UserAddr(end - 5), &mut buffer), Err(Errno::EFAULT));
    assert_eq!(
        space.copy_in_string(world.r(), UserAddr(end - 5), &mut buffer[..5]),
        Err(Errno::ENAMETOOLONG)
    );
    space.release(world.r());
}

#[test]
fn a_visitor_may_take_less_or_fail() {
    let mut world = World::new(64);
    let mut space = mapped(&mut world);
    let mut visit = |answers: &[Result<usize, Errno>]| {
        let mut parts = Vec::new();
        let mut answers = answers.iter();
        let taken = space.for_each_page(
            world.r(),
            UserAddr(AT + 96),
            3 * PAGE_SIZE,
            Access::Read,
            |_, _, offset, length| {
                parts.push((offset, length));
                *answers.next().unwrap()
            },
        );
        (taken, parts)
    };
    let first = (96, PAGE_SIZE - 96);
    let all = visit(&[Ok(4000), Ok(4096), Ok(4096), Ok(96)]);
    assert_eq!(all, (Ok(3 * PAGE_SIZE), vec![first, (0, 4096), (0, 4096), (0, 96)]));
    assert_eq!(visit(&[Ok(17)]), (Ok(17), vec![first]));
    assert_eq!(visit(&[Err(Errno::EPIPE)]), (Err(Errno::EPIPE), vec![first]));
    assert_eq!(visit(&[Ok(4000), Err(Errno::EPIPE)]), (Ok(4000), vec![first, (0, 4096)]));
    space.release(world.r());
}
