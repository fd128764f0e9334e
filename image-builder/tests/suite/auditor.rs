//! An auditor who trusts `tail`, `sha256sum` and `tar`, and not this tool, comes to the same result: with
//! the commands of docs/image.md, just as they stand there, and with the offsets of `inspect`.

use crate::common::{Bench, stdout};
use std::fs;
use std::process::Command;

/// What the page's first block of commands prints when run beside `IMG`.
fn run_the_page(bench: &Bench) -> (String, String) {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/image.md")).unwrap();
    let (_, rest) = page
        .split_once("```sh\n")
        .expect("docs/image.md has a block of commands");
    let (commands, _) = rest.split_once("```").unwrap();
    let output = Command::new("sh")
        .args(["-uc", commands])
        .current_dir(&bench.folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn the_commands_of_the_page_verify_an_image() {
    let bench = Bench::new();
    bench.build("IMG", &["--policy", "open"]).success();
    let (output, errors) = run_the_page(&bench);
    assert_eq!(errors, "");
    let index = fs::read_to_string(bench.path("index.txt")).unwrap();
    let field = |keyword: &str, number: usize| {
        let line = index
            .lines()
            .find(|line| line.starts_with(keyword))
            .unwrap();
        line.split(' ').nth(number).unwrap().to_owned()
    };
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines[0], format!("{}  -", field("end ", 1)), "the index");
    assert_eq!(
        lines[1],
        format!("{}  -", field("kernel ", 2)),
        "the kernel"
    );
    assert_eq!(lines[2], "files.tar: OK");
    let files = index
        .lines()
        .filter(|line| line.starts_with("file "))
        .count();
    assert_eq!(output.matches("\nsame ").count(), files);
    assert!(files == 8 && !output.contains("BAD"));
    assert!(
        output.contains(" bin/tool link to bin/again") && output.contains(" init -> bin/sh"),
        "{output}"
    );

    // And they notice damage.
    let mut image = fs::read(bench.path("IMG")).unwrap();
    let at = image
        .windows(17)
        .rposition(|bytes| bytes == b"#!/bin/busybox sh")
        .unwrap();
    image[at + 3] ^= 1;
    fs::write(bench.path("IMG"), image).unwrap();
    let (output, _) = run_the_page(&bench);
    assert!(
        output.contains("files.tar: FAILED") && output.contains("BAD bin/sh"),
        "{output}"
    );
}

/// What `inspect --json` says, value by value.
#[test]
fn tar_and_sha256sum_agree_with_the_index() {
    let bench = Bench::new();
    bench.build("a.img", &[]).success();
    let report: serde_json::Value = serde_json::from_str(&stdout(
        &bench.run(&["inspect", "--json", "a.img"]).success(),
    ))
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
        let output = Command::new("sh")
            .args(["-euc", script])
            .current_dir(&bench.folder)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{script}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let tar = part("tar");
    let start = tar["offset"].as_u64().unwrap() + 1;
    shell(&format!("tail -c +{start} a.img > files.tar"));
    assert_eq!(
        shell("sha256sum < files.tar")[..64],
        *tar["sha256"].as_str().unwrap()
    );
    let listed = shell("tar tf files.tar --quoting-style=literal --show-transformed-names | wc -l");
    // One name holds a newline, so the list has one line more than members.
    let members = report["members"].as_array().unwrap();
    assert_eq!(listed.trim().parse::<usize>().unwrap(), members.len() + 1);
    shell("mkdir by-tar && tar xf files.tar -C by-tar && diff -r --no-dereference tree by-tar");
    let kernel = part("kernel");
    assert_eq!(
        shell(&format!("head -c {} a.img | sha256sum", kernel["size"]))[..64],
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
        let hash = shell(&format!(
            "tail -c +{offset} a.img | head -c {} | sha256sum",
            member["size"]
        ));
        assert_eq!(hash[..64], *member["sha256"].as_str().unwrap(), "{member}");
        files += 1;
    }
    assert_eq!(files, 8);
}
