//! Device trees. A few instructions enter the image with what a device tree's address is to be.

use super::{THE_END, cases};
use machine::{Console, Session, output, read, scratch};
use std::fs;
use std::process::Command;

/// virt's own tree, changed, at this address on a machine with this memory.
#[track_caller]
fn boots_with(mib: &str, address: &str, change: impl FnOnce(&mut Vec<u8>)) -> Console {
    let folder = scratch();
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_string();
    let dump = format!("virt,dumpdtb={}", path("whole"));
    Session::emulator(&folder, &["-machine", &dump, "-cpu", "cortex-a53", "-m", mib]).ends(0);
    let mut tree = read(path("whole"));
    change(&mut tree);
    fs::write(path("tree"), tree).expect("a file");
    let code = format!("ldr x0, ={address}\nldr x1, =0x41000000\nbr x1\n");
    fs::write(path("enter.s"), code).expect("a file");
    output(Command::new("aarch64-linux-gnu-as").args(["-o", &path("enter.o"), &path("enter.s")]));
    output(Command::new("aarch64-linux-gnu-objcopy").args([
        "-O",
        "binary",
        "-j",
        ".text",
        &path("enter.o"),
        &path("enter"),
    ]));
    let image = format!("loader,file={},addr=0x41000000,force-raw=on", cases::image().display());
    let tree = format!("loader,file={},addr={address},force-raw=on", path("tree"));
    let enter = format!("loader,file={},addr=0x40f00000,force-raw=on,cpu-num=0", path("enter"));
    let mut arguments =
        vec!["-machine", "virt", "-cpu", "cortex-a53", "-m", mib, "-serial", "stdio"];
    arguments.extend(["-device", &image, "-device", &tree, "-device", &enter]);
    Session::emulator(&folder, &arguments).ends(0)
}

/// Puts bytes in place of others, which must be there.
#[track_caller]
fn replace(tree: &mut [u8], old: &[u8], new: &[u8]) {
    let place = tree.windows(old.len()).position(|bytes| bytes == old);
    let place = place.expect("the bytes in virt's tree");
    tree[place..][..new.len()].copy_from_slice(new);
}

/// Of virt's memory node: 256 MiB at 1 GiB.
const MEMORY: &[u8] = b"\x40\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00";

#[test]
fn a_whole_tree_is_read() {
    boots_with("512", "0x48000000", |_| ()).says(THE_END);
}

/// Behind the GiB that the kernel maps.
#[test]
fn a_tree_beyond_what_is_mapped_is_read() {
    boots_with("1500", "0x90000000", |_| ()).says(THE_END);
}

/// No memory node, and a size that goes far behind the memory's end.
#[test]
fn a_tree_without_an_end_stops_it() {
    let console = boots_with("256", "0x48000000", |tree| {
        replace(tree, b"memory@", b"mammal@");
        replace(tree, b"\xd0\x0d\xfe\xed", b"\xd0\x0d\xfe\xed\x7f\xff");
    });
    console.says("firmseed: failed: before the first program, error 14");
}

/// 2 MiB, where the kernel lies behind them.
#[test]
fn a_tree_with_little_memory_stops_it() {
    let console = boots_with("256", "0x48000000", |tree| {
        replace(tree, MEMORY, b"\x40\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00");
    });
    console.says("firmseed: failed: no memory");
}

/// Then the kernel guesses.
#[test]
fn a_tree_with_memory_elsewhere_does_not_count() {
    let console = boots_with("256", "0x48000000", |tree| replace(tree, MEMORY, b"\x80"));
    console.says("firmseed: seed kernel, 128 MiB, entered at EL1");
}

#[test]
fn a_tree_that_begins_beyond_any_memory_stops_it() {
    let console = boots_with("256", "0x7f000000", |_| ());
    console.says("firmseed: failed: before the first program, error 14");
}
