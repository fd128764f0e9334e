//! The shape of the crate: its layers, and that it can be read in one sitting.

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn layers_are_as_lib_states() {
    assert_eq!(layers::check(ROOT), [""; 0]);
}

/// Without blank lines and comments; `cargo run -q -p layers` prints all numbers.
#[test]
fn it_has_at_most_1500_lines_of_code() {
    let lines = layers::lines(std::path::Path::new(ROOT));
    assert!(lines.code > 500, "expected the crate's code, found {lines}");
    assert!(lines.code <= 1500, "expected at most 1500 lines of code, found {lines}");
}

/// Who has read `formats` and this has read all that a verdict rests on.
#[test]
fn it_depends_on_the_formats_alone() {
    let manifest = std::fs::read_to_string(format!("{ROOT}/Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap().trim();
    assert_eq!(section, "firmseed-formats.workspace = true");
}
