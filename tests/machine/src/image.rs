//! Images for tests, built as `qemu/lib` builds them.

use crate::{output, setting, shell};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The kernel as an ELF file.
pub fn kernel_elf() -> PathBuf {
    PathBuf::from(setting("FIRMSEED_KERNEL"))
}

/// `image-builder`, with a subcommand.
pub fn image_builder(subcommand: &str) -> Command {
    let mut command = Command::new(setting("FIRMSEED_IMAGE_BUILDER"));
    command.arg(subcommand);
    command
}

/// The folder of the probe, tests/boot/probe.c, under the name of each thing that it does.
pub fn probe_tree(folder: &Path) {
    fs::create_dir(folder).expect("a new folder");
    shell("probe_tree", &[folder.to_str().expect("a path in UTF-8")]);
}

/// An image of the probe that does this first: `hello`, `writer` and so on.
pub fn probe_image(does: &str) -> PathBuf {
    crate::once(&format!("probe-{does}.img"), |image| {
        let tree = crate::once("probe.tree", probe_tree);
        build_image(&tree, image, &format!("/{does}"));
    })
}

/// An image of foreign programs.
pub fn build_image(tree: &Path, image: &Path, init: &str) {
    output(
        image_builder("build")
            .args(["--policy", "open", "--init", init, "--kernel"])
            .arg(kernel_elf())
            .arg("--tree")
            .arg(tree)
            .arg("-o")
            .arg(image),
    );
}

/// Where a symbol of the kernel is: bytes from the start of the image.
pub fn kernel_symbol(name: &str) -> usize {
    const LINKED_AT: usize = 0xffff_ffff_8000_0000;
    let symbols = output(Command::new("aarch64-linux-gnu-nm").arg(kernel_elf()));
    let line = symbols
        .lines()
        .find(|line| line.split(' ').nth(2) == Some(name))
        .unwrap_or_else(|| panic!("the kernel has no symbol {name}"));
    usize::from_str_radix(&line[..16], 16).expect("an address") - LINKED_AT
}
