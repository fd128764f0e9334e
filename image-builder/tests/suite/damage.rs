//! Round trips of random trees, and damage at random places: found, and named where it is.

use crate::common::{self, forged};
use firmseed_formats::image::Policy;
use firmseed_formats::sha256::Hex;
use image_builder::archive::{self, Body, Member};
use image_builder::kernel::Kernel;
use image_builder::layout::Settings;
use image_builder::progress::Progress;
use image_builder::{build, check, extract, layout};
use proptest::prelude::*;

fn settings(init: &[u8]) -> Settings {
    Settings {
        init: init.to_vec(),
        arguments: vec![b"one".to_vec(), b"".to_vec()],
        environment: vec![b"A=b c".to_vec()],
        cwd: b"/".to_vec(),
        policy: Policy::Open,
        continues: None,
        seeds: Vec::new(),
    }
}

/// A program of `size` bytes that ends in the same byte over and over.
fn program(size: usize, filler: u8) -> Vec<u8> {
    let mut program = common::program_elf();
    program.resize(size, filler);
    program
}

fn kernel() -> Kernel {
    Kernel::from_elf(&common::kernel_elf()).unwrap()
}

/// An image of a few members of every kind.
fn small_image() -> Vec<u8> {
    let file = |content: &[u8]| Body::File { mode: 0o755, content: content.to_vec() };
    let members = [
        Member { path: b"bin".to_vec(), kind: Body::Directory { mode: 0o755 } },
        Member { path: b"bin/sh".to_vec(), kind: file(&program(700, b'x')) },
        Member {
            path: [b"long/".to_vec(), vec![b'n'; 150], vec![b'/'], vec![b'n'; 150]].concat(),
            kind: file(b"text\n"),
        },
        Member { path: b"link".to_vec(), kind: Body::Symlink { target: b"bin/sh".to_vec() } },
        Member { path: b"same".to_vec(), kind: Body::Hardlink { target: b"bin/sh".to_vec() } },
        Member { path: b"zero".to_vec(), kind: file(b"") },
    ];
    build::image(kernel(), archive::write(&members).unwrap(), &settings(b"/bin/sh")).unwrap().0
}

/// Finds the damage of the byte at `at`, or says what was reported instead.
fn named(image: &[u8], at: usize) -> Result<String, String> {
    match check::check(image) {
        Err(error) => Err(format!("no image at all: {error}")),
        Ok(report) => {
            let hit = report.damage.iter().find(|finding| finding.range.contains(&at));
            hit.map(ToString::to_string).ok_or(format!("{:?}", report.damage))
        }
    }
}

#[test]
fn a_whole_image_has_no_findings() {
    let report = check::check(&small_image()).unwrap();
    assert_eq!((report.damage, report.files), (vec![], 3));
}

/// All of the image but the middle of the kernel: one flipped bit in each byte is found and named.
#[test]
fn every_flipped_byte_is_named() {
    let whole = small_image();
    let index = layout::find_index(&whole).unwrap();
    let kernel_end = kernel().flat.len();
    let mut image = whole.clone();
    for at in (0..64).chain(kernel_end - 8..whole.len()) {
        // In the long paddings every 61st byte will do.
        if whole[at] == 0
            && at > index
            && at % 61 != 0
            && whole[at - 1] == 0
            && whole[(at + 1) % whole.len()] == 0
        {
            continue;
        }
        let bit = 1 << (at % 8);
        image[at] ^= bit;
        let found = named(&image, at);
        assert!(found.is_ok(), "byte {at} ({:#04x} -> {:#04x}): {found:?}", whole[at], image[at]);
        image[at] ^= bit;
    }
}

#[test]
fn the_names_are_the_right_ones() {
    let whole = small_image();
    let index = layout::open(&whole).unwrap();
    let sh = index.find(b"bin/sh").unwrap();
    let firmseed_formats::image::MemberKind::File { content, .. } = sh.kind else {
        panic!("bin/sh is a file")
    };
    let content = content.offset as usize;
    let (tar, text_end) =
        (index.tar.offset as usize, layout::find_index(&whole).unwrap() + index.text.len());
    let table = [
        (4100, "kernel (bytes 0 to 12287)"),
        (index.symbols.unwrap().offset as usize, "symbols (bytes"),
        (text_end + 3, "padding after the index (byte"),
        (content, "file bin/sh (bytes"),
        (content + 700, "padding after file bin/sh (byte"),
        (tar + 512 + 110, "tar headers before the contents of bin/sh (byte"),
        (whole.len() - 1, "tar headers after the last file, or the tar's end (byte"),
        (text_end - 10, "index (bytes"),
    ];
    for (at, name) in table {
        let mut image = whole.clone();
        image[at] ^= 0x40;
        let found = named(&image, at).unwrap();
        assert!(found.starts_with(name), "byte {at}: {found}");
    }
}

