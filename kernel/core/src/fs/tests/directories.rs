//! Listings, and directories with many names.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::format;
use std::string::ToString;

#[test]
fn a_listing_starts_with_itself_and_its_parent() {
    let mut bench = Bench::new(1);
    let outer = bench.mkdir("/outer").unwrap();
    let inner = bench.mkdir("/outer/inner").unwrap();
    bench.create("/outer/b").unwrap();
    bench.symlink("b", "/outer/a").unwrap();
    assert_eq!(bench.names(outer), [".", "..", "inner", "b", "a"]);
    let second = bench.fs.entry_after(inner, 1).unwrap();
    assert_eq!((second.name, second.inode), (&b".."[..], outer));
    let types: Vec<_> =
        [2, 3, 4].map(|cookie| bench.fs.entry_after(outer, cookie).unwrap().file_type).into();
    assert_eq!(types, [FileType::Directory, FileType::Regular, FileType::Symlink]);
    assert_eq!(FileType::Symlink.directory_type(), 10);
    assert_eq!(bench.fs.entry_after(outer, u64::MAX), None);
    let file = bench.at("/outer/b").unwrap();
    assert_eq!(bench.fs.entry_after(file, 0), None);
}

#[test]
fn a_removed_directory_that_is_held_is_empty_and_stays_so() {
    let mut bench = Bench::new(1);
    let gone = bench.mkdir("/gone").unwrap();
    bench.fs.hold(gone);
    assert_eq!(bench.fs.stat(InodeId::ROOT).nlink, 6);
    bench.rmdir("/gone").unwrap();
    assert_eq!(bench.fs.stat(InodeId::ROOT).nlink, 5);
    assert_eq!(bench.fs.stat(gone).nlink, 0);
    assert_eq!(bench.path_of(gone), "/gone (deleted)");
    assert_eq!(bench.fs.entry_after(gone, 0), None);
    assert_eq!(bench.fs.create_file(gone, b"x", 0o644), Err(Errno::ENOENT));
    assert_eq!(bench.fs.resolve(gone, b".", Follow::Yes), Ok(gone));
    assert_eq!(bench.fs.resolve(gone, b"..", Follow::Yes), Ok(InodeId::ROOT));
    bench.fs.drop_hold(gone, &mut bench.pool);
    assert_eq!(bench.mkdir("/next"), Ok(gone));
}

#[test]
fn the_parent_of_a_removed_directory_stays_as_long() {
    let mut bench = Bench::new(1);
    let (outer, inner) = (bench.mkdir("/outer").unwrap(), bench.mkdir("/outer/inner").unwrap());
    bench.fs.hold(inner);
    bench.rmdir("/outer/inner").unwrap();
    bench.rmdir("/outer").unwrap();
    let next = bench.mkdir("/next").unwrap();
    assert!(next != outer && next != inner);
    assert_eq!(bench.fs.resolve(inner, b"..", Follow::Yes), Ok(outer));
    assert_eq!(bench.fs.resolve(inner, b"../..", Follow::Yes), Ok(InodeId::ROOT));
    bench.fs.drop_hold(inner, &mut bench.pool);
    let again = [bench.mkdir("/one").unwrap(), bench.mkdir("/two").unwrap()];
    assert_eq!(again, [outer, inner]);
}

#[test]
fn ten_thousand_files_come_and_go_while_they_are_listed() {
    let mut bench = Bench::new(1);
    let directory = bench.mkdir("/many").unwrap();
    for number in 0..10_000 {
        let name = format!("file-{number}");
        bench.fs.create_file(directory, name.as_bytes(), 0o644).unwrap();
    }
    assert_eq!(bench.names(directory).len(), 10_002);
    // What rm -r does, with every tenth kept.
    let mut cookie = 2;
    let mut seen = 0;
    while let Some(entry) = bench.fs.entry_after(directory, cookie) {
        cookie = entry.cookie;
        let name = entry.name.to_vec();
        assert_eq!(name, format!("file-{seen}").as_bytes());
        if seen % 10 != 0 {
            bench.fs.unlink(directory, &name, &mut bench.pool).unwrap();
        }
        seen += 1;
    }
    assert_eq!(seen, 10_000);
    assert_eq!(bench.names(directory).len(), 1_002);
    assert!(bench.at("/many/file-990").is_ok());
    assert_eq!(bench.at("/many/file-991"), Err(Errno::ENOENT));
}

/// Names that come and go must not make the directory grow, and cookies must not be used again.
#[test]
fn a_busy_directory_stays_small() {
    let mut bench = Bench::new(1);
    let tmp = bench.at("/tmp").unwrap();
    bench.create("/tmp/keep").unwrap();
    for round in 0..5_000 {
        let path = format!("/tmp/job-{round}");
        bench.create(&path).unwrap();
        bench.unlink(&path).unwrap();
    }
    assert!(bench.fs.directory(tmp).unwrap().place_count() < 64);
    assert!(bench.fs.entry_after(tmp, 2 + 5_000).is_none());
    assert_eq!(bench.names(tmp), [".", "..", "keep"]);
}

proptest! {
    #[test]
    fn a_directory_behaves_like_a_map(
        steps in proptest::collection::vec((0u8..4, 0u16..60), 1..400),
    ) {
        let mut directory = Directory::new(directory::Seal::Open);
        let mut model = BTreeMap::new();
        for (number, (action, name)) in steps.into_iter().enumerate() {
            let name = name.to_string();
            let inode = InodeId(number as u32);
            let known = model.contains_key(&name);
            match (action, known) {
                (0, _) => {
                    directory.remove(name.as_bytes());
                    model.remove(&name);
                }
                (1, _) => {
                    directory.replace(name.as_bytes(), inode);
                    model.entry(name.clone()).and_modify(|old: &mut (usize, InodeId)| old.1 = inode);
                }
                (_, false) => {
                    directory.reserve().unwrap();
                    directory.insert(name::Name::copy(name.as_bytes()).unwrap(), inode);
                    model.insert(name.clone(), (number, inode));
                }
                _ => {}
            }
            prop_assert_eq!(directory.get(name.as_bytes()), model.get(&name).map(|known| known.1));
            prop_assert_eq!(directory.is_empty(), model.is_empty());
        }
        // Listed in the order of creation.
        let mut expected: Vec<_> = model.iter().map(|(name, (born, inode))| (*born, name.as_bytes(), *inode)).collect();
        expected.sort_unstable();
        let expected: Vec<_> = expected.into_iter().map(|(_, name, inode)| (name, inode)).collect();
        let listed: Vec<_> = directory.after(0).map(|(_, name, inode)| (name, inode)).collect();
        prop_assert_eq!(listed, expected);
    }
}
