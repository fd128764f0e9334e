//! Attempts to get bytes past the ledger by memory: each is a way in which foreign code once ran without a trace.

use super::*;

const READ: u64 = 1;
const WRITE: u64 = 2;
const EXECUTE: u64 = 4;
const SHARED: u64 = 1;
const PRIVATE: u64 = 2;
const ANONYMOUS: u64 = 0x20;
const FIXED: u64 = 0x10;
const CLEAN: &str = "/tmp/clean";
const NO_FILE: u64 = u64::MAX;

impl Rig {
    fn maps(&mut self, path: &str, protection: u64, flags: u64) -> u64 {
        let fd = self.opened(path, 0);
        let address = self.done(n::MMAP, &[0, 4096, protection, flags, fd, 0]);
        self.done(n::CLOSE, &[fd]);
        address
    }

    fn anonymous(&mut self, protection: u64, flags: u64) -> u64 {
        self.done(n::MMAP, &[0, 4096, protection, flags | ANONYMOUS, NO_FILE, 0])
    }

    fn protects(&mut self, address: u64, protection: u64) {
        self.done(n::MPROTECT, &[address, 4096, protection]);
    }

    /// The current process starts a program whose memory is only a file's.
    fn runs_clean_program(&mut self, path: &str) {
        self.file(path, &clean_program());
        let path = self.path(path);
        self.done(n::FCHMODAT, &[AT_FDCWD, path, 0o755]);
        assert_eq!(self.start(n::EXECVE, &[path, 0, 0]), Next::Run);
    }

    fn vforks(&mut self) -> u32 {
        assert_eq!(self.start(n::CLONE, &VFORK), Next::Run);
        let last = self.kernel.processes.iter().map(|(_, process)| process.pid.0);
        let child = last.max().unwrap();
        self.switch_to(child);
        child
    }
}

/// Its one segment is read and executed; never run.
fn clean_program() -> Vec<u8> {
    let mut program = program();
    program[68] = 5;
    program
}

/// A machine whose PID 1 has memory that is only a file's, but for some pages to talk to the kernel with.
fn clean_rig() -> Rig {
    let mut rig = rig(Policy::Open);
    rig.runs_clean_program(CLEAN);
    rig.done(n::MMAP, &[DATA, 0x5_0000, READ | WRITE, PRIVATE | ANONYMOUS | FIXED, NO_FILE, 0]);
    rig
}

/// How often a process says that the clean program has code of its own.
fn own_code(ledger: &Ledger, process: u32) -> usize {
    let says = |entry: &&&Entry| entry.code_anonymous && entry.program.path == CLEAN.as_bytes();
    of_process(ledger, process).iter().filter(says).count()
}

fn all_from(ledger: &Ledger, process: u32) -> Vec<u32> {
    let entries = of_process(ledger, process);
    let mut all: Vec<u32> = entries.iter().flat_map(|entry| entry.from.clone()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The number of the entry of `process` that says it has read `path`.
fn read_of(ledger: &Ledger, process: u32, path: &str) -> u64 {
    let entries = of_process(ledger, process);
    let entry = entries.iter().find(|entry| paths(&entry.reads).contains(&path.to_owned()));
    entry.unwrap_or_else(|| panic!("{process} has not read {path}")).number
}

fn writer_of<'a>(ledger: &'a Ledger, path: &str) -> &'a Entry {
    let mut entries = ledger.entries.iter();
    entries.find(|entry| paths(&entry.wrote).contains(&path.to_owned())).unwrap()
}

