//! The lines that tell how far the chain has come.

use super::*;
use firmseed_formats::sha256::{digest, to_hex};

/// A machine that expects /one to hold "1" and /two to hold "2".
fn rig() -> Rig {
    Rig::with_options(4096, &options(), |fs, pool, machine| {
        let mut list = Vec::new();
        for (path, contents) in [("/one", b"1"), ("/two", b"2")] {
            list.extend(to_hex(&digest(contents)));
            list.extend(b"  ");
            list.extend(path.bytes());
            list.push(b'\n');
        }
        let file = fs.create_file(InodeId::ROOT, b"SHA256SUMS", 0o444).unwrap();
        fs.write(file, 0, &list, pool, machine).unwrap();
    })
}

/// A child writes the file and ends.
fn make(rig: &mut Rig, path: &str, contents: &[u8]) {
    let child = rig.fork();
    rig.switch_to(child);
    rig.file(path, contents);
    rig.start(n::EXIT_GROUP, &[0]);
    assert_eq!(rig.pid(), 1);
}

#[test]
fn each_file_of_the_list_has_its_line_when_it_is_made() {
    let mut rig = rig();
    make(&mut rig, "/other", b"1");
    assert_eq!(rig.output(), "");
    make(&mut rig, "/one", b"1");
    let first = rig.output();
    assert!(first.contains("[ 1/2]") && first.contains("/one"), "{first}");
    assert!(
        first.contains("      1 bytes  sha256 6b86b273ff34fce1  as expected, by /init"),
        "{first}"
    );
    make(&mut rig, "/two", b"not 2");
    let second = rig.output();
    assert!(second.contains("[ 2/2]") && second.contains("NOT AS EXPECTED"), "{second}");
    make(&mut rig, "/one", b"again");
    assert_eq!(rig.output(), second, "a file has one line");
}

#[test]
fn a_file_that_is_being_written_waits() {
    let mut rig = rig();
    let fd = rig.opened("/one", O_CREAT | O_WRONLY);
    make(&mut rig, "/other", b"1");
    assert_eq!(rig.output(), "");
    assert_eq!(rig.write(fd, b"1"), 1);
    rig.done(n::CLOSE, &[fd]);
    make(&mut rig, "/other", b"1");
    assert!(rig.output().contains("as expected"));
}

#[test]
fn lines_that_are_no_hash_and_path_are_passed_over() {
    let list = b"\nshort\n0123  /x\n";
    let mut rig = Rig::with_options(4096, &options(), |fs, pool, machine| {
        let file = fs.create_file(InodeId::ROOT, b"SHA256SUMS", 0o444).unwrap();
        fs.write(file, 0, list, pool, machine).unwrap();
    });
    make(&mut rig, "/x", b"1");
    assert_eq!(rig.output(), "");
}
