//! What the ledger says of system calls: the test plays the programs, then reads the ledger.

use super::*;
use crate::ledger::format::{Class, Ending};
use crate::ledger::parse::{Entry, File, Ledger};
use crate::process;
use crate::sha256::{Digest, digest};
use std::borrow::ToOwned;
use std::string::ToString;

const WRITTEN_TEXT: &[u8] = b"written";

impl Rig {
    /// The ledger as it is, chained and whole; None if it was given up for want of memory.
    fn ledger(&mut self) -> Option<Ledger> {
        let kernel = &mut self.kernel;
        kernel.ledger.head()?;
        let mut text = vec![0; kernel.fs.size(kernel.ledger.text()) as usize];
        kernel
            .fs
            .read(kernel.ledger.text(), 0, &mut text, &kernel.machine);
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
    let options = BootOptions {
        policy,
        ..options()
    };
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
    ledger
        .entries
        .iter()
        .filter(|entry| entry.process == process)
        .collect()
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
    assert_eq!(
        (first.process, first.parent, first.ending),
        (1, 0, Ending::GoesOn)
    );
    assert_eq!(first.program.path, b"/init");
    assert_eq!(first.program.content.sha256, digest(&program()));
    assert_eq!(first.program.content.class, Class::Elf);
    assert_eq!(first.arguments, [b"/init"]);
    assert_eq!(first.environment, (1, digest(b"HOME=/\0")));
    assert_eq!(paths(&first.reads), ["/text"]);
    assert_eq!(first.reads[0].content.sha256, digest(IMAGE_FILES[0]));
    assert_eq!(first.reads[0].content.size, 12);
    assert_eq!(
        (second.process, second.parent, second.ending),
        (child, 1, Ending::Exit(0))
    );
    assert_eq!(paths(&second.reads), ["/text"], "once");
    assert_eq!(paths(&second.wrote), ["/tmp/out"]);
    assert_eq!(second.wrote[0].content.sha256, digest(WRITTEN_TEXT));
    assert_eq!((third.process, third.ending), (1, Ending::Exit(7)));
    assert_eq!(
        paths(&third.reads),
        ["/tmp/out"],
        "what is told is not told again"
    );
}

#[test]
fn whoever_is_read_tells_first() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.switch_to(child);
    rig.reads("/data");
    rig.writes("/tmp/a", O_CREAT, b"of the child");
    rig.switch_to(1);
    rig.reads("/tmp/a");
    rig.switch_to(child);
    rig.writes("/tmp/a", 0, b"IF");
    rig.ends(1);
    rig.reads("/tmp/a");
    let ledger = rig.ended();
    let child = of_process(&ledger, child);
    assert_eq!(child.len(), 2);
    assert_eq!((child[0].number, child[0].ending), (2, Ending::GoesOn));
    assert_eq!(paths(&child[0].reads), ["/data"]);
    assert_eq!(child[0].reads[0].content.class, Class::Data);
    assert_eq!(child[0].wrote[0].content.sha256, digest(b"of the child"));
    assert_eq!(
        paths(&child[1].reads),
        [""; 0],
        "its own output is no input"
    );
    assert_eq!(child[1].wrote[0].content.sha256, digest(b"IF the child"));
    let own = of_process(&ledger, 1);
    assert_eq!(own.len(), 2);
    let seen: Vec<Digest> = own[1]
        .reads
        .iter()
        .map(|file| file.content.sha256)
        .collect();
    assert_eq!(seen, [digest(b"of the child"), digest(b"IF the child")]);
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
        assert_eq!(
            paths(&ledger.entries[0].reads),
            expected,
            "{flags:#o} {length:?}"
        );
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
fn a_window_of_one_process_hides_nothing_of_another() {
    let mut rig = rig(Policy::Open);
    let fd = rig.opened("/text", 0);
    let child = rig.fork();
    rig.switch_to(child);
    rig.done(n::READ, &[fd, DATA, 1]);
    rig.switch_to(1);
    rig.done(n::READ, &[fd, DATA, 1]);
    let ledger = rig.ended();
    for process in [1, child] {
        let entries = of_process(&ledger, process);
        let reads: Vec<String> = entries
            .iter()
            .flat_map(|entry| paths(&entry.reads))
            .collect();
        assert_eq!(reads, ["/text"], "process {process}");
    }
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
fn two_writers_of_a_file_both_tell() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.switch_to(child);
    rig.writes("/tmp/a", O_CREAT, b"child");
    rig.switch_to(1);
    rig.writes("/tmp/a", O_APPEND, b" and parent");
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let own = of_process(&ledger, 1);
    assert_eq!(
        own.last().unwrap().reads[0].content.sha256,
        digest(b"child")
    );
    assert_eq!(
        own.last().unwrap().wrote[0].content.sha256,
        digest(b"child and parent")
    );
    assert_eq!(
        of_process(&ledger, child)[0].wrote[0].content.sha256,
        digest(b"child")
    );
}

#[test]
fn the_maker_of_a_program_tells_before_it_runs() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.switch_to(child);
    let mut made = program();
    made.extend(b"made");
    rig.writes("/tmp/made", O_CREAT, &made);
    rig.switch_to(1);
    let path = rig.path("/tmp/made");
    rig.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
    assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run);
    rig.fork();
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let (maker, own) = (of_process(&ledger, child), of_process(&ledger, 1));
    assert_eq!(
        maker[0].wrote[0].content,
        own.last().unwrap().program.content
    );
    assert!(maker[0].number < own.last().unwrap().number);
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
fn what_a_vfork_child_reads_its_parent_knows() {
    let mut rig = rig(Policy::Open);
    let path = rig.path("/data");
    let Next::Run = rig.start(n::CLONE, &VFORK) else {
        panic!();
    };
    let child = rig.pid();
    assert_ne!(child, 1);
    let fd = rig.done(n::OPENAT, &[AT_FDCWD, path, 0, 0]);
    rig.done(n::READ, &[fd, DATA, 8]);
    assert_eq!(rig.start(n::EXIT, &[0]), Next::Run);
    rig.switch_to(1);
    rig.writes("/tmp/out", O_CREAT, b"data");
    let ledger = rig.ended();
    let writer = ledger.entries.last().unwrap();
    assert_eq!((writer.process, &writer.from[..]), (1, &[child][..]));
    let of_child = of_process(&ledger, child);
    assert_eq!(paths(&of_child[0].reads), ["/data"]);
}

