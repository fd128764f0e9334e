//! Real work by programs that nobody here wrote: Debian's busybox runs a script on the texts in the image, and what it
//! prints equals what it prints on Linux; its shell obeys what is typed.

use machine::{Machine, Session, build_image, hang_limit, once, output, root, scratch, shell};
use std::path::{Path, PathBuf};
use std::process::Command;

fn tree() -> PathBuf {
    once("busybox.tree", |tree| {
        shell("busybox_tree", &[tree.to_str().expect("a path in UTF-8")]);
    })
}

fn image() -> PathBuf {
    once("busybox.img", |image: &Path| build_image(&tree(), image, "/job.sh"))
}

#[test]
fn a_script_prints_what_it_prints_on_linux() {
    let linux = output(Command::new(root().join("tests/linux/run")).arg(tree()).arg("/job.sh"));
    let expected: Vec<&str> = linux.lines().collect();
    assert!(expected.len() > 40, "a job of some size");
    assert_eq!(Machine::with(image()).ends(0).of_programs(), expected);
}

/// On the serial console; its exit status is the machine's.
#[test]
fn a_shell_obeys_what_is_typed() {
    let command =
        Machine::with(image()).flag("--shell").set("--timeout", hang_limit().to_string()).command();
    let mut machine = Session::start(&scratch(), command);
    // The shell asks the terminal for the cursor's place after its prompt: no end of line to wait for.
    machine.wait_until("a prompt", |machine| machine.answers().text().contains("# "));
    machine.tell("echo the answer is $((6 * 7))");
    machine.wait_until("an answer", |machine| machine.answers().has("the answer is 42"));
    machine.tell("ls / | wc -l");
    machine.tell("exit 33");
    machine.ends(33);
}
