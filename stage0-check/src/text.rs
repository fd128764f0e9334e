//! Proof of a hex0, hex1 or hex2 text: its bytes, resolved here, against what GNU as makes of its annotations.

use crate::source::{Item, Line, Source, Token};
use crate::{assembler, elf_header, head, image_header, registers, source};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a text makes.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A program of the chain: an ELF header, 0x78 bytes, before it.
    Program,
    /// An arm64 Image: code that runs wherever it is loaded.
    Image,
    /// Code alone, the same.
    Code,
}

impl Kind {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x7f, b'E', b'L', b'F', ..] => Kind::Program,
            _ if image_header::is_here(bytes) => Kind::Image,
            _ => Kind::Code,
        }
    }

    /// Where its first byte is: of code that may lie anywhere, at 0.
    fn base(self) -> u64 {
        match self {
            Kind::Program => 0x60_0000,
            Kind::Image | Kind::Code => 0,
        }
    }

    /// Is the line data of a header?
    fn is_field(self, line: &Line) -> bool {
        match self {
            Kind::Program => elf_header::is_field(&line.annotation) || line.offset < 0x78,
            Kind::Image => image_header::is_field(line.offset),
            Kind::Code => false,
        }
    }
}

/// Checks a text and returns how many lines were proven. Errors name file and line.
pub fn check(path: &str, text: &str) -> Result<usize> {
    check_source(text).with_context(|| path.to_string())
}

fn check_source(text: &str) -> Result<usize> {
    let source = source::parse(text)?;
    let places = place(&source)?;
    let bytes = resolve(&source, &places)?;
    let kind = Kind::of(&bytes);
    let listing = assembly(&source, &bytes, kind)?;
    let expected = assembler::assemble(&listing, kind.base(), &source.places)?;
    let mut count = 0;
    for line in lines(&source) {
        let size = size(line);
        let range = line.offset..line.offset + size;
        let ours = &bytes[range.clone()];
        ensure!(
            expected.get(range) == Some(ours),
            "line {}: `{}` is {:02X?} in GNU as, the text has {:02X?}",
            line.number,
            line.annotation,
            &expected[line.offset.min(expected.len())..(line.offset + size).min(expected.len())],
            ours
        );
        count += 1;
    }
    ensure!(
        expected.len() == bytes.len(),
        "GNU as makes {} bytes, the text {}",
        expected.len(),
        bytes.len()
    );
    match kind {
        Kind::Program => elf_header::check(&source, &bytes)?,
        Kind::Image => image_header::check(&source, &bytes)?,
        Kind::Code => {}
    }
    registers::check(&source)?;
    head::check(text, &source, &places, bytes.len())?;
    Ok(count)
}

/// The lines that make bytes.
pub fn lines(source: &Source) -> impl Iterator<Item = &Line> {
    source.items.iter().filter_map(|item| match item {
        Item::Line(line) => Some(line),
        _ => None,
    })
}

