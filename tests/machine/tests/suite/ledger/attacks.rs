//! Foreign machine code on ways that no rule of the kernel forbids (tests/ledger/attacks.c): it runs, and verify refuses
//! the ledger, each for its reason.

use super::{Run, verify};
use machine::{image_builder, kernel_elf, once, output, read, root, scratch, sha256, shell};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// mov x0, 42; ret
const FOREIGN: &[u8] = b"\x40\x05\x80\xd2\xc0\x03\x5f\xd6";

fn program() -> PathBuf {
    once("attack", |program| {
        let source = root().join("tests/ledger/attacks.c");
        let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_string();
        shell("bare_program", &[&text(program), &text(&source)]);
    })
}

/// The program is a seed: its hex0 text is all that the image says of it.
fn tree() -> PathBuf {
    once("attacks.tree", |tree| {
        fs::create_dir_all(tree.join("tmp")).expect("a new folder");
        let digits = output(Command::new("xxd").arg("-p").arg(program()));
        let write = |name: &str, bytes: &[u8]| fs::write(tree.join(name), bytes).expect("a file");
        write("attack.hex0", digits.as_bytes());
        write("foreign", FOREIGN);
        write("text", b"a text\n");
        // By way of a script, and by a link and a folder that are not spelled as the ledger spells what they lead to.
        write("script", b"#!//seed/attack honest\n");
        fs::set_permissions(tree.join("script"), Permissions::from_mode(0o755)).expect("a mode");
        symlink("seed/attack", tree.join("program")).expect("a link");
    })
}

/// It runs to its end; what verify, given the head, says of it, with this status.
#[track_caller]
fn verdict(init: &[&str], way: &str, status: i32) -> (Run, String) {
    let image = scratch().join("image");
    output(
        image_builder("build")
            .args(["--policy", "chain", "--seed", "/attack.hex0=/seed/attack"])
            .args(["--arg", way, "--init"])
            .args(init)
            .arg("--kernel")
            .arg(kernel_elf())
            .arg("--tree")
            .arg(tree())
            .arg("-o")
            .arg(&image),
    );
    let run = Run::of(&image, &scratch().join("run"));
    let said = verify(&image, &run, &["--head", &run.head()]).expect("verify", status);
    (run, said.text())
}

#[track_caller]
fn assert_honest(init: &[&str]) {
    let (_, said) = verdict(init, "honest", 0);
    assert!(said.lines().any(|line| line.starts_with("verified: ")), "{said}");
}

/// The doubts, with the numbers of entries and lines left out.
fn doubts(said: &str) -> Vec<String> {
    let lines = said.lines().filter_map(|line| line.strip_prefix("DOUBT      derivation: "));
    let without_numbers = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        for place in 1..words.len() {
            if ["entry", "(entry", "(line"].contains(&words[place - 1]) {
                words[place] = words[place].trim_start_matches(|c: char| c.is_ascii_digit());
            }
        }
        words.join(" ")
    };
    lines.map(without_numbers).collect()
}

/// The beginning of a hash, as verify shows it.
fn short_hash(bytes: &[u8]) -> String {
    sha256(bytes)[..12].to_string()
}

fn read_foreign() -> String {
    let hash = short_hash(FOREIGN);
    format!(
        "which read /foreign ({hash}), which is neither text nor ELF and comes from the image (/foreign)"
    )
}

/// The one doubt: the program that the first process wrote does not derive from text, by way of what is said here.
#[track_caller]
fn assert_doubted(way: &str, by_way_of: impl FnOnce(&Run) -> String) {
    let (run, said) = verdict(&["/seed/attack"], way, 1);
    let program = short_hash(&read(run.out().join("tmp/program")));
    let mut ways = vec![by_way_of(&run), read_foreign()];
    ways.retain(|way| !way.is_empty());
    let ways = ways.join(", ");
    let expected = format!(
        "entry  (line ): /tmp/program ({program}) does not derive from text: \
         it was written by process 1 (/seed/attack, entry ), {ways}"
    );
    assert_eq!(doubts(&said), [expected]);
}

/// Bytes that came from a process without a file.
fn process(number: usize) -> impl FnOnce(&Run) -> String {
    move |_| format!("which got bytes of process {number} (entry )")
}

