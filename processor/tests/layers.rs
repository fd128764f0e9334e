//! The layers that lib.rs states are those of the code.

#[test]
fn layers_are_as_lib_states() {
    assert_eq!(layers::check(env!("CARGO_MANIFEST_DIR")), [""; 0]);
}
