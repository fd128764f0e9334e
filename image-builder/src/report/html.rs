//! Small things that every part of the page needs: numbers, hashes, and texts that cannot deceive.

use firmseed_formats::escape::Escape;
use firmseed_formats::sha256::{Digest, Hex};

/// Digits in groups of three. Sizes are whatever a ledger says: sums of them need more than 64 bits.
pub fn number(value: impl Into<u128>) -> String {
    let digits = value.into().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `2 files`.
pub fn count(value: usize, noun: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", number(value as u64))
}

/// A hash in full.
pub fn hash(digest: &Digest) -> String {
    Hex(digest).to_string()
}

/// The beginning of a hash, for places without room.
pub fn short(digest: &Digest) -> String {
    let mut digits = Hex(digest).to_string();
    digits.truncate(8);
    digits
}

/// A path or argument: as it is where that is unmistakable, else as the ledger spells it.
pub fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && !text.chars().any(|c| c.is_control() || deceives(c)) => {
            text.to_owned()
        }
        _ => Escape(bytes).to_string(),
    }
}

/// A text for reading: what a page would hide or turn around is named instead.
pub fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let hidden = |c: char| deceives(c) || c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(hidden) {
        return text.into_owned();
    }
    text.chars()
        .map(|c| match hidden(c) {
            true => format!("\u{27e8}U+{:04X}\u{27e9}", u32::from(c)),
            false => c.to_string(),
        })
        .collect()
}

/// Characters that change the order of those around them, or have no width: source code has been made to lie with them.
fn deceives(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A number of nanoseconds, with three digits that say something.
pub fn duration(nanoseconds: u64) -> String {
    let scaled = |unit: f64| nanoseconds as f64 / unit;
    match nanoseconds {
        0..1_000_000 => format!("{:.0} \u{b5}s", scaled(1e3)),
        1_000_000..1_000_000_000 => format!("{:.0} ms", scaled(1e6)),
        _ => format!("{:.2} s", scaled(1e9)),
    }
}

/// A number of instructions.
pub fn instructions(value: u64) -> String {
    match value {
        0..1_000_000 => format!("{:.0} k", value as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.0} M", value as f64 / 1e6),
        _ => format!("{:.2} G", value as f64 / 1e9),
    }
}
