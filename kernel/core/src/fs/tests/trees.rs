//! From a tar to a tree and back to a tar.

use super::*;
use crate::addr::PAGE_SIZE;
use firmseed_formats::tar::testing::{archive, header, member};
use firmseed_formats::tar::{Cause, TarError};
use proptest::prelude::*;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::format;
use std::io::Read;
use std::string::ToString;

fn link_member(name: &[u8], type_flag: u8, target: &[u8]) -> Vec<u8> {
    header(name, type_flag, 0, |block| {
        block[157..157 + target.len()].copy_from_slice(target);
    })
}

fn load(bench: &mut Bench, bytes: Vec<u8>) -> Result<(), TarError> {
    bench.fs.add_tar(Box::leak(bytes.into_boxed_slice()))
}

fn export(bench: &Bench, selection: Selection) -> Vec<u8> {
    let (bytes, left_out) = try_export(bench, selection);
    assert!(left_out.is_empty());
    bytes
}

fn try_export(bench: &Bench, selection: Selection) -> (Vec<u8>, LeftOut) {
    let mut bytes = Vec::new();
    let left_out = export_tar(&bench.fs, &bench.memory, selection, &[], &mut |piece| {
        bytes.extend_from_slice(piece);
        assert!(bytes.len() < 2 << 30, "a tar as large as the holes in it");
        Ok(())
    });
    (bytes, left_out.unwrap())
}

fn left_out(bench: &Bench) -> String {
    LeftOut::of(&bench.fs, Selection::Written).unwrap().to_string()
}

/// A file that ends in a hole: so large, with one page of data at its start.
fn sparse(bench: &mut Bench, path: &str, size: u64) -> InodeId {
    let file = bench.create(path).unwrap();
    bench.fs.write(file, 0, &[1; PAGE_SIZE], &mut bench.pool, &mut bench.memory).unwrap();
    bench.fs.set_size(file, size, &mut bench.pool, &mut bench.memory).unwrap();
    file
}

/// Both names of a file whose holes nobody could bring out are left out, and told; the others come out.
#[test]
fn a_file_of_holes_is_left_out_of_a_tar() {
    let mut bench = Bench::new(4);
    bench.create("after").unwrap();
    let huge = sparse(&mut bench, "b huge", FILE_SIZE_MAX);
    sparse(&mut bench, "c", PAGE_SIZE as u64 + HOLES_MAX);
    bench.fs.link(huge, InodeId::ROOT, b"a second").unwrap();
    let (bytes, rest) = try_export(&bench, Selection::Written);
    let names: Vec<_> = members(&bytes).into_iter().map(|member| member.0).collect();
    let rest = rest.to_string();
    assert_eq!(names, ["after", "c"]);
    let start =
        "left out of the results: /a%20second of 9223372036854775807 bytes, for their holes (";
    assert!(rest.starts_with(start), "{rest}");
    sparse(&mut bench, "d", PAGE_SIZE as u64 + HOLES_MAX + 1);
    assert!(left_out(&bench).contains(", /d of 67112961 bytes, for"));
}

/// Files that are small enough one by one do not fill the world together.
#[test]
fn all_files_of_a_tar_have_so_many_holes_together() {
    let mut bench = Bench::new(20);
    for name in 'a'..='r' {
        sparse(&mut bench, &name.to_string(), PAGE_SIZE as u64 + HOLES_MAX);
    }
    let rest = left_out(&bench);
    assert!(
        rest.contains(": /q of 67112960 bytes, /r of 67112960 bytes, for their holes"),
        "{rest}"
    );
}

/// The members of a tar as the `tar` crate sees them: path, type, mode, link, bytes.
fn members(bytes: &[u8]) -> Vec<(String, u8, u32, String, Vec<u8>)> {
    let mut archive = ::tar::Archive::new(bytes);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut data = Vec::new();
        entry.read_to_end(&mut data).unwrap();
        let path = String::from_utf8(entry.path_bytes().to_vec()).unwrap();
        let link = entry.link_name_bytes().unwrap_or_default().to_vec();
        let header = entry.header();
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap()), (0, 0));
        let kind = header.entry_type().as_byte();
        let mode = header.mode().unwrap();
        (path, kind, mode, String::from_utf8(link).unwrap(), data)
    });
    entries.collect()
}

