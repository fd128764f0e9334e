//! execve, the policy, and the start of the machine.

use super::*;
use crate::kernel::Seed;

#[test]
fn execve_replaces_the_program() {
    let mut rig = Rig::new();
    let fd = rig.opened("/init", O_CLOEXEC);
    let kept = rig.opened("/init", 0);
    rig.poke(DATA, b"old memory");
    let path = rig.path("/init");
    rig.poke(PATH_2, b"first\0second\0");
    rig.poke_words(DATA + 64, &[PATH_2, PATH_2 + 6, 0]);
    assert_eq!(rig.start(n::EXECVE, &[path, DATA + 64, 0]), Next::Run);
    let registers = rig.kernel.registers().clone();
    assert_eq!((registers.pc, registers.x[0], registers.x[8]), (BASE + 120, 0, 0));
    assert_eq!(rig.peek_word(registers.sp), 2);
    let argument = rig.peek_word(registers.sp + 16);
    assert_eq!(rig.peek(argument, 7), b"second\0");
    assert_eq!(rig.peek(DATA, 10), [0; 10]);
    assert_eq!(rig.call(n::READ, &[fd, DATA, 1]), fail(Errno::EBADF));
    assert_eq!(rig.read(kept, 1), [0x7f]);
}

#[test]
fn execve_says_why_it_fails() {
    let mut rig = Rig::new();
    rig.file("/tmp/text", b"no program");
    for (path, errno) in [
        ("/tmp/none", Errno::ENOENT),
        ("/tmp", Errno::EACCES),
        ("/tmp/text", Errno::EACCES),
        ("/dev/null", Errno::EACCES),
        ("", Errno::ENOENT),
    ] {
        let path = rig.path(path);
        assert_eq!(rig.call(n::EXECVE, &[path, 0, 0]), fail(errno));
    }
    let path = rig.path("/tmp/text");
    rig.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
    assert_eq!(rig.call(n::EXECVE, &[path, 0, 0]), fail(Errno::ENOEXEC));
    assert_eq!(rig.call(n::EXECVE, &[path, 8, 0]), fail(Errno::ENOEXEC));
    let path = rig.path("/init");
    assert_eq!(rig.call(n::EXECVE, &[path, 8, 0]), fail(Errno::EFAULT));
    let free = rig.kernel.storage.pool.free();
    assert_eq!(rig.call(n::EXECVE, &[path, 8, 0]), fail(Errno::EFAULT));
    assert_eq!(rig.kernel.storage.pool.free(), free, "a failed exec gives all back");
}

#[test]
fn a_running_program_is_not_written_and_a_written_one_not_run() {
    let mut rig = Rig::new();
    assert_eq!(rig.open("/init", O_WRONLY), fail(Errno::ETXTBSY));
    assert_eq!(rig.open("/init", O_TRUNC | O_RDWR), fail(Errno::ETXTBSY));
    rig.file("/tmp/copy", &program());
    let path = rig.path("/tmp/copy");
    rig.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
    let fd = rig.opened("/tmp/copy", O_WRONLY);
    let path = rig.path("/tmp/copy");
    assert_eq!(rig.call(n::EXECVE, &[path, 0, 0]), fail(Errno::ETXTBSY));
    rig.done(n::CLOSE, &[fd]);
    rig.start(n::EXECVE, &[path, 0, 0]);
    assert_eq!(rig.open("/init", O_RDWR), 3, "the old program is free");
    assert_eq!(rig.open("/tmp/copy", O_RDWR), fail(Errno::ETXTBSY));
}

#[test]
fn scripts_run_their_interpreter() {
    let mut rig = Rig::new();
    rig.file("/tmp/script", b"#!/init -x\necho\n");
    let path = rig.path("/tmp/script");
    rig.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
    rig.start(n::EXECVE, &[path, 0, 0]);
    let sp = rig.kernel.registers().sp;
    assert_eq!(rig.peek_word(sp), 3);
    let script = rig.peek_word(sp + 24);
    assert_eq!(rig.peek(script, 12), b"/tmp/script\0");
    rig.done(n::PRCTL, &[16, DATA]);
    assert_eq!(rig.peek(DATA, 7), b"script\0");
}

#[test]
fn execveat_runs_descriptors() {
    const AT_EMPTY_PATH: u64 = 0x1000;
    let mut rig = Rig::new();
    let fd = rig.opened("/init", 0);
    let empty = rig.path("");
    assert_eq!(rig.call(n::EXECVEAT, &[fd, empty, 0, 0, 0]), fail(Errno::ENOENT));
    assert_eq!(rig.start(n::EXECVEAT, &[fd, empty, 0, 0, AT_EMPTY_PATH]), Next::Run);
    assert_eq!(rig.kernel.registers().pc, BASE + 120);
    let path = rig.path("/proc/self/exe");
    assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run);
    assert_eq!(rig.kernel.registers().pc, BASE + 120);
}

