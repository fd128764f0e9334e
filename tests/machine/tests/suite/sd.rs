//! What a board hands out by itself: the tar on an SD card's second partition, or as text on the serial line; its end;
//! and the processors that are not the first.

use machine::{
    Card, Console, Machine, SECTOR, Session, kernel_symbol, pi3_tree, probe_image, read, root, run,
    scratch, sha256,
};
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

const FIRST: &str = "start=2048, size=16384, type=c";
/// The partition for results of most cards.
const RESULTS: Range<usize> = 20480..61440;
const RESULTS_LINE: &str = "start=20480, size=40960, type=da";

/// A card of 32 MiB with a partition for results, its first sector blank.
fn card_for_results() -> Card {
    let card = Card::full(32, &[FIRST, RESULTS_LINE]);
    card.write(RESULTS.start, &[0; SECTOR]);
    card
}

/// A card whose partition holds a tar that is not of a machine.
fn card_with_a_tar() -> Card {
    let card = card_for_results();
    let tar = Command::new("tar")
        .args(["-c", "LICENSE", "-C"])
        .arg(root())
        .current_dir(root())
        .output()
        .expect("a tar");
    card.write(RESULTS.start, &tar.stdout);
    card
}

/// The files of the probe "writer" are there, and the ledger.
fn assert_what_writer_wrote(folder: &Path) {
    assert_eq!(read(folder.join("out/deep/text")), b"brought back\n");
    let link = fs::read_link(folder.join("out/link")).expect("a link");
    assert_eq!(link, Path::new("deep/text"));
    assert_eq!(read(folder.join("out/large")).len(), 3_000_000);
    assert!(!read(folder.join("firmseed.ledger")).is_empty());
}

/// Both folders hold the same files, but for the counters of instructions and time.
fn assert_same_files(one: &Path, other: &Path) {
    run(Command::new("diff").args(["-r", "-x", "firmseed.counters"]).args([one, other]))
        .expect("the same files", 0);
}

/// Boots raspi3b with the image, without a device tree and with Debian's.
fn pi(image: &str, card: &Card, words: Option<&str>) -> Machine {
    let machine = Machine::with(probe_image(image)).set("--machine", "raspi3b").card(&card.path);
    match words {
        None => machine,
        Some(words) => machine.set("--dtb", pi3_tree()).set("--append", words),
    }
}

// ---- the card

/// The tar is in the partition, whole, with the hash on the console; every other sector is as it was.
fn card_takes_the_results(card: &Card, words: Option<&str>) -> PathBuf {
    let before = read(&card.path);
    let console = pi("writer", card, words).ends(3);
    let said = console.between("firmseed: results on the SD card: ", "");
    let (size, hash) = said.split_once(" bytes, sha256 ").expect("size and hash");
    let size: usize = size.parse().expect("a size");
    let after = read(&card.path);
    let tar = RESULTS.start * SECTOR..RESULTS.start * SECTOR + size;
    assert_eq!(sha256(&after[tar.clone()]), hash);
    assert!(before[..tar.start] == after[..tar.start], "sectors before the partition changed");
    assert!(before[tar.end..] == after[tar.end..], "sectors behind the tar changed");
    let out = card.unpack(RESULTS.start, "out");
    assert_what_writer_wrote(&out);
    out
}

#[test]
fn a_card_takes_the_results_and_nothing_else_changes() {
    card_takes_the_results(&card_for_results(), None);
}

#[test]
fn a_card_takes_the_results_again_over_those_of_the_first_run() {
    let card = card_for_results();
    let first = card_takes_the_results(&card, Some("results=sd"));
    pi("writer", &card, None).ends(3);
    assert_same_files(&first, &card.unpack(RESULTS.start, "again"));
}

/// It counts in blocks, not in bytes; the partition is at its end, beyond 32 bits of bytes.
#[test]
fn a_large_card_takes_the_results() {
    let card = Card::sparse(8192, &[FIRST, "start=16769024, size=8192, type=da"]);
    pi("writer", &card, None).ends(3);
    assert_what_writer_wrote(&card.unpack(16769024, "out"));
}