#[test]
fn a_tar_becomes_a_tree() {
    let mut bench = Bench::new(1);
    let late = header(b"deep/er/", b'5', 0, |block| {
        block[100..108].copy_from_slice(b"0000700\0");
        block[136..148].copy_from_slice(b"00000000777\0");
    });
    let bytes = archive(&[
        member(b"./", b'5', b""),
        member(b"deep/er/file", b'0', b"text"),
        late,
        link_member(b"deep/same", b'1', b"/deep/er/./file"),
        link_member(b"link", b'2', b"deep/same"),
        header(b"dev/null", b'3', 0, |block| {
            block[329..337].copy_from_slice(b"0000001\0");
            block[337..345].copy_from_slice(b"0000003\0");
        }),
        link_member(b"dev/fd", b'2', b"/proc/self/fd"),
        member(b"tmp", b'5', b""),
    ]);
    load(&mut bench, bytes).unwrap();
    let file = bench.at("/link").unwrap();
    assert_eq!(bench.read_all(file), b"text");
    assert!(matches!(bench.fs.chunk(file, 0, 9), Chunk::Bytes(b"text")));
    assert_eq!(bench.fs.stat(file).nlink, 2);
    assert_eq!(bench.fs.origin(file), Origin::Image);
    let stat = bench.fs.stat(bench.at("/deep/er").unwrap());
    assert_eq!((stat.mode, stat.mtime.seconds), (0o040_700, 0o777));
    assert_eq!(bench.fs.stat(bench.at("/deep").unwrap()).mode, 0o040_755);
    assert_eq!(bench.fs.kind(bench.at("/dev/null").unwrap()), FileKind::Device(Device::Null));
}

#[test]
fn members_that_do_not_fit_are_refused_with_their_place() {
    let device = |name: &[u8], minor: &[u8]| {
        header(name, b'3', 0, |block| {
            block[329..337].copy_from_slice(b"0000001\0");
            block[337..345].copy_from_slice(minor);
        })
    };
    let cases = [
        (member(b"a/../b", b'0', b""), Cause::DotDot),
        (member(b"./.", b'0', b""), Cause::NoName),
        (member(b"first", b'0', b""), Cause::PathTaken),
        (member(b"first", b'5', b""), Cause::PathTaken),
        (member(b"tmp", b'0', b""), Cause::PathTaken),
        (member(b"proc/new", b'0', b""), Cause::PathTaken),
        (member(b"dev/null", b'0', b""), Cause::PathTaken),
        (member(b"first/x", b'0', b""), Cause::ParentNotDirectory),
        (link_member(b"hard", b'1', b"none"), Cause::NoTarget),
        (link_member(b"hard", b'1', b"tmp"), Cause::NoTarget),
        (link_member(b"first", b'1', b"first"), Cause::PathTaken),
        (link_member(b"dev/fd", b'2', b"elsewhere"), Cause::PathTaken),
        (device(b"sda", b"0000044\0"), Cause::UnknownDevice { major: 1, minor: 0o44 }),
        (device(b"dev/null", b"0000005\0"), Cause::PathTaken),
    ];
    for (bad, cause) in cases {
        let mut bench = Bench::new(1);
        let error = load(&mut bench, archive(&[member(b"first", b'0', b"1"), bad])).unwrap_err();
        assert_eq!(error, TarError { offset: 1024, cause });
        assert!(bench.at("/first").is_ok());
    }
}

