//! Seeded damage to valid inputs of every parser of hostile bytes: the fuzz targets' functions, in
//! every `cargo test`. FIRMSEED_FUZZ_ROUNDS=N makes it longer; the same N makes the same inputs.

#[path = "../../../fuzz/parsers.rs"]
mod parsers;

use crate::common;
use firmseed_formats::image::Flavour;
use firmseed_formats::image::Policy;
use image_builder::archive::{self, Body, Member};
use image_builder::kernel::Kernel;
use image_builder::layout::{self, Settings};
use image_builder::progress::Progress;
use image_builder::{check, extract, inspect};

const ROUNDS: u64 = 3000;
const BLOCK: usize = 512;

/// Damages `valid` in many ways, and hands each to `parse`.
fn damage(name: &str, valid: &[Vec<u8>], repair: fn(&mut [u8]), parse: fn(&[u8]) -> bool) {
    let rounds = std::env::var("FIRMSEED_FUZZ_ROUNDS")
        .map_or(ROUNDS, |text| text.parse().expect("a number of rounds"));
    // Otherwise the damage would be done to what is refused at the door.
    assert!(valid.iter().all(|input| parse(input)), "{name}: a valid input is refused");
    let mut accepted = 0;
    for round in 0..rounds {
        let mut random =
            Random(0x9e37_79b9_7f4a_7c15 ^ (round + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9));
        let mut input = valid[random.below(valid.len())].clone();
        for _ in 0..=random.below(4) {
            random.damage(&mut input);
        }
        // Half of the inputs get past the checks that only find accidents.
        if random.below(2) == 0 {
            repair(&mut input);
        }
        let _blame = Blame { name, round };
        accepted += u64::from(parse(&input));
    }
    assert!(
        0 < accepted && accepted < rounds,
        "{name}: {accepted} of {rounds} damaged inputs were accepted"
    );
}

/// Says which round it was when a parser panics.
struct Blame<'a> {
    name: &'a str,
    round: u64,
}

impl Drop for Blame<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: the input of round {} did it", self.name, self.round);
        }
    }
}

/// xorshift64 (Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn damage(&mut self, input: &mut Vec<u8>) {
        const ODD: [u64; 8] =
            [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, i64::MAX as u64, u64::MAX];
        if input.is_empty() {
            return input.push(self.next() as u8);
        }
        let at = self.below(input.len());
        let length = 1 + self.below(64).min(input.len() - at - 1);
        match self.below(8) {
            0 => input[at] ^= 1 << self.below(8),
            1 => input[at] = self.next() as u8,
            2 => input[at] = b"09afF%/ \n\0"[self.below(10)],
            3 => {
                let value = ODD[self.below(8)];
                let bytes =
                    if self.below(2) == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
                let size = [1, 2, 4, 8][self.below(4)].min(input.len() - at);
                input[at..at + size].copy_from_slice(&bytes[..size]);
            }
            4 => input.truncate(at),
            5 => drop(input.drain(at..at + length)),
            6 => {
                let copy = input[at..at + length].to_vec();
                let to = self.below(input.len());
                input.splice(to..to, copy);
            }
            _ => input[at..at + length].fill(0),
        }
    }
}

fn members() -> Vec<Member<Vec<u8>>> {
    let file = |path: &[u8], content: &[u8]| Member {
        path: path.to_vec(),
        kind: Body::File { mode: 0o755, content: content.to_vec() },
    };
    vec![
        Member { path: b"bin".to_vec(), kind: Body::Directory { mode: 0o755 } },
        file(b"bin/sh", &[&common::program_elf()[..], &[7; 476]].concat()),
        file(&[vec![b'd'; 120], b"/".to_vec(), vec![b'f'; 120]].concat(), b"text"),
        Member { path: b"link".to_vec(), kind: Body::Symlink { target: vec![b't'; 140] } },
        Member { path: b"same".to_vec(), kind: Body::Hardlink { target: b"bin/sh".to_vec() } },
    ]
}

/// Right checksums in all headers.
fn sum_headers(tar: &mut [u8]) {
    for block in tar.chunks_exact_mut(BLOCK).filter(|block| block[257..262] == *b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    }
}