/// The firmware of a board has read the card through the other controller: its pins are that one's (function 4).
#[test]
fn a_card_that_the_firmware_has_read_takes_the_results() {
    let card = card_for_results();
    let folder = &card.folder;
    for name in ["monitor.in", "monitor.out"] {
        run(Command::new("mkfifo").arg(folder.join(name))).expect("mkfifo", 0);
    }
    // Both ends of each are open: nobody waits for the other.
    let open = |name: &str| {
        let mut options = fs::File::options();
        options.read(true).write(true).open(folder.join(name)).expect("a FIFO")
    };
    let (mut monitor, _answers) = (open("monitor.in"), open("monitor.out"));
    let console = folder.join("console");
    let mut qemu = Session::emulator(
        folder,
        &[
            "-S",
            "-machine",
            "raspi3b",
            "-kernel",
            probe_image("writer").to_str().expect("UTF-8"),
            "-drive",
            &format!("if=sd,format=raw,file={}", card.path.display()),
            "-serial",
            &format!("file:{}", console.display()),
            "-monitor",
            &format!("pipe:{}", folder.join("monitor").display()),
            "-accel",
            "tcg",
            "-qtest",
            "stdio",
        ],
    );
    qemu.tell("writel 0x3f200010 0x24000000");
    qemu.tell("writel 0x3f200014 0x924");
    qemu.wait_until("two answers", |qemu| {
        let answers = qemu.answers();
        answers.lines().filter(|line| line.starts_with("OK")).count() == 2
    });
    monitor.write_all(b"cont\n").expect("QEMU's monitor reads");
    qemu.ends(0);
    print_and_read(&console).between("firmseed: results on the SD card: ", "");
    assert_what_writer_wrote(&card.unpack(RESULTS.start, "out"));
}

#[test]
fn a_card_stays_as_it_is_where_nobody_asked_for_results() {
    let card = card_with_a_tar();
    let before = read(&card.path);
    pi("writer", &card, Some("results=none")).ends(3);
    assert!(before == read(&card.path), "expected an untouched card");
}

/// The console says why, the card stays as it is, the machine ends well.
#[track_caller]
fn assert_refused(card: &Card, reason: &str) {
    let before = read(&card.path);
    let console = pi("writer", card, None).ends(3);
    console.says(&format!("firmseed: nothing will be written to the SD card: {reason}"));
    assert!(before == read(&card.path), "expected an untouched card");
}

#[test]
fn a_card_without_a_master_boot_record_is_refused() {
    assert_refused(&Card::full(32, &[]), "its first sector is no master boot record");
}

#[test]
fn a_card_without_a_second_partition_is_refused() {
    assert_refused(&Card::full(32, &[FIRST]), "it has no second partition");
}

#[test]
fn a_partition_of_another_type_is_refused() {
    let card = Card::full(32, &[FIRST, "start=20480, size=40960, type=83"]);
    assert_refused(&card, "its second partition has type 0x83, not 0xda for results");
}

#[test]
fn a_partition_that_is_not_blank_is_refused() {
    let card = Card::full(32, &[FIRST, RESULTS_LINE]);
    assert_refused(
        &card,
        "its second partition holds something that is no tar: fill its first sector with zeros",
    );
}

/// sfdisk refuses to make it, so the card is cut.
#[test]
fn a_partition_that_goes_past_the_end_of_the_card_is_refused() {
    let card = card_for_results();
    let file = fs::File::options().write(true).open(&card.path);
    file.and_then(|file| file.set_len(16 << 20)).expect("a shorter card");
    assert_refused(&card, "its second partition ends at sector 61440, the card at 32768");
}

#[test]
fn a_machine_without_a_card_says_so() {
    Machine::with(probe_image("writer"))
        .set("--machine", "raspi3b")
        .ends(3)
        .says("firmseed: nothing will be written to the SD card: there is none");
}

/// What is asked for must be there: else nothing starts.
#[track_caller]
fn assert_not_started(words: &str, reason: &str) {
    Machine::with(probe_image("writer"))
        .set("--machine", "raspi3b")
        .set("--dtb", pi3_tree())
        .set("--append", words)
        .ends(125)
        .says(&format!("firmseed: failed: {words}: {reason}"));
}

#[test]
fn a_card_that_is_asked_for_must_be_there() {
    assert_not_started("results=sd", "nothing can be written to the SD card: there is none");
}

#[test]
fn a_disk_that_is_asked_for_must_be_there() {
    assert_not_started("results=virtio,sd", "nothing can be written to a disk: there is none");
}

#[test]
fn a_place_for_results_that_is_misspelt_is_refused() {
    assert_not_started("results=serail", "'serail' is none of auto, none, virtio, sd, serial");
}

/// Said at the end, with both sizes; what is in the partition does not look like a tar.
#[test]
fn a_partition_too_small_for_the_results_is_told_and_left_alone() {
    let card = Card::full(32, &[FIRST, "start=20480, size=2048, type=da"]);
    card.write(RESULTS.start, &[0; SECTOR]);
    let before = read(&card.path);
    let console = pi("writer", &card, None).ends(125);
    let needed = console.between(
        "firmseed: failed: results could not be written to the SD card: ",
        " bytes are needed, its second partition has 1048576: make it larger",
    );
    let needed: usize = needed.parse().expect("a size");
    assert!(needed > 3_000_000, "{needed} bytes are less than the files");
    assert!(before == read(&card.path), "expected an untouched card");
}

