//! Attempts to get around the chain's policy. docs/ledger.md says what the policy promises, and what the ledger
//! shows of the rest.

use super::execute::image_with;
use super::*;
use firmseed_formats::ledger::format::Class;
use firmseed_formats::ledger::parse::Ledger;
use firmseed_formats::sha256::digest;

const PROT_READ: u64 = 1;
const PROT_WRITE: u64 = 2;
const PROT_EXEC: u64 = 4;
const MAP_SHARED: u64 = 1;
const MAP_PRIVATE: u64 = 2;
const MAP_PRIVATE_ANONYMOUS: u64 = 0x22;

/// A machine of the chain: its image has the program /foreign, and /seed was decoded and runs as PID 1.
fn chain() -> Rig {
    let text: String = program().iter().map(|byte| std::format!("{byte:02X}\n")).collect();
    let seed = crate::kernel::Seed { text: b"/seed.hex0".to_vec(), program: b"/seed".to_vec() };
    let options = BootOptions {
        policy: Policy::Chain,
        init: b"/seed".to_vec(),
        seeds: vec![seed],
        ..options()
    };
    Rig::with_options(4096, &options, |fs, pool, _| {
        fs.unlink(InodeId::ROOT, b"init", pool).unwrap();
        fs.add_tar(image_with("seed.hex0", text.as_bytes())).unwrap();
        fs.add_tar(image_with("foreign", &foreign())).unwrap();
    })
}

/// A program that only the image has.
fn foreign() -> Vec<u8> {
    let mut program = program();
    program.extend(b"foreign");
    program
}

impl Rig {
    /// execve of `path` must fail, and the console must say why.
    #[track_caller]
    fn is_refused(&mut self, path: &str, why: &str) {
        self.kernel.storage.machine.output.clear();
        let address = self.path(path);
        assert_eq!(self.call(n::EXECVE, &[address, 0, 0]), fail(Errno::EACCES), "{path}");
        let said = self.output();
        assert!(said.contains(why), "{said}");
    }

    #[track_caller]
    fn runs(&mut self, path: &str) {
        let address = self.path(path);
        assert_eq!(self.start(n::EXECVE, &[address, 0, 0]), Next::Run);
        assert_eq!(self.kernel.registers().pc, BASE + 120, "{path}");
    }

    fn copies(&mut self, from: &str, to: &str) {
        let input = self.opened(from, 0);
        let bytes = self.read(input, 8192);
        let output = self.opened(to, O_WRONLY | O_CREAT | O_TRUNC);
        assert_eq!(self.write(output, &bytes), bytes.len() as i64);
        self.done(n::CLOSE, &[input]);
        self.done(n::CLOSE, &[output]);
        let path = self.path(to);
        self.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
    }

    fn text_of_ledger(&mut self) -> Ledger {
        let fd = self.opened("/proc/firmseed/ledger", 0);
        let mut text = self.read(fd, 0x8000);
        // As if the machine stopped now.
        let head = digest_line(&text);
        let entries = String::from_utf8_lossy(&text).matches("\nentry ").count();
        let end = std::format!("end {entries} 0\n");
        let link = firmseed_formats::ledger::format::link(
            Some(&head),
            end.as_bytes(),
            firmseed_formats::sha256::compress,
        );
        text.extend(end.bytes());
        text.extend(b"chain ");
        text.extend(firmseed_formats::sha256::to_hex(&link));
        text.extend(b"\nkernel ");
        text.extend(firmseed_formats::sha256::to_hex(&[7; 32]));
        text.push(b'\n');
        Ledger::parse(&text, digest).unwrap()
    }
}

/// The hash in the last line.
fn digest_line(text: &[u8]) -> firmseed_formats::sha256::Digest {
    let text = core::str::from_utf8(text).unwrap();
    let hex = text.trim_end().rsplit(' ').next().unwrap();
    core::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
}

