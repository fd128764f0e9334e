//! Arguments that come from a process.

use super::*;

/// Strings of a process in its own memory: the array's address.
fn user_strings(
    world: &mut World,
    space: &mut AddressSpace,
    at: u64,
    strings: &[&[u8]],
) -> Strings<'static> {
    let mut string = at + (strings.len() as u64 + 1) * 8;
    for (index, bytes) in strings.iter().enumerate() {
        let pointer = UserAddr(at + index as u64 * 8);
        space.copy_out(world.r(), pointer, &string.to_le_bytes()).unwrap();
        space.copy_out(world.r(), UserAddr(string), bytes).unwrap();
        string += bytes.len() as u64 + 1;
    }
    Strings::User(UserAddr(at))
}

const ARGV: u64 = 0x1_0000;
const ENVP: u64 = 0x100_0000;

fn caller(world: &mut World) -> AddressSpace {
    let mut space = world.space();
    for at in [ARGV, ENVP] {
        let place = MapPlace::Fixed(at);
        space.map(world.r(), place, 4 << 20, RW, Source::Anonymous).unwrap();
    }
    space
}

fn start_from(
    world: &mut World,
    caller: &mut AddressSpace,
    file: InodeId,
    argv: Strings<'_>,
    envp: Strings<'_>,
) -> Result<Program, ExecError> {
    let request = Request {
        caller: Some(caller),
        path: b"program",
        file,
        argv,
        envp,
        aux: &|_, _| AUX,
        stack_limits: [STACK_LIMIT, u64::MAX],
    };
    build(world.r(), request, no_scripts)
}

#[test]
fn strings_are_copied_from_the_caller_across_pages() {
    let mut world = World::new(FRAMES);
    let file = world.image_file(&simple());
    let mut caller = caller(&mut world);
    let long = vec![b'x'; 3 * PAGE_SIZE + 17];
    let argv: [&[u8]; 4] = [b"program", &long, b"", b"last"];
    let argv_there = user_strings(&mut world, &mut caller, ARGV, &argv);
    let envp_there = user_strings(&mut world, &mut caller, ENVP + 4090, &[b"HOME=/"]);
    let mut program = start_from(&mut world, &mut caller, file, argv_there, envp_there).unwrap();
    let seen = look(&mut world, &mut program);
    assert_eq!(seen.argv, argv.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()));
    assert_eq!(seen.envp, ["HOME=/"]);
    program.space.release(world.r());
    // NULL arrays are empty.
    let null = Strings::User(UserAddr::NULL);
    let mut program = start_from(&mut world, &mut caller, file, null, null).unwrap();
    let seen = look(&mut world, &mut program);
    assert_eq!((seen.argv.len(), seen.envp.len()), (1, 0));
    program.space.release(world.r());
    caller.release(world.r());
}

#[test]
fn many_arguments_come_in_order() {
    let mut world = World::new(FRAMES);
    let file = world.image_file(&simple());
    let names: Vec<Vec<u8>> = (0..1000).map(|n| std::format!("argument{n}").into_bytes()).collect();
    let argv: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let mut program = start(&mut world, file, &argv, &argv[..63]).unwrap();
    let seen = look(&mut world, &mut program);
    assert!(seen.argv.iter().map(String::as_bytes).eq(argv.iter().copied()));
    assert!(seen.envp.iter().map(String::as_bytes).eq(argv[..63].iter().copied()));
    assert_eq!(seen.aux(6), 4096);
    program.space.release(world.r());
}

