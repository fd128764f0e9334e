//! Raspberry Pis: cards that others can read, the chain from such a card on raspi3b and raspi4b, Linux's device trees.
//! docs/boards.md says what this shows and what only a real board could show.

mod device_tree;

use machine::{
    Card, Console, Machine, assert_same_file, chain_image, chain_sums, chain_tree, cut_script,
    hang_limit, image_builder, once, output, pi3_tree, read, root, run, scratch, sha256, skip,
    sums, system_command, try_shell,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the distribution may lack is fetched once; where it cannot be had, its tests are skipped by name.
fn fetch_for_boards() {
    once("boards.fetched", |mark| {
        run(Command::new("timeout")
            .arg(hang_limit().to_string())
            .arg(root().join("qemu/setup"))
            .arg("--boards"));
        fs::write(mark, "").expect("a mark");
    });
}

// ---- cards

/// Stand-ins for the firmware: no test may need files that are not free.
const FIRMWARE: [&str; 8] = [
    "LICENCE.broadcom",
    "bcm2712-rpi-5-b.dtb",
    "bootcode.bin",
    "fixup.dat",
    "fixup4.dat",
    "overlays/disable-bt.dtbo",
    "start.elf",
    "start4.elf",
];

fn write_firmware<'a>(folder: &Path, names: impl Iterator<Item = &'a str>) {
    fs::create_dir_all(folder.join("overlays")).expect("a new folder");
    for name in names {
        let text = format!("a stand-in for {name}\n");
        fs::write(folder.join(name), text).expect("a file");
    }
}

fn firmware() -> PathBuf {
    once("firmware", |folder| write_firmware(folder, FIRMWARE.into_iter()))
}

/// The chain from the seeds to cc, and sha256sum, which compares all that was built before it.
fn short_image() -> PathBuf {
    once("to-cc.img", |image| {
        let tree = scratch().join("tree");
        chain_tree(&tree, &[]);
        cut_script(&tree, "# kaem; it runs");
        let script = read(tree.join("stage0/chain.kaem"));
        let script = String::from_utf8(script).expect("a text");
        assert!(script.contains("\n../bin/sha256sum -c"), "the short chain compares");
        fs::write(tree.join("SHA256SUMS"), short_list()).expect("a list");
        chain_image(&tree, image);
    })
}

/// stage0/SHA256SUMS, whose names lead out of stage0, with the machine's.
fn short_list() -> String {
    let text = read(root().join("stage0/SHA256SUMS"));
    String::from_utf8(text).expect("a text").replace("  ../", "  /")
}

fn short_sums() -> Vec<(String, String)> {
    sums(&short_list())
}

/// `image-builder sd`: a card with this image.
fn write_card(image: &Path, firmware: &Path, options: &[&str]) -> Card {
    let card = Card::unwritten();
    output(card_command(&card, image, firmware).args(options));
    card
}

fn card_command(card: &Card, image: &Path, firmware: &Path) -> Command {
    let mut command = image_builder("sd");
    command.arg(&card.path).arg("--image").arg(image);
    command.arg("--firmware").arg(firmware);
    command
}

/// A file with the card's first partition.
fn volume_of(card: &Card) -> PathBuf {
    let volume = card.folder.join("volume");
    fs::write(&volume, card.read(card.sectors(1))).expect("a file");
    volume
}

/// The names of the files in a folder, and in the folders in it.
fn names_in(folder: &Path) -> Vec<String> {
    let mut find = Command::new("find");
    let found = output(find.args([".", "-type", "f", "-printf", "%P\n"]).current_dir(folder));
    let mut names: Vec<String> = found.lines().map(String::from).collect();
    names.sort();
    names
}

