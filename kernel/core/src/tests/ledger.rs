//! What the ledger says of system calls: the test plays the programs, then reads the ledger. `between`: what one
//! process gets from another. `memory`: files and code in memory, and memory that several have.

mod between;
mod memory;

use super::*;
use crate::process;
use firmseed_formats::ledger::format::{Class, Ending};
use firmseed_formats::ledger::parse::{Entry, File, Ledger};
use firmseed_formats::sha256::{Digest, digest};
use std::borrow::ToOwned;
use std::string::ToString;

const WRITTEN_TEXT: &[u8] = b"written";

impl Rig {
    /// The ledger as it is, chained and whole; None if it was given up for want of memory.
    fn ledger(&mut self) -> Option<Ledger> {
        let kernel = &mut self.kernel;
        kernel.ledger.head()?;
        let mut text = vec![0; kernel.storage.fs.size(kernel.ledger.text()) as usize];
        kernel.storage.fs.read(kernel.ledger.text(), 0, &mut text, &kernel.storage.machine);
        Some(Ledger::parse(&text, digest).unwrap_or_else(|error| panic!("{error}")))
    }

    /// Ends PID 1 and returns the ledger.
    fn ended(mut self) -> Ledger {
        self.switch_to(1);
        assert_eq!(self.start(n::EXIT, &[7]), Next::Halt { status: 7 });
        self.check_ledger();
        self.ledger().unwrap()
    }

    /// Whatever goes into a process was there before: in the image, or in an entry above.
    pub(super) fn check_ledger(&mut self) {
        let Some(ledger) = self.ledger() else {
            return;
        };
        let mut known: Vec<Digest> = vec![digest(&program()), digest(b"")];
        known.extend(ledger.seeds.iter().map(|seed| seed.program.content.sha256));
        known.extend(IMAGE_FILES.map(digest));
        let mut stated = vec![0];
        for entry in &ledger.entries {
            let inputs = entry.reads.iter().chain([&entry.program]);
            for File { content, path } in inputs {
                let path = String::from_utf8_lossy(path);
                assert!(
                    known.contains(&content.sha256),
                    "entry {}: {path} comes from nowhere",
                    entry.number
                );
            }
            for process in entry.from.iter().chain([&entry.parent]) {
                assert!(
                    stated.contains(process),
                    "entry {}: process {process} has no entry above",
                    entry.number
                );
            }
            stated.push(entry.process);
            known.extend(entry.wrote.iter().map(|file| file.content.sha256));
        }
    }
}

/// What files of an image hold in these tests.
const IMAGE_FILES: [&[u8]; 3] = [b"source text\n", b"#!/init one\n", b"\0binary\x7f"];

/// A machine with the files of the image.
fn rig(policy: Policy) -> Rig {
    let options = BootOptions { policy, ..options() };
    Rig::with_options(4096, &options, |fs, pool, machine| {
        for (name, bytes) in [b"text", b"work", b"data"].iter().zip(IMAGE_FILES) {
            let file = fs.create_file(InodeId::ROOT, *name, 0o755).unwrap();
            fs.write(file, 0, bytes, pool, machine).unwrap();
        }
    })
}

fn paths(files: &[File]) -> Vec<String> {
    let path = |file: &File| String::from_utf8(file.path.clone()).unwrap();
    files.iter().map(path).collect()
}

fn of_process(ledger: &Ledger, process: u32) -> Vec<&Entry> {
    ledger.entries.iter().filter(|entry| entry.process == process).collect()
}

impl Rig {
    fn reads(&mut self, path: &str) {
        let fd = self.opened(path, 0);
        self.read(fd, 4096);
        self.done(n::CLOSE, &[fd]);
    }

    fn writes(&mut self, path: &str, flags: u64, bytes: &[u8]) {
        let fd = self.opened(path, O_WRONLY | flags);
        self.poke(DATA, bytes);
        self.done(n::WRITE, &[fd, DATA, bytes.len() as u64]);
        self.done(n::CLOSE, &[fd]);
    }

    /// The current process ends; the parent reaps it.
    fn ends(&mut self, parent: u32) {
        assert_eq!(self.start(n::EXIT, &[0]), Next::Run);
        self.switch_to(parent);
        assert!(self.call(n::WAIT4, &[u64::MAX, 0, 0, 0]) > 0);
    }
}