/// The machine's status says that something is missing.
#[test]
fn a_place_that_fails_does_not_keep_the_results_from_the_next() {
    let card = Card::full(32, &[FIRST, "start=20480, size=2, type=da"]);
    card.write(RESULTS.start, &[0; SECTOR]);
    let console = pi("hello", &card, Some("results=sd,serial")).ends(125);
    console.between(
        "firmseed: failed: results could not be written to the SD card: ",
        " bytes are needed, its second partition has 1024: make it larger",
    );
    assert_tar_on_the_line(&console);
}

/// In the middle of the tar: found, and the old tar does not stay as if it were new.
#[test]
fn a_card_that_forgets_what_it_is_given_is_found() {
    let card = card_with_a_tar();
    let rules = card.folder.join("rules");
    let sector = RESULTS.start + 1000;
    let rule = format!(
        "[inject-error]\nevent = \"write_aio\"\niotype = \"write\"\nerrno = \"5\"\nsector = \"{sector}\"\n"
    );
    fs::write(&rules, rule).expect("a file of rules");
    let drive =
        format!("if=sd,format=raw,file=blkdebug:{}:{}", rules.display(), card.path.display());
    let console = Machine::with(probe_image("writer"))
        .set("--machine", "raspi3b")
        .qemu(&["-drive", &drive])
        .ends(125);
    console.says("firmseed: failed: results could not be written to the SD card: it reads back other bytes than were written: the card is worn or a fake");
    assert_eq!(card.read(RESULTS.start..RESULTS.start + 1), [0; SECTOR]);
}

// ---- the serial line

/// Between the marks on the console, as docs/boards.md says: number, check and data of each line.
fn lines_of_results(console: &Console) -> Vec<[&str; 3]> {
    let text = console.text();
    let begin = text.rfind("firmseed: results begin").expect("results on the line");
    let is_line = |words: &[&str]| words.len() == 3 && words[0].len() == 7 && words[1].len() == 8;
    text[begin..]
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|words| is_line(words))
        .map(|words| [words[0], words[1], words[2]])
        .collect()
}

/// The numbers of the lines whose check is not that of their bytes.
fn damaged_lines(lines: &[[&str; 3]]) -> Vec<String> {
    let is_damaged =
        |[number, check, data]: &&[&str; 3]| sha256(format!("{number} {data}"))[..8] != **check;
    let damaged = lines.iter().filter(is_damaged);
    damaged.map(|[number, ..]| number.to_string()).collect()
}

/// The console holds a whole tar, with its hash, and the ledger in it.
fn assert_tar_on_the_line(console: &Console) {
    let folder = scratch();
    let lines = lines_of_results(console);
    assert_eq!(damaged_lines(&lines), [""; 0]);
    let text: String = lines.iter().map(|[.., data]| format!("{data}\n")).collect();
    fs::write(folder.join("text"), text).expect("a file");
    let decoded =
        run(Command::new("base64").arg("-d").arg(folder.join("text"))).expect("base64", 0);
    let hash = console.between("firmseed: results end: sha256 ", "");
    assert_eq!(sha256(&decoded.output), hash);
    fs::write(folder.join("tar"), decoded.output).expect("a file");
    run(Command::new("tar").args(["-x", "-f", "tar"]).current_dir(&folder)).expect("tar", 0);
    assert!(!read(folder.join("firmseed.ledger")).is_empty());
}

fn line_takes_the_results(machine: Machine) {
    let console = machine.set("--append", "results=serial").ends(0);
    assert_tar_on_the_line(&console);
    // A character that the line has lost is found.
    let mut lines = lines_of_results(&console);
    let seventh = lines.iter().position(|[number, ..]| *number == "0000007").expect("the line");
    let lost = lines[seventh][2].replacen(&lines[seventh][2][20..21], "*", 1);
    lines[seventh][2] = &lost;
    assert_eq!(damaged_lines(&lines), ["0000007"]);
}

#[test]
fn the_serial_line_takes_the_results() {
    line_takes_the_results(Machine::with(probe_image("hello")));
}

#[test]
fn the_serial_line_of_a_raspberry_pi_takes_the_results() {
    let machine = Machine::with(probe_image("hello"));
    line_takes_the_results(machine.set("--machine", "raspi3b").set("--dtb", pi3_tree()));
}

// ---- how a board ends: a watchdog, QEMU's word for what it did

