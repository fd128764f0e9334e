//! Block headers: a block that lists what it clobbers may write no other register than those and its results.

use crate::source::{Item, Source};
use anyhow::{Result, ensure};
use std::collections::BTreeSet;

/// Checks every block whose header says `clobbers`.
pub fn check(source: &Source) -> Result<()> {
    let mut allowed: Option<BTreeSet<u32>> = None;
    let mut header = String::new();
    let mut in_header = false;
    for item in &source.items {
        match item {
            Item::Comment(text) => {
                if !in_header {
                    header.clear();
                }
                in_header = true;
                header.push_str(text);
                header.push(' ');
            }
            Item::Label(..) => {}
            Item::Line(line) => {
                if in_header {
                    allowed = header.contains("clobbers").then(|| named(&header));
                    in_header = false;
                }
                let Some(allowed) = &allowed else { continue };
                for register in written(&line.annotation) {
                    ensure!(
                        allowed.contains(&register),
                        "line {}: `{}` writes x{register}, which the block's header does not name",
                        line.number,
                        line.annotation
                    );
                }
            }
        }
    }
    Ok(())
}

/// Registers that a text names: x0 to x30, w0 to w30; `x3 to x7` names those between them too.
fn named(text: &str) -> BTreeSet<u32> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut out: BTreeSet<u32> = words.iter().filter_map(|word| number(word)).collect();
    for window in words.windows(3) {
        if let [from, "to", to] = window
            && let (Some(from), Some(to)) = (number(from), number(to))
        {
            out.extend(from..=to);
        }
    }
    out
}

fn number(word: &str) -> Option<u32> {
    let digits = word.strip_prefix(['x', 'w'])?;
    digits.parse().ok().filter(|number| *number < 31)
}

/// Registers that an instruction writes, by the shapes that the chain's sources use. x30 is left out: bl is
/// part of every block that calls, and ret gives it back. svc writes x0 alone.
fn written(mnemonic: &str) -> Vec<u32> {
    let (operation, operands) = mnemonic.split_once(' ').unwrap_or((mnemonic, ""));
    let operands: Vec<&str> = operands.split(',').map(str::trim).collect();
    let first = operands.first().copied().and_then(number);
    let mut out = Vec::new();
    match operation {
        "svc" => out.push(0),
        "cmp" | "cmn" | "tst" | "ccmp" | "b" | "bl" | "br" | "blr" | "ret" | "cbz" | "cbnz"
        | "tbz" | "tbnz" => {}
        _ if operation.starts_with("b.") => {}
        _ if operation.starts_with("st") => {}
        "ldp" => out.extend(operands.iter().take(2).filter_map(|operand| number(operand))),
        _ => out.extend(first),
    }
    // Write-back of a load or store: [xN], #n or [xN, #n]!
    if let Some(address) = mnemonic.split('[').nth(1) {
        let written_back = mnemonic.ends_with('!') || address.contains("],");
        let base = address.split([',', ']']).next().and_then(|word| number(word.trim()));
        out.extend(base.filter(|_| written_back));
    }
    out.retain(|register| *register != 30);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations() {
        assert_eq!(written("mov x0, x19"), [0]);
        assert_eq!(written("cmp w4, #32"), []);
        assert_eq!(written("strb w3, [x22], #1"), [22]);
        assert_eq!(written("ldrb w4, [x23], #1"), [4, 23]);
        assert_eq!(written("strb w0, [x1, #-1]!"), [1]);
        assert_eq!(written("ldp x0, x1, [x12]"), [0, 1]);
        assert_eq!(written("str x0, [x1]"), []);
        assert_eq!(written("svc #0"), [0]);
        assert_eq!(written("br x5"), []);
        assert_eq!(written("msr ttbr0_el1, x4"), []);
        assert_eq!(written("ld1 {v0.2d-v3.2d}, [x0], #64"), [0]);
    }

    #[test]
    fn a_range_names_what_lies_between() {
        assert_eq!(named("clobbers x1, x3 to w5"), BTreeSet::from([1, 3, 4, 5]));
    }

    #[test]
    fn a_silent_clobber_is_found() {
        let text = "# does it; clobbers x0\n00 00 80 D2  # 000  mov x0, #0\n01 00 80 D2  # 004  mov x1, #0\n";
        let source = crate::source::parse(text).unwrap();
        assert!(format!("{}", check(&source).unwrap_err()).contains("writes x1"));
        let source = crate::source::parse(&text.replace("clobbers x0", "clobbers x0, x1")).unwrap();
        check(&source).unwrap();
    }
}