/// Also when the ledger has told what the child read, before it gives the memory back.
#[test]
fn what_a_vfork_child_has_told_its_parent_knows_too() {
    let mut rig = rig(Policy::Open);
    let path = rig.path("/data");
    let Next::Run = rig.start(n::CLONE, &VFORK) else {
        panic!();
    };
    let child = rig.pid();
    let fd = rig.done(n::OPENAT, &[AT_FDCWD, path, 0, 0]);
    rig.done(n::READ, &[fd, DATA, 8]);
    let grandchild = rig.fork();
    assert_eq!(rig.start(n::EXIT, &[0]), Next::Run);
    rig.switch_to(1);
    rig.writes("/tmp/out", O_CREAT, b"data");
    rig.switch_to(grandchild);
    rig.ends(1);
    let ledger = rig.ended();
    let writer = ledger.entries.iter().find(|entry| !entry.wrote.is_empty());
    let writer = writer.unwrap();
    assert_eq!((writer.process, &writer.from[..]), (1, &[child][..]));
}

/// A child holds memory of its maker, whoever its parent is later: the ledger must not lose the way.
#[test]
fn an_orphan_keeps_its_maker() {
    let mut rig = rig(Policy::Open);
    let maker = rig.fork();
    rig.switch_to(maker);
    rig.reads("/data");
    let orphan = rig.fork();
    rig.ends(1);
    rig.switch_to(orphan);
    rig.writes("/tmp/out", O_CREAT, b"data");
    rig.ends(1);
    let ledger = rig.ended();
    let told = of_process(&ledger, orphan);
    assert!(!told.is_empty() && told.iter().all(|entry| entry.parent == maker));
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
    assert_eq!(
        paths(&one.reads),
        ["/text", "/work"],
        "what came before the first program counts"
    );
    assert_eq!(paths(&one.wrote), ["/tmp/out"]);
    assert_eq!(one.wrote[0].content.sha256, digest(b"script"));
    assert_eq!(two.arguments, [b""; 1], "Linux gives an empty argv[0]");
    assert_eq!(
        paths(&two.reads),
        ["/text"],
        "another program knows nothing"
    );
    assert_eq!(two.ending, Ending::Exit(0));
}

