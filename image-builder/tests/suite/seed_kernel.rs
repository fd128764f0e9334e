//! Images of the seed kernel: what lies where, what is refused, and that damage has a name.

use crate::common::{Bench, forged, make_seed_kernel, seed_loader, stderr, stdout};
use image_builder::{check, kernel, layout, sha256};
use std::fs;
use std::process::Command;

const PAGE: usize = 4096;

/// A bench with the texts of a seed kernel; among the files of the tree too, where `in_tree`.
fn bench(in_tree: bool) -> Bench {
    let bench = Bench::for_seed_kernel();
    if in_tree {
        make_seed_kernel(&bench.path("tree/seed-kernel"));
    }
    bench
}

fn build(bench: &Bench, image: &str) -> Vec<u8> {
    bench.build_seed(image).success();
    fs::read(bench.path(image)).unwrap()
}

/// The bytes as docs/image.md lays them out, put together here by hand.
#[test]
fn every_part_is_where_it_belongs() {
    let bench = bench(true);
    let image = build(&bench, "seed.img");
    let text = fs::read(bench.path("seed-kernel/kernel.hex0")).unwrap();
    let mut loader = seed_loader();
    loader[16..24].copy_from_slice(&(image.len() as u64).to_le_bytes());
    let mut start = [&loader[..], &text].concat();
    start.resize(PAGE, b'\n');
    assert!(image.starts_with(&start));
    assert_eq!(layout::find_index(&image).unwrap(), PAGE);

    let index = layout::open(&image).unwrap();
    assert!(index.symbols.is_none());
    let (index_end, tar) = (PAGE + index.text.len(), index.tar.offset as usize);
    assert!(tar - index_end < PAGE && image[index_end..tar].iter().all(|&byte| byte == b'\n'));
    // From the loader's end to the tar a reader sees text.
    let is_text = |byte: &u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    assert!(image[loader.len()..tar].iter().all(is_text));
    start[16..24].fill(0);
    let line = format!("kernel {PAGE} {} seed\n", hex(&sha256(&start)));
    assert!(image[PAGE..].starts_with(["firmseed-index 2\n", &line].concat().as_bytes()));

    // The tar is the other kernel's.
    bench.build("rust.img", &[]).success();
    let rust = fs::read(bench.path("rust.img")).unwrap();
    let other = layout::open(&rust).unwrap().tar.offset as usize;
    assert!(image[tar..] == rust[other..]);
}

#[test]
fn the_commands_know_it() {
    let bench = bench(true);
    let image = build(&bench, "seed.img");
    let said = stdout(&bench.run(&["check", "seed.img"]).success());
    assert!(said.contains("whole") && said.contains("a seed kernel: 68 bytes of loader"), "{said}");
    let said = stdout(&bench.run(&["inspect", "seed.img"]).success());
    for (part, bytes) in [
        ("loader", seed_loader()),
        ("text", fs::read(bench.path("seed-kernel/kernel.hex0")).unwrap()),
    ] {
        let line = said.lines().find(|line| line.starts_with(part)).unwrap();
        assert!(line.ends_with(&hex(&sha256(&bytes))), "{line}");
    }
    bench.run(&["extract", "seed.img", "-C", "tree2"]).success();
    fs::rename(bench.path("tree"), bench.path("tree1")).unwrap();
    fs::rename(bench.path("tree2"), bench.path("tree")).unwrap();
    assert!(build(&bench, "again.img") == image);
    let both = [
        "build",
        "--tree",
        "tree",
        "--init",
        "/init",
        "-o",
        "x",
        "--kernel",
        "kernel",
        "--seed-kernel",
        "seed-kernel",
    ];
    bench.run(&both).code(2);
}

