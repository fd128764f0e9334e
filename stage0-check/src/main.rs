//! The checker of stage0's hand-written machine code. It knows no source format yet, and says so.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    eprintln!("usage: stage0-check FILE...");
    eprintln!("Checks that every annotated line of a hex0, hex1, hex2 or M1 source says what its bytes do.");
    eprintln!("stage0-check: no source format is known to this version, nothing was checked");
    std::process::ExitCode::from(2)
}