#[test]
fn bytes_that_go_through_pipes() {
    let mut rig = rig(Policy::Open);
    let (reader, writer) = rig.pipe();
    let child = rig.fork();
    rig.switch_to(child);
    rig.reads("/data");
    rig.poke(DATA, b"abc");
    rig.done(n::WRITE, &[writer, DATA, 3]);
    rig.switch_to(1);
    rig.done(n::READ, &[reader, DATA, 1]);
    rig.writes("/tmp/out", O_CREAT, b"a");
    rig.switch_to(child);
    rig.reads("/text");
    rig.done(n::WRITE, &[writer, DATA, 1]);
    rig.switch_to(1);
    rig.done(n::READ, &[reader, DATA, 1]);
    rig.done(n::READ, &[reader, DATA, 1]);
    rig.writes("/tmp/out", O_TRUNC, b"b");
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let own = of_process(&ledger, 1);
    let of_child = of_process(&ledger, child);
    assert_eq!(own.last().unwrap().from, [child]);
    assert_eq!(paths(&of_child[0].reads), ["/data"]);
    assert_eq!(paths(&of_child[1].reads), ["/text"]);
    assert!(of_child[1].number < own.last().unwrap().number);
}

#[test]
fn a_pipe_knows_whose_bytes_are_in_it() {
    let mut rig = rig(Policy::Open);
    let (reader, writer) = rig.pipe();
    let children = [rig.fork(), rig.fork(), rig.fork()];
    let [one, two, other_reader] = children;
    // The parent reads after each of the writers. Nothing else happens in between that the ledger tells.
    for child in [one, two] {
        rig.switch_to(child);
        rig.done(n::WRITE, &[writer, DATA, 1]);
        rig.switch_to(1);
        rig.done(n::READ, &[reader, DATA, 1]);
    }
    // The pipe was empty: what comes now is the second one's alone.
    rig.switch_to(two);
    rig.done(n::WRITE, &[writer, DATA, 1]);
    rig.switch_to(other_reader);
    rig.done(n::READ, &[reader, DATA, 1]);
    for child in children {
        rig.switch_to(child);
        rig.ends(1);
    }
    let ledger = rig.ended();
    let from = |process| -> Vec<u32> {
        let mut all: Vec<u32> = of_process(&ledger, process)
            .iter()
            .flat_map(|entry| entry.from.clone())
            .collect();
        all.sort_unstable();
        all
    };
    assert_eq!(from(1), [one, two]);
    assert_eq!(from(other_reader), [two]);
}

#[test]
fn mapped_files_are_read_whenever_they_change() {
    const PROT_READ: u64 = 1;
    const MAP_PRIVATE: u64 = 2;
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.switch_to(child);
    rig.writes("/tmp/m", O_CREAT, b"one");
    rig.switch_to(1);
    let fd = rig.opened("/tmp/m", 0);
    rig.done(n::MMAP, &[0, 4096, PROT_READ, MAP_PRIVATE, fd, 0]);
    rig.switch_to(child);
    rig.writes("/tmp/m", O_TRUNC, b"two");
    let grandchild = rig.fork();
    rig.switch_to(grandchild);
    rig.writes("/tmp/m", O_TRUNC, b"three");
    rig.ends(child);
    rig.ends(1);
    let ledger = rig.ended();
    let seen = of_process(&ledger, 1)
        .iter()
        .flat_map(|entry| entry.reads.iter().map(|file| file.content.sha256))
        .collect::<Vec<_>>();
    for text in [b"one".as_slice(), b"two", b"three"] {
        assert!(seen.contains(&digest(text)), "{}", text.escape_ascii());
    }
}

#[test]
fn shared_memory_is_a_way_between_processes() {
    const PROT_RW: u64 = 3;
    const SHARED_ANONYMOUS: u64 = 0x21;
    let mut rig = rig(Policy::Open);
    rig.done(n::MMAP, &[0, 4096, PROT_RW, SHARED_ANONYMOUS, u64::MAX, 0]);
    let child = rig.fork();
    rig.switch_to(child);
    rig.reads("/data");
    rig.switch_to(1);
    rig.writes("/tmp/out", O_CREAT, b"may hold data");
    let other = rig.fork();
    rig.switch_to(other);
    rig.reads("/tmp/out");
    rig.ends(1);
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let writer = ledger
        .entries
        .iter()
        .find(|entry| !entry.wrote.is_empty())
        .unwrap();
    assert_eq!((writer.process, &writer.from[..]), (1, &[child][..]));
    let told = of_process(&ledger, child);
    assert!(paths(&told[0].reads).contains(&"/data".to_owned()));
    assert!(told[0].number < writer.number);
}