/// The machine ends by itself, and QEMU says whether it would have booted again.
fn board_ends(words: &str, reason: &str) {
    let folder = scratch();
    let console = folder.join("console");
    let mut qemu = Session::emulator(
        &folder,
        &[
            "-machine",
            "raspi3b",
            "-kernel",
            probe_image("hello").to_str().expect("UTF-8"),
            "-dtb",
            pi3_tree().to_str().expect("UTF-8"),
            "-append",
            words,
            "-serial",
            "null",
            "-serial",
            &format!("file:{}", console.display()),
            "-qmp",
            "stdio",
        ],
    );
    qemu.tell(r#"{"execute": "qmp_capabilities"}"#);
    let events = qemu.ends(0);
    print_and_read(&console).says("firmseed: init ended with status 0");
    let shutdown = events.lines().find(|line| line.contains(r#""event": "SHUTDOWN""#));
    let shutdown = shutdown.expect("QEMU tells of the end");
    assert!(
        shutdown.contains(&format!(r#""reason": "{reason}""#)),
        "expected {reason}: {shutdown}"
    );
}

#[test]
fn a_board_is_halted_by_its_watchdog() {
    board_ends("", "guest-shutdown");
}

#[test]
fn a_board_is_reset_by_its_watchdog_where_that_is_asked_for() {
    board_ends("exit=reset", "guest-reset");
}

// ---- processors that are not the first

/// While the first processor runs a program, the others stand at this address.
fn others_wait_at(address: usize, machine: &[&str]) {
    let folder = scratch();
    let console = folder.join("console");
    let serial = format!("file:{}", console.display());
    let mut arguments = machine.to_vec();
    arguments.extend(["-serial", &serial, "-monitor", "stdio"]);
    let mut qemu = Session::emulator(&folder, &arguments);
    qemu.wait_until("a program on the first processor", |_| {
        Console::in_file(&console).text().contains("entered at")
    });
    // They may not have come there yet: asked until they have.
    let wanted = [address; 3];
    let what = format!("four processors, the first elsewhere, the others at {address:#x}");
    let mut asked = 0;
    qemu.wait_until(&what, |qemu| {
        let places = places(&qemu.answers());
        if places.len() == 4 * asked {
            if asked > 0 && places[places.len() - 4] != address && places.ends_with(&wanted) {
                return true;
            }
            qemu.tell("info registers -a");
            asked += 1;
        }
        false
    });
    qemu.tell("quit");
    qemu.ends(0);
}

/// The program counters that QEMU's monitor has told.
fn places(answers: &Console) -> Vec<usize> {
    let place = |line: &str| {
        let (digits, _) = line.strip_prefix(" PC=")?.split_once(' ')?;
        usize::from_str_radix(digits, 16).ok()
    };
    answers.lines().filter_map(place).collect()
}

/// Without firmware all four start in the image: QEMU sets each one's program counter.
fn all_four_in(image: &Path) -> Vec<String> {
    let mut arguments = ["-machine", "raspi3b", "-device"].map(String::from).to_vec();
    arguments.push(format!("loader,file={},addr=0x80000,force-raw=on,cpu-num=0", image.display()));
    for number in 1..4 {
        arguments.push("-device".to_string());
        arguments.push(format!("loader,addr=0x80000,cpu-num={number}"));
    }
    arguments
}

#[test]
fn the_others_wait_at_the_spin_table() {
    let image = probe_image("spin");
    others_wait_at(0x30c, &["-machine", "raspi3b", "-kernel", image.to_str().expect("UTF-8")]);
}

#[test]
fn the_others_are_parked_where_all_four_start_in_the_image() {
    let arguments = all_four_in(&probe_image("spin"));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    others_wait_at(0x80000 + kernel_symbol("park"), &arguments);
}

#[test]
fn the_others_stay_off_where_psci_would_start_them() {
    let image = probe_image("spin");
    let image = image.to_str().expect("UTF-8");
    others_wait_at(0, &["-machine", "virt", "-cpu", "cortex-a53", "-smp", "4", "-kernel", image]);
}

#[test]
fn the_ledger_is_the_same_with_one_processor_and_with_four() {
    let image = probe_image("writer");
    let one = Machine::with(&image).ends(3);
    let four = Machine::with(&image).qemu(&["-smp", "4"]).ends(3);
    let pi = Machine::with(&image).set("--machine", "raspi3b").ends(3);
    let folder = scratch();
    let console = folder.join("console");
    let mut arguments = all_four_in(&image);
    arguments.extend(["-serial".to_string(), format!("file:{}", console.display())]);
    Session::emulator(&folder, &arguments).ends(0);
    for (name, other) in
        [("virt", four), ("raspi3b", pi), ("all in the image", print_and_read(&console))]
    {
        assert_eq!(other.head(), one.head(), "four processors: {name}");
    }
}

/// A console in a file, which goes into the test's log too.
fn print_and_read(path: &Path) -> Console {
    let console = Console::in_file(path);
    print!("{}", console.text());
    console
}
