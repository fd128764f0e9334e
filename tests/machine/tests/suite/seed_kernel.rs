//! The seed kernel, which is hex0 text: it answers programs as the Rust kernel does, and says why where it cannot go on.
//! Its texts and the chain on it are in tests/92-seed-kernel.sh. docs/seed-kernel.md.

mod cases;
mod damage;
mod trees;
mod trouble;

use machine::{Session, image_builder, output, root, scratch};
use std::path::Path;
use std::process::Command;

const THE_END: &str = "firmseed: init ended with status 42";

/// A static program for both kernels.
fn compile(source: &Path, program: &Path) {
    output(
        Command::new("aarch64-linux-gnu-gcc")
            .args(["-static", "-O1", "-Wall", "-Wno-unused-result", "-Wno-nonnull"])
            .args(["-Wno-array-bounds", "-Wno-stringop-overread", "-Wno-stringop-overflow"])
            .arg("-I")
            .arg(root().join("tests/common"))
            .arg("-o")
            .args([program, source]),
    );
}

/// `image-builder build` with the seed kernel, for foreign programs.
fn build_command(init: &str, image: &Path) -> Command {
    let mut command = image_builder("build");
    command.args(["--policy", "open", "--init", init, "--seed-kernel"]);
    command.arg(root().join("seed-kernel")).arg("-o").arg(image);
    command
}

fn build_seed_image(tree: &Path, image: &Path, init: &str) {
    output(build_command(init, image).arg("--tree").arg(tree));
}

// ---- the end of a machine. Without semihosting: PSCI from EL1 and from EL2.

fn powers_off(machine: &str) {
    let image = cases::image();
    let image = image.to_str().expect("a path in UTF-8");
    let arguments = [
        "-machine",
        machine,
        "-cpu",
        "cortex-a53",
        "-m",
        "256",
        "-kernel",
        image,
        "-serial",
        "stdio",
    ];
    Session::emulator(&scratch(), &arguments).ends(0).says(THE_END);
}

#[test]
fn it_powers_off_from_el1() {
    powers_off("virt");
}

#[test]
fn it_powers_off_from_el2() {
    powers_off("virt,virtualization=on");
}

/// An image that lies where U-Boot put it.
#[test]
fn u_boot_starts_it() {
    Session::u_boot(&scratch(), &cases::image(), "exit=semihosting").ends(42).says(THE_END);
}