/// Who passes on what a partner put into their memory has nothing to tell of its own.
#[test]
fn what_is_in_shared_memory_goes_through_pipes() {
    const PROT_RW: u64 = 3;
    const SHARED_ANONYMOUS: u64 = 0x21;
    let mut rig = rig(Policy::Open);
    let (reader, writer) = rig.pipe();
    let last = rig.fork();
    rig.done(n::MMAP, &[0, 4096, PROT_RW, SHARED_ANONYMOUS, u64::MAX, 0]);
    let child = rig.fork();
    rig.switch_to(child);
    rig.reads("/data");
    rig.switch_to(1);
    rig.done(n::WRITE, &[writer, DATA, 1]);
    rig.switch_to(last);
    rig.done(n::READ, &[reader, DATA, 1]);
    rig.ends(1);
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let number = |process: u32, source: u32| -> u64 {
        let entries = of_process(&ledger, process);
        let entry = entries.iter().find(|entry| entry.from.contains(&source));
        entry
            .unwrap_or_else(|| panic!("{process} got nothing of {source}"))
            .number
    };
    assert!(number(1, child) < number(last, 1));
}

#[test]
fn devices_are_named() {
    let mut rig = rig(Policy::Open);
    for path in [
        "/proc/meminfo",
        "/dev/null",
        "/dev/urandom",
        "/proc/meminfo",
    ] {
        rig.reads(path);
    }
    let ledger = rig.ended();
    assert_eq!(
        ledger.entries[0].devices,
        [b"/proc/meminfo".to_vec(), b"/dev/urandom".to_vec()]
    );
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
    assert!(text.starts_with("firmseed-ledger 1\nfiles 0000"), "{text}");
    let last = text.lines().last().unwrap();
    assert_eq!(
        format_args!("chain {}", show("/proc/firmseed/head"))
            .to_string()
            .trim_end(),
        last
    );
    let counters = show("/proc/firmseed/counters");
    assert!(
        counters.starts_with("entry 1 process 1 syscalls 1 "),
        "{counters}"
    );
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
    while rig.kernel.pool.allocate().is_ok() {}
    let one_entry = |rig: &mut Rig| rig.kernel.write_entry(rig.kernel.current, Ending::GoesOn);
    // As many as the last page of the ledger takes, and some more.
    for _ in 0..40 {
        one_entry(&mut rig);
    }
    let said = String::from_utf8(rig.kernel.machine.output.clone()).unwrap();
    assert_eq!(
        said.matches("no memory for the ledger after entry").count(),
        1,
        "{said}"
    );
    assert_eq!(rig.start(n::EXIT, &[0]), Next::Halt { status: 0 });
    let said = String::from_utf8(rig.kernel.machine.output.clone()).unwrap();
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
    assert_eq!(
        (last.process, last.ending),
        (1, process::Ending::Exited(7).into())
    );
}

#[test]
fn a_deadlock_leaves_nothing_out() {
    let mut rig = rig(Policy::Open);
    rig.reads("/data");
    let (reader, _) = rig.pipe();
    assert_eq!(
        rig.start(n::READ, &[reader, DATA, 1]),
        Next::Halt { status: 255 }
    );
    rig.check_ledger();
    let ledger = rig.ledger().unwrap();
    assert_eq!(ledger.status, 255);
    let [entry] = &ledger.entries[..] else {
        panic!("{:#?}", ledger.entries);
    };
    assert_eq!(
        (paths(&entry.reads), entry.ending),
        (vec!["/data".to_owned()], Ending::GoesOn)
    );
}

#[test]
fn the_head_does_not_depend_on_time_or_memory() {
    let head = |frames: usize, tick: u64| {
        let mut rig = Rig::with_frames(frames);
        rig.kernel.machine.clock = tick;
        let child = rig.fork();
        rig.switch_to(child);
        rig.kernel.machine.clock += 17 * tick;
        rig.writes("/tmp/a", O_CREAT, b"a");
        rig.ends(1);
        rig.ended().head
    };
    assert_eq!(head(4096, 0), head(600, 1_000_000_007));
}
