//! Random sequences of everything that can be done to address spaces, against the model.

use proptest::prelude::*;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use super::model::{Model, Outside, Under};
use super::operations::{From, Op, op};
use super::*;
use crate::addr::{LOW_END, PAGE_SIZE};
use crate::errno::Errno;
use crate::vm::{MapPlace, STACK_LIMIT, STACK_TOP, Source};

/// The pages that are played with lie around a border of tables of all levels. Heap and stack are low.
const BASE: u64 = 5 * LOW_END - 20 * PAGE;
pub const PAGES: u64 = 40;
/// Where the heap starts, out of the way.
const HEAP: u64 = 0x2000_0000;
const FRAMES: usize = 600;

struct Process {
    space: AddressSpace,
    model: Model,
    cpu: Cpu,
    heap_end: u64,
}

struct Play {
    world: World,
    outside: Outside,
    files: Vec<InodeId>,
    processes: Vec<Process>,
    current: usize,
}

/// A shared page of a file, among those of these bytes, gets no frame where files have taken all: the program is told as if a
/// disk were full (SIGBUS, EFAULT). With memory for all, the same is done again.
fn is_full(world: &World, model: &Model, address: u64, length: usize) -> bool {
    !world.storage.pool.has_room_for_files() && model.shows_file(address, length as u64)
}

impl Play {
    fn new() -> Self {
        let mut world = World::new(FRAMES);
        let contents = [pattern(3 * PAGE_SIZE + 77), pattern(2 * PAGE_SIZE)];
        let files = vec![world.image_file(&contents[0]), world.written_file(&contents[1])];
        let mut space = world.space();
        space.start_heap(HEAP);
        space.start_stack(world.r(), RW, [STACK_LIMIT, u64::MAX]).unwrap();
        let mut model = Model::default();
        // The model knows the few pages of the stack that the test touches.
        model.map(STACK_TOP - 8 * PAGE, 8 * PAGE, RW, |_| Under::Stack);
        let first = Process { space, model, cpu: Cpu::default(), heap_end: HEAP };
        let outside = Outside { files: contents.to_vec(), shared: Vec::new() };
        Play { world, outside, files, processes: vec![first], current: 0 }
    }

    /// Pages past the playground are the stack's.
    fn address(page: u64) -> u64 {
        if page < PAGES { BASE + page * PAGE } else { STACK_TOP - (page - PAGES + 1) * PAGE }
    }

