//! What one process gets from another: by files, pipes, memory and birth. Whoever gives tells first.

use super::*;

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
    assert_eq!(paths(&child[1].reads), [""; 0], "its own output is no input");
    assert_eq!(child[1].wrote[0].content.sha256, digest(b"IF the child"));
    let own = of_process(&ledger, 1);
    assert_eq!(own.len(), 2);
    let seen: Vec<Digest> = own[1].reads.iter().map(|file| file.content.sha256).collect();
    assert_eq!(seen, [digest(b"of the child"), digest(b"IF the child")]);
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
        let reads: Vec<String> = entries.iter().flat_map(|entry| paths(&entry.reads)).collect();
        assert_eq!(reads, ["/text"], "process {process}");
    }
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
    assert_eq!(own.last().unwrap().reads[0].content.sha256, digest(b"child"));
    assert_eq!(own.last().unwrap().wrote[0].content.sha256, digest(b"child and parent"));
    assert_eq!(of_process(&ledger, child)[0].wrote[0].content.sha256, digest(b"child"));
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
    assert_eq!(maker[0].wrote[0].content, own.last().unwrap().program.content);
    assert!(maker[0].number < own.last().unwrap().number);
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
        let mut all: Vec<u32> =
            of_process(&ledger, process).iter().flat_map(|entry| entry.from.clone()).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(from(1), [one, two]);
    assert_eq!(from(other_reader), [two]);
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
    let writer = ledger.entries.iter().find(|entry| !entry.wrote.is_empty()).unwrap();
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
        entry.unwrap_or_else(|| panic!("{process} got nothing of {source}")).number
    };
    assert!(number(1, child) < number(last, 1));
}

/// The numbers of processes show that none is missing.
#[test]
fn a_fork_that_fails_uses_no_number() {
    let mut rig = rig(Policy::Open);
    let pool = &mut rig.kernel.storage.pool;
    let taken: Vec<_> = core::iter::from_fn(|| pool.allocate().ok()).collect();
    assert_eq!(rig.call(n::CLONE, &FORK), fail(Errno::ENOMEM));
    for frame in taken {
        rig.kernel.storage.pool.release(frame);
    }
    assert_eq!(rig.fork(), 2);
}

/// A name has room for 255 bytes, whatever they are.
#[test]
fn names_in_a_directory_are_bytes_of_their_makers() {
    const REMOVEDIR: u64 = 0x200;
    let mut rig = rig(Policy::Open);
    let ways: [fn(&mut Rig); 8] = [
        |rig| rig.file("/tmp/file", b""),
        |rig| {
            let path = rig.path("/tmp/directory");
            rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o755]);
        },
        |rig| {
            let (old, new) = (rig.path("/text"), rig.path_at(PATH_2, "/tmp/link"));
            rig.done(n::LINKAT, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
        },
        |rig| {
            let (old, new) = (rig.path("/tmp/link"), rig.path_at(PATH_2, "/tmp/moved"));
            rig.done(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
        },
        |rig| {
            let path = rig.path("/tmp/moved");
            rig.done(n::UNLINKAT, &[AT_FDCWD, path, 0]);
        },
        |rig| {
            let path = rig.path("/tmp/directory");
            rig.done(n::UNLINKAT, &[AT_FDCWD, path, REMOVEDIR]);
        },
        |rig| {
            let (target, link) = (rig.path("/text"), rig.path_at(PATH_2, "/tmp/symlink"));
            rig.done(n::SYMLINKAT, &[target, AT_FDCWD, link]);
        },
        |rig| {
            let path = rig.path("/tmp/node");
            rig.done(n::MKNODAT, &[AT_FDCWD, path, 0o644, 0]);
        },
    ];
    let mut makers = Vec::new();
    for way in ways {
        makers.push(rig.fork());
        rig.switch_to(makers[makers.len() - 1]);
        rig.reads("/data");
        way(&mut rig);
        rig.switch_to(1);
        rig.fork(); // who has nothing to do with it, one number further
    }
    let fd = rig.opened("/tmp", O_DIRECTORY);
    assert!(rig.done(n::GETDENTS64, &[fd, DATA, 4096]) > 0);
    rig.writes("/out", O_CREAT, b"a name");
    let other = rig.fork();
    rig.switch_to(other);
    rig.reads("/out");
    rig.switch_to(1);
    let ledger = rig.ended();
    let writer = ledger.entries.iter().find(|entry| paths(&entry.wrote) == ["/out"]);
    let writer = writer.unwrap();
    for maker in makers {
        assert!(writer.from.contains(&maker), "{maker}: {:?}", writer.from);
        assert!(of_process(&ledger, maker)[0].number < writer.number);
    }
    assert!(!writer.from.contains(&other), "not everybody");
}