#[test]
fn a_cut_or_longer_image_is_damaged() {
    let whole = small_image();
    for size in [whole.len() - 1, whole.len() - 512, whole.len() / 2] {
        let report = check::check(&whole[..size]).unwrap();
        assert!(!report.damage.is_empty(), "cut to {size}");
    }
    let longer = [&whole[..], b"\0"].concat();
    assert!(check::check(&longer).unwrap().damage[0].problem.contains("longer than built"));
    assert!(check::check(&whole[..4096]).is_err());
}

/// A page of the kernel that looks like an index is not taken for it.
#[test]
fn the_index_is_the_one_behind_the_kernel() {
    let mut kernel = kernel();
    kernel.flat[4096..4096 + 17].copy_from_slice(b"firmseed-index 2\n");
    let init = Member {
        path: b"init".to_vec(),
        kind: Body::File { mode: 0o755, content: common::program_elf() },
    };
    let tar = archive::write(&[init]).unwrap();
    let (image, _) = build::image(kernel, tar, &settings(b"/init")).unwrap();
    assert_eq!(layout::find_index(&image).unwrap(), 0x3000);
    assert_eq!(check::check(&image).unwrap().damage, vec![]);
}

/// Damage that the hashes cannot show, because the index was adapted.
#[test]
fn an_index_that_lies_is_found() {
    let only = |image: Vec<u8>| {
        let findings = check::check(&image).unwrap().damage;
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings[0].to_string()
    };
    let mode = forged(&small_image(), |text| text.replace(" 0755 700 ", " 0777 700 "));
    let found = only(mode);
    assert!(found.starts_with("member bin/sh (bytes") && found.contains("disagree"), "{found}");

    let target =
        forged(&small_image(), |text| text.replace("symlink link bin/sh", "symlink link bin/su"));
    let found = only(target);
    assert!(found.starts_with("member link (bytes") && found.contains("disagree"), "{found}");

    // The one field that is in no hash.
    let mut image = small_image();
    image[16] ^= 1;
    let found = only(image);
    assert!(found.starts_with("kernel header (bytes 16 to 23)"), "{found}");
}

/// What the kernel's reader says of an image, asked as the kernel asks it: of `image_size` bytes, with the index where
/// the kernel ends.
fn kernel_s_verdict(image: &[u8]) -> Result<(), String> {
    let stated = image_builder::kernel::stated_image_size(image).unwrap() as usize;
    let image: &'static [u8] = image.get(..stated).ok_or("cut")?.to_vec().leak();
    let end = kernel().flat.len();
    let measured = image_builder::kernel::hash(&image[..end]);
    let loaded = firmseed_core::image::load(image, end, &measured, image_builder::sha256);
    loaded.map(drop).map_err(|fault| fault.to_string())
}

fn has_findings(image: &[u8]) -> bool {
    check::check(image).map_or(true, |report| !report.damage.is_empty())
}

/// An index that is sealed and says what is not so: refused by the kernel, and by `check`.
#[test]
fn every_kind_of_lie_is_refused_by_both() {
    let file = |path: &[u8], byte: u8| Member {
        path: path.to_vec(),
        kind: Body::File { mode: 0o755, content: program(700, byte) },
    };
    let members = [file(b"one", b'1'), file(b"two", b'2'), file(b"zero", b'0')];
    let tar = archive::write(&members).unwrap();
    let (image, _) = build::image(kernel(), tar, &settings(b"/one")).unwrap();
    assert_eq!((kernel_s_verdict(&image), has_findings(&image)), (Ok(()), false));
    for (lie, image) in common::lies(&image, "one", "two") {
        assert!(kernel_s_verdict(&image).is_err(), "the kernel: {lie}");
        assert!(has_findings(&image), "check: {lie}");
    }
}

