//! Cards for Raspberry Pis: the same bytes each time, what is wrong with a request, and results as a kernel leaves them.
//! What other tools say of a card is in tests/machine/tests/suite/boards.rs.

use crate::common::{Bench, stderr, stdout};
use image_builder::archive::{self, Body, Member};
use std::fs;
use std::os::unix::fs::symlink;

/// A folder with an image, and stand-ins for the firmware's files.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.build("a.img", &[]).success();
    let names = [
        "bootcode.bin",
        "start.elf",
        "fixup.dat",
        "start4.elf",
        "fixup4.dat",
        "bcm2712-rpi-5-b.dtb",
        "overlays/disable-bt.dtbo",
        "kernel7.img",
        "notes.txt",
    ];
    fs::create_dir_all(bench.path("firmware/overlays")).unwrap();
    for name in names {
        fs::write(bench.path("firmware").join(name), name).unwrap();
    }
    bench
}

const FIXED: [&str; 6] = ["sd", "card.img", "--image", "a.img", "--firmware", "firmware"];

fn sd(bench: &Bench, arguments: &[&str]) -> assert_cmd::assert::Assert {
    bench.run(&[&FIXED, arguments].concat())
}

/// Where the partition for results begins, read as anybody would.
fn results_at(card: &[u8]) -> usize {
    u32::from_le_bytes(card[470..474].try_into().unwrap()) as usize * 512
}

/// Puts `bytes` into the partition for results.
fn leave(bench: &Bench, bytes: &[u8]) {
    let mut card = fs::read(bench.path("card.img")).unwrap();
    let at = results_at(&card);
    card[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(bench.path("card.img"), card).unwrap();
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let member = |(path, content): &(&str, &[u8])| Member {
        path: path.as_bytes().to_vec(),
        kind: Body::File { mode: 0o644, content: content.to_vec() },
    };
    archive::write(&files.iter().map(member).collect::<Vec<_>>()).unwrap()
}

/// Whichever kernel an image has: the card gets it as it is.
#[test]
fn a_card_takes_an_image_of_the_seed_kernel() {
    let bench = bench();
    let other = Bench::for_seed_kernel();
    other.build_seed("a.img").success();
    fs::copy(other.path("a.img"), bench.path("a.img")).unwrap();
    sd(&bench, &[]).success();
    let (card, image) =
        (fs::read(bench.path("card.img")).unwrap(), fs::read(bench.path("a.img")).unwrap());
    // The files begin with a sector of their own.
    assert!(card.chunks(512).any(|sector| sector == &image[..512]));
}

#[test]
fn a_card_says_what_it_is_and_holds_only_what_boards_read() {
    let bench = bench();
    let said = stdout(&sd(&bench, &[]).success());
    assert_eq!(
        said,
        "card.img: 256 MiB, 188 of them for results; boards: Raspberry Pi 3, Raspberry Pi 4, Raspberry Pi 5\n"
    );
    let card = fs::read(bench.path("card.img")).unwrap();
    assert_eq!(card.len(), 256 << 20);
    let volume = &card[4 << 20..results_at(&card)];
    let holds = |name: &[u8]| volume.windows(name.len()).any(|window| window == name);
    assert!(holds(b"START4  ELF") && holds(b"KERNEL8 IMG"));
    assert!(!holds(b"KERNEL7 IMG") && !holds(b"NOTES   TXT"));
    // The same again, over the first, is the same.
    sd(&bench, &[]).success();
    assert!(card == fs::read(bench.path("card.img")).unwrap());
    // Another image is another card: its identifiers too.
    bench.build("a.img", &["--arg", "other"]).success();
    sd(&bench, &[]).success();
    let other = fs::read(bench.path("card.img")).unwrap();
    assert_ne!(card[440..444], other[440..444]);
}

#[test]
fn the_users_lines_end_config_txt() {
    let bench = bench();
    fs::write(bench.path("extra"), "uart_2ndstage=1\n").unwrap();
    sd(&bench, &["--config", "extra"]).success();
    let card = fs::read(bench.path("card.img")).unwrap();
    let text = b"[all]\n# The user's own lines:\nuart_2ndstage=1\n\0";
    let volume = &card[4 << 20..results_at(&card)];
    assert!(volume.windows(text.len()).any(|window| window == text));
    let said = stderr(&sd(&bench, &["--config", "none"]).code(1));
    assert!(said.contains("cannot read none"), "{said}");
}

#[test]
fn missing_firmware_is_named_with_its_board() {
    let bench = bench();
    let said =
        stderr(&bench.run(&["sd", "card.img", "--image", "a.img", "--firmware", "none"]).code(1));
    assert!(said.contains("firmware's folder none"), "{said}");
    fs::remove_file(bench.path("firmware/fixup4.dat")).unwrap();
    let said = stderr(&sd(&bench, &[]).success());
    assert!(
        said.contains("no Raspberry Pi 4 will start from this card: fixup4.dat missing"),
        "{said}"
    );
    fs::remove_file(bench.path("card.img")).unwrap();
    let said = stderr(&sd(&bench, &["--board", "pi4"]).code(2));
    assert!(said.contains("in firmware: the Raspberry Pi 4 needs fixup4.dat ("), "{said}");
    // An empty folder starts nothing: every board's needs are named.
    fs::create_dir(bench.path("empty")).unwrap();
    let said =
        stderr(&bench.run(&["sd", "card.img", "--image", "a.img", "--firmware", "empty"]).code(2));
    let needs = "the Raspberry Pi 3 needs bootcode.bin, start.elf, fixup.dat; \
        the Raspberry Pi 4 needs start4.elf, fixup4.dat; the Raspberry Pi 5 needs bcm2712-rpi-5-b.dtb";
    assert!(said.contains(needs), "{said}");
    // And nothing was written, not even for a moment's name.
    let names = fs::read_dir(&bench.folder).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names.iter().all(|name| {
            let name = name.to_str().unwrap();
            name != "card.img" && !name.starts_with(".image-builder")
        }),
        "{names:?}"
    );
}

