//! Seeds against the files: what `build` and `check` let pass, the kernel can put in place at boot.

use crate::common::{Bench, hex0_text, program_elf, stderr, stdout};
use firmseed_formats::image::Policy;
use image_builder::kernel::Kernel;
use image_builder::layout::{self, Settings};
use image_builder::progress::Progress;
use image_builder::{archive, check, tree};
use std::fs;
use std::os::unix::fs::symlink;

/// What the kernel could not decode, or not put in its place, is refused by `build`, and by `check` where an
/// image asks for it.
#[test]
fn seeds_that_could_not_be_planted_are_refused() {
    let bench = Bench::new();
    fs::write(bench.path("tree/half.hex0"), "41 4").unwrap();
    symlink("loop", bench.path("tree/loop")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(bench.path(name), hex0_text(bytes)).unwrap();
    write("tree/script.hex0", b"#!/init\n");
    write("tree/nothing.hex0", b"");
    write("tree/cut.hex0", &program_elf()[..64]);
    let table = [
        ("seed.hex0=/bin/sh", "/bin/sh: the image brings a file of this name"),
        ("seed.hex0=/bin/../etc/./empty", "the image brings a file of this name"),
        ("seed.hex0=/init", "the image brings a file of this name"),
        ("seed.hex0=/dangling", "the image brings a file of this name"),
        ("seed.hex0=/seed.hex0", "the image brings a file of this name"),
        ("seed.hex0=/etc", "the image brings a file of this name"),
        ("seed.hex0=/etc/empty/x", "a part of the path is no folder (ENOTDIR)"),
        ("seed.hex0=/dangling/x", "a link to nothing"),
        ("seed.hex0=/loop/x", "leads in a circle"),
        ("seed.hex0=/proc/x", "(E"),
        ("seed.hex0=/new/", "expected the path of a file"),
        ("seed.hex0=/", "(E"),
        ("seed.hex0=new", "expected an absolute path"),
        ("seed.hex0=", "expected an absolute path"),
        ("no.hex0=/new", "the seed's text no.hex0 is no file of the image"),
        ("/sed.hex0=/new", "is no file of the image"),
        ("etc=/new", "is no file of the image"),
        ("dangling=/new", "is no file of the image"),
        ("/dev/null=/new", "is no file of the image"),
        ("=/new", "is no file of the image"),
        ("seed.hex0=/dev/null", "/dev/null: the kernel itself makes a file of this name"),
        ("seed.hex0=/etc/../dev", "the kernel itself makes a file of this name"),
        (
            "script.hex0=/new",
            "the seed's text script.hex0 stands for no ELF program that the kernel can load: its bytes do not begin with \\x7fELF",
        ),
        (
            "nothing.hex0=/new",
            "the seed's text nothing.hex0 stands for no ELF program that the kernel can load: its bytes do not begin with \\x7fELF",
        ),
        (
            "cut.hex0=/new",
            "the seed's text cut.hex0 stands for no ELF program that the kernel can load: program headers at 0x40 reach",
        ),
        ("half.hex0=/new", "half.hex0: line 1: half a byte"),
        ("bin/tool=/new", "expected a pair of hex digits"),
    ];
    for (seed, message) in table {
        let refused = bench.build("a.img", &["--seed", seed]).code(2);
        let said = stderr(&refused);
        assert!(said.contains(message), "{seed}: {said}");
        assert!(!bench.path("a.img").exists());
        // The index itself has no empty path.
        if !seed.starts_with('=') && !seed.ends_with('=') {
            check_refuses(&bench, &[seed], "/init", message);
        }
    }
    let long = format!("seed.hex0=/{}", "n".repeat(256));
    let refused = bench.build("a.img", &["--seed", &long]).code(2);
    assert!(stderr(&refused).contains("is too long (ENAMETOOLONG)"));
    let twice = ["seed.hex0=/new", "/seed.hex0=/etc/../new"];
    let message = "an earlier seed has the same program";
    let refused = bench.build("a.img", &["--seed", twice[0], "--seed", twice[1]]);
    assert!(stderr(&refused.code(2)).contains(message));
    check_refuses(&bench, &twice, "/init", message);
    let under = ["seed.hex0=/new", "seed.hex0=/new/under"];
    let refused = bench.build("a.img", &["--seed", under[0], "--seed", under[1]]);
    assert!(stderr(&refused.code(2)).contains("a part of the path is no folder"));
}

/// The index, and with it the ledger, have one spelling of each path, however the user spells it.
#[test]
fn seeds_are_stated_by_their_real_paths() {
    let bench = Bench::new();
    symlink("etc", bench.path("tree/folder")).unwrap();
    symlink("seed.hex0", bench.path("tree/link.hex0")).unwrap();
    fs::hard_link(bench.path("tree/seed.hex0"), bench.path("tree/twin.hex0")).unwrap();
    for (seed, line) in [
        ("seed.hex0=/new/folder/x", "/seed.hex0 -> /new/folder/x\n"),
        ("./etc/../seed.hex0=//new", "/seed.hex0 -> /new\n"),
        ("/link.hex0=/folder/x", "/seed.hex0 -> /etc/x\n"),
        ("twin.hex0=/absolute/x", "/seed.hex0 -> /etc/x\n"),
    ] {
        bench.build("a.img", &["--seed", seed]).success();
        let text = stdout(&bench.run(&["inspect", "a.img"]).success());
        assert!(text.contains(line), "{seed}: {line:?} is not in:\n{text}");
        bench.run(&["check", "a.img"]).success();
    }
    check_refuses(
        &bench,
        &["seed.hex0=/new"],
        "/init",
        "the seed's path seed.hex0 is spelled /seed.hex0",
    );
}

/// An image with these seeds, made past `build`'s review, is none for `check`.
fn check_refuses(bench: &Bench, seeds: &[&str], init: &str, message: &str) {
    let split = |seed: &&str| {
        let (text, program) = seed.rsplit_once('=').unwrap();
        (text.as_bytes().to_vec(), program.as_bytes().to_vec())
    };
    let settings = Settings {
        init: init.as_bytes().to_vec(),
        arguments: vec![],
        environment: vec![],
        cwd: b"/".to_vec(),
        policy: Policy::Open,
        continues: None,
        seeds: seeds.iter().map(split).collect(),
    };
    let tar = archive::write(&tree::read(&bench.path("tree")).unwrap()).unwrap();
    let entries = archive::read(&tar).unwrap();
    let kernel = Kernel::read(&bench.path("kernel")).unwrap();
    let progress = Progress::hidden();
    let image = layout::assemble(kernel, &tar, &entries, &settings, &progress).unwrap();
    let report = check::check(&image).unwrap();
    let problems: Vec<String> = report.damage.iter().map(ToString::to_string).collect();
    assert!(problems.iter().any(|problem| problem.contains(message)), "{seeds:?}: {problems:?}");
}
