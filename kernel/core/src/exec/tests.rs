//! Tests of program start.

mod scripts;
mod strings;

use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use super::*;
use crate::addr::PAGE_SIZE;
use crate::context::Access;
use crate::vm::tests::{RW, RX, World, check, pattern, read};
use crate::vm::{MapPlace, PIE_BASE, STACK_LIMIT, Source};

const FRAMES: usize = 4000;
const BASE: u64 = 0x60_0000;
const AUX: AuxInputs = AuxInputs {
    uid: 1,
    euid: 2,
    gid: 3,
    egid: 4,
    secure: true,
    hwcap: 0x3,
    hwcap2: 0,
    random: *b"sixteen bytes!!!",
};

/// An ELF file with these segments (flags, offset, address, size in the file, in memory), filled with a pattern.
fn elf(kind: u8, segments: &[(u32, u64, u64, u64, u64)], size: usize) -> Vec<u8> {
    let mut bytes = pattern(size);
    let mut header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    header.extend([kind, 0, 183, 0, 1, 0, 0, 0]);
    for word in [segments[0].2 + 0x78, 64, 0] {
        header.extend(word.to_le_bytes());
    }
    header.extend([0, 0, 0, 0, 64, 0, 56, 0, segments.len() as u8, 0, 0, 0, 0, 0, 0, 0]);
    for (flags, offset, address, file_size, memory_size) in segments {
        header.extend(1u32.to_le_bytes());
        header.extend(flags.to_le_bytes());
        for word in [offset, address, address, file_size, memory_size, &1] {
            header.extend(word.to_le_bytes());
        }
    }
    bytes[..header.len()].copy_from_slice(&header);
    bytes
}

fn simple() -> Vec<u8> {
    elf(2, &[(7, 0, BASE, 0x1800, 0x2800)], 0x1800)
}

fn no_scripts(
    _: &mut Storage<'_, crate::testing::FakeMachine>,
    _: &[u8],
) -> Result<InodeId, Errno> {
    panic!("no script is here")
}

fn start(
    world: &mut World,
    file: InodeId,
    argv: &[&[u8]],
    envp: &[&[u8]],
) -> Result<Program, ExecError> {
    let request = Request {
        caller: None,
        path: b"/bin/program",
        file,
        argv: Strings::Kernel(argv),
        envp: Strings::Kernel(envp),
        aux: &|_, _| AUX,
        stack_limits: [STACK_LIMIT, u64::MAX],
    };
    build(world.r(), request, no_scripts)
}

/// What a C library would find on the stack.
struct Seen {
    argv: Vec<String>,
    envp: Vec<String>,
    aux: Vec<(u64, u64)>,
}

impl Seen {
    fn aux(&self, kind: u64) -> u64 {
        self.aux.iter().find(|(found, _)| *found == kind).unwrap().1
    }
}

fn word(world: &mut World, space: &mut AddressSpace, address: u64) -> u64 {
    u64::from_le_bytes(read(world, space, address, 8).try_into().unwrap())
}

fn string(world: &mut World, space: &mut AddressSpace, address: u64) -> String {
    let length = space.string_length(world.r(), UserAddr(address), 1 << 20);
    String::from_utf8(read(world, space, address, length.unwrap().unwrap())).unwrap()
}

fn look(world: &mut World, program: &mut Program) -> Seen {
    let space = &mut program.space;
    assert_eq!(program.stack % 16, 0);
    let mut at = program.stack;
    let mut next = |world: &mut World, space: &mut AddressSpace| {
        at += 8;
        word(world, space, at - 8)
    };
    let argc = next(world, space);
    let mut lists = [Vec::new(), Vec::new()];
    for list in &mut lists {
        loop {
            match next(world, space) {
                0 => break,
                pointer => list.push(string(world, space, pointer)),
            }
        }
    }
    let mut aux = Vec::new();
    loop {
        let pair = (next(world, space), next(world, space));
        if pair.0 == 0 {
            break;
        }
        aux.push(pair);
    }
    let [argv, envp] = lists;
    assert_eq!(argv.len() as u64, argc);
    Seen { argv, envp, aux }
}

#[test]
fn a_program_finds_its_file_its_zeros_and_its_arguments() {
    let mut world = World::new(FRAMES);
    let bytes = simple();
    let file = world.image_file(&bytes);
    let free = world.storage.pool.free();
    let mut program =
        start(&mut world, file, &[b"program", b"", b"two words"], &[b"A=1", b"B="]).unwrap();
    assert_eq!((program.entry, program.file), (BASE + 0x78, file));
    let seen = look(&mut world, &mut program);
    assert_eq!(seen.argv, ["program", "", "two words"]);
    assert_eq!(seen.envp, ["A=1", "B="]);
    let numbers: Vec<u64> =
        [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 23].map(|kind| seen.aux(kind)).to_vec();
    assert_eq!(numbers, [BASE + 64, 56, 1, 4096, 0, 0, BASE + 0x78, 1, 2, 3, 4, 3, 100, 1]);
    assert_eq!(read(&mut world, &mut program.space, seen.aux(25), 16), AUX.random);
    assert_eq!(string(&mut world, &mut program.space, seen.aux(31)), "/bin/program");
    assert_eq!(string(&mut world, &mut program.space, seen.aux(15)), "aarch64");
    assert_eq!(read(&mut world, &mut program.space, BASE, 0x1800), bytes);
    // Behind the file's bytes, and behind the segment's memory up to the page's end, there are zeros.
    assert_eq!(read(&mut world, &mut program.space, BASE + 0x1800, 0x1800), vec![0; 0x1800]);
    let beyond = program.space.copy_in(world.r(), UserAddr(BASE + 0x3000), &mut [0]);
    assert_eq!(beyond, Err(Errno::EFAULT));
    // The heap starts behind it.
    let heap = BASE + 0x3000;
    assert_eq!(program.space.brk(world.r(), 0), heap);
    assert_eq!(program.space.brk(world.r(), heap + 100), heap + 100);
    check(&world, &program.space);
    program.space.release(world.r());
    // The file keeps the frames of its two pages, for the next time.
    assert_eq!(free - world.storage.pool.free(), 2);
    world.storage.fs.unlink(InodeId::ROOT, b"image0", &mut world.storage.pool).unwrap();
    assert_eq!(world.storage.pool.free(), FRAMES);
}