#[test]
fn firmware_that_cannot_be_right_is_refused() {
    let bench = bench();
    fs::write(bench.path("firmware/START.ELF"), "x").unwrap();
    sd(&bench, &[]).success(); // no name that a board asks for
    fs::create_dir(bench.path("second")).unwrap();
    fs::write(bench.path("second/start.elf"), "another").unwrap();
    let said = stderr(&sd(&bench, &["--firmware", "second"]).code(1));
    assert!(
        said.contains("second/start.elf: the card already has start.elf from firmware/start.elf"),
        "{said}"
    );
    fs::write(bench.path("firmware/start_x.elf"), "").unwrap();
    let said = stderr(&sd(&bench, &[]).code(1));
    assert!(said.contains("firmware/start_x.elf: it is empty"), "{said}");
    // Sparse: it takes no room here.
    let large = fs::File::create(bench.path("firmware/start_x.elf")).unwrap();
    large.set_len(300 << 20).unwrap();
    let said = stderr(&sd(&bench, &[]).code(1));
    assert!(said.contains("have 300 MiB, and 256 MiB are allowed"), "{said}");
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let bench = bench();
    for size in ["0", "99", "1048577", "99999999999999999999"] {
        let said = stderr(&sd(&bench, &["--size", size]).code(2));
        assert!(said.contains("--size"), "{said}");
    }
    let said = stderr(&sd(&bench, &["--size", "99"]).code(2));
    assert!(said.contains("expected 100 to 1048576 MiB"), "{said}");
    let said = sd(&bench, &["--size", "100"]).success();
    assert!(stderr(&said).contains("QEMU takes only cards whose size is a power of two"));
    assert_eq!(fs::metadata(bench.path("card.img")).unwrap().len(), 100 << 20);
}

#[test]
fn only_a_whole_image_goes_onto_a_card() {
    let bench = bench();
    let mut image = fs::read(bench.path("a.img")).unwrap();
    let last = image.len() - 3000;
    image[last] ^= 1;
    fs::write(bench.path("a.img"), &image).unwrap();
    let said = stderr(&sd(&bench, &[]).code(1));
    assert!(said.contains("a.img: the image is damaged: "), "{said}");
    fs::write(bench.path("a.img"), "no image").unwrap();
    let said = stderr(&sd(&bench, &[]).code(1));
    assert!(said.contains("no Firmseed image"), "{said}");
}

#[test]
fn nothing_is_written_over_what_is_no_file() {
    let bench = bench();
    symlink("/dev/null", bench.path("card.img")).unwrap();
    let said = stderr(&sd(&bench, &[]).code(2));
    assert!(said.contains("not a regular file") && said.contains("dd"), "{said}");
}

#[test]
fn results_are_listed_and_unpacked() {
    let bench = bench();
    sd(&bench, &[]).success();
    let said = stderr(&bench.run(&["results", "card.img"]).code(1));
    assert!(said.contains("partition for results is blank"), "{said}");
    // A long tar of a run before, then a shorter one over it: its end is its end.
    let big = vec![7; 20 << 20];
    leave(&bench, &tar(&[("a/big", &big), ("b", b"old")]));
    let said = stdout(&bench.run(&["results", "card.img"]).success());
    assert_eq!(said.lines().count(), 2, "{said}");
    leave(&bench, &tar(&[("a/small", b"text\n")]));
    let said = stdout(&bench.run(&["results", "card.img", "-C", "out"]).success());
    assert_eq!(said, "b9e68e1bea3e5b19ca6b2f98b73a54b73daafaa250484902e09982e07a12e733  a/small\n");
    assert_eq!(fs::read(bench.path("out/a/small")).unwrap(), b"text\n");
    let again = bench.run(&["results", "card.img", "-C", "out"]).code(2);
    assert!(stderr(&again).contains("not empty"));
}

#[test]
fn what_is_no_card_or_no_tar_is_refused_with_a_reason() {
    let bench = bench();
    let say = |name: &str| stderr(&bench.run(&["results", name]).code(1));
    fs::write(bench.path("short"), "x").unwrap();
    assert!(say("short").contains("shorter than a sector"));
    fs::write(bench.path("zeros"), [0; 4096]).unwrap();
    assert!(say("zeros").contains("no partition table"));
    assert!(say("none").contains("cannot open none"));
    sd(&bench, &[]).success();
    let mut card = fs::read(bench.path("card.img")).unwrap();
    fs::write(bench.path("cut"), &card[..200 << 20]).unwrap();
    assert!(say("cut").contains("the copy was cut short"));
    let at = results_at(&card);
    card[at..at + 512].fill(b'x');
    fs::write(bench.path("card.img"), &card).unwrap();
    assert!(say("card.img").contains("holds no whole tar"), "{}", say("card.img"));
    card[466] = 0x83;
    fs::write(bench.path("card.img"), &card).unwrap();
    assert!(say("card.img").contains("not of type DA"));
}

#[test]
fn a_hostile_tar_on_a_card_stays_in_its_folder() {
    let bench = bench();
    sd(&bench, &[]).success();
    leave(&bench, &tar(&[("../outside", b"x")]));
    let said = stderr(&bench.run(&["results", "card.img", "-C", "out"]).code(1));
    assert!(said.contains(".."), "{said}");
    assert!(!bench.path("outside").exists());
}
