//! The commands of docs/image.md, just as they stand there: an auditor who trusts `tail`, `sha256sum`
//! and `tar`, and not this tool, comes to the same result.

use crate::common::Bench;
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
    assert!(files == 7 && !output.contains("BAD"));
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