#[test]
fn a_process_and_its_child() {
    let mut rig = rig(Policy::Open);
    rig.reads("/text");
    let child = rig.fork();
    rig.switch_to(child);
    rig.reads("/text");
    rig.reads("/text");
    rig.writes("/tmp/out", O_CREAT, WRITTEN_TEXT);
    rig.ends(1);
    rig.reads("/tmp/out");
    let ledger = rig.ended();
    assert_eq!(ledger.policy, "open");
    assert_eq!(ledger.status, 7);
    let [first, second, third] = &ledger.entries[..] else {
        panic!("{:#?}", ledger.entries);
    };
    assert_eq!((first.process, first.parent, first.ending), (1, 0, Ending::GoesOn));
    assert_eq!(first.program.path, b"/init");
    assert_eq!(first.program.content.sha256, digest(&program()));
    assert_eq!(first.program.content.class, Class::Elf);
    assert_eq!(first.arguments, [b"/init"]);
    assert_eq!(first.environment, (1, digest(b"HOME=/\0")));
    assert_eq!(paths(&first.reads), ["/text"]);
    assert_eq!(first.reads[0].content.sha256, digest(IMAGE_FILES[0]));
    assert_eq!(first.reads[0].content.size, 12);
    assert_eq!((second.process, second.parent, second.ending), (child, 1, Ending::Exit(0)));
    assert_eq!(paths(&second.reads), ["/text"], "once");
    assert_eq!(paths(&second.wrote), ["/tmp/out"]);
    assert_eq!(second.wrote[0].content.sha256, digest(WRITTEN_TEXT));
    assert_eq!((third.process, third.ending), (1, Ending::Exit(7)));
    assert_eq!(paths(&third.reads), ["/tmp/out"], "what is told is not told again");
}

#[test]
fn writing_into_a_file_is_reading_it() {
    for (flags, length, expected) in [
        (O_TRUNC, None, vec![]),
        (O_APPEND, None, vec!["/text"]),
        (0, None, vec!["/text"]),
        (0, Some(0), vec![]),
        (0, Some(3), vec!["/text"]),
    ] {
        let mut rig = rig(Policy::Open);
        match length {
            None => rig.writes("/text", flags, b"x"),
            Some(length) => {
                let path = rig.path("/text");
                rig.done(n::TRUNCATE, &[path, length]);
            }
        }
        let ledger = rig.ended();
        assert_eq!(paths(&ledger.entries[0].reads), expected, "{flags:#o} {length:?}");
        assert_eq!(paths(&ledger.entries[0].wrote), ["/text"]);
    }
}