/// Each byte before the tar, flipped: found, and named by the part that it is in.
#[test]
fn damage_has_the_name_of_its_part() {
    for in_tree in [true, false] {
        let bench = bench(in_tree);
        fs::remove_file(bench.path("tree/etc/big")).unwrap();
        let whole = build(&bench, "seed.img");
        let index = layout::open(&whole).unwrap();
        let (loader, text) =
            (68, 68 + fs::metadata(bench.path("seed-kernel/kernel.hex0")).unwrap().len() as usize);
        let (index_end, tar) = (PAGE + index.text.len(), index.tar.offset as usize);
        for at in (0..text + 80)
            .chain((text + 80..PAGE + 60).step_by(61))
            .chain((index_end - 90..tar).step_by(7))
        {
            let mut image = whole.clone();
            image[at] ^= 1 << (at % 8);
            let findings = check::check(&image).unwrap().damage;
            let hit = findings.iter().find(|finding| finding.range.contains(&at));
            let hit = hit.unwrap_or_else(|| panic!("byte {at}: {findings:?}"));
            let wanted = match at {
                16..24 => "kernel header",
                _ if at >= index_end => "padding after the index",
                _ if at >= PAGE => "index",
                _ if !in_tree => continue, // A hash alone cannot say it more narrowly.
                _ if at < loader => "loader",
                _ if at < text => "kernel text",
                _ => "newlines after the kernel text",
            };
            assert_eq!(hit.part, wanted, "byte {at}: {hit}");
            if in_tree && at < PAGE {
                assert_eq!(findings.len(), 1);
                assert!(hit.range.len() == 1 || (16..24).contains(&at), "byte {at}: {hit}");
            }
        }
    }
}

/// Where all hashes were made anew, the rules still hold; the messages say which, and where.
#[test]
fn a_forged_kernel_is_refused() {
    let bench = bench(false);
    let whole = build(&bench, "seed.img");
    let old = layout::open(&whole).unwrap().kernel.sha256;
    let found = |change: &dyn Fn(&mut [u8])| {
        let mut image = whole.clone();
        change(&mut image[..PAGE]);
        let new = kernel::hash(&image[..PAGE]);
        let image = forged(&image, |text| text.replace(&hex(&old), &hex(&new)));
        let findings = check::check(&image).unwrap().damage;
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings[0].to_string()
    };
    let begins = |found: String, wanted: &str| assert!(found.starts_with(wanted), "{found}");
    begins(
        found(&|kernel| kernel[56] = b'a'),
        "loader (bytes 0 to 63): it has no arm64 Image header",
    );
    begins(
        found(&|kernel| kernel[2000] = 0xff),
        "kernel text (byte 2000): behind the 400 bytes that a loader may have, byte 2000 is no text",
    );
    begins(
        found(&|kernel| kernel[2000] = b'\r'),
        "kernel text (byte 2000): behind the 400 bytes that a loader may have, byte 2000 is no text",
    );
    // "00 00 00 14" is the fourth line of the text.
    let line = "kernel text (bytes 89 to 117): line 4: ";
    begins(found(&|kernel| kernel[89] = b'g'), line);
    begins(found(&|kernel| kernel[90] = b' '), line);
    begins(
        found(&|kernel| kernel[PAGE - 1] = b'#'),
        "kernel text (bytes 68 to 4095): expected text",
    );
    // And it is one of this form: its padding, its name.
    let other = forged(&whole, |text| text.replace(" seed\n", " other\n"));
    assert!(!check::check(&other).unwrap().damage.is_empty());
    let odd = forged(&whole, |text| text.replace(" seed\n", " sead\n"));
    let findings = check::check(&odd).unwrap().damage;
    assert!(findings[0].problem.contains("expected `seed`"), "{findings:?}");
}

