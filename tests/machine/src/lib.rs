//! What the tests of consoles, cards and disks share. `qemu/test` runs them, each in a process of its own, and tells
//! them by the environment where things are; tests/30-machine.sh says how.
//!
//! A test fails by a panic that says what was expected. None depends on how fast or busy the machine is: it waits for
//! events, and the one limit, [`hang_limit`], meets what would never end.

mod card;
mod chain;
mod command;
mod console;
mod image;
mod machine;
mod session;

pub use card::{Card, SECTOR};
pub use chain::{chain_image, chain_sums, chain_tree, cut_script, sums};
pub use command::{Ended, output, run, shell, system_command, try_shell};
pub use console::Console;
pub use image::{build_image, image_builder, kernel_elf, kernel_symbol, probe_image, probe_tree};
pub use machine::Machine;
pub use session::{Session, wait_until};

use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The repository.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).expect("the crate is in tests/")
}

/// What `qemu/test` says in the environment.
fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: ./qemu/test runs these tests"))
}

/// Seconds after which something counts as hung.
pub fn hang_limit() -> u64 {
    let seconds = setting("FIRMSEED_TIMEOUT");
    seconds.parse().expect("FIRMSEED_TIMEOUT is a number")
}

/// Debian's device tree of a board, as qemu/setup keeps it.
pub fn device_tree(name: &str) -> PathBuf {
    let folder = PathBuf::from(setting("FIRMSEED_CACHE")).join("linux/dtb");
    folder.join(name).with_extension("dtb")
}

/// That of the Raspberry Pi 3.
pub fn pi3_tree() -> PathBuf {
    device_tree("bcm2837-rpi-3-b")
}

/// A fresh folder, gone when `qemu/test` ends.
pub fn scratch() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}-{number}", process::id());
    let folder = PathBuf::from(setting("FIRMSEED_TEST_SCRATCH")).join(name);
    fs::create_dir_all(&folder).expect("the scratch folder takes folders");
    folder
}

/// A file or folder that several tests read, made by the first of them that wants it. One that could not be made is
/// not tried again.
pub fn once(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let shared = PathBuf::from(setting("FIRMSEED_TEST_SCRATCH")).join("shared");
    fs::create_dir_all(&shared).expect("the scratch folder takes folders");
    let place = shared.join(name);
    let lock = File::create(shared.join(format!("{name}.lock"))).expect("a file to lock");
    lock.lock().expect("a lock");
    if !place.exists() {
        let part = shared.join(format!("{name}.part"));
        let begun = shared.join(format!("{name}.begun"));
        assert!(!begun.exists(), "{name} could not be made: the test that tried says why");
        File::create(begun).expect("a mark");
        make(&part);
        fs::rename(&part, &place).expect("a finished file");
    }
    place
}

/// A test that this host cannot run: it counts as skipped, by name and with the reason, not as passed.
pub fn skip(reason: &str) {
    println!("skipped: {reason}");
}

/// SHA-256, in hexadecimal.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a file.
#[track_caller]
pub fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Two files have the same bytes; `what` names the first one.
#[track_caller]
pub fn assert_same_file(what: &str, one: impl AsRef<Path>, other: impl AsRef<Path>) {
    // Not assert_eq: nobody wants to read megabytes.
    assert!(read(one) == read(other), "{what}: other bytes");
}

/// Changes the lowest bit of a byte.
pub fn flip_byte(bytes: &mut [u8], offset: usize) {
    bytes[offset] ^= 1;
}