#[test]
fn only_what_was_written_is_exported() {
    let mut bench = Bench::new(8);
    bench.fs.now = Time { seconds: 99, nanoseconds: 9 };
    load(
        &mut bench,
        archive(&[member(b"src/main.c", b'0', b"int"), member(b"src/old", b'0', b"old")]),
    )
    .unwrap();
    assert_eq!(members(&export(&bench, Selection::Written)), []);
    bench.mkdir("/out").unwrap();
    let program = bench.create("/out/program").unwrap();
    bench.write(program, 5000, b"end").unwrap();
    bench.fs.chmod(program, 0o755).unwrap();
    bench.link("/out/program", "/out/again").unwrap();
    bench.symlink("program", "/out/link").unwrap();
    bench.create("/out-side").unwrap();
    let old = bench.at("/src/old").unwrap();
    bench.write(old, 1, b"!").unwrap();
    let mut expected = std::vec![0; 5000];
    expected.extend_from_slice(b"end");
    let entry = |path: &str, kind, mode, link: &str, data: &[u8]| {
        (path.to_string(), kind, mode, link.to_string(), data.to_vec())
    };
    assert_eq!(
        members(&export(&bench, Selection::Written)),
        [
            entry("out-side", b'0', 0o644, "", b""),
            entry("out/", b'5', 0o755, "", b""),
            entry("out/again", b'0', 0o755, "", &expected),
            entry("out/link", b'2', 0o777, "program", b""),
            entry("out/program", b'1', 0o755, "out/again", b""),
            entry("src/old", b'0', 0o644, "", b"o!d"),
        ]
    );
}

#[test]
fn an_error_of_the_sink_stops_the_export() {
    let bench = Bench::new(1);
    let mut calls = 0;
    let result = export_tar(&bench.fs, &bench.memory, Selection::All, &[], &mut |_| {
        calls += 1;
        Err(Errno::ENOSPC)
    });
    assert_eq!((result, calls), (Err(Errno::ENOSPC), 1));
}

#[test]
fn a_deep_tree_is_exported_and_named_without_recursion() {
    let mut bench = Bench::new(1);
    let mut at = InodeId::ROOT;
    for _ in 0..3000 {
        at = bench.fs.create_directory(at, b"d", 0o755).unwrap();
    }
    assert_eq!(bench.path_of(at).len(), 6000);
    let bytes = export(&bench, Selection::Written);
    assert_eq!(members(&bytes).len(), 3000);
}

proptest! {
    /// Names of every length around the limits of the header's fields, out and in again.
    #[test]
    fn a_tree_survives_the_way_through_a_tar(
        files in proptest::collection::btree_map(
            proptest::collection::vec("[a-c\u{e9}]{1,3}|[a-b]{90,130}", 1..5),
            (proptest::collection::vec(any::<u8>(), 0..1200), any::<bool>()),
            1..8,
        ),
        target in "[a-z/]{1,150}",
    ) {
        let mut bench = Bench::new(64);
        let mut model = BTreeMap::new();
        for (names, (data, sparse)) in &files {
            let mut at = InodeId::ROOT;
            let (last, parents) = names.split_last().unwrap();
            for name in parents {
                at = match bench.fs.create_directory(at, name.as_bytes(), 0o755) {
                    Err(Errno::EEXIST) => bench.fs.lookup(at, name.as_bytes()).unwrap(),
                    made => made.unwrap(),
                };
                if !bench.fs.is_directory(at) {
                    break;
                }
            }
            if let Ok(file) = bench.fs.create_file(at, last.as_bytes(), 0o640) {
                let offset = if *sparse { 9000 } else { 0 };
                bench.write(file, offset, data).unwrap();
                model.insert(format!("/{}", names.join("/")), bench.read_all(file));
            }
        }
        bench.symlink(&target, "/the-link").unwrap();
        let bytes = export(&bench, Selection::All);
        // The `tar` crate agrees on what is in it.
        for (path, kind, _, link, data) in members(&bytes) {
            match kind {
                b'0' => prop_assert_eq!(Some(&data), model.get(&format!("/{path}"))),
                b'2' if path == "the-link" => prop_assert_eq!(&link, &target),
                b'2' => prop_assert!(path.starts_with("dev/")),
                _ => prop_assert!(kind == b'5' && path.ends_with('/')),
            }
        }
        let mut copy = Bench::new(1);
        load(&mut copy, bytes.clone()).unwrap();
        for (path, data) in &model {
            let file = copy.at(path).unwrap();
            prop_assert_eq!(&copy.read_all(file), data);
            prop_assert_eq!(copy.fs.stat(file).mode, 0o100_640);
        }
        let link = copy.link_at("/the-link").unwrap();
        prop_assert_eq!(copy.fs.readlink(link).unwrap(), target.as_bytes());
        prop_assert!(export(&copy, Selection::All) == bytes);
    }
}
