//! What the kernel and `image-builder check` say of images that are damaged, or whose index lies: both refuse, with a
//! reason, and no program runs. tests/20-image.sh and image-builder's own tests have more of it, without a machine.

use machine::{
    Console, Machine, build_image, flip_byte, image_builder, kernel_symbol, once, output,
    probe_tree, read, run, scratch, sha256,
};
use std::fs;
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const PAGE: usize = 4096;
/// Bytes of a block of a tar.
const BLOCK: usize = 512;

/// The probe, and two small files: `one1` and `one2`.
fn whole_image() -> PathBuf {
    once("damage.img", |image| {
        let tree = scratch().join("tree");
        probe_tree(&tree);
        for (name, text) in [("one1", "uno"), ("one2", "due")] {
            let path = tree.join(name);
            fs::write(&path, text).expect("a file");
            fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("its mode");
        }
        build_image(&tree, image, "/hello");
    })
}

/// Where a part of the image is, as `inspect` says.
fn part(name: &str) -> Range<usize> {
    let facts = output(image_builder("inspect").arg(whole_image()));
    let line = facts.lines().find(|line| line.starts_with(name)).expect("the part's line");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!([words[1], words[3]], ["offset", "size"]);
    let number = |word: &str| -> usize { word.parse().expect("a number") };
    let start = number(words[2]);
    start..start + number(words[4])
}

/// `check` finds something, the kernel stops with this reason.
#[track_caller]
fn assert_refused(image: &[u8], reason: &str) {
    assert!(image != read(whole_image()), "the test damages nothing");
    let path = scratch().join("image");
    fs::write(&path, image).expect("an image");
    run(image_builder("check").arg(&path)).expect("check finds it", 1);
    let console = Machine::with(&path).ends(125);
    console.says(&format!("firmseed: failed: image damaged: {reason}"));
    console.never_says("hello from EL0");
}

/// One bit of each of these bytes, one after the other.
#[track_caller]
fn assert_flips_refused(offsets: &[usize], reason: impl Fn(&[u8], usize) -> String) {
    for offset in offsets {
        println!("byte {offset}");
        let mut image = read(whole_image());
        flip_byte(&mut image, *offset);
        assert_refused(&image, &reason(&image, *offset));
    }
}

/// Of a damaged kernel: its hash, and that of the whole one. The image's size, which the header says, counts as zeros.
fn wrong_hash(image: &[u8], _: usize) -> String {
    let hash = |image: &[u8]| {
        let mut kernel = image[part("kernel")].to_vec();
        kernel[16..24].fill(0);
        sha256(kernel)
    };
    let (expected, found) = (hash(&read(whole_image())), hash(image));
    format!("the kernel: expected sha256 {expected}, found {found}")
}

#[test]
fn a_flip_in_the_header_is_found() {
    // code1, text_offset, flags, reserved, reserved.
    assert_flips_refused(&[4, 10, 24, 32, 40, 55, 63], wrong_hash);
}

/// Without its magic a loader takes it for something else: qemu/run does not start it.
#[test]
fn a_flip_in_the_magic_keeps_it_from_being_started() {
    let mut image = read(whole_image());
    flip_byte(&mut image, 56);
    let path = scratch().join("image");
    fs::write(&path, image).expect("an image");
    run(image_builder("check").arg(&path)).expect("check finds it", 1);
    let ended = Machine::with(&path).run().expect("qemu/run", 1);
    let said = format!("run: {} is no image: it has no arm64 Image header", path.display());
    Console::new(ended.errors.as_bytes()).says(&said);
}

#[test]
fn a_flip_in_the_image_s_size_is_found() {
    let line = line_number("tar ");
    let reason =
        "expected OFFSET + SIZE to be the size of the image (cut short, or longer than built?)";
    let reason = index_line(line, reason, &index()[line - 1]);
    assert_flips_refused(&[16, 18], |_, _| reason.clone());
}

/// In a function that runs only for programs, and in the last one: what runs before the check cannot say that it is damaged.
#[test]
fn a_flip_in_the_kernel_s_code_is_found() {
    let symbols = read(whole_image())[part("symbols")].to_vec();
    let symbols = String::from_utf8(symbols).expect("a text");
    let line = symbols.lines().find(|line| line.contains("syscall")).expect("a function for calls");
    let (address, _) = line.split_once(' ').expect("an address");
    let program_only = usize::from_str_radix(address, 16).expect("an address");
    assert_flips_refused(&[program_only + 2, kernel_symbol("__text_end") - 1], wrong_hash);
}

#[test]
fn a_flip_in_the_kernel_s_constants_is_found() {
    let image = read(whole_image());
    let word = b"deadlock";
    let message = image.windows(word.len()).position(|bytes| bytes == word).expect("a message");
    assert_flips_refused(&[message, kernel_symbol("__rodata_end") - 1], wrong_hash);
}

