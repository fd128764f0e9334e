//! The `image-builder` command.
#![forbid(unsafe_code)]

fn main() {
    eprintln!("image-builder: not usable yet");
    std::process::exit(2);
}
