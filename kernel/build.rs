//! Passes the linker script and the linker's options: a flag here keeps RUSTFLAGS constant, so that core is not rebuilt.

use std::path::PathBuf;

fn main() {
    let manifest = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let script = PathBuf::from(manifest).join("../linker.ld");
    println!("cargo:rustc-link-arg-bins=-T{}", script.display());
    // Cortex-A53 erratum 843419: an address that is computed at the end of a page may come out wrong.
    println!("cargo:rustc-link-arg-bins=--fix-cortex-a53-843419");
    println!("cargo:rerun-if-changed={}", script.display());
}