/// An image that `build` would refuse: its files do not fit together.
fn unreviewed(members: &[Member<Vec<u8>>]) -> Vec<u8> {
    let tar = archive::write(members).unwrap();
    let entries = archive::read(&tar).unwrap();
    layout::assemble(kernel(), &tar, &entries, &settings(b"/init"), &Progress::hidden()).unwrap()
}

fn file(path: &[u8], content: &[u8]) -> Member<Vec<u8>> {
    let content = content.to_vec();
    Member { path: path.to_vec(), kind: Body::File { mode: 0o755, content } }
}

fn link(path: &[u8], target: &[u8]) -> Member<Vec<u8>> {
    let target = target.to_vec();
    Member { path: path.to_vec(), kind: Body::Symlink { target } }
}

fn folder(path: &[u8]) -> Member<Vec<u8>> {
    Member { path: path.to_vec(), kind: Body::Directory { mode: 0o755 } }
}

/// What `build` refuses, in an image that was made without it: refused by `check` too, and by the kernel.
#[test]
fn files_that_do_not_fit_are_refused_by_both() {
    let init = || file(b"init", &common::program_elf());
    let refused: [(&str, Vec<Member<Vec<u8>>>); 4] = [
        ("the path is taken already", vec![init(), init()]),
        ("the path is taken already", vec![init(), link(b"a", b"init"), file(b"a", b"")]),
        ("not a directory", vec![init(), link(b"a", b"/"), file(b"a/b", b"")]),
        ("the path is taken already", vec![init(), file(b"dev", b"")]),
    ];
    for (reason, members) in refused {
        let image = unreviewed(&members);
        let kernel = kernel_s_verdict(&image).unwrap_err();
        let findings = check::check(&image).unwrap().damage;
        assert!(kernel.contains(reason), "{kernel}");
        assert!(findings.len() == 1 && findings[0].problem.contains(reason), "{findings:?}");
    }
    // Links may lead anywhere: they are followed in the machine's own tree.
    let links = [init(), link(b"absolute", b"/bin/busybox"), link(b"escaping", b"../../../init")];
    let image = unreviewed(&links);
    assert_eq!((kernel_s_verdict(&image), has_findings(&image)), (Ok(()), false));
}

/// Under the policy `chain` a name is a text: other bytes could spell a program.
#[test]
fn names_are_texts_under_the_policy_chain() {
    let verdict = |policy, odd: Member<Vec<u8>>| {
        let seed = common::hex0_text(&common::program_elf());
        let tar = archive::write(&[odd, file(b"seed.hex0", seed.as_bytes())]).unwrap();
        let entries = archive::read(&tar).unwrap();
        let settings = Settings {
            policy,
            seeds: vec![(b"/seed.hex0".to_vec(), b"/init".to_vec())],
            ..settings(b"/init")
        };
        let image =
            layout::assemble(kernel(), &tar, &entries, &settings, &Progress::hidden()).unwrap();
        let verdict = kernel_s_verdict(&image);
        assert_eq!(verdict.is_err(), has_findings(&image));
        assert_eq!(verdict.is_err(), build::image(kernel(), tar, &settings).is_err());
        verdict
    };
    for odd in [link(b"a", b"\x7fELF"), link(b"\x01", b"a"), file(b"a\x1f", b"")] {
        let found = verdict(Policy::Chain, odd.clone()).unwrap_err();
        assert!(found.contains("a control character in a name or link"), "{found}");
        assert_eq!(verdict(Policy::Open, odd), Ok(()));
    }
    assert_eq!(verdict(Policy::Chain, link("\u{e9} b".as_bytes(), b"/a\n")), Ok(()));
}

