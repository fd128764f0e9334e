//! M1 macros: each `DEFINE NAME HEX # mnemonic` must assemble to its hex, be used, and stand in order.
//!
//! A mnemonic with a branch or a distance is assembled as it stands, such as `b .+8`. A value that is no
//! instruction (an opcode byte, say) has a comment that begins with `=` and is only checked for its use.

use crate::assembler;
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};

struct Define<'a> {
    path: &'a str,
    line: usize,
    name: &'a str,
    hex: &'a str,
    mnemonic: &'a str,
}

/// Checks all M1 files of a program together; returns how many DEFINEs there are.
pub fn check(files: &[(String, String)]) -> Result<usize> {
    let mut defines = Vec::new();
    let mut used = BTreeSet::new();
    for (path, text) in files {
        for (index, raw) in text.lines().enumerate() {
            let line = index + 1;
            if let Some(rest) = raw.strip_prefix("DEFINE ") {
                defines.push(parse(path, line, rest).with_context(|| format!("{path}:{line}"))?);
            } else {
                let code = raw.split(['#', ';']).next().unwrap_or("");
                used.extend(code.split_whitespace());
            }
        }
    }
    let mut last = ("", "");
    for define in &defines {
        let at = format!("{}:{}: {}", define.path, define.line, define.name);
        ensure!(used.contains(define.name), "{at} is never used");
        ensure!(
            last.0 != define.path || last.1 < define.name,
            "{at} is not in order behind {}",
            last.1
        );
        last = (define.path, define.name);
    }
    let instructions: Vec<&Define> = defines
        .iter()
        .filter(|define| !define.mnemonic.starts_with('='))
        .collect();
    let listing: String = instructions
        .iter()
        .map(|define| format!("\t{}\n", define.mnemonic))
        .collect();
    let expected = assembler::assemble(&listing, 0, &BTreeMap::new())?;
    for (define, bytes) in instructions.iter().zip(expected.chunks_exact(4)) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        ensure!(
            hex.eq_ignore_ascii_case(define.hex),
            "{}:{}: {} is {} but `{}` is {hex}",
            define.path,
            define.line,
            define.name,
            define.hex,
            define.mnemonic
        );
    }
    ensure!(
        expected.len() == 4 * instructions.len(),
        "a DEFINE is more than one instruction"
    );
    Ok(defines.len())
}

fn parse<'a>(path: &'a str, line: usize, rest: &'a str) -> Result<Define<'a>> {
    let (code, mnemonic) = rest
        .split_once('#')
        .context("a DEFINE without its mnemonic behind #")?;
    let mut words = code.split_whitespace();
    let (name, hex) = (
        words.next().context("no name")?,
        words.next().context("no value")?,
    );
    ensure!(words.next().is_none(), "more than a name and a value");
    Ok(Define {
        path,
        line,
        name,
        hex: hex.trim_matches('\''),
        mnemonic: mnemonic.trim(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Result<usize> {
        check(&[("t.M1".into(), text.into())])
    }

    #[test]
    fn defines_are_proven() {
        let good = "DEFINE RET C0035FD6 # ret\n:f\n RET\n";
        assert_eq!(run(good).unwrap(), 1);
        assert!(
            run(&good.replace("C003", "C004"))
                .unwrap_err()
                .to_string()
                .contains("ret")
        );
        assert!(
            run(&good.replace(" RET\n", "\n"))
                .unwrap_err()
                .to_string()
                .contains("never used")
        );
        assert!(run("DEFINE RET C0035FD6\nRET\n").is_err());
    }
}
