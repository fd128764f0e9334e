//! From paths to inodes and back.

use super::*;
use crate::fs::NO_LINKS;
use std::format;

#[test]
fn dots_slashes_and_links_lead_where_they_should() {
    let mut bench = Bench::new(1);
    bench.mkdir("/a").unwrap();
    let b = bench.mkdir("/a/b").unwrap();
    let file = bench.create("/a/b/file").unwrap();
    let down = bench.symlink("a/b", "/down").unwrap();
    bench.symlink("/a/../down", "/a/absolute").unwrap();
    bench.symlink("../..", "/a/b/up").unwrap();
    for path in [
        "/a/b",
        "//a///b//",
        "/a/./b/.",
        "/../a/b",
        "/down",
        "/down/",
        "/a/absolute",
        "/down/up/a/b",
    ] {
        assert_eq!(bench.at(path), Ok(b), "{path}");
    }
    assert_eq!(bench.link_at("/down"), Ok(down));
    assert_eq!(bench.link_at("/down/"), Ok(b));
    assert_eq!(bench.at("/down/up/down/up/a/absolute/file"), Ok(file));
    assert_eq!(bench.at("/a/b/file/"), Err(Errno::ENOTDIR));
    assert_eq!(bench.at("/a/b/file/."), Err(Errno::ENOTDIR));
    assert_eq!(bench.at("/a/b/file/.."), Err(Errno::ENOTDIR));
    assert_eq!(bench.at("/a/none/.."), Err(Errno::ENOENT));
    assert_eq!(bench.at(""), Err(Errno::ENOENT));
    assert_eq!(bench.fs.resolve(b, b"../b/file", Follow::Yes), Ok(file));
    assert_eq!(bench.fs.resolve(file, b"x", Follow::Yes), Err(Errno::ENOTDIR));
    assert_eq!(bench.fs.resolve(file, b"/a/b", Follow::Yes), Ok(b));
}

#[test]
fn the_last_name_is_split_off_with_its_slashes() {
    let mut bench = Bench::new(1);
    let a = bench.mkdir("/a").unwrap();
    let root = InodeId::ROOT;
    let cases: [(&str, InodeId, &[u8]); 8] = [
        ("/", root, b"/"),
        ("///", root, b"///"),
        ("x", root, b"x"),
        ("/x//", root, b"x//"),
        ("/a/x", a, b"x"),
        ("a//x/", a, b"x/"),
        ("/a/.", a, b"."),
        ("/a/../..", root, b".."),
    ];
    for (path, directory, name) in cases {
        assert_eq!(bench.parent(path), Ok((directory, name)), "{path}");
    }
    assert_eq!(bench.parent("/none/x"), Err(Errno::ENOENT));
    bench.create("/file").unwrap();
    assert_eq!(bench.parent("/file/x"), Err(Errno::ENOTDIR));
    let file = bench.at("/file").unwrap();
    assert_eq!(bench.fs.resolve_parent(file, b"x"), Err(Errno::ENOTDIR));
    assert_eq!(bench.parent(""), Err(Errno::ENOENT));
}

#[test]
fn lengths_are_limited() {
    let mut bench = Bench::new(1);
    let name = "n".repeat(NAME_MAX);
    assert!(bench.create(&format!("/{name}")).is_ok());
    assert!(bench.at(&format!("/{name}")).is_ok());
    assert_eq!(bench.at(&format!("/{name}n")), Err(Errno::ENAMETOOLONG));
    assert_eq!(bench.create(&format!("/{name}n")), Err(Errno::ENAMETOOLONG));
    assert_eq!(bench.mkdir(&format!("/{name}n/")), Err(Errno::ENAMETOOLONG));
    assert_eq!(bench.at(&"/".repeat(PATH_MAX - 1)), Ok(InodeId::ROOT));
    assert_eq!(bench.at(&"/".repeat(PATH_MAX)), Err(Errno::ENAMETOOLONG));
    assert_eq!(bench.parent(&"/".repeat(PATH_MAX)), Err(Errno::ENAMETOOLONG));
    assert_eq!(bench.symlink(&"/".repeat(PATH_MAX), "/l"), Err(Errno::ENAMETOOLONG));
    assert_eq!(bench.symlink("", "/l"), Err(Errno::ENOENT));
}

