//! Prints how much there is to read in each part of the project: `cargo run -q -p layers`.

use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for part in layers::PARTS {
        println!("{part:<14} {}", layers::lines(&root.join(part)));
    }
}
