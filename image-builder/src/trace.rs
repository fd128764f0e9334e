//! The kernel's compact trace as readable lines: defmt frames, decoded with the kernel's own ELF file.
//!
//! A frame is a number and the values; the text that belongs to the number stands in the ELF file's
//! section `.defmt`. System calls get their names, errors their text.

use crate::{Error, Result};
use defmt_decoder::{DecodeError, Table};
use std::io::{Read, Write};
use std::path::Path;

/// How many frames there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Frames that were understood.
    pub frames: u64,
    /// Frames that were not: damage, or an ELF file that is not the one that ran.
    pub malformed: u64,
}

/// Decodes `trace` with the kernel that wrote it, a line for each frame.
pub fn decode(
    elf: &[u8],
    elf_path: &Path,
    trace: &mut dyn Read,
    out: &mut dyn Write,
) -> Result<Decoded> {
    let unusable = |reason: String| Error::Kernel { path: elf_path.to_owned(), reason };
    let table =
        Table::parse(elf).map_err(|error| unusable(format!("its trace strings: {error:#}")))?;
    let table = table
        .ok_or_else(|| unusable("it has no trace strings (section .defmt): stripped?".into()))?;
    let mut decoder = table.new_stream_decoder();
    let mut decoded = Decoded::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let size = trace.read(&mut buffer).map_err(Error::io("read", Path::new("the trace")))?;
        if size == 0 {
            return Ok(decoded);
        }
        decoder.received(&buffer[..size]);
        loop {
            match decoder.decode() {
                Ok(frame) => {
                    decoded.frames += 1;
                    let line = readable(&frame.display_message().to_string());
                    writeln!(out, "{line}").map_err(Error::io("write", Path::new("the lines")))?;
                }
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => {
                    decoded.malformed += 1;
                    writeln!(out, "(a frame that makes no sense)")
                        .map_err(Error::io("write", Path::new("the lines")))?;
                    if !table.encoding().can_recover() {
                        return Ok(decoded);
                    }
                }
            }
        }
    }
}

/// A message with the name of its system call and the text of its error.
///
/// The kernel writes `pid P call N (A, B, C, D, E, F) = R` (kernel/src/trace.rs).
fn readable(message: &str) -> String {
    named(message).unwrap_or_else(|| message.to_owned())
}

fn named(message: &str) -> Option<String> {
    let (pid, rest) = message.strip_prefix("pid ")?.split_once(" call ")?;
    let (number, rest) = rest.split_once(" (")?;
    let (arguments, result) = rest.split_once(") = ")?;
    let name = match call_name(number.parse().ok()?) {
        Some(name) => name.to_ascii_lowercase(),
        None => format!("call_{number}"),
    };
    let errno = result.parse().ok().filter(|errno: &i32| (-4095..0).contains(errno));
    let text = errno.map_or(String::new(), |errno| {
        let text = std::io::Error::from_raw_os_error(-errno).to_string();
        format!(" ({})", text.split(" (os error").next().unwrap_or_default())
    });
    Some(format!("{pid:>5} {name}({arguments}) = {result}{text}"))
}

fn call_name(number: u64) -> Option<&'static str> {
    firmseed_core::syscall::table::name(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_have_names_and_errors_texts() {
        let table = [
            (
                "pid 1 call 64 (0x1, 0x4000, 0x5, 0x0, 0x0, 0x0) = 5",
                "    1 write(0x1, 0x4000, 0x5, 0x0, 0x0, 0x0) = 5",
            ),
            ("pid 12 call 56 (0x0) = -2", "   12 openat(0x0) = -2 (No such file or directory)"),
            ("pid 1 call 214 (0x0) = -4096", "    1 brk(0x0) = -4096"),
            (
                "pid 1 call 9999 (0x0) = -38",
                "    1 call_9999(0x0) = -38 (Function not implemented)",
            ),
            ("trace starts", "trace starts"),
            ("pid of nobody", "pid of nobody"),
        ];
        for (message, line) in table {
            assert_eq!(readable(message), line);
        }
    }
}
