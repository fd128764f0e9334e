//! Tests of the reader: archives of the `tar` crate, archives by hand, and damage.

use super::testing::{archive, header, member, sign};
use super::*;
use proptest::prelude::*;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// A pax record whose length has two or three digits.
fn record(key: &str, value: &str) -> String {
    let length = key.len() + value.len() + 5;
    let length = if length > 99 { length + 1 } else { length };
    format!("{length} {key}={value}\n")
}

fn path(entry: &TarEntry) -> String {
    let names: Result<Vec<_>, _> = entry.path.components().collect();
    String::from_utf8(names.unwrap().join(&b'/')).unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<TarEntry<'_>>, TarError> {
    Archive::new(bytes).collect()
}

fn cause(bytes: &[u8]) -> Cause {
    read(bytes).unwrap_err().cause
}

#[test]
fn members_are_slices_of_the_archive() {
    let bytes = archive(&[
        member(b"./dir/", b'5', b""),
        member(b"dir//file", b'0', b"contents"),
        header(b"dir/link", b'2', 0, |block| block[157..161].copy_from_slice(b"file")),
        header(b"again", b'1', 0, |block| block[157..165].copy_from_slice(b"dir/file")),
        header(b"null", b'3', 0, |block| {
            block[329..337].copy_from_slice(b"0000001\0");
            block[337..345].copy_from_slice(b"0000003\0");
        }),
        header(b"name", b'0', 0, |block| block[345..351].copy_from_slice(b"pre/fi")),
    ]);
    let entries = read(&bytes).unwrap();
    let paths: Vec<_> = entries.iter().map(path).collect();
    assert_eq!(paths, ["dir", "dir/file", "dir/link", "again", "null", "pre/fi/name"]);
    assert_eq!(entries[0].kind, EntryKind::Directory);
    let EntryKind::File(data) = entries[1].kind else {
        panic!("not a file");
    };
    assert_eq!(data, b"contents");
    assert_eq!(data.as_ptr(), bytes[2 * BLOCK..].as_ptr());
    assert_eq!(entries[1].offset, BLOCK);
    assert_eq!(entries[2].kind, EntryKind::Symlink(b"file"));
    assert!(matches!(entries[3].kind, EntryKind::HardLink(_)));
    assert_eq!(entries[4].kind, EntryKind::CharacterDevice { major: 1, minor: 3 });
    assert_eq!(read(&archive(&[])), Ok(Vec::new()));
}

#[test]
fn extended_headers_speak_for_the_next_member_only() {
    let long = "n/".repeat(200) + "n";
    let records = [
        record("path", &long),
        record("mtime", "-12345.5"),
        "9 size=3\n".to_string(),
        record("uid", "4242"),
        record("comment", "\u{e9} not read"),
    ];
    let records = records.concat();
    let bytes = archive(&[
        member(b"g", b'g', b"20 comment=a commit\n"),
        member(b"x", b'x', records.as_bytes()),
        member(b"short", b'0', b"abc"),
        member(b"plain", b'0', b""),
        member(b"L", b'L', b"gnu long name\0"),
        member(b"K", b'K', b"gnu long link\0"),
        member(b"x", b'2', b""),
    ]);
    let entries = read(&bytes).unwrap();
    assert_eq!(path(&entries[0]), long);
    assert_eq!((entries[0].modified, entries[0].uid), (-12346, 4242));
    assert_eq!((path(&entries[1]).as_str(), entries[1].modified), ("plain", 0));
    assert_eq!(path(&entries[2]), "gnu long name");
    assert_eq!(entries[2].kind, EntryKind::Symlink(b"gnu long link"));
    // g: 2 blocks, x: 2, short: 2, plain: 1.
    assert_eq!(entries[2].offset, 7 * BLOCK);
}

#[test]
fn damage_is_named_with_its_place() {
    let good = archive(&[member(b"one", b'0', b"1"), member(b"two", b'0', b"2")]);
    for offset in [0, 50, 130, 300, 511] {
        let mut bytes = good.clone();
        bytes[2 * BLOCK + offset] ^= 1;
        let error = read(&bytes).unwrap_err();
        assert_eq!(error.offset, 2 * BLOCK);
        assert!(matches!(error.cause, Cause::Checksum { .. }), "{offset}: {error}");
        assert!(error.to_string().starts_with("tar: member header at offset 1024: "));
    }
    for length in 0..good.len() {
        let error = read(&good[..length]).unwrap_err();
        let expected = matches!(error.cause, Cause::Truncated { .. } | Cause::BadEnd);
        assert!(expected, "cut at {length}: {error}");
    }
    let mut hidden = good.clone();
    hidden.extend_from_slice(&member(b"hidden", b'0', b""));
    assert_eq!(cause(&hidden), Cause::BadEnd);
}

#[test]
fn a_header_of_the_largest_bytes_adds_up() {
    let bytes = header(b"m", b'0', 0, |block| {
        block[1..100].fill(0xff);
        block[157..257].fill(0xff);
        block[265..329].fill(0xff);
        block[345..512].fill(0xff);
    });
    let entries = archive(&[bytes]);
    assert_eq!(read(&entries).unwrap()[0].path.name.len(), 100);
}