#[test]
fn a_flip_in_the_kernel_s_data_is_found() {
    // The first page, page tables, the page that is not mapped, the stack.
    let end = part("kernel").end;
    let offsets = [
        kernel_symbol("__rodata_end"),
        kernel_symbol("kernel_l3"),
        kernel_symbol("stack_guard"),
        end - 65536,
        end - 1,
    ];
    assert_flips_refused(&offsets, |_, _| {
        "the kernel: its data are not zeros in the file".to_string()
    });
}

#[test]
fn a_flip_in_the_index_is_found() {
    assert_flips_refused(&[part("index").end - 100], |_, _| {
        "the index does not have the hash that its last line says".to_string()
    });
}

#[test]
fn a_flip_between_two_parts_is_found() {
    let offsets = [part("index").end, part("symbols").start - 1, part("tar").start - 1];
    assert_flips_refused(&offsets, |_, offset| {
        format!("byte {offset}, between two parts, is not zero")
    });
}

#[test]
fn a_flip_in_the_symbols_is_found() {
    let symbols = part("symbols");
    let expected = sha256(&read(whole_image())[symbols.clone()]);
    assert_flips_refused(&[symbols.start, symbols.start + 999], |image, _| {
        let found = sha256(&image[symbols.clone()]);
        format!("the symbols: expected sha256 {expected}, found {found}")
    });
}

#[test]
fn a_flip_in_a_header_of_the_tar_is_found() {
    let tar = part("tar");
    assert_flips_refused(&[tar.start, tar.end - 1], |_, _| {
        "a header of the tar; image-builder check says where".to_string()
    });
}

#[test]
fn a_flip_in_a_file_is_found() {
    let tar = part("tar");
    assert_flips_refused(&[tar.end - tar.len() / 2], |_, _| {
        "probe does not have the hash that the index says".to_string()
    });
}

/// What is missing is zeros in the machine's memory.
#[test]
fn an_image_that_is_cut_short_is_found() {
    let (mut image, tar) = (read(whole_image()), part("tar"));
    image.truncate((tar.end - tar.len() / 2) / PAGE * PAGE);
    assert_refused(&image, "probe does not have the hash that the index says");
}

// ---- an index that lies

/// The lines of the index, but for its seal.
fn index() -> Vec<String> {
    let text = read(whole_image())[part("index")].to_vec();
    let text = String::from_utf8(text).expect("a text");
    let lines = text.lines().take_while(|line| !line.starts_with("end "));
    lines.map(String::from).collect()
}

/// The number of the first line that begins so.
fn line_number(start: &str) -> usize {
    let lines = index();
    let line = lines.iter().position(|line| line.starts_with(start));
    1 + line.expect("a line of the index")
}

/// The place of the line of a file.
fn place_of(name: &str, lines: &[String]) -> usize {
    let end = format!(" {name}");
    let is_it = |line: &String| line.starts_with("file ") && line.ends_with(&end);
    lines.iter().position(is_it).expect("the file's line")
}

/// The image with another index, sealed again as if nothing had happened.
fn forged(change: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    let mut lines = index();
    change(&mut lines);
    assert_ne!(lines, index(), "the test changes nothing");
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    text += &format!("end {}\n", sha256(&text));
    let room = part("index").start..part("symbols").start;
    let mut bytes = text.into_bytes();
    assert!(bytes.len() <= room.len() && bytes.len() > room.len() - PAGE, "the lie fits");
    bytes.resize(room.len(), 0);
    let mut image = read(whole_image());
    image[room].copy_from_slice(&bytes);
    image
}

#[track_caller]
fn assert_lie_refused(reason: &str, change: impl FnOnce(&mut Vec<String>)) {
    assert_refused(&forged(change), reason);
}

/// The kernel's words where a line of the index and a member of the tar do not fit.
fn disagree(line: usize, member: &str) -> String {
    let lines = index();
    let fields: Vec<&str> = lines[place_of(member, &lines)].split(' ').collect();
    let data: usize = fields[4].parse().expect("an offset");
    let header = data - BLOCK - part("tar").start;
    format!(
        "index and tar disagree: line {line} of the index, the member at offset {header} of the tar"
    )
}

/// The kernel's words where a line of the index makes no sense, with the line's first 80 characters.
fn index_line(number: usize, reason: &str, line: &str) -> String {
    format!("index line {number}: {reason}, found \"{}...\"", &line[..80])
}

/// The number of a file's line.
fn line_of(name: &str) -> usize {
    1 + place_of(name, &index())
}