#[test]
fn code_that_is_not_a_files_is_told_once() {
    type Way = fn(&mut Rig);
    let ways: [(&str, Way); 8] = [
        ("mapped as code", |rig| {
            rig.anonymous(READ | EXECUTE, PRIVATE);
        }),
        ("shared", |rig| {
            rig.anonymous(READ | EXECUTE, SHARED);
        }),
        ("made code later", |rig| {
            let address = rig.anonymous(READ | WRITE, PRIVATE);
            rig.protects(address, READ | EXECUTE);
        }),
        ("moved, then made code", |rig| {
            let address = rig.anonymous(READ | WRITE, PRIVATE);
            let moved = rig.done(n::MREMAP, &[address, 4096, 1 << 20, 1, 0]);
            rig.protects(moved, READ | EXECUTE);
        }),
        ("the heap", |rig| {
            let heap = rig.done(n::BRK, &[0]);
            rig.done(n::BRK, &[heap + 8192]);
            rig.protects((heap + 4095) & !4095, EXECUTE);
        }),
        ("the stack", |rig| {
            let stack = rig.kernel.registers().sp & !4095;
            rig.protects(stack, READ | EXECUTE);
        }),
        ("a private page of a file", |rig| {
            let address = rig.maps("/text", READ | WRITE, PRIVATE);
            rig.protects(address, READ | EXECUTE);
        }),
        ("a page that once could be written", |rig| {
            let address = rig.maps("/text", READ, PRIVATE);
            rig.protects(address, READ | WRITE);
            rig.protects(address, READ);
            rig.protects(address, READ | EXECUTE);
        }),
    ];
    for (name, way) in ways {
        let mut rig = clean_rig();
        way(&mut rig);
        way(&mut rig);
        let child = rig.fork();
        rig.switch_to(child);
        rig.ends(1);
        rig.runs_clean_program("/tmp/next");
        let ledger = rig.ended();
        assert_eq!(own_code(&ledger, 1), 1, "{name}");
        assert!(of_process(&ledger, child)[0].code_anonymous, "{name}");
        assert!(!of_process(&ledger, 1).last().unwrap().code_anonymous, "{name}");
    }
}

#[test]
fn segments_that_are_written_and_executed_are_code_of_its_own() {
    let ledger = clean_rig().ended();
    let [with, without] = [&ledger.entries[0], ledger.entries.last().unwrap()];
    assert_eq!((&*with.program.path, with.code_anonymous), (&b"/init"[..], true));
    assert_eq!((&*without.program.path, without.code_anonymous), (CLEAN.as_bytes(), false));
}

#[test]
fn files_that_are_mapped_as_code_are_told() {
    let mut rig = clean_rig();
    rig.maps("/data", READ | EXECUTE, PRIVATE);
    rig.maps("/data", READ | EXECUTE, SHARED);
    let later = rig.maps("/text", READ, PRIVATE);
    rig.protects(later, READ | EXECUTE);
    let ledger = rig.ended();
    let last = ledger.entries.last().unwrap();
    assert_eq!(paths(&last.code), ["/data", "/text"]);
    assert_eq!(last.code[0].content.sha256, digest(IMAGE_FILES[2]));
    assert!(!last.code_anonymous);
}

#[test]
fn code_in_a_file_that_changes_is_code_of_its_own() {
    // Another process changes it; the process itself does; it has changed before the page became code.
    for (by_child, first) in [(true, EXECUTE), (false, EXECUTE), (true, READ), (false, READ)] {
        let mut rig = clean_rig();
        rig.writes("/tmp/m", O_CREAT, b"one");
        let child = rig.fork();
        let address = rig.maps("/tmp/m", first, PRIVATE);
        if by_child {
            rig.switch_to(child);
        }
        rig.writes("/tmp/m", 0, b"two");
        rig.switch_to(1);
        rig.protects(address, READ | EXECUTE);
        rig.switch_to(child);
        rig.ends(1);
        let ledger = rig.ended();
        assert!(own_code(&ledger, 1) == 1, "{by_child} {first}");
        assert_eq!(all_from(&ledger, 1).contains(&child), by_child);
    }
}