/// What sfdisk, fsck.fat and mtools say of a card; each file byte for byte.
fn assert_whole(card: &Card, firmware: &Path) {
    let size = fs::metadata(&card.path).expect("a card").len();
    assert!(size.is_power_of_two(), "QEMU takes no card of {size} bytes");
    let table = card.table();
    let kind = |number: usize| table.lines().filter(|line| line.contains(" : ")).nth(number - 1);
    assert!(kind(1).expect("a first partition").ends_with("type=c"));
    assert!(kind(2).expect("a second partition").ends_with("type=da"));
    let volume = volume_of(card);
    output(system_command("fsck.fat").arg("-n").arg(&volume));
    let facts = output(Command::new("minfo").arg("-i").arg(&volume).arg("::"));
    assert!(facts.contains("disk type=\"FAT32   \""), "expected FAT32");
    let files = card.folder.join("files");
    fs::create_dir(&files).expect("a new folder");
    output(Command::new("mcopy").args(["-s", "-n", "-i"]).arg(&volume).arg("::/").arg(&files));
    assert_same_file("the image on the card", short_image(), files.join("kernel8.img"));
    let mut expected = names_in(firmware);
    for name in &expected {
        assert_same_file(name, firmware.join(name), files.join(name));
    }
    expected.extend(["kernel8.img", "config.txt", "cmdline.txt"].map(String::from));
    expected.sort();
    assert_eq!(names_in(&files), expected);
    Console::in_file(&files.join("config.txt")).says("arm_64bit=1");
    Console::in_file(&files.join("cmdline.txt")).says("console=serial0,115200");
    let results = card.sectors(2).start;
    let first_mib = card.read(results..results + 2048);
    assert!(first_mib.iter().all(|byte| *byte == 0), "the partition for results is blank");
}

/// The same files, made in another order, at another time, by somebody with other habits.
#[test]
fn a_card_is_whole_and_the_same_each_time() {
    let card = write_card(&short_image(), &firmware(), &[]);
    assert_whole(&card, &firmware());
    let other = scratch();
    write_firmware(&other, FIRMWARE.into_iter().rev());
    output(Command::new("touch").args(["-d", "1999-01-01"]).arg(other.join("start.elf")));
    let again = Card::unwritten();
    let command = card_command(&again, &short_image(), &other);
    output(
        Command::new("sh")
            .args(["-c", "umask 077; exec \"$@\"", "sh"])
            .arg(command.get_program())
            .args(command.get_args())
            .env("TZ", "Asia/Tokyo"),
    );
    assert_same_file("the same card", card.path, again.path);
}

/// Else its silence above would say nothing.
#[test]
fn fsck_sees_a_damaged_card() {
    let volume = volume_of(&write_card(&short_image(), &firmware(), &[]));
    let mut bytes = read(&volume);
    bytes[4096 + 400..][..4].fill(0xff);
    fs::write(&volume, bytes).expect("a file");
    run(system_command("fsck.fat").arg("-n").arg(&volume)).expect("a damaged table is seen", 1);
}

#[test]
fn a_card_with_the_real_firmware_is_whole() {
    fetch_for_boards();
    let Some(folder) = try_shell("boards_firmware", &[]) else {
        return skip("Debian's raspi-firmware is not here: qemu/setup --boards says why");
    };
    let folder = PathBuf::from(folder.trim_end());
    let card = write_card(&short_image(), &folder, &["--board", "pi3", "--board", "pi4"]);
    assert_whole(&card, &folder);
}

// ---- the chain from a card. QEMU runs no Pi firmware: kernel8.img is what the firmware would load from the card.

/// An image, and the hashes of what its chain makes.
struct Chain {
    image: PathBuf,
    sums: Vec<(String, String)>,
    /// A file with the head of its run on virt.
    head: PathBuf,
}

impl Chain {
    fn to_cc() -> Self {
        Self::with("to-cc.head", short_image(), short_sums())
    }

    /// To TinyCC's fixpoint.
    fn whole() -> Self {
        let image = once("to-tinycc.img", |image| {
            let tree = scratch().join("tree");
            chain_tree(&tree, &["tinycc"]);
            chain_image(&tree, image);
        });
        Self::with("to-tinycc.head", image, chain_sums(&["tinycc"]))
    }

    fn with(name: &str, image: PathBuf, sums: Vec<(String, String)>) -> Self {
        let head = once(name, |file| {
            let console = Machine::with(&image).set("--memory", "512").ends(0);
            fs::write(file, console.head()).expect("a file");
        });
        Self { image, sums, head }
    }
}