/// The little-endian number of at most eight bytes at `offset`; none where a program is too short for it.
pub fn number_at(program: &[u8], offset: usize, width: usize) -> Option<u64> {
    let field = program.get(offset..offset + width)?;
    let number = field.iter().rev();
    Some(number.fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Bytes that a line makes.
pub fn size(line: &Line) -> usize {
    let bytes_of = |token: &Token| match token {
        Token::Byte(_) => 1,
        Token::Field(_) => 0,
        Token::Branch(_) => 3,
        Token::Difference(..) => 4,
    };
    line.tokens.iter().map(bytes_of).sum()
}

/// Counts the addresses again and gives each label its place, under its name and its hex1 character.
fn place(source: &Source) -> Result<BTreeMap<String, usize>> {
    let mut places = BTreeMap::new();
    let mut at = 0;
    for item in &source.items {
        match item {
            Item::Line(line) => {
                ensure!(
                    line.offset == at,
                    "line {}: says {:03x}, is at {at:03x}",
                    line.number,
                    line.offset
                );
                at += size(line);
            }
            Item::Label(name, character) => {
                ensure!(places.insert(name.clone(), at).is_none(), "label {name} stands twice");
                if let Some(character) = character {
                    let key = format!(":{character}");
                    ensure!(
                        places.insert(key, at).is_none(),
                        "label character {character} stands twice"
                    );
                }
            }
            Item::Comment(..) => {}
        }
    }
    Ok(places)
}

/// The program's bytes, with every reference filled in by our own reading of the formats.
fn resolve(source: &Source, places: &BTreeMap<String, usize>) -> Result<Vec<u8>> {
    let find = |name: &str| {
        let place = places.get(&format!(":{name}")).or_else(|| places.get(name));
        place.copied().with_context(|| format!("label {name} is not defined"))
    };
    let mut bytes = Vec::new();
    for line in lines(source) {
        for token in &line.tokens {
            let at = bytes.len() as i64;
            match token {
                Token::Byte(byte) => bytes.push(*byte),
                Token::Branch(name) => {
                    let words = (find(name)? as i64 - at) / 4;
                    bytes.extend_from_slice(&words.to_le_bytes()[..3]);
                }
                Token::Difference(a, b) => {
                    let distance = find(a)? as i32 - find(b)? as i32;
                    bytes.extend_from_slice(&distance.to_le_bytes());
                }
                Token::Field(name) => {
                    ensure!(at >= 4, "line {}: no instruction before =", line.number);
                    let distance = find(name)? as i64 - (at - 4);
                    let start = bytes.len() - 4;
                    let word = u32::from_le_bytes(bytes[start..].try_into()?);
                    let word =
                        fill(word, distance).with_context(|| format!("line {}", line.number))?;
                    bytes[start..].copy_from_slice(&word.to_le_bytes());
                }
            }
        }
    }
    Ok(bytes)
}

/// Puts a distance in bytes into a branch, a load from a literal or an adr whose field is zero.
fn fill(word: u32, distance: i64) -> Result<u32> {
    ensure!(distance % 4 == 0, "distance {distance} is not whole words");
    let (bits, low) = match (word >> 25 & 63, word >> 26 & 31) {
        (_, 5) => (26, 0),
        (27, _) => (14, 5),
        _ => (19, 5),
    };
    let words = distance / 4;
    let mask = (1u32 << bits) - 1;
    ensure!(word & mask << low == 0, "the field of {word:08x} is not zero");
    ensure!(
        (-(1 << (bits - 1))..1 << (bits - 1)).contains(&words),
        "distance {distance} does not fit {bits} bits"
    );
    Ok(word | (words as u32 & mask) << low)
}

/// What GNU as gets: data as it is, labels by name, instructions by their mnemonics only.
fn assembly(source: &Source, bytes: &[u8], kind: Kind) -> Result<String> {
    let mut out = String::from("\t.text\n");
    for (name, value) in &source.constants {
        writeln!(out, "\t.set {name}, {value:#x}")?;
    }
    for item in &source.items {
        match item {
            Item::Label(name, _) => writeln!(out, "{name}:")?,
            Item::Comment(..) => {}
            Item::Line(line) => {
                let own = &bytes[line.offset..line.offset + size(line)];
                if let Some(quoted) = line.annotation.strip_prefix('"') {
                    let quoted = quoted.strip_suffix('"').context("a string without its end")?;
                    let string =
                        unescape(quoted).with_context(|| format!("line {}", line.number))?;
                    ensure!(string == own, "line {}: \"{quoted}\" is {string:02X?}", line.number);
                    writeln!(out, "\t.byte {}", list(own))?;
                } else if kind.is_field(line) {
                    writeln!(out, "\t.byte {}", list(own))?;
                } else {
                    ensure!(own.len() == 4, "line {}: an instruction has four bytes", line.number);
                    writeln!(out, "\t{}", line.annotation)?;
                }
            }
        }
    }
    Ok(out)
}

fn list(bytes: &[u8]) -> String {
    let words: Vec<String> = bytes.iter().map(|byte| byte.to_string()).collect();
    words.join(",")
}

/// `\0`, `\n`, `\xhh`, `\\` and `\"` in a string annotation.
fn unescape(text: &str) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(u8::try_from(c).context("not ASCII")?);
            continue;
        }
        match rest.next() {
            Some('0') => out.push(0),
            Some('n') => out.push(b'\n'),
            Some(c @ ('\\' | '"')) => out.push(c as u8),
            Some('x') => {
                let digits: String = rest.by_ref().take(2).collect();
                out.push(u8::from_str_radix(&digits, 16).context("\\x without two hex digits")?);
            }
            other => bail!("unknown escape {other:?}"),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "#   start:\n20 00 80 D2  # 000  mov x0, #1  ; one\nFF FF FF 17  # 004  b start\n";

    fn message(text: &str) -> String {
        format!("{:#}", check_source(text).unwrap_err())
    }

    #[test]
    fn a_wrong_byte_is_found() {
        assert_eq!(check_source(GOOD).unwrap(), 2);
        let wrong = message(&GOOD.replace("20 00", "40 00"));
        assert!(wrong.contains("mov x0, #1") && wrong.contains("GNU as"), "{wrong}");
        let wrong = message(&GOOD.replace("FF FF FF 17", "FE FF FF 17"));
        assert!(wrong.contains("b start"), "{wrong}");
    }

    #[test]
    fn a_program_needs_its_header() {
        let head = "7F 45 4C 46  # 000  magic: ELF\n";
        let text = GOOD.replace("# 004", "# 008").replace("# 000", "# 004");
        assert!(message(&(head.to_string() + &text)).contains("ELF identification"));
    }

    #[test]
    fn constants_and_places_come_from_the_head() {
        let text = "# SIZE = 0x10 buf = 0x100\n00 02 80 D2  # 0  mov x0, #SIZE\nE1 07 00 10  # 4  adr x1, buf\n";
        assert_eq!(check_source(text).unwrap(), 2);
        assert!(message(&text.replace("0x100", "0x104")).contains("adr x1, buf"));
        assert!(message(&text.replace("0x10 ", "0x11 ")).contains("mov x0, #SIZE"));
    }

    #[test]
    fn a_wrong_address_is_found() {
        assert!(message(&GOOD.replace("# 004", "# 008")).contains("says 008, is at 004"));
    }

    #[test]
    fn fields_are_filled_and_checked() {
        assert_eq!(fill(0x1400_0000, -4).unwrap(), 0x17ff_ffff);
        assert_eq!(fill(0x5400_0000, 8).unwrap(), 0x5400_0040);
        assert!(fill(0x3600_0000, 4 << 13).is_err(), "tbz reaches 32 KiB");
        assert!(fill(0x1400_0000, 2).is_err());
        assert!(fill(0x1400_0001, 4).is_err());
    }
}