/// The first to take a name away, and the two directories of one that moves.
#[test]
fn names_that_go_are_bytes_of_who_took_them_away() {
    for (listed, sees) in [("/tmp/from", true), ("/tmp/to", true), ("/tmp", false)] {
        let mut rig = rig(Policy::Open);
        for directory in ["/tmp/from", "/tmp/to"] {
            let path = rig.path(directory);
            rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o755]);
        }
        rig.file("/tmp/from/file", b"");
        let mover = rig.fork();
        rig.switch_to(mover);
        let (old, new) = (rig.path("/tmp/from/file"), rig.path_at(PATH_2, "/tmp/to/file"));
        rig.done(n::RENAMEAT, &[AT_FDCWD, old, AT_FDCWD, new]);
        rig.switch_to(1);
        let fd = rig.opened(listed, O_DIRECTORY);
        rig.done(n::GETDENTS64, &[fd, DATA, 4096]);
        let ledger = rig.ended();
        let told = of_process(&ledger, 1).iter().any(|entry| entry.from.contains(&mover));
        assert_eq!(told, sees, "{listed}");
    }
}

/// A number of an inode comes again: the new file or directory has nothing of the old one's.
#[test]
fn numbers_of_inodes_that_come_again_bring_nothing_along() {
    const REMOVEDIR: u64 = 0x200;
    let mut rig = rig(Policy::Open);
    let inode = |rig: &Rig, path: &[u8]| {
        let fs = &rig.kernel.storage.fs;
        fs.resolve(InodeId::ROOT, path, crate::fs::Follow::Yes).unwrap()
    };
    // A file that its writer has not told of, and a directory with a name of its.
    let one = rig.fork();
    rig.switch_to(one);
    let path = rig.path("/tmp/directory");
    rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o755]);
    rig.file("/tmp/directory/file", b"of one");
    let numbers = [&b"/tmp/directory"[..], b"/tmp/directory/file"].map(|path| inode(&rig, path));
    for (path, flags) in [("/tmp/directory/file", 0), ("/tmp/directory", REMOVEDIR)] {
        let path = rig.path(path);
        rig.done(n::UNLINKAT, &[AT_FDCWD, path, flags]);
    }
    // The directory's number came free last, so it is the first to be used.
    let two = rig.fork();
    rig.switch_to(two);
    let path = rig.path("/directory");
    rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o755]);
    rig.file("/file", b"of two");
    let again = [&b"/directory"[..], b"/file"].map(|path| inode(&rig, path));
    assert_eq!(again, numbers);
    rig.switch_to(1);
    rig.reads("/file");
    let fd = rig.opened("/directory", O_DIRECTORY);
    rig.done(n::GETDENTS64, &[fd, DATA, 4096]);
    let ledger = rig.ended();
    let of_two: Vec<String> =
        of_process(&ledger, two).iter().flat_map(|entry| paths(&entry.wrote)).collect();
    assert_eq!(of_two, ["/file"]);
    let own = of_process(&ledger, 1);
    assert!(own.iter().all(|entry| !entry.from.contains(&one)));
    assert!(own.iter().any(|entry| paths(&entry.reads) == ["/file"]));
}

/// The path of one's directory has the names that lead there, and no others.
#[test]
fn a_path_is_bytes_of_those_who_named_its_parts() {
    let mut rig = rig(Policy::Open);
    let by = |rig: &mut Rig, way: fn(&mut Rig)| {
        let maker = rig.fork();
        rig.switch_to(maker);
        rig.reads("/data");
        way(rig);
        rig.switch_to(1);
        maker
    };
    let made = by(&mut rig, |rig| {
        let path = rig.path("/tmp/first");
        rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o755]);
        let path = rig.path("/tmp/first/inner");
        rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o755]);
    });
    let neighbour = by(&mut rig, |rig| rig.file("/tmp/neighbour", b""));
    let moved = by(&mut rig, |rig| {
        let (old, new) = (rig.path("/tmp/first"), rig.path_at(PATH_2, "/tmp/second"));
        rig.done(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
    });
    let behind = by(&mut rig, |rig| rig.file("/tmp/second/behind", b""));
    let path = rig.path("/tmp/second/inner");
    rig.done(n::CHDIR, &[path]);
    assert!(rig.done(n::GETCWD, &[DATA, 100]) > 0);
    rig.writes("/out", O_CREAT, b"a name");
    let other = rig.fork();
    rig.switch_to(other);
    rig.reads("/out");
    rig.switch_to(1);
    let ledger = rig.ended();
    let mut entries = ledger.entries.iter();
    let writer = entries.find(|entry| paths(&entry.wrote) == ["/out"]).unwrap();
    assert!(writer.from.contains(&made), "{:?}", writer.from);
    assert!(writer.from.contains(&moved), "{:?}", writer.from);
    assert!(!writer.from.contains(&neighbour), "{:?}", writer.from);
    assert!(!writer.from.contains(&behind), "{:?}", writer.from);
}