/// A tar with one executable program in it, for the policy.
pub(super) fn image_with(name: &str, contents: &[u8]) -> &'static [u8] {
    let mut header = [0u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000755\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(std::format!("{:011o}\0", contents.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(std::format!("{sum:06o}\0 ").as_bytes());
    let mut tar = header.to_vec();
    tar.extend_from_slice(contents);
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    tar.leak()
}

#[test]
fn the_chain_s_policy_refuses_programs_of_the_image() {
    for (policy, refused) in [(Policy::Chain, true), (Policy::Open, false)] {
        let options = BootOptions { policy, ..options() };
        let mut rig = Rig::with_options(4096, &options, |fs, _, _| {
            fs.add_tar(image_with("foreign", &program())).unwrap();
            fs.add_tar(image_with("script", b"#!/init\n")).unwrap();
            fs.add_tar(image_with("bad-script", b"#!/foreign\n")).unwrap();
        });
        let path = rig.path("/bad-script");
        if refused {
            assert_eq!(rig.call(n::EXECVE, &[path, 0, 0]), fail(Errno::EACCES));
            assert!(
                rig.output().contains("/foreign: not executed: it is part of the image"),
                "{}",
                rig.output()
            );
            let path = rig.path("/foreign");
            assert_eq!(rig.call(n::EXECVE, &[path, 0, 0]), fail(Errno::EACCES));
            let path = rig.path("/script");
            assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run, "a script is text");
            assert_eq!(rig.kernel.registers().pc, BASE + 120);
        } else {
            rig.start(n::EXECVE, &[path, 0, 0]);
            assert_eq!(rig.kernel.registers().pc, BASE + 120);
        }
    }
}

#[test]
fn seeds_are_decoded_before_the_start() {
    let text: String = program().iter().map(|byte| std::format!("{byte:02X} # byte\n")).collect();
    let seed = Seed { text: b"/seed.hex0".to_vec(), program: b"/made/here/seed".to_vec() };
    let options = BootOptions {
        policy: Policy::Chain,
        init: b"/made/here/seed".to_vec(),
        seeds: vec![seed],
        ..options()
    };
    let mut rig = Rig::with_options(4096, &options, |fs, _, _| {
        fs.add_tar(image_with("seed.hex0", text.as_bytes())).unwrap();
    });
    assert_eq!(rig.kernel.registers().pc, BASE + 120);
    let fd = rig.opened("/made/here/seed", 0);
    assert_eq!(rig.read(fd, 4096), program());
    let broken = Seed { text: b"/init".to_vec(), program: b"/x".to_vec() };
    let options = BootOptions { seeds: vec![broken], ..options };
    let (mut machine, mut pool) = FakeMachine::with_pool(4096);
    let mut fs = Fs::new().unwrap();
    let init = fs.create_file(InodeId::ROOT, b"init", 0o755).unwrap();
    fs.write(init, 0, b"no hex", &mut pool, &mut machine).unwrap();
    let error = Kernel::new(machine, pool, fs, &options).err().unwrap();
    assert_eq!(std::format!("{error}"), "cannot decode the seed /init: ENOEXEC");
}

#[test]
fn pid_1_gets_what_the_options_say() {
    let options = BootOptions {
        arguments: vec![b"sh".to_vec(), b"-c".to_vec()],
        directory: b"/tmp".to_vec(),
        ..options()
    };
    let mut rig = Rig::with_options(4096, &options, |_, _, _| {});
    let sp = rig.kernel.registers().sp;
    assert_eq!(rig.peek_word(sp), 2);
    let environment = rig.peek_word(sp + 32);
    assert_eq!(rig.peek(environment, 7), b"HOME=/\0");
    assert_eq!(rig.call(n::GETCWD, &[DATA, 100]), 5);
    for fd in 0..3 {
        assert_eq!(rig.call(n::IOCTL, &[fd, 0x5401, DATA]), 0);
    }
    for (init, directory, message) in [
        ("/none", "/", "cannot find the first program /none: ENOENT"),
        ("/tmp", "/", "cannot start the first program /tmp: EACCES"),
        ("/init", "/none", "cannot enter the directory /none: ENOENT"),
    ] {
        let options =
            BootOptions { init: init.into(), directory: directory.into(), ..super::options() };
        let (machine, pool) = FakeMachine::with_pool(4096);
        let error = Kernel::new(machine, pool, Fs::new().unwrap(), &options).err();
        if init != "/init" || directory != "/" {
            assert_eq!(std::format!("{}", error.unwrap()), message);
        }
    }
}
