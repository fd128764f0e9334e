//! What a text's head says of the whole: its size, where its functions are, names of places and numbers.

use crate::source::Source;
use crate::text::lines;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

/// Checks the head of a text that makes `size` bytes; `labels` are where they lie.
pub fn check(
    text: &str,
    source: &Source,
    labels: &BTreeMap<String, usize>,
    size: usize,
) -> Result<()> {
    check_size(text, size)?;
    check_functions(text, labels)?;
    check_names(source)
}

/// `Size: N bytes`, where the size is fixed by the text.
fn check_size(text: &str, size: usize) -> Result<()> {
    let Some(rest) = text.split("# Size: ").nth(1) else {
        return Ok(());
    };
    let said: usize =
        rest.split(' ').next().unwrap_or("").parse().context("Size: without a number")?;
    ensure!(said == size, "the head says {said} bytes, the text makes {size}");
    Ok(())
}

/// `Functions: 000 start, 0b4 decode, ...` up to a full stop.
fn check_functions(text: &str, labels: &BTreeMap<String, usize>) -> Result<()> {
    let Some(rest) = text.split("# Functions: ").nth(1) else {
        return Ok(());
    };
    let list = rest.split('.').next().unwrap_or("").replace('#', " ");
    for entry in list.split(',') {
        let words: Vec<&str> = entry.split_whitespace().collect();
        let [offset, name] = words[..] else {
            anyhow::bail!("Functions: `{}` is no offset and name", entry.trim());
        };
        let said = usize::from_str_radix(offset, 16)
            .with_context(|| format!("Functions: the offset of {name} is not hex"))?;
        let place =
            labels.get(name).with_context(|| format!("Functions: there is no label {name}"))?;
        ensure!(said == *place, "Functions: {name} is at {place:03x}, the head says {offset}");
    }
    Ok(())
}

/// A name that no instruction uses has drifted away from the text.
fn check_names(source: &Source) -> Result<()> {
    for name in source.places.keys().chain(source.constants.keys()) {
        let is_used = lines(source).any(|line| {
            line.annotation
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|word| word == name)
        });
        ensure!(is_used, "the head names {name}, which no line uses");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Size: 4 bytes. SIZE = 0x1\n# Functions: 000 start.\n#   start:\n20 00 80 D2  # 000  mov x0, #SIZE\n";

    fn run(text: &str) -> Result<()> {
        let source = crate::source::parse(text).unwrap();
        check(text, &source, &BTreeMap::from([("start".into(), 0)]), 4)
    }

    #[test]
    fn what_the_head_says_is_compared() {
        run(TEXT).unwrap();
        for (right, wrong, message) in [
            ("4 bytes", "5 bytes", "says 5 bytes"),
            ("000 start.", "004 start.", "start is at 000"),
            ("000 start.", "000 begin.", "no label begin"),
            ("000 start.", "start.", "no offset and name"),
            ("SIZE = 0x1", "SIZE = 0x1 SPARE = 0x2", "SPARE, which no line uses"),
        ] {
            let error = run(&TEXT.replace(right, wrong)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
