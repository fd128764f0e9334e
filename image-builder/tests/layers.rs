//! The layers that lib.rs states are those of the code, and the kernel's core is where it may be.

use std::path::Path;

#[test]
fn layers_are_as_lib_states() {
    assert_eq!(layers::check(env!("CARGO_MANIFEST_DIR")), [""; 0]);
}

/// Only `accept` asks the kernel's own code; `trace` takes the names of the system calls from it.
#[test]
fn the_kernels_core_is_asked_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let naming = layers::files_with(&src, "firmseed_core::");
    let others = naming.iter().filter(|path| !path.starts_with("accept"));
    assert_eq!(others.collect::<Vec<_>>(), ["trace.rs"]);
}