#[test]
fn a_lie_about_a_hash_is_found() {
    assert_lie_refused("one1 does not have the hash that the index says", |lines| {
        let place = place_of("one1", lines);
        let hash = lines[place].split(' ').nth(1).expect("a hash").to_string();
        lines[place] = lines[place].replace(&hash, &format!("{:064}", 7));
    });
}

#[test]
fn a_lie_about_two_names_is_found() {
    assert_lie_refused(&disagree(line_of("one1"), "one1"), |lines| {
        let (one, other) = (place_of("one1", lines), place_of("one2", lines));
        lines[one] = lines[one].replace("one1", "one2");
        lines[other] = lines[other].replace("one2", "one1");
    });
}

#[test]
fn a_lie_about_the_order_of_two_files_is_found() {
    assert_lie_refused(&disagree(line_of("one1"), "one1"), |lines| {
        let (one, other) = (place_of("one1", lines), place_of("one2", lines));
        lines.swap(one, other);
    });
}

#[test]
fn a_file_that_only_the_index_has_is_found() {
    assert_lie_refused(&disagree(line_of("one1") + 1, "one2"), |lines| {
        let place = place_of("one1", lines);
        lines.insert(place + 1, format!("{}er", lines[place]));
    });
}

#[test]
fn a_file_that_the_index_lacks_is_found() {
    assert_lie_refused(&disagree(line_of("one1"), "one1"), |lines| {
        lines.remove(place_of("one1", lines));
    });
}

#[test]
fn a_last_member_that_the_index_lacks_is_found() {
    // Its header, and two blocks of zeros, are the end of the tar.
    let header = part("tar").len() - 3 * BLOCK;
    let reason = format!(
        "index and tar disagree: no line of the index, the member at offset {header} of the tar"
    );
    assert_lie_refused(&reason, |lines| {
        assert_eq!(lines.pop().as_deref(), Some("symlink writer probe"));
    });
}

#[test]
fn a_lie_about_a_mode_is_found() {
    assert_lie_refused(&disagree(line_of("one1"), "one1"), |lines| {
        let place = place_of("one1", lines);
        lines[place] = lines[place].replace(" 0755 ", " 4755 ");
    });
}

#[test]
fn two_files_in_one_place_are_found() {
    assert_lie_refused(&disagree(line_of("one2"), "one2"), |lines| {
        let (one, other) = (place_of("one1", lines), place_of("one2", lines));
        lines[other] = lines[one].replace("one1", "one2");
    });
}

#[test]
fn a_size_beyond_the_tar_is_found() {
    let mut lines = index();
    let place = place_of("one1", &lines);
    let mut fields: Vec<&str> = lines[place].split(' ').collect();
    fields[3] = "18446744073709551615";
    lines[place] = fields.join(" ");
    let reason = "expected an OFFSET and SIZE that lie in the tar";
    let reason = index_line(1 + place, reason, &lines[place]);
    assert_lie_refused(&reason, |index| *index = lines);
}

#[test]
fn a_lie_about_a_kind_is_found() {
    assert_lie_refused(&disagree(line_of("one1"), "one1"), |lines| {
        let place = place_of("one1", lines);
        lines[place] = "dir 0755 one1".to_string();
    });
}

#[test]
fn a_lie_about_a_link_s_target_is_found() {
    let line = line_number("symlink hello ");
    // Before it are links only, a header each.
    let header = (line - line_number("symlink ")) * BLOCK;
    let reason = format!(
        "index and tar disagree: line {line} of the index, the member at offset {header} of the tar"
    );
    assert_lie_refused(&reason, |lines| {
        lines[line - 1] = "symlink hello probf".to_string();
    });
}

/// The kernel's name in the index is the builder's opinion: it decides what is said, not what runs.
#[test]
fn the_kernel_s_name_in_the_index_decides_what_is_said_alone() {
    let own = index()[line_number("kernel ") - 1].clone();
    let (start, name) = own.rsplit_once(' ').expect("a name");
    let is_published = name == "published";
    let other = if is_published { "other" } else { "published" };
    let image = scratch().join("image");
    let line = format!("{start} {other}");
    fs::write(&image, forged(|lines| lines[line_number("kernel ") - 1] = line)).expect("an image");
    let checked = output(image_builder("check").arg(&image));
    println!("{checked}");
    for (path, name) in [(whole_image(), name), (image, other)] {
        let console = Machine::with(path).ends(0);
        console.says("hello from EL0! child 5 third 0.333");
        let start = "firmseed: the kernel is not a published one: sha256 ";
        if name == "published" {
            console.never_says(start);
        } else {
            let kernel = part("kernel");
            let mut bytes = read(whole_image())[kernel].to_vec();
            bytes[16..24].fill(0);
            console.says(&format!("{start}{}", sha256(bytes)));
        }
    }
}