fn keep(_: &mut [u8]) {}

#[test]
fn tar() {
    let ours = archive::write(&members()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    common::make_tree(folder.path());
    std::fs::write(folder.path().join("etc/big"), b"small").unwrap();
    let gnu = |format: &str| {
        let arguments = ["cf", "-", format, "--mtime=@0", "--sort=name", "."];
        let output = std::process::Command::new("tar")
            .args(arguments)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    damage("tar", &[ours, gnu("--format=gnu"), gnu("--format=pax")], sum_headers, parsers::tar);
}

#[test]
fn elf() {
    // A program at a user address: the kernel's own ELF with its segments moved.
    let mut program = common::kernel_elf();
    for header in [64, 120] {
        for field in [16, 24] {
            let at = header + field;
            let address = u64::from_le_bytes(program[at..at + 8].try_into().unwrap())
                - common::BASE
                + 0x40_0000;
            program[at..at + 8].copy_from_slice(&address.to_le_bytes());
        }
    }
    program.truncate(4400);
    damage("elf", &[program], keep, parsers::elf);
}

#[test]
fn index() {
    let kernel = Kernel {
        flat: vec![0; 4096],
        symbols: b"00000000 start\n00000100 main\n".to_vec(),
        flavour: Flavour::Compiled,
    };
    let tar = archive::write(&members()).unwrap();
    let settings = Settings {
        init: b"/bin/sh".to_vec(),
        arguments: vec![b"a b".to_vec(), vec![]],
        environment: vec![b"A=%".to_vec()],
        cwd: b"/".to_vec(),
        policy: Policy::Open,
        continues: Some([7; 32]),
        seeds: vec![(b"bin/sh".to_vec(), b"/seed".to_vec())],
    };
    let entries = archive::read(&tar).unwrap();
    let image = layout::assemble(kernel, &tar, &entries, &settings, &Progress::hidden()).unwrap();
    // Damage where the text is; elsewhere it says nothing about the parser.
    fn parse(tail: &[u8]) -> bool {
        parsers::index(&[&[0; 4096], tail].concat())
    }
    damage("index", &[image[4096..].to_vec()], keep, parse);
}

#[test]
fn hex0() {
    let text = b"; ELF\n7F 45 4C 46 # magic\n02 01 01\t00\r\n\nDEADbeef\n".to_vec();
    damage("hex0", &[text], keep, parsers::hex0);
}

#[test]
fn device_tree() {
    damage("device tree", &[common::device_tree()], keep, parsers::device_tree);
}

/// Numbers that no sum may be made of unchecked.
const EXTREMES: [u64; 7] =
    [0, 1, (1 << 31) - 1, 1 << 32, i64::MAX as u64, u64::MAX - 511, u64::MAX];

/// Each number of an index at its extremes, the index sealed anew: an answer of each command, and never `whole`.
#[test]
fn extreme_numbers_in_an_index() {
    let bench = common::Bench::new();
    bench.build("a.img", &[]).success();
    let whole = std::fs::read(bench.path("a.img")).unwrap();
    let text = String::from_utf8(layout::open(&whole).unwrap().text.to_vec()).unwrap();
    let mut tried = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(' ').collect();
        for (at, field) in fields.iter().enumerate().skip(1) {
            let is_mode = field.len() == 4 && field.starts_with(['0', '1', '4']);
            let Ok(number) = field.parse::<u64>() else {
                continue;
            };
            for value in EXTREMES.into_iter().filter(|value| *value != number && !is_mode) {
                let value = value.to_string();
                let mut changed = fields.clone();
                changed[at] = &value;
                let image = common::forged(&whole, |text| text.replace(line, &changed.join(" ")));
                let folder = tempfile::tempdir().unwrap();
                let _answer = inspect::inspect(&image);
                let _answer = extract::extract(&image, &folder.path().join("x"));
                let checked = check::check(&image).unwrap();
                assert!(!checked.damage.is_empty(), "{}", changed.join(" "));
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
    // The header's own number, and the command that puts an image onto a card.
    for size in EXTREMES {
        let mut image = whole.clone();
        image[16..24].copy_from_slice(&size.to_le_bytes());
        std::fs::write(bench.path("b.img"), &image).unwrap();
        let refused = bench.run(&["sd", "card", "--image", "b.img", "--firmware", "."]).code(1);
        assert!(common::stderr(&refused).contains("image_size"), "{}", common::stderr(&refused));
    }
}

/// Each number of a tar's header at its extremes, in the two ways to write it, and in a pax record.
#[test]
fn extreme_numbers_in_a_tar() {
    let whole = archive::write(&members()).unwrap();
    let bench = common::Bench::new();
    let answers = |tar: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        let _answer = extract::extract_tar(tar, &folder.path().join("x"));
        std::fs::write(bench.path("x.tar"), tar).unwrap();
        let fixed = ["--kernel", "kernel", "--init", "/bin/sh", "--policy", "open", "-o", "a.img"];
        let code = bench.run(&[&["build", "--tar", "x.tar"][..], &fixed].concat());
        let code = code.get_output().status.code();
        assert!(matches!(code, Some(0..=2)), "{code:?}");
        code == Some(0)
    };
    assert!(answers(&whole));
    // mode, uid, gid, size, mtime, chksum, devmajor, devminor of bin/sh.
    for (at, length) in
        [(100, 8), (108, 8), (116, 8), (124, 12), (136, 12), (148, 8), (329, 8), (337, 8)]
    {
        for binary in [false, true] {
            let mut tar = whole.clone();
            let field = &mut tar[BLOCK + at..][..length];
            field.fill(if binary { 0xff } else { b'7' });
            field[0] = if binary { 0x80 } else { b'7' };
            if at != 148 {
                sum_headers(&mut tar);
            }
            answers(&tar);
        }
    }
    let mut refused = 0;
    for key in ["size", "uid", "gid", "mtime"] {
        for value in EXTREMES {
            let record = format!(" {key}={value}\n");
            let length =
                (record.len()..).find(|n| n.to_string().len() + record.len() == *n).unwrap();
            let record = format!("{length}{record}").into_bytes();
            let mut tar = archive::write(&[Member {
                path: b"pax".to_vec(),
                kind: Body::File { mode: 0o644, content: record },
            }])
            .unwrap();
            tar.truncate(2 * BLOCK);
            tar[156] = b'x';
            tar.extend_from_slice(&whole[BLOCK..]); // it speaks of bin/sh
            sum_headers(&mut tar);
            refused += u32::from(!answers(&tar));
        }
    }
    assert!(refused > 10, "{refused}");
}

/// A card whose table of partitions, or whose tar, claims more than there is.
#[test]
fn extreme_numbers_on_a_card() {
    let bench = common::Bench::new();
    for (first, sectors) in
        [(u32::MAX, u32::MAX), (0, u32::MAX), (1, u32::MAX), (u32::MAX, 1), (1, 0)]
    {
        let mut card = vec![0; 4096];
        card[510..512].copy_from_slice(&[0x55, 0xaa]);
        card[446 + 16 + 4] = 0xda;
        card[446 + 16 + 8..][..4].copy_from_slice(&first.to_le_bytes());
        card[446 + 16 + 12..][..4].copy_from_slice(&sectors.to_le_bytes());
        std::fs::write(bench.path("card"), &card).unwrap();
        bench.run(&["results", "card"]).code(1);
    }
    let mut card = vec![0; 1024];
    card[510..512].copy_from_slice(&[0x55, 0xaa]);
    card[446 + 16 + 4] = 0xda;
    card[446 + 16 + 8..][..8].copy_from_slice(&[2, 0, 0, 0, 64, 0, 0, 0]);
    let mut tar = archive::write(&members()).unwrap();
    tar[BLOCK + 124..][..12]
        .copy_from_slice(&[0x80, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    sum_headers(&mut tar);
    card.extend(tar);
    card.resize(1024 + 64 * 512, 0);
    std::fs::write(bench.path("card"), &card).unwrap();
    let refused = common::stderr(&bench.run(&["results", "card"]).code(1));
    assert!(refused.contains("holds no whole tar"), "{refused}");
}
