//! Pages that mappings share with their file (MAP_SHARED).

use super::*;
use crate::fs::Chunk;
use crate::vm::{MapPlace, Source};

const AT: u64 = 0x5000_0000;

fn map(world: &mut World, space: &mut AddressSpace, source: Source, protection: Protection) {
    space.map(world.r(), MapPlace::Fixed(AT), 3 * PAGE, protection, source).unwrap();
}

/// As the kernel does: the file's writer by memory is this space.
fn tell(world: &mut World, space: &AddressSpace, file: InodeId) {
    world.storage.fs.begin_map_write(file, space.identity());
}

#[test]
fn a_store_is_told_once_and_reaches_the_file() {
    let mut world = World::new(60);
    let file = world.image_file(&pattern(2 * PAGE_SIZE + 7));
    let (mut space, mut cpu) = (world.space(), Cpu::default());
    map(&mut world, &mut space, Source::WritableFile { inode: file, offset: 0 }, RW);
    cpu.access(&mut world, &mut space, AT, Access::Read).unwrap();
    let refused = cpu.access(&mut world, &mut space, AT, Access::Write);
    assert_eq!(refused, Err(FaultError::Untold(file)));
    let version = world.storage.fs.version(file);
    tell(&mut world, &space, file);
    assert!(world.storage.fs.version(file) > version);
    for page in [AT, AT + PAGE] {
        let frame = cpu.access(&mut world, &mut space, page, Access::Write).unwrap();
        world.storage.machine.page_mut(frame)[5] = 99;
        check(&world, &space);
    }
    let mut byte = [0];
    world.storage.fs.read(file, PAGE + 5, &mut byte, &world.storage.machine);
    assert_eq!(byte, [99]);
    // Somebody needs to know what is in it: from then on it is to be told again.
    assert_eq!(world.storage.fs.end_map_write(file), Some(space.identity()));
    space.stop_writes(world.r(), file);
    cpu.check(&mut world, &space);
    let refused = cpu.access(&mut world, &mut space, AT, Access::Write);
    assert_eq!(refused, Err(FaultError::Untold(file)));
    space.release(world.r());
    assert!(!world.storage.fs.is_shared(file) && !world.storage.fs.has_writable_maps());
}

#[test]
fn a_write_goes_to_the_page_that_is_mapped() {
    let mut world = World::new(60);
    let file = world.written_file(&pattern(2 * PAGE_SIZE));
    let mut space = world.space();
    map(&mut world, &mut space, Source::ReadOnlyFile { inode: file, offset: 0 }, Protection::READ);
    let before = read(&mut world, &mut space, AT + PAGE, 3);
    world.write_file(file, PAGE, b"new");
    assert_ne!(before, b"new");
    assert_eq!(read(&mut world, &mut space, AT + PAGE, 3), b"new");
    let refused = space.protect(world.r(), AT, PAGE, RW, u64::MAX);
    assert_eq!(refused, Err(crate::errno::Errno::EACCES));
    space.release(world.r());
}

#[test]
fn what_a_file_loses_is_lost_in_memory_too() {
    let mut world = World::new(60);
    let file = world.written_file(&pattern(3 * PAGE_SIZE));
    let (mut space, mut cpu) = (world.space(), Cpu::default());
    map(&mut world, &mut space, Source::WritableFile { inode: file, offset: 0 }, RW);
    tell(&mut world, &space, file);
    for page in 0..3 {
        cpu.access(&mut world, &mut space, AT + page * PAGE, Access::Write).unwrap();
    }
    space.drop_file_pages(world.r(), file, &(PAGE + 1..u64::MAX));
    let World { storage, .. } = &mut world;
    storage.fs.set_size(file, PAGE + 1, &mut storage.pool, &mut storage.machine).unwrap();
    cpu.check(&mut world, &space);
    check(&world, &space);
    assert!(cpu.access(&mut world, &mut space, AT + PAGE, Access::Write).is_ok());
    let gone = cpu.access(&mut world, &mut space, AT + 2 * PAGE, Access::Read);
    assert_eq!(gone, Err(FaultError::BeyondFile));
    space.release(world.r());
}

#[test]
fn a_hole_in_a_file_is_one_in_memory_too() {
    let mut world = World::new(60);
    let file = world.written_file(&pattern(3 * PAGE_SIZE));
    let (mut space, mut cpu) = (world.space(), Cpu::default());
    map(&mut world, &mut space, Source::WritableFile { inode: file, offset: 0 }, RW);
    tell(&mut world, &space, file);
    for page in 0..3 {
        cpu.access(&mut world, &mut space, AT + page * PAGE, Access::Write).unwrap();
    }
    let hole = PAGE - 1..2 * PAGE + 1;
    space.drop_file_pages(world.r(), file, &hole);
    let World { storage, .. } = &mut world;
    storage.fs.punch(file, hole, &mut storage.pool, &mut storage.machine).unwrap();
    cpu.check(&mut world, &space);
    check(&world, &space);
    let bytes = pattern(3 * PAGE_SIZE);
    for (at, zeros) in [(PAGE - 2, 1..3), (PAGE + 7, 0..3), (2 * PAGE, 0..1)] {
        let mut expected = bytes[at as usize..at as usize + 3].to_vec();
        expected[zeros].fill(0);
        assert_eq!(read(&mut world, &mut space, AT + at, 3), expected, "at {at}");
    }
    space.release(world.r());
}

#[test]
fn a_child_shares_the_pages_and_not_the_right_to_write() {
    let mut world = World::new(60);
    let file = world.written_file(&pattern(PAGE_SIZE));
    let mut space = world.space();
    map(&mut world, &mut space, Source::WritableFile { inode: file, offset: 0 }, RW);
    tell(&mut world, &space, file);
    space.translate(world.r(), UserAddr(AT), Access::Write).unwrap();
    let mut child = space.fork(world.r()).unwrap();
    let frame = child.translate(world.r(), UserAddr(AT), Access::Read).unwrap();
    assert!(
        matches!(world.storage.fs.chunk(file, 0, 1), Chunk::Frame { frame: own, .. } if own == frame)
    );
    assert!(child.translate(world.r(), UserAddr(AT), Access::Write).is_err());
    assert_eq!(child.take_untold(), Some(file));
    assert!(space.translate(world.r(), UserAddr(AT), Access::Write).is_ok());
    check(&world, &child);
    space.release(world.r());
    assert_eq!(world.storage.fs.map_writer(file), None);
    child.release(world.r());
}