#[test]
fn who_changes_a_mapped_file_gives_bytes_to_who_has_it() {
    let mut rig = clean_rig();
    let [child, other] = [rig.fork(), rig.fork()];
    rig.switch_to(child);
    rig.writes("/tmp/m", O_CREAT, b"one");
    let fd = rig.opened("/tmp/m", O_RDWR);
    // A call that fails makes it the file's writer as well.
    assert_eq!(rig.call(n::WRITE, &[fd, 8, 1]), fail(Errno::EFAULT));
    rig.switch_to(1);
    rig.maps("/tmp/m", READ, PRIVATE);
    // Foreign bytes, seen by nobody but through the mapping, and then text again.
    rig.switch_to(child);
    rig.reads("/data");
    rig.poke(DATA, b"two");
    rig.done(n::PWRITE64, &[fd, DATA, 3, 0]);
    rig.poke(DATA, b"one");
    rig.done(n::PWRITE64, &[fd, DATA, 3, 0]);
    rig.switch_to(1);
    rig.writes("/tmp/out", O_CREAT, b"what was there");
    rig.switch_to(other);
    rig.reads("/tmp/out");
    rig.ends(1);
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let writer = writer_of(&ledger, "/tmp/out");
    assert_eq!((writer.process, &writer.from[..]), (1, &[child][..]));
    assert!(read_of(&ledger, child, "/data") < writer.number);
}

#[test]
fn a_file_that_a_forked_process_has_mapped_from_birth() {
    let mut rig = clean_rig();
    rig.writes("/tmp/m", O_CREAT, b"one");
    rig.maps("/tmp/m", READ, PRIVATE);
    let child = rig.fork();
    rig.reads("/data");
    rig.writes("/tmp/m", 0, b"two");
    rig.switch_to(child);
    rig.writes("/tmp/out", O_CREAT, b"what was there");
    rig.ends(1);
    let ledger = rig.ended();
    let writer = writer_of(&ledger, "/tmp/out");
    assert_eq!((writer.process, &writer.from[..]), (child, &[1][..]));
    assert!(read_of(&ledger, 1, "/data") < writer.number);
}

#[test]
fn who_has_changed_a_mapped_file_and_left_has_given_bytes_too() {
    let mut rig = clean_rig();
    let child = rig.fork();
    rig.writes("/tmp/m", O_CREAT, b"one");
    rig.maps("/tmp/m", READ, PRIVATE);
    rig.switch_to(child);
    rig.writes("/tmp/m", 0, b"two");
    rig.ends(1);
    rig.writes("/tmp/out", O_CREAT, b"two");
    let ledger = rig.ended();
    assert_eq!(writer_of(&ledger, "/tmp/out").from, [child]);
}

#[test]
fn a_file_that_has_the_number_of_a_mapped_one_was_not_read() {
    let mut rig = clean_rig();
    let child = rig.fork();
    rig.writes("/tmp/a", O_CREAT, b"first");
    let inode = rig.kernel.storage.fs.resolve(InodeId::ROOT, b"/tmp/a", crate::fs::Follow::Yes);
    let address = rig.maps("/tmp/a", READ, PRIVATE);
    rig.done(n::MUNMAP, &[address, 4096]);
    let path = rig.path("/tmp/a");
    rig.done(n::UNLINKAT, &[AT_FDCWD, path, 0]);
    rig.switch_to(child);
    rig.writes("/tmp/b", O_CREAT, b"second");
    let again = rig.kernel.storage.fs.resolve(InodeId::ROOT, b"/tmp/b", crate::fs::Follow::Yes);
    assert_eq!(inode, again);
    rig.ends(1);
    let ledger = rig.ended();
    for entry in of_process(&ledger, 1) {
        assert!(!paths(&entry.reads).contains(&"/tmp/b".to_owned()));
        assert_eq!(entry.from, []);
    }
}