    fn run(&mut self, op: Op) -> Result<(), Errno> {
        let Play { world, outside, files, processes, current } = self;
        let process = &mut processes[*current];
        let (space, model) = (&mut process.space, &mut process.model);
        match op {
            Op::Map { page, pages, protection, from, place } => {
                let (address, length) = (BASE + page.min(PAGES - 1) * PAGE, pages * PAGE);
                let protection = Protection::from_bits(protection).unwrap();
                let source = match from {
                    From::Zeros => Source::Anonymous,
                    From::Shared => Source::SharedAnonymous,
                    From::File(file, page) => {
                        Source::File { inode: files[file], offset: page * PAGE }
                    }
                    From::ReadOnlyFile(file, page) => {
                        Source::ReadOnlyFile { inode: files[file], offset: page * PAGE }
                    }
                };
                let place = match place {
                    0 => MapPlace::Fixed(address),
                    1 => MapPlace::FixedNoReplace(address),
                    2 => MapPlace::Hint(address),
                    _ => MapPlace::Hint(0),
                };
                let got = space.map(world.r(), place, length, protection, source);
                if matches!(from, From::ReadOnlyFile(..)) && protection.writable() {
                    assert_eq!(got, Err(Errno::EACCES));
                    return Ok(());
                }
                if matches!(place, MapPlace::FixedNoReplace(_)) && !model.is_free(address, length) {
                    assert_eq!(got, Err(Errno::EEXIST));
                    return Ok(());
                }
                let at = got?;
                match place {
                    MapPlace::Fixed(_) => {
                        assert_eq!(at, address);
                        model.unmap(at, length);
                    }
                    MapPlace::FixedNoReplace(_) => assert_eq!(at, address),
                    MapPlace::Hint(hint) => {
                        assert_eq!(at == hint, hint != 0 && model.is_free(hint, length))
                    }
                }
                assert!(model.is_free(at, length));
                model.map(at, length, protection, |index| match from {
                    From::Zeros => Under::Zeros,
                    From::Shared => {
                        outside.shared.push(Box::new([0; PAGE_SIZE]));
                        Under::Shared(outside.shared.len() - 1)
                    }
                    From::File(file, page) => Under::File(file, page + index, false),
                    From::ReadOnlyFile(file, page) => Under::File(file, page + index, true),
                });
                Ok(())
            }
            Op::Unmap { page, pages } => {
                let (address, length) = (BASE + page * PAGE, pages * PAGE);
                space.unmap(world.r(), address, length)?;
                model.unmap(address, length);
                Ok(())
            }
            Op::Protect { page, pages, protection } => {
                let (address, length) = (BASE + page * PAGE, pages * PAGE);
                let protection = Protection::from_bits(protection).unwrap();
                let got = space.protect(world.r(), address, length, protection, u64::MAX);
                assert_eq!(got, model.protect(address, length, protection));
                Ok(())
            }
            Op::Drop { page, pages } => {
                let (address, length) = (BASE + page * PAGE, pages * PAGE);
                let got = space.advise(world.r(), address, length, 4);
                assert_eq!(got, model.drop_contents(address, length));
                Ok(())
            }
            Op::Remap { page, pages, new_pages, target } => {
                let (old, length, new_length) =
                    (BASE + page.min(PAGES - 1) * PAGE, pages * PAGE, new_pages * PAGE);
                let fixed = target.map(|target| BASE + target * PAGE);
                let flags = if fixed.is_some() { 3 } else { 1 };
                let area = space.areas.find(old).copied();
                let got =
                    space.remap(world.r(), old, length, new_length, flags, fixed.unwrap_or(0));
                if fixed.is_some_and(|target| target < old + length && old < target + new_length) {
                    assert_eq!(got, Err(Errno::EINVAL));
                    return Ok(());
                }
                let Some(area) = area.filter(|area| area.end >= old + length) else {
                    assert_eq!(got, Err(Errno::EFAULT));
                    return Ok(());
                };
                if area.kind == AreaKind::SharedAnonymous && new_length > length {
                    assert_eq!(got, Err(Errno::EINVAL));
                    return Ok(());
                }
                if let Some(target) = fixed {
                    // These two steps come first, and stay done when memory runs out.
                    model.unmap(target, new_length);
                    if new_length < length {
                        model.unmap(old + new_length, length - new_length);
                    }
                }
                let at = got?;
                assert_eq!(fixed.unwrap_or(at), at);
                let kept = length.min(new_length);
                let moved: Vec<_> = (0..kept / PAGE)
                    .map(|index| model.pages[&(old + index * PAGE)].clone())
                    .collect();
                model.unmap(old, length);
                assert!(model.is_free(at, new_length), "moved onto something");
                let last = moved.last().unwrap().clone();
                for (index, page) in moved.into_iter().enumerate() {
                    model.pages.insert(at + index as u64 * PAGE, page);
                }
                model.map(at + kept, new_length - kept, last.protection, |index| {
                    match last.under {
                        Under::File(file, page, read_only) => {
                            Under::File(file, page + 1 + index, read_only)
                        }
                        Under::Shared(_) => {
                            panic!("a shared area grew")
                        }
                        Under::Zeros | Under::Stack => Under::Zeros,
                    }
                });
                Ok(())
            }
            Op::Break { bytes } => {
                let (old, new) = (process.heap_end, HEAP + bytes);
                assert_eq!(space.brk(world.r(), new), new);
                process.heap_end = new;
                let pages = |end: u64| end.next_multiple_of(PAGE);
                if new > old {
                    model.map(pages(old), pages(new) - pages(old), RW, |_| Under::Zeros);
                } else {
                    model.unmap(pages(new), pages(old) - pages(new));
                }
                Ok(())
            }
            Op::CopyOut { page, offset, length, value } => {
                let address = Self::address(page) + offset as u64;
                let bytes = vec![value; length];
                let got = space.for_each_page(
                    world.r(),
                    UserAddr(address),
                    length,
                    Access::Write,
                    |r, frame, offset, length| {
                        r.machine.page_mut(frame)[offset..offset + length].fill(value);
                        Ok(length)
                    },
                );
                let done = got.unwrap_or(0);
                let starved = got == Err(Errno::ENOMEM);
                let mut expected = 0;
                while expected < length && !(starved || done < length && expected == done) {
                    let at = address + expected as u64;
                    let part = (PAGE_SIZE - at as usize % PAGE_SIZE).min(length - expected);
                    match model.touch(outside, at, true) {
                        Ok(page) => {
                            page[at as usize % PAGE_SIZE..][..part].copy_from_slice(&bytes[..part])
                        }
                        Err(errno) => {
                            assert_eq!(errno, Errno::EFAULT);
                            break;
                        }
                    }
                    expected += part;
                }
                assert_eq!(expected, done);
                got.map(|_| ()).or_else(
                    |errno| {
                        if errno == Errno::EFAULT { Ok(()) } else { Err(errno) }
                    },
                )
            }
            Op::CopyIn { page, offset, length } => {
                let address = Self::address(page) + offset as u64;
                let mut bytes = vec![0; length];
                let got = space.copy_in(world.r(), UserAddr(address), &mut bytes);
                let is_full = got == Err(Errno::EFAULT) && is_full(world, model, address, length);
                if got == Err(Errno::ENOMEM) || is_full {
                    // Pages before the one that failed were touched, as they are when this is done again.
                    return Err(Errno::ENOMEM);
                }
                let mut done = 0;
                while done < length {
                    let at = address + done as u64;
                    let part = (PAGE_SIZE - at as usize % PAGE_SIZE).min(length - done);
                    match model.touch(outside, at, false) {
                        Ok(page) => assert!(
                            page[at as usize % PAGE_SIZE..][..part] == bytes[done..done + part]
                        ),
                        Err(errno) => {
                            assert_eq!(got, Err(errno));
                            return Ok(());
                        }
                    }
                    done += part;
                }
                assert_eq!(got, Ok(()));
                Ok(())
            }
            Op::Store { page, value } => {
                let address = Self::address(page) + 5;
                match process.cpu.access(world, space, address, Access::Write) {
                    Ok(frame) => {
                        world.storage.machine.page_mut(frame)[5] = value;
                        model.touch(outside, address, true).expect("the model forbids it")[5] =
                            value;
                    }
                    Err(FaultError::OutOfMemory) => return Err(Errno::ENOMEM),
                    Err(_) => assert_eq!(model.touch(outside, address, true), Err(Errno::EFAULT)),
                }
                Ok(())
            }
            Op::Load { page } => {
                let address = Self::address(page);
                match process.cpu.access(world, space, address, Access::Read) {
                    Ok(frame) => {
                        let expected =
                            model.touch(outside, address, false).expect("the model forbids it");
                        assert!(*expected == bytes_of(world, frame), "wrong bytes at {address:#x}");
                    }
                    Err(FaultError::OutOfMemory) => return Err(Errno::ENOMEM),
                    Err(FaultError::BeyondFile) if is_full(world, model, address, 1) => {
                        return Err(Errno::ENOMEM);
                    }
                    Err(_) => assert_eq!(model.touch(outside, address, false), Err(Errno::EFAULT)),
                }
                Ok(())
            }
            Op::Fetch { page } => {
                let address = Self::address(page);
                let executable =
                    model.pages.get(&address).is_some_and(|page| page.protection.executable());
                match process.cpu.access(world, space, address, Access::Execute) {
                    Ok(_) => {
                        assert!(executable);
                        model.touch(outside, address, false).expect("the model forbids it");
                    }
                    Err(FaultError::OutOfMemory) => return Err(Errno::ENOMEM),
                    Err(FaultError::BeyondFile) if is_full(world, model, address, 1) => {
                        return Err(Errno::ENOMEM);
                    }
                    Err(FaultError::BeyondFile) => {
                        assert!(model.touch(outside, address, false).is_err())
                    }
                    Err(_) => assert!(!executable),
                }
                Ok(())
            }
            Op::Fork => {
                if processes.len() == 4 {
                    return Ok(());
                }
                let process = &mut processes[*current];
                let space = process.space.fork(world.r());
                process.cpu.obey(world);
                let child = Process {
                    space: space?,
                    model: process.model.clone(),
                    cpu: Cpu::default(),
                    heap_end: process.heap_end,
                };
                processes.push(child);
                Ok(())
            }
            Op::Exit => {
                if processes.len() > 1 {
                    processes.swap_remove(*current).space.release(world.r());
                    *current = 0;
                }
                Ok(())
            }
            Op::Switch(to) => {
                *current = to % processes.len();
                Ok(())
            }
            Op::WriteFile { file, at, value } => {
                let at = at.min(outside.files[file].len());
                if at == outside.files[file].len() {
                    outside.files[file].push(value);
                } else {
                    outside.files[file][at] = value;
                }
                let in_place = world.storage.fs.is_shared(files[file]);
                for process in processes {
                    process.model.file_written(file, at as u64 / PAGE, in_place);
                }
                world.write_file(files[file], at as u64, &[value]);
                Ok(())
            }
            Op::Starve(_) => Ok(()),
        }
    }