const OF_THE_IMAGE: &str = "not executed: it is part of the image";
const WRITTEN_INTO: &str =
    "not executed: it is a file of the image that a program has written into";

#[test]
fn other_names_do_not_help() {
    let mut rig = chain();
    rig.is_refused("/foreign", OF_THE_IMAGE);
    let (old, new) = (rig.path("/foreign"), rig.path_at(PATH_2, "/link"));
    rig.done(n::LINKAT, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
    rig.is_refused("/link", OF_THE_IMAGE);
    let (old, new) = (rig.path("/foreign"), rig.path_at(PATH_2, "/symlink"));
    rig.done(n::SYMLINKAT, &[old, AT_FDCWD, new]);
    rig.is_refused("/symlink", OF_THE_IMAGE);
    let (old, new) = (rig.path("/link"), rig.path_at(PATH_2, "/renamed"));
    rig.done(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
    rig.is_refused("/renamed", OF_THE_IMAGE);
    // By a name that would look like another line of the kernel.
    let (old, new) = (rig.path("/renamed"), rig.path_at(PATH_2, "failed: x"));
    rig.done(n::SYMLINKAT, &[old, AT_FDCWD, new]);
    rig.is_refused("failed: x", OF_THE_IMAGE);
    assert!(!rig.output().contains("firmseed: failed"), "{}", rig.output());
    // Over the name of a program that may run.
    rig.copies("/seed", "/made");
    let (old, new) = (rig.path("/renamed"), rig.path_at(PATH_2, "/made"));
    rig.done(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
    rig.is_refused("/made", OF_THE_IMAGE);
    let fd = rig.opened("/foreign", 0);
    let empty = rig.path("");
    const AT_EMPTY_PATH: u64 = 0x1000;
    assert_eq!(rig.call(n::EXECVEAT, &[fd, empty, 0, 0, AT_EMPTY_PATH]), fail(Errno::EACCES));
    rig.is_refused(&std::format!("/proc/self/fd/{fd}"), OF_THE_IMAGE);
    rig.file("/script", b"#!/foreign\n");
    let path = rig.path("/script");
    rig.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
    rig.is_refused("/script", OF_THE_IMAGE);
    rig.runs("/seed");
}

#[test]
fn writing_into_a_file_of_the_image_does_not_help() {
    for change in ["a byte", "append", "truncate", "grow"] {
        let mut rig = chain();
        let path = rig.path("/foreign");
        let size = foreign().len() as u64;
        match change {
            "truncate" => _ = rig.done(n::TRUNCATE, &[path, size - 1]),
            "grow" => _ = rig.done(n::TRUNCATE, &[path, size + 1]),
            _ => {
                let flags = if change == "append" { O_APPEND } else { 0 };
                let fd = rig.opened("/foreign", O_WRONLY | flags);
                assert_eq!(rig.write(fd, b"\x7f"), 1);
                rig.done(n::CLOSE, &[fd]);
            }
        }
        rig.is_refused("/foreign", WRITTEN_INTO);
    }
    // Every byte written again, in place: the kernel does not count bytes, so the file stays the image's.
    let mut rig = chain();
    let fd = rig.opened("/foreign", O_WRONLY);
    assert_eq!(rig.write(fd, &foreign()), foreign().len() as i64);
    rig.done(n::CLOSE, &[fd]);
    rig.is_refused("/foreign", WRITTEN_INTO);
    // Cut to nothing, it is a new file.
    rig.file("/foreign", &program());
    rig.runs("/foreign");
}

#[test]
fn a_running_program_is_not_written_to() {
    let mut rig = chain();
    rig.copies("/seed", "/made");
    rig.runs("/made");
    assert_eq!(rig.open("/made", O_WRONLY), fail(Errno::ETXTBSY));
    assert_eq!(rig.open("/made", O_WRONLY | O_TRUNC), fail(Errno::ETXTBSY));
    let path = rig.path("/made");
    assert_eq!(rig.call(n::TRUNCATE, &[path, 0]), fail(Errno::ETXTBSY));
    // Opened before it ran.
    rig.copies("/seed", "/other");
    let writer = rig.opened("/other", O_WRONLY);
    let path = rig.path("/other");
    assert_eq!(rig.call(n::EXECVE, &[path, 0, 0]), fail(Errno::ETXTBSY));
    rig.done(n::CLOSE, &[writer]);
    rig.runs("/other");
}

#[test]
fn files_of_the_image_are_not_mapped_as_code() {
    let mut rig = chain();
    let foreign = rig.opened("/foreign", 0);
    let made = rig.opened("/seed", 0);
    for sharing in [MAP_PRIVATE, MAP_SHARED] {
        let code = [0, 4096, PROT_READ | PROT_EXEC, sharing, foreign, 0];
        assert_eq!(rig.call(n::MMAP, &code), fail(Errno::EACCES));
        assert!(rig.output().contains("/foreign: not mapped as code: it is part of the image"));
        let data = rig.done(n::MMAP, &[0, 8192, PROT_READ, sharing, foreign, 0]);
        for start in [data, data + 4096] {
            let make_code = [start, 4096, PROT_READ | PROT_EXEC];
            assert_eq!(rig.call(n::MPROTECT, &make_code), fail(Errno::EACCES));
        }
        // A range that only ends in the mapping, and a piece that was split off.
        rig.done(n::MPROTECT, &[data + 4096, 4096, 0]);
        assert_eq!(rig.call(n::MPROTECT, &[data, 1, PROT_EXEC]), fail(Errno::EACCES));
        rig.done(n::MMAP, &[0, 4096, PROT_READ | PROT_EXEC, sharing, made, 0]);
    }
    // A private copy of such a page, changed or not, is still the file's.
    let copy = rig.done(n::MMAP, &[0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, foreign, 0]);
    rig.poke(copy, b"changed");
    assert_eq!(rig.call(n::MPROTECT, &[copy, 4096, PROT_READ | PROT_EXEC]), fail(Errno::EACCES));
    // What a program made in memory is its own.
    let own =
        rig.done(n::MMAP, &[0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, u64::MAX, 0]);
    rig.done(n::MPROTECT, &[own, 4096, PROT_READ | PROT_EXEC]);
}

#[test]
fn processes_do_not_reach_into_each_other() {
    let mut rig = chain();
    for (number, errno) in [
        (n::PTRACE, Errno::EPERM),
        (270, Errno::ENOSYS), // process_vm_readv
        (271, Errno::ENOSYS), // process_vm_writev
    ] {
        assert_eq!(rig.call(number, &[0, 1, DATA, 1, DATA, 1]), fail(errno), "{number}");
    }
    assert_eq!(rig.open("/proc/self/mem", O_RDWR), fail(Errno::ENOENT));
}

/// The policy lets a copy run; the ledger shows what it is a copy of.
#[test]
fn a_copied_program_runs_and_the_ledger_shows_where_it_came_from() {
    let mut rig = chain();
    rig.copies("/foreign", "/copy");
    let child = rig.fork();
    rig.switch_to(child);
    rig.runs("/copy");
    rig.start(n::EXIT, &[0]);
    rig.switch_to(1);
    let ledger = rig.text_of_ledger();
    let [maker, runner] = &ledger.entries[..] else {
        panic!("{:#?}", ledger.entries);
    };
    assert_eq!(ledger.policy, "chain");
    assert_eq!(ledger.seeds[0].program.content.sha256, digest(&program()));
    assert_eq!(maker.reads[0].path, b"/foreign");
    assert_eq!(maker.reads[0].content.class, Class::Elf);
    assert_eq!(maker.wrote[0].path, b"/copy");
    assert_eq!(maker.wrote[0].content, maker.reads[0].content);
    assert_eq!(runner.program.path, b"/copy");
    assert_eq!(runner.program.content, maker.wrote[0].content);
}
