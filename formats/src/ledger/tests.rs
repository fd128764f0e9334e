//! The format: what is written is read back, and nothing else is read.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;

use super::format::{Class, Content, ContentHasher, Ending};
use super::parse::{Entry, File, Ledger, SeedRecord};
use crate::sha256::{compress, digest};

fn content() -> impl Strategy<Value = Content> {
    let class =
        prop_oneof![Just(Class::Text), Just(Class::Elf), Just(Class::Data), Just(Class::Sparse)];
    (class, any::<[u8; 32]>(), any::<u64>()).prop_map(|(class, sha256, size)| Content {
        class,
        sha256,
        size,
    })
}

/// Paths and arguments: any bytes but NUL.
fn text() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(1..=255u8, 0..20)
}

fn file() -> impl Strategy<Value = File> {
    (content(), text()).prop_map(|(content, path)| File { content, path })
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        Just(Ending::GoesOn),
        Just(Ending::Exec),
        any::<u8>().prop_map(Ending::Exit),
        any::<u8>().prop_map(Ending::Killed)
    ]
}

fn few<T: Strategy>(what: T) -> impl Strategy<Value = Vec<T::Value>> {
    proptest::collection::vec(what, 0..4)
}

prop_compose! {
    fn entry()(
        (process, parent) in any::<(u32, u32)>(),
        (program, cwd, arguments) in (file(), text(), few(text())),
        environment in any::<(u64, [u8; 32])>(),
        (reads, devices, from, wrote) in (few(file()), few(text()), few(any::<u32>()), few(file())),
        (code, code_anonymous) in (few(file()), any::<bool>()),
        ending in ending(),
    ) -> Entry {
        Entry {
            number: 0, process, parent, program, cwd, arguments, environment, reads, code, code_anonymous, devices, from, wrote, ending,
            chain: [0; 32], line: 0,
        }
    }
}

prop_compose! {
    fn ledger()(
        files in any::<[u8; 32]>(),
        policy in prop_oneof![Just("chain".to_string()), Just("open".to_string())],
        continues in any::<Option<[u8; 32]>>(),
        seeds in few((file(), file())),
        mut entries in few(entry()),
        status in any::<i32>(),
        (init, arguments, environment, cwd) in (text(), few(text()), few(text()), text()),
        kernel in any::<[u8; 32]>(),
    ) -> Ledger {
        let of_class = |class, mut file: File| { file.content.class = class; file };
        let seeds = seeds.into_iter().map(|(program, text)| SeedRecord {
            program: of_class(Class::Elf, program),
            text: of_class(Class::Text, text),
        }).collect();
        for (entry, number) in entries.iter_mut().zip(1..) {
            entry.number = number;
        }
        Ledger {
            files, init, arguments, environment, cwd, policy, continues, seeds, entries, status, head: [0; 32], kernel,
        }
    }
}

fn written(ledger: &Ledger) -> String {
    let mut text = String::new();
    ledger.write(&mut text, digest).unwrap();
    text
}

