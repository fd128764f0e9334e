//! The arm64 Image header's lines: each names a field, which must lie there and have the value that the line says.

use crate::source::Source;
use crate::text::{lines, number_at, size};
use anyhow::{Context, Result, ensure};

/// Linux, Documentation/arch/arm64/booting.rst. Name, offset, size; before them stands code0, an instruction.
const FIELDS: &[(&str, usize, usize)] = &[
    ("code1", 4, 4),
    ("text_offset", 8, 8),
    ("image_size", 16, 8),
    ("flags", 24, 8),
    ("reserved", 32, 8),
    ("reserved", 40, 8),
    ("reserved", 48, 8),
    ("magic", 56, 4),
    ("reserved", 60, 4),
];

/// Bytes of the header.
const SIZE: usize = 64;

/// Where the magic lies, and what it is.
const MAGIC: (usize, &[u8]) = (56, b"ARM\x64");

/// Does a program have this header?
pub fn is_here(bytes: &[u8]) -> bool {
    bytes.get(MAGIC.0..MAGIC.0 + MAGIC.1.len()) == Some(MAGIC.1)
}

/// Is what lies at this offset a field, and no instruction?
pub fn is_field(offset: usize) -> bool {
    (4..SIZE).contains(&offset)
}

/// Checks the header of a whole program.
pub fn check(source: &Source, bytes: &[u8]) -> Result<()> {
    let mut fields = FIELDS.iter();
    for line in lines(source).filter(|line| is_field(line.offset)) {
        let (name, offset, width) =
            fields.next().context("more lines than the header has fields")?;
        let (said_name, said) = line
            .annotation
            .split_once(": ")
            .with_context(|| format!("line {}: expected `name: value`", line.number))?;
        ensure!(
            said_name == *name && line.offset == *offset && size(line) == *width,
            "line {}: expected {name}, {width} bytes at {offset:03x}",
            line.number
        );
        if *name == "magic" {
            continue;
        }
        let value = number_at(bytes, *offset, *width).context("the header is cut off")?;
        let number = said.split([' ', ',']).next().and_then(|said| said.parse().ok());
        ensure!(
            number == Some(value),
            "line {}: {name} is {value}, the line says {said}",
            line.number
        );
    }
    Ok(())
}
