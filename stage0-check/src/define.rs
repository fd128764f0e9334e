//! M1 macros: each `DEFINE NAME HEX # mnemonic` must assemble to its hex, be named after it, be used, and stand in order.
//!
//! A mnemonic with a branch or a distance is assembled as it stands, such as `b .+8`; more than one stand with `; ` between
//! them. A name is its mnemonic, or says what its instructions do together (`named`). A value that is no
//! instruction has a comment that begins with `=`: `= N` says that it is the word N, any other is only read (an opcode
//! byte, say).
//! Names of offsets in mnemonics come from lines `# Offsets ... name = N`.

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

impl Define<'_> {
    /// N of a comment `= N`.
    fn number(&self) -> Option<u32> {
        self.mnemonic.strip_prefix('=')?.trim().parse().ok()
    }
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
                used.extend(code(raw).split_whitespace().map(String::from));
            }
        }
    }
    in_order_and_used(&defines, &used)?;
    for define in &defines {
        if let Some(number) = define.number() {
            let hex: String =
                number.to_le_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
            ensure!(
                hex.eq_ignore_ascii_case(define.hex),
                "{}:{}: {} is {} but {number} is {hex}",
                define.path,
                define.line,
                define.name,
                define.hex
            );
        }
    }
    let instructions: Vec<&Define> =
        defines.iter().filter(|define| !define.mnemonic.starts_with('=')).collect();
    let mut listing = String::new();
    for (name, value) in offsets(files)? {
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
    ensure!(rest.is_empty(), "a DEFINE has more instructions than mnemonics");
    Ok(defines.len())
}

fn in_order_and_used(defines: &[Define], used: &BTreeSet<String>) -> Result<()> {
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
        let pairs = [("eq", "ne"), ("lo", "hs"), ("hi", "ls"), ("gt", "le"), ("lt", "ge")];
        pairs.iter().find_map(|&(a, b)| match condition {
            _ if condition == a => Some(b),
            _ if condition == b => Some(a),
            _ => None,
        })
    };
    // What takes the word behind it as a constant loads it, and branches over it.
    let constant = |register: &str| match register.strip_prefix('w') {
        Some(_) => ("ldr w17", "w17"),
        None => ("ldrsw x17", "x17"),
    };
    match name.split_once('_') {
        None if name == "enter" => return "str x30,[sp,-64]!".into(),
        None if name == "leave" => return "ldr x30,[sp],64".into(),
        Some(("set", register)) => return format!("ldrsw {register},.+8; b .+8"),
        Some(("get", register)) => return format!("ldr w17,.+12; ldr {register},[x17]; b .+8"),
        Some(("put", register)) => return format!("ldr w17,.+12; str {register},[x17]; b .+8"),
        Some((operation, register)) if is_register(register) && !operation.starts_with('b') => {
            let (load, loaded) = constant(register);
            return match operation {
                "cmp" => format!("{load},.+12; cmp {register},{loaded}; b .+8"),
                _ => format!("{load},.+12; {operation} {register},{register},{loaded}; b .+8"),
            };
        }
        _ => {}
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
        Some((register, "is")) => format!("ldr w17,.+16; cmp {register},w17; b.ne .+16; b .+8"),
        Some((register, "not")) => format!("ldr w17,.+16; cmp {register},w17; b.eq .+16; b .+8"),
        _ => format!("b.{} .+8", opposite(test).unwrap_or("?")),
    }
}

fn is_register(text: &str) -> bool {
    let mut letters = text.chars();
    matches!(letters.next(), Some('w' | 'x'))
        && text.len() > 1
        && letters.all(|letter| letter.is_ascii_digit())
}

/// A mnemonic or a name with the blanks that both can have.
fn plain(text: &str) -> String {
    text.replace(", ", ",").replace('_', " ")
}

/// A line without its comment and its strings.
fn code(line: &str) -> String {
    let mut code = String::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 0 {
            let (before, comment) = part.split_at(part.find(['#', ';']).unwrap_or(part.len()));
            code += before;
            if !comment.is_empty() {
                break;
            }
        }
    }
    code
}

