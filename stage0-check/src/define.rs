//! M1 macros: each `DEFINE NAME HEX # mnemonic` must assemble to its hex, be named after it, be used, and stand in order.
//!
//! A mnemonic with a branch or a distance is assembled as it stands, such as `b .+8`; two stand with `; ` between
//! them. A name is its mnemonic, or says what a branch over the next word does (`named`). A value that is no
//! instruction (an opcode byte, say) has a comment that begins with `=` and is only checked for its use.
//! Names of offsets in mnemonics come from lines `# Offsets ... name = N`, and from the variables' block, counted again.

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
                used.extend(code(raw).split_whitespace());
            }
        }
    }
    in_order_and_used(&defines, &used)?;
    let instructions: Vec<&Define> = defines
        .iter()
        .filter(|define| !define.mnemonic.starts_with('='))
        .collect();
    let mut listing = String::new();
    for (name, value) in offsets(files, &defines)? {
        listing += &format!("\t.set {name}, {value}\n");
    }
    for define in &instructions {
        ensure!(
            named(define.name) == plain(define.mnemonic),
            "{}:{}: the name {} says `{}`, not `{}`",
            define.path,
            define.line,
            define.name,
            named(define.name),
            define.mnemonic
        );
        listing += &format!("\t{}\n", define.mnemonic.replace("; ", "\n\t"));
    }
    let mut rest = &assembler::assemble(&listing, 0, &BTreeMap::new())?[..];
    for define in &instructions {
        let size = 4 * define.mnemonic.split("; ").count();
        ensure!(size <= rest.len(), "GNU as makes too few instructions");
        let (bytes, behind) = rest.split_at(size);
        rest = behind;
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
        rest.is_empty(),
        "a DEFINE has more instructions than mnemonics"
    );
    Ok(defines.len())
}

fn in_order_and_used(defines: &[Define], used: &BTreeSet<&str>) -> Result<()> {
    let mut last = ("", "");
    for define in defines {
        let at = format!("{}:{}: {}", define.path, define.line, define.name);
        ensure!(used.contains(define.name), "{at} is never used");
        ensure!(
            last.0 != define.path || last.1 < define.name,
            "{at} is not in order behind {}",
            last.1
        );
        last = (define.path, define.name);
    }
    Ok(())
}

/// The mnemonics that a name stands for, as `plain` writes them.
fn named(name: &str) -> String {
    let opposite = |condition: &str| {
        let pairs = [
            ("eq", "ne"),
            ("lo", "hs"),
            ("hi", "ls"),
            ("gt", "le"),
            ("lt", "ge"),
        ];
        pairs.iter().find_map(|&(a, b)| match condition {
            _ if condition == a => Some(b),
            _ if condition == b => Some(a),
            _ => None,
        })
    };
    if let Some(register) = name.strip_prefix("set_") {
        return format!("ldr {register},.+8; b .+8");
    }
    let Some(test) = name.strip_prefix("if_") else {
        return plain(name);
    };
    match test.split_once('_') {
        Some(("zero", register)) => format!("cbnz {register},.+8"),
        Some(("nonzero", register)) => format!("cbz {register},.+8"),
        Some(("negative", register)) => format!("tbz {register},63,.+8"),
        Some(("set", bit)) => format!("tbz {bit},.+8"),
        Some(("clear", bit)) => format!("tbnz {bit},.+8"),
        _ => format!("b.{} .+8", opposite(test).unwrap_or("?")),
    }
}

/// A mnemonic or a name with the blanks that both can have.
fn plain(text: &str) -> String {
    text.replace(", ", ",").replace('_', " ")
}

fn code(line: &str) -> &str {
    line.split(['#', ';']).next().unwrap_or("")
}

