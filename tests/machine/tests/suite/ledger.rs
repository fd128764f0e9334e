//! The ledger: the same head wherever the chain runs, its rules seen to hold, damage found, and the tools that read it.

mod attacks;

use machine::{
    Console, Ended, Machine, chain_image, chain_tree, cut_script, flip_byte, image_builder, once,
    output, pi3_tree, read, run, scratch, sha256,
};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the chain up to the tools.
fn short_tree() -> PathBuf {
    let tree = scratch().join("tree");
    chain_tree(&tree, &[]);
    cut_script(&tree, "tinycc");
    tree
}

fn short_image() -> PathBuf {
    once("to-tools.img", |image| chain_image(&short_tree(), image))
}

/// Lines at the end of the chain's script.
fn append_to_script(tree: &Path, lines: &str) {
    let script = fs::File::options().append(true).open(tree.join("stage0/chain.kaem"));
    let mut script = script.expect("the chain's script");
    script.write_all(lines.as_bytes()).expect("a longer script");
}

/// What a run has left.
struct Run {
    folder: PathBuf,
}

impl Run {
    /// The chain up to the tools on the smallest machine: done once, compared with by others.
    fn first() -> Self {
        let folder = once("to-tools.run", |folder| {
            Self::of(&short_image(), folder);
        });
        Self { folder }
    }

    fn of(image: &Path, folder: &Path) -> Self {
        fs::create_dir(folder).expect("a new folder");
        let out = folder.join("out");
        let console = Machine::with(image).set("--memory", "128").set("--out", out).ends(0);
        fs::write(folder.join("head"), console.head()).expect("a file");
        let folder = folder.to_path_buf();
        Self { folder }
    }

    /// What the machine wrote.
    fn out(&self) -> PathBuf {
        self.folder.join("out")
    }

    fn ledger(&self) -> PathBuf {
        self.out().join("firmseed.ledger")
    }

    fn ledger_text(&self) -> String {
        String::from_utf8(read(self.ledger())).expect("a text")
    }

    /// The head on its console.
    fn head(&self) -> String {
        String::from_utf8(read(self.folder.join("head"))).expect("a text")
    }
}

// ---- one head

/// By the rule of docs/ledger.md: each block hashed behind the hash of the one before it.
fn recomputed_head(ledger: &str) -> String {
    let (mut previous, mut block) = (String::new(), String::new());
    // The trailer is no link of the chain.
    for line in ledger.lines().take_while(|line| !line.starts_with("kernel ")) {
        if line.starts_with("chain ") {
            previous = sha256(&block);
            block = format!("{previous}\n");
        } else {
            block += &format!("{line}\n");
        }
    }
    assert_eq!(block, format!("{previous}\n"), "a line chain behind the last block");
    previous
}

#[test]
fn the_head_on_the_console_is_that_of_the_ledger_s_lines() {
    let run = Run::first();
    let ledger = run.ledger_text();
    assert_eq!(recomputed_head(&ledger), run.head());
    let entries = ledger.lines().filter(|line| line.starts_with("entry ")).count();
    let counters = String::from_utf8(read(run.out().join("firmseed.counters"))).expect("a text");
    assert!(
        entries > 0 && counters.lines().count() == entries,
        "a line of counters for each entry"
    );
}

#[track_caller]
fn assert_same_head(machine: Machine) {
    assert_eq!(machine.ends(0).head(), Run::first().head());
}

#[test]
fn the_head_is_the_same_with_other_memory_at_el2_and_with_a_gic_3() {
    let machine = Machine::with(short_image()).set("--cpu", "max").set("--memory", "4096");
    assert_same_head(machine.set("--machine-options", "virtualization=on,gic-version=3"));
}

#[test]
fn the_head_is_the_same_on_a_secure_cortex_a72() {
    let machine = Machine::with(short_image()).set("--cpu", "cortex-a72");
    assert_same_head(machine.set("--machine-options", "secure=on"));
}

/// Slower by a factor of 100, as its own clock sees it: a tick of the timer every ten thousand instructions.
#[test]
fn the_head_is_the_same_on_a_slow_processor() {
    assert_same_head(Machine::with(short_image()).qemu(&["-icount", "shift=6,sleep=off"]));
}

#[test]
fn the_head_is_the_same_on_a_raspi3b() {
    assert_same_head(Machine::with(short_image()).set("--machine", "raspi3b"));
}