#[test]
fn forty_links_are_followed_and_no_more() {
    let mut bench = Bench::new(1);
    let file = bench.create("/l0").unwrap();
    for number in 1..=41 {
        bench.symlink(&format!("l{}", number - 1), &format!("/l{number}")).unwrap();
    }
    assert_eq!(bench.at("/l40"), Ok(file));
    assert_eq!(bench.at("/l41"), Err(Errno::ELOOP));
    bench.symlink("loop", "/loop").unwrap();
    assert_eq!(bench.at("/loop"), Err(Errno::ELOOP));
    assert!(bench.link_at("/loop").is_ok());
    assert_eq!(bench.link_at("/loop/"), Err(Errno::ELOOP));
    // Each level leaves something to walk behind it: the deepest pile there can be.
    bench.symlink(".", "/m0").unwrap();
    for number in 1..=40 {
        bench.symlink(&format!("m{}/.", number - 1), &format!("/m{number}")).unwrap();
    }
    assert_eq!(bench.at("/m39/l0"), Ok(file));
    assert_eq!(bench.at("/m40/l0"), Err(Errno::ELOOP));
}

#[test]
fn open_creates_where_a_dangling_link_points() {
    let mut bench = Bench::new(1);
    bench.mkdir("/d").unwrap();
    bench.symlink("../e/new", "/d/link").unwrap();
    let mut open = |path: &str, follow, create| {
        bench.fs.open_or_create(InodeId::ROOT, path.as_bytes(), follow, create, 0o600, NO_LINKS)
    };
    assert_eq!(open("/d/link", Follow::Yes, Create::IfMissing), Err(Errno::ENOENT));
    assert_eq!(open("/d/link", Follow::Yes, Create::Exclusive), Err(Errno::EEXIST));
    assert!(matches!(open("/d/link", Follow::No, Create::IfMissing), Ok(Opened::Existing(_))));
    assert_eq!(open("/d", Follow::Yes, Create::IfMissing), Err(Errno::EISDIR));
    assert_eq!(open("/", Follow::Yes, Create::IfMissing), Err(Errno::EISDIR));
    assert_eq!(open("/x/", Follow::Yes, Create::IfMissing), Err(Errno::EISDIR));
    bench.mkdir("/e").unwrap();
    let mut open = |path: &str| {
        let (follow, create) = (Follow::Yes, Create::IfMissing);
        bench.fs.open_or_create(InodeId::ROOT, path.as_bytes(), follow, create, 0o600, NO_LINKS)
    };
    let Ok(Opened::Created { inode: new, .. }) = open("/d/link") else {
        panic!("not created");
    };
    assert_eq!(open("/d/link"), Ok(Opened::Existing(new)));
    assert_eq!(open("/e/new"), Ok(Opened::Existing(new)));
    assert_eq!(bench.path_of(new), "/e/new");
}

#[test]
fn paths_follow_what_is_renamed_linked_and_unlinked() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.path_of(InodeId::ROOT), "/");
    bench.mkdir("/a").unwrap();
    let b = bench.mkdir("/a/b").unwrap();
    let file = bench.create("/a/b/file").unwrap();
    assert_eq!(bench.path_of(b), "/a/b");
    bench.rename("/a/b", "/c", Rename::Replace).unwrap();
    assert_eq!(bench.path_of(file), "/c/file");
    bench.link("/c/file", "/a/other").unwrap();
    assert_eq!(bench.path_of(file), "/a/other");
    bench.unlink("/a/other").unwrap();
    assert_eq!(bench.path_of(file), "/c/file");
    bench.link("/c/file", "/a/other").unwrap();
    bench.unlink("/a/other").unwrap();
    bench.rmdir("/a").unwrap();
    // The directory where the file was named last is gone, and its inode is used again.
    bench.create("/not-a-directory").unwrap();
    assert_eq!(bench.path_of(file), "/c/file");
}