#[test]
fn what_a_vfork_child_maps_stays_in_the_memory_of_its_parent() {
    let mut rig = clean_rig();
    let other = rig.fork();
    rig.writes("/tmp/m", O_CREAT, b"one");
    let child = rig.vforks();
    rig.maps("/tmp/m", READ, PRIVATE);
    rig.anonymous(READ | EXECUTE, PRIVATE);
    assert_eq!(rig.start(n::EXIT, &[0]), Next::Run);
    rig.switch_to(other);
    rig.reads("/data");
    rig.writes("/tmp/m", 0, b"two");
    rig.switch_to(1);
    rig.writes("/tmp/out", O_CREAT, b"what was there");
    rig.fork();
    rig.switch_to(other);
    rig.ends(1);
    let ledger = rig.ended();
    let writer = writer_of(&ledger, "/tmp/out");
    assert_eq!(writer.process, 1);
    assert!(writer.from.contains(&other) && all_from(&ledger, 1).contains(&child));
    assert!(read_of(&ledger, other, "/data") < writer.number);
    for process in [child, 1] {
        assert!(own_code(&ledger, process) > 0, "{process}");
    }
}

/// Nothing is done for mapped files when memory is lent: the fork has told what its owner wrote.
#[test]
fn what_a_vfork_child_stores_into_a_mapped_file_is_its_own() {
    const RDWR: u64 = 2;
    let mut rig = clean_rig();
    rig.writes("/tmp/m", O_CREAT, b"one");
    let fd = rig.opened("/tmp/m", RDWR);
    let memory = rig.done(n::MMAP, &[0, 4096, READ | WRITE, SHARED, fd, 0]);
    let [own, data] = ["/tmp/m", "/data"].map(|path| rig.opened(path, 0));
    rig.done(n::READ, &[own, memory, 3]);
    let child = rig.vforks();
    rig.done(n::READ, &[data, memory, 3]);
    assert_eq!(rig.start(n::EXIT, &[0]), Next::Run);
    rig.switch_to(1);
    let other = rig.fork();
    rig.switch_to(other);
    rig.reads("/tmp/m");
    rig.ends(1);
    let ledger = rig.ended();
    let writes = |entry: &&Entry| paths(&entry.wrote).contains(&"/tmp/m".to_owned());
    let writers: Vec<&Entry> = ledger.entries.iter().filter(writes).collect();
    let last = writers.last().unwrap();
    assert_eq!((last.process, paths(&last.reads).contains(&"/data".to_owned())), (child, true));
}

/// Three generations and a sibling have one page in common; foreign bytes go from any of them to any other.
#[test]
fn all_who_have_memory_in_common_are_named() {
    for (foreign, writer) in [(0, 2), (2, 0), (3, 2), (1, 3), (0, 3)] {
        let mut rig = clean_rig();
        let reader = rig.fork();
        rig.anonymous(READ | WRITE, SHARED);
        let child = rig.fork();
        rig.switch_to(child);
        let grandchild = rig.fork();
        rig.switch_to(1);
        let sibling = rig.fork();
        let family = [1, child, grandchild, sibling];
        rig.switch_to(family[foreign]);
        rig.reads("/data");
        rig.switch_to(family[writer]);
        rig.writes("/tmp/out", O_CREAT, b"may hold data");
        rig.switch_to(reader);
        rig.reads("/tmp/out");
        for process in [reader, sibling] {
            rig.switch_to(process);
            rig.ends(1);
        }
        rig.switch_to(grandchild);
        rig.ends(child);
        rig.ends(1);
        let ledger = rig.ended();
        let told = writer_of(&ledger, "/tmp/out");
        assert_eq!(told.process, family[writer]);
        let read = read_of(&ledger, family[foreign], "/data");
        let says = |entry: &&Entry| {
            (read..=told.number).contains(&entry.number) && entry.from.contains(&family[foreign])
        };
        let mut entries = of_process(&ledger, family[writer]).into_iter();
        assert!(entries.any(|entry| says(&entry)), "{foreign} {writer}");
    }
}