/// Without what only reading tells.
fn bare(mut ledger: Ledger) -> Ledger {
    ledger.head = [0; 32];
    for entry in &mut ledger.entries {
        (entry.chain, entry.line) = ([0; 32], 0);
    }
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_back(ledger in ledger()) {
        let text = written(&ledger);
        let read = Ledger::parse(text.as_bytes(), digest).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for entry in &read.entries {
            prop_assert_eq!(lines[entry.line - 1], alloc::format!("entry {}", entry.number));
        }
        prop_assert_eq!(bare(read), ledger);
    }

    #[test]
    fn every_changed_byte_is_refused(ledger in ledger(), place in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut bytes = written(&ledger).into_bytes();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let read = Ledger::parse(&bytes, digest);
        // The chain does not cover the kernel's hash: there, another digit is another kernel.
        let is_other_kernel = read.is_ok_and(|read| read.kernel != ledger.kernel && at >= bytes.len() - 65);
        prop_assert!(is_other_kernel || Ledger::parse(&bytes, digest).is_err());
    }

    #[test]
    fn every_cut_is_refused(ledger in ledger(), place in any::<prop::sample::Index>()) {
        let bytes = written(&ledger).into_bytes();
        prop_assert!(Ledger::parse(&bytes[..place.index(bytes.len())], digest).is_err());
    }

    #[test]
    fn classes_do_not_depend_on_pieces(bytes in proptest::collection::vec(any::<u8>(), 0..60), cut in 4..60usize) {
        let expected = if bytes.starts_with(b"\x7fELF") {
            Class::Elf
        } else if bytes.iter().all(|byte| matches!(byte, 9..=13 | 32..=126 | 128..)) {
            Class::Text
        } else {
            Class::Data
        };
        let mut hasher = ContentHasher::new();
        for piece in bytes.chunks(cut) {
            hasher.update(piece, compress);
        }
        let content = hasher.finish(compress);
        prop_assert_eq!(content, Content { class: expected, sha256: digest(&bytes), size: bytes.len() as u64 });
    }

    #[test]
    fn texts_are_texts(text in "[\t-\r -~\u{80}-\u{ffff}]{0,60}", place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let class = |bytes: &[u8]| {
            let mut hasher = ContentHasher::new();
            hasher.update(bytes, compress);
            hasher.finish(compress).class
        };
        prop_assert_eq!(class(text.as_bytes()), Class::Text);
        let mut bytes = text.into_bytes();
        bytes.insert(place.index(bytes.len() + 1), byte);
        let is_text = matches!(byte, 9..=13 | 32..=126 | 128..);
        prop_assert_eq!(class(&bytes) == Class::Text, is_text);
    }
}

#[test]
fn errors_name_line_and_fault() {
    let empty = Ledger {
        files: [0; 32],
        init: b"/init".to_vec(),
        arguments: Vec::new(),
        environment: Vec::new(),
        cwd: b"/".to_vec(),
        kernel: [0; 32],
        policy: "chain".to_string(),
        continues: None,
        seeds: Vec::new(),
        entries: Vec::new(),
        status: 0,
        head: [0; 32],
    };
    let text = written(&empty);
    let refuse = |text: String| Ledger::parse(text.as_bytes(), digest).unwrap_err().to_string();
    let cases = [
        (
            text.replace("ledger 2", "ledger 1"),
            "line 1: expected firmseed-ledger 2, found \"firmseed-ledger 1\"",
        ),
        (
            text.replace("policy chain", "policy none"),
            "line 5: expected `policy chain` or `policy open`",
        ),
        (text.replace("end 0 0", "end 1 0"), "line 7: expected the number of entries above"),
        (text.replace("end 0 0", "end 0 1"), "line 8: expected the hash of the lines above"),
        (text.replace("end 0 0", "end 0 +0"), "line 8: expected the hash of the lines above"),
        (text.clone() + "\n", "line 10: expected nothing after the last line"),
        (
            text[..text.rfind("kernel").unwrap()].to_string(),
            "line 9: expected a line that ends in a newline (the ledger is cut short), found the end",
        ),
        (text.replace("kernel", "kernels"), "line 9: expected a line `kernel SHA256`"),
        (text.trim_end().to_string(), "line 9: expected a line that ends in a newline"),
    ];
    for (text, expected) in cases {
        let error = refuse(text);
        assert!(error.contains(expected), "{error}");
    }
    // A spelling of its own with a chain that fits.
    let block = alloc::format!(
        "firmseed-ledger 2\nfiles {}\ninit /init\ncwd /\npolicy chain\n",
        "0".repeat(64)
    );
    let hex =
        |bytes: &[u8]| String::from_utf8(crate::sha256::to_hex(&digest(bytes)).to_vec()).unwrap();
    let first = hex(block.as_bytes());
    let end = "end 0 +0\n";
    let second = hex(alloc::format!("{first}\n{end}").as_bytes());
    let error =
        refuse(alloc::format!("{block}chain {first}\n{end}chain {second}\nkernel {first}\n"));
    assert!(error.contains("line 7: expected the one spelling"), "{error}");
}
