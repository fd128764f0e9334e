//! An auditor who trusts `tail`, `sha256sum` and `tar`, and not this tool, comes to the same result: with
//! the commands of docs/image.md, just as they stand there, and with the offsets of `inspect`.

use crate::common::{Bench, forged, lies, stdout};
use image_builder::layout;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

/// What the page's first block of commands prints when run beside `IMG`.
fn run_the_page(bench: &Bench) -> (String, String) {
    run_block(bench, "```sh\n")
}

/// The same of the block that begins with `start`.
fn run_block(bench: &Bench, start: &str) -> (String, String) {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/image.md")).unwrap();
    let (_, rest) = page.split_once(start).expect("docs/image.md has a block of commands");
    let (commands, _) = rest.split_once("```").unwrap();
    let commands = format!("{}{commands}", start.trim_start_matches("```sh\n"));
    let output =
        Command::new("sh").args(["-uc", &commands]).current_dir(&bench.folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn the_commands_of_the_page_verify_an_image() {
    let bench = Bench::new();
    bench.build("IMG", &[]).success();
    let (output, errors) = run_the_page(&bench);
    assert_eq!(errors, "");
    let index = fs::read_to_string(bench.path("index.txt")).unwrap();
    let field = |keyword: &str, number: usize| {
        let line = index.lines().find(|line| line.starts_with(keyword)).unwrap();
        line.split(' ').nth(number).unwrap().to_owned()
    };
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines[0], format!("{}  -", field("end ", 1)), "the index");
    assert_eq!(lines[1], format!("{}  -", field("kernel ", 2)), "the kernel");
    let field_of_symbols = format!("{}  -", field("symbols ", 3));
    let then = [
        "same sizes",
        "files.tar: OK",
        "same zeros",
        &field_of_symbols,
        "same zeros",
        "same members",
        "same contents",
    ];
    assert_eq!(lines[2..9], then);
    let files = index.lines().filter(|line| line.starts_with("file ")).count();
    assert_eq!(lines[9..].iter().filter(|line| line.starts_with("same ")).count(), files);
    assert!(files == 8 && !output.contains("BAD") && lines.len() == 9 + files);

    // And they notice damage.
    let mut image = fs::read(bench.path("IMG")).unwrap();
    let at = image.windows(14).rposition(|bytes| bytes == b"#!/bin/tool sh").unwrap();
    image[at + 3] ^= 1;
    fs::write(bench.path("IMG"), image).unwrap();
    let (output, _) = run_the_page(&bench);
    assert!(output.contains("files.tar: FAILED") && output.contains("BAD bin/sh"), "{output}");
}

/// The same commands, and those of the section about it, verify an image of the seed kernel, and see damage.
#[test]
fn the_commands_of_the_page_verify_a_seed_image() {
    let bench = Bench::for_seed_kernel();
    bench.build_seed("IMG").success();
    let texts = "```sh\nsed 's/[#;].*//' seed-kernel/loader.hex0";
    let (output, errors) = run_the_page(&bench);
    assert_eq!(errors, "");
    assert!(
        !output.contains("BAD") && output.contains("\nsame zeros\nsame members\nsame contents\n"),
        "{output}"
    );
    assert_eq!(run_block(&bench, texts), ("same loader\nsame text\n".into(), String::new()));

    let whole = fs::read(bench.path("IMG")).unwrap();
    let index_end = 4096 + layout::open(&whole).unwrap().text.len();
    let damaged = |at: usize| {
        let mut image = whole.clone();
        image[at] ^= 1;
        fs::write(bench.path("IMG"), image).unwrap();
    };
    damaged(index_end + 1);
    assert!(run_the_page(&bench).0.contains("BAD zeros"));
    damaged(66);
    assert_eq!(run_block(&bench, texts).0.lines().last(), Some("same text"));
    damaged(70);
    assert!(!run_block(&bench, texts).0.contains("same text"));
}

/// The commands see an index that lies, though each hash and the seal are as it says.
#[test]
fn the_commands_of_the_page_see_lies() {
    let bench = Bench::new();
    // Every byte that a name can hold, and a tar by another hand.
    fs::remove_dir_all(bench.path("tree/odd")).unwrap();
    for byte in (1..=255u8).filter(|byte| *byte != b'/') {
        let name = std::ffi::OsStr::from_bytes(&[b'x', byte]).to_owned();
        fs::write(bench.path("tree").join(name), b"").unwrap();
    }
    fs::write(bench.path("tree/one"), b"uno").unwrap();
    fs::write(bench.path("tree/two"), b"due").unwrap();
    let gnu = "cd tree && tar cf ../gnu.tar --sort=name --format=gnu .";
    assert!(
        Command::new("sh").args(["-c", gnu]).current_dir(&bench.folder).status().unwrap().success()
    );
    let (policy, kernel) =
        (["--policy", "open"], ["--kernel", "kernel", "--init", "/init", "-o", "IMG"]);
    bench.run(&[&["build", "--tar", "gnu.tar"][..], &policy, &kernel].concat()).success();
    let (output, errors) = run_the_page(&bench);
    assert!(!output.contains("BAD") && output.contains("same members"), "{output}{errors}");

    let clean =
        Command::new("sh").args(["-c", "rm -f tree/x?"]).current_dir(&bench.folder).status();
    assert!(clean.unwrap().success());
    bench.build("IMG", &[]).success();
    let whole = fs::read(bench.path("IMG")).unwrap();
    let (output, errors) = run_the_page(&bench);
    assert!(!output.contains("BAD") && output.contains("same members"), "{output}{errors}");
    let bad = |image: Vec<u8>| {
        fs::write(bench.path("IMG"), image).unwrap();
        run_the_page(&bench).0.contains("BAD")
    };
    for (lie, image) in lies(&whole, "one", "two") {
        assert!(bad(image), "{lie}");
    }
    let longer = [&whole[..], &[0; 512]].concat();
    assert!(bad(longer), "an image that is longer than its header says");
    let mut padded = whole.clone();
    let index = layout::open(&whole).unwrap();
    padded[index.tar.offset as usize - 1] = 1;
    assert!(bad(padded), "a byte in the padding");
    // Which text is the name of the link, and which is its target?
    let link = forged(&whole, |text| {
        text.replace("symlink absolute /etc", "symlink absolute%20->%20/etc x")
    });
    assert!(bad(link), "another target");
}

/// What `inspect --json` says, value by value.
#[test]
fn tar_and_sha256sum_agree_with_the_index() {
    let bench = Bench::new();
    bench.build("a.img", &[]).success();
    let report: serde_json::Value =
        serde_json::from_str(&stdout(&bench.run(&["inspect", "--json", "a.img"]).success()))
            .unwrap();
    let part = |name: &str| {
        report["parts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|part| part["name"] == name)
            .unwrap()
            .clone()
    };
    let shell = |script: &str| {
        let output =
            Command::new("sh").args(["-euc", script]).current_dir(&bench.folder).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let tar = part("tar");
    let start = tar["offset"].as_u64().unwrap() + 1;
    shell(&format!("tail -c +{start} a.img > files.tar"));
    assert_eq!(shell("sha256sum < files.tar")[..64], *tar["sha256"].as_str().unwrap());
    let listed = shell("tar tf files.tar --quoting-style=literal --show-transformed-names | wc -l");
    // One name holds a newline, so the list has one line more than members.
    let members = report["members"].as_array().unwrap();
    assert_eq!(listed.trim().parse::<usize>().unwrap(), members.len() + 1);
    shell("mkdir by-tar && tar xf files.tar -C by-tar && diff -r --no-dereference tree by-tar");
    let kernel = part("kernel");
    assert_eq!(
        shell(&format!(
            "{{ head -c 16 a.img; head -c 8 /dev/zero; head -c {} a.img | tail -c +25; }} | sha256sum",
            kernel["size"]
        ))[..64],
        *kernel["sha256"].as_str().unwrap()
    );
    let index = part("index");
    let text = shell(&format!(
        "tail -c +{} a.img | head -c {}",
        index["offset"].as_u64().unwrap() + 1,
        index["size"]
    ));
    let end = text.lines().last().unwrap();
    let sealed = text.len() - end.len() - 1;
    let seal = shell(&format!(
        "tail -c +{} a.img | head -c {sealed} | sha256sum",
        index["offset"].as_u64().unwrap() + 1
    ));
    assert_eq!(end, format!("end {}", &seal[..64]));
    let mut files = 0;
    for member in members.iter().filter(|member| member["kind"] == "file") {
        let offset = member["offset"].as_u64().unwrap() + 1;
        let hash =
            shell(&format!("tail -c +{offset} a.img | head -c {} | sha256sum", member["size"]));
        assert_eq!(hash[..64], *member["sha256"].as_str().unwrap(), "{member}");
        files += 1;
    }
    assert_eq!(files, 8);
}
