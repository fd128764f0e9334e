//! Pages: how they are filled, shared, copied and made executable.

use super::cases::map;
use super::*;
use crate::errno::Errno;
use crate::vm::area::{Area, FileView, Lock};
use crate::vm::{MapPlace, Source};

const AT: u64 = 0x40_0000;

#[test]
fn a_fault_says_which_signal_it_is() {
    let mut world = World::new(64);
    let mut space = world.space();
    let inode = world.image_file(&pattern(PAGE_SIZE + 1));
    let source = Source::File { inode, offset: 0 };
    space.map(world.r(), MapPlace::Fixed(AT), 3 * PAGE, Protection::READ, source).unwrap();
    let mut fault = |address, access| space.fault(world.r(), address, access);
    assert_eq!(fault(AT, Access::Read), Ok(()));
    assert_eq!(fault(AT, Access::Write), Err(FaultError::Denied));
    assert_eq!(fault(AT, Access::Execute), Err(FaultError::Denied));
    assert_eq!(fault(AT + PAGE, Access::Read), Ok(()));
    assert_eq!(fault(AT + 2 * PAGE, Access::Read), Err(FaultError::BeyondFile));
    for nowhere in [0, AT - 1, AT + 3 * PAGE, USER_END, 0xffff_ff80_0000_0000, u64::MAX] {
        assert_eq!(fault(nowhere, Access::Read), Err(FaultError::NotMapped), "{nowhere:#x}");
    }
    assert_eq!(Errno::from(FaultError::OutOfMemory), Errno::ENOMEM);
    assert_eq!(Errno::from(FaultError::BeyondFile), Errno::EFAULT);
    space.release(world.r());
}

#[test]
fn a_page_of_a_file_is_shared_until_it_is_written() {
    let mut world = World::new(64);
    let bytes = pattern(2 * PAGE_SIZE + 10);
    let inode = world.written_file(&bytes);
    let mut spaces = [world.space(), world.space()];
    let before = world.storage.pool.free();
    for space in &mut spaces {
        map(&mut world, space, AT, 3, Source::File { inode, offset: 0 });
        assert_eq!(read(&mut world, space, AT, bytes.len()), bytes);
        assert_eq!(
            read(&mut world, space, AT + bytes.len() as u64, 1),
            [0],
            "zeros behind the file's end"
        );
    }
    let used = before - world.storage.pool.free();
    assert_eq!(used, 2 * 2, "two tables for each space, no page");
    spaces[0].copy_out(world.r(), UserAddr(AT + 1), b"mine").unwrap();
    assert_eq!(before - world.storage.pool.free(), used + 1);
    assert_eq!(read(&mut world, &mut spaces[1], AT, 8), bytes[..8]);
    let mut file = [0; 8];
    world.storage.fs.read(inode, 0, &mut file, &world.storage.machine);
    assert_eq!(file, bytes[..8]);
    // The first touch is a write: one copy, straight from the file.
    let faulted = world.storage.pool.free();
    let mut third = world.space();
    map(&mut world, &mut third, AT, 3, Source::File { inode, offset: 0 });
    third.copy_out(world.r(), UserAddr(AT), b"M").unwrap();
    assert_eq!(faulted - world.storage.pool.free(), 4);
    assert_eq!(read(&mut world, &mut third, AT + 1, 7), bytes[1..8]);
    for space in spaces.into_iter().chain([third]) {
        check(&world, &space);
        space.release(world.r());
    }
}

#[test]
fn an_unlinked_file_lives_as_long_as_a_piece_of_its_mapping() {
    let mut world = World::new(64);
    let free = world.storage.pool.free();
    let bytes = pattern(4 * PAGE_SIZE);
    let inode = world.written_file(&bytes);
    let mut space = world.space();
    map(&mut world, &mut space, AT, 4, Source::File { inode, offset: 0 });
    space.unmap(world.r(), AT + PAGE, PAGE).unwrap();
    space.protect(world.r(), AT + 3 * PAGE, PAGE, Protection::READ, u64::MAX).unwrap();
    assert_eq!(space.areas.len(), 3);
    let child = space.fork(world.r()).unwrap();
    world.storage.fs.unlink(InodeId::ROOT, b"written0", &mut world.storage.pool).unwrap();
    space.unmap(world.r(), AT, 3 * PAGE).unwrap();
    assert_eq!(read(&mut world, &mut space, AT + 3 * PAGE, 9), bytes[3 * PAGE_SIZE..][..9]);
    space.release(world.r());
    let mut child = child;
    assert_eq!(read(&mut world, &mut child, AT + 2 * PAGE, 9), bytes[2 * PAGE_SIZE..][..9]);
    child.release(world.r());
    assert_eq!(world.storage.pool.free(), free);
}