#[test]
fn texts_that_make_no_kernel_are_refused() {
    let refused = |name: &str, text: &[u8], reason: &str| {
        let bench = bench(false);
        fs::write(bench.path("seed-kernel").join(name), text).unwrap();
        let said = stderr(&bench.build_seed("x.img").code(1));
        assert!(said.contains(reason) && said.contains(name), "{said}");
        assert!(!bench.path("x.img").exists());
    };
    let loader = |bytes: &[u8]| [seed_loader(), bytes.to_vec()].concat();
    let text = |bytes: &[u8]| crate::common::hex0_text(bytes).into_bytes();
    refused("loader.hex0", b"00 0", "half a byte");
    refused("loader.hex0", b"00 00", "no arm64 Image header");
    refused("loader.hex0", &text(&loader(b"\x01 A")), "its last byte is a character of text");
    refused("kernel.hex0", b"\n\xc3\xa9\n", "line 2: byte 1 is no text");
    refused("kernel.hex0", b"00 # \xc3\xa9\n", "is no text");
    refused("kernel.hex0", b"00\nxx\n", "line 2: expected a pair of hex digits");
    refused("kernel.hex0", b"00", "one newline at its end");
    refused("kernel.hex0", b"00\n\n", "one newline at its end");
    refused("kernel.hex0", b"", "one newline at its end");
    // 400 bytes are the most.
    let bench = bench(false);
    for (size, fits) in [(400, true), (401, false)] {
        let mut loader = seed_loader();
        loader.resize(size, 0x14);
        fs::write(bench.path("seed-kernel/loader.hex0"), text(&loader)).unwrap();
        let said = bench.build_seed("x.img");
        match fits {
            true => drop(said.success()),
            false => assert!(stderr(&said.code(1)).contains("at most 400 can be")),
        }
    }
    fs::remove_file(bench.path("seed-kernel/kernel.hex0")).unwrap();
    assert!(stderr(&bench.build_seed("x.img").code(1)).contains("cannot read"));
}

/// What the seed kernel would stop at is refused when an image is built, and by `check`.
#[test]
fn what_the_kernel_does_not_read_is_refused() {
    let refused = |change: &dyn Fn(&Bench), reason: &str| {
        let bench = bench(false);
        change(&bench);
        let said = stderr(&bench.build_seed("x.img").code(2));
        assert!(said.contains(reason), "{said}");
    };
    let (long, link) = ("d".repeat(101), "x".repeat(101));
    refused(
        &|bench| fs::hard_link(bench.path("tree/bin/tool"), bench.path("tree/bin/tool2")).unwrap(),
        "member bin/tool2 (bytes",
    );
    refused(
        &|bench| fs::write(bench.path("tree").join(&long), "").unwrap(),
        "too long for a ustar header",
    );
    refused(
        &|bench| std::os::unix::fs::symlink(&link, bench.path("tree/long")).unwrap(),
        "member long (bytes",
    );
    let bench = bench(false);
    let arguments =
        "build --seed-kernel seed-kernel --tree tree --init /bin/tool --policy open -o x.img --arg";
    let arguments = arguments.split(' ').chain(["50%"]);
    let said = stderr(&bench.run(&arguments.collect::<Vec<_>>()).code(2));
    assert!(said.contains("50%25: the seed kernel takes"), "{said}");
    let whole = build(&bench, "x.img");
    let odd = forged(&whole, |text| text.replace("cwd /\n", "arg a%20b\ncwd /\n"));
    let findings = check::check(&odd).unwrap().damage;
    assert!(findings[0].problem.contains("without escapes"), "{findings:?}");
}

/// An image that starts another kernel than its files say is whole, and told of.
#[test]
fn another_kernel_than_the_files_is_noted() {
    let bench = bench(true);
    let note = "does not start the seed kernel that is among its files";
    build(&bench, "seed.img");
    assert!(!stderr(&bench.run(&["check", "seed.img"]).success()).contains(note));
    fs::write(bench.path("seed-kernel/kernel.hex0"), "00 # another\n").unwrap();
    build(&bench, "other.img");
    assert!(stderr(&bench.run(&["check", "other.img"]).success()).contains(note));
}

/// `grep`, `sed` and `head` read it as a text.
#[test]
fn the_host_reads_it_as_text() {
    let bench = bench(true);
    build(&bench, "seed.img");
    let commands = "tail -c +69 seed.img | head -n 4 | LC_ALL=C grep -c . && tail -c +69 seed.img | LC_ALL=C sed -n '/^firmseed-index 2$/,/^end /p' | tail -n 1";
    let output =
        Command::new("sh").args(["-c", commands]).current_dir(&bench.folder).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("3\nend ") && output.stderr.is_empty(), "{said}");
}

fn hex(hash: &[u8; 32]) -> String {
    firmseed_formats::sha256::Hex(hash).to_string()
}