/// A process 1 that cannot be: refused by `check`, as by `build`.
#[test]
fn an_init_that_cannot_start_is_found() {
    let members = [
        folder(b"bin"),
        file(b"bin/empty", b""),
        file(b"bin/text", b"echo\n"),
        file(b"bin/cut", &common::program_elf()[..100]),
        file(b"bin/none", b"#! \n"),
        file(b"bin/lost", b"#!/bin/sh -e\n"),
        file(b"bin/relative", b"#!init\n"),
        file(b"bin/circle", b"#!/bin/circle\n"),
        file(b"bin/through", b"#!/bin/cut\n"),
        file(b"init", &common::program_elf()),
    ];
    let tar = archive::write(&members).unwrap();
    let (image, _) = build::image(kernel(), tar.clone(), &settings(b"/init")).unwrap();
    for (init, reason) in [
        ("/bin", "is not a file"),
        ("/bin/empty", "is empty"),
        ("/none", "is not in the image"),
        ("/bin/text", "/bin/text cannot be executed: neither an ELF file nor a #! script"),
        ("/bin/cut", "/bin/cut cannot be executed: program headers at 0x40 reach past"),
        ("/bin/none", "/bin/none has a #! line that names no"),
        ("/bin/lost", "its interpreter /bin/sh is not in the image"),
        ("/bin/circle", "more than 5 scripts that interpret each"),
        ("/bin/through", "its interpreter /bin/cut cannot be executed: program headers"),
    ] {
        let forged = forged(&image, |text| text.replace("init /init", &format!("init {init}")));
        let findings = check::check(&forged).unwrap().damage;
        assert!(findings.len() == 1 && findings[0].problem.contains(reason), "{findings:?}");
        let error = build::image(kernel(), tar.clone(), &settings(init.as_bytes())).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
    // Interpreters are looked for where process 1 starts.
    let mut started = settings(b"/bin/relative");
    assert!(build::image(kernel(), tar.clone(), &started).is_ok());
    started.cwd = b"/bin".to_vec();
    let error = build::image(kernel(), tar.clone(), &started).unwrap_err();
    assert!(error.to_string().contains("its interpreter init is not in the image"), "{error}");
    let elsewhere = forged(&image, |text| text.replace("cwd /", "cwd /init"));
    assert!(check::check(&elsewhere).unwrap().damage[0].problem.contains("is no folder"));
}

/// A hostile image cannot write outside the folder.
#[test]
fn extraction_stays_inside() {
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("victim").into_os_string().into_encoded_bytes();
    let file = |path: &[u8]| file(path, b"evil");
    let parent = outside.path().as_os_str().as_encoded_bytes();
    let attacks: [Vec<Member<Vec<u8>>>; 3] = [
        vec![file(b"init"), link(b"door", parent), file(b"door/victim")],
        vec![file(b"init"), link(b"door", &victim), file(b"door")],
        vec![file(b"init"), link(b"a", b"."), link(b"a/b", b".."), file(b"a/b/victim")],
    ];
    for members in attacks {
        let image = unreviewed(&members);
        let folder = outside.path().join("folder");
        let result = extract::extract(&image, &folder);
        assert!(!outside.path().join("victim").exists(), "escaped with {members:?}: {result:?}");
        std::fs::remove_dir_all(folder).unwrap();
    }
    // `..` never gets into an index that is built; one that is made by hand is refused when unpacked.
    let mut image = unreviewed(&[file(b"init"), file(b"aa/victim")]);
    let at = image.windows(10).position(|bytes| bytes == b" aa/victim").unwrap();
    image[at..at + 10].copy_from_slice(b" ../victim");
    let error = extract::extract(&image, &outside.path().join("folder")).unwrap_err().to_string();
    assert!(
        error.contains("climbs with `..`") && !outside.path().join("victim").exists(),
        "{error}"
    );
}

fn any_members() -> impl Strategy<Value = Vec<Member<Vec<u8>>>> {
    let content = proptest::collection::vec(any::<u8>(), 0..3000);
    let files = proptest::collection::btree_map("[a-z %]{1,9}", (content, 0u16..0o1000), 0..12);
    files.prop_map(|files| {
        let init = Member {
            path: b"init".to_vec(),
            kind: Body::File { mode: 0o755, content: common::program_elf() },
        };
        let file = |(name, (content, mode)): (String, (Vec<u8>, u16))| {
            let path = format!("files/{name}.txt").into_bytes();
            Member { path, kind: Body::File { mode: mode | 0o400, content } }
        };
        std::iter::once(init).chain(files.into_iter().map(file)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn build_check_extract(members in any_members(), flips in proptest::collection::vec((any::<prop::sample::Index>(), 1u8..=255), 20)) {
        let (image, _) = build::image(kernel(), archive::write(&members).unwrap(), &settings(b"/init")).unwrap();
        prop_assert_eq!(check::check(&image).unwrap().damage, vec![]);
        let folder = tempfile::tempdir().unwrap();
        extract::extract(&image, &folder.path().join("x")).unwrap();
        for member in &members {
            let Body::File { content, .. } = &member.kind else { unreachable!() };
            let path = folder.path().join("x").join(std::str::from_utf8(&member.path).unwrap());
            prop_assert_eq!(&std::fs::read(path).unwrap(), content);
        }
        for (place, mask) in flips {
            let at = place.index(image.len());
            let mut damaged = image.clone();
            damaged[at] ^= mask;
            let found = named(&damaged, at);
            prop_assert!(found.is_ok(), "byte {}: {:?}", at, found);
        }
    }

    /// Lines of members changed at random: whatever is not the one index of the tar is refused, by the kernel and by `check`.
    #[test]
    fn one_verdict_on_indexes(changes in proptest::collection::vec(any::<[prop::sample::Index; 5]>(), 1..3)) {
        let whole = small_image();
        let original = String::from_utf8(layout::open(&whole).unwrap().text.to_vec()).unwrap();
        let changed = changes.iter().fold(original.clone(), |text, change| mangled(&text, change));
        prop_assume!(changed != original);
        let image = forged(&whole, |_| changed);
        let verdict = kernel_s_verdict(&image);
        prop_assert_eq!(verdict.is_err(), has_findings(&image), "{:?}", verdict);
        prop_assert!(verdict.is_err());
    }

    /// Bytes of tar headers changed at random, all sums made anew: accepted only where the index still is that of the tar.
    #[test]
    fn one_verdict_on_tars(changes in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(b'0'), Just(b'7'), Just(b'/'), Just(0), any::<u8>()]), 1..4)) {
        let mut image = small_image();
        let tar = layout::open(&image).unwrap().tar;
        let old = Hex(&tar.sha256).to_string();
        let bytes = &mut image[tar.offset as usize..];
        let headers: Vec<usize> = (0..bytes.len()).step_by(512).filter(|at| bytes[at + 257..at + 262] == *b"ustar").collect();
        for (place, byte) in changes {
            // Name, mode, size, type, target, prefix: the rest says nothing to the index.
            let fields = [0..7, 100..108, 124..136, 156..157, 157..165, 345..347];
            let said: Vec<usize> = fields.into_iter().flatten().collect();
            let at = place.index(headers.len() * said.len());
            bytes[headers[at / said.len()] + said[at % said.len()]] = byte;
        }
        for at in headers {
            let header = &mut bytes[at..at + 512];
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        let new = Hex(&image_builder::sha256(bytes)).to_string();
        let tar = bytes.to_vec();
        let image = if old == new { image } else { forged(&image, |text| text.replace(&old, &new)) };
        let verdict = kernel_s_verdict(&image);
        prop_assert_eq!(verdict.is_err(), has_findings(&image), "{:?}", verdict);
        if verdict.is_ok() {
            let (rebuilt, _) = build::image(kernel(), tar, &settings(b"/bin/sh")).unwrap();
            prop_assert!(rebuilt == image, "an index that is not the tar's was accepted");
        }
    }
}

/// An index with a line of a member, or a field of it, gone, doubled, moved or changed.
fn mangled(text: &str, [what, one, other, field, digit]: &[prop::sample::Index; 5]) -> String {
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let first = lines.iter().position(|line| line.starts_with("policy ")).unwrap() + 1;
    let members = lines.len() - first - 1;
    if members == 0 {
        return text.into();
    }
    let (one, other) = (first + one.index(members), first + other.index(members));
    let fields = |line: &str| line.split(' ').map(String::from).collect::<Vec<_>>();
    match what.index(6) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(other, lines[one].clone()),
        2 => lines.swap(one, other),
        3 => {
            // A field of another member.
            let (mut to, from) = (fields(&lines[one]), fields(&lines[other]));
            let at = field.index(to.len());
            to[at].clone_from(&from[digit.index(from.len())]);
            lines[one] = to.join(" ");
        }
        4 => {
            let mut to = fields(&lines[one]);
            let at = field.index(to.len());
            to[at] =
                ["0", "1", "0644", "18446744073709551615", "9223372036854775808", "%", "..", "/"]
                    [digit.index(8)]
                .into();
            lines[one] = to.join(" ");
        }
        _ => {
            // A digit or letter of it.
            let mut line = lines[one].clone().into_bytes();
            let at = field.index(line.len());
            line[at] = b"0179afdx%/. "[digit.index(12)];
            lines[one] = String::from_utf8(line).unwrap();
        }
    }
    lines.join("\n") + "\n"
}