#[test]
fn empty_new_files_are_told_and_vanished_ones_are_not() {
    let mut rig = rig(Policy::Open);
    let fd = rig.opened("/tmp/empty", O_WRONLY | O_CREAT);
    rig.done(n::CLOSE, &[fd]);
    rig.writes("/tmp/gone", O_CREAT, b"nobody saw this");
    let path = rig.path("/tmp/gone");
    rig.done(n::UNLINKAT, &[AT_FDCWD, path, 0]);
    rig.writes("/tmp/old", O_CREAT, b"renamed");
    let (old, new) = (rig.path("/tmp/old"), rig.path_at(PATH_2, "/tmp/new"));
    rig.done(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
    // Opened for writing, and not written.
    let fd = rig.opened("/text", O_RDWR);
    rig.done(n::CLOSE, &[fd]);
    let ledger = rig.ended();
    assert_eq!(paths(&ledger.entries[0].wrote), ["/tmp/empty", "/tmp/new"]);
    assert_eq!(paths(&ledger.entries[0].reads), [""; 0]);
}

#[test]
fn single_bytes_are_noted_like_others() {
    let mut rig = rig(Policy::Open);
    let fd = rig.opened("/text", 0);
    for _ in 0..5 {
        rig.done(n::READ, &[fd, DATA, 1]);
    }
    let out = rig.opened("/tmp/out", O_RDWR | O_CREAT);
    for byte in b"bytes" {
        rig.poke(DATA, &[*byte]);
        rig.done(n::WRITE, &[out, DATA, 1]);
    }
    // The child goes on in the middle of both files, by the same windows.
    let child = rig.fork();
    rig.switch_to(child);
    rig.done(n::READ, &[fd, DATA, 1]);
    rig.poke(DATA, b"!");
    rig.done(n::WRITE, &[out, DATA, 1]);
    rig.ends(1);
    rig.poke(DATA, b"?");
    rig.done(n::WRITE, &[out, DATA, 1]);
    rig.done(n::WRITE, &[out, DATA, 1]);
    let ledger = rig.ended();
    let [first, second, third] = &ledger.entries[..] else {
        panic!("{:#?}", ledger.entries);
    };
    assert_eq!(paths(&first.reads), ["/text"]);
    assert_eq!(first.wrote[0].content.sha256, digest(b"bytes"));
    assert_eq!(paths(&second.reads), ["/text", "/tmp/out"]);
    assert_eq!(second.wrote[0].content.sha256, digest(b"bytes!"));
    assert_eq!(third.reads[0].content.sha256, digest(b"bytes!"));
    assert_eq!(third.wrote[0].content.sha256, digest(b"bytes!??"));
}

#[test]
fn what_follows_an_entry_is_noted_again() {
    let mut rig = rig(Policy::Open);
    let fd = rig.opened("/tmp/out", O_WRONLY | O_CREAT);
    for byte in b"abc" {
        rig.poke(DATA, &[*byte]);
        rig.done(n::WRITE, &[fd, DATA, 1]);
        rig.fork();
    }
    let ledger = rig.ended();
    let wrote: Vec<Digest> = of_process(&ledger, 1)
        .iter()
        .flat_map(|entry| entry.wrote.iter().map(|file| file.content.sha256))
        .collect();
    assert_eq!(wrote, [digest(b"a"), digest(b"ab"), digest(b"abc")]);
}

#[test]
fn a_write_that_fails_is_no_write() {
    let mut rig = rig(Policy::Open);
    let fd = rig.opened("/text", O_WRONLY);
    assert_eq!(rig.call(n::WRITE, &[fd, 0, 1000]), fail(Errno::EFAULT));
    let ledger = rig.ended();
    assert_eq!(paths(&ledger.entries[0].wrote), [""; 0]);
}

#[test]
fn programs_in_a_row() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.switch_to(child);
    rig.reads("/text");
    let fd = rig.opened("/tmp/out", O_WRONLY | O_CREAT);
    // A script: its interpreter is the program, the script is an input.
    let path = rig.path("/work");
    assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run);
    rig.poke(DATA, b"script");
    rig.done(n::WRITE, &[fd, DATA, 6]);
    let path = rig.path("/init");
    assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run);
    rig.reads("/text");
    rig.ends(1);
    let ledger = rig.ended();
    let [one, two] = of_process(&ledger, child)[..] else {
        panic!("{:#?}", ledger.entries);
    };
    assert_eq!(one.program.path, b"/init");
    assert_eq!(one.arguments, [&b"/init"[..], b"one", b"/work"]);
    assert_eq!(one.ending, Ending::Exec);
    assert_eq!(paths(&one.reads), ["/text", "/work"], "what came before the first program counts");
    assert_eq!(paths(&one.wrote), ["/tmp/out"]);
    assert_eq!(one.wrote[0].content.sha256, digest(b"script"));
    assert_eq!(two.arguments, [b""; 1], "Linux gives an empty argv[0]");
    assert_eq!(paths(&two.reads), ["/text"], "another program knows nothing");
    assert_eq!(two.ending, Ending::Exit(0));
}

#[test]
fn devices_are_named() {
    let mut rig = rig(Policy::Open);
    for path in ["/proc/meminfo", "/dev/null", "/dev/urandom", "/proc/meminfo"] {
        rig.reads(path);
    }
    let ledger = rig.ended();
    assert_eq!(ledger.entries[0].devices, [b"/proc/meminfo".to_vec(), b"/dev/urandom".to_vec()]);
}

#[test]
fn proc_shows_the_ledger() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    let mut show = |path: &str| {
        let fd = rig.opened(path, 0);
        String::from_utf8(rig.read(fd, 4096)).unwrap()
    };
    let text = show("/proc/firmseed/ledger");
    assert!(text.starts_with("firmseed-ledger 2\nfiles 0000"), "{text}");
    let last = text.lines().last().unwrap();
    assert_eq!(format_args!("chain {}", show("/proc/firmseed/head")).to_string().trim_end(), last);
    let counters = show("/proc/firmseed/counters");
    assert!(counters.starts_with("entry 1 process 1 syscalls 1 "), "{counters}");
    for path in ["/proc/firmseed/ledger", "/proc/firmseed"] {
        let path = rig.path(path);
        assert!(rig.call(n::OPENAT, &[AT_FDCWD, path, O_RDWR, 0]) < 0);
        assert!(rig.call(n::UNLINKAT, &[AT_FDCWD, path, 0]) < 0);
        assert!(rig.call(n::TRUNCATE, &[path, 0]) < 0);
    }
    rig.switch_to(child);
    rig.ends(1);
    rig.ended();
}

