//! The index format: what is accepted, that everything else is refused with its line, and lookups.

use super::*;
use crate::escape::Escape;
use crate::sha256::Hex;
use proptest::prelude::*;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn body() -> String {
    format!(
        "firmseed-index 2\nkernel 4096 {HASH} other\nsymbols 8192 30 {HASH}\ntar 12288 2048 {HASH}\n\
         init /bin/sh\narg -c\narg %\narg a%20b\nenv HOME=/\ncwd /\npolicy open\ncontinues {HASH}\nseed seed/hex0.hex0 /bin/hex0\n\
         dir 0755 bin\nfile {HASH} 4755 5 12800 bin/sh\nsymlink bin/ash sh\nhardlink bin/b%25%0A bin/sh\n\
         device 1 3 dev/null\nend {HASH}\n"
    )
}

/// An image with the index at 4096; kernel, symbols and tar are zeros.
fn image(index: &str) -> Vec<u8> {
    let mut image = std::vec![0; 14336];
    image[4096..4096 + index.len()].copy_from_slice(index.as_bytes());
    image
}

fn refused(from: &str, to: &str) -> String {
    let text = body();
    assert!(text.contains(from), "the test's own needle {from:?} is gone");
    let image = image(&text.replacen(from, to, 1));
    let result = Index::open(&image, 4096)
        .and_then(|index| index.members().try_for_each(|member| member.map(drop)));
    result.expect_err("a damaged index was accepted").to_string()
}

#[test]
fn every_fact_is_read() {
    let image = image(&body());
    let index = Index::open(&image, 4096).unwrap();
    assert_eq!(index.kernel.size, 4096);
    assert_eq!(index.symbols.unwrap().offset, 8192);
    assert_eq!((index.tar.offset, index.tar.size), (12288, 2048));
    assert!(index.init == *b"/bin/sh" && index.cwd == *b"/");
    assert_eq!(index.policy, Policy::Open);
    assert_eq!(Hex(&index.continues.unwrap()).to_string(), HASH);
    assert_eq!(index.text, body().as_bytes());
    let arguments: Vec<Vec<u8>> = index.arguments().map(|a| a.bytes().collect()).collect();
    assert_eq!(arguments, [&b"-c"[..], b"", b"a b"]);
    assert!(index.environment().next().unwrap() == *b"HOME=/");
    let seeds: Vec<_> = index.seeds().collect();
    assert!(
        seeds.len() == 1
            && seeds[0].source == *b"seed/hex0.hex0"
            && seeds[0].program == *b"/bin/hex0"
    );
    let members: Vec<_> = index.members().map(Result::unwrap).collect();
    assert_eq!(members.len(), 5);
    assert_eq!(members[0].kind, MemberKind::Directory { mode: 0o755 });
    assert!(
        matches!(members[1].kind, MemberKind::File { content, mode: 0o4755 } if content.size == 5 && content.offset == 12800)
    );
    assert!(matches!(members[2].kind, MemberKind::Symlink { target } if target == *b"sh"));
    assert!(members[3].path == *b"bin/b%\n");
    assert_eq!(members[4].kind, MemberKind::Device { major: 1, minor: 3 });
    assert_eq!(index.find(b"bin/sh").unwrap().line, 15);
    assert!(index.find(b"bin").is_some() && index.find(b"bi").is_none());
}

#[test]
fn the_seal_covers_all_before_the_last_line() {
    let image = image(&body());
    let index = Index::open(&image, 4096).unwrap();
    let mut sealed = Vec::new();
    let accepted = index.verify_seal(|bytes| {
        sealed = bytes.to_vec();
        index.seal
    });
    assert!(accepted && !index.verify_seal(|_| [0; 32]));
    let body = body();
    assert_eq!(sealed, &body.as_bytes()[..body.len() - 4 - 64 - 1]);
}

