//! Machine words in C: `0xd65f03c0, /* ret */` must be what GNU as makes of `ret`.

use crate::assembler;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

/// Checks a C file and returns how many words were proven.
pub fn check(path: &str, text: &str) -> Result<usize> {
    let mut words = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((word, comment)) = line.trim().split_once(", /* ") else {
            continue;
        };
        let Some(digits) = word.strip_prefix("0x").filter(|digits| digits.len() == 8) else {
            continue;
        };
        let value =
            u32::from_str_radix(digits, 16).with_context(|| format!("{path}:{}", index + 1))?;
        let mnemonic = comment
            .strip_suffix(" */")
            .with_context(|| format!("{path}:{}: comment without end", index + 1))?;
        words.push((index + 1, value, mnemonic));
    }
    ensure!(!words.is_empty(), "{path}: no machine word with its instruction found");
    let listing: String = words.iter().map(|(_, _, mnemonic)| format!("\t{mnemonic}\n")).collect();
    let expected =
        assembler::assemble(&listing, 0, &BTreeMap::new()).with_context(|| path.to_string())?;
    for ((line, value, mnemonic), bytes) in words.iter().zip(expected.chunks_exact(4)) {
        let assembled = u32::from_le_bytes(bytes.try_into()?);
        ensure!(
            assembled == *value,
            "{path}:{line}: `{mnemonic}` is {assembled:08x}, the word {value:08x}"
        );
    }
    ensure!(expected.len() == 4 * words.len(), "{path}: not one instruction a word");
    Ok(words.len())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_wrong_word_is_found() {
        let good = "0xd65f03c0, /* ret */\n";
        assert_eq!(super::check("t.c", good).unwrap(), 1);
        let error = super::check("t.c", &good.replace("3c0", "3c1")).unwrap_err();
        assert!(error.to_string().contains("t.c:1"), "{error}");
        assert!(super::check("t.c", "int x;\n").is_err());
    }
}