/// Offsets with names: those of `# Offsets` lines, and those in the block from `:variables` to `:variables_end`,
/// where `# offset name` stands behind the data.
fn offsets<'a>(
    files: &'a [(String, String)],
    defines: &[Define],
) -> Result<BTreeMap<&'a str, usize>> {
    let sizes: BTreeMap<&str, usize> = defines
        .iter()
        .map(|define| (define.name, define.hex.len() / 2))
        .collect();
    let mut found = BTreeMap::new();
    for (path, text) in files {
        let mut place = None;
        for (index, raw) in text.lines().enumerate() {
            let at = || format!("{path}:{}", index + 1);
            let comment = raw.split_once('#').map_or("", |(_, comment)| comment);
            let words: Vec<&str> = comment.split_whitespace().collect();
            if raw.starts_with("# Offsets ") {
                for window in words.windows(3) {
                    if let [name, "=", value] = window {
                        let value = value.parse().with_context(at)?;
                        ensure!(
                            found.insert(*name, value).is_none(),
                            "{}: {name} stands twice",
                            at()
                        );
                    }
                }
            } else if raw.starts_with(":variables") {
                place = (raw == ":variables").then_some(0);
            } else if let Some(offset) = place {
                let [number, name, ..] = words[..] else {
                    anyhow::bail!("{}: a variable without its offset and name", at());
                };
                ensure!(
                    number == offset.to_string(),
                    "{}: says {number}, is at {offset}",
                    at()
                );
                let name = name.trim_end_matches([':', ',']);
                ensure!(
                    found.insert(name, offset).is_none(),
                    "{}: {name} stands twice",
                    at()
                );
                place = Some(offset + data_size(code(raw), &sizes).with_context(at)?);
            }
        }
    }
    Ok(found)
}

/// Bytes that the words of a line make.
fn data_size(code: &str, sizes: &BTreeMap<&str, usize>) -> Result<usize> {
    code.split_whitespace()
        .map(|word| match word.as_bytes()[0] {
            b'%' | b'&' => Ok(4),
            b'@' => Ok(2),
            b'!' => Ok(1),
            _ => sizes
                .get(word)
                .copied()
                .with_context(|| format!("{word} has no size")),
        })
        .sum()
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

    fn refused(text: &str, why: &str) {
        let error = run(text).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn defines_are_proven() {
        let good = "DEFINE ret C0035FD6 # ret\n:f\n ret\n";
        assert_eq!(run(good).unwrap(), 1);
        refused(&good.replace("C003", "C004"), "`ret` is C0035FD6");
        refused(&good.replace(" ret\n", "\n"), "never used");
        refused("DEFINE rat C0035FD6 # ret\nrat\n", "the name rat says");
        assert!(run("DEFINE ret C0035FD6\nret\n").is_err());
    }

    #[test]
    fn names_say_what_is_done_and_not_what_is_skipped() {
        for (name, bytes, mnemonic, opposite) in [
            ("if_eq", "41000054", "b.ne .+8", "b.eq .+8"),
            ("if_hs", "43000054", "b.lo .+8", "b.hs .+8"),
            ("if_zero_x1", "410000B5", "cbnz x1, .+8", "cbz x1, .+8"),
            (
                "if_negative_x0",
                "4000F8B6",
                "tbz x0, 63, .+8",
                "tbnz x0, 63, .+8",
            ),
            (
                "set_w0",
                "4000001802000014",
                "ldr w0, .+8; b .+8",
                "ldr w1, .+8; b .+8",
            ),
        ] {
            let good = format!("DEFINE {name} {bytes} # {mnemonic}\n{name}\n");
            assert_eq!(run(&good).unwrap(), 1);
            refused(&good.replace(mnemonic, opposite), "says");
        }
    }

    #[test]
    fn offsets_have_names() {
        let good = "# Offsets in a type: kind = 8\nDEFINE ldr_x0,[x1,kind] 200440F9 # ldr x0, [x1, kind]\n\
            DEFINE ldr_x0,[x2,top] 400440F9 # ldr x0, [x2, top]\nldr_x0,[x1,kind] ldr_x0,[x2,top]\n\
            :variables\n%0 !1 !2 @3 # 0 first\n%0 %0 # 8 top: last\n:variables_end\n";
        assert_eq!(run(good).unwrap(), 2);
        refused(&good.replace("kind = 8", "kind = 16"), "[x1, kind]` is");
        refused(&good.replace("%0 !1", "%0 %0 !1"), "says 8, is at 12");
    }
}