#[test]
fn the_head_is_the_same_on_a_raspi3b_with_a_device_tree() {
    let machine = Machine::with(short_image()).set("--machine", "raspi3b");
    assert_same_head(machine.set("--dtb", pi3_tree()));
}

// ---- the auditor's tools on a real run

/// An image with one text changed, which makes no difference to the files.
fn changed_image() -> PathBuf {
    once("changed.img", |image| {
        let tree = short_tree();
        let path = tree.join("stage0/02-hex1/hex1.hex0");
        let text = String::from_utf8(read(&path)).expect("a text");
        fs::write(path, text.replacen('\n', " changed\n", 1)).expect("a changed text");
        chain_image(&tree, image);
    })
}

fn verify(image: &Path, run_of: &Run, options: &[&str]) -> Ended {
    let mut command = image_builder("verify");
    run(command.arg(image).arg(run_of.ledger()).args(options))
}

/// Another head, and diff names the file.
#[test]
fn a_changed_text_gives_another_head_and_diff_names_it() {
    let first = Run::first();
    let changed = Run::of(&changed_image(), &scratch().join("run"));
    assert_ne!(changed.head(), first.head());
    let diff = |other: &Run| run(image_builder("diff").arg(first.ledger()).arg(other.ledger()));
    diff(&first).expect("no difference", 0);
    let text = diff(&changed).expect("a difference", 1).text();
    let cause = "  first cause: /stage0/02-hex1/hex1.hex0 in the image";
    assert!(text.lines().any(|line| line == cause), "{text}");
}

/// The verdict in the last line: this word, numbers, these words.
#[track_caller]
fn assert_ends_with(said: &str, start: &str, end: &str) {
    let last = said.lines().last().expect("a verdict");
    assert!(last.starts_with(start) && last.ends_with(end), "expected {start}...{end}: {last}");
}

#[test]
fn an_honest_run_is_verified_with_its_head_and_files() {
    let first = Run::first();
    let out = first.out();
    let out = out.to_str().expect("a path in UTF-8");
    let said = verify(&short_image(), &first, &[out, "--head", &first.head()]);
    let said = said.expect("a good verdict", 0).text();
    assert_ends_with(&said, "verified: ", "; the head is the one that you gave");
}

#[test]
fn without_a_head_nothing_is_verified() {
    let first = Run::first();
    let said = verify(&short_image(), &first, &[]).expect("no verdict", 3).text();
    let reason = "; NOT verified: no --head was given to compare with the console's";
    assert_ends_with(&said, "consistent: ", reason);
}

#[test]
fn a_run_is_not_that_of_another_image_nor_of_another_head() {
    let first = Run::first();
    let said = verify(&changed_image(), &first, &[]).expect("another image", 1).text();
    assert!(said.contains(": a ledger of another image\n"), "{said}");
    let mut other = first.head();
    let digit = if other.ends_with('0') { "1" } else { "0" };
    other.replace_range(63.., digit);
    let said = verify(&short_image(), &first, &["--head", &other]).expect("another head", 1).text();
    let doubt = format!("DOUBT      head: expected {other}, the ledger's is {}", first.head());
    assert!(said.lines().any(|line| line == doubt), "{said}");
}

#[test]
fn a_changed_file_is_not_that_of_the_run() {
    let first = Run::first();
    let copy = scratch().join("out");
    output(Command::new("cp").arg("-r").arg(first.out()).arg(&copy));
    let program = copy.join("bin/cc");
    let mut bytes = read(&program);
    let built = sha256(&bytes)[..12].to_string();
    bytes.push(b'x');
    let found = sha256(&bytes)[..12].to_string();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("a mode");
    fs::write(program, bytes).expect("a changed program");
    let copy = copy.to_str().expect("a path in UTF-8");
    let said = verify(&short_image(), &first, &[copy, "--head", &first.head()]);
    let said = said.expect("a changed file", 1).text();
    let doubt = format!(
        "DOUBT      artifacts: /bin/cc: its hash is {found}, but the last that was written there is {built}"
    );
    assert!(said.lines().any(|line| line == doubt), "{said}");
}

#[test]
fn trace_back_leads_from_a_program_to_its_texts() {
    let story = output(image_builder("trace-back").arg(Run::first().ledger()).arg("/bin/kaem"));
    println!("{story}");
    for text in
        ["/stage0/00-hex0/hex0.hex0", "/stage0/09-tools/kaem.c", "/bin/cc", "/build/cc1", "/bin/M1"]
    {
        assert!(story.contains(text), "{text} is a part of the story");
    }
}