#[test]
fn each_fault_names_its_line() {
    let table = [
        (
            "index 2",
            "index 1",
            "line 1: expected the line `firmseed-index 2`, found \"firmseed-index 1\"",
        ),
        ("kernel 4096", "kernel 4097", "line 2: expected as SIZE the place"),
        ("kernel 4096", "kernel 04096", "line 2: expected a decimal number"),
        ("kernel 4096", "kernel 99999999999999999999", "line 2: expected a decimal number"),
        ("kernel 4096", "kernel  4096", "line 2: expected fields separated by one blank"),
        ("kernel ", "Kernel ", "line 2: expected kernel"),
        (" other", " official", "line 2: expected `published` or `other`"),
        // Another form of image: not for this kernel.
        (" other", " seed", "line 2: expected `published` or `other`"),
        ("cwd /", "cwd here", "line 10: expected an absolute path"),
        (
            "symbols 8192 30",
            "symbols 8192 5000",
            "line 4: expected an OFFSET at the end of the part before",
        ),
        ("symbols 8192", "symbols 8193", "line 3: expected an OFFSET at the index's end"),
        ("12288 2048", "12288 2049", "line 4: expected OFFSET + SIZE to be the size of the image"),
        ("12288 2048", "12288 18446744073709551615", "line 4: expected OFFSET + SIZE"),
        ("tar 12288 2048 00", "tar 12288 2048 0", "line 4: expected a SHA-256"),
        ("tar 12288 2048 0", "tar 12288 2048 A", "line 4: expected a SHA-256"),
        ("init /bin/sh", "init %", "line 5: expected an absolute path"),
        ("init /bin/sh\n", "", "line 5: expected init, found \"arg -c\""),
        ("arg a%20b", "arg a b", "line 8: expected the end of the line"),
        ("arg a%20b", "arg a%2", "line 8: expected bytes outside"),
        ("arg a%20b", "arg a%0ab", "line 8: expected bytes outside"),
        ("arg a%20b", "arg a%41b", "line 8: expected bytes outside"),
        ("arg a%20b", "arg a%00b", "line 8: expected bytes outside"),
        ("policy open", "policy shut", "line 11: expected `chain` or `open`"),
        ("continues 00", "continues 0X", "line 12: expected a SHA-256 of 64 lower-case hex digits"),
        ("seed/hex0.hex0 /bin/hex0", "% /bin/hex0", "line 13: expected a path that is not empty"),
        (
            "symbols 8192 30",
            "symbols 8192 18446744073709551615",
            "line 4: expected an OFFSET at the end of the part before",
        ),
        (
            "4755 5 12800",
            "4755 18446744073709551615 12800",
            "line 15: expected an OFFSET and SIZE that lie in the tar",
        ),
        (
            "4755 5 12800",
            "4755 5 18446744073709551615",
            "line 15: expected an OFFSET and SIZE that lie in the tar",
        ),
        ("seed/hex0.hex0 /bin/hex0", "seed/hex0.hex0", "line 13: expected one more field"),
        ("dir 0755", "dir 755", "line 14: expected a mode"),
        ("dir 0755", "dir 0758", "line 14: expected a mode"),
        ("dir 0755 bin", "dirt 0755 bin", "line 14: expected `file`, `dir`"),
        (
            "4755 5 12800",
            "4755 5 12287",
            "line 15: expected an OFFSET and SIZE that lie in the tar",
        ),
        (
            "4755 5 12800",
            "4755 1537 12800",
            "line 15: expected an OFFSET and SIZE that lie in the tar",
        ),
        ("device 1 3", "device 1 4294967296", "line 18: expected a decimal number below 2^32"),
        (
            "bin/ash",
            "bin/\u{1}sh",
            "line 16: expected printable ASCII up to a newline, found \"symlink bin/\\x01\"",
        ),
        ("end ", "END ", "line 20: expected printable ASCII up to a newline, found \"\\x00\""),
    ];
    for (from, to, message) in table {
        let found = refused(from, to);
        assert!(found.contains(message), "{from:?} -> {to:?} gave: {found}");
    }
}

#[test]
fn an_offset_outside_the_image_is_an_error() {
    let found = Index::open(b"short", 4096).unwrap_err().to_string();
    assert_eq!(found, "index line 1: expected one more line, found \"\"");
}

#[test]
fn symbols_are_found_by_offset() {
    let symbols = b"00000010 start\n00000020 core::fmt<a b>::write\n00001000 last\n";
    assert_eq!(symbol_at(symbols, 0xf), None);
    assert_eq!(symbol_at(symbols, 0x10), Some((&b"start"[..], 0)));
    assert_eq!(symbol_at(symbols, 0x3f), Some((&b"core::fmt<a b>::write"[..], 0x1f)));
    assert_eq!(symbol_at(symbols, u64::MAX), Some((&b"last"[..], u64::MAX - 0x1000)));
    assert_eq!(symbol_at(b"zz start\n", 5), None);
    assert_eq!(symbol_at(b"", 5), None);
}

proptest! {
    #[test]
    fn escapes_come_back(bytes in proptest::collection::vec(1u8.., 0..40)) {
        let written = Escape(&bytes).to_string();
        prop_assert!(written.bytes().all(|byte| byte.is_ascii_graphic()));
        let read = Escaped::new(written.as_bytes()).unwrap();
        prop_assert!(read == bytes[..]);
        prop_assert_eq!(read.to_string(), written);
    }

    /// There is one spelling of each text: what is accepted is what would be written.
    #[test]
    fn an_accepted_field_is_the_canonical_one(field in "[a-c%0-9A-F]{0,9}") {
        if let Some(read) = Escaped::new(field.as_bytes()) {
            prop_assert_eq!(Escape(&read.bytes().collect::<Vec<_>>()).to_string(), field);
        }
    }

    /// Any bytes at all: an answer, never a panic.
    #[test]
    fn damaged_indexes_never_panic(changes in proptest::collection::vec((0usize..1400, any::<u8>()), 0..8)) {
        let mut image = image(&body());
        for (at, value) in changes {
            image[4096 + at] = value;
        }
        if let Ok(index) = Index::open(&image, 4096) {
            let _ = (index.members().count(), index.find(b"bin/sh"), index.seeds().count(), index.arguments().count());
        }
    }
}
