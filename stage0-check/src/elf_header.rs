//! The ELF header's lines: each names a field, which must lie there and have the value that the line says.

use crate::source::Source;
use crate::text::{lines, number_at, size};
use anyhow::{Context, Result, ensure};

/// ELF64: file header, then the one program header behind it (elf(5)). Name, offset, size.
const FIELDS: &[(&str, usize, usize)] = &[
    ("e_type", 0x10, 2),
    ("e_machine", 0x12, 2),
    ("e_version", 0x14, 4),
    ("e_entry", 0x18, 8),
    ("e_phoff", 0x20, 8),
    ("e_shoff", 0x28, 8),
    ("e_flags", 0x30, 4),
    ("e_ehsize", 0x34, 2),
    ("e_phentsize", 0x36, 2),
    ("e_phnum", 0x38, 2),
    ("e_shentsize", 0x3a, 2),
    ("e_shnum", 0x3c, 2),
    ("e_shstrndx", 0x3e, 2),
    ("p_type", 0x40, 4),
    ("p_flags", 0x44, 4),
    ("p_offset", 0x48, 8),
    ("p_vaddr", 0x50, 8),
    ("p_paddr", 0x58, 8),
    ("p_filesz", 0x60, 8),
    ("p_memsz", 0x68, 8),
    ("p_align", 0x70, 8),
];

/// Values that a program of the chain must have: name, value.
const FIXED: &[(&str, u64)] = &[
    ("e_type", 2),
    ("e_machine", 183),
    ("e_version", 1),
    ("e_phoff", 64),
    ("e_phentsize", 56),
    ("e_phnum", 1),
    ("p_type", 1),
];

/// Does the annotation name a field of the header?
pub fn is_field(annotation: &str) -> bool {
    let name = annotation.split(':').next().unwrap_or(annotation);
    FIELDS.iter().any(|(field, ..)| *field == name)
}

/// Checks the header of a whole program.
pub fn check(source: &Source, bytes: &[u8]) -> Result<()> {
    ensure!(
        bytes.starts_with(b"\x7fELF\x02\x01\x01\x00"),
        "does not begin with an ELF identification"
    );
    let value_of = |name: &str| {
        let (_, offset, size) = FIELDS.iter().find(|(field, ..)| *field == name)?;
        number_at(bytes, *offset, *size)
    };
    for (name, value) in FIXED {
        ensure!(value_of(name) == Some(*value), "{name} is {:?}, expected {value}", value_of(name));
    }
    ensure!(
        value_of("p_filesz") == Some(bytes.len() as u64),
        "p_filesz is not the size {}",
        bytes.len()
    );
    ensure!(value_of("p_memsz") >= value_of("p_filesz"), "p_memsz is less than p_filesz");
    for line in lines(source) {
        let name = line.annotation.split(':').next().unwrap_or_default();
        let Some((_, offset, width)) = FIELDS.iter().find(|(field, ..)| *field == name) else {
            continue;
        };
        ensure!(
            line.offset == *offset && size(line) == *width,
            "line {}: {name} has {width} bytes at {offset:03x}",
            line.number
        );
        let said =
            line.annotation.split(": ").nth(1).and_then(|rest| rest.split([' ', ',']).next());
        let number = said.and_then(|said| match said.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => said.parse().ok(),
        });
        if let Some(number) = number {
            let value = value_of(name).context("the header is cut off")?;
            ensure!(
                value == number,
                "line {}: {name} is {value}, the line says {number}",
                line.number
            );
        }
    }
    Ok(())
}
