//! The same answers as the Rust kernel's, or as Linux's, on each machine.

use super::{build_seed_image, compile};
use machine::{Console, Machine, build_image, once, output, read, root, run, scratch};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// tests/seed-kernel/cases.c, and the files that it wants.
pub fn tree() -> PathBuf {
    once("cases.tree", |tree| {
        let folder = tree.join("folder").join("0".repeat(97));
        fs::create_dir_all(&folder).expect("a new folder");
        fs::create_dir(tree.join("tmp")).expect("a new folder");
        compile(&root().join("tests/seed-kernel/cases.c"), &tree.join("init"));
        let write = |path: &Path, text: &str| fs::write(path, text).expect("a file");
        write(&tree.join("empty"), "");
        write(&tree.join("text"), "a text in the image\n");
        write(&folder.join("1".repeat(94)), "a path of over 200 bytes\n");
        symlink("text", tree.join("link")).expect("a link");
    })
}

pub fn image() -> PathBuf {
    once("cases.img", |image| build_seed_image(&tree(), image, "/init"))
}

/// What the programs print on the Rust kernel.
fn expected() -> Console {
    let log = once("cases.console", |log| {
        let image = scratch().join("image");
        build_image(&tree(), &image, "/init");
        let console = Machine::with(&image).ends(42);
        assert!(console.of_programs().len() >= 100, "a hundred answers");
        fs::write(log, console.text()).expect("a file");
    });
    Console::in_file(&log)
}

#[track_caller]
fn assert_same_answers(machine: Machine, mib: u32, level: &str) {
    let console = machine.ends(42);
    console.says(&format!("firmseed: seed kernel, {mib} MiB, entered at {level}"));
    assert_eq!(console.of_programs(), expected().of_programs());
}

fn virt(options: &[(&str, &str)]) -> Machine {
    Machine::with(image()).set_all(options)
}

#[test]
fn the_same_on_a_cortex_a53() {
    assert_same_answers(virt(&[]), 512, "EL1");
}

#[test]
fn the_same_on_a_cortex_a72_at_el2() {
    let options = [("--cpu", "cortex-a72"), ("--machine-options", "virtualization=on")];
    assert_same_answers(virt(&options), 512, "EL2");
}

/// Where kernel, tables and records come to lie, memory is not zero at power-on.
#[test]
fn the_same_in_memory_that_was_used() {
    let ones = scratch().join("ones");
    fs::write(&ones, vec![0xff; 1 << 20]).expect("a file");
    let behind = 0x4020_0000 + read(image()).len().next_multiple_of(4096);
    let loader = format!("loader,file={},addr={behind},force-raw=on", ones.display());
    assert_same_answers(virt(&[]).qemu(&["-device", &loader]), 512, "EL1");
}

#[test]
fn the_same_on_all_that_qemu_has() {
    assert_same_answers(virt(&[("--cpu", "max"), ("--memory", "1500")]), 1024, "EL1");
}

#[test]
fn the_same_on_all_that_qemu_has_with_el3() {
    let options = "secure=on,virtualization=on";
    let options = [("--cpu", "max"), ("--machine-options", options), ("--memory", "300")];
    assert_same_answers(virt(&options), 300, "EL2");
}

#[test]
fn the_same_on_a_raspi3b() {
    assert_same_answers(virt(&[("--machine", "raspi3b")]), 256, "EL2");
}

/// The one with the kernel counts.
#[test]
fn the_same_with_two_nodes_of_memory() {
    let machine = virt(&[])
        .qemu(&["-object", "memory-backend-ram,id=low,size=256M", "-numa", "node,memdev=low"])
        .qemu(&["-object", "memory-backend-ram,id=high,size=256M", "-numa", "node,memdev=high"]);
    assert_same_answers(machine, 256, "EL1");
}

/// By QEMU's user mode. 128 MiB hold what the program touches.
#[test]
fn calls_at_their_edges_are_as_on_linux() {
    let folder = scratch();
    let (tree, linux) = (folder.join("tree"), folder.join("linux"));
    fs::create_dir(&tree).expect("a new folder");
    fs::create_dir(&linux).expect("a new folder");
    compile(&root().join("tests/seed-kernel/edges.c"), &tree.join("init"));
    let mut user_mode = Command::new("qemu-aarch64");
    let expected = run(user_mode.arg(tree.join("init")).current_dir(linux));
    let expected = Console::new(&expected.expect("Linux", 42).output);
    let image = folder.join("image");
    build_seed_image(&tree, &image, "/init");
    let console = Machine::with(&image).set("--memory", "128").ends(42);
    assert_eq!(console.of_programs(), expected.of_programs());
}

/// A program of tests/conformance that keeps to its calls.
fn conforms(name: &str) {
    let folder = scratch();
    let tree = folder.join("tree");
    output(Command::new(root().join("tests/conformance/build")).arg(&tree).arg(name));
    let init = format!("/tests/{name}");
    let (seed, rust) = (folder.join("seed"), folder.join("rust"));
    build_seed_image(&tree, &seed, &init);
    build_image(&tree, &rust, &init);
    let expected = Machine::with(&rust).ends(0);
    assert!(!expected.of_programs().is_empty(), "something to compare");
    let console = Machine::with(&seed).ends(0);
    assert_eq!(console.of_programs(), expected.of_programs());
}

#[test]
fn the_same_entry_of_a_tiny_program() {
    conforms("tiny_entry");
}

#[test]
fn the_same_of_a_segment_that_may_be_written_and_executed() {
    conforms("tiny_rwx");
}

#[test]
fn the_same_of_a_file_shorter_than_its_segment() {
    conforms("tiny_short");
}

#[test]
fn the_same_of_a_segment_s_tail() {
    conforms("tiny_tail");
}

#[test]
fn the_same_floating_point_registers_after_preemption() {
    conforms("fp_preemption");
}

#[test]
fn the_same_where_memory_is_used_up() {
    conforms("out_of_memory");
}