#[test]
fn what_is_not_supported_is_refused() {
    let one = |bytes: Vec<u8>| cause(&archive(&[bytes]));
    let edited = |type_flag, edit: fn(&mut [u8])| one(header(b"m", type_flag, 0, edit));
    assert_eq!(edited(b'0', |block| block[257..265].fill(0)), Cause::NotUstar);
    assert_eq!(edited(b'6', |_| {}), Cause::UnsupportedType { type_flag: '6' });
    assert_eq!(edited(b'S', |_| {}), Cause::UnsupportedType { type_flag: 'S' });
    assert_eq!(edited(b'2', |_| {}), Cause::NoLinkTarget);
    assert_eq!(edited(b'0', |block| block[124] = b'9'), Cause::BadNumber { field: "size" });
    assert_eq!(edited(b'0', |block| block[124] = 0xff), Cause::BadNumber { field: "size" });
    assert_eq!(edited(b'0', |block| block[100] = 0xff), Cause::BadNumber { field: "mode" });
    assert!(matches!(edited(b'0', |block| block[124..136].fill(b'7')), Cause::Truncated { .. }));
    assert!(matches!(
        edited(b'0', |block| block[124..136]
            .copy_from_slice(&[0x80, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        Cause::Truncated { .. } | Cause::BadNumber { .. }
    ));
    assert_eq!(one(header(b"m", b'5', 9, |_| {})), Cause::UnexpectedData { size: 9 });
    let dots = archive(&[member(b"a/../b", b'0', b"")]);
    let dots = read(&dots).unwrap();
    assert_eq!(dots[0].path.components().last(), Some(Ok(&b"b"[..])));
    assert!(dots[0].path.components().any(|name| name == Err(Cause::DotDot)));
    for (record, expected) in [
        (&b"9 path=a"[..], Cause::BadPax { at: 0 }),
        (b"7 path\n", Cause::BadPax { at: 0 }),
        (b"5 =a\n", Cause::BadPax { at: 0 }),
        (b"99999999999999999999 a=b\n", Cause::BadPax { at: 0 }),
        (b"0 a=b\n", Cause::BadPax { at: 0 }),
        (b"2 a=b\n", Cause::BadPax { at: 0 }),
        (b"6 a=b\n9 uid=-1\n", Cause::BadPax { at: 6 }),
        (b"10 size=x\n", Cause::BadPax { at: 0 }),
        (b"11 mtime=.\n", Cause::BadPax { at: 0 }),
        (b"11 path=a\0\n", Cause::NulInPath),
        (b"21 GNU.sparse.size=1\n", Cause::UnsupportedPax),
    ] {
        assert_eq!(
            one(member(b"x", b'x', record)),
            expected,
            "{:?}",
            String::from_utf8_lossy(record)
        );
    }
    assert_eq!(one(member(b"g", b'g', b"9 path=a\n")), Cause::UnsupportedPax);
    assert_eq!(one(member(b"x", b'x', b"9 path=a\n")), Cause::DanglingExtension);
}

#[derive(Clone, Debug)]
struct Sample {
    path: String,
    data: Vec<u8>,
    mode: u32,
    mtime: u64,
}

fn sample() -> impl Strategy<Value = Sample> {
    let name = "[a-z0-9 \u{e9}]{1,120}";
    let path = proptest::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    let data = proptest::collection::vec(any::<u8>(), 0..1500);
    (path, data, 0u32..0o10000, 0u64..1 << 40).prop_map(|(path, data, mode, mtime)| Sample {
        path,
        data,
        mode,
        mtime,
    })
}

proptest! {
    /// The `tar` crate writes GNU long names and base-256 numbers when it has to.
    #[test]
    fn reads_what_the_tar_crate_writes(samples in proptest::collection::vec(sample(), 0..6)) {
        let mut builder = ::tar::Builder::new(Vec::new());
        for sample in &samples {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(sample.data.len() as u64);
            header.set_mode(sample.mode);
            header.set_mtime(sample.mtime);
            builder.append_data(&mut header, &sample.path, &sample.data[..]).unwrap();
        }
        let bytes = builder.into_inner().unwrap();
        let entries = read(&bytes).unwrap();
        prop_assert_eq!(entries.len(), samples.len());
        for (entry, sample) in entries.iter().zip(&samples) {
            prop_assert_eq!(path(entry), &sample.path[..]);
            prop_assert_eq!(entry.kind, EntryKind::File(&sample.data));
            prop_assert_eq!(entry.permissions, sample.mode);
            prop_assert_eq!(entry.modified, sample.mtime as i64);
        }
    }

    /// Headers with a right checksum and wrong everything else: an error or members, never a panic.
    #[test]
    fn hostile_archives_end(
        blocks in proptest::collection::vec((any::<u8>(), proptest::collection::vec((0usize..512, any::<u8>()), 0..8), any::<bool>()), 1..8),
        records in "[ -~\n]{0,200}",
    ) {
        let mut bytes = Vec::new();
        for (choice, edits, signed) in blocks {
            let flags = b"0\x00512345xgLK7S";
            let mut block = header(b"some/name", flags[usize::from(choice) % flags.len()], records.len(), |_| {});
            for (at, value) in edits {
                block[at] = value;
            }
            if signed {
                sign(&mut block);
            }
            bytes.extend_from_slice(&block);
            bytes.extend_from_slice(records.as_bytes());
            bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        }
        for entry in Archive::new(&bytes).take(100).flatten() {
            prop_assert!(entry.path.components().count() < 600);
        }
    }
}
