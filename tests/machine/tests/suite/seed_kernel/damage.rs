//! Images that the seed kernel, or image-builder for it, refuses.

use super::{build_command, cases};
use machine::{Machine, flip_byte, image_builder, output, read, run, scratch};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a part of the image with the cases is.
fn start_of(part: &str) -> usize {
    let facts = output(image_builder("inspect").arg(cases::image()));
    let mut lines = facts.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let words = lines.find(|words| words.first() == Some(&part)).expect("the part's line");
    words[2].parse().expect("an offset")
}

/// Where a file's contents are, by the line of the index.
fn contents_of(name: &str) -> usize {
    let image = read(cases::image());
    let index = String::from_utf8_lossy(&image[start_of("index")..start_of("tar")]).into_owned();
    let mut lines = index.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let is_it = |words: &Vec<&str>| words[0] == "file" && words.last() == Some(&name);
    let words = lines.find(is_it).expect("the file's line");
    words[4].parse().expect("an offset")
}

/// The machine stops for this reason, before any program has said anything.
#[track_caller]
fn assert_stops(image: &[u8], reason: &str) {
    let path = scratch().join("image");
    fs::write(&path, image).expect("an image");
    let console = Machine::with(&path).ends(125);
    console.says(&format!("firmseed: failed: {reason}"));
    assert_eq!(console.of_programs(), [""; 0]);
}

#[track_caller]
fn assert_flip_stops(offset: usize, reason: &str) {
    let mut image = read(cases::image());
    flip_byte(&mut image, offset);
    assert_stops(&image, reason);
}

fn no_header_at(offset: usize) -> String {
    format!("no tar header that it can read at {offset}")
}

#[test]
fn a_flip_in_a_name_in_the_tar_stops_it() {
    let tar = start_of("tar");
    assert_flip_stops(tar, &no_header_at(tar));
}

/// No end of the tar.
#[test]
fn a_name_in_the_tar_that_begins_with_a_zero_stops_it() {
    let tar = start_of("tar");
    let mut image = read(cases::image());
    image[tar] = 0;
    assert_stops(&image, &no_header_at(tar));
}

#[test]
fn a_flip_in_a_sum_of_the_tar_stops_it() {
    let tar = start_of("tar");
    assert_flip_stops(tar + 148, &no_header_at(tar));
}

#[test]
fn a_flip_in_the_index_s_first_line_stops_it() {
    assert_flip_stops(start_of("index") + 15, "no index that it can read");
}

/// Memory has zeros there, as a tar's end does.
#[test]
fn an_image_that_was_cut_off_between_two_members_stops_it() {
    let header = contents_of("text") - 512;
    assert!(header > start_of("tar"), "a member that is not the first");
    let image = read(cases::image());
    assert_stops(&image[..header], &no_header_at(header));
}

#[test]
fn a_first_program_that_is_none_stops_it() {
    assert_flip_stops(contents_of("init"), "before the first program, error 8");
}

// ---- seeds

/// A tree with the cases as hex0 text, and one file.
fn tree_with_a_seed() -> PathBuf {
    let tree = scratch().join("tree");
    fs::create_dir(&tree).expect("a new folder");
    let digits = output(Command::new("xxd").args(["-p", "-u"]).arg(cases::tree().join("init")));
    fs::write(tree.join("seed.hex0"), digits).expect("a file");
    fs::write(tree.join("sued"), "a file\n").expect("a file");
    tree
}

fn image_with_a_seed() -> Vec<u8> {
    let image = scratch().join("image");
    output(
        build_command("/seed", &image)
            .args(["--seed", "/seed.hex0=/seed", "--tree"])
            .arg(tree_with_a_seed()),
    );
    read(image)
}

#[track_caller]
fn place_of(text: &[u8], image: &[u8]) -> usize {
    let place = image.windows(text.len()).rposition(|bytes| bytes == text);
    place.expect("the text in the image")
}

#[test]
fn a_seed_s_text_that_is_no_hex0_stops_it() {
    let mut image = image_with_a_seed();
    let digits = place_of(b"7F454C46", &image);
    image[digits + 1] = b'G';
    assert_stops(&image, "no hex0 text in /seed.hex0");
}

/// image-builder refuses it, so the seed's line is changed in the image.
#[test]
fn a_seed_with_the_name_of_a_member_stops_it() {
    let mut image = image_with_a_seed();
    let line = b"\nseed /seed.hex0 /seed\n";
    let place = place_of(line, &image);
    image[place..][..line.len()].copy_from_slice(b"\nseed /seed.hex0 /sued\n");
    assert_stops(&image, "before the first program, error 17");
}

// ---- what image-builder does not build for it

#[track_caller]
fn assert_not_built(command: &mut Command, message: &str) {
    let ended = run(command).expect("image-builder", 2);
    assert!(ended.errors.contains(message), "expected {message:?}");
}

/// It wants a pax header, which the kernel does not read.
#[test]
fn a_name_of_200_bytes_is_not_built() {
    let folder = scratch();
    let tree = folder.join("tree");
    output(Command::new("cp").arg("-R").arg(cases::tree()).arg(&tree));
    let name = "x".repeat(200);
    fs::write(tree.join(&name), "\n").expect("a file");
    let mut command = build_command("/init", &folder.join("image"));
    assert_not_built(command.arg("--tree").arg(tree), &format!("member {name}"));
}

fn tar_of_init(path: &Path, options: &[&str]) {
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(cases::tree()).args(["--format=ustar"]).args(options);
    output(tar.arg("-cf").arg(path).arg("init"));
}

/// As tar fills its last record; the way that is told helps.
#[test]
fn a_tar_with_more_zeros_at_its_end_is_not_built() {
    let folder = scratch();
    let (padded, plain) = (folder.join("padded.tar"), folder.join("plain.tar"));
    tar_of_init(&padded, &[]);
    tar_of_init(&plain, &["--blocking-factor=1"]);
    let build = |tar: &Path| {
        let mut command = build_command("/init", &folder.join("image"));
        command.arg("--tar").arg(tar);
        command
    };
    assert_not_built(&mut build(&padded), "make it with tar --blocking-factor=1\n");
    output(&mut build(&plain));
}