#[test]
fn arguments_that_are_too_long_are_e2big_and_bad_pointers_efault() {
    let mut world = World::new(FRAMES);
    let file = world.image_file(&simple());
    let mut caller = caller(&mut world);
    let free = world.storage.pool.free();
    let none = Strings::Kernel(&[]);
    let mut outcome = |world: &mut World, argv: Strings<'_>| match start_from(
        world,
        &mut caller,
        file,
        argv,
        none,
    ) {
        Ok(program) => {
            program.space.release(world.r());
            Ok(())
        }
        Err(error) => Err(error),
    };
    let e2big = Err(ExecError::Errno(Errno::E2BIG));
    // 128 KiB a string, with its NUL.
    let string = vec![b'a'; 32 * PAGE_SIZE];
    assert_eq!(outcome(&mut world, Strings::Kernel(&[&string[1..]])), Ok(()));
    assert_eq!(outcome(&mut world, Strings::Kernel(&[&string])), e2big);
    // 2 MiB in all, pointers included.
    let many = vec![&string[1..]; 15];
    assert_eq!(outcome(&mut world, Strings::Kernel(&many)), Ok(()));
    let too_many = vec![&string[1..]; 16];
    assert_eq!(outcome(&mut world, Strings::Kernel(&too_many)), e2big);
    let limit = (STACK_LIMIT / 4 / 9) as usize;
    let empty: Vec<&[u8]> = vec![b""; limit + 1];
    assert_eq!(outcome(&mut world, Strings::Kernel(&empty[..limit])), Ok(()));
    assert_eq!(outcome(&mut world, Strings::Kernel(&empty)), e2big);
    let bad = Err(ExecError::Errno(Errno::EFAULT));
    for address in [8, ARGV - 8, u64::MAX, u64::MAX - 7, 0xffff_ff80_0000_0000] {
        assert_eq!(outcome(&mut world, Strings::User(UserAddr(address))), bad);
    }
    assert_eq!(world.storage.pool.free(), free);
    // The same from the caller's memory: an array without end, a string without end, a string that is nowhere.
    let place = MapPlace::Fixed(ARGV);
    let mut fill = |world: &mut World, pointer: u64, count: usize| {
        let words = vec![pointer.to_le_bytes(); count];
        caller.map(world.r(), place, 4 << 20, RW, Source::Anonymous).unwrap();
        caller.copy_out(world.r(), UserAddr(ARGV), words.as_flattened()).unwrap();
        let argv = Strings::User(UserAddr(ARGV));
        let result = start_from(world, &mut caller, file, argv, none);
        result.map(|program| program.space.release(world.r()))
    };
    assert_eq!(fill(&mut world, ARGV, 1), Ok(()));
    assert_eq!(fill(&mut world, ENVP, 1 << 18), e2big);
    assert_eq!(fill(&mut world, 16, 1), bad);
    assert_eq!(fill(&mut world, u64::MAX, 1), bad);
    caller.copy_out(world.r(), UserAddr(ENVP), &string).unwrap();
    let argv = user_strings(&mut world, &mut caller, ARGV, &[]);
    caller.copy_out(world.r(), UserAddr(ARGV), &ENVP.to_le_bytes()).unwrap();
    let result = start_from(&mut world, &mut caller, file, argv, none);
    assert_eq!(result.map(|_| ()), e2big);
    caller.release(world.r());
}

#[test]
fn every_allocation_may_fail_and_the_caller_goes_on() {
    let mut failures = 0;
    for left in 0.. {
        let mut world = World::new(FRAMES);
        let file = world.written_file(&simple());
        let mut caller = caller(&mut world);
        let argv =
            user_strings(&mut world, &mut caller, ARGV, &[b"program", &[b'x'; 2 * PAGE_SIZE]]);
        let before = read(&mut world, &mut caller, ARGV, 100);
        let used = world.storage.pool.free();
        let hidden = world.starve(left);
        let result = start_from(&mut world, &mut caller, file, argv, Strings::Kernel(&[b"A=1"]));
        check(&world, &caller);
        assert_eq!(read(&mut world, &mut caller, ARGV, 100), before);
        let done = result.is_ok();
        match result {
            Ok(program) => program.space.release(world.r()),
            Err(error) => assert_eq!(error.errno(), Errno::ENOMEM),
        }
        world.feed(hidden);
        assert_eq!(world.storage.pool.free(), used);
        caller.release(world.r());
        if done {
            break;
        }
        failures += 1;
    }
    assert!(failures >= 5, "only {failures}");
}