#[test]
fn settings_of_the_terminal_are_bytes_of_who_made_them() {
    const TCGETS: u64 = 0x5401;
    const TCSETS: u64 = 0x5402;
    const TIOCGWINSZ: u64 = 0x5413;
    const TIOCSWINSZ: u64 = 0x5414;
    for asks in [TCGETS, TIOCGWINSZ] {
        let mut rig = rig(Policy::Open);
        let [one, two] = [rig.fork(), rig.fork()];
        for (process, sets) in [(one, TCSETS), (two, TIOCSWINSZ)] {
            rig.switch_to(process);
            rig.done(n::IOCTL, &[0, sets, DATA]);
            rig.switch_to(1);
        }
        rig.done(n::IOCTL, &[0, asks, DATA]);
        let ledger = rig.ended();
        let froms = |process| -> Vec<u32> {
            let entries = of_process(&ledger, process);
            entries.iter().flat_map(|entry| entry.from.clone()).collect()
        };
        assert_eq!((froms(1), froms(two)), (vec![two], vec![one]));
    }
}

/// What comes to a writer of a pipe that its reader knows already is no less news for that reader.
#[test]
fn a_reader_gets_to_know_what_came_to_the_writer_later() {
    let ways: [fn(&mut Rig, u32, [u64; 2]); 2] = [
        // By another pipe.
        |rig, giver, ends| {
            rig.switch_to(giver);
            rig.done(n::WRITE, &[ends[1], DATA, 4]);
        },
        // By names in a directory.
        |rig, giver, _| {
            rig.switch_to(giver);
            rig.file("/tmp/name", b"");
        },
    ];
    for (way, by_names) in ways.into_iter().zip([false, true]) {
        let mut rig = rig(Policy::Open);
        let pipes = [rig.pipe(), rig.pipe()].map(<[u64; 2]>::from);
        let folder = rig.opened("/tmp", 0);
        let giver = rig.fork();
        let between = rig.fork();
        rig.switch_to(giver);
        rig.reads("/data");
        // It has told what it read.
        rig.fork();
        rig.switch_to(between);
        rig.done(n::WRITE, &[pipes[1][1], DATA, 1]);
        rig.switch_to(1);
        rig.done(n::READ, &[pipes[1][0], DATA, 1]);
        way(&mut rig, giver, pipes[0]);
        rig.switch_to(between);
        match by_names {
            false => rig.done(n::READ, &[pipes[0][0], DATA, 4]),
            true => rig.done(n::GETDENTS64, &[folder, DATA, 512]),
        };
        rig.done(n::WRITE, &[pipes[1][1], DATA, 4]);
        rig.switch_to(1);
        rig.done(n::READ, &[pipes[1][0], DATA, 4]);
        rig.writes("/tmp/out", O_CREAT, b"data");
        let ledger = rig.ended();
        let written = |process: u32, at: fn(&Entry) -> bool| {
            let entries = of_process(&ledger, process);
            let entry = entries.iter().find(|entry| at(entry));
            entry.expect("an entry that tells it").number
        };
        let got = of_process(&ledger, between)
            .iter()
            .find(|entry| entry.from.contains(&giver))
            .expect("what came from the giver is told")
            .number;
        let wrote = written(1, |entry| paths(&entry.wrote).contains(&"/tmp/out".into()));
        assert!(got < wrote, "told in entry {got}, used in entry {wrote}");
    }
}

/// Whoever makes a file where a dangling link points gives it the name that stands in the link.
#[test]
fn a_name_from_a_dangling_link_is_bytes_of_the_link() {
    let mut rig = rig(Policy::Open);
    let linker = rig.fork();
    rig.switch_to(linker);
    let (target, link) = (rig.path("/tmp/bytes"), rig.path_at(PATH_2, "/link"));
    rig.done(n::SYMLINKAT, &[target, AT_FDCWD, link]);
    rig.switch_to(1);
    rig.writes("/link", O_CREAT, b"a name");
    let ledger = rig.ended();
    let own = of_process(&ledger, 1);
    let reads: Vec<String> = own.iter().flat_map(|entry| paths(&entry.reads)).collect();
    assert_eq!(reads, ["/link"]);
}

#[test]
fn what_one_thread_reads_and_another_writes_is_the_processs() {
    let mut rig = rig(Policy::Open);
    let child = rig.fork();
    rig.switch_to(child);
    let thread = rig.done(n::CLONE, &[THREAD[0], 0x45_0000]) as u32;
    rig.reads("/data");
    while rig.kernel.processes.current().thread.tid.0 != thread {
        assert_eq!(rig.tick(), Next::Run);
    }
    rig.writes("/tmp/a", O_CREAT, b"of the thread");
    rig.start(n::EXIT_GROUP, &[0]);
    let ledger = rig.ended();
    let [entry] = of_process(&ledger, child)[..] else {
        panic!("one process, one entry");
    };
    assert_eq!(paths(&entry.reads), ["/data"]);
    assert_eq!(paths(&entry.wrote), ["/tmp/a"]);
}