#[test]
fn a_program_can_write_to_itself_and_the_file_stays() {
    let mut world = World::new(FRAMES);
    let bytes = simple();
    let file = world.written_file(&bytes);
    for _ in 0..2 {
        let mut program = start(&mut world, file, &[b"p"], &[]).unwrap();
        program.space.fault(world.r(), BASE + 0x78, Access::Execute).unwrap();
        program.space.copy_out(world.r(), UserAddr(BASE + 0x100), b"patched").unwrap();
        program.space.fault(world.r(), BASE + 0x100, Access::Execute).unwrap();
        assert_eq!(read(&mut world, &mut program.space, BASE + 0xff, 9)[1..8], *b"patched");
        check(&world, &program.space);
        program.space.release(world.r());
    }
    let mut now = vec![0; bytes.len()];
    world.storage.fs.read(file, 0, &mut now, &world.storage.machine);
    assert_eq!(now, bytes);
}

#[test]
fn segments_that_share_a_page_both_have_their_bytes() {
    let mut world = World::new(FRAMES);
    // Text, then data that starts in the page where text ends, as linkers without padding lay it out.
    let bytes =
        elf(2, &[(5, 0, BASE, 0x1234, 0x1234), (6, 0x1234, BASE + 0x1234, 0x400, 0x2000)], 0x1634);
    let file = world.written_file(&bytes);
    let mut program = start(&mut world, file, &[b"p"], &[]).unwrap();
    assert_eq!(read(&mut world, &mut program.space, BASE, 0x1634), bytes);
    assert_eq!(read(&mut world, &mut program.space, BASE + 0x1634, 100), [0; 100]);
    assert_eq!(program.space.areas().next().unwrap().protection, RX);
    assert_eq!(program.space.areas().nth(1).unwrap().protection, RW);
    program.space.release(world.r());
}

#[test]
fn a_segment_whose_offset_does_not_fit_its_address_is_copied() {
    let mut world = World::new(FRAMES);
    let bytes = elf(2, &[(7, 0x80, BASE + 0x54, 0x1700, 0x1700)], 0x1800);
    let file = world.image_file(&bytes);
    let mut program = start(&mut world, file, &[b"p"], &[]).unwrap();
    assert_eq!(read(&mut world, &mut program.space, BASE, 0x54), [0; 0x54]);
    assert_eq!(read(&mut world, &mut program.space, BASE + 0x54, 0x1700), bytes[0x80..0x1780]);
    program.space.release(world.r());
}

#[test]
fn a_file_that_is_shorter_than_its_segment_runs() {
    let mut world = World::new(FRAMES);
    let bytes = elf(2, &[(7, 0, BASE, 0x3000, 0x3000)], 200);
    let file = world.image_file(&bytes);
    let mut program = start(&mut world, file, &[b"p"], &[]).unwrap();
    let mut expected = bytes.clone();
    expected.resize(PAGE_SIZE, 0);
    assert_eq!(read(&mut world, &mut program.space, BASE, PAGE_SIZE), expected);
    program.space.release(world.r());
}

#[test]
fn a_static_pie_is_moved_with_all_its_addresses() {
    let mut world = World::new(FRAMES);
    let bytes = elf(3, &[(5, 0, 0, 0x800, 0x800), (6, 0x800, 0x1_0800, 0x100, 0x100)], 0x900);
    let file = world.image_file(&bytes);
    let mut program = start(&mut world, file, &[b"p"], &[]).unwrap();
    assert_eq!(program.entry, PIE_BASE + 0x78);
    let seen = look(&mut world, &mut program);
    assert_eq!((seen.aux(3), seen.aux(9)), (PIE_BASE + 64, PIE_BASE + 0x78));
    assert_eq!(read(&mut world, &mut program.space, PIE_BASE + 0x1_0800, 0x100), bytes[0x800..]);
    assert_eq!(program.space.brk(world.r(), 0), PIE_BASE + 0x1_1000);
    program.space.release(world.r());
}

#[test]
fn a_program_without_arguments_gets_an_empty_one() {
    let mut world = World::new(FRAMES);
    let file = world.image_file(&simple());
    let mut program = start(&mut world, file, &[], &[b"A=1"]).unwrap();
    let seen = look(&mut world, &mut program);
    assert_eq!((seen.argv, seen.envp), (vec![String::new()], vec!["A=1".to_string()]));
    program.space.release(world.r());
}

#[test]
fn what_is_no_program_is_refused_with_a_reason_before_anything_is_made() {
    let mut world = World::new(FRAMES);
    let text = world.image_file(b"hello, world\n");
    let free = world.storage.pool.free();
    let error = start(&mut world, text, &[b"p"], &[]).unwrap_err();
    assert_eq!((error, error.errno()), (ExecError::Elf(ElfError::NotElf), Errno::ENOEXEC));
    assert_eq!(error.to_string(), "neither an ELF file nor a #! script");
    assert_eq!(world.storage.pool.free(), free);
}