/// Bytes that came by way of something that process 2 has written.
fn written(path: &str, bytes: &[u8]) -> String {
    let hash = short_hash(bytes);
    format!("which read {path} ({hash}), which was written by process 2 (/seed/attack, entry )")
}

fn file(path: &str) -> impl FnOnce(&Run) -> String {
    move |run| written(path, &read(run.out().join(path.trim_start_matches('/'))))
}

#[test]
fn a_program_that_does_nothing_of_it_is_verified() {
    assert_honest(&["/seed/attack"]);
}

#[test]
fn a_first_program_by_way_of_a_script_is_verified() {
    assert_honest(&["/script", "--cwd", "//tmp/."]);
}

#[test]
fn a_first_program_by_way_of_a_link_is_verified() {
    assert_honest(&["/tmp/../program", "--cwd", "//tmp/."]);
}

#[test]
fn code_in_anonymous_memory_is_doubted() {
    let (_, said) = verdict(&["/seed/attack"], "anonymous", 1);
    let program = short_hash(&read(program()));
    let foreign = read_foreign();
    let expected = format!(
        "entry  (line ): /seed/attack ({program}) makes memory executable that is not only a file's, \
         and what stands there may not derive from text: it is process 1 {foreign}"
    );
    assert_eq!(doubts(&said), [expected]);
}

#[test]
fn code_by_way_of_a_mapped_file_is_doubted() {
    assert_doubted("mapped", process(2));
}

#[test]
fn code_by_way_of_shared_memory_is_doubted() {
    assert_doubted("shared", process(3));
}

#[test]
fn code_by_way_of_a_store_into_a_mapped_file_is_doubted() {
    assert_doubted("filed", file("/tmp/filed"));
}

#[test]
fn code_by_way_of_a_store_in_lent_memory_is_doubted() {
    let by_way_of = |run: &Run| file("/tmp/borrowed")(run).replace("process 2", "process 3");
    assert_doubted("borrowed", by_way_of);
}

#[test]
fn code_by_way_of_the_target_of_a_link_is_doubted() {
    assert_doubted("link", |_| written("/tmp/link", FOREIGN));
}

#[test]
fn code_by_way_of_a_parent_s_memory_is_doubted() {
    assert_doubted("vfork", process(2));
}

#[test]
fn code_by_way_of_a_text_of_its_digits_is_doubted() {
    assert_doubted("laundered", file("/tmp/text"));
}

#[test]
fn code_by_way_of_the_name_of_a_folder_is_doubted() {
    assert_doubted("path", process(2));
}

#[test]
fn code_by_way_of_the_value_of_a_signal_is_doubted() {
    assert_doubted("queue", process(2));
}

#[test]
fn code_by_way_of_a_limit_is_doubted() {
    assert_doubted("limit", process(2));
}

#[test]
fn code_by_way_of_a_pipe_that_is_waited_for_is_doubted() {
    assert_doubted("waiting", process(2));
}

#[test]
fn code_by_way_of_a_copied_range_is_doubted() {
    assert_doubted("range", file("/tmp/range"));
}

/// What a thread reads, its process has read.
#[test]
fn code_by_way_of_a_thread_is_doubted() {
    assert_doubted("thread", |_| String::new());
}

#[test]
fn code_by_way_of_a_socket_is_doubted() {
    assert_doubted("stream", process(2));
}

#[test]
fn code_by_way_of_a_datagram_is_doubted() {
    assert_doubted("datagram", process(2));
}

#[test]
fn code_by_way_of_a_fifo_is_doubted() {
    assert_doubted("fifo", process(2));
}

#[test]
fn code_by_way_of_a_count_is_doubted() {
    assert_doubted("eventfd", process(2));
}

#[test]
fn code_by_way_of_a_number_of_epoll_is_doubted() {
    assert_doubted("number", process(2));
}

#[test]
fn code_that_another_process_splices_is_doubted() {
    assert_doubted("splice", moved);
}

#[test]
fn code_that_another_process_tees_is_doubted() {
    assert_doubted("tee", moved);
}

/// Process 3 had the bytes on their way.
fn moved(run: &Run) -> String {
    format!("{}, {}", process(3)(run), process(2)(run))
}
