//! The shape of the crate: the layers that lib.rs states are those of the code, and who owns state keeps it.

#[test]
fn layers_are_as_lib_states() {
    assert_eq!(layers::check(env!("CARGO_MANIFEST_DIR")), [""; 0]);
}

/// Whoever changes something of these goes through their methods, where what must stay true together stands.
#[test]
fn owners_of_state_keep_it_to_themselves() {
    let owners = [
        "AddressSpace",
        "Areas",
        "Content",
        "Descriptors",
        "Directory",
        "FramePool",
        "Fs",
        "Inode",
        "Inodes",
        "Job",
        "Ledger",
        "Limits",
        "Locks",
        "Log",
        "OpenFiles",
        "Pieces",
        "Pipe",
        "Pipes",
        "Processes",
        "Random",
        "Spaces",
        "Stages",
        "Tables",
        "Terminal",
    ];
    assert_eq!(layers::open_fields(env!("CARGO_MANIFEST_DIR"), &owners), [""; 0]);
}