    /// Runs an operation with all memory, or first with hardly any, then again with all.
    fn step(&mut self, op: Op, left: Option<usize>) {
        let may_starve = !matches!(op, Op::WriteFile { .. });
        if let Some(left) = left.filter(|_| may_starve) {
            let hidden = self.world.starve(left);
            let result = self.run(op);
            self.world.feed(hidden);
            self.check();
            if result.is_ok() {
                return;
            }
            assert_eq!(result, Err(Errno::ENOMEM));
        }
        assert_eq!(self.run(op), Ok(()), "{op:?}");
        self.check();
    }

    fn check(&mut self) {
        let process = &mut self.processes[self.current];
        process.cpu.check(&mut self.world, &process.space);
        for process in &self.processes {
            check(&self.world, &process.space);
            // Not all of the stack in the model is an area yet.
            let known =
                process.model.pages.values().filter(|page| page.under != Under::Stack).count();
            let areas = process.space.areas().filter(|area| area.kind != AreaKind::Stack);
            let bytes: u64 = areas.map(|area| area.end - area.start).sum();
            assert_eq!(bytes, known as u64 * PAGE);
        }
    }

    /// Everything is given back.
    fn finish(mut self) {
        for process in std::mem::take(&mut self.processes) {
            process.space.release(self.world.r());
        }
        for name in [&b"image0"[..], b"written1"] {
            self.world
                .storage
                .fs
                .unlink(InodeId::ROOT, name, &mut self.world.storage.pool)
                .unwrap();
        }
        assert_eq!(self.world.storage.pool.free(), FRAMES, "frames leaked");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn spaces_behave_as_maps_of_bytes(ops in proptest::collection::vec(op(), 1..120)) {
        let mut play = Play::new();
        let mut left = None;
        for op in ops {
            match op {
                Op::Starve(frames) => left = Some(frames),
                op => play.step(op, left.take()),
            }
        }
        play.finish();
    }
}

/// The tables of a page take the last frames, so that its file has none left.
#[test]
fn a_shared_page_of_a_file_without_a_frame_wants_room_for_files() {
    let mut play = Play::new();
    let zeros = Op::Map { page: 15, pages: 10, protection: 5, from: From::Zeros, place: 0 };
    let file =
        Op::Map { page: 0, pages: 1, protection: 1, from: From::ReadOnlyFile(0, 0), place: 0 };
    play.step(zeros, None);
    play.step(file, None);
    play.step(Op::CopyIn { page: 20, offset: 0, length: 1 }, None);
    play.step(Op::CopyIn { page: 0, offset: 0, length: 1 }, Some(3));
    play.finish();
}
