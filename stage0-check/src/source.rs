//! An annotated hex text as items: bytes, labels and references, with what the comment says of them.
//!
//! A line with bytes: hex pairs and references, `#`, the offset in the file in hex, two blanks, the annotation,
//! and for an instruction `; ` with its purpose. A label's name stands in its own line: `#   name:` in a
//! comment, `:x   # name` for hex1, `:name` for hex2.

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;

/// What stands before the comment sign of a line, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A byte.
    Byte(u8),
    /// `=x`: distance into the instruction before.
    Field(String),
    /// `^~name`: the low 24 bits of a branch's distance.
    Branch(String),
    /// `%a>b`: a distance, 32 bits.
    Difference(String, String),
}

/// One line that produces bytes.
#[derive(Debug, Clone)]
pub struct Line {
    /// Line number in the file, from 1.
    pub number: usize,
    /// What it consists of.
    pub tokens: Vec<Token>,
    /// The offset that its comment claims.
    pub offset: usize,
    /// The comment's annotation, without the purpose.
    pub annotation: String,
}

/// A thing in the text, in order.
#[derive(Debug, Clone)]
pub enum Item {
    /// Bytes.
    Line(Line),
    /// A label: its name and, in hex1, its character.
    Label(String, Option<String>),
    /// A comment line; block headers are made of them.
    Comment(String),
}

/// A whole text.
pub struct Source {
    /// Labels and lines in order.
    pub items: Vec<Item>,
    /// `name = 0x...` of the head's memory map: addresses.
    pub places: BTreeMap<String, u64>,
    /// `NAME = 0x...` there: numbers, such as a field's offset.
    pub constants: BTreeMap<String, u64>,
}

/// Parses a text. Errors name the line.
pub fn parse(text: &str) -> Result<Source> {
    let mut items = Vec::new();
    let mut symbols = BTreeMap::new();
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        parse_line(number, raw, &mut items).with_context(|| format!("line {number}"))?;
        if items.iter().all(|item| matches!(item, Item::Comment(..) | Item::Label(..))) {
            collect_symbols(raw, &mut symbols)?;
        }
    }
    let (constants, places) = symbols.into_iter().partition(|(name, _): &(String, u64)| {
        name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    });
    Ok(Source { items, places, constants })
}

fn parse_line(number: usize, raw: &str, items: &mut Vec<Item>) -> Result<()> {
    let (code, comment) = match raw.split_once('#') {
        Some((code, comment)) => (code.trim(), Some(comment)),
        None => (raw.trim(), None),
    };
    if code.is_empty() {
        if let Some(comment) = comment {
            match comment.strip_prefix("   ").and_then(|name| name.strip_suffix(':')) {
                Some(name) if is_name(name) => items.push(Item::Label(name.into(), None)),
                _ => items.push(Item::Comment(comment.trim().into())),
            }
        }
        return Ok(());
    }
    if let Some(label) = code.strip_prefix(':') {
        let item = match comment {
            Some(name) if is_name(name.trim()) => {
                Item::Label(name.trim().into(), Some(label.into()))
            }
            None if is_name(label) => Item::Label(label.into(), None),
            _ => bail!("a label line is `:name`, or `:x   # name` for hex1"),
        };
        items.push(item);
        return Ok(());
    }
    let comment =
        comment.context("bytes without an annotation: expected `# offset  what it is`")?;
    let (offset, rest) = comment
        .trim_start()
        .split_once("  ")
        .context("expected `# offset  what it is`, two blanks between them")?;
    let offset = usize::from_str_radix(offset, 16).context("the offset is not hex")?;
    let annotation = match rest.trim_start().starts_with('"') {
        true => rest.trim(),
        false => rest.split("; ").next().unwrap_or(rest).trim(),
    };
    items.push(Item::Line(Line {
        number,
        tokens: code.split_whitespace().map(token).collect::<Result<_>>()?,
        offset,
        annotation: annotation.into(),
    }));
    Ok(())
}

fn token(word: &str) -> Result<Token> {
    if let Some(name) = word.strip_prefix('=') {
        return Ok(Token::Field(name.into()));
    }
    if let Some(name) = word.strip_prefix("^~") {
        return Ok(Token::Branch(name.into()));
    }
    if let Some(pair) = word.strip_prefix('%') {
        let (a, b) = pair.split_once('>').context("% without >")?;
        return Ok(Token::Difference(a.into(), b.into()));
    }
    ensure!(word.len() == 2, "`{word}` is neither a byte nor a reference");
    let byte = u8::from_str_radix(word, 16).with_context(|| format!("`{word}` is not hex"))?;
    Ok(Token::Byte(byte))
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The head's memory map: `name = 0x601000`, any number in a line.
fn collect_symbols(raw: &str, symbols: &mut BTreeMap<String, u64>) -> Result<()> {
    let words: Vec<&str> = raw.split_whitespace().collect();
    for window in words.windows(3) {
        let [name, "=", value] = window else { continue };
        let Some(digits) = value.strip_prefix("0x") else {
            continue;
        };
        let digits = digits.trim_end_matches(['.', ',', ';']);
        let value =
            u64::from_str_radix(digits, 16).with_context(|| format!("{name} = 0x{digits}"))?;
        symbols.insert((*name).into(), value);
    }
    Ok(())
}