// ---- binaries that are smuggled in as data

/// The chain, with a program among its files that no text gives, and a tar that holds another one.
fn tree_with_a_binary() -> PathBuf {
    let tree = short_tree();
    let folder = tree.join("stage0");
    let source = scratch().join("exit.S");
    fs::write(&source, ".global _start\n_start: mov x0, 0; mov x8, 93; svc 0\n").expect("a file");
    output(
        Command::new("aarch64-linux-gnu-gcc")
            .args(["-static", "-nostdlib", "-o"])
            .arg(folder.join("binary"))
            .arg(source),
    );
    let inside = folder.join("inside");
    fs::copy(folder.join("binary"), &inside).expect("a copy");
    let mut file = fs::File::options().append(true).open(&inside).expect("the copy");
    file.write_all(b"other").expect("a longer file");
    let mut tar = Command::new("tar");
    output(tar.args(["-c", "--format=ustar", "-f", "binary.tar", "inside"]).current_dir(&folder));
    fs::remove_file(inside).expect("the copy goes");
    tree
}

/// By itself and in a tar, and copied out: it runs, and verify refuses the ledger.
#[test]
fn a_binary_that_is_copied_out_of_data_is_doubted() {
    let tree = tree_with_a_binary();
    append_to_script(
        &tree,
        "/bin/cp binary /bin/copied\n/bin/chmod 755 /bin/copied\n/bin/copied\n\
         /bin/untar binary.tar\n/stage0/inside\n",
    );
    let image = scratch().join("image");
    chain_image(&tree, &image);
    let smuggled = Run::of(&image, &scratch().join("run"));
    let said =
        verify(&image, &smuggled, &["--head", &smuggled.head()]).expect("the verdict", 1).text();
    println!("{said}");
    let hash = |file: PathBuf| sha256(read(file))[..12].to_string();
    let binary = hash(tree.join("stage0/binary"));
    let tar = hash(tree.join("stage0/binary.tar"));
    let inside = hash(smuggled.out().join("stage0/inside"));
    for doubt in [
        format!("/bin/copied ({binary}) does not derive from text: it was written by process"),
        format!(
            "which read /stage0/binary ({binary}), which is an ELF file and comes from the image (/stage0/binary)"
        ),
        format!("/stage0/inside ({inside}) does not derive from text: it was written by process"),
        format!(
            "which read /stage0/binary.tar ({tar}), which is neither text nor ELF and comes from the image (/stage0/binary.tar)"
        ),
    ] {
        assert!(said.contains(&doubt), "expected {doubt:?}");
    }
}

/// Executed where it lies.
#[test]
fn a_binary_in_the_image_is_not_executed() {
    let tree = tree_with_a_binary();
    cut_script(&tree, "tools.kaem");
    append_to_script(&tree, "/stage0/binary\n");
    let image = scratch().join("image");
    chain_image(&tree, &image);
    let console = Machine::with(&image).ends(1);
    console.between("firmseed: /stage0/binary: not executed: it is part of the image", "");
}

// ---- one byte flipped anywhere

#[test]
fn a_flip_anywhere_is_found_on_the_host() {
    let whole = read(short_image());
    let path = scratch().join("image");
    for offset in (3..whole.len()).step_by(whole.len() / 67) {
        let mut image = whole.clone();
        flip_byte(&mut image, offset);
        fs::write(&path, image).expect("an image");
        let what = format!("check of byte {offset}");
        run(image_builder("check").arg(&path)).expect(&what, 1);
    }
}

/// In the index and the tar.
#[test]
fn a_flip_behind_the_kernel_is_found_at_boot() {
    let whole = read(short_image());
    let facts = output(image_builder("inspect").arg(short_image()));
    let line = facts.lines().find(|line| line.starts_with("index ")).expect("the index");
    let start: usize = line.split_whitespace().nth(2).expect("a word").parse().expect("an offset");
    let path = scratch().join("image");
    for offset in (start + 5..whole.len()).step_by((whole.len() - start) / 11) {
        println!("byte {offset}");
        let mut image = whole.clone();
        flip_byte(&mut image, offset);
        fs::write(&path, image).expect("an image");
        let ended = Machine::with(&path).run().expect("qemu/run", 125);
        let console = Console::new(&ended.output);
        console.between("firmseed: failed: image damaged: ", "");
    }
}