#[test]
fn pages_of_a_view_that_is_no_whole_page_are_copies_between_zeros() {
    let mut world = World::new(64);
    let bytes = pattern(2 * PAGE_SIZE);
    let inode = world.image_file(&bytes);
    let mut space = world.space();
    // 5000 bytes of the file from offset 10 on, at an address with another remainder.
    let view = FileView { inode, offset: 10, data_start: AT + 0x78, data_end: AT + 0x78 + 5000 };
    let area = Area {
        start: AT,
        end: AT + 3 * PAGE,
        protection: RW,
        kind: AreaKind::File(view),
        lock: Lock::Off,
    };
    space.replace_area(world.r(), area).unwrap();
    let got = read(&mut world, &mut space, AT, 3 * PAGE_SIZE);
    assert_eq!(got[..0x78], [0; 0x78]);
    assert_eq!(got[0x78..0x78 + 5000], bytes[10..5010]);
    assert!(got[0x78 + 5000..].iter().all(|byte| *byte == 0));
    space.release(world.r());
}

#[test]
fn the_last_owner_of_a_page_writes_in_place() {
    let mut world = World::new(64);
    let mut space = world.space();
    map(&mut world, &mut space, AT, 1, Source::Anonymous);
    let write = |world: &mut World, space: &mut AddressSpace| {
        space.translate(world.r(), UserAddr(AT), Access::Write).unwrap()
    };
    let first = write(&mut world, &mut space);
    let mut child = space.fork(world.r()).unwrap();
    assert_eq!(world.storage.machine.invalidated, [None], "the parent's writable entries must go");
    let free = world.storage.pool.free();
    let copy = write(&mut world, &mut child);
    assert_ne!(copy, first);
    assert_eq!(write(&mut world, &mut space), first, "nobody else has it any more");
    assert_eq!(free - world.storage.pool.free(), 1);
    check(&world, &space);
    check(&world, &child);
    child.release(world.r());
    space.release(world.r());
}

#[test]
fn shared_memory_is_one_for_parent_and_child() {
    let mut world = World::new(64);
    let mut space = world.space();
    map(&mut world, &mut space, AT, 4, Source::SharedAnonymous);
    space.copy_out(world.r(), UserAddr(AT), b"before").unwrap();
    let mut child = space.fork(world.r()).unwrap();
    child.copy_out(world.r(), UserAddr(AT + 3 * PAGE), b"child").unwrap();
    space.copy_out(world.r(), UserAddr(AT + 2 * PAGE), b"parent").unwrap();
    assert_eq!(read(&mut world, &mut child, AT, 6), b"before");
    assert_eq!(read(&mut world, &mut child, AT + 2 * PAGE, 6), b"parent");
    assert_eq!(read(&mut world, &mut space, AT + 3 * PAGE, 5), b"child");
    // Advice to drop its pages does not lose what others see.
    space.advise(world.r(), AT, 4 * PAGE, 4).unwrap();
    assert_eq!(read(&mut world, &mut space, AT, 6), b"before");
    child.release(world.r());
    space.release(world.r());
}

#[test]
fn code_is_made_visible_when_it_becomes_executable_and_when_it_moves() {
    let mut world = World::new(64);
    let mut space = world.space();
    let inode = world.image_file(&pattern(PAGE_SIZE));
    let source = Source::File { inode, offset: 0 };
    space.map(world.r(), MapPlace::Fixed(AT), PAGE, Protection::all(), source).unwrap();
    space.fault(world.r(), AT, Access::Execute).unwrap();
    assert_eq!(world.storage.machine.synced.len(), 1);
    space.fault(world.r(), AT, Access::Write).unwrap();
    let frame = space.translate(world.r(), UserAddr(AT), Access::Read).unwrap();
    assert_eq!(world.storage.machine.synced[1..], [frame], "the copy is another frame");
    // Data that becomes code.
    map(&mut world, &mut space, AT + PAGE, 1, Source::Anonymous);
    let frame = space.translate(world.r(), UserAddr(AT + PAGE), Access::Write).unwrap();
    assert_eq!(world.storage.machine.synced.len(), 2);
    space.protect(world.r(), AT + PAGE, PAGE, RX, u64::MAX).unwrap();
    assert_eq!(world.storage.machine.synced[2..], [frame]);
    space.release(world.r());
}

#[test]
fn a_fault_on_a_page_that_is_there_drops_its_tlb_entry() {
    let mut world = World::new(64);
    let mut space = world.space();
    map(&mut world, &mut space, AT, 1, Source::Anonymous);
    space.fault(world.r(), AT + 9, Access::Write).unwrap();
    assert_eq!(world.storage.machine.invalidated, [], "there was no entry to drop");
    space.fault(world.r(), AT + 9, Access::Write).unwrap();
    assert_eq!(world.storage.machine.invalidated, [Some(UserAddr(AT))]);
    space.release(world.r());
}