/// The one who gives bytes ends, or starts another program, before anybody tells anything.
#[test]
fn who_has_left_common_memory_is_named_by_those_who_stay() {
    for starts_program in [false, true] {
        let mut rig = clean_rig();
        rig.anonymous(READ | WRITE, SHARED);
        let [giver, writer] = [rig.fork(), rig.fork()];
        rig.switch_to(giver);
        rig.reads("/data");
        if starts_program {
            let path = rig.path("/init");
            assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run);
        } else {
            rig.ends(1);
        }
        rig.switch_to(writer);
        rig.writes("/tmp/out", O_CREAT, b"may hold data");
        rig.ends(1);
        if starts_program {
            rig.switch_to(giver);
            rig.ends(1);
        }
        let ledger = rig.ended();
        let told = writer_of(&ledger, "/tmp/out");
        assert!(told.from.contains(&giver) || all_from(&ledger, writer).contains(&giver));
        assert!(read_of(&ledger, giver, "/data") < told.number);
    }
}

/// A vfork child sees what the others put into its parent's memory, and carries it to the program that it starts.
#[test]
fn a_vfork_child_has_its_parents_partners() {
    let mut rig = clean_rig();
    rig.anonymous(READ | WRITE, SHARED);
    let partner = rig.fork();
    let child = rig.vforks();
    rig.switch_to(partner);
    rig.reads("/data");
    rig.switch_to(child);
    let path = rig.path("/init");
    assert_eq!(rig.start(n::EXECVE, &[path, 0, 0]), Next::Run);
    rig.switch_to(child);
    rig.ends(1);
    rig.switch_to(partner);
    rig.ends(1);
    let ledger = rig.ended();
    let first = of_process(&ledger, child)[0];
    assert!(first.from.contains(&partner));
    assert!(read_of(&ledger, partner, "/data") < first.number);
}

#[test]
fn targets_of_links_are_contents() {
    let mut rig = clean_rig();
    let child = rig.fork();
    rig.switch_to(child);
    let target = rig.path_at(PATH_2, "target\u{1}");
    let path = rig.path("/tmp/link");
    rig.done(n::SYMLINKAT, &[target, AT_FDCWD, path]);
    rig.switch_to(1);
    let path = rig.path("/tmp/link");
    for _ in 0..2 {
        rig.done(n::READLINKAT, &[AT_FDCWD, path, DATA, 100]);
    }
    rig.switch_to(child);
    rig.ends(1);
    let ledger = rig.ended();
    let told = writer_of(&ledger, "/tmp/link");
    let link = &told.wrote[0].content;
    assert_eq!((told.process, link.class), (child, Class::Data));
    assert_eq!((link.sha256, link.size), (digest(b"target\x01"), 7));
    let reads: Vec<&File> = of_process(&ledger, 1).iter().flat_map(|entry| &entry.reads).collect();
    let of_link: Vec<_> = reads.iter().filter(|file| file.path == b"/tmp/link").collect();
    assert_eq!(of_link.len(), 1);
    assert_eq!(of_link[0].content, *link);
    assert!(told.number < read_of(&ledger, 1, "/tmp/link"));
}

/// What is known of an address space goes with it, whoever used it last: its number comes again.
#[test]
fn nothing_stays_of_address_spaces_that_are_gone() {
    let mut rig = clean_rig();
    rig.anonymous(READ | WRITE, SHARED);
    let child = rig.fork();
    let borrower = rig.vforks();
    rig.anonymous(READ | WRITE | EXECUTE, PRIVATE);
    assert!(!rig.kernel.ledger.knows_no_space());
    rig.runs_clean_program("/tmp/other");
    for process in [borrower, child] {
        rig.switch_to(process);
        assert_eq!(rig.start(n::EXIT, &[0]), Next::Run);
    }
    rig.switch_to(1);
    rig.runs_clean_program("/tmp/another");
    assert!(rig.kernel.ledger.knows_no_space());
}