/// Offsets with names: those of `# Offsets` lines.
fn offsets(files: &[(String, String)]) -> Result<BTreeMap<&str, usize>> {
    let mut found = BTreeMap::new();
    for (path, text) in files {
        for (index, line) in text.lines().enumerate() {
            let at = || format!("{path}:{}", index + 1);
            if !line.starts_with("# Offsets ") {
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            for window in words.windows(3) {
                if let [name, "=", value] = window {
                    let value = value.parse().with_context(at)?;
                    ensure!(found.insert(*name, value).is_none(), "{}: {name} stands twice", at());
                }
            }
        }
    }
    Ok(found)
}

fn parse<'a>(path: &'a str, line: usize, rest: &'a str) -> Result<Define<'a>> {
    let (code, mnemonic) =
        rest.split_once('#').context("a DEFINE without its mnemonic behind #")?;
    let mut words = code.split_whitespace();
    let (name, hex) = (words.next().context("no name")?, words.next().context("no value")?);
    ensure!(words.next().is_none(), "more than a name and a value");
    Ok(Define { path, line, name, hex: hex.trim_matches('\''), mnemonic: mnemonic.trim() })
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
    fn numbers_are_words() {
        let good =
            "DEFINE kind_pointer 04000000 # = 4\nDEFINE ret C0035FD6 # ret\n kind_pointer ret\n";
        assert_eq!(run(good).unwrap(), 2);
        refused(&good.replace("= 4", "= 5"), "5 is 05000000");
    }

    #[test]
    fn names_say_what_is_done_and_not_what_is_skipped() {
        for (name, bytes, mnemonic, opposite) in [
            ("if_eq", "41000054", "b.ne .+8", "b.eq .+8"),
            ("if_hs", "43000054", "b.lo .+8", "b.hs .+8"),
            ("if_zero_x1", "410000B5", "cbnz x1, .+8", "cbz x1, .+8"),
            ("if_negative_x0", "4000F8B6", "tbz x0, 63, .+8", "tbnz x0, 63, .+8"),
            ("set_x0", "4000009802000014", "ldrsw x0, .+8; b .+8", "ldrsw x1, .+8; b .+8"),
            (
                "get_x0",
                "71000018200240F902000014",
                "ldr w17, .+12; ldr x0, [x17]; b .+8",
                "ldr w17, .+12; str x0, [x17]; b .+8",
            ),
            (
                "add_x2",
                "710000984200118B02000014",
                "ldrsw x17, .+12; add x2, x2, x17; b .+8",
                "ldrsw x17, .+12; sub x2, x2, x17; b .+8",
            ),
            (
                "cmp_w1",
                "710000183F00116B02000014",
                "ldr w17, .+12; cmp w1, w17; b .+8",
                "ldr w17, .+12; cmp w2, w17; b .+8",
            ),
            (
                "if_w1_is",
                "910000183F00116B8100005402000014",
                "ldr w17, .+16; cmp w1, w17; b.ne .+16; b .+8",
                "ldr w17, .+16; cmp w1, w17; b.eq .+16; b .+8",
            ),
            ("enter", "FE0F1CF8", "str x30, [sp, -64]!", "str x29, [sp, -64]!"),
        ] {
            let good = format!("DEFINE {name} {bytes} # {mnemonic}\n{name}\n");
            assert_eq!(run(&good).unwrap(), 1);
            refused(&good.replace(mnemonic, opposite), "says");
        }
    }

    #[test]
    fn offsets_have_names() {
        let good = "# Offsets in a type: kind = 8\nDEFINE ldr_x0,[x1,kind] 200440F9 # ldr x0, [x1, kind]\n\
            ldr_x0,[x1,kind]\n";
        assert_eq!(run(good).unwrap(), 1);
        refused(&good.replace("kind = 8", "kind = 16"), "[x1, kind]` is");
        refused(&good.replace("kind = 8", "kind = 8 kind = 9"), "stands twice");
    }

    #[test]
    fn strings_are_no_code() {
        assert_eq!(code("a \"#;\" b # c \"d\""), "a  b ");
        refused("DEFINE ret C0035FD6 # ret\n\"ret\"\n", "never used");
    }
}