#[test]
fn without_memory_there_is_no_head() {
    let mut rig = rig(Policy::Open);
    while rig.kernel.storage.pool.allocate().is_ok() {}
    let one_entry = |rig: &mut Rig| {
        let slot = rig.kernel.processes.current_slot();
        rig.kernel.observer().write_entry(slot, Ending::GoesOn);
    };
    // As many as the last page of the ledger takes, and some more.
    for _ in 0..40 {
        one_entry(&mut rig);
    }
    let said = String::from_utf8(rig.kernel.storage.machine.output.clone()).unwrap();
    assert_eq!(said.matches("no memory for the ledger after entry").count(), 1, "{said}");
    assert_eq!(rig.start(n::EXIT, &[0]), Next::Halt { status: 0 });
    let said = String::from_utf8(rig.kernel.storage.machine.output.clone()).unwrap();
    assert!(!said.contains("head "), "{said}");
    assert!(rig.kernel.ledger.head().is_none());
}

#[test]
fn a_killed_process_and_the_end_of_the_machine() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.done(n::KILL, &[u64::from(child), 9]);
    let other = rig.fork();
    let ledger = rig.ended();
    assert_eq!(of_process(&ledger, child)[0].ending, Ending::Killed(9));
    assert_eq!(of_process(&ledger, other)[0].ending, Ending::Killed(9));
    let last = ledger.entries.last().unwrap();
    assert_eq!((last.process, last.ending), (1, process::Ending::Exited(7).into()));
}

#[test]
fn a_deadlock_leaves_nothing_out() {
    let mut rig = rig(Policy::Open);
    rig.reads("/data");
    let (reader, _) = rig.pipe();
    assert_eq!(rig.start(n::READ, &[reader, DATA, 1]), Next::Halt { status: 255 });
    rig.check_ledger();
    let ledger = rig.ledger().unwrap();
    assert_eq!(ledger.status, 255);
    let [entry] = &ledger.entries[..] else {
        panic!("{:#?}", ledger.entries);
    };
    assert_eq!((paths(&entry.reads), entry.ending), (vec!["/data".to_owned()], Ending::GoesOn));
}

#[test]
fn the_head_does_not_depend_on_time_or_memory() {
    let head = |frames: usize, tick: u64| {
        let mut rig = Rig::with_frames(frames);
        rig.kernel.storage.machine.clock = tick;
        let child = rig.fork();
        rig.switch_to(child);
        rig.kernel.storage.machine.clock += 17 * tick;
        rig.writes("/tmp/a", O_CREAT, b"a");
        rig.ends(1);
        rig.ended().head
    };
    assert_eq!(head(4096, 0), head(600, 1_000_000_007));
}

/// One call makes a file that no machine could hash.
#[test]
fn large_holes_are_not_hashed() {
    let content = |offset: u64| {
        let mut rig = rig(Policy::Open);
        let fd = rig.opened("/text", O_RDWR);
        rig.done(n::FTRUNCATE, &[fd, i64::MAX as u64]);
        rig.poke(DATA, b"data");
        rig.done(n::PWRITE64, &[fd, DATA, 4, offset]);
        rig.ended().entries[0].wrote[0].content
    };
    let one = content(1 << 40);
    assert_eq!((one.class, one.size), (Class::Sparse, i64::MAX as u64));
    let mut message = 0u64.to_le_bytes().to_vec();
    message.extend(IMAGE_FILES[0]);
    message.resize(8 + 4096, 0);
    message.extend((1u64 << 40).to_le_bytes());
    message.extend(b"data");
    message.resize(16 + 2 * 4096, 0);
    message.extend(i64::MAX.to_le_bytes());
    assert_eq!(one.sha256, digest(&message));
    assert_ne!(one, content(1 << 41));
}