/// The same files as everywhere, taken from the card; the same head as on virt.
fn runs_from_a_card(chain: Chain, board: &str, tree: Option<PathBuf>) {
    let card = write_card(&chain.image, &firmware(), &["--size", "512"]);
    let kernel = card.folder.join("kernel8.img");
    let offset = card.sectors(1).start * machine::SECTOR;
    let volume = format!("{}@@{offset}", card.path.display());
    output(Command::new("mcopy").args(["-i", &volume, "::kernel8.img"]).arg(&kernel));
    let mut machine = Machine::with(&kernel).set("--machine", board).card(&card.path);
    if let Some(tree) = tree {
        machine = machine.set("--dtb", tree);
    }
    let console = machine.ends(0);
    assert!(!console.text().contains("NOT AS EXPECTED"), "a stage with another hash");
    let last = format!("firmseed: [{0}/{0}] ", chain.sums.len());
    assert!(console.lines().any(|line| line.starts_with(&last)), "expected a line {last}");
    // The machine's word is not enough: the files on the card are hashed here.
    let out = card.folder.join("out");
    let list = output(image_builder("results").arg(&card.path).arg("-C").arg(&out));
    let listed = sums(&list);
    assert!(!listed.is_empty(), "results lists what it unpacks");
    for (hash, path) in chain.sums.iter().chain(&listed) {
        let file = out.join(path.trim_start_matches('/'));
        assert_eq!(sha256(read(file)), *hash, "{path} from the card");
    }
    // The same without our tool.
    let by_hand = card.unpack(card.sectors(2).start, "by-hand");
    run(Command::new("diff").args(["-r", "--no-dereference"]).args([out, by_hand]))
        .expect("the same files by tar", 0);
    assert_eq!(console.head().as_bytes(), read(chain.head), "the head of virt's run");
}

/// Debian 12's own QEMU has no raspi4b.
fn runs_from_a_card_on_raspi4b(chain: impl FnOnce() -> Chain, tree: Option<PathBuf>) {
    fetch_for_boards();
    if try_shell("boards_qemu", &[]).is_none() {
        return skip("no QEMU with raspi4b here (9.0 or newer): qemu/setup --boards says why");
    }
    runs_from_a_card(chain(), "raspi4b", tree);
}

fn pi4_tree() -> Option<PathBuf> {
    Some(machine::device_tree("bcm2711-rpi-4-b"))
}

#[test]
fn the_chain_runs_from_a_card_on_raspi3b() {
    runs_from_a_card(Chain::to_cc(), "raspi3b", None);
}

#[test]
fn the_chain_runs_from_a_card_on_raspi3b_with_a_device_tree() {
    runs_from_a_card(Chain::to_cc(), "raspi3b", Some(pi3_tree()));
}

#[test]
fn the_chain_runs_from_a_card_on_raspi4b() {
    runs_from_a_card_on_raspi4b(Chain::to_cc, None);
}

#[test]
fn the_chain_runs_from_a_card_on_raspi4b_with_a_device_tree() {
    runs_from_a_card_on_raspi4b(Chain::to_cc, pi4_tree());
}

#[test]
#[ignore = "slow: --full"]
fn the_whole_chain_runs_from_a_card_on_raspi3b() {
    runs_from_a_card(Chain::whole(), "raspi3b", None);
}

#[test]
#[ignore = "slow: --full"]
fn the_whole_chain_runs_from_a_card_on_raspi3b_with_a_device_tree() {
    runs_from_a_card(Chain::whole(), "raspi3b", Some(pi3_tree()));
}

#[test]
#[ignore = "slow: --full"]
fn the_whole_chain_runs_from_a_card_on_raspi4b() {
    runs_from_a_card_on_raspi4b(Chain::whole, None);
}

#[test]
#[ignore = "slow: --full"]
fn the_whole_chain_runs_from_a_card_on_raspi4b_with_a_device_tree() {
    runs_from_a_card_on_raspi4b(Chain::whole, pi4_tree());
}
