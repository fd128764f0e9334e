//! `#!` scripts.

use super::*;

#[test]
fn a_script_runs_its_interpreter_with_one_argument() {
    let mut world = World::new(FRAMES);
    let interpreter = world.image_file(&simple());
    let inner = world.image_file(b"#! /bin/elf -x  y \n");
    let script = world.written_file(b"#!/bin/inner\nnothing\n");
    let open = |_: &mut Storage<'_, crate::testing::FakeMachine>, path: &[u8]| match path {
        b"/bin/elf" => Ok(interpreter),
        b"/bin/inner" => Ok(inner),
        _ => Err(Errno::ENOENT),
    };
    let argv: [&[u8]; 3] = [b"name", b"one", b"two"];
    let request = |file| Request {
        caller: None,
        path: b"./script",
        file,
        argv: Strings::Kernel(&argv),
        envp: Strings::Kernel(&[b"E=1"]),
        aux: &|_, _| AUX,
        stack_limits: [STACK_LIMIT, u64::MAX],
    };
    let mut program = build(world.r(), request(script), open).unwrap();
    assert_eq!(program.file, interpreter);
    let seen = look(&mut world, &mut program);
    assert_eq!(seen.argv, ["/bin/elf", "-x  y", "/bin/inner", "./script", "one", "two"]);
    assert_eq!(seen.envp, ["E=1"]);
    assert_eq!(string(&mut world, &mut program.space, seen.aux(31)), "./script");
    program.space.release(world.r());
    let lost = world.image_file(b"#!/nowhere");
    let error = build(world.r(), request(lost), open).unwrap_err();
    assert_eq!(error, ExecError::Errno(Errno::ENOENT));
    let bad = world.image_file(b"#!\n");
    let error = build(world.r(), request(bad), open).unwrap_err();
    assert_eq!((error, error.errno()), (ExecError::BadScript, Errno::ENOEXEC));
}

#[test]
fn scripts_may_interpret_each_other_five_deep() {
    let mut world = World::new(FRAMES);
    let elf = world.image_file(&simple());
    for depth in 1..=6 {
        let mut files: Vec<InodeId> =
            (0..depth).map(|_| world.written_file(b"#!/next\n")).collect();
        files.insert(0, elf);
        let request = Request {
            caller: None,
            path: b"s",
            file: files.pop().unwrap(),
            argv: Strings::Kernel(&[]),
            envp: Strings::Kernel(&[]),
            aux: &|_, _| AUX,
            stack_limits: [STACK_LIMIT, u64::MAX],
        };
        match build(world.r(), request, |_, _| Ok(files.pop().unwrap())) {
            Ok(program) => {
                assert!(depth <= 5 && program.file == elf);
                program.space.release(world.r());
            }
            Err(error) => {
                let expected = (6, ExecError::ScriptDepth, Errno::ELOOP);
                assert_eq!((depth, error, error.errno()), expected);
            }
        }
    }
}
